"""Items out of the authors' text: docs/formats/bank.md. `item_writer.py` goes the other way."""

from __future__ import annotations

from exam_packages.complaint import Complaint, lines, nearest
from exam_packages.interactions import ItemId
from exam_packages.item_draft import ITEM_ID, LETTERS, NUMBERS, TAIL, Draft, DraftReader
from exam_packages.item_families import FAMILIES, Family
from exam_packages.item_points import ESSAY_FIELDS, FIELDS, read_processing
from exam_packages.items import AuthoredItem
from exam_packages.place import Place

COMMON = ("task", "values", "type", "scored", "stimulus", "exhibits")


def read_items(file: str, text: str) -> tuple[tuple[AuthoredItem, ...], tuple[Complaint, ...]]:
    """The items of one file that can be made out, and everything that is wrong with it."""
    complaints: list[Complaint] = []

    def complain(line: int, sentence: str) -> None:
        complaints.append(Complaint(file, line, sentence))

    reader = DraftReader(complain)
    for number, line in enumerate(lines(text), 1):
        reader.take(number, line)
    reader.end()
    items: list[AuthoredItem] = []
    for draft in reader.drafts:
        before = len(complaints)
        item = _item(file, draft)
        if item and len(complaints) == before:
            items.append(item)
    return tuple(items), tuple(sorted(complaints))


def _item(file: str, draft: Draft) -> AuthoredItem | None:
    """The item of a draft; one with a complaint may come back whole or not at all."""
    family = FAMILIES.get(draft.type)
    if family is None:
        told = f"There is no type “{draft.type}”{nearest(draft.type, FAMILIES)}"
        draft.complain(draft.at("type"), told)
        return None
    _check_fields(draft, family)
    _check_id(draft)
    for label, entries in draft.options.items():
        _check_list(draft, family, label, [entry.name for entry in entries])
    stem = draft.stem.blocks()
    if not stem:
        draft.complain(draft.line, f"Item {draft.id} has no stem.")
    made = family.read(draft)
    if made is None:
        return None
    return AuthoredItem(
        ItemId(draft.id),
        draft.value("task"),
        _names(draft.value("values")),
        stem,
        made.interaction,
        made.correct,
        next((entry.joined() for entry in draft.tail if entry.name == "why"), ""),
        Place(file, draft.line),
        scored=_yes(draft, "scored"),
        accepted=made.accepted,
        tolerance=draft.value("tolerance"),
        fold_case=_fold_case(draft),
        stimulus=draft.value("stimulus"),
        exhibits=_names(draft.value("exhibits")),
        processing=read_processing(draft, made.interaction),
    )


def _check_fields(draft: Draft, family: Family) -> None:
    known = {name: name in {"task", "values"} for name in (*COMMON, *family.fields)}
    known |= dict.fromkeys(FIELDS if family.keyed else ESSAY_FIELDS, False)
    others = {name for one in FAMILIES.values() for name in one.fields} | {*FIELDS}
    others -= known.keys()
    for entry in draft.head:
        if entry.name in others:
            draft.complain(entry.line, f"“{entry.name}:” does not belong to an item of type {draft.type}.")
    draft.fields([entry for entry in draft.head if entry.name not in others], known)
    keyed = {
        name: name == "why" or (name == "key" and family.keyed)
        for name in TAIL
        if family.keyed or name == "why"
    }
    draft.fields(draft.tail, keyed, repeated=("accept", "map"))
    if family.has_text and not draft.text:
        draft.complain(draft.line, f"Item {draft.id} has no “text:”.")


def _check_id(draft: Draft) -> None:
    match, task = ITEM_ID.fullmatch(draft.id), draft.value("task")
    if not match:
        told = f"“{draft.id}” is no item id; it is written as CP-1A-01: bank, task, two digits."
        draft.complain(draft.line, told)
    elif task and match[1] != task:
        draft.complain(draft.line, f"Item {draft.id} is coded to task {task}; its id says {match[1]}.")


def _check_list(draft: Draft, family: Family, label: str, names: list[str]) -> None:
    entries = draft.options[label]
    if (label == "" and not family.has_options) or (label == "1" and not family.has_sources):
        told = f"An item of type {draft.type} has no such list here."
        draft.complain(entries[0].line, told)
        return
    due = NUMBERS if label == "1" else LETTERS
    for at, entry in enumerate(entries):
        if at >= len(due):
            told = f"Option {entry.name}) stands here and an item has at most 8 options."
            draft.complain(entry.line, told)
        elif names[at] != due[at]:
            draft.complain(entry.line, f"Option {entry.name}) stands here and option {due[at]}) is due.")
        if not entry.joined():
            draft.complain(entry.line, f"Option {entry.name}) is empty.")
        if entry.fixed and not family.shuffles:
            draft.complain(entry.line, f"Option {entry.name}) need not be pinned: nothing here is shuffled.")


def _yes(draft: Draft, name: str) -> bool:
    text = draft.value(name)
    if text not in {"", "yes", "no"}:
        draft.complain(draft.at(name), f"“{name}:” is yes or no.")
    return text != "no"


def _fold_case(draft: Draft) -> bool:
    text = draft.value("case")
    if text not in {"", "any", "same"}:
        draft.complain(draft.at("case"), "“case:” is any or same.")
    return text == "any"


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()
