"""What `--ledger` takes: a file, or the address of a database without a password."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from keys.errors import ExamKioskError
from results.centre.ledger import open_ledger
from results.centre.stores.address import store_at
from results.centre.stores.file import FileStore
from tests.results import builders as b

W = b.world()


@pytest.mark.parametrize(
    "at",
    [
        "postgresql://clerk:SECRET@host/db",
        "postgres://clerk:SECRET@host:5432/db?sslmode=require",
        "postgresql://clerk:SE@CRET@host/db",
        "postgresql://clerk@host/db?password=SECRET",
        "service=centre password=SECRET",
        "host=h dbname=d user=u password = 'SECRET'",
        "postgresql://:SECRET@/db",
        "postgresql://clerk:SECRET@host:bad port/db",
        "POSTGRESQL://clerk:SECRET@host/db",
        "postgresql+psycopg://clerk:SECRET@host/db",
        "postgresql:clerk:SECRET@host/db",
        " service=centre password=SECRET",
        "Host=h PASSWORD=SECRET",
        "postgresql://clerk@host/db?oauth_client_secret=SECRET",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path, at: str) -> None:
    """However it is written, the answer has a stable code, says what to do, and does not show it."""
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(tmp_path, W.centre, make=True, at=at)
    told = refused.value.diagnostics()
    assert told.code == "ledger-password"
    assert "SECRET" not in f"{told} {refused.value!r} {refused.value.__cause__!r}"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("at", ["postgresql://host/db?colour=red", "colour=red", "service='x"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, at: str) -> None:
    """Words that only look like an address have a code of their own."""
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(tmp_path, W.centre, make=True, at=at)
    assert refused.value.diagnostics().code == "ledger-address"


@pytest.mark.parametrize(
    ("at", "is_file"),
    [
        (None, True),
        ("other.db", True),
        ("./service=centre", True),
        ("/srv/ledgers/a=b.db", True),
        ("service=centre", False),
        ("postgresql://clerk@host/db", False),
        ("postgresql:///db", False),
        ("postgresql://clerk@host:5432/db?sslmode=verify-full", False),
        ("host=/run/postgresql dbname=centre", False),
    ],
)
def test_files_and_databases_are_told_apart_by_their_form(
    tmp_path: Path, at: str | None, is_file: bool
) -> None:
    """A path is a file, its key beside it; an address is a database, its key in the centre's folder."""
    store = store_at(tmp_path, at)
    assert isinstance(store, FileStore) is is_file
    beside = Path(at).parent if at and is_file else tmp_path
    assert store.key_path == beside / "ledger.key"


def test_a_ledger_in_another_place_has_its_key_there(tmp_path: Path) -> None:
    """`--ledger FILE` is a whole ledger of its own; the centre's folder stays as it is."""
    (tmp_path / "elsewhere").mkdir()
    at = str(tmp_path / "elsewhere/event.db")
    open_ledger(tmp_path, W.centre, make=True, at=at)
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} >= {"event.db", "ledger.key"}
    assert {path.name for path in tmp_path.iterdir()} == {"elsewhere"}
    with open_ledger(tmp_path, W.centre, at=at).reading() as books:
        assert books.run_names() == []


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    """One sentence with the address and a stable code; no key is made for it."""
    with pytest.raises(ExamKioskError) as refused:
        open_ledger(tmp_path, W.centre, make=True, at=f"postgresql://clerk@/centre?host={tmp_path}")
    assert refused.value.diagnostics().code == "ledger-unreachable"
    assert not list(tmp_path.iterdir())


def test_a_file_needs_neither_driver_nor_migrations() -> None:
    """What only a database or an older ledger needs is not loaded for the usual one."""
    program = "import sys, results.centre.ledger; print(sorted({'psycopg', 'alembic'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
