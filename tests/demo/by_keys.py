"""The screens before the first question, gone through on the real program by keys alone."""

from __future__ import annotations

import re

from tests.demo.terminal import Terminal
from tests.kiosk.scenes import LESSON_KEYS

CHECKED = (
    *("up", "down", "left", "right", "space", "a", "tab", "backspace", "pageup", "pagedown"),
    *("f1", "f4", "f6", "f10", "enter"),
)
"""The keys that the check asks for."""


def sign_in(terminal: Terminal, number: str, name: str, codes: tuple[str, str]) -> None:
    """Start code by the proctor, then number and admission code, and the name confirmed."""
    start_code, admission_code = codes
    terminal.wait_for("(?i)start code")
    terminal.press(start_code, "enter", sees="(?i)candidate number")
    terminal.press(number, "enter", sees=rf"(?i)candidate number +{number}")
    terminal.press(admission_code, "enter", sees=r"Is this you\?")
    terminal.wait_for(re.escape(name))
    terminal.press("y")


def accept(terminal: Terminal, *titles: str) -> None:
    """Each agreement, by its title."""
    for title in titles:
        terminal.wait_for(f"(?i){title}")
        terminal.press("a")


def check(terminal: Terminal) -> None:
    """Every key that the check asks for."""
    terminal.wait_for("Now press: Up")
    terminal.press(*CHECKED, sees="Every key works")
    terminal.press("enter")


def learn(terminal: Terminal) -> None:
    """The whole tutorial, each step done as it asks."""
    for number, keys in enumerate(LESSON_KEYS):
        terminal.wait_for(rf"Step {number + 1} of {len(LESSON_KEYS)}\b")
        terminal.wait_without(r"\[x\] Done\.")
        terminal.press(*keys, sees=r"\[x\] Done\.")
        terminal.press("enter")


def begin(terminal: Terminal) -> None:
    """From the instructions to the first question."""
    terminal.wait_for("from when you press B")
    terminal.press("b", sees=r"Question 1 of \d+")


def leave(terminal: Terminal) -> str:
    """The proctor leaves the last screen, and the program ends; the receipt code that stood there."""
    plate = terminal.wait_for(r"│ +((?:[0-9A-Z] +){12}[0-9A-Z]) +│").group(1)
    terminal.press("f10", sees=r"leave this screen\?")
    terminal.press("y")
    status = terminal.end()
    assert status == 0, status
    return "".join(plate.split())
