"""A folder of items in the authors' plain-text format; every complaint has file and line.

Nothing is judged here but the format: whether the bank makes a form is for `mastering.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exam_packages.blueprint import read_blueprint
from exam_packages.complaint import Complaint, ComplaintsError, lines
from exam_packages.glyphs import unfit
from exam_packages.item_text import read_items
from exam_packages.items import AuthoredAgreement, AuthoredItem, AuthoredTest
from exam_packages.programme import Programme, read_programme
from keys.carrier import read_file

MAX_FILE = 4 * 1024 * 1024
PROGRAMME, BLUEPRINT, ITEMS = "programme.toml", "blueprint.toml", "items"


class BankError(ComplaintsError):
    """A bank that is not in order."""

    code = "bank-not-in-order"


def load(folder: Path) -> AuthoredTest:
    """The authored test of a bank's folder. Raises `BankError` with every complaint, or `StorageError`."""
    bank = _Bank(folder)
    programme, told = read_programme(PROGRAMME, bank.text(PROGRAMME))
    bank.complaints += told
    blueprint, told = read_blueprint(BLUEPRINT, bank.text(BLUEPRINT))
    bank.complaints += told
    agreements, instructions = bank.pages(programme) if programme else ((), "")
    items = tuple(bank.items())
    if bank.complaints or programme is None:
        raise BankError("The bank", bank.complaints)
    return AuthoredTest(programme, blueprint, agreements, instructions, items)


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

    def pages(self, programme: Programme) -> tuple[tuple[AuthoredAgreement, ...], str]:
        """The agreements' and the instructions' texts."""
        agreements = tuple(
            AuthoredAgreement(one.id, one.title, self._page(one.file)) for one in programme.agreements
        )
        return agreements, self._page(programme.instructions)

    def _page(self, name: str) -> str:
        """Paragraphs, each in one line, with an empty line between them."""
        if name.startswith("/") or ".." in Path(name).parts:
            self.complaints.append(Complaint(PROGRAMME, 1, f"“{name}” is not a file of this folder."))
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
