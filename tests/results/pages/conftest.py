"""A season with its pages, made once."""

from __future__ import annotations

import pytest

from tests.results.pages.season import Season, season


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Season:
    """A season with its pages; not to be changed."""
    return season(tmp_path_factory.mktemp("season"))
