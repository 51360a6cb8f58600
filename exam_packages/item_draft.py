"""Items as authors write them, line by line into drafts; `item_families.py` makes an interaction and a key of a draft.

Rules.
1. Outside code, a line that begins with '#' is a comment, and one that begins with '@ ' starts an item. Inside code
   only '@ ' and an item id do, so that code that is never closed takes one item with it and no more.
2. Behind it stand fields, `task:`, `values:` and those of the item's type, up to the first empty line.
3. Then the stem's blocks (`block_text.py`), and `text:` where the type has gaps or spans.
4. Then the lists: options `a) `, sources `1) `, and `{g1}` before the options of a gap. An option that begins as
   `a)! ` keeps its place.
5. Then `key:`, `accept:`, `map:` and `why:`. Options, `text:` and these four go on in indented lines.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from exam_packages.block_text import BlockReader, Complain
from exam_packages.complaint import nearest
from exam_packages.glyphs import unfit
from exam_packages.interactions import Choice, OptionId

ITEM_ID = re.compile(r"[A-Z]{2,8}-([0-9]{1,2}[A-Z])-[0-9]{2}")
TAIL = ("key", "accept", "map", "why")
LETTERS, NUMBERS = "abcdefgh", "12345678"
_FIELD = re.compile(r"([a-z]+):(?: (.*)|$)")
_TAIL = re.compile(r"(key|accept|map|why):(?: (.*)|$)")
_OPTION = re.compile(r"([a-h])\)(!?)(?: (.*))?")
_SOURCE = re.compile(r"([1-8])\)(!?)(?: (.*))?")
_GAP = re.compile(r"\{(g[1-8])\}\s*")
_TEXT = re.compile(r"(text):(?: (.*)|$)")
MISREAD = re.compile(r"(key|accept|map|why|text):( |$)|[a-h1-8]\)!?( |$)|\{g[1-8]\}\s*$")
"""What begins something else than running text in a stem."""

WITH_TEXT = {"inline", "gap-match", "hottext"}


@dataclass(slots=True, frozen=True)
class Entry:
    """One field or option while it is read: its name, its first line, its text, and whether it keeps its place."""

    name: str
    line: int
    text: list[str]
    fixed: bool = False

    def joined(self) -> str:
        """The whole text in one line."""
        return " ".join(" ".join(self.text).split())


@dataclass(slots=True, frozen=True)
class Draft:
    """An item while it is read. `options` has the lists by name: "" for options, "1" for sources, or a gap's."""

    id: str
    line: int
    stem: BlockReader
    complain: Complain
    head: list[Entry] = field(default_factory=list)
    text: list[Entry] = field(default_factory=list)
    options: dict[str, list[Entry]] = field(default_factory=dict)
    gaps: list[Entry] = field(default_factory=list)
    tail: list[Entry] = field(default_factory=list)

    @property
    def type(self) -> str:
        """What the head says the item is; a choice where it says nothing."""
        return self.value("type") or "choice"

    def value(self, name: str) -> str:
        """A field of the head, or the empty text."""
        return next((entry.joined() for entry in self.head if entry.name == name), "")

    def at(self, name: str) -> int:
        """The line of a field of head or tail, else of the item."""
        return next((entry.line for entry in (*self.head, *self.tail) if entry.name == name), self.line)

    def choices(self, label: str = "") -> tuple[Choice, ...]:
        """A list as it is delivered."""
        return tuple(
            Choice(OptionId(one.name), one.joined(), one.fixed) for one in self.options.get(label, ())
        )

    def begin(self, entries: list[Entry], name: str, number: int, text: str | None) -> list[str]:
        """Add an entry and return its text, which may go on."""
        entries.append(Entry(name, number, [text or ""]))
        return entries[-1].text

    def fields(self, entries: list[Entry], known: dict[str, bool], repeated: Collection[str] = ()) -> None:
        """Complain about fields that are not `known`, stand twice, are empty, or are missing though needed (True)."""
        found: set[str] = set()
        for entry in entries:
            if entry.name not in known:
                told = nearest(entry.name, known)
                self.complain(entry.line, f"“{entry.name}:” is not known here{told}")
            elif entry.name in found and entry.name not in repeated:
                self.complain(entry.line, f"“{entry.name}:” stands twice in item {self.id}.")
            elif not entry.joined():
                self.complain(entry.line, f"“{entry.name}:” is empty.")
            found.add(entry.name)
        for name, needed in known.items():
            if needed and name not in found:
                self.complain(self.line, f"Item {self.id} has no “{name}:”.")


class DraftReader:
    """Takes a file line by line into drafts."""

    def __init__(self, complain: Complain) -> None:
        """Complaints about a line go to `complain`."""
        self.drafts: list[Draft] = []
        self._complain = complain
        self._in_head = False
        self._goes_on: list[str] | None = None
        self._label = ""

    def take(self, number: int, line: str) -> None:
        """The next line of the file."""
        if reason := unfit(line):
            self._complain(number, f"This line {reason}.")
        draft = self.drafts[-1] if self.drafts else None
        if draft and draft.stem.in_code:
            if not (line.startswith("@ ") and ITEM_ID.fullmatch(line[2:].strip())):
                draft.stem.take_code(number, line)
                return
            draft.stem.abandon_code()
        if line.startswith("#"):
            return
        if line == "@" or line.startswith("@ "):
            self.drafts.append(Draft(line[2:].strip(), number, BlockReader(self._complain), self._complain))
            self._in_head, self._goes_on, self._label = True, None, ""
        elif not line.strip():
            self._in_head, self._goes_on = False, None
            if draft:
                draft.stem.end_paragraph()
        elif draft is None:
            told = "This line stands before the first item; an item begins with “@ ” and its id."
            self._complain(number, told)
        elif self._in_head:
            self._take_field(draft, number, line)
        else:
            self._take_text(draft, number, line)

    def end(self) -> None:
        """The end of the file."""
        if self.drafts and self.drafts[-1].stem.in_code:
            self.drafts[-1].stem.abandon_code()

    def _take_field(self, draft: Draft, number: int, line: str) -> None:
        if named := _FIELD.fullmatch(line):
            draft.begin(draft.head, named[1], number, named[2])
        else:
            told = "A field such as “task: 1A” is due here; leave an empty line before the stem."
            self._complain(number, told)

    def _take_text(self, draft: Draft, number: int, line: str) -> None:
        listed = bool(draft.options or draft.gaps)
        tail = _FIELD.fullmatch(line) if listed or draft.tail else _TAIL.fullmatch(line)
        option = _OPTION.fullmatch(line) or (_SOURCE.fullmatch(line) if draft.type == "match" else None)
        gap = _GAP.fullmatch(line) if draft.type == "inline" else None
        text = _TEXT.fullmatch(line) if draft.type in WITH_TEXT else None
        if gap and not draft.tail:
            self._label = gap[1]
            self._goes_on = draft.begin(draft.gaps, gap[1], number, "")
        elif option and not draft.tail:
            label = "1" if option[1] in NUMBERS else self._label
            entries = draft.options.setdefault(label, [])
            entries.append(Entry(option[1], number, [option[3] or ""], bool(option[2])))
            self._goes_on = entries[-1].text
        elif tail and not (text and not listed):
            self._goes_on = draft.begin(draft.tail, tail[1], number, tail[2])
        elif text and not listed:
            self._goes_on = draft.begin(draft.text, "text", number, text[2])
        elif self._goes_on is not None and line[0] == " ":
            self._goes_on.append(line)
        elif not listed and not draft.tail and not draft.text:
            draft.stem.take(number, line)
        else:
            told = "This line belongs to nothing; indent it if it goes on from the line above."
            self._complain(number, told)
