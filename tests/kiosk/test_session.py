"""The rules of a session one by one: order, ends, bounds, and what any prefix of a journal says."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from keys.clock import Stamp
from keys.encoding import Digest, Instant, digest, encode
from kiosk import session, timing
from kiosk.navigation import MoveRefusedError, NoSuchItemError, lay_out
from kiosk.protocol import (
    Accept,
    Answer,
    ConfirmEquipment,
    ConfirmIdentity,
    Flag,
    Go,
    HandIn,
    Phase,
    Strike,
)
from kiosk.responses import ResponseRefusedError
from kiosk.session import TRANSITIONS, Admit, NotNowError, Observe, Open, Resume, Start, State, Terms
from results.wire import events as e
from results.wire import journal
from results.wire.bundle import MAX_RECORD
from tests.kiosk.forms import MINUTE, small_form
from tests.kiosk.world import chosen

DIGEST = Digest("0" * 64)
OPENED = e.SessionOpened(bytes(32), "s", "west-1", "live", "K", DIGEST, DIGEST, DIGEST, "u", "test")
AGREEMENTS = (("nda", digest(b"n")), ("conduct", digest(b"c")))
FORM, SEED, LIMIT = small_form(), "ab" * 16, 10 * MINUTE
LAYOUT = lay_out(FORM, SEED)
ITEMS = [item.id for item in FORM.items]
FRESH = State(Terms(AGREEMENTS), layout=LAYOUT)
WAY_IN: tuple[session.Command, ...] = (
    Open(OPENED),
    Admit("C-1", 1, 0),
    ConfirmIdentity(),
    Accept("nda"),
    Accept("conduct"),
    ConfirmEquipment(80, 24),
    Start(LIMIT, SEED),
)


def at(milliseconds: int) -> Stamp:
    """So long after the start."""
    return Stamp(Instant(1_800_000_000_000 + milliseconds), 50_000 + milliseconds, "boot-0")


def started(*commands: session.Command) -> State:
    """A session with its first item on the screen, after these commands."""
    state = FRESH
    for command in (*WAY_IN, *commands):
        for event in session.decide(state, command, at(0)):
            state = session.apply(state, event, at(0))
    return state


def test_any_prefix_folds_to_the_state_that_was_live() -> None:
    """After each single event, also inside one transaction, the fold of the prefix is the live state."""
    state, events = FRESH, list[e.SessionEvent]()
    first = LAYOUT.places[0].item.id
    script: tuple[session.Command, ...] = (
        *WAY_IN,
        Answer(first, chosen("A")),
        Strike(first, LAYOUT.places[0].order[0], on=True),
        Flag(first, on=True),
        Go(2),
        HandIn(4, 1),
    )
    for command in script:
        for event in session.decide(state, command, at(0)):
            state = session.apply(state, event, at(0))
            events.append(event)
            assert session.fold(FRESH, ((one, at(0)) for one in events)) == state
    assert len(events) == 14
    assert session.phase(state) is Phase.FINISHED


def test_what_comes_after_the_end_changes_nothing() -> None:
    """A terminal event is final: later events are evidence, and nothing more is decided."""
    state = started(HandIn(5, 0))
    for event in (
        e.ResponseRecorded(ITEMS[0], chosen("A"), 5),
        e.TimeExpired(1, 1),
        e.ItemFlagged(ITEMS[0], True, 1),
    ):
        assert session.apply(state, event, at(9)) == state
    assert session.decide(state, Observe(), at(10**9)) == ()
    with pytest.raises(NotNowError):
        session.decide(state, Go(1), at(0))


PRACTICE = {Phase.PRACTICE, Phase.RATIONALE, Phase.PROFILE}


@pytest.mark.parametrize("phase", [one for one in Phase if one not in PRACTICE])
def test_every_phase_has_its_line_in_the_table(phase: Phase) -> None:
    """No phase of a sitting is forgotten, and STOPPED and FINISHED take nothing."""
    assert (TRANSITIONS[phase] == {}) == (phase in {Phase.STOPPED, Phase.FINISHED})


def test_the_table_knows_no_practice() -> None:
    """The screens of practice are no phase of a sitting, also not as what follows."""
    following = {phase for line in TRANSITIONS.values() for after in line.values() for phase in after}
    assert PRACTICE.isdisjoint(TRANSITIONS.keys() | following)


def test_every_command_is_taken_somewhere() -> None:
    """A command that no phase takes would be dead; time is observed everywhere."""
    taken = {command for line in TRANSITIONS.values() for command in line}
    assert taken == set(get_args(session.Command)) - {Observe}


def test_a_command_that_changes_nothing_leaves_no_event() -> None:
    """The same answer, flag or strike-out again, the item on the screen, and taking back what is not there."""
    first = LAYOUT.places[0].item.id
    state = started(Answer(first, chosen("A")), Flag(first, on=True))
    again: tuple[session.Command, ...] = (
        Answer(first, chosen("A")),
        Flag(first, on=True),
        Strike(first, LAYOUT.places[0].order[0], on=False),
        Go(0),
    )
    assert [session.decide(state, command, at(1)) for command in again] == [()] * 4
    assert session.decide(started(), Answer(first, chosen()), at(1)) == ()


def test_an_answer_is_for_the_item_on_the_screen() -> None:
    """An answer or strike-out for another item is refused; a flag is not, inside the part."""
    first, second, linear = (LAYOUT.places[n].item.id for n in (0, 1, 3))
    state = started()
    with pytest.raises(NoSuchItemError):
        session.decide(state, Answer(second, chosen("A")), at(1))
    with pytest.raises(NoSuchItemError):
        session.decide(state, Strike(second, LAYOUT.places[1].order[0], on=True), at(1))
    assert session.decide(state, Flag(second, on=True), at(1)) == (e.ItemFlagged(second, True, 1),)
    with pytest.raises(NoSuchItemError):
        session.decide(state, Flag(linear, on=True), at(1))
    with pytest.raises(ResponseRefusedError):
        session.decide(state, Strike(first, "Z", on=True), at(1))  # type: ignore[arg-type]  # no such option


def test_a_linear_part_goes_forward_only() -> None:
    """From any item of the first part to the first of the second, then one by one, never back."""
    state = started(Go(1), Go(3))
    assert session.place(state) == 3
    for refused in (0, 2):
        with pytest.raises(MoveRefusedError):
            session.decide(state, Go(refused), at(1))
    state = session.apply(state, session.decide(state, Go(4), at(1))[0], at(1))
    with pytest.raises(MoveRefusedError):
        session.decide(state, Go(3), at(1))
    with pytest.raises(MoveRefusedError):
        session.decide(started(), Go(4), at(1))
    for nowhere in (-1, 5):
        with pytest.raises(NoSuchItemError):
            session.decide(started(), Go(nowhere), at(1))


def test_a_jump_is_decided_before_the_command() -> None:
    """A command under a clock that was set records the jump first; 2 s are no jump."""
    state = started()
    moved = Stamp(Instant(at(5).wall + 2_001), at(5).boot, "boot-0")
    assert session.decide(state, Go(1), moved)[0] == e.ClockJumped(2_001)
    still = Stamp(Instant(at(5).wall + 2_000), at(5).boot, "boot-0")
    assert isinstance(session.decide(state, Go(1), still)[0], e.ItemPresented)


def test_a_full_journal_takes_no_mark_but_every_end() -> None:
    """At the bound marks and moves are refused and change nothing; clocks, resumes, hand-in and time-out are taken."""
    first, second = (LAYOUT.places[n].item.id for n in (0, 1))
    flagged = started(Answer(first, chosen("A")), Flag(second, on=True))
    below = replace(flagged, entries=session.MOST_ENTRIES - 1)
    (event,) = session.decide(below, Answer(first, chosen("C")), at(1))
    full = session.apply(below, event, at(1))
    assert full.entries == session.MOST_ENTRIES
    marks: tuple[session.Command, ...] = (
        Go(1),
        Answer(first, chosen("B")),
        Answer(first, chosen()),
        Flag(first, on=True),
        Strike(first, LAYOUT.places[0].order[0], on=True),
    )
    for command in marks[3:]:
        with pytest.raises(session.JournalFullError):
            session.decide(below, command, at(2))
    for command in marks:
        with pytest.raises(session.JournalFullError):
            session.decide(full, command, at(2))
    assert session.decide(full, Answer(first, chosen("C")), at(2)) == ()
    jumped = Stamp(Instant(at(2).wall + 5_000), at(2).boot, "boot-0")
    assert session.decide(full, Observe(), jumped) == (e.ClockJumped(5_000),)
    assert session.decide(full, HandIn(4, 1), at(3)) == (e.HandedIn(4, 1, 3),)
    assert session.decide(full, Go(1), at(LIMIT)) == (e.TimeExpired(LIMIT, LIMIT),)
    stop = timing.Outage(e.ResumeCause.PROGRAM, 7)
    (resumed,) = session.decide(replace(full, suspended=True), Resume(1, 9, stop, credit=True), at(4))
    again = session.apply(replace(full, suspended=True), resumed, at(4))
    assert session.decide(again, HandIn(4, 1), at(5)) == (e.HandedIn(4, 1, 10),)


def test_entries_are_counted_by_the_fold() -> None:
    """A resumed session stands as near to the bound as the one that stopped."""
    assert started().entries == 9
    assert started(Go(1), Flag(ITEMS[0], on=True)).entries == 11


def test_a_full_journal_is_still_a_record() -> None:
    """As many entries of as much weight as there may be, and a clock set every second of a day, fit what the centre
    reads.
    """
    stamp = Stamp(Instant(10**13), 10**10, "0" * 36)
    head = journal.Head(DIGEST, 10**6)
    jump = e.ClockJumped(-(10**13))
    line = len(journal.next_session_line(head, stamp, jump).raw)
    beside = line - len(encode(jump))
    assert session.MOST_ENTRIES * beside + session.MOST_WEIGHT + 24 * 60 * 60 * line < 0.95 * MAX_RECORD


def test_the_weight_of_a_journal_is_that_of_its_events() -> None:
    """Counted by the fold, so that a resumed session stands as near to the bound as the one that stopped."""
    first = LAYOUT.places[0].item.id
    one, two = started(), started(Answer(first, chosen("A")))
    assert two.weight - one.weight == len(encode(e.ResponseRecorded(first, chosen("A"), 0)))


def test_the_limit_wins_over_the_command() -> None:
    """At the limit the command is not done; the expiry holds the limit then in force."""
    state = started()
    assert session.decide(state, HandIn(5, 0), at(LIMIT)) == (e.TimeExpired(LIMIT, LIMIT),)
    assert session.decide(state, HandIn(5, 0), at(LIMIT - 1)) == (e.HandedIn(5, 0, LIMIT - 1),)
