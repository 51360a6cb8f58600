"""Every text that a candidate's program says, as the catalogues of the other languages must hold it.

    python -m tests.languages.catalogue

brings the catalogues in terminal/locale up to date (what is new is empty, what is gone is dropped) and compiles them.
"""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from keys.errors import ExamKioskError
from terminal.language import DOMAIN, LOCALE

ROOT = Path(__file__).parents[2]
LANGUAGES = ("es", "fr")
SPEAKING = ("kiosk.runner", "kiosk.serving", "kiosk.app", "kiosk.linear.front", "kiosk.practice.runner")
"""What a candidate's machine runs; the errors that are known once these are imported may reach its screen."""
KEYWORDS = {"_": None, "N_": None, "plural": (1, 2)}
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""A catalogue says nothing of when it was made, so that making it again makes the same bytes."""

Message = str | tuple[str, ...]


@cache
def said() -> dict[Message, list[tuple[str, int]]]:
    """Every text with the places where it is said."""
    found: dict[Message, list[tuple[str, int]]] = {}
    for room, keywords in (("kiosk", KEYWORDS), ("terminal", KEYWORDS), ("keys", {"say": None})):
        pieces = extract_from_dir(str(ROOT / room), [("**.py", "python")], keywords=keywords)
        for name, line, message, _comments, _context in pieces:
            for text in [message] if isinstance(message, str) or len(message) == 2 else list(message):
                found.setdefault(text, []).append((f"{room}/{name}", line))
    for error in errors():
        for text in (error.what, error.next_step):
            found.setdefault(text, []).append((error.__module__.replace(".", "/") + ".py", 0))
    for kind, place in kinds():
        found.setdefault(kind, []).append((place, 0))
    return {message: places for message, places in found.items() if message}


def kinds() -> list[tuple[str, str]]:
    """Every kind of document or code that an error names, and where: `kind="..."`, `KIND = "..."`, a payload type."""
    named: list[tuple[str, str]] = []
    for room in ("keys", "exam_packages", "kiosk"):
        for file in sorted((ROOT / room).rglob("*.py")):
            place = file.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(file.read_bytes())):
                named += [(text, place) for text in _kinds_in(node)]
    return named


def _kinds_in(node: ast.AST) -> list[str]:
    match node:
        case ast.keyword(arg="kind", value=ast.Constant(value=str(text))):
            return [text]
        case ast.Assign(targets=[ast.Name(id="KIND")], value=ast.Constant(value=str(text))):
            return [text]
        case ast.Call(func=ast.Name(id="_payload"), args=[_, ast.Constant(value=str(text)), *_]):
            return [text]
        case _:
            return []


def errors() -> list[type[ExamKioskError]]:
    """Every error that the candidate's program can raise, in the order of their codes."""
    for name in SPEAKING:
        import_module(name)
    every: list[type[ExamKioskError]] = []
    todo = [ExamKioskError]
    while todo:
        error = todo.pop()
        todo += error.__subclasses__()
        every.append(error)
    site = ("keys", "exam_packages", "results.wire", "kiosk", "terminal")
    loaded = _loaded()
    mine = [
        error
        for error in every
        if error.__module__.startswith(site) and error.__module__ in loaded and error.what
    ]
    return sorted(mine, key=lambda error: (error.code, error.__module__, error.__name__))


@cache
def _loaded() -> frozenset[str]:
    """The modules that a candidate's machine loads, whatever this process has imported beside."""
    program = f"import sys, {', '.join(SPEAKING)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return frozenset(done.stdout.split())


def path(language: str) -> Path:
    """The catalogue of a language that people write."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def compiled(language: str) -> Path:
    """The catalogue of a language that the program reads."""
    return path(language).with_suffix(".mo")


def load(language: str) -> Catalog:
    """The catalogue of a language as it is now."""
    if not path(language).exists():
        return Catalog(locale=language)
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def current(language: str) -> Catalog:
    """The catalogue of a language with exactly the texts that are said now, and the translations that are known."""
    known = load(language)
    fresh = Catalog(
        locale=language, project="Exam Kiosk", creation_date=MADE, revision_date=MADE, fuzzy=False
    )
    fresh.header_comment = f"# The words of Exam Kiosk's screens ({language}); `make words` keeps it in step."
    for message, places in sorted(said().items(), key=lambda pair: str(pair[0])):
        kept = known.get(message)
        files = sorted({name for name, _line in places})
        fresh.add(message, kept.string if kept is not None else None, locations=[(name, 0) for name in files])
    return fresh


def as_po(catalogue: Catalog) -> bytes:
    """A catalogue as text."""
    written = io.BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False, sort_output=False, omit_header=False)
    return written.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """A catalogue as the program reads it."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def main() -> None:
    """Write all catalogues again."""
    for language in LANGUAGES:
        catalogue = current(language)
        path(language).parent.mkdir(parents=True, exist_ok=True)
        path(language).write_bytes(as_po(catalogue))
        compiled(language).write_bytes(as_mo(catalogue))
        missing = sum(not message.string or not all(message.string) for message in catalogue if message.id)
        print(f"{language}: {len(catalogue)} texts, {missing} without a translation", file=sys.stderr)


if __name__ == "__main__":
    main()
