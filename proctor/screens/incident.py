"""Writing an incident: for whom, two keys for the kind, a sentence; the time is now unless another is typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from textual.app import ComposeResult
from textual.containers import Vertical

from keys.text import sanitise
from proctor.roomboard import clock_words
from proctor.screens.asking import ChoiceScreen, FormScreen
from proctor.screens.stand import BACK, DeskScreen, Stage
from proctor.screens.telling import WordsScreen, tell
from proctor.state import Dated
from proctor.widgets.page import GAP, FactsPage
from results.wire.incidents import CATEGORIES, GROUPS, OTHER, Category, category
from results.wire.sitting_events import IncidentReported
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import LineField, Span

TEXT, SHORT, MINUTES, NUMBER = 1000, 200, 3, 24
NARROW = 78
LONGEST_AGO = 600
"""Minutes that an incident may have begun ago: a long day."""


class KindScreen(DeskScreen):
    """The kind of an incident in two keys: the letter of its group, then its number. Answers with its code."""

    KEYS = (
        *(Key((one.lower(), one), one, words, f"group('{one}')") for one, words in GROUPS.items()),
        Key(tuple("123456789"[:1]), "1-9", "after the letter: the kind", "kind(1)"),
        *(Key((digit,), digit, "", f"kind({digit})") for digit in "23456789"),
        BACK,
    )
    PLACE = "Incident"

    def __init__(self) -> None:
        super().__init__()
        self._group = ""

    def middle(self) -> ComposeResult:
        with Vertical(classes="inset"):
            yield FactsPage()

    def begin(self) -> None:
        shown = [one for one in CATEGORIES if one.code[0] == self._group]
        said: list[Span] = [("What kind of incident? A letter, then a number.", Role.STRONG), ("", Role.RULE)]
        if shown:
            said += [(f"{self._group}  {GROUPS[self._group]}: now the number.", Role.STRONG), GAP]
            said += [(f"{one.code[1]}  {one.words}", Role.TEXT) for one in shown]
        else:
            said += _groups(narrow=self.app.size.width < NARROW)
        self.query_one(FactsPage).set_paragraphs(said)

    def on_resize(self) -> None:
        """Lay the columns out again."""
        super().on_resize()
        self.call_after_refresh(self.begin)

    def action_group(self, letter: str) -> None:
        """The first key."""
        self._group = letter
        self.begin()

    def action_kind(self, digit: int) -> None:
        """The second key."""
        found = category(f"{self._group}{digit}")
        if found is not None:
            self.answer(found.code)

    def action_back(self) -> None:
        """Take the first key back, or leave."""
        if self._group:
            self.action_group("")
        else:
            super().action_back()


async def report(stage: Stage, candidate: str = "") -> None:
    """Ask for an incident and write it down. `candidate` is proposed; empty proposes the room."""
    console = stage.presenter
    whom = await _whom(stage, candidate)
    code = cast("str", await stage.ask(KindScreen()))
    kind = cast("Category", category(code))
    needed = code == OTHER

    def check(values: tuple[str, ...]) -> str:
        ago = values[1].strip()
        if needed and not values[0].strip():
            return "This kind needs words: what happened?"
        fits = ago.isascii() and ago.isdecimal() and int(ago) <= LONGEST_AGO
        return "" if fits else f"Minutes ago: a number from 0 to {LONGEST_AGO}."

    who = ", ".join(whom) or "the room"
    words = [
        (f"{kind.code}  {kind.words}", Role.STRONG),
        (f"For {who}, now {clock_words(console.now())}.", Role.TEXT),
    ]
    fields = (
        LineField(limit=TEXT, label="What happened "),
        LineField(limit=MINUTES, label="Minutes ago   ", value="0"),
        LineField(limit=SHORT, label="Witnesses     "),
        LineField(limit=SHORT, label="What was done "),
    )
    screen = FormScreen("Incident", words, fields, check=check, place="Incident")
    typed = cast("tuple[str, str, str, str]", await stage.ask(screen))
    text, ago, witnesses, follow_up = (one.strip() for one in typed)
    number = await stage.work(
        "Writing it down",
        lambda: console.report(kind.code, whom, int(ago), text, witnesses, follow_up),
    )
    said = f"Incident {number} is in the sitting's journal, signed by {console.proctor}."
    await tell(
        stage, WordsScreen("Written down", f"{said}\n\n{kind.code}  {kind.words}\nFor {who}", "Incident")
    )


async def _whom(stage: Stage, candidate: str) -> tuple[str, ...]:
    """The candidate that is proposed, the room, or another number."""
    entries = ["The whole room", "Another candidate, by number"]
    if candidate:
        entries.insert(0, f"{candidate}  {stage.presenter.row(candidate).name}")
    chosen = cast("int", await stage.ask(ChoiceScreen("Whom does it concern?", entries)))
    at = chosen + (not candidate)
    if at == 0:
        return (candidate,)
    return () if at == 1 else (await _number(stage),)


async def _number(stage: Stage) -> str:
    known = {entry.candidate.casefold(): entry.candidate for entry in stage.presenter.plan.roster}

    def check(values: tuple[str, ...]) -> str:
        return "" if values[0].strip().casefold() in known else "That number is not on the roster."

    field = LineField(limit=NUMBER, label="Candidate number")
    screen = FormScreen("Which candidate?", (), (field,), check=check, place="Incident")
    (typed,) = cast("tuple[str]", await stage.ask(screen))
    return known[typed.strip().casefold()]


def incident_lines(incidents: Iterable[Dated[IncidentReported]]) -> str:
    """Incidents as lines: number, when, kind, whom, and what was written."""
    lines: list[str] = []
    for one in incidents:
        event = one.event
        kind = category(event.category)
        who = ", ".join(sanitise(number, limit=NUMBER) for number in event.candidates) or "the room"
        lines.append(
            f"{event.incident}.  {clock_words(event.began)}  {event.category} {kind.words if kind else ''}"
        )
        lines.append(f"    {who}")
        lines += [
            f"    {sanitise(words, limit=TEXT)}"
            for words in (event.text, event.witnesses, event.follow_up)
            if words
        ]
        lines.append("")
    return "\n".join(lines)


def _groups(*, narrow: bool) -> list[Span]:
    """Every group with its kinds in words; where there is no room for them, the groups."""
    said: list[Span] = []
    for letter, words in GROUPS.items():
        kinds = ", ".join(f"{one.code[1]} {one.words}" for one in CATEGORIES if one.code[0] == letter)
        said.append((f"{letter}  \t{words}" + ("" if narrow else f": {kinds}"), Role.TEXT))
    return said
