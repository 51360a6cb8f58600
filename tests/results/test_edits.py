"""Long texts as edits: the same texts as if each had been recorded whole, small in the journal, cheap to fold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.interactions import ChosenOptions, ItemId, OptionId, TypedText
from results.wire import events as e
from results.wire import journal
from results.wire.bundle import MAX_RECORD
from results.wire.edits import LONGEST_TEXT, edit, edited, fits
from results.wire.record import Record, apply, fold
from tests.results import builders as b

W = b.world()
ESSAY = ItemId("i0")
HUGE = 2**63 - 1
_texts = st.text(st.sampled_from("aab \n\u00e9\u0301\U0001f600"), max_size=12)


def edits(texts: list[str]) -> list[e.SessionEvent]:
    """The edits of a kiosk that saves these texts one after another, each against the response then in force."""
    record = Record()
    found: list[e.SessionEvent] = []
    for n, text in enumerate(texts):
        response = record.answer(ESSAY).response
        event = edit(ESSAY, response.text if isinstance(response, TypedText) else "", text, n)
        record = apply(record, event)
        found.append(event)
    return found


@given(st.lists(_texts, max_size=12))
def test_a_chain_of_edits_is_the_chain_of_whole_responses(texts: list[str]) -> None:
    """Any texts, blank ones among them: edits make the very record that the whole responses make, changes counted."""
    whole = [e.ResponseRecorded(ESSAY, TypedText(text), n) for n, text in enumerate(texts)]
    assert fold(edits(texts)) == fold(whole)


@given(_texts, _texts)
def test_an_edit_makes_the_text_and_holds_only_what_changed(before: str, after: str) -> None:
    """The edit fits, gives the new text back, and neither removes nor inserts what both texts begin or end with."""
    event = edit(ESSAY, before, after, 0)
    assert fits(before, event)
    assert edited(before, event) == after
    gone = before[event.start : event.start + event.removed]
    assert gone[:1] != event.inserted[:1] or not gone
    assert gone[-1:] != event.inserted[-1:] or not gone


@pytest.mark.parametrize(
    ("start", "removed", "inserted", "expected"),
    [
        (-1, 0, "x", "xabc"),
        (-HUGE, HUGE, "", ""),
        (0, -1, "x", "xabc"),
        (2, -2, "x", "abxc"),
        (3, 1, "x", "abcx"),
        (4, 0, "x", "abcx"),
        (HUGE, HUGE, "x", "abcx"),
        (1, HUGE, "x", "ax"),
        (0, 0, "x" * (LONGEST_TEXT + 1), "x" * LONGEST_TEXT),
    ],
)
def test_an_edit_beyond_its_text_is_cut_to_it(start: int, removed: int, inserted: str, expected: str) -> None:
    """Numbers that no kiosk writes never raise: they are cut to the text, and `fits` tells them."""
    event = e.ResponseEdited(ESSAY, start, removed, inserted, 0)
    assert not fits("abc", event)
    assert edited("abc", event) == expected


def test_an_edit_of_an_answer_of_another_kind_starts_from_nothing() -> None:
    """Where options stand as the response, an edit makes a text of its own; folding never fails."""
    record = fold(
        [
            e.ResponseRecorded(ESSAY, ChosenOptions((OptionId("A"),)), 0),
            e.ResponseEdited(ESSAY, 7, 7, "x", 1),
        ]
    )
    assert record.answer(ESSAY).response == TypedText("x")


def test_an_essay_typed_key_by_key_fits_a_record_many_times() -> None:
    """10,000 characters over three hours, saved at every key: a twentieth of what a record may hold, and one text."""
    essay = ("The quick brown fox jumps over the lazy dog. " * 223)[:10_000]
    typed: list[e.SessionEvent] = [
        e.ResponseEdited(ESSAY, n, 0, letter, n * 1_080) for n, letter in enumerate(essay)
    ]
    raw = journal.to_bytes(b.chain([*b.opening(W, 0), *typed]))
    assert len(raw) < MAX_RECORD / 20
    assert fold(typed).answer(ESSAY).response == TypedText(essay)
