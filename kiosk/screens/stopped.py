"""STOPPED: what happened, whom to call, and how to start again once the machine was seen to."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from keys.encoding import grouped
from kiosk.protocol import StartAgain
from kiosk.screens.link import Link
from kiosk.screens.seat import KioskScreen
from kiosk.screens.wording import facts_rows, problem_words
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span

ASK = Key(
    ("f10",), "F10", N_("proctor: start again; you are asked once more"), "ask", N_("start again (proctor)")
)
YES = Key(("y", "Y"), "Y", N_("after F10: yes, start again"), "again", N_("start again"))
NO = Key(("n", "N", "escape"), "N", N_("after F10: not yet; also Esc"), "stay", N_("not yet"))


class StoppedScreen(KioskScreen):
    """What happened, the next step, and where starting again may help: F10, then Y, with the code it will ask for."""

    KEYS = (ASK, replace(YES, bar=""), replace(NO, bar=""))
    OPENS = ()
    PLACE = N_("Stopped")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._asking = False

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")

    def show(self) -> None:
        view = self.view
        facts = (
            (N_("Kiosk"), f"{view.kiosk}   {view.site}"),
            (N_("Candidate"), view.candidate),
            (N_("Checkpoint"), grouped(view.checkpoint)),
        )
        self.query_one(Page).set_paragraphs(
            [
                (_("This kiosk has stopped."), Role.STRONG),
                ("", Role.RULE),
                ("", Role.TEXT),
                (_("Candidate: raise your hand. What was saved is kept."), Role.TEXT),
                ("", Role.TEXT),
                *problem_words(view.problem, view.support),
                ("", Role.TEXT),
                *self._way_on(),
                *facts_rows(facts, Role.MUTED),
            ]
        )
        super().show()

    def _way_on(self) -> list[Span]:
        n = self.view.resume_n
        if not n:
            return []
        if self._asking:
            return [
                (_("Start again now? Resume code {n} is needed then.").format(n=n), Role.ALERT),
                (_("Y: start again.   N: not yet."), Role.TEXT),
                ("", Role.TEXT),
            ]
        return [
            (_("To start again press F10, then Y; resume code {n} is needed.").format(n=n), Role.STRONG),
            ("", Role.TEXT),
        ]

    def bar(self) -> tuple[Key, ...]:
        if self._asking:
            return (YES, NO)
        return tuple(key for key in self.table() if key is not ASK or self.view.resume_n)

    def action_ask(self) -> None:
        """Take the first step of starting again, where that may help."""
        self._asking = bool(self.view.resume_n)
        self.show()

    def action_stay(self) -> None:
        """Do not start again yet."""
        self._asking = False
        self.show()

    def action_again(self) -> None:
        """Let the session process end; a fresh one is started."""
        if self._asking:
            self.link.submit(StartAgain())
