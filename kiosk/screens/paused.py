"""PAUSED: nothing of the exam is shown until a code ends the pause; and the question before a break is taken."""

from __future__ import annotations

from dataclasses import replace

import msgspec
from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from kiosk.protocol import TakeBreak
from kiosk.screens.seat import PROCTOR, TIME, KioskScreen
from kiosk.screens.wording import facts_rows, problem_words
from kiosk.words import clock, pause_words
from terminal.keys import Key
from terminal.language import N_, _, plural
from terminal.theme import Role
from terminal.widgets import Page, Span, StatusBar

TITLES = {
    "scheduled": N_("Break"),
    "unscheduled": N_("Your break"),
    "room": N_("The room is paused"),
    "hold": N_("Please wait"),
}
BACK_AGAIN = N_("When you are back, sit down and raise your hand.")
WAITING = {"room": N_("Stay at your place and wait for the proctor."), "hold": ""}
RUNS = {
    "runs": N_("The test clock runs on during the break."),
    "stops": N_("The test clock stands still during the break."),
}


class PausedScreen(KioskScreen):
    """Why nothing of the exam is shown, what the clock does, and who ends it."""

    KEYS = (replace(PROCTOR, bar=N_("proctor: type the code")),)
    OPENS = ()
    PLACE = N_("Paused")

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")

    def show(self) -> None:
        self._words()
        super().show()

    def tick(self) -> None:
        super().tick()
        self._words()

    def _words(self) -> None:
        view, link = self.view, self.link
        if view.rest is None:
            return
        rest = msgspec.structs.replace(view.rest, remaining=link.rest)
        facts = (
            (N_("Break time left"), clock(rest.remaining) if rest.length else ""),
            (N_("Test time left"), clock(link.remaining) if view.limit and rest.kind != "hold" else ""),
            (N_("Candidate"), f"{view.name}  {view.candidate}".strip()),
            (N_("Support"), view.support),
        )
        words: list[Span] = [
            (_(TITLES.get(rest.kind, TITLES["room"])), Role.STRONG),
            ("", Role.RULE),
            ("", Role.TEXT),
            *((said, Role.TEXT) for said in pause_words(rest)),
            *((_(said), Role.TEXT) for said in (WAITING.get(rest.kind, BACK_AGAIN),) if said),
            ("", Role.TEXT),
            *facts_rows(facts),
            ("", Role.TEXT),
            (_("Everything that was saved is kept."), Role.TEXT),
            ("", Role.TEXT),
            (_("Proctor: press F9 and type the code that ends the pause."), Role.STRONG),
            *problem_words(view.problem, view.support),
        ]
        self.query_one(Page).set_paragraphs(words)


class BreakScreen(KioskScreen):
    """Over a question: how many breaks are left, what the clock does, and whether to take one now."""

    KEYS = (
        Key(("y", "Y"), "Y", N_("yes, take a break now"), "take", N_("take a break")),
        Key(
            ("n", "N", "escape", "q", "Q"), "N", N_("no, back to the question; also Esc"), "back", N_("back")
        ),
        TIME,
    )
    PLACE = N_("Break")

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")
        yield StatusBar()

    def show(self) -> None:
        self.query_one(Page).set_paragraphs(
            [
                (_("Take a break?"), Role.STRONG),
                ("", Role.RULE),
                ("", Role.TEXT),
                *((said, Role.TEXT) for said in self._offer()),
                ("", Role.TEXT),
                *problem_words(self.view.problem, self.view.support),
            ]
        )
        super().show()

    def _offer(self) -> list[str]:
        left = self.view.breaks
        if not left:
            return [_("You have no break left."), _("If you must leave, raise your hand.")]
        return [
            plural("You have {n} break left.", "You have {n} breaks left.", left).format(n=left),
            _(RUNS.get(self.view.break_clock, "")),
            _("No question is shown until the proctor ends your break with a code."),
            _("Your answers are saved and your place is kept."),
            "",
            _("Y: take a break now.   N: back to the question."),
        ]

    def bar(self) -> tuple[Key, ...]:
        return tuple(key for key in self.table() if key.action != "take" or self.view.breaks)

    def tick(self) -> None:
        super().tick()
        saving = "" if self.link.settled else _("saving ...")
        self.query_one(StatusBar).set_facts([*self.link.warnings(), (saving, Role.TEXT)])

    def action_take(self) -> None:
        """Begin the break; what was typed before is on its way already."""
        if self.view.breaks:
            self.link.submit(TakeBreak())

    def action_back(self) -> None:
        """Return to the question."""
        self.leave()
