"""A kiosk's world for every test of the session, made once and copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kiosk.world import World


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What the others are copied from."""
    return World(tmp_path_factory.mktemp("world")).build()


@pytest.fixture
def world(made_world: World, tmp_path: Path) -> World:
    """A published sitting, its carrier, and a kiosk that may open it."""
    return made_world.copy(tmp_path / "world")
