"""One candidate: what is known, and every act that concerns them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.containers import Vertical

from keys.text import sanitise
from proctor.screens import acts, incident
from proctor.screens.stand import BACK, DeskScreen, Stage
from proctor.state import Checked
from proctor.widgets.page import FactsPage, columns, facts
from results.wire import acts as lists
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import Span

_ACTS: tuple[tuple[Key, Callable[[Stage, str], Awaitable[None]]], ...] = (
    (Key(("a", "A"), "A", "admit", "act(0)", "admit"), acts.admit),
    (Key(("g", "G"), "G", "give time", "act(1)", "give time"), acts.give_time),
    (Key(("t", "T"), "T", "take time", "act(2)"), acts.take_time),
    (Key(("b", "B"), "B", "break over", "act(3)", "break over"), acts.break_over),
    (Key(("r", "R"), "R", "resume code", "act(4)", "resume"), acts.resume),
    (Key(("m", "M"), "M", "move", "act(5)", "move"), acts.move),
    (Key(("c", "C"), "C", "checkpoint heard", "act(6)"), acts.hear),
    (Key(("i", "I"), "I", "write incident", "act(7)", "incident"), incident.report),
    (Key(("l", "L"), "L", "list incidents", "act(8)"), acts.told_incidents),
    (Key(("d", "D"), "D", "declare absence", "act(9)"), acts.declare),
    (Key(("x", "X"), "X", "turn away", "act(10)"), acts.refuse),
    (Key(("e", "E"), "E", "end the test", "act(11)"), acts.end),
    (Key(("v", "V"), "V", "void the test", "act(12)"), acts.void),
)


class CardScreen(DeskScreen):
    """The card of a candidate. Each letter begins one act, which asks before it does anything."""

    KEYS = (BACK, *(key for key, _ in _ACTS))
    PLACE = "Candidate"

    def __init__(self, candidate: str) -> None:
        super().__init__()
        self._candidate = candidate

    def middle(self) -> ComposeResult:
        with Vertical(classes="inset"):
            yield FactsPage()

    def begin(self) -> None:
        self.query_one(FactsPage).set_paragraphs(self._words())

    def freshen(self) -> None:
        super().freshen()
        if self.stands:
            self.begin()

    def _words(self) -> list[Span]:
        console, state = self.console, self.console.state
        row, entry = console.row(self._candidate), console.entry(self._candidate)
        granted = entry.accommodations
        planned = (
            (granted.extra_percent, f"{granted.extra_percent}% more time"),
            (granted.extra_minutes, f"{granted.extra_minutes} min more"),
            (granted.extra_breaks, f"{granted.extra_breaks} more breaks"),
            (granted.note, sanitise(granted.note, limit=200)),
        )
        minutes = (
            f"{row.minutes} min with what was given and taken"
            if row.minutes is not None
            else "not known here"
        )
        known = (
            ("Seat", row.seat or "none yet"),
            ("Identity", _checked(state.identity(self._candidate))),
            ("Time limit", minutes),
            ("Granted", ", ".join(words for holds, words in planned if holds) or "nothing more"),
            ("Codes", f"{row.issued} issued here; {row.redeemed} redeemed, by what came back"),
            ("Incidents", str(row.incidents or "none")),
            ("Look", ", ".join(row.trouble)),
        )
        return [
            (f"{row.candidate}  {row.name}", Role.STRONG),
            ("", Role.RULE),
            *facts(known),
            ("Acts", Role.RULE),
            *columns([f"{key.label}  {key.help}" for key, _ in _ACTS], 3, 20),
            ("", Role.RULE),
            *facts((("Came back", row.came), ("Done here", row.here))),
        ]

    def action_act(self, at: int) -> None:
        """Begin an act."""
        flow, who = _ACTS[at][1], self._candidate
        self.stage.begin(lambda stage: flow(stage, who))


def _checked(checked: Checked | None) -> str:
    if checked is None:
        return "not checked yet"
    last = checked.last
    words = {one.code: one.words for one in lists.DOCUMENTS}
    said = [sanitise(words.get(last.document, last.document), limit=40)]
    said.append("photo seen" if last.photo_seen else "no photo seen")
    said.append("names match" if last.name_matches else f"names differ: {sanitise(last.note, limit=80)}")
    return ", ".join(said)
