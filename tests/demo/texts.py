"""What the story takes from the samples: the plan and roster of the sample site, dated today, and what the
bank knows.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from exam_packages.bank import load
from exam_packages.interactions import ChoiceInteraction, ChosenOptions, Paragraph
from exam_packages.items import AuthoredItem

SITE = Path(__file__).parents[2] / "exam_packages/samples/site-west"
HOUR = 3_600_000
DRAWN = 55


@dataclass(frozen=True)
class Bank:
    """By item id: the right option, and how each option's text begins. By the beginning of a stem: its item."""

    correct: dict[str, str]
    options: dict[str, dict[str, str]]
    first_lines: dict[str, str]

    @classmethod
    def load(cls, folder: Path) -> Bank:
        """Read the authored bank; only the centre's side of the story may."""
        correct: dict[str, str] = {}
        options: dict[str, dict[str, str]] = {}
        first_lines: dict[str, str] = {}
        for item in load(folder).items:
            match item:
                case AuthoredItem(
                    interaction=ChoiceInteraction(options=listed),
                    correct=ChosenOptions(options=(right,)),
                    stem=(Paragraph(text=first), *_),
                ):
                    correct[item.id] = right
                    options[item.id] = {option.id: _beginning(option.text) for option in listed}
                    first_lines[_beginning(first)] = item.id
        return cls(correct, options, first_lines)


def _beginning(text: str) -> str:
    return textwrap.wrap(text, DRAWN)[0]


def plan_file(package: str, now: int) -> str:
    """The sample plan for this package, open from an hour ago until twelve hours from now."""
    text = (SITE / "plan.toml").read_text("utf-8")
    moments = {"opens_at": now - HOUR, "closes_at": now + 12 * HOUR}
    for name, moment in moments.items():
        said = datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="seconds")
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {said}", text)
    return re.sub(r"(?m)^package = .*$", f'package = "{package}"', text)


def roster_file() -> str:
    """The sample roster as it is."""
    return (SITE / "roster.csv").read_text("utf-8")
