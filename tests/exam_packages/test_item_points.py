"""Points, penalties and mappings are read as authors mean them, and complained about by the line to mend."""

from __future__ import annotations

import pytest

from exam_packages.interactions import ChosenOptions, ChosenPairs, OptionId, TypedText
from exam_packages.item_points import read_points, write_points
from exam_packages.item_reader import read_items
from exam_packages.items import AuthoredItem
from exam_packages.scoring_key import MapEntry, ResponseProcessing

TWO = "a) One\nb) Two"


def _item(head: str, body: str, tail: str) -> str:
    return f"@ CP-1A-01\ntask: 1A\nvalues: results\n{head}\n\nStem.\n\n{body}\n\n{tail}\nwhy: So.\n"


def _read(head: str, body: str, tail: str) -> AuthoredItem:
    (item,), told = read_items("x.txt", _item(head, body, tail))
    assert told == ()
    return item


def test_points_are_read() -> None:
    """Points, penalty, what is unmapped, bounds and each map are thousandths; an item that says nothing has none."""
    body = "a) One\nb) Two\nc) Three"
    assert _read("choose: any", body, "key: a, b").processing is None
    plain = _read("points: 2\npenalty: 0.25", body, "key: a").processing
    assert plain == ResponseProcessing(2_000, 250)
    head = "choose: any\nunmapped: -0.5\nbounds: 0 to any"
    mapped = _read(head, body, "key: a, b\nmap: a = 1\nmap: b = 0.125").processing
    entries = tuple(
        MapEntry(ChosenOptions((OptionId(option),)), points) for option, points in (("a", 1_000), ("b", 125))
    )
    assert mapped == ResponseProcessing(mapping=entries, default=-500, lower=0)
    order = _read("type: order", body, "key: c a b\nmap: 1c = 1\nmap: 2-a = 0.5").processing
    assert order
    assert [entry.value for entry in order.mapping] == [
        ChosenPairs((("1", "c"),)),
        ChosenPairs((("2", "a"),)),
    ]
    text = _read("type: text", "", "map: a = b = 0.5, any case\nkey: x").processing
    assert text == ResponseProcessing(mapping=(MapEntry(TypedText("a = b"), 500, True),))
    essay = _read("type: essay\npoints: 6", "", "")
    assert (essay.scored, essay.processing) == (True, ResponseProcessing(6_000))


FAULTS = [
    ("type: essay", "", "map: a = 1", 10, "“map:” is not known here"),
    ("type: essay\npenalty: 1", "", "", 5, "“penalty:” does not belong to an item of type essay."),
    (
        "points: many",
        TWO,
        "key: a",
        4,
        "“points:” is a number of points such as 2 or -0.25, with at most three",
    ),
    ("points: 0.1234", TWO, "key: a", 4, "“points:” is a number of points"),
    ("penalty: 1,5", TWO, "key: a", 4, "“penalty:” is a number of points"),
    (
        "bounds: 0-2",
        TWO,
        "key: a\nmap: a = 1",
        4,
        "“bounds:” is the least and the most points, such as 0 to 2",
    ),
    ("bounds: 0 to lots", TWO, "key: a\nmap: a = 1", 4, "“bounds:” is the least and the most points"),
    (
        "",
        TWO,
        "key: a\nmap: a",
        12,
        "What item CP-1A-01 maps is “a”; it is written as an answer, “ = ” and a number",
    ),
    ("", TWO, "key: a\nmap: e = 1", 12, "What item CP-1A-01 maps is “e”, which is none of its options."),
    (
        "type: order",
        TWO,
        "key: b a\nmap: b = 1",
        12,
        "What item CP-1A-01 maps is “b”; of an order it is a place",
    ),
]


@pytest.mark.parametrize(("head", "body", "tail", "line", "told"), FAULTS)
def test_a_fault_of_points_is_told_by_line(head: str, body: str, tail: str, line: int, told: str) -> None:
    """Each mistake has its sentence and the line to mend."""
    _, complaints = read_items("x.txt", _item(head, body, tail))
    assert [one for one in complaints if one.line == line and told in one.sentence], complaints


@pytest.mark.parametrize("points", [0, 1, 250, 1_000, 1_500, -125, 99_999, 100_000])
def test_points_are_written_as_they_are_read(points: int) -> None:
    """Thousandths survive writing, without a nought or a point too many."""
    assert read_points(write_points(points)) == points
    assert not write_points(points).endswith(".")
