"""A whole site's day with real processes: everything that goes wrong in it, and nothing unexplained at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demo_site.cast import Turn, small, whole
from tests.demo_site.story import tell


@pytest.mark.faults
@pytest.mark.timeout(1200)
def test_a_day_ends_with_everyone_accounted_for(tmp_path: Path, *, long_run: bool) -> None:
    """Refusal, no-show, power cuts, a dead kiosk, alarm: every record is admitted and scored once, one disk is held."""
    room = whole() if long_run else small()
    summary = tell(tmp_path / "day", room, lightly=not long_run)
    sat = len(room.sitting)
    assert (summary["records"], summary["imported"], summary["scored"]) == (sat, sat, sat)
    assert summary["quarantined"] == len(room.at(Turn.MOVED)) == 1
    assert sum(summary["outcomes"].values()) == len(room.parts)


def test_the_whole_room_is_the_one_that_was_promised() -> None:
    """Thirty candidates and two spares; two accommodations, two power cuts, one of everything else; the small room has
    each but the screen and the break.
    """
    room = whole()
    assert (len(room.parts), len(room.kiosks), len(room.sitting)) == (30, 32, 28)
    assert len(room.at(Turn.MORE_TIME) + room.at(Turn.OWN_BREAK)) == 2
    assert len(room.at(Turn.CREDITED) + room.at(Turn.CHARGED)) == 2
    for turn in (Turn.AT_SCREEN, Turn.MOVED, Turn.TWO_PERSONS, Turn.ENDED, Turn.REFUSED, Turn.ABSENT):
        assert room.the(turn)
    assert {one.turn for one in small().parts} == set(Turn) - {Turn.PLAIN, Turn.AT_SCREEN, Turn.OWN_BREAK}
