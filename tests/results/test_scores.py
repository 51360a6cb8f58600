"""Scoring, against a second scorer that was written from the journal's bytes alone."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages import interactions as q
from exam_packages.scoring_key import ConversionRangeError
from keys.encoding import digest, encode
from results.centre.facts import facts
from results.scoring.bands import Band, band
from results.scoring.scores import (
    NeedsMarkingError,
    Ruler,
    Score,
    ScoringInputsError,
    StrangeResponseError,
    ruler,
    score,
)
from results.wire import journal
from results.wire.record import fold
from tests.results import builders as b

ITEMS = 12
W = b.world(2, ITEMS)
DIGEST = digest(encode(W.form))


def measure(**changes: Any) -> Ruler:
    return ruler(W.form, DIGEST, msgspec.structs.replace(W.key, **changes), W.table)


def first_scorer(raws: list[bytes]) -> Score:
    entries, _ = journal.read(raws, journal.SessionEntry)
    found = facts(entries, [digest(raw) for raw in raws], fold(entry.event for entry in entries))
    return score(measure(), found.responses(), session="s")


def second_scorer(raws: list[bytes]) -> dict[str, Any]:
    """Raw, scaled and area counts from the journal's lines and the key as plain JSON; no code is shared."""
    key, table = json.loads(encode(W.key)), json.loads(encode(W.table))
    last: dict[str, list[str]] = {}
    for raw in raws:
        event = json.loads(raw)["event"]
        if event["event"] in {"HandedIn", "TimeExpired", "AgreementDeclined"}:
            break
        if event["event"] == "ResponseRecorded":
            last[event["item"]] = event["response"]["options"]
    areas: dict[str, int] = {}
    categories: dict[str, int] = {}
    for line in key["keys"]:
        if not line["scored"]:
            continue
        hit = last.get(line["item"]) == line["correct"]["options"]
        areas[line["area"]] = areas.get(line["area"], 0) + hit
        categories[line["category"]] = categories.get(line["category"], 0) + hit
    raw_score = sum(areas.values())
    omitted = sum(not last.get(line["item"]) for line in key["keys"] if line["scored"])
    scaled = table["scaled"][raw_score]
    return {
        "raw": raw_score,
        "scaled": scaled,
        "passed": scaled >= table["cut"],
        "omitted": omitted,
        "areas": areas,
        "categories": categories,
    }


_item = st.sampled_from([item.id for item in W.form.items])
_answers = st.lists(st.tuples(_item, st.sampled_from(["A", "B", "C", "D", ""])), max_size=40)


@given(_answers, _answers)
def test_two_independent_scorers_agree(
    given_answers: list[tuple[str, str]], late: list[tuple[str, str]]
) -> None:
    """Any answers, changed or taken back, and any events after the end: both scorers find the same scores."""
    events = b.opening(W, 0)
    for item, option in given_answers:
        events += b.answers({item: option})
    events += b.session(W, 0, {})[-1:]
    for item, option in late:
        events += b.answers({item: option})
    raws = b.chain(events)
    one, other = first_scorer(raws), second_scorer(raws)
    assert (one.raw, one.scaled, one.passed, one.omitted) == (
        other["raw"],
        other["scaled"],
        other["passed"],
        other["omitted"],
    )
    assert {tally.code: tally.correct for tally in one.areas} == other["areas"]
    assert {tally.code: tally.correct for tally in one.categories} == other["categories"]
    assert sum(tally.total for tally in one.areas) == one.total == ITEMS


@pytest.mark.parametrize("count", range(ITEMS + 1))
def test_the_scaled_score_is_a_look_up(count: int) -> None:
    """Whatever the raw score, the scaled one is that row of the table, and passing is reaching its cut."""
    found = first_scorer(b.chain(b.session(W, 0, b.right(W, count))))
    assert (found.raw, found.scaled) == (count, W.table.scaled[count])
    assert found.passed is (W.table.scaled[count] >= 600) is (count >= measure().raw_cut)


def test_marks_tell_matched_missed_and_left_out() -> None:
    """One character an item, in the key's order; what was left out is counted apart and earns nothing."""
    answers = {"i0": "A", "i1": "A", "i2": ""}
    found = first_scorer(b.chain(b.session(W, 0, answers)))
    assert found.marks == "10" + "-" * (ITEMS - 2)
    assert found.omitted == ITEMS - 2


def test_an_item_that_is_not_scored_never_counts() -> None:
    """A key version that leaves an item out has one point less to give; a table that does not fit is refused."""
    keys = tuple(msgspec.structs.replace(one, scored=one.item != "i0") for one in W.key.keys)
    with pytest.raises(ScoringInputsError):
        measure(keys=keys)
    table = msgspec.structs.replace(W.table, scaled=W.table.scaled[:-1])
    by = ruler(W.form, DIGEST, msgspec.structs.replace(W.key, keys=keys, version=2), table)
    found = score(by, {q.ItemId("i0"): q.ChosenOptions((b.OPTIONS[0],))}, session="s")
    assert (found.raw, found.total) == (0, ITEMS - 1)


def test_a_response_to_a_foreign_item_is_refused() -> None:
    """A record that answers what its form does not have is not scored as if nothing were wrong."""
    with pytest.raises(StrangeResponseError) as refused:
        score(measure(), {q.ItemId("other"): q.TypedText("x")}, session="s-1")
    assert refused.value.diagnostics().code == "response-not-in-form"


@pytest.mark.parametrize(
    "changes",
    [
        {"form_digest": digest(b"other")},
        {"form": "other"},
        {"keys": W.key.keys[:-1]},
        {"keys": (*W.key.keys, W.key.keys[0])},
        {"areas": W.key.areas[:1]},
        {"categories": ()},
        {"keys": tuple(msgspec.structs.replace(one, scored=False) for one in W.key.keys)},
        {"keys": (msgspec.structs.replace(W.key.keys[0], correct=q.ChosenOptions(())), *W.key.keys[1:])},
    ],
)
def test_a_key_that_does_not_fit_its_form_is_refused(changes: dict[str, Any]) -> None:
    """Another form's digest, missing or doubled items, unlisted areas, no scored item, an empty key: none is used."""
    with pytest.raises(ScoringInputsError):
        measure(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"form_digest": digest(b"other")},
        {"exam": "other"},
        {"scaled": W.table.scaled[:-1]},
        {"scaled": tuple(reversed(W.table.scaled))},
    ],
)
def test_a_table_that_does_not_fit_is_refused(changes: dict[str, Any]) -> None:
    """A conversion table of another form, with a row too few, or in which more is less, is not used."""
    with pytest.raises(ScoringInputsError):
        ruler(W.form, DIGEST, W.key, msgspec.structs.replace(W.table, **changes))


def test_a_long_text_needs_a_person() -> None:
    """A scored item with an extended text is refused by name instead of scoring nobody."""
    items = (
        msgspec.structs.replace(W.form.items[0], interaction=q.ExtendedTextInteraction(100)),
        *W.form.items[1:],
    )
    form = msgspec.structs.replace(W.form, items=items)
    with pytest.raises(NeedsMarkingError) as refused:
        ruler(form, DIGEST, W.key, W.table)
    assert "i0" in refused.value.diagnostics().what


def test_a_raw_score_outside_the_table_is_refused() -> None:
    """The table is never extrapolated."""
    with pytest.raises(ConversionRangeError):
        W.table.look_up(ITEMS + 1)


@pytest.mark.parametrize(
    ("correct", "expected"),
    [
        (0, Band.BELOW),
        (3, Band.BELOW),
        (4, Band.ABOUT),
        (6, Band.ABOUT),
        (7, Band.ABOVE),
    ],
)
def test_a_small_area_is_a_band(correct: int, expected: Band) -> None:
    """Seven items at a cut of 70 %: 4.9 expected, 1.2 either way, so 4 to 6 are about at the passing level."""
    assert band(correct, 7, 70, 100) is expected


@given(st.integers(1, 40), st.integers(0, 100))
def test_bands_rise_with_the_number_matched(total: int, raw_cut: int) -> None:
    """More matched items are never a lower band."""
    order = [Band.BELOW, Band.ABOUT, Band.ABOVE]
    found = [order.index(band(correct, total, raw_cut, 100)) for correct in range(total + 1)]
    assert found == sorted(found)
