"""The room as rows: everyone in one place, what was done here apart from what came back, filters and orders."""

from __future__ import annotations

import pytest

from keys.codes import Verb
from proctor import roomboard
from proctor.commands import CollectRecord, IssueAction, ShowCodes
from proctor.roomboard import Order, Place, Show, counts, counts_words, pick
from tests.proctor.console_room import (
    LIMIT,
    ME,
    MemoryDesk,
    admitted,
    busy,
    number,
    plan,
    record,
)


def test_everyone_is_in_exactly_one_place() -> None:
    """The places add up to the authorised, whatever happened."""
    rows = busy().rows()
    assert sum(counts(rows).values()) == len(rows) == 30
    assert counts_words(rows) == "30 authorised = 7 waiting + 20 seated + 3 done"


def test_a_slip_that_was_printed_seats_nobody() -> None:
    """Codes made for all at once leave the roster waiting until somebody comes."""
    desk = MemoryDesk(plan())
    desk.submit(ShowCodes(ME.fingerprint))
    rows = roomboard.rows(desk.state, LIMIT)
    assert {row.place for row in rows} == {Place.WAITING}
    assert {row.state for row in rows} == {"slip made", "waiting"}


def test_two_records_of_one_candidate_are_a_conflict() -> None:
    """It has a place of its own, is named as trouble, and the sum still holds."""
    desk = admitted(MemoryDesk(plan()), 0)
    desk.submit(CollectRecord(record(0)))
    desk.submit(CollectRecord(record(0, session="other")))
    rows = roomboard.rows(desk.state, LIMIT)
    assert rows[0].place is Place.CONFLICT
    assert rows[0].trouble == ("two records",)
    assert counts_words(rows) == "30 authorised = 29 waiting + 0 seated + 0 done + 1 conflict"


def test_the_time_is_as_planned_and_as_changed_here() -> None:
    """The form's limit, the plan's percent and minutes, and codes that were issued; unknown where the form is."""
    desk = admitted(MemoryDesk(plan()), 2, 4)
    desk.submit(IssueAction(number(2), Verb.ADD, 7, "power-cut", ME.fingerprint))
    desk.submit(IssueAction(number(4), Verb.TAKE, 5, "given-by-mistake", ME.fingerprint))
    rows = roomboard.rows(desk.state, LIMIT)
    assert [rows[at].minutes for at in (0, 2, 4)] == [120, 157, 130]
    assert roomboard.rows(desk.state, 0)[2].minutes is None


def test_what_was_done_here_is_not_what_came_back() -> None:
    """A code that was issued counts as redeemed only when a record is here that needed it."""
    desk = admitted(MemoryDesk(plan()), 0)
    desk.submit(IssueAction(number(0), Verb.END, 0, "left", ME.fingerprint))
    row = roomboard.row_of(desk.state, number(0), LIMIT)
    assert (row.issued, row.redeemed, row.came) == (2, 0, "nothing yet")
    assert "end code" in row.here
    desk.submit(CollectRecord(record(0, "ended by proctor")))
    row = roomboard.row_of(desk.state, number(0), LIMIT)
    assert (row.issued, row.redeemed, row.back) == (2, 2, "ended by proctor")
    assert row.came == "ended by proctor from kiosk-01"


@pytest.mark.parametrize(
    ("show", "search", "order", "first", "many"),
    [
        (Show.ALL, "", Order.NUMBER, number(0), 30),
        (Show.DONE, "", Order.NUMBER, number(0), 3),
        (Show.WAITING, "", Order.NUMBER, number(22), 7),
        (Show.TROUBLE, "", Order.NUMBER, number(1), 5),
        (Show.ALL, "wolff", Order.NUMBER, number(11), 1),
        (Show.ALL, "C-1003", Order.NUMBER, number(2), 1),
        (Show.SEATED, "kiosk-31", Order.SEAT, number(6), 1),
        (Show.ALL, "", Order.NAME, number(26), 30),
        (Show.ALL, "", Order.STATE, number(22), 30),
    ],
)
def test_rows_are_filtered_searched_and_sorted(
    show: Show, search: str, order: Order, first: str, many: int
) -> None:
    """Filter and search narrow together; a search looks at number, name and seat."""
    found = pick(busy().rows(), show, search, order)
    assert len(found) == many
    assert found[0].candidate == first
