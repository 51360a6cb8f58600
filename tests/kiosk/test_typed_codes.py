"""Every typed code at the kiosk with a real store: redeemed once, durably before its effect, for one alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from keys.codes import (
    Verb,
    action_code,
    checkpoint_code,
    kiosk_key,
    kiosk_keys,
    move_in_extra,
    room_code,
    room_key,
)
from kiosk import protocol as p
from kiosk import typed_codes
from kiosk.protocol import Phase
from kiosk.runner import Runner
from kiosk.station import Station
from kiosk.store import Store
from results.wire import events as e
from results.wire.record import Outcome
from tests.kiosk.forms import MINUTE, SENTINEL
from tests.kiosk.reading import item_of, sealed
from tests.kiosk.world import (
    CANDIDATE,
    SECRET,
    SITTING,
    WAY_IN,
    World,
    accepted,
    chosen,
    refused,
    wait,
)

LATER = Verb.ADD + 10
"""Ten minutes more."""


def tries(world: World) -> int:
    """Wrong codes in a row, as the disk has it."""
    return Station(world.station).file.tries


def enter(runner: Runner, code: str) -> p.View:
    """Type an action code."""
    return runner.submit(p.EnterActionCode(code))


def resumed(world: World, n: int = 1) -> Runner:
    """A fresh process after a stop, gone on with R_n."""
    runner = world.runner()
    accepted(runner.submit(p.EnterResumeCode(world.resume_code(n), credit=True)))
    return runner


def test_time_is_added_and_taken(world: World) -> None:
    """The clock follows at once, and the record holds before, after and whether two persons did it."""
    runner = world.testing()
    before = runner.view().remaining
    assert accepted(enter(runner, world.action(Verb.ADD + 10, 1))).remaining == before + 10 * MINUTE
    assert accepted(enter(runner, world.action(Verb.TAKE + 5, 2))).remaining == before + 5 * MINUTE
    assert refused(enter(runner, world.action(Verb.ADD + 25, 3))) == "second-proctor-needed"
    view = accepted(enter(runner, world.action(Verb.ADD_TWO_PERSON + 60, 3)))
    assert (view.remaining, view.limit) == (before + 65 * MINUTE, before + 65 * MINUTE)
    runner.submit(p.HandIn(5, 0))
    _, entries = sealed(world)
    changes = [entry.event for entry in entries if isinstance(entry.event, e.TimeChanged)]
    assert [(one.after - one.before, one.two_person) for one in changes] == [
        (10 * MINUTE, False),
        (-5 * MINUTE, False),
        (60 * MINUTE, True),
    ]


def test_a_code_works_once_also_after_a_restart(world: World) -> None:
    """The second time it is refused and counted, in this process and in the next."""
    runner = world.testing()
    code = world.action(Verb.ADD + 10, 1)
    accepted(enter(runner, code))
    assert tries(world) == 0
    assert (refused(enter(runner, code)), tries(world)) == ("code-used", 1)
    again = resumed(world)
    limit = again.view().limit
    assert refused(enter(again, code)) == "code-used"
    assert again.view().limit == limit


FOREIGN: dict[str, Callable[[World], str]] = {
    "another candidate": lambda world: world.action(LATER, 1, "C-2"),
    "another attempt": lambda world: world.action(LATER, 1, attempt=2),
    "another kiosk": lambda world: issued(world, "other", SITTING, "live"),
    "another sitting": lambda world: issued(world, "kiosk", "west-2", "live"),
    "a rehearsal": lambda world: issued(world, "kiosk", SITTING, "rehearsal"),
    "a guess": lambda world: action_code(world.codes, CANDIDATE, 1, LATER, 1, b"guess"),
    "the kiosk's key for the room": lambda world: world.action(Verb.ROOM_PAUSE, 1),
    "the room of another sitting": lambda _: room_code(
        room_key(SECRET, "west-2", "live"), Verb.ROOM_PAUSE, 1
    ),
    "the room's key for a candidate": lambda world: world.room(LATER, 1),
}
"""Well-formed codes that are for something else, or for nothing."""


def issued(world: World, kiosk: str, sitting: str, mode: str) -> str:
    """A code of another kiosk, sitting or mode."""
    key = kiosk_key(SECRET, sitting, mode, world.keys[kiosk].identity.fingerprint)
    return action_code(kiosk_keys(key), CANDIDATE, 1, LATER, 1)


@pytest.mark.parametrize("made", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_code_is_refused_and_counted(world: World, made: Callable[[World], str]) -> None:
    """Whatever it is for: no event, no effect, one try."""
    runner = world.testing()
    before = runner.view()
    view = enter(runner, made(world))
    assert (refused(view), view.limit, view.saved) == ("code-wrong", before.limit, before.saved)
    assert tries(world) == 1


def test_wrong_codes_make_every_code_wait(world: World) -> None:
    """Five wrong action codes: the right one waits, in the next process the resume code too, and resuming ends that."""
    runner = world.testing()
    for _ in range(5):
        assert refused(enter(runner, world.action(LATER, 1, "C-2"))) == "code-wrong"
    assert refused(enter(runner, world.action(LATER, 1))) == "code-wait"
    again = world.runner()
    assert refused(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True))) == "code-wait"
    wait(world, again, 15_000)
    accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=True)))
    assert tries(world) == 0
    accepted(enter(again, world.action(LATER, 1)))


def test_a_typo_is_not_a_try(world: World) -> None:
    """A check character that does not fit may be typed any number of times."""
    runner = world.testing()
    right = world.action(LATER, 1)
    for _ in range(8):
        assert refused(enter(runner, right[:-1] + ("0" if right[-1] != "0" else "1"))) == "code-mistyped"
    assert tries(world) == 0
    accepted(enter(runner, right))


def test_a_code_is_counted_before_it_is_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies while it looks at a code has counted it; one that dies before the append has not used it."""
    runner = world.testing()
    with monkeypatch.context() as patch:
        patch.setattr(typed_codes, "redeem_action", die)
        with pytest.raises(KeyboardInterrupt):
            enter(runner, world.action(LATER, 1))
    assert tries(world) == 1
    runner = resumed(world)
    with monkeypatch.context() as patch:
        patch.setattr(Store, "append", die)
        with pytest.raises(KeyboardInterrupt):
            enter(runner, world.action(LATER, 1))
    accepted(enter(resumed(world, 2), world.action(LATER, 1)))


def test_a_code_is_used_before_its_effect_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies right after the append: the next has the effect, and the code is used."""
    runner = world.testing()
    limit = runner.view().limit
    with monkeypatch.context() as patch:
        patch.setattr(typed_codes, "_forget", die)
        with pytest.raises(KeyboardInterrupt):
            enter(runner, world.action(LATER, 1))
    again = resumed(world)
    assert again.view().limit == limit + 10 * MINUTE
    assert refused(enter(again, world.action(LATER, 1))) == "code-used"


@pytest.mark.parametrize(
    ("verb", "outcome"), [(Verb.END, Outcome.ENDED_BY_PROCTOR), (Verb.VOID, Outcome.VOIDED)]
)
def test_a_code_ends_the_session(world: World, verb: Verb, outcome: Outcome) -> None:
    """At the instructions too: sealed at once with that outcome, and the tries are forgotten."""
    runner = world.signed_in()
    for command in WAY_IN:
        accepted(runner.submit(command))
    view = accepted(enter(runner, world.action(verb, 1)))
    assert (view.phase, view.ending.outcome if view.ending else "") == (Phase.FINISHED, outcome)
    assert sealed(world)[0].outcome is outcome
    assert tries(world) == 0


def test_a_pause_of_the_room_hides_the_exam_and_stops_the_clock(full_world: World) -> None:
    """Nothing of the exam is in a view; a candidate's code does not end it, the room's does: same item, same marks."""
    world = full_world
    runner = world.testing()
    item = item_of(runner.view()).item.id
    runner.submit(p.Answer(item, chosen("A")))
    runner.submit(p.WriteNote("", SENTINEL))
    runner.submit(p.WriteNote(item, SENTINEL))
    before = accepted(runner.submit(p.Calculate("2+2")))
    view = accepted(enter(runner, world.room(Verb.ROOM_PAUSE, 1)))
    assert (view.phase, view.rest.kind if view.rest else "") == (Phase.PAUSED, "room")
    assert SENTINEL not in repr(view)
    assert (view.question, view.marks, view.tape, view.scratchpad, view.answers) == (None, "", (), "", ())
    assert refused(runner.submit(p.ShowAnswers())) == "not-now"
    assert wait(world, runner, 20 * MINUTE) == p.Tick(before.remaining)
    assert refused(enter(runner, world.action(Verb.BREAK_OVER, 1))) == "code-not-now"
    after = accepted(enter(runner, world.room(Verb.ROOM_RESUME, 2)))
    assert (after.phase, after.question, after.marks) == (Phase.TESTING, before.question, before.marks)
    assert (after.remaining, after.tape, after.scratchpad) == (before.remaining, (("2+2", "4"),), SENTINEL)


def test_a_pause_outlives_a_restart(full_world: World) -> None:
    """Killed in a room pause: resumed into the pause, with nothing of the exam, and nothing lost."""
    world = full_world
    runner = world.testing()
    before = runner.view()
    accepted(enter(runner, world.room(Verb.ROOM_PAUSE, 1)))
    world.clock.pass_by(5 * MINUTE)
    again = world.runner()
    assert again.view().lost == 0
    view = accepted(again.submit(p.EnterResumeCode(world.resume_code(1), credit=False)))
    assert (view.phase, SENTINEL in repr(view)) == (Phase.PAUSED, False)
    after = accepted(enter(again, world.room(Verb.ROOM_RESUME, 1 + 1)))
    assert (after.question, after.remaining) == (before.question, before.remaining)


def test_the_room_pauses_before_anybody_signed_in(world: World) -> None:
    """At the sign-in the room's codes work, and a candidate's are refused uncounted: there is no candidate yet."""
    runner = world.runner()
    runner.submit(p.EnterStartCode(world.resume_code(0)))
    assert (refused(enter(runner, world.action(LATER, 1))), tries(world)) == ("not-now", 0)
    assert accepted(enter(runner, world.room(Verb.ROOM_PAUSE, 1))).phase is Phase.PAUSED
    assert accepted(enter(runner, world.room(Verb.ROOM_RESUME, 2))).phase is Phase.SIGN_IN


def test_no_code_is_looked_at_where_no_session_is_open(world: World) -> None:
    """Locked, suspended and finished: refused, and no try."""
    assert refused(enter(world.runner(), world.room(Verb.ROOM_PAUSE, 1))) == "not-now"
    world.testing()
    assert refused(enter(world.runner(), world.room(Verb.ROOM_PAUSE, 1))) == "not-now"
    ended = resumed(world)
    ended.submit(p.HandIn(5, 0))
    assert refused(enter(ended, world.room(Verb.ROOM_PAUSE, 1))) == "not-now"
    assert tries(world) == 0


def test_a_break_of_ones_own_ends_by_a_code(full_world: World) -> None:
    """As many as the form gives, with its clock; the break screen shows nothing, and the code brings the item back."""
    world = full_world
    runner = world.testing()
    before = runner.view()
    assert (before.breaks, before.break_clock) == (1, "runs")
    view = accepted(runner.submit(p.TakeBreak()))
    assert (view.phase, SENTINEL in repr(view)) == (Phase.PAUSED, False)
    told = wait(world, runner, MINUTE)
    assert told == p.Tick(before.remaining - MINUTE)
    after = accepted(enter(runner, world.action(Verb.BREAK_OVER, 1)))
    assert (after.question, after.breaks) == (before.question, 0)
    assert refused(runner.submit(p.TakeBreak())) == "no-break-left"


CHECKPOINT = checkpoint_code(kiosk_keys(b"k" * 32), "source", "head", 7)


def move_in(world: World, checkpoint: str, minutes: int, serial: int = 3) -> str:
    """A code to move the candidate in."""
    return action_code(world.codes, CANDIDATE, 1, Verb.MOVE_IN, serial, move_in_extra(checkpoint, minutes))


def test_a_candidate_is_moved_in_with_the_minutes_that_are_left(world: World) -> None:
    """The code binds checkpoint and minutes; the limit is those minutes, and the record says where they come from."""
    runner = world.runner()
    runner.submit(p.EnterStartCode(world.resume_code(0)))
    code = move_in(world, CHECKPOINT, 42)
    assert refused(runner.submit(p.SignIn(CANDIDATE, code))) == "move-in-incomplete"
    assert refused(runner.submit(p.SignIn(CANDIDATE, code, CHECKPOINT, 0))) == "move-in-incomplete"
    assert refused(runner.submit(p.SignIn(CANDIDATE, code, CHECKPOINT[:-1], 42))) == "code-mistyped"
    assert tries(world) == 0
    assert refused(runner.submit(p.SignIn(CANDIDATE, code, CHECKPOINT, 43))) == "code-wrong"
    assert refused(runner.submit(p.SignIn("C-2", code, CHECKPOINT, 42))) == "code-wrong"
    assert tries(world) == 2
    spaced = f"{CHECKPOINT[:3].lower()} {CHECKPOINT[3:]}"
    assert refused(runner.submit(p.SignIn(CANDIDATE, code, spaced, 42))) == "mirror-missing"
    assert accepted(runner.submit(p.SignIn(CANDIDATE, code, spaced, 42))).phase is Phase.CONFIRM
    assert tries(world) == 0
    for command in WAY_IN:
        view = accepted(runner.submit(command))
    assert view.limit == 42 * MINUTE
    assert accepted(runner.submit(p.Begin())).remaining == 42 * MINUTE
    runner.submit(p.HandIn(5, 0))
    record, _ = sealed(world)
    assert (record.moved_from, record.moved_minutes, record.redeemed) == (CHECKPOINT, 42, frozenset({3}))


def test_nobody_is_admitted_whose_eligibility_is_over(world: World) -> None:
    """Told with the date and whom to call, before the code is looked at."""
    runner = world.runner()
    runner.submit(p.EnterStartCode(world.resume_code(0)))
    view = runner.submit(p.SignIn("C-4", world.admission("C-4")))
    assert (refused(view), view.phase, tries(world)) == ("eligibility-over", Phase.SIGN_IN, 0)
    assert view.problem is not None
    assert "Ada at 555-0100" in view.problem.next_step


def die(*_: object, **__: object) -> None:
    """End the process here."""
    raise KeyboardInterrupt


def test_a_move_gives_no_more_than_one_proctor_may_add(world: World) -> None:
    """The form has two hours and one proctor may add thirty minutes: a code for more is refused, and not used up."""
    runner = world.runner()
    runner.submit(p.EnterStartCode(world.resume_code(0)))
    for minutes in (151, 1440):
        code = move_in(world, CHECKPOINT, minutes)
        assert (
            refused(runner.submit(p.SignIn(CANDIDATE, code, CHECKPOINT, minutes))) == "second-proctor-needed"
        )
    code = move_in(world, CHECKPOINT, 150)
    assert refused(runner.submit(p.SignIn(CANDIDATE, code, CHECKPOINT, 150))) == "mirror-missing"
    assert accepted(runner.submit(p.SignIn(CANDIDATE, code, CHECKPOINT, 150))).phase is Phase.CONFIRM
