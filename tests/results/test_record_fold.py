"""Folding a journal into a record, prefix by prefix."""

from __future__ import annotations

import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.interactions import ChosenOptions, ItemId
from results.wire import events as e
from results.wire import journal
from results.wire.record import Outcome, Record, apply, fold
from tests.results import builders as b

W = b.world()
_items = st.sampled_from([item.id for item in W.form.items])
_elapsed = st.integers(0, 10_000)
_events = st.one_of(
    st.builds(e.ItemPresented, _items, st.just(b.OPTIONS), _elapsed),
    st.builds(
        e.ResponseRecorded,
        _items,
        st.builds(ChosenOptions, st.sampled_from([(), *((o,) for o in b.OPTIONS)])),
        _elapsed,
    ),
    st.builds(e.ItemFlagged, _items, st.booleans(), _elapsed),
    st.builds(e.OptionStruck, _items, st.sampled_from(b.OPTIONS), st.booleans(), _elapsed),
    st.builds(e.ClockJumped, st.integers(-10_000, 10_000)),
    st.builds(
        e.SessionResumed, st.integers(1, 9), st.sampled_from(e.ResumeCause), _elapsed, _elapsed, _elapsed
    ),
    st.builds(e.TimeExpired, _elapsed, _elapsed),
    st.builds(e.HandedIn, _elapsed, _elapsed, _elapsed),
)


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
    """A hundred times the items in as many events take no longer, give or take what a busy machine adds."""

    def seconds(items: int) -> float:
        presented = [e.ItemPresented(ItemId(f"i{n % items}"), (), n) for n in range(4_000)]
        begin = time.perf_counter()
        fold([*b.opening(W, 0), *presented])
        return time.perf_counter() - begin

    assert min(seconds(2_000) for _ in range(3)) < 4 * min(seconds(20) for _ in range(3))


@given(st.lists(_events, max_size=10), st.lists(_events, max_size=10))
def test_nothing_after_the_end_changes_the_record(
    before: list[e.SessionEvent], after: list[e.SessionEvent]
) -> None:
    """A terminal event is final: what follows stays in the journal as evidence and is no answer."""
    ended = [*b.opening(W, 0), *before, e.HandedIn(0, 0, 20_000)]
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
