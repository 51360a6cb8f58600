"""A centre and a site for every test of the desk, made once and copied."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from keys.primitives import MINIMUM
from proctor import desk, opening
from proctor.cli import asking
from proctor.cli import opening as cli_opening
from tests.proctor.commanding import Proctor
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


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least Argon2 work, which production refuses."""
    monkeypatch.setattr(asking, "unlock_desk", functools.partial(desk.unlock_desk, floor=MINIMUM))
    monkeypatch.setattr(desk, "enrol", functools.partial(desk.enrol, cost=MINIMUM))
    monkeypatch.setattr(cli_opening, "issue_unlocks", functools.partial(opening.issue_unlocks, cost=MINIMUM))
    cheap = functools.partialmethod(opening.Opening.open, floor=MINIMUM)
    monkeypatch.setattr(opening.Opening, "open", cheap)


@pytest.fixture
def proctor(cheap: None, site: Site, capsys: pytest.CaptureFixture[str]) -> Proctor:
    """A proctor at a desk that is enrolled and approved."""
    return Proctor(site, capsys)
