"""`AnswerKey`: the answers of anyone's items, from a CSV with a line an item or from one row of letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from keys.text import sanitise
from results.centre.analysis.opening import first_bytes
from results.centre.analysis.sheets import read_sheet, separator, split
from results.centre.analysis.unreadable import (
    KeyLacksItemError,
    KeyUnfitError,
    RepeatedColumnError,
    ResponsesTooLargeError,
)

_MAX_KEY = 4 * 1024**2
DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """The answer of each item, and where the file says so its area and its options."""

    name: str
    answers: dict[str, str]
    areas: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)


def read_key(path: Path, items: Sequence[str]) -> AnswerKey:
    """The key of these items: columns `item` and `key`, perhaps `area` and `options`; or one row of letters.

    The row may have the items' names above it. Raises `KeyLacksItemError`, `KeyUnfitError`, as `read_responses`.
    """
    name = sanitise(path.name, limit=80)
    lines = [line for line in _text(path, name).splitlines() if line.strip()]
    if len(lines) == 1:
        row = split(lines[0], separator(lines[0]))
        letters = list(row[0]) if len(row) == 1 else row
        if len(letters) != len(items):
            raise KeyUnfitError(name=name, detail=f"it has {len(letters)} answers for {len(items)} items")
        answers = dict(zip(items, letters, strict=True))
        return _sound(AnswerKey(name, answers), items)
    sheet = read_sheet(path)
    heads = [head.lower() for head in sheet.columns]
    if "item" in heads and "key" in heads:
        rows = [sheet.cells(line) for line in range(len(sheet.lines))]
        named = [row[heads.index("item")] for row in rows]
        for item in named:
            if named.count(item) > 1:
                raise RepeatedColumnError(name=name, item=sanitise(item, limit=80))
        table = {
            head: dict(zip(named, (row[heads.index(head)] for row in rows), strict=True))
            if head in heads
            else {}
            for head in ("key", "area", "options")
        }
        return _sound(AnswerKey(name, table["key"], table["area"], table["options"]), items)
    if len(sheet.lines) != 1:
        raise KeyUnfitError(
            name=name, detail="it has neither the columns item and key nor one row of letters"
        )
    return _sound(AnswerKey(name, dict(zip(sheet.columns, sheet.cells(0), strict=True))), items)


def _text(path: Path, name: str) -> str:
    raw = first_bytes(path, _MAX_KEY + 1)
    if len(raw) > _MAX_KEY:
        raise ResponsesTooLargeError(name=name, limit=f"{_MAX_KEY // 1024} KiB of key")
    return raw.decode("utf-8-sig", "replace")


def _sound(key: AnswerKey, items: Sequence[str]) -> AnswerKey:
    for item in items:
        answer = key.answers.get(item, "").upper()
        if not answer:
            raise KeyLacksItemError(name=key.name, item=item)
        if len(answer) != 1 or answer not in DIGITS + LETTERS:
            raise KeyUnfitError(name=key.name, detail=f"the answer of {item} is not one letter or digit")
        listed = key.options.get(item, "").upper()
        if listed and (answer not in listed or len(set(listed)) != len(listed)):
            raise KeyUnfitError(
                name=key.name, detail=f"the options of {item} do not hold its answer, each once"
            )
    return AnswerKey(
        key.name,
        {item: key.answers[item].upper() for item in items},
        {item: sanitise(key.areas.get(item, ""), limit=40) for item in items},
        {item: key.options.get(item, "").upper() for item in items},
    )
