"""Items as authors write them: the plain-text format of docs/formats/bank.md, text in and items out, and back.

Rules.
1. A line that begins with '#' is a comment. A line that begins with '@ ' starts an item; nothing else ends one.
2. Behind it stand fields, `task:` and `values:`, up to the first empty line.
3. Then the stem's paragraphs, and the options from the first line that begins as 'a) ' does.
4. Then `key:` and `why:`. An option and `why:` go on in indented lines.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from exam_packages.complaint import Complaint, lines, nearest
from exam_packages.glyphs import unfit
from exam_packages.interactions import (
    Choice,
    ChoiceInteraction,
    ChosenOptions,
    Interaction,
    ItemId,
    OptionId,
    Paragraph,
)
from exam_packages.items import AuthoredItem, Place

ITEM_ID = re.compile(r"[A-Z]{2,8}-([0-9]{1,2}[A-Z])-[0-9]{2}")
WIDTH = 78
_OPTION = re.compile(r"([a-h])\)(?: (.*))?")
_FIELD = re.compile(r"([a-z]+):(?: (.*)|$)")
_HEAD, _TAIL = ("task", "values"), ("key", "why")


@dataclass(slots=True, frozen=True)
class _Entry:
    """One field, option or paragraph while it is read: its name, its first line and all its text."""

    name: str
    line: int
    text: list[str]

    def joined(self) -> str:
        return " ".join(" ".join(self.text).split())


@dataclass(slots=True, frozen=True)
class _Draft:
    """An item while it is read."""

    id: str
    line: int
    head: list[_Entry] = field(default_factory=list)
    stem: list[_Entry] = field(default_factory=list)
    options: list[_Entry] = field(default_factory=list)
    tail: list[_Entry] = field(default_factory=list)


def read_items(file: str, text: str) -> tuple[tuple[AuthoredItem, ...], tuple[Complaint, ...]]:
    """The items of one file that can be made out, and everything that is wrong with it."""
    reader = _Reader(file)
    for number, line in enumerate(lines(text), 1):
        reader.take(number, line)
    items = tuple(item for draft in reader.drafts if (item := reader.finish(draft)))
    return items, tuple(sorted(reader.complaints))


def write_items(items: Iterable[AuthoredItem]) -> str:
    """The text from which `read_items` makes these items again."""
    return "\n\n".join("\n".join(_lines(item)) for item in items) + "\n"


class _Reader:
    """Takes a file line by line into drafts, then makes items of them; every complaint is kept."""

    def __init__(self, file: str) -> None:
        self.drafts: list[_Draft] = []
        self.complaints: list[Complaint] = []
        self._file = file
        self._in_head = False
        self._open: _Entry | None = None

    def complain(self, line: int, sentence: str) -> None:
        self.complaints.append(Complaint(self._file, line, sentence))

    def take(self, number: int, line: str) -> None:
        if reason := unfit(line):
            self.complain(number, f"This line {reason}.")
        if line.startswith("#"):
            return
        if line == "@" or line.startswith("@ "):
            self.drafts.append(_Draft(line[2:].strip(), number))
            self._in_head, self._open = True, None
        elif not line.strip():
            self._in_head, self._open = False, None
        elif not self.drafts:
            self.complain(
                number, "This line stands before the first item; an item begins with “@ ” and its id."
            )
        else:
            self._take_text(self.drafts[-1], number, line)

    def _take_text(self, draft: _Draft, number: int, line: str) -> None:
        named = _FIELD.fullmatch(line)
        option = _OPTION.fullmatch(line)
        if self._in_head:
            if named:
                self._begin(draft.head, named[1], number, named[2])
            else:
                self.complain(
                    number, "A field such as “task: 1A” is due here; leave an empty line before the stem."
                )
        elif option and not draft.tail:
            self._begin(draft.options, option[1], number, option[2])
        elif named and (draft.options or named[1] in _TAIL):
            self._begin(draft.tail, named[1], number, named[2])
        elif self._open is not None and (line[0] == " " or self._open in draft.stem):
            self._open.text.append(line)
        elif not draft.options and not draft.tail:
            self._begin(draft.stem, "stem", number, line)
        else:
            self.complain(
                number, "This line belongs to nothing; indent it if it goes on from the line above."
            )

    def _begin(self, entries: list[_Entry], name: str, number: int, text: str | None) -> None:
        self._open = _Entry(name, number, [text or ""])
        entries.append(self._open)

    def finish(self, draft: _Draft) -> AuthoredItem | None:
        before = len(self.complaints)
        task, values = self._fields(draft, draft.head, _HEAD)
        key, why = self._fields(draft, draft.tail, _TAIL)
        self._check_id(draft, task)
        self._check_options(draft, key)
        if not draft.stem:
            self.complain(draft.line, f"Item {draft.id} has no stem.")
        if len(self.complaints) > before:
            return None
        options = tuple(Choice(OptionId(one.name), one.joined()) for one in draft.options)
        return AuthoredItem(
            ItemId(draft.id),
            task,
            tuple(value.strip() for value in values.split(",")) if values else (),
            tuple(Paragraph(paragraph.joined()) for paragraph in draft.stem),
            ChoiceInteraction(options, shuffle=True),
            ChosenOptions((OptionId(key),)),
            why,
            Place(self._file, draft.line),
        )

    def _fields(self, draft: _Draft, entries: list[_Entry], names: tuple[str, str]) -> tuple[str, str]:
        """The texts of two named fields, each of which stands once."""
        found: dict[str, str] = {}
        for entry in entries:
            if entry.name not in names:
                self.complain(entry.line, f"“{entry.name}:” is not known here{nearest(entry.name, names)}")
            elif entry.name in found:
                self.complain(entry.line, f"“{entry.name}:” stands twice in item {draft.id}.")
            elif not entry.joined():
                self.complain(entry.line, f"“{entry.name}:” is empty.")
            found.setdefault(entry.name, entry.joined())
        for name in names:
            if name not in found:
                self.complain(draft.line, f"Item {draft.id} has no “{name}:”.")
        return found.get(names[0], ""), found.get(names[1], "")

    def _check_id(self, draft: _Draft, task: str) -> None:
        match = ITEM_ID.fullmatch(draft.id)
        if not match:
            told = f"“{draft.id}” is no item id; it is written as CP-1A-01: bank, task, two digits."
            self.complain(draft.line, told)
        elif task and match[1] != task:
            self.complain(draft.line, f"Item {draft.id} is coded to task {task}; its id says {match[1]}.")

    def _check_options(self, draft: _Draft, key: str) -> None:
        for place, option in enumerate(draft.options):
            due = "abcdefgh"[place] if place < 8 else ""
            if option.name != due:
                told = f"option {due}) is due" if due else "an item has at most 8 options"
                self.complain(option.line, f"Option {option.name}) stands here and {told}.")
            if not option.joined():
                self.complain(option.line, f"Option {option.name}) is empty.")
        if len(draft.options) < 2:
            self.complain(draft.line, f"Item {draft.id} has fewer than two options.")
        elif key and key not in {option.name for option in draft.options}:
            line = next(entry.line for entry in draft.tail if entry.name == "key")
            self.complain(line, f"The key of item {draft.id} is “{key}”, which is none of its options.")


def _lines(item: AuthoredItem) -> Iterator[str]:
    yield f"@ {item.id}"
    yield f"task: {item.task}"
    yield f"values: {', '.join(item.values)}"
    for block in item.stem:
        if isinstance(block, Paragraph):
            yield from ("", *textwrap.wrap(block.text, WIDTH, break_on_hyphens=False))
    yield ""
    yield from _choices(item.interaction)
    if isinstance(item.correct, ChosenOptions):
        yield from ("", f"key: {item.correct.options[0]}")
    yield from _hanging("why: ", item.rationale)


def _choices(interaction: Interaction) -> Iterator[str]:
    if isinstance(interaction, ChoiceInteraction):
        for option in interaction.options:
            yield from _hanging(f"{option.id}) ", option.text)


def _hanging(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=label, subsequent_indent=" " * len(label), break_on_hyphens=False
    )
