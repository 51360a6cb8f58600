"""A kiosk's world for every test of the session, made once and copied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal import language
from tests.kiosk.forms import full_form
from tests.kiosk.world import World


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A session speaks its candidate's language; the next test begins in English again."""
    yield
    language.use("")


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What the others are copied from."""
    return World(tmp_path_factory.mktemp("world")).build()


@pytest.fixture(scope="session")
def made_full_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The same with a form that has every instrument, breaks and times of its own."""
    return World(tmp_path_factory.mktemp("full-world"), form=full_form()).build()


@pytest.fixture
def full_world(made_full_world: World, tmp_path: Path) -> World:
    """A kiosk that may open such a form."""
    return made_full_world.copy(tmp_path / "full-world")


@pytest.fixture
def world(made_world: World, tmp_path: Path) -> World:
    """A published sitting, its carrier, and a kiosk that may open it."""
    return made_world.copy(tmp_path / "world")
