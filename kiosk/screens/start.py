"""LOCKED: the proctor types the start code."""

from __future__ import annotations

from kiosk.protocol import Command, EnterStartCode
from kiosk.screens.form import CODE_LENGTH, FormScreen
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Span


class StartScreen(FormScreen):
    """The kiosk before its sitting: who it is, and a field for the start code."""

    KEYS = (Key(("enter",), "Enter", "send the start code", "send", "start"),)
    PLACE = "Locked"
    CHECKING = "Checking the start code ..."

    def words(self) -> list[Span]:
        view = self.view
        return [
            (view.title or "Exam Kiosk", Role.STRONG),
            ("", Role.RULE),
            *(((view.notice, Role.MUTED),) if view.notice else ()),
            ("", Role.TEXT),
            (f"Kiosk     {view.kiosk}", Role.TEXT),
            (f"Site      {view.site}", Role.TEXT),
            *(((f"Sitting   {view.sitting}", Role.TEXT),) if view.sitting else ()),
            *(((f"Support   {view.support}", Role.TEXT),) if view.support else ()),
            ("", Role.TEXT),
            ("This kiosk is locked.", Role.STRONG),
            ("Proctor: type the start code for this kiosk, then press Enter.", Role.TEXT),
            ("", Role.TEXT),
        ]

    def fields(self) -> list[LineField]:
        return [CodeField(limit=CODE_LENGTH, label="Start code")]

    def command(self) -> Command | None:
        field = self.query_one(CodeField)
        return EnterStartCode(field.value) if field.complete else None

    def said(self) -> list[Span]:
        """What became of the last try; a code that is not right may be another kiosk's."""
        problem, said = self.view.problem, super().said()
        if problem is None or problem.code != "code-wrong" or not said:
            return said
        return [*said[:-1], (f"Check that it is the code for {self.view.kiosk}.", Role.TEXT), said[-1]]

    def action_send(self) -> None:
        """Enter outside the field."""
        self.send()
