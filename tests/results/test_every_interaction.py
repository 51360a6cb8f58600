"""Every interaction from the journal to its point, against a second scorer written from the journal's bytes alone."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages import form as f
from exam_packages import interactions as q
from exam_packages.scoring_key import Area, ConversionTable, ItemKey, ScoringKey
from keys.encoding import digest, encode
from results.centre.facts import facts
from results.scoring.scores import Score, ruler, score
from results.wire import events as e
from results.wire import journal
from results.wire.record import fold
from tests.results import builders as b

W = b.world()
ABC = tuple(q.Choice(q.OptionId(letter), letter) for letter in "ABC")


def chosen(*options: str) -> q.ChosenOptions:
    return q.ChosenOptions(tuple(map(q.OptionId, options)))


def pairs(*found: tuple[str, str]) -> q.ChosenPairs:
    return q.ChosenPairs(found)


def typed(text: str) -> q.TypedText:
    return q.TypedText(text)


ASKED: dict[str, tuple[q.Interaction, dict[str, Any], list[q.Response]]] = {
    "single": (q.ChoiceInteraction(ABC), {"correct": chosen("B")}, [chosen("A")]),
    "multiple": (
        q.ChoiceInteraction(ABC, 0, 0),
        {"correct": chosen("A", "C")},
        [chosen("A"), chosen("A", "B", "C")],
    ),
    "order": (q.OrderInteraction(ABC), {"correct": chosen("C", "A", "B")}, [chosen("C", "B", "A")]),
    "match": (
        q.MatchInteraction(ABC, ABC),
        {"correct": pairs(("A", "B"), ("B", "C"))},
        [pairs(("B", "C"), ("A", "B")), pairs(("B", "A"), ("B", "C"))],
    ),
    "associate": (
        q.AssociateInteraction(ABC),
        {"correct": pairs(("A", "B"))},
        [pairs(("B", "A")), pairs(("A", "C"))],
    ),
    "inline": (
        q.InlineChoiceInteraction("{g1}{g2}", {"g1": ABC, "g2": ABC}),
        {"correct": pairs(("g1", "A"), ("g2", "B"))},
        [pairs(("g2", "B"), ("g1", "A")), pairs(("g1", "B"), ("g2", "A")), pairs(("g1", "A"))],
    ),
    "gaps": (
        q.GapMatchInteraction("{g1}{g2}", ("g1", "g2"), ABC),
        {"correct": pairs(("g1", "A"), ("g2", "A")), "accepted": (pairs(("g1", "B"), ("g2", "B")),)},
        [pairs(("g1", "B"), ("g2", "B")), pairs(("g1", "A"), ("g2", "B"))],
    ),
    "word": (
        q.TextEntryInteraction(20),
        {"correct": typed("wide area"), "accepted": (typed("WAN"),), "fold_case": True},
        [typed("  Wide   AREA "), typed("wan"), typed("area"), typed("widearea")],
    ),
    "exact": (q.TextEntryInteraction(20), {"correct": typed("sudo")}, [typed("Sudo"), typed(" sudo")]),
    "number": (
        q.NumericInteraction(),
        {"correct": typed("12.5"), "tolerance": "2%"},
        [typed("12,75"), typed("12.76"), typed("-12.5"), typed("about 12")],
    ),
    "length": (
        q.NumericInteraction(("m", "km")),
        {"correct": typed("2.5 km"), "accepted": (typed("2500 m"),), "tolerance": "0.1"},
        [typed("2.4 km"), typed("2500.1 m"), typed("2.5 m"), typed("2.39 km")],
    ),
    "hottext": (q.HotTextInteraction("{A}{B}{C}", ABC, 2), {"correct": chosen("A", "B")}, [chosen("B", "A")]),
    "slider": (
        q.SliderInteraction(0, 10),
        {"correct": typed("7"), "tolerance": "1"},
        [typed("6"), typed("5")],
    ),
    "essay": (
        q.ExtendedTextInteraction(9_000),
        {"correct": typed(""), "scored": False},
        [typed("An essay.")],
    ),
}
ITEMS = tuple(
    f.Item(q.ItemId(name), (q.Paragraph(name),), interaction) for name, (interaction, _, _) in ASKED.items()
)
FORM = f.DeliveryForm(
    f.FormId("all-1"),
    1,
    "en",
    b.LIMIT,
    (f.TestPart("p1", "Part", (f.Section("s1", "Section", tuple(f.ItemRef(one.id) for one in ITEMS)),)),),
    ITEMS,
)
DIGEST = digest(encode(FORM))
KEY = ScoringKey(
    "all",
    FORM.form,
    DIGEST,
    1,
    tuple(
        ItemKey(q.ItemId(name), category="I", area="1", task="1A", **said)
        for name, (_, said, _) in ASKED.items()
    ),
    (Area("I", "All"),),
    (Area("1", "All", "I"),),
)
TABLE = ConversionTable("all", FORM.form, DIGEST, 1, tuple(range(len(ASKED))), 7)
RULER = ruler(FORM, DIGEST, KEY, TABLE)
RESPONSES = {
    name: [q.TypedText("  "), said["correct"], *said.get("accepted", ()), *others]
    for name, (_, said, others) in ASKED.items()
}


def first_scorer(raws: list[bytes]) -> Score:
    entries, _ = journal.read(raws, journal.SessionEntry)
    found = facts(entries, [digest(raw) for raw in raws], fold(entry.event for entry in entries))
    return score(RULER, found.responses(), session="s")


def second_scorer(raws: list[bytes]) -> str:
    """The marks, from the lines and the key as plain JSON; no code is shared with the first."""
    last: dict[str, Any] = {}
    for raw in raws:
        event = json.loads(raw)["event"]
        name = event["event"]
        if name in {"HandedIn", "TimeExpired", "AgreementDeclined", "EndedByProctor", "Voided"}:
            break
        if name == "ResponseRecorded":
            last[event["item"]] = event["response"]
        elif name == "ResponseEdited":
            letters = list(last.get(event["item"], {}).get("text", ""))
            letters[event["start"] : event["start"] + event["removed"]] = event["inserted"]
            last[event["item"]] = {"kind": "text", "text": "".join(letters)}
    kinds = {one["id"]: one["interaction"]["kind"] for one in json.loads(encode(FORM))["items"]}
    marks = ""
    for line in json.loads(encode(KEY))["keys"]:
        if line["scored"]:
            response = last.get(line["item"]) or {}
            given = response.get("options") or response.get("pairs") or response.get("text", "").split()
            right = any(
                same(kinds[line["item"]], response, one, line) for one in (line["correct"], *line["accepted"])
            )
            marks += ("1" if right else "0") if given else "-"
    return marks


def same(kind: str, response: dict[str, Any], correct: dict[str, Any], line: dict[str, Any]) -> bool:
    """Whether two responses as JSON are one answer to an interaction of this kind."""
    if response.get("kind") != correct["kind"]:
        return False
    if kind == "orderInteraction":
        return bool(response["options"] == correct["options"])
    if correct["kind"] == "chosen":
        return set(response["options"]) == set(correct["options"])
    if correct["kind"] == "pairs":
        make: Any = frozenset if kind == "associateInteraction" else tuple
        return {make(one) for one in response["pairs"]} == {make(one) for one in correct["pairs"]}
    one, other = (re.sub(r"\s+", " ", said["text"]).strip() for said in (response, correct))
    if kind == "textEntryInteraction":
        return one.lower() == other.lower() if line["fold_case"] else one == other
    number, _, unit = one.replace(",", ".").partition(" ")
    wanted, _, in_unit = other.partition(" ")
    if unit != in_unit or not re.fullmatch(r"-?\d+(\.\d+)?", number):
        return False
    allowed = Fraction(line["tolerance"].rstrip("%") or 0)
    if line["tolerance"].endswith("%"):
        allowed *= abs(Fraction(wanted)) / 100
    return abs(Fraction(number) - Fraction(wanted)) <= allowed


def given_to(name: str, response: q.Response, at: int) -> e.SessionEvent:
    """The event of one response; an essay's is an edit in place of the whole text."""
    if name == "essay" and isinstance(response, q.TypedText):
        return e.ResponseEdited(q.ItemId(name), 0, 0, response.text, at)
    return e.ResponseRecorded(q.ItemId(name), response, at)


_one = st.sampled_from(list(ASKED)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(RESPONSES[name]))
)
_ends: st.SearchStrategy[e.SessionEvent] = st.sampled_from(
    [e.HandedIn(0, 0, 9_000_000), e.TimeExpired(b.LIMIT, 9_000_000), e.EndedByProctor(9_000_000)]
)


@given(st.lists(_one, max_size=30), _ends, st.lists(_one, max_size=3))
def test_two_independent_scorers_agree_on_every_interaction(
    answers: list[tuple[str, q.Response]], end: e.SessionEvent, late: list[tuple[str, q.Response]]
) -> None:
    """Any answers to any interactions, changed or taken back, ended in any way, and any events after the end."""
    events = [*b.opening(W, 0)]
    events += [given_to(name, response, n) for n, (name, response) in enumerate(answers)]
    events += [end, *(given_to(name, response, 0) for name, response in late)]
    raws = b.chain(events)
    found = first_scorer(raws)
    assert found.marks == second_scorer(raws)
    assert found.raw == found.marks.count("1")


@pytest.mark.parametrize("name", [name for name in ASKED if name != "essay"])
def test_each_interaction_earns_its_point(name: str) -> None:
    """The correct response and each accepted one is worth the point of that item, and no other item is touched."""
    for response in (ASKED[name][1]["correct"], *ASKED[name][1].get("accepted", ())):
        found = first_scorer(b.chain([*b.opening(W, 0), given_to(name, response, 0), e.HandedIn(0, 0, 9)]))
        assert (found.raw, found.omitted) == (1, len(ASKED) - 2)


def test_an_essay_counts_nothing_until_it_is_marked() -> None:
    """What is written in a long text is in the record, in no score and among no omissions."""
    raws = b.chain([*b.opening(W, 0), given_to("essay", typed("All I know."), 0), e.HandedIn(0, 0, 9)])
    found = first_scorer(raws)
    assert (found.raw, found.total, found.omitted) == (0, len(ASKED) - 1, len(ASKED) - 1)
    entries, _ = journal.read(raws, journal.SessionEntry)
    written = fold(entry.event for entry in entries).answer(q.ItemId("essay")).response
    assert written == typed("All I know.")
