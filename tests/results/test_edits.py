"""Long texts as edits: the same texts as if each had been recorded whole, small in the journal, cheap to fold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.interactions import ChosenOptions, ItemId, OptionId, TypedText
from results.wire import events as e
from results.wire import journal
from results.wire.bundle import MAX_RECORD
from results.wire.edits import LONGEST_TEXT, edited, fits
from results.wire.record import Record, apply, fold
from tests.results import builders as b

W = b.world()
ESSAY = ItemId("i0")
HUGE = 2**63 - 1
_texts = st.text(st.sampled_from("aab \n\u00e9\u0301\U0001f600"), max_size=6)
_changes = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), _texts), max_size=12)


@given(_changes)
def test_a_chain_of_edits_is_the_chain_of_whole_responses(changes: list[tuple[int, int, str]]) -> None:
    """Any edits inside their texts, to blank ones too: the very record that the whole responses make."""
    record = Record()
    edits: list[e.SessionEvent] = []
    whole: list[e.SessionEvent] = []
    for n, (at, most, inserted) in enumerate(changes):
        response = record.answer(ESSAY).response
        before = response.text if isinstance(response, TypedText) else ""
        start = min(at, len(before))
        removed = min(most, len(before) - start)
        event = e.ResponseEdited(ESSAY, start, removed, inserted, n)
        assert fits(before, event)
        edits.append(event)
        whole.append(
            e.ResponseRecorded(ESSAY, TypedText(before[:start] + inserted + before[start + removed :]), n)
        )
        record = apply(record, event)
    assert fold(edits) == fold(whole) == record


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
