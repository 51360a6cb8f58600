"""Reconciliation: every candidate of the roster is one line or is named, and the sum is the number authorised."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.sitting_plan import (
    CandidateId,
    KioskSlot,
    Mode,
    Policies,
    RosterEntry,
    SittingId,
    SittingPlan,
)
from keys.codes import Verb
from keys.encoding import Instant, digest
from keys.identities import Identity
from keys.statement import Role
from proctor.reconcile import DECLARABLE, reconcile
from results.wire.closing import FinalState
from results.wire.sitting_events import ActionIssued, RecordCollected

D = digest(b"")
NUMBERS = tuple(f"C-{n}" for n in range(1, 6))
SLOTS = tuple(
    KioskSlot(Identity(Role.KIOSK, "west", f"kiosk-0{n}", bytes([n]) * 32, bytes(1216))) for n in range(1, 6)
)
PLAN = SittingPlan(
    SittingId("west-1"),
    Mode.LIVE,
    "cetl",
    "practice",
    "west",
    "1",
    Instant(0),
    Instant(1),
    "exams/cetl/p.ekp",
    D,
    "f",
    D,
    tuple(
        RosterEntry(CandidateId(number), f"Name {number}", 1, "e", Instant(1), slot.identity.name)
        for number, slot in zip(NUMBERS, SLOTS, strict=True)
    ),
    (),
    SLOTS,
    (),
    Policies("Ada", "by letter"),
)
KIOSKS = [slot.identity.fingerprint for slot in SLOTS]
RECORD_STATES = [state.value for state in FinalState]

records = st.lists(
    st.builds(
        RecordCollected,
        st.sampled_from(KIOSKS),
        st.uuids().map(str),
        st.sampled_from([*NUMBERS, "", "C-99"]),
        st.sampled_from(RECORD_STATES),
        st.just(D),
        st.just(D),
        st.integers(1, 400),
        st.sampled_from(["", "0123456789"]),
    ),
    max_size=8,
)
words = st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(DECLARABLE))


@given(records, words)
def test_it_balances_exactly_when_everyone_has_one_final_state(
    found: list[RecordCollected], said: dict[str, FinalState]
) -> None:
    """Lines and unsettled candidates together are the roster; balanced means that the outcomes sum to it."""
    result = reconcile(PLAN, found, said, {})
    assert sorted(
        [line.candidate for line in result.lines] + [one.candidate for one in result.unsettled]
    ) == list(NUMBERS)
    assert sum(result.outcomes().values()) == len(result.lines)
    assert result.balanced == (sum(result.outcomes().values()) == len(NUMBERS))
    for number in NUMBERS:
        moved = [bool(one.moved_from) for one in found if one.candidate == number]
        count = 1 if sorted(moved) == [False, True] else len(moved)
        settled = number in {line.candidate for line in result.lines}
        voided = said.get(number) is FinalState.VOIDED
        assert settled == (count == 1 or voided or (count == 0 and number in said))


@given(records, words)
def test_the_order_of_records_changes_nothing(
    found: list[RecordCollected], said: dict[str, FinalState]
) -> None:
    """Whichever carrier came first, the reconciliation is the same."""
    assert reconcile(PLAN, found, said, {}) == reconcile(PLAN, found[::-1], said, {})


def test_a_line_names_its_record() -> None:
    """A settled record is named by kiosk, session, digest, head and count; a word has none of them."""
    one = RecordCollected(KIOSKS[0], "s", "C-1", "timed out", digest(b"1"), digest(b"2"), 7)
    lines = reconcile(PLAN, [one], {"C-2": FinalState.WITHDRAWN}, {}).lines
    assert msgspec.structs.astuple(lines[0])[2:] == (
        FinalState.TIMED_OUT,
        KIOSKS[0],
        "s",
        digest(b"1"),
        digest(b"2"),
        7,
    )
    assert msgspec.structs.astuple(lines[1])[2:] == (FinalState.WITHDRAWN, "", "", "", "", 0)


def test_the_kiosk_to_look_at_is_the_seat() -> None:
    """Where a candidate was given another kiosk, that one is named, else the planned one."""
    found = reconcile(PLAN, [], {}, {"C-1": KIOSKS[4]})
    assert [one.kiosks for one in found.unsettled[:2]] == [("kiosk-05",), ("kiosk-02",)]


MOVED = RecordCollected(KIOSKS[1], "there", "C-1", "completed", digest(b"3"), digest(b"4"), 9, "0123456789")
LEFT = RecordCollected(KIOSKS[0], "here", "C-1", "unfinished", digest(b"1"), digest(b"2"), 7)


@pytest.mark.parametrize(
    ("found", "session"),
    [
        ([LEFT], "here"),
        ([MOVED], "there"),
        ([LEFT, MOVED], "there"),
        ([MOVED, LEFT], "there"),
        ([LEFT, msgspec.structs.replace(LEFT, kiosk=KIOSKS[1])], None),
        ([MOVED, msgspec.structs.replace(MOVED, kiosk=KIOSKS[2])], None),
        ([LEFT, MOVED, msgspec.structs.replace(MOVED, kiosk=KIOSKS[2])], None),
    ],
)
def test_a_candidate_who_was_moved_counts_once(found: list[RecordCollected], session: str | None) -> None:
    """Of the record left behind and the one that goes on with it the latter counts; any other two are for a person."""
    result = reconcile(PLAN, found, {}, {})
    assert [line.session for line in result.lines] == ([session] if session else [])
    assert ("C-1" in {one.candidate for one in result.unsettled}) is (session is None)


def test_what_comes_from_a_kiosk_that_was_left_is_evidence() -> None:
    """A desk that moved a candidate waits for the record from there, however many others are here."""
    left = {"C-1": {KIOSKS[0]}}
    seats = {"C-1": KIOSKS[1]}
    waiting = reconcile(PLAN, [msgspec.structs.replace(LEFT, outcome="completed")], {}, seats, left)
    assert waiting.unsettled[0].why == "was moved and has no record from there yet"
    assert waiting.unsettled[0].look == (
        "kiosk-02",
        "the second drive of kiosk-02",
        "a carrier that was in kiosk-02",
    )
    for there in (MOVED, msgspec.structs.replace(MOVED, moved_from="")):
        both = reconcile(PLAN, [LEFT, there], {}, seats, left)
        assert both.lines[0].session == "there"
        assert [note.what for note in both.notes] == [
            "1 more record of theirs goes to the centre as evidence."
        ]
    word = reconcile(PLAN, [LEFT], {"C-1": FinalState.UNFINISHED}, seats, left)
    assert (word.lines[0].state, word.lines[0].session) == (FinalState.UNFINISHED, "")


@pytest.mark.parametrize(
    ("verb", "outcome", "told"),
    [
        (Verb.END, "ended by proctor", ""),
        (Verb.END, "completed", "A code that ends was shown, and the record says completed."),
        (Verb.VOID, "voided", ""),
        (Verb.VOID, "timed out", "A code that voids was shown, and the record says timed out."),
        (Verb.ADD + 5, "completed", ""),
    ],
)
def test_an_end_that_was_not_taken_is_told(verb: int, outcome: str, told: str) -> None:
    """The record counts as it is; where a code for another end was shown, a person is told."""
    issued = ActionIssued("C-1", 1, KIOSKS[0], verb, 1, "left", "P")
    one = msgspec.structs.replace(LEFT, outcome=outcome)
    found = reconcile(PLAN, [one], {}, {"C-1": KIOSKS[0]}, {}, [issued])
    assert found.lines[0].state == outcome
    assert [note.what for note in found.notes] == ([told] if told else [])
    assert reconcile(PLAN, [], {"C-1": FinalState.VOIDED}, {}, {}, [issued]).notes == ()


def test_a_record_from_another_seat_is_told() -> None:
    """A candidate who was given another kiosk and has a record from the first: it counts, and a person is told."""
    found = reconcile(PLAN, [LEFT], {}, {"C-1": KIOSKS[2]})
    assert [note.what for note in found.notes] == ["The record is from kiosk-01, and their seat is kiosk-03."]


def test_records_of_nobody_are_named_and_count_for_nobody() -> None:
    """A kiosk where no one signed in is a stray, and nobody's final state."""
    nobody = msgspec.structs.replace(LEFT, candidate="")
    found = reconcile(PLAN, [nobody], {}, {})
    assert (found.strays, found.lines) == ((nobody,), ())
