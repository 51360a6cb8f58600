"""A folder of items in the authors' plain-text format; every complaint has file and line.

Nothing is judged here but the format: whether the bank makes a form is for `mastering.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from exam_packages.block_text import BlockReader
from exam_packages.blueprint import read_blueprint
from exam_packages.complaint import Complaint, ComplaintsError, Toml, lines
from exam_packages.glyphs import unfit
from exam_packages.item_reader import read_items
from exam_packages.items import (
    AuthoredAgreement,
    AuthoredBlock,
    AuthoredItem,
    AuthoredTest,
    AuthoredText,
    PictureFile,
)
from exam_packages.outline import read_outline
from exam_packages.picture import PictureError, draw
from exam_packages.place import Place
from exam_packages.programme import ID, Programme, read_programme
from keys.carrier import FileMissingError, read_file

MAX_FILE = 4 * 1024 * 1024
PROGRAMME, BLUEPRINT, ITEMS = "programme.toml", "blueprint.toml", "items"
STIMULI, EXHIBITS = "stimuli", "exhibits"
_TITLE = re.compile(r"title:(?: (.*)|$)")


class BankError(ComplaintsError):
    """A bank that is not in order."""

    code = "bank-not-in-order"


def load(folder: Path) -> AuthoredTest:
    """The authored test of a bank's folder. Raises `BankError` with every complaint, or `StorageError`."""
    bank = _Bank(folder)
    toml = Toml(PROGRAMME, bank.text(PROGRAMME))
    programme = read_programme(toml)
    outline = read_outline(toml, programme.minutes) if programme else ()
    bank.complaints += toml.complaints
    blueprint, told = read_blueprint(BLUEPRINT, bank.text(BLUEPRINT))
    bank.complaints += told
    agreements, instructions = bank.pages(programme) if programme else ((), "")
    items = tuple(bank.items())
    stimuli, exhibits = tuple(bank.texts(STIMULI)), tuple(bank.texts(EXHIBITS))
    places = (
        *((item.stem, item.place) for item in items),
        *((one.blocks, one.place) for one in (*stimuli, *exhibits)),
    )
    pictures = bank.pictures(places)
    if bank.complaints or programme is None:
        raise BankError("The bank", bank.complaints)
    return AuthoredTest(
        programme, blueprint, agreements, instructions, items, outline, stimuli, exhibits, pictures
    )


def read_text(file: str, name: str, text: str) -> tuple[AuthoredText | None, tuple[Complaint, ...]]:
    """A stimulus or exhibit called `name` of a file's text, `title: ` first, and everything that is wrong with it."""
    complaints: list[Complaint] = []

    def complain(line: int, sentence: str) -> None:
        complaints.append(Complaint(file, line, sentence))

    if not ID.fullmatch(name):
        complain(1, "The name of this file is lower-case letters, digits and dashes, at most 40.")
    title = ""
    reader = BlockReader(complain)
    for number, line in enumerate(lines(text), 1):
        if reason := unfit(line):
            complain(number, f"This line {reason}.")
        named = None if title or not reader.is_empty else _TITLE.fullmatch(line)
        if reader.in_code:
            reader.take_code(number, line)
        elif line.startswith("#"):
            continue
        elif named:
            title = " ".join((named[1] or "").split())
        elif line.strip():
            reader.take(number, line)
        else:
            reader.end_paragraph()
    if reader.in_code:
        reader.abandon_code()
    if not title:
        complain(1, "The first line of this file is “title: ” and what it is called.")
    if reader.is_empty:
        complain(1, "There is nothing below the title.")
    blocks = reader.blocks()
    made = None if complaints else AuthoredText(name, title, blocks, Place(file, 1))
    return made, tuple(sorted(complaints))


class _Bank:
    """The files of one bank, and the complaints about them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.complaints: list[Complaint] = []

    def text(self, name: str) -> str:
        raw = read_file(self._folder / name, limit=MAX_FILE)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self.complaints.append(Complaint(name, line, "This line is not UTF-8; save the file as UTF-8."))
            return raw.decode("utf-8", "replace")

    def items(self) -> Iterator[AuthoredItem]:
        """The items of every file, in the order of the files' names; an id stands once in all of them."""
        seen: dict[str, str] = {}
        files = sorted((self._folder / ITEMS).glob("*.txt"))
        if not files:
            self.complaints.append(Complaint(ITEMS, 1, "There is no file of items (*.txt) in this folder."))
        for path in files:
            name = f"{ITEMS}/{path.name}"
            items, told = read_items(name, self.text(name))
            self.complaints += told
            for item in items:
                if item.id in seen:
                    told_twice = f"Item {item.id} stands twice; it is already at {seen[item.id]}."
                    self.complaints.append(Complaint(name, item.place.line, told_twice))
                seen.setdefault(item.id, f"{name}:{item.place.line}")
                yield item

    def texts(self, folder: str) -> Iterator[AuthoredText]:
        """The stimuli or exhibits, in the order of their names; a bank needs none."""
        for path in sorted((self._folder / folder).glob("*.txt")):
            file = f"{folder}/{path.name}"
            made, told = read_text(file, path.stem, self.text(file))
            self.complaints += told
            if made:
                yield made

    def pictures(
        self, places: tuple[tuple[tuple[AuthoredBlock, ...], Place], ...]
    ) -> dict[str, tuple[str, ...]]:
        """The rows of every picture that these blocks name, by the name of its file."""
        drawn: dict[str, tuple[str, ...]] = {}
        for blocks, place in places:
            for block in blocks:
                if not isinstance(block, PictureFile) or block.file in drawn:
                    continue
                drawn[block.file] = ()
                if not self._is_inside(block.file, place):
                    continue
                try:
                    drawn[block.file] = draw(block.file, read_file(self._folder / block.file, limit=MAX_FILE))
                except PictureError as error:
                    self.complaints.append(Complaint(block.file, error.line, error.told))
                except FileMissingError:
                    told = f"There is no picture “{block.file}” in the bank's folder."
                    self.complaints.append(Complaint(place.file, place.line, told))
        return drawn

    def pages(self, programme: Programme) -> tuple[tuple[AuthoredAgreement, ...], str]:
        """The agreements' and the instructions' texts."""
        agreements = tuple(
            AuthoredAgreement(one.id, one.title, self._page(one.file)) for one in programme.agreements
        )
        return agreements, self._page(programme.instructions)

    def _is_inside(self, name: str, place: Place) -> bool:
        inside = not name.startswith("/") and ".." not in Path(name).parts
        if not inside:
            told = f"“{name}” is not a file of this folder."
            self.complaints.append(Complaint(place.file, place.line, told))
        return inside

    def _page(self, name: str) -> str:
        """Paragraphs, each in one line, with an empty line between them."""
        if not self._is_inside(name, Place(PROGRAMME, 1)):
            return ""
        text = self.text(name)
        for number, line in enumerate(lines(text), 1):
            if reason := unfit(line):
                self.complaints.append(Complaint(name, number, f"This line {reason}."))
        paragraphs = (" ".join(part.split()) for part in "\n".join(lines(text)).split("\n\n"))
        page = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
        if not page:
            self.complaints.append(Complaint(name, 1, "This file is empty."))
        return page
