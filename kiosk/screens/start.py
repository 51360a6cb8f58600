"""LOCKED: the proctor types the start code."""

from __future__ import annotations

from kiosk.protocol import Command, EnterStartCode
from kiosk.screens.form import CODE_LENGTH, FormScreen
from kiosk.screens.seat import COMFORT
from kiosk.screens.wording import facts_rows
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Span


class StartScreen(FormScreen):
    """The kiosk before its sitting: who it is, and a field for the start code."""

    KEYS = (Key(("enter",), "Enter", N_("send the start code"), "send", N_("start")),)
    OPENS = (COMFORT,)
    PLACE = N_("Locked")
    CHECKING = N_("Checking the start code ...")

    def words(self) -> list[Span]:
        view = self.view
        facts = (
            (N_("Kiosk"), view.kiosk),
            (N_("Site"), view.site),
            (N_("Sitting"), view.sitting),
            (N_("Support"), view.support),
        )
        return [
            (view.title or "Exam Kiosk", Role.STRONG),
            ("", Role.RULE),
            *(((view.notice, Role.MUTED),) if view.notice else ()),
            ("", Role.TEXT),
            *facts_rows(facts),
            ("", Role.TEXT),
            (_("This kiosk is locked."), Role.STRONG),
            (_("Proctor: type the start code for this kiosk, then press Enter."), Role.TEXT),
            ("", Role.TEXT),
        ]

    def fields(self) -> list[LineField]:
        return [CodeField(limit=CODE_LENGTH, label=_("Start code"))]

    def command(self) -> Command | None:
        field = self.query_one(CodeField)
        return EnterStartCode(field.value) if field.complete else None

    def said(self) -> list[Span]:
        """What became of the last try; a code that is not right may be another kiosk's."""
        problem, said = self.view.problem, super().said()
        if problem is None or problem.code != "code-wrong" or not said:
            return said
        check = _("Check that it is the code for {kiosk}.").format(kiosk=self.view.kiosk)
        return [*said[:-1], (check, Role.TEXT), said[-1]]

    def action_send(self) -> None:
        """Enter outside the field."""
        self.send()
