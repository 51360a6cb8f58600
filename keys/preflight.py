"""What a preflight finds: a table of small checks, each of which answers green, amber or red with what to do.

Rules.
1. Green holds. Amber can be lived with, and says what to do about it. Red would stop the sitting, and says what to do.
2. A check that raises one of our errors is red in the error's own words. Where another check has told the same before,
   it was not looked at: one cause is told once.
3. No check asks for a code, opens an item, or changes anything but what it puts back.

Pure; what is looked at is the caller's.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from keys.errors import Diagnostics, ExamKioskError


class Light(enum.StrEnum):
    """How a check came out."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, in a few words, and what to do; green has nothing to do."""

    light: Light
    told: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """A finding under the name of its check."""

    name: str
    light: Light
    told: str
    fix: str


L = TypeVar("L")
Check = Callable[[L], Finding]


def green(told: str) -> Finding:
    """It holds."""
    return Finding(Light.GREEN, told)


def amber(told: str, fix: str) -> Finding:
    """It can be lived with."""
    return Finding(Light.AMBER, told, fix)


def red(told: str, fix: str) -> Finding:
    """It would stop the sitting."""
    return Finding(Light.RED, told, fix)


def run(checks: Iterable[tuple[str, Check[L]]], look: L) -> tuple[Result, ...]:
    """Every check on what is looked at, in their order."""
    causes: dict[Diagnostics, str] = {}
    results: list[Result] = []
    for name, check in checks:
        try:
            found = check(look)
        except ExamKioskError as error:
            found = _refused(name, error.diagnostics(), causes)
        results.append(Result(name, found.light, found.told, found.fix))
    return tuple(results)


def worst(results: Iterable[Result]) -> Light:
    """The worst of all."""
    return max((one.light for one in results), key=list(Light).index, default=Light.GREEN)


def status(results: Iterable[Result]) -> int:
    """The exit status: 1 with anything red, else 0."""
    return int(worst(results) is Light.RED)


def lines(results: Sequence[Result], support: str = "") -> list[str]:
    """A line a check, what to do below it, the sum at the end, and whom to call where that is known."""
    wide = max((len(one.name) for one in results), default=0)
    told: list[str] = []
    for one in results:
        told.append(f"{one.light.value:<5}  {one.name:<{wide}}  {one.told}")
        if one.fix:
            told.append(f"{'':5}  {'':{wide}}  -> {one.fix}")
    count = {light: sum(one.light is light for one in results) for light in Light}
    told.append(", ".join(f"{number} {light.value}" for light, number in count.items()))
    return [*told, f"Support: {support}"] if support else told


def values(results: Sequence[Result], support: str = "") -> dict[str, object]:
    """The same for a program."""
    return {
        "light": worst(results).value,
        "support": support,
        "checks": [
            {"name": one.name, "light": one.light.value, "told": one.told, "fix": one.fix} for one in results
        ],
    }


def _refused(name: str, why: Diagnostics, causes: dict[Diagnostics, str]) -> Finding:
    first = causes.setdefault(why, name)
    if first == name:
        return red(f"{why.what} [{why.code}]", why.next_step)
    return amber(f"Not looked at: mend “{first}” first.", "")
