"""Incidents: categories, whom they concern, when, and how one is written anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exam_packages.sitting_plan import NotInPlanError
from keys.encoding import Instant
from proctor import reporting
from proctor.choosing import WordsRefusedError
from proctor.commands import DeclareAbsence, ReportIncident
from results.wire.closing import FinalState
from results.wire.incidents import CATEGORIES, category
from results.wire.sitting_events import IncidentReported
from tests.proctor.planned import ME, ROOM, events, run

ALARM = ReportIncident(0, "r2", (), Instant(4_000), "Fire alarm.", "", "", ME)
ILL = ReportIncident(0, "C1", ("C-2", "C-1", "C-2"), Instant(4_500), "Both felt sick.", "Ms Ruiz", "", ME)


def test_there_is_a_category_for_everything_with_a_short_code() -> None:
    """Twenty-two kinds and more, and one for the rest; each is two keys, and found however it is typed."""
    found = [one.code for one in CATEGORIES]
    assert len(set(found)) == len(found) > 22
    assert all(len(one.code) == 2 and one.group and one.words for one in CATEGORIES)
    assert found[-1] == "O1"
    for one in CATEGORIES:
        assert category(f" {one.code.lower()} ") is one
    assert category("Z9") is category("") is None


def test_incidents_are_numbered_and_concern_candidates_or_the_room() -> None:
    """New ones count from 1; candidates are told once each, also one who never came; none of them means the room."""
    state = run(DeclareAbsence("C-1", FinalState.NO_SHOW, ME), ALARM, ILL, state=ROOM)
    both = IncidentReported(2, "C1", ("C-1", "C-2"), Instant(4_500), "Both felt sick.", "Ms Ruiz", "", ME)
    assert [one.event for one in state.incidents_of("C-1")] == [both]
    assert [one.event.category for one in state.incidents_of("")] == ["R2"]
    assert state.incidents_of("C-3") == ()


def test_an_incident_is_written_anew_under_its_number() -> None:
    """The later wording stands in place of the earlier; the same wording is no event; another number is refused."""
    state = run(ALARM, state=ROOM)
    later = replace(ALARM, incident=1, follow_up="False alarm.")
    assert events(state, replace(ALARM, incident=1)) == ()
    assert [one.event.follow_up for one in run(later, state=state).incidents_of("")] == ["False alarm."]
    assert set(run(later, ILL, state=state).incidents) == {1, 2}
    for number in (2, -1):
        with pytest.raises(reporting.IncidentUnknownError):
            events(state, replace(ALARM, incident=number))


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (replace(ALARM, category="Q1"), reporting.CategoryUnknownError),
        (replace(ALARM, candidates=("C-9",)), NotInPlanError),
        (replace(ALARM, began=Instant(5_001)), reporting.IncidentTimeError),
        (replace(ALARM, began=Instant(0)), reporting.IncidentTimeError),
        (replace(ALARM, category="O1", text=" "), WordsRefusedError),
        (replace(ALARM, text="x" * 4_001), WordsRefusedError),
        (replace(ALARM, witnesses="x" * 401), WordsRefusedError),
        (replace(ALARM, follow_up="\x1b[0m"), WordsRefusedError),
        (replace(ALARM, proctor="NOBODY0000000000"), NotInPlanError),
    ],
)
def test_what_cannot_be_an_incident_is_refused(command: ReportIncident, error: type[Exception]) -> None:
    """Unknown kinds and people, times to come, and words that are missing, long or unclean."""
    with pytest.raises(error):
        events(ROOM, command)
