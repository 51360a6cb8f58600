"""Why a bank makes no form: every item, text and section of it, each fault with the place where it is mended.

The blueprint's counts are apart, see `Blueprint.require`.
"""

from __future__ import annotations

from collections.abc import Iterator

from exam_packages.complaint import Complaint
from exam_packages.content_faults import MAX_TITLE, block_faults, text_faults
from exam_packages.interaction_faults import interaction_faults, key_faults
from exam_packages.items import AuthoredItem, AuthoredTest, AuthoredText
from exam_packages.outline import outline_faults

MAX_STEM, MAX_LONG = 4_000, 40_000


def faults(test: AuthoredTest) -> Iterator[Complaint]:
    """Every complaint: item by item, then stimuli and exhibits, then parts and sections."""
    seen: set[str] = set()
    for item in test.items:
        told = [*_item_faults(test, item)]
        if item.id in seen:
            told.append(f"Item {item.id} stands twice.")
        seen.add(item.id)
        yield from (Complaint(item.place.file, item.place.line, sentence) for sentence in told)
    stimuli = {item.stimulus for item in test.items}
    exhibits = {name for item in test.items for name in item.exhibits}
    for word, texts, used in (("stimulus", test.stimuli, stimuli), ("exhibit", test.exhibits, exhibits)):
        for text in texts:
            for sentence in _text_faults(test, word, text, used):
                yield Complaint(text.place.file, text.place.line, sentence)
    for part in test.outline:
        for place, name, title in (
            (part.place, f"part “{part.entry.id}”", part.entry.title),
            *(
                (one.place, f"section “{one.entry.id}”", one.entry.title)
                for one in part.sections
                if one.entry.title
            ),
        ):
            for sentence in text_faults(f"The title of {name}", title, MAX_TITLE):
                yield Complaint(place.file, place.line, sentence)
    yield from outline_faults(test.outline, test.items, test.blueprint)


def _item_faults(test: AuthoredTest, item: AuthoredItem) -> Iterator[str]:
    yield from block_faults(f"the stem of item {item.id}", item.stem, test.pictures, MAX_STEM)
    if not item.rationale.strip():
        yield f"Item {item.id} has no rationale."
    yield from interaction_faults(item)
    yield from key_faults(item)
    if test.blueprint.area_of(item.task) is None:
        yield f"Item {item.id} is coded to task {item.task}, which the blueprint does not list."
    values = {value.code for value in test.blueprint.values}
    if not 1 <= len(item.values) <= 2 or len(set(item.values)) != len(item.values):
        yield f"Item {item.id} has {len(item.values)} core values; it has one, or two that differ."
    for value in item.values:
        if value not in values:
            yield f"Item {item.id} has the value “{value}”, which the blueprint does not list."
    if item.stimulus and item.stimulus not in {one.id for one in test.stimuli}:
        yield f"Item {item.id} has the stimulus “{item.stimulus}”, and there is no stimuli/{item.stimulus}.txt."
    for at, name in enumerate(item.exhibits):
        if name not in {one.id for one in test.exhibits}:
            yield f"Item {item.id} has the exhibit “{name}”, and there is no exhibits/{name}.txt."
        if name in item.exhibits[:at]:
            yield f"Item {item.id} names the exhibit “{name}” twice."


def _text_faults(test: AuthoredTest, word: str, text: AuthoredText, used: set[str]) -> Iterator[str]:
    yield from text_faults(f"The title of {word} {text.id}", text.title, MAX_TITLE)
    yield from block_faults(f"{word} {text.id}", text.blocks, test.pictures, MAX_LONG)
    if text.id not in used:
        yield f"No item names the {word} {text.id}."
