"""FINISHED: how it ended, the counts, the receipt code, and where the sealed record is."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Middle, Vertical

from keys.encoding import grouped
from kiosk.protocol import Ending, Leave
from kiosk.screens.link import Link
from kiosk.screens.seat import KioskScreen
from kiosk.screens.wording import facts_rows, problem_words
from kiosk.widgets.plate import Plate
from kiosk.words import moment, outcome_words
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span

YES = Key(("y", "Y"), "Y", N_("after F10: yes, leave"), "leave", N_("leave"))
NO = Key(("n", "N", "escape"), "N", N_("after F10: stay; also Esc"), "stay", N_("stay"))
ROOMY = 24
"""Rows from which the parts of the screen are set apart."""


class FinishedScreen(KioskScreen):
    """The last screen. The proctor leaves it with F10, then Y."""

    KEYS = (
        Key(
            ("f10",),
            "F10",
            N_("proctor: leave this screen; you are asked once more"),
            "ask",
            N_("leave (proctor)"),
        ),
        replace(YES, bar=""),
        replace(NO, bar=""),
    )
    OPENS = ()
    PLACE = N_("Finished")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._asking = False

    def middle(self) -> ComposeResult:
        with Middle(), Vertical(classes="form"):
            yield Page(id="words")
            yield Plate(id="receipt")
            yield Page(id="after")

    def show(self) -> None:
        ending = self.view.ending
        if ending is None:
            return
        self.query_one("#words", Page).set_paragraphs(_before(ending, roomy=self.app.size.height >= ROOMY))
        plate = self.query_one(Plate)
        plate.set_code(grouped(ending.receipt))
        plate.display = bool(ending.receipt)
        self.query_one("#after", Page).set_paragraphs(self._after(ending))
        super().show()

    def _after(self, ending: Ending) -> list[Span]:
        support = self.view.support
        told = Role.TEXT if ending.carried else Role.ALERT
        exported = [(ending.exported, told)] if ending.exported else []
        if self._asking:
            not_yet = _("! Not on a carrier yet: the sealed record is only on this machine.")
            return [
                *exported,
                *([(not_yet, Role.ALERT)] if not ending.carried else []),
                (_("Proctor: leave this screen? Y leaves, N stays."), Role.ALERT),
            ]
        copy = _(
            "Copy this receipt code. With it the exam centre can confirm that your record arrived whole."
        )
        return [
            *([(copy, Role.TEXT)] if ending.receipt else []),
            *([("", Role.TEXT)] if self.app.size.height >= ROOMY else []),
            *([(ending.result_notice, Role.TEXT)] if ending.result_notice else []),
            *exported,
            *([(_("Support: {contact}").format(contact=support), Role.MUTED)] if support else []),
            *problem_words(self.view.problem, support),
        ]

    def bar(self) -> tuple[Key, ...]:
        return (YES, NO) if self._asking else self.table()

    def action_ask(self) -> None:
        """Take the first step of leaving."""
        self._asking = True
        self.show()

    def action_stay(self) -> None:
        """Do not leave."""
        self._asking = False
        self.show()

    def action_leave(self) -> None:
        """Let the session process end, and this one after it."""
        if self._asking:
            self.link.left = True
            self.link.submit(Leave())


def _before(ending: Ending, *, roomy: bool) -> list[Span]:
    how, what = outcome_words(ending)
    counts = (
        (
            (N_("Answered"), str(ending.answered)),
            (N_("Not answered"), str(ending.unanswered)),
            (N_("Flagged"), str(ending.flagged)),
        )
        if ending.answered or ending.unanswered
        else ()
    )
    ended = moment(ending.handed_in_at) if ending.handed_in_at else ""
    when = N_("Handed in") if ending.outcome in {"completed", "timed out"} else N_("Ended")
    apart: list[Span] = [("", Role.TEXT)] if roomy else []
    return [
        (how, Role.STRONG),
        ("", Role.RULE),
        (what, Role.TEXT),
        *apart,
        *facts_rows((*counts, (when, ended))),
        *apart,
    ]
