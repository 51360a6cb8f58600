"""Two independent scorers over random forms of every interaction, random keys, and random responses."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, structs

from exam_packages import form as f
from exam_packages import interactions as q
from exam_packages.response_processing import unfit_key, worth
from exam_packages.scoring_key import (
    Adjustment,
    AdjustmentKind,
    Area,
    ConversionTable,
    ItemKey,
    MapEntry,
    ResponseProcessing,
    ScoringKey,
)
from keys.encoding import Instant, decode, digest, encode
from results.scoring.scores import Score, ruler, score, table_rows
from tests.results import builders as b
from tests.results import second_scorer

ABCD = tuple(q.Choice(q.OptionId(letter), letter) for letter in "abcd")
LONG = q.ExtendedTextInteraction(900)
ASKED: tuple[q.Interaction, ...] = (
    q.ChoiceInteraction(ABCD),
    q.ChoiceInteraction(ABCD, 0, 0),
    q.HotTextInteraction("{a}{b}{c}{d}", ABCD, 3),
    q.OrderInteraction(ABCD),
    q.MatchInteraction(ABCD[:2], ABCD),
    q.AssociateInteraction(ABCD),
    q.InlineChoiceInteraction("{g1}{g2}", {"g1": ABCD, "g2": ABCD}),
    q.GapMatchInteraction("{g1}{g2}", ("g1", "g2"), ABCD),
    q.TextEntryInteraction(40),
    q.NumericInteraction(),
    q.NumericInteraction(("m", "km")),
    q.SliderInteraction(0, 10),
    LONG,
)
CANDIDATES = ("C-1", "C-2", "C-3")


def response(asked: q.Interaction, chance: Random) -> q.Response:
    """Some response to this interaction, now and then an empty one."""
    count = 1 if isinstance(asked, q.ChoiceInteraction) and asked.max_choices == 1 else chance.randint(0, 3)
    if isinstance(asked, q.OrderInteraction):
        return q.ChosenOptions(tuple(q.OptionId(one) for one in chance.sample("abcd", 4)))
    if isinstance(asked, q.ChoiceInteraction | q.HotTextInteraction):
        return q.ChosenOptions(tuple(q.OptionId(one) for one in chance.sample("abcd", count)))
    if isinstance(asked, q.AssociateInteraction):
        return q.ChosenPairs(
            tuple((one, other) for one, other in (chance.sample("abcd", 2) for _ in range(count)))
        )
    if isinstance(asked, q.MatchInteraction):
        return q.ChosenPairs(tuple((chance.choice("ab"), chance.choice("abcd")) for _ in range(count)))
    if isinstance(asked, q.InlineChoiceInteraction | q.GapMatchInteraction):
        filled = chance.sample(("g1", "g2"), chance.randint(0, 2))
        return q.ChosenPairs(tuple((gap, chance.choice("abcd")) for gap in filled))
    if isinstance(asked, q.TextEntryInteraction | q.ExtendedTextInteraction):
        return q.TypedText(
            chance.choice(["", "wan", "WAN", " Wan ", "wide  area", "Wide area", "Größe", "GRÖSSE"])
        )
    number = chance.choice(
        ["", "2", "2,5", "2.50", "-2", "7", "07", "7.1", "about 7", "7.", "1234567890.001"]
    )
    units = asked.units if isinstance(asked, q.NumericInteraction) else ()
    return q.TypedText(f"{number} {chance.choice(units)}" if units and number else number)


def entry(asked: q.Interaction, chance: Random) -> MapEntry:
    """An entry of a mapping: one value of some response."""
    points, one = chance.randint(-2_000, 2_000), response(asked, chance)
    if isinstance(asked, q.OrderInteraction):
        return MapEntry(q.ChosenPairs(((str(chance.randint(1, 4)), chance.choice("abcd")),)), points)
    if isinstance(one, q.TypedText):
        return MapEntry(one, points, isinstance(asked, q.TextEntryInteraction) and chance.random() < 0.5)
    if isinstance(one, q.ChosenOptions):
        return MapEntry(q.ChosenOptions(one.options[:1]), points)
    return MapEntry(q.ChosenPairs(one.pairs[:1]), points)


def processing(asked: q.Interaction, chance: Random) -> ResponseProcessing:
    kind = chance.choice(["points", "mapping", "mapping", "mapping"])
    if asked is LONG or kind == "points":
        penalty = 0 if asked is LONG else chance.randint(0, 700)
        return ResponseProcessing(chance.randint(1, 6_000), penalty)
    bounds = (chance.choice([None, 0, -500]), chance.choice([None, None, 1_500]))
    entries = tuple(entry(asked, chance) for _ in range(chance.randint(1, 5)))
    return ResponseProcessing(
        mapping=entries, default=chance.randint(-500, 200), lower=bounds[0], upper=bounds[1]
    )


def key_of(n: int, asked: q.Interaction, chance: Random) -> ItemKey:
    """A key that fits this interaction: plain, or with points, penalty or mapping where chance finds ones that fit."""
    numeric = isinstance(asked, q.NumericInteraction | q.SliderInteraction)
    area = chance.choice("123")
    while True:
        made = ItemKey(
            q.ItemId(f"i{n}"),
            q.TypedText("") if asked is LONG else response(asked, chance),
            "I" if area == "1" else "II",
            area,
            f"{area}A",
            accepted=() if asked is LONG or chance.random() < 0.7 else (response(asked, chance),),
            tolerance=chance.choice(["", "0.5", "10%"]) if numeric else "",
            fold_case=isinstance(asked, q.TextEntryInteraction) and chance.random() < 0.5,
            processing=processing(asked, chance) if asked is LONG or chance.random() < 0.6 else UNSET,
        )
        if unfit_key(asked, made) is None:
            return made


def adjusted(one: ItemKey, chance: Random) -> ItemKey:
    kind = chance.choice([None] * 8 + [AdjustmentKind.DROPPED, AdjustmentKind.FULL_CREDIT])
    if kind is None:
        return one
    said = Adjustment(kind, 2, "A. Person", Instant(0), "Two options are right.")
    return structs.replace(one, scored=kind is not AdjustmentKind.DROPPED, adjustment=said)


def world(chance: Random) -> tuple[f.DeliveryForm, ScoringKey, ConversionTable]:
    """A form of every interaction, some twice, with a key and a table that fit it."""
    asked = [*ASKED, *chance.choices(ASKED, k=4)]
    items = tuple(f.Item(q.ItemId(f"i{n}"), (), one) for n, one in enumerate(asked))
    section = f.Section("s", "S", tuple(f.ItemRef(one.id) for one in items))
    form = f.DeliveryForm(f.FormId("r-1"), 1, "en", b.LIMIT, (f.TestPart("p", "P", (section,)),), items)
    keys = [adjusted(key_of(n, one, chance), chance) for n, one in enumerate(asked)]
    keys[0] = structs.replace(keys[0], scored=True, adjustment=UNSET)
    areas = tuple(Area(code, code, "I" if code == "1" else "II") for code in "123")
    form_digest = digest(encode(form))
    key = ScoringKey("r", form.form, form_digest, 2, tuple(keys), (Area("I", "I"), Area("II", "II")), areas)
    rows = table_rows(form, key)
    table = ConversionTable("r", form.form, form_digest, 2, tuple(800 * n // rows for n in range(rows)), 600)
    return form, decode(encode(key), ScoringKey, name="key"), table


def exported(found: dict[str, dict[q.ItemId, q.Response]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("candidate", "item", "response"))
    for candidate, responses in found.items():
        writer.writerow((candidate, "", ""))
        writer.writerows((candidate, item, encode(one).decode()) for item, one in responses.items())
    return out.getvalue()


def thousandths(points: dict[str, Fraction], code: str) -> Fraction:
    return points.get(code, Fraction(0)) * 1_000


def told(first: Score) -> dict[str, Any]:
    return {name: getattr(first, name) for name in ("raw", "scaled", "passed", "omitted")}


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_two_independent_scorers_agree_on_random_forms(seed: int) -> None:
    """Raw, scaled, area and category scores, every item's points, for any key, mapping, mark and adjustment."""
    chance = Random(seed)
    form, key, table = world(chance)
    by = ruler(form, digest(encode(form)), key, table)
    found: dict[str, dict[q.ItemId, q.Response]] = {
        candidate: {one.id: response(one.interaction, chance) for one in form.items if chance.random() < 0.9}
        for candidate in CANDIDATES
    }
    marks = {
        f"{candidate}/{one.item}": chance.randint(0, worth(LONG, one))
        for candidate in CANDIDATES
        for one in key.keys
        if by.interactions[one.item] == LONG
    }
    plain = [json.loads(encode(one)) for one in (form, key, table)]
    seconds = second_scorer.score_all(exported(found), plain[0], plain[1], plain[2], marks)
    for candidate, responses in found.items():
        given_marks = {
            one.id: marks[f"{candidate}/{one.id}"] for one in form.items if one.interaction == LONG
        }
        first, second = score(by, responses, session="s", marks=given_marks), seconds[candidate]
        assert told(first) == {name: second[name] for name in told(first)}
        assert first.points == sum(second["earned"]) * 1_000
        assert [Fraction(points, 1_000) for points in first.earned] == second["earned"]
        for tallies, points in ((first.areas, second["areas"]), (first.categories, second["categories"])):
            assert [one.points for one in tallies] == [thousandths(points, one.code) for one in tallies]


@pytest.mark.parametrize(
    ("kind", "total"),
    [(AdjustmentKind.DROPPED, 11), (AdjustmentKind.FULL_CREDIT, 12), (AdjustmentKind.REKEYED, 12)],
)
def test_an_adjustment_changes_both_alike(kind: AdjustmentKind, total: int) -> None:
    """A dropped, re-keyed or credited item counts as its adjustment says, and the key says that it was adjusted."""
    w = b.world(1, 12)
    said = Adjustment(kind, 2, "A. Person", Instant(0), "Two options are right.")
    old = w.key.keys[3]
    new = {
        AdjustmentKind.DROPPED: structs.replace(old, scored=False),
        AdjustmentKind.FULL_CREDIT: old,
        AdjustmentKind.REKEYED: structs.replace(old, correct=q.ChosenOptions((b.OPTIONS[0],))),
    }[kind]
    keys = tuple(structs.replace(new, adjustment=said) if one is old else one for one in w.key.keys)
    key = structs.replace(w.key, version=2, keys=keys)
    table = structs.replace(w.table, version=2, scaled=w.table.scaled[: total + 1])
    by = ruler(w.form, digest(encode(w.form)), key, table)
    responses = {q.ItemId(item): q.ChosenOptions((q.OptionId(one),)) for item, one in b.right(w, 3).items()}
    first = score(by, responses, session="s")
    plain = [json.loads(encode(one)) for one in (w.form, key, table)]
    found: dict[q.ItemId, q.Response] = {**responses}
    second = second_scorer.score_all(exported({"C": found}), plain[0], plain[1], plain[2], {})["C"]
    assert (first.raw, first.total) == (second["raw"], total)
    assert first.raw == 3 + (kind is not AdjustmentKind.DROPPED)
    assert [one["adjustment"]["kind"] for one in plain[1]["keys"] if "adjustment" in one] == [kind.value]
