"""The words of the drawn screens that are computed: counts, numbers, places, problems. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from kiosk.protocol import AnswerLine, Phase, Problem, View
from kiosk.widgets.grid import is_answered
from kiosk.words import clock
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Span


def answered(marks: str) -> int:
    """How many questions are answered."""
    return sum(map(is_answered, marks))


def incomplete(answers: tuple[AnswerLine, ...]) -> frozenset[int]:
    """The places of the questions whose answer is begun and still lacks something."""
    return frozenset(line.index for line in answers if line.words and line.short)


def marked(marks: str, wanted: str) -> tuple[int, ...]:
    """The places of the questions whose mark is in `wanted`."""
    return tuple(place for place, mark in enumerate(marks) if mark in wanted)


def numbers(places: Iterable[int], room: int) -> str:
    """The numbers of the questions at these places: as many as fit `room` cells, and how many more."""
    every = [str(place + 1) for place in places]
    for shown in range(len(every), 0, -1):
        named, more = ", ".join(every[:shown]), len(every) - shown
        said = _("{numbers} and {n} more").format(numbers=named, n=more) if more else named
        if len(said) <= room:
            return said
    return ""


def problem_words(problem: Problem | None, support: str, wait: int = 0) -> list[Span]:
    """A problem as its sentence, the next step, the wait still to go (ms) and its code with whom to call."""
    if problem is None:
        return []
    words: list[Span] = [("! " + problem.what, Role.ALERT), (problem.next_step, Role.TEXT)]
    if wait > 0:
        words.append((_("You can try again in {time}.").format(time=clock(wait)), Role.STRONG))
    call = "   " + _("Support: {contact}").format(contact=support) if support else ""
    words.append((_("Error {code}").format(code=problem.code) + call, Role.MUTED))
    return words


def place_words(view: View, *, short: bool) -> str:
    """Which question this is, of how many."""
    if view.question is None:
        return ""
    n, total = view.question.index + 1, len(view.marks)
    return (_("{n} of {total}") if short else _("Question {n} of {total}")).format(n=n, total=total)


BEFORE = frozenset({Phase.CONFIRM, Phase.AGREEMENT, Phase.CHECK, Phase.TUTORIAL, Phase.INSTRUCTIONS})
"""The stages before the clock of the test, each of which may have a time of its own."""


def stage_words(view: View, left: int) -> str:
    """What the box at the top right says before the test: the time of the stage, where it has one."""
    if view.phase not in BEFORE or not view.stage:
        return ""
    return _("{time} for this step").format(time=clock(left))


CLOSING = {
    "item": N_("You cannot come back to this question. {key} again to go on."),
    "section": N_("You cannot come back to this section. {key} again to go on."),
    "part": N_("You cannot come back to this part. {key} again to go on."),
}


def closing_words(closed: str, key: str) -> str:
    """That going on closes something for good ("item", "section", "part"), and what `key` does then."""
    return _(CLOSING[closed]).format(key=key)


def facts_rows(facts: Iterable[tuple[str, str]], role: Role = Role.TEXT) -> list[Span]:
    """Rows of a name (`N_`) and what it is, in two columns; a fact that is empty is left out."""
    known = [(_(name), fact) for name, fact in facts if fact]
    width = max((cell_len(name) for name, _fact in known), default=0) + 3
    return [(f"{name}{' ' * (width - cell_len(name))}{fact}", role) for name, fact in known]
