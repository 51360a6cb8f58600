"""`Complaint`: what is wrong with a file that a person wrote, with its line; and the error that carries all of them.

`Toml` reads the tables of a TOML file into frozen structs and complains about every field, not only about the first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

from exam_packages.glyphs import unfit
from keys.errors import ExamKioskError

_HEADING = re.compile(r"\s*\[(\[)?\s*([A-Za-z0-9_-]+)\s*\]")
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")

S = TypeVar("S", bound=msgspec.Struct)


class Complaint(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """One fault: the file as the author knows it, its line counted from 1, and a sentence."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        """The line an editor can jump to."""
        return f"{self.file}:{self.line}: {self.sentence}"


class ComplaintsError(ExamKioskError):
    """A file that a person wrote is not in order; `complaints` has every fault, in the order of the file."""

    code = "files-not-in-order"
    what = "{kind} cannot be used: {first}{more}"
    next_step = "Mend every place that is named, then run the command again."

    def __init__(self, kind: str, complaints: Iterable[Complaint]) -> None:
        """Keep all complaints of a `kind` ("The bank", "The sitting plan"); there is at least one."""
        self.complaints = tuple(complaints)
        others = len(self.complaints) - 1
        more = f" There are {others} more such places." if others > 1 else " There is one more such place."
        super().__init__(kind=kind, first=self.complaints[0], more=more if others else "")


class Toml:
    """The text of a TOML file, what it says, and the complaints about it so far."""

    def __init__(self, file: str, text: str) -> None:
        """Parse `text`; a file that does not parse has one complaint and says nothing."""
        self.file = file
        self.complaints: list[Complaint] = []
        self._lines = lines(text)
        self.content: dict[str, Any] = {}
        for number, line in enumerate(self._lines, 1):
            if reason := unfit(line):
                self.complaints.append(Complaint(file, number, f"This line {reason}."))
        try:
            self.content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            at = _AT_LINE.search(str(error))
            self.complain(
                int(at[1]) if at else max(len(self._lines), 1),
                f"This is not TOML: {_AT_LINE.sub('', str(error))}.",
            )

    def complain(self, line: int, sentence: str) -> None:
        """Add a complaint about a line."""
        self.complaints.append(Complaint(self.file, line, sentence))

    def line(self, key: str = "", table: str = "", place: int = 0) -> int:
        """The line where `key` of a table is set; else where the table begins. `place` counts `[[table]]` from 0."""
        inside, seen, begins = not table, -1, 1
        for number, line in enumerate(self._lines, 1):
            if heading := _HEADING.match(line):
                seen += heading[2] == table
                inside = heading[2] == table and seen == place
                begins = number if inside else begins
            elif inside and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return number
        return begins

    def read(self, kind: type[S], raw: Any, table: str = "", place: int = 0) -> S | None:
        """One table as a `kind`, with a complaint for every field that is missing, unknown or of the wrong sort."""
        if not isinstance(raw, Mapping):
            self.complain(self.line(table), f"“{table}” has to be a table.")
            return None
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        before = len(self.complaints)
        for key in raw.keys() - fields.keys():
            self.complain(self.line(key, table, place), f"“{key}” is not known here{nearest(key, fields)}")
        for name, field in fields.items():
            if name not in raw:
                if field.required:
                    self.complain(self.line("", table, place), f"“{name}” is missing.")
                continue
            try:
                msgspec.convert(raw[name], field.type, strict=True)
            except msgspec.ValidationError as error:
                expected = str(error).partition(" - at `")[0].replace("`", "")
                self.complain(self.line(name, table, place), f"“{name}” is not right: {expected}.")
        return msgspec.convert(dict(raw), kind) if len(self.complaints) == before else None

    def read_each(self, kind: type[S], table: str) -> tuple[S, ...]:
        """Every `[[table]]`, in the file's order, without those that were complained about."""
        raw = self.content.get(table, [])
        if not isinstance(raw, list):
            self.complain(self.line(table), f"Write each {table} under its own [[{table}]].")
            return ()
        read = [self.read(kind, one, table, place) for place, one in enumerate(raw)]
        return tuple(one for one in read if one is not None)


def lines(text: str) -> list[str]:
    """The lines as an editor counts them: a form feed or another such mark is a fault in a line, not its end."""
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n")


def nearest(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the known word that it may have been meant for."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; is “{close[0]}” meant?" if close else "."
