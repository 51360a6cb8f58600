"""Folding a journal into a record, prefix by prefix."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.form import BreakClock
from exam_packages.interactions import ChosenOptions, ItemId, TypedText
from keys.encoding import digest
from results.wire import events as e
from results.wire import journal
from results.wire.events import PauseKind, Scope
from results.wire.record import TAPE, Outcome, Pause, Record, apply, fold
from tests.results import builders as b

W = b.world()
_items = st.sampled_from([item.id for item in W.form.items])
_elapsed = st.integers(0, 10_000)
_small = st.integers(0, 5)
_text = st.text("ab ", max_size=3)
_serial = st.integers(0, 31)
_scoped = (st.sampled_from(Scope), st.sampled_from(["p1", "s1"]))
_clock = st.sampled_from(BreakClock)
_cause = st.sampled_from(e.ResumeCause)
_chosen = st.builds(ChosenOptions, st.sampled_from([(), *((o,) for o in b.OPTIONS)]))
_kinds = st.sampled_from(PauseKind)
_terminal = st.one_of(
    st.builds(e.AgreementDeclined, st.just("terms"), st.just(digest(b"terms"))),
    st.builds(e.TimeExpired, _elapsed, _elapsed),
    st.builds(e.EndedByProctor, _elapsed),
    st.builds(e.Voided, _elapsed),
    st.builds(e.HandedIn, _elapsed, _elapsed, _elapsed),
)
_running = st.one_of(
    st.builds(e.CandidateMovedIn, st.just("C-1"), st.just(1), _serial, st.just("CHECKPOINT"), _small),
    st.builds(e.EquipmentChecked, _small, _small),
    st.builds(e.TutorialEnded, st.booleans()),
    st.builds(e.ItemPresented, _items, st.just(b.OPTIONS), _elapsed),
    st.builds(e.ResponseRecorded, _items, st.one_of(_chosen, st.builds(TypedText, _text)), _elapsed),
    st.builds(e.ResponseEdited, _items, st.integers(-2, 5), st.integers(-2, 5), _text, _elapsed),
    st.builds(e.ItemFlagged, _items, st.booleans(), _elapsed),
    st.builds(e.OptionStruck, _items, st.sampled_from(b.OPTIONS), st.booleans(), _elapsed),
    st.builds(e.TextHighlighted, st.sampled_from(["item:i0", "exhibit:x"]), st.just(((0, 1, 2),)), _elapsed),
    st.builds(e.NoteWritten, st.sampled_from(["", "i0"]), _small, _text, _elapsed),
    st.builds(e.CommentWritten, _items, _text, _elapsed),
    st.builds(e.CalculationMade, _items, _text, _text, _elapsed),
    st.builds(e.PreferenceSet, st.sampled_from(["theme", "timer"]), _text),
    st.builds(e.LimitBegan, *_scoped, _small, _elapsed),
    st.builds(e.LimitEnded, *_scoped, st.booleans(), _elapsed),
    st.builds(e.PauseBegan, _kinds, _clock, _elapsed, _elapsed),
    st.builds(e.PauseEnded, _kinds, _elapsed, _elapsed),
    st.builds(e.TimeChanged, _elapsed, _elapsed, st.booleans(), _elapsed),
    st.builds(e.ClockJumped, st.integers(-10_000, 10_000)),
    st.builds(e.SessionResumed, st.integers(1, 9), _cause, _elapsed, _elapsed, _elapsed),
    st.builds(e.ActionRedeemed, _serial, _serial),
    st.builds(e.RoomCodeRedeemed, _serial, _serial),
)
_events = st.one_of(_running, _terminal)


@given(st.lists(_events, max_size=30))
def test_folding_any_prefix_equals_applying_one_by_one(found: list[e.SessionEvent]) -> None:
    """A live state that applies events as they come, and a reader that folds any prefix, hold the same record."""
    events = [*b.opening(W, 0), *found]
    live = Record()
    for n, event in enumerate(events):
        assert fold(events[:n]) == live
        live = apply(live, event)
    raws = b.chain(events)
    entries, head = journal.read(raws, journal.SessionEntry)
    assert fold(entry.event for entry in entries) == live
    assert head.count == len(events)


def test_folding_costs_no_copy_of_all_answers_for_each_event() -> None:
    """A hundred times the items, notes and highlights in as many events take no longer, give or take a busy machine."""

    def seconds(items: int) -> float:
        presented: list[e.SessionEvent] = []
        for n in range(2_000):
            item = ItemId(f"i{n % items}")
            presented += [e.ItemPresented(item, (), n), e.NoteWritten(item, 1, "x", n)]
            presented.append(e.TextHighlighted(f"item:{item}", ((0, 1, 2),), n))
        begin = time.perf_counter()
        fold([*b.opening(W, 0), *presented])
        return time.perf_counter() - begin

    assert min(seconds(2_000) for _ in range(3)) < 4 * min(seconds(20) for _ in range(3))


@given(st.lists(_running, max_size=10), _terminal, st.lists(_events, max_size=10))
def test_nothing_after_the_end_changes_the_record(
    before: list[e.SessionEvent], end: e.SessionEvent, after: list[e.SessionEvent]
) -> None:
    """Every terminal event is final: what follows stays in the journal as evidence and is no answer."""
    ended = [*b.opening(W, 0), *before, end]
    assert isinstance(end, e.TERMINAL)
    assert fold(ended).outcome is not None
    assert fold([*ended, *after]) == fold(ended)


def test_struck_flagged_and_taken_back_are_no_answers() -> None:
    """A strike-out, a flag and an emptied response leave the item seen and unanswered."""
    item, option = ItemId("i0"), b.OPTIONS[0]
    record = fold(
        [
            *b.opening(W, 0),
            e.ItemPresented(item, b.OPTIONS, 0),
            e.ResponseRecorded(item, ChosenOptions((option,)), 1),
            e.ResponseRecorded(item, ChosenOptions(()), 2),
            e.OptionStruck(item, option, True, 3),
            e.ItemFlagged(item, True, 4),
        ]
    )
    assert (record.answered(), record.flagged()) == (0, 1)
    assert record.answer(item).struck == {option}
    assert record.answer(item).changes == 1
    assert record.final_outcome() is Outcome.UNFINISHED


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (e.AgreementDeclined("terms", digest(b"terms")), Outcome.DECLINED_TERMS),
        (e.TimeExpired(1, 1), Outcome.TIMED_OUT),
        (e.EndedByProctor(1), Outcome.ENDED_BY_PROCTOR),
        (e.Voided(1), Outcome.VOIDED),
        (e.HandedIn(0, 0, 1), Outcome.COMPLETED),
    ],
)
def test_every_terminal_event_has_its_outcome(event: e.SessionEvent, outcome: Outcome) -> None:
    """Each way to end is told apart, and what was answered stays in the record whatever it is."""
    record = fold([*b.session(W, 0, b.right(W, 2), end=False), event])
    assert (record.final_outcome(), record.answered()) == (outcome, len(W.form.items))


def _after(*events: e.SessionEvent) -> Record:
    """The record of a test that is running, after these events."""
    return fold([*b.opening(W, 0), *events])


I0, I1 = ItemId("i0"), ItemId("i1")
PART, SECTION = (Scope.PART, "p1"), (Scope.SECTION, "s1")
MOVED = e.CandidateMovedIn("C-9", 2, 3, "CHECK", 40)
MARKED = e.TextHighlighted("item:i0", ((0, 1, 2),), 5)
LONGER = e.TimeChanged(b.LIMIT, b.LIMIT + 60, False, 5)
BREAK = e.PauseBegan(PauseKind.UNSCHEDULED, BreakClock.RUNS, 0, 100)


@pytest.mark.parametrize(
    ("events", "field", "value"),
    [
        ([MOVED], "candidate", "C-9"),
        ([MOVED], "moved_from", "CHECK"),
        ([MOVED], "moved_minutes", 40),
        ([MOVED], "redeemed", {0, 3}),
        ([e.EquipmentChecked(80, 24)], "checked", True),
        ([e.TutorialEnded(True)], "tutored", True),
        ([MARKED], "highlights", {"item:i0": ((0, 1, 2),)}),
        ([MARKED, e.TextHighlighted("item:i0", (), 6)], "highlights", {"item:i0": ()}),
        ([e.NoteWritten("i0", 2, "ab", 5), e.NoteWritten("", 9, "", 6)], "notes", {"i0": "ab", "": ""}),
        ([e.CalculationMade(I0, "1+1", "2", 5)], "calculations", (("1+1", "2"),)),
        (
            [e.PreferenceSet("theme", "dark"), e.PreferenceSet("theme", "light")],
            "preferences",
            {"theme": "light"},
        ),
        (
            [e.LimitBegan(*PART, 600, 5), e.LimitBegan(*SECTION, 60, 6)],
            "limits",
            {PART: (600, 5), SECTION: (60, 6)},
        ),
        ([e.LimitBegan(*PART, 600, 5), e.LimitEnded(*PART, False, 9)], "closed", {PART}),
        ([BREAK], "pause", Pause(PauseKind.UNSCHEDULED, BreakClock.RUNS, 0, 100)),
        ([BREAK, e.PauseEnded(PauseKind.UNSCHEDULED, 50, 150)], "pause", None),
        ([BREAK, e.PauseEnded(PauseKind.UNSCHEDULED, 50, 150)], "breaks", 1),
        ([e.PauseBegan(PauseKind.SCHEDULED, BreakClock.STOPS, 60, 100)], "breaks", 0),
        ([LONGER], "limit", b.LIMIT + 60),
        ([LONGER], "added", 60),
        ([e.TimeChanged(b.LIMIT, b.LIMIT + 60, True, 5)], "added", 0),
        ([e.TimeChanged(b.LIMIT, b.LIMIT - 60, False, 5)], "added", 0),
        ([e.ActionRedeemed(260, 4)], "redeemed", {0, 4}),
        ([e.RoomCodeRedeemed(5, 4)], "room_redeemed", {4}),
        ([e.RoomCodeRedeemed(5, 4)], "redeemed", {0}),
    ],
)
def test_each_event_changes_its_part_of_the_record(
    events: list[e.SessionEvent], field: str, value: object
) -> None:
    """Each event does what its description says."""
    assert getattr(_after(*events), field) == value


def test_the_last_calculations_are_kept_in_sight() -> None:
    """A tape that only shows the last ones; the journal has them all."""
    record = _after(*(e.CalculationMade(I0, str(n), str(n), n) for n in range(TAPE + 5)))
    assert [expression for expression, _ in record.calculations] == [str(n + 5) for n in range(TAPE)]


def test_a_comment_is_no_answer_and_no_change() -> None:
    """What a candidate tells the authors stands beside the answer."""
    answer = _after(e.ItemPresented(I0, (), 0), e.CommentWritten(I0, "Unclear.", 5)).answer(I0)
    assert (answer.comment, answer.response, answer.changes) == ("Unclear.", None, 0)


@pytest.mark.parametrize("clock", BreakClock)
def test_the_time_of_a_pause_is_no_items_time(clock: BreakClock) -> None:
    """The item on the screen is given the time before and after a pause, also where the test clock runs on in it."""
    back = 100 if clock is BreakClock.STOPS else 400
    record = _after(
        e.ItemPresented(I0, (), 0),
        e.PauseBegan(PauseKind.ROOM, clock, 0, 100),
        e.PauseEnded(PauseKind.ROOM, 300, back),
        e.ItemPresented(I1, (), back + 20),
    )
    assert record.answer(I0).time == 120
    assert record.elapsed == back + 20


@given(st.data())
def test_a_journal_with_any_entry_changed_is_found(data: st.DataObject) -> None:
    """Dropping, repeating, swapping or changing any entry but the last breaks the chain; so does a cut line."""
    raws = b.chain(b.session(W, 0, b.right(W, 2)))
    at = data.draw(st.integers(0, len(raws) - 2))
    changed = data.draw(st.sampled_from(["drop", "repeat", "swap", "change", "cut"]))
    broken = list(raws)
    if changed == "drop":
        del broken[at]
    elif changed == "repeat":
        broken.insert(at, raws[at])
    elif changed == "swap":
        broken[at], broken[at + 1] = broken[at + 1], broken[at]
    elif changed == "change":
        entry = msgspec.json.decode(raws[at], type=journal.SessionEntry)
        entry = msgspec.structs.replace(entry, at=b.stamp(999_999_999))
        broken[at] = msgspec.json.encode(entry)
    else:
        broken[at] = raws[at][:-1]
    with pytest.raises(journal.JournalBrokenError) as found:
        journal.read(broken, journal.SessionEntry)
    assert found.value.diagnostics().code == "journal-broken"
