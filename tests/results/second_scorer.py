"""A second scorer, written from the words of QTI 3.0 and docs/formats/ alone: plain, slow, and sharing no code.

It reads what a person could be handed: responses as CSV (candidate, item, response as JSON), and form, key and table
as JSON.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from fractions import Fraction
from typing import Any

Json = dict[str, Any]


def score_all(responses: str, form: Json, key: Json, table: Json, marks: dict[str, int]) -> dict[str, Json]:
    """Every candidate of the CSV; `marks` of essays by "candidate/item", in thousandths."""
    kinds = {one["id"]: one["interaction"] for one in form["items"]}
    given: dict[str, dict[str, Json]] = {}
    for row in csv.DictReader(io.StringIO(responses, newline="")):
        seat = given.setdefault(row["candidate"], {})
        if row["item"]:
            seat[row["item"]] = json.loads(row["response"])
    return {
        candidate: _score(answers, kinds, key, table, {i: marks.get(f"{candidate}/{i}") for i in kinds})
        for candidate, answers in given.items()
    }


def _score(
    answers: dict[str, Json], kinds: dict[str, Json], key: Json, table: Json, marks: dict[str, int | None]
) -> Json:
    areas: dict[str, Fraction] = {}
    categories: dict[str, Fraction] = {}
    earned: list[Fraction] = []
    omitted = 0
    for line in key["keys"]:
        if not line["scored"]:
            continue
        kind = kinds[line["item"]]
        most = _best(kind, line)
        response = answers.get(line["item"])
        if line.get("adjustment", {}).get("kind") == "full credit":
            points = most
        elif response is None or not _values(kind, response):
            points, omitted = Fraction(0), omitted + 1
        elif kind["kind"] == "extendedTextInteraction":
            mark = marks[line["item"]]
            assert mark is not None
            points = Fraction(mark, 1000)
        else:
            points = min(most, _points(kind, line, response))
        earned.append(points)
        areas[line["area"]] = areas.get(line["area"], Fraction(0)) + points
        categories[line["category"]] = categories.get(line["category"], Fraction(0)) + points
    raw = max(0, (sum(earned, Fraction(0)) + Fraction(1, 2)) // 1)
    scaled = table["scaled"][raw]
    return {
        "raw": raw,
        "scaled": scaled,
        "passed": scaled >= table["cut"],
        "omitted": omitted,
        "earned": earned,
        "areas": areas,
        "categories": categories,
    }


def _best(kind: Json, line: Json) -> Fraction:
    """What the correct response earns."""
    if line.get("processing", {}).get("mapping"):
        return _map_response(kind, line, line["correct"])
    return Fraction(line.get("processing", {}).get("points", 1000), 1000)


def _points(kind: Json, line: Json, response: Json) -> Fraction:
    said = line.get("processing", {})
    if said.get("mapping"):
        return _map_response(kind, line, response)
    right = any(
        _match_correct(kind, line["tolerance"], line["fold_case"], response, one)
        for one in [line["correct"], *line["accepted"]]
    )
    return Fraction(said.get("points", 1000) if right else -said.get("penalty", 0), 1000)


def _map_response(kind: Json, line: Json, response: Json) -> Fraction:
    """Section 2.11.1, mapResponse: the sum over the distinct values, then lowerBound and upperBound."""
    said = line["processing"]
    total = Fraction(0)
    if response["kind"] == "text":
        for entry in said["mapping"]:
            if _match_correct(kind, line["tolerance"], entry["fold_case"], response, entry["value"]):
                total = Fraction(entry["points"], 1000)
                break
        else:
            total = Fraction(said["default"], 1000)
    else:
        for value in _values(kind, response):
            worth = [
                entry["points"]
                for entry in said["mapping"]
                if _values(_unordered(kind), entry["value"]) == {value}
            ]
            total += Fraction(worth[0] if worth else said["default"], 1000)
    if said["lower"] is not None and total < Fraction(said["lower"], 1000):
        total = Fraction(said["lower"], 1000)
    if said["upper"] is not None and total > Fraction(said["upper"], 1000):
        total = Fraction(said["upper"], 1000)
    return total


def _unordered(kind: Json) -> Json:
    """An order's entries are pairs of place and option already."""
    return {"kind": "pairs of an order"} if kind["kind"] == "orderInteraction" else kind


def _values(kind: Json, response: Json) -> set[Any]:
    """The distinct values of a response; none for an empty one."""
    return set(_named(kind, response))


def _named(kind: Json, response: Json) -> list[Any]:
    """Everything that a response names; a container of multiple cardinality is a bag, in which a value may be twice."""
    if response["kind"] == "text":
        return [response["text"]] if response["text"].strip() else []
    if response["kind"] == "pairs":
        if kind["kind"] == "associateInteraction":
            return [frozenset(pair) for pair in response["pairs"]]
        return [tuple(pair) for pair in response["pairs"]]
    if kind["kind"] == "orderInteraction":
        return [(str(n + 1), option) for n, option in enumerate(response["options"])]
    return list(response["options"])


def _match_correct(kind: Json, tolerance: str, fold: bool, response: Json, correct: Json) -> bool:
    if response["kind"] != correct["kind"]:
        return False
    if response["kind"] != "text":
        return Counter(_named(kind, response)) == Counter(_named(kind, correct))
    one, other = (
        re.sub(r"\s+", " ", unicodedata.normalize("NFC", said["text"])).strip()
        for said in (response, correct)
    )
    if kind["kind"] == "textEntryInteraction":
        return one.casefold() == other.casefold() if fold else one == other
    number, unit = _quantity(one)
    wanted, in_unit = _quantity(other)
    if number is None or wanted is None or unit != in_unit:
        return False
    allowed = Fraction(tolerance.rstrip("%") or 0)
    if tolerance.endswith("%"):
        allowed = allowed * abs(wanted) / 100
    return abs(number - wanted) <= allowed


def _quantity(text: str) -> tuple[Fraction | None, str]:
    found = re.fullmatch(r"([-+]?\d+(?:[.,]\d*)?)(?: (\S+))?", text)
    return (Fraction(found[1].replace(",", ".")), found[2] or "") if found else (None, "")
