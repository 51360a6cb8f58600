"""F9, in every phase of an open session: the proctor types an action code, and the screen says what it did.

Rules.
1. Nothing of the exam is on this screen.
2. A code is exact: it is redeemed as it is typed, without a second question; what it did is said in words.
3. What a code says of itself (its verb) is only put into words here; the session alone decides.
"""

from __future__ import annotations

from keys.encoding import grouped, uncrockford
from kiosk.protocol import Command, EnterActionCode, Phase
from kiosk.screens.form import CODE_LENGTH, FormScreen
from kiosk.screens.link import Link
from kiosk.screens.wording import facts_rows
from kiosk.words import clock
from terminal.keys import Key
from terminal.language import N_, _, plural
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Span

ADD, TAKE, ADD_TWO_PERSON = 1, 2, 3
"""What a verb of 256 and more is, by its high bits (`keys.codes.Verb`); the low ones are minutes."""
MINUTES = 256
COPIES = {
    "follows": N_("keeps a copy of what is saved"),
    "lost": N_("! does not answer: no copy is kept; the candidate goes on"),
}
"""What is said of the mirror, by `View.mirror`."""


class ProctorScreen(FormScreen):
    """Who sits here and how the session stands, and a field for an action code."""

    KEYS = (
        Key(("enter",), "Enter", N_("send the code"), "send", N_("send")),
        Key(("f9", "escape"), "F9", N_("back to the candidate's screen; also Esc"), "back", N_("back")),
    )
    OPENS = ()
    PLACE = N_("Proctor")
    CHECKING = N_("Checking the code ...")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._problem = self._before = link.view.problem
        self._typed = ""

    def words(self) -> list[Span]:
        view = self.view
        facts = (
            (N_("Candidate"), f"{view.name}  {view.candidate}" if view.candidate else ""),
            (N_("Kiosk"), f"{view.kiosk}   {view.site}"),
            (N_("Checkpoint"), grouped(view.checkpoint)),
            (N_("Second drive"), _(COPIES[view.mirror]) if view.mirror else ""),
            (
                N_("Time left"),
                clock(self.link.remaining) if view.phase in {Phase.TESTING, Phase.PAUSED} else "",
            ),
            (N_("Support"), view.support),
        )
        return [
            (_("For the proctor"), Role.STRONG),
            ("", Role.RULE),
            ("", Role.TEXT),
            *facts_rows(facts),
            ("", Role.TEXT),
            (_("The desk gives a code for each act: end a break, add or take time, end, void."), Role.TEXT),
            (_("A code for the room pauses or resumes every kiosk."), Role.TEXT),
            ("", Role.TEXT),
            (_("Type the action code, then press Enter. F9 goes back."), Role.STRONG),
            ("", Role.TEXT),
        ]

    def fields(self) -> list[LineField]:
        return [CodeField(limit=CODE_LENGTH, label=_("Action code"))]

    def command(self) -> Command | None:
        field = self.query_one(CodeField)
        self._typed = field.value if field.complete else ""
        return EnterActionCode(field.value) if field.complete else None

    def done(self) -> None:
        field = self.query_one(CodeField)
        field.set_value("")
        self.set_focus(field)
        self.tell(done_words(self._typed, self.link.remaining))

    def said(self) -> list[Span]:
        if self._problem == self._before and not self._typed and not self._note:
            return []
        return super().said()

    def tick(self) -> None:
        super().tick()
        self.draw_words()

    def action_send(self) -> None:
        """Enter outside the field."""
        self.send()

    def action_back(self) -> None:
        """Return to the candidate's screen."""
        self.leave()


def done_words(code: str, remaining: int) -> str:
    """What a redeemed code did, by its verb, with `remaining` ms left now."""
    kind, minutes = divmod(uncrockford(code[:2]), MINUTES)
    if kind in {ADD, ADD_TWO_PERSON}:
        words = plural("{n} minute was added: {time} left.", "{n} minutes were added: {time} left.", minutes)
    elif kind == TAKE:
        words = plural("{n} minute was taken: {time} left.", "{n} minutes were taken: {time} left.", minutes)
    else:
        words = _("The code was used.")
    return words.format(n=minutes, time=clock(remaining))
