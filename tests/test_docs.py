"""The pages that the program writes about itself: every command's help, and every error code."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import exam_kiosk
from tests import house

WIDTH = 100
COMMANDS = """\
# Commands

What `exam-kiosk` answers to `--help`, written by `make docs`.
"""
ROOMS = """\
# Rooms

Every file with the first sentence that it says of itself, floor by floor from the lowest, written by `make docs`.
"""
ROOT = Path(__file__).parents[1]
FLOORS = (
    "keys",
    "exam_packages",
    "results/wire",
    "results/scoring",
    "results/centre",
    "terminal",
    "terminal/widgets",
    "kiosk",
    "kiosk/screens",
    "kiosk/widgets",
    "proctor",
    "proctor/cli",
    "proctor/paper",
)
ERRORS = """\
# Error codes

Every failure that a person can meet, written by `make docs`. A code never changes its meaning; names in braces are
filled in when the error happens. The codes for what the operating system refuses are in `exam_kiosk.py`.

| code | what happened | what to do next |
|---|---|---|
"""


def _helps(command: typer.core.TyperCommand | typer.core.TyperGroup, path: str) -> Iterator[str]:
    context = typer.Context(command, info_name=path, max_content_width=WIDTH, terminal_width=WIDTH)
    help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield f"\n## {path}\n\n```text\n{help_text}\n```\n"
    children = getattr(command, "commands", {})
    for name in sorted(children):
        yield from _helps(children[name], f"{path} {name}")


def commands_page() -> str:
    """The help of the command, of each group and of each command in it."""
    page = COMMANDS
    for room in exam_kiosk.ROOMS:
        root = typer.main.get_command(exam_kiosk.application(room))
        group = getattr(root, "commands", {})[room]
        page += "".join(_helps(group, f"exam-kiosk {room}"))
    return page


def rooms_page() -> str:
    """Every file of every floor with the first sentence that it says of itself, low to high."""
    page = ROOMS
    for floor in FLOORS:
        page += f"\n## {floor}\n\n| file | what lives there |\n|---|---|\n"
        for path in sorted((ROOT / floor).glob("*.py")):
            said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            if path.name != "__init__.py":
                first = re.split(r"(?<=\.) ", " ".join(said.split("\n\n")[0].split()), maxsplit=1)[0]
                page += f"| `{path.name}` | {first.rstrip('.').replace('|', chr(92) + '|')} |\n"
    return page


def errors_page() -> str:
    """One row an error code, by code."""
    own = {error.code: error for error in house.own_errors() if "code" in vars(error)}
    rows = (f"| `{code}` | {error.what} | {error.next_step} |" for code, error in sorted(own.items()))
    return ERRORS + "\n".join(rows) + "\n"


PAGES = {"commands": commands_page, "error-codes": errors_page, "rooms": rooms_page}


@pytest.mark.docs
@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_is_what_the_program_says(name: str, repository: Path) -> None:
    """The page is word for word what the program answers today."""
    text = PAGES[name]()
    page = repository / "docs" / f"{name}.md"
    if os.environ.get("UPDATE_DOCS"):
        page.write_text(text, "utf-8")
    assert page.read_text("utf-8") == text, "run `make docs`"


@pytest.mark.docs
def test_every_command_says_what_it_does() -> None:
    """No command and no group is without a sentence of help."""
    for room in exam_kiosk.ROOMS:
        root = typer.main.get_command(exam_kiosk.application(room))
        group = getattr(root, "commands", {})[room]
        for name, command in getattr(group, "commands", {}).items():
            assert command.help, f"exam-kiosk {room} {name} has no help"
