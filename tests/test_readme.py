"""What README.md and the runbooks tell people to type exists: every command, and every option of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import exam_kiosk

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs/runbooks").glob("*.md")))


def told(text: str) -> Iterator[str]:
    """Each command that a page's code blocks tell people to type, on one line."""
    joined = re.sub(r"\\\n\s+", " ", text)
    for line in joined.splitlines():
        if line.startswith(("    ", "exam-kiosk")):
            for part in re.split(r"[;`]| do ", line.split("  #")[0]):
                if part.strip().startswith("exam-kiosk "):
                    yield part.strip()


def fault(command: str) -> str:
    """What is wrong with a command as it is told, or nothing."""
    _, room, *words = command.split()
    if room not in exam_kiosk.ROOMS or not words:
        return "" if room.startswith("--") else f"no group {room}"
    root = typer.main.get_command(exam_kiosk.application(room))
    group = getattr(root, "commands", {})[room]
    named = [room]
    while known := getattr(group, "commands", {}):
        if not words or words[0] not in known:
            return f"no command {' '.join([*named, *words[:1]])}"
        named.append(words.pop(0))
        group = known[named[-1]]
    options = {option for parameter in group.params for option in parameter.opts}
    unknown = [word for word in words if word.startswith("--") and word not in options]
    return f"{' '.join(named)} has no {' '.join(unknown)}" if unknown else ""


@pytest.mark.docs
@pytest.mark.parametrize("page", PAGES)
def test_what_is_told_exists(page: str) -> None:
    """Every command of the page is one of the program's, with its options."""
    commands = list(told((ROOT / page).read_text("utf-8")))
    assert commands
    assert [found for command in commands if (found := fault(command))] == []


def test_a_command_that_is_not_there_is_found() -> None:
    """The check can fail: an unknown group, command and option are each told."""
    assert fault("exam-kiosk nothing at-all")
    assert fault("exam-kiosk keys dance")
    assert fault("exam-kiosk keys sign repository --louder")
    assert fault("exam-kiosk results quarantine dance --centre c")
    assert fault("exam-kiosk results quarantine list --louder")
    assert not fault("exam-kiosk results quarantine list --centre c")
    assert not fault("exam-kiosk keys sign repository --key k")
