"""A simulated candidate at the real program: the kiosk on a pseudo-terminal, read as a screen, driven key by key."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from tests.demo import by_keys
from tests.demo.cast import Player
from tests.demo.commands import StepFailedError
from tests.demo.terminal import Terminal
from tests.demo.texts import Bank


def _fresh(terminal: Terminal, stems: Mapping[str, str], last: str) -> str:
    """The item on the screen, once it is no longer the last one: a repaint may arrive in pieces."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        text = terminal.text()
        shown = next((item for line, item in stems.items() if line in text), last)
        if shown != last:
            return shown
        terminal.read(0.1)
    raise StepFailedError(f"no question of the bank stands on the screen:\n{terminal.text()}")


def sit(
    terminal: Terminal,
    player: Player,
    codes: tuple[str, str, str],
    picked: Mapping[str, str],
    bank: Bank,
) -> str:
    """The whole sitting by keys alone; the receipt code from the last screen.

    `codes` are start and admission code and one that adds ten minutes; what stands on the screen is found again in the
    `bank`.
    """
    by_keys.sign_in(terminal, player.number, player.name, codes[:2])
    by_keys.accept(terminal, "non-disclosure", "code of conduct")
    by_keys.check(terminal)
    by_keys.begin(terminal)
    count, answered, shown = int(terminal.wait_for(r"Question 1 of (\d+)").group(1)), 0, ""
    for place in range(1, count + 1):
        terminal.wait_for(rf"Question {place} of {count}\b")
        shown = _fresh(terminal, bank.first_lines, shown)
        if place in ASIDE:
            ASIDE[place](terminal, codes[2])
        if shown in picked:
            text = re.escape(bank.options[shown][picked[shown]])
            terminal.press(terminal.wait_for(rf"([A-H])\. {text}").group(1).lower())
            answered += 1
            terminal.wait_for(rf"answer saved +│ +{answered}/{count}\b")
        if place < count:
            terminal.press("n")
    terminal.press("r", sees=rf"\b{answered} answered +{count - answered} not answered +1 flagged")
    terminal.press("f", "enter", sees="F FLAGGED")
    terminal.press("f10", sees=rf"Answered +{answered} +of {count}")
    terminal.press("y", sees="Press Enter to hand in")
    terminal.press("enter", sees="You have handed in")
    return by_keys.leave(terminal)


def _strike(terminal: Terminal, _code: str) -> None:
    terminal.press("x", sees=r"> ?~|~>|~\( \) A\.")
    terminal.press("x")


def _note(terminal: Terminal, _code: str) -> None:
    terminal.press("f3", "n", sees="Your note to question")
    terminal.press("look at this again", sees="look at this again")
    terminal.press("f3", sees="│ +note")


def _calculate(terminal: Terminal, _code: str) -> None:
    terminal.press("f3", "c", sees="Calculation")
    terminal.press("6*7", "enter", sees=r"6\*7 = 42")
    terminal.press("f3", sees=r"A\. ")


def _flag(terminal: Terminal, _code: str) -> None:
    terminal.press("f", sees="F FLAGGED")


def _more_time(terminal: Terminal, code: str) -> None:
    terminal.press("f9", sees="Action code")
    terminal.press(code, "enter", sees="10 minutes were added")
    terminal.press("f9", sees=r"A\. ")


ASIDE = {2: _strike, 3: _note, 4: _calculate, 5: _flag, 6: _more_time}
"""What the candidate does besides answering, by the number of the question."""
