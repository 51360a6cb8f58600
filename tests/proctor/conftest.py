"""A centre and a site for every test of the desk, made once and copied."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proctor.simulated import Centre, Site, make_site


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """What the others are copied from."""
    folder = tmp_path_factory.mktemp("made")
    return make_site(Centre(folder / "centre"), folder / "desk")


@pytest.fixture
def site(made: Site, tmp_path: Path) -> Site:
    """A desk that may open the sitting, its carrier, and the centre behind it."""
    return made.copy(tmp_path)


@pytest.fixture
def centre(site: Site) -> Centre:
    """A centre with approved kiosks and a published package."""
    return site.centre
