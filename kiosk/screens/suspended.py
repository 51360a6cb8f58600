"""SUSPENDED: what happened, in words, and the proctor's resume code; then whether the lost time is given back.

Code and choice go together: the code is looked at only once the choice is made, with what was lost up to that moment.
"""

from __future__ import annotations

from dataclasses import replace

from keys.encoding import grouped
from kiosk.protocol import Command, EnterResumeCode, Problem
from kiosk.screens.form import CODE_LENGTH, FormScreen
from kiosk.screens.link import Link
from kiosk.screens.wording import facts_rows
from kiosk.words import spoken
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import CodeField, KeyBar, LineField, Span

GIVE = Key(("y", "Y"), "Y", N_("after the code: give the lost time back"), "credit(1)", N_("give back"))
KEEP = Key(("n", "N"), "N", N_("after the code: do not give it back"), "credit(0)", N_("do not"))
AGAIN = Key(
    ("b", "B", "escape"), "B", N_("after the code: type it again; also Esc"), "again", N_("back to the code")
)


class SuspendedScreen(FormScreen):
    """Nothing of the exam is shown. Enter takes the code; Y or N then says what becomes of the lost time."""

    KEYS = (
        Key(("enter",), "Enter", N_("send the resume code"), "send", N_("resume")),
        replace(GIVE, bar=""),
        replace(KEEP, bar=""),
        replace(AGAIN, bar=""),
    )
    PLACE = N_("Suspended")
    OPENS = ()
    CHECKING = N_("Checking the resume code ...")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._asked = False

    def words(self) -> list[Span]:
        view = self.view
        facts = (
            (N_("Candidate"), f"{view.name}  {view.candidate}" if view.candidate else ""),
            (N_("Lost time"), spoken(self.link.lost) if view.lost else ""),
            (N_("Checkpoint"), grouped(view.checkpoint)),
            (N_("Support"), view.support),
        )
        code = _("Proctor: type resume code {n}, then press Enter.").format(n=view.resume_n)
        return [
            (_("The sitting is suspended."), Role.STRONG),
            ("", Role.RULE),
            ("", Role.TEXT),
            *(((view.cause, Role.TEXT),) if view.cause else ()),
            (_("Everything that was saved is kept."), Role.TEXT),
            (_("Candidate: raise your hand and wait for the proctor."), Role.TEXT),
            ("", Role.TEXT),
            *facts_rows(facts),
            ("", Role.TEXT),
            (code if view.resume_n else _("Proctor: type the resume code, then press Enter."), Role.STRONG),
            ("", Role.TEXT),
        ]

    def fields(self) -> list[LineField]:
        return [CodeField(limit=CODE_LENGTH, label=_("Resume code"))]

    def bar(self) -> tuple[Key, ...]:
        return (GIVE, KEEP, AGAIN) if self._asked else self.table()

    def tick(self) -> None:
        super().tick()
        self.draw_words()
        self.say()

    def _take(self, problem: Problem | None) -> None:
        self._asked = False
        super()._take(problem)

    def command(self) -> Command | None:
        field = self.query_one(CodeField)
        return EnterResumeCode(field.value, credit=False) if field.complete else None

    def send(self) -> None:
        """Send the code, or ask about the lost time first."""
        if not self.view.lost or self._wait or not self.query_one(CodeField).complete:
            super().send()
            return
        self._asked = True
        self.set_focus(None)
        self.show()

    def said(self) -> list[Span]:
        """The question about the lost time, once the code is typed."""
        if not self._asked:
            return super().said()
        return [
            (_("If the code is right, give {time} back?").format(time=spoken(self.link.lost)), Role.STRONG),
            (_("Y: give it back.   N: do not.   B: back to the code."), Role.TEXT),
        ]

    def action_send(self) -> None:
        """Enter outside the field."""
        if not self._asked:
            self.send()

    def action_credit(self, given: int) -> None:
        """Send the code with the choice about the lost time."""
        if self._asked and not self.link.moving:
            self._asked = False
            self.query_one(KeyBar).set_keys(self.bar())
            self.submit(EnterResumeCode(self.query_one(CodeField).value, credit=bool(given)))

    def action_again(self) -> None:
        """Return to the field."""
        self._asked = False
        self.set_focus(self.query_one(CodeField))
        self.show()
