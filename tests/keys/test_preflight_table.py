"""A preflight's table: lights, their sum and status, one cause told once, and what people and programs are shown."""

from __future__ import annotations

import pytest

from keys.errors import DocumentError
from keys.preflight import Check, Finding, Light, amber, green, lines, red, run, status, values, worst


def _fails(detail: str) -> Finding:
    raise DocumentError(kind="plan", detail=detail)


CHECKS: tuple[tuple[str, Check[str]], ...] = (
    ("Disk", lambda _: green("room")),
    ("Printer", lambda _: amber("none", "borrow one")),
    ("Plan", _fails),
    ("Package", _fails),
    ("Release", lambda _: _fails("another")),
)


def test_one_cause_is_red_once() -> None:
    """What raises is red in its own words; the same again is not looked at, and another error is red by itself."""
    results = {one.name: one for one in run(CHECKS, "cut short")}
    assert results["Plan"].light is Light.RED
    assert "[document-malformed]" in results["Plan"].told
    assert results["Plan"].fix == DocumentError.next_step
    assert (results["Package"].light, "“Plan”" in results["Package"].told) == (Light.AMBER, True)
    assert results["Release"].light is Light.RED


@pytest.mark.parametrize(
    ("found", "light", "ends"),
    [
        ([], Light.GREEN, 0),
        ([green("a")], Light.GREEN, 0),
        ([green("a"), amber("b", "c")], Light.AMBER, 0),
        ([red("a", "b"), amber("b", "c")], Light.RED, 1),
    ],
)
def test_the_worst_light_decides(found: list[Finding], light: Light, ends: int) -> None:
    """Only red makes a command fail; amber ends well, with words."""
    results = run([(str(place), _given(one)) for place, one in enumerate(found)], "")
    assert (worst(results), status(results)) == (light, ends)


def _given(finding: Finding) -> Check[str]:
    return lambda _: finding


def test_people_see_a_word_for_each_light_and_whom_to_call() -> None:
    """A line a check with the light as a word, what to do below it, the sum, and the contact."""
    told = lines(run(CHECKS, "cut"), "Ada at 555-0100")
    assert told[:3] == ["green  Disk     room", "amber  Printer  none", "                -> borrow one"]
    assert told[-2:] == ["1 green, 2 amber, 2 red", "Support: Ada at 555-0100"]
    assert lines(run(CHECKS, "cut"))[-1].endswith("2 red")


def test_programs_get_the_same() -> None:
    """One object: the worst light, the contact, and each check."""
    answer = values(run(CHECKS[:2], ""), "Ada")
    assert answer == {
        "light": "amber",
        "support": "Ada",
        "checks": [
            {"name": "Disk", "light": "green", "told": "room", "fix": ""},
            {"name": "Printer", "light": "amber", "told": "none", "fix": "borrow one"},
        ],
    }
