"""A session at some questions, with a shared text and exhibits: what the tests of the item screen share."""

from __future__ import annotations

from exam_packages.form import Item
from kiosk.protocol import Phase
from tests.kiosk import questions as q
from tests.kiosk.fake_session import FakeSession


def on(*items: Item) -> FakeSession:
    """A session with these questions, the report and two exhibits."""
    session = FakeSession(items, Phase.TESTING)
    session.stimuli = {q.REPORT.id: q.REPORT}
    session.exhibits = {exhibit.id: exhibit for exhibit in (q.COSTS, q.PLAN)}
    return session
