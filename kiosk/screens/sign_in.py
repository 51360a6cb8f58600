"""SIGN_IN: candidate number and admission code; for a candidate who moves here, also where the test stood."""

from __future__ import annotations

from dataclasses import replace

from textual.containers import Vertical

from kiosk.protocol import Command, Problem, SignIn
from kiosk.screens.form import CODE_LENGTH, LAST_FIELD, NEXT_FIELD, FormScreen
from kiosk.screens.link import Link
from kiosk.screens.seat import COMFORT, PROCTOR
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Span

KEEPS_NUMBER = frozenset({"code-mistyped", "code-wait", "move-in-incomplete"})
"""Refusals before which the number was not looked at, or was found; after any other one both are typed again."""
LONGEST_NUMBER = 24
LONGEST_MINUTES = 3


class SignInScreen(FormScreen):
    """Two fields: the number, then the code from the admission slip. F8 asks for two more, for a move-in code."""

    KEYS = (
        Key(("enter",), "Enter", N_("go on; in the last field: sign in"), "send", N_("go on")),
        replace(NEXT_FIELD, bar=N_("next field")),
        LAST_FIELD,
        Key(
            ("f8", "escape"),
            "F8",
            N_("proctor: the candidate moves here from another kiosk; F8 or Esc goes back"),
            "move",
            N_("move in (proctor)"),
        ),
    )
    OPENS = (PROCTOR, COMFORT)
    PLACE = N_("Sign in")
    CHECKING = N_("Checking the admission code ...")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._moving_in = False

    def words(self) -> list[Span]:
        if self._moving_in:
            return [
                (_("Sign in: go on with a test from another kiosk"), Role.STRONG),
                ("", Role.RULE),
                ("", Role.TEXT),
                (_("Proctor: type the candidate number and the move-in code from the desk."), Role.TEXT),
                (_("Then type the checkpoint code and the minutes left of the other kiosk."), Role.TEXT),
                ("", Role.TEXT),
            ]
        return [
            (_("Sign in"), Role.STRONG),
            ("", Role.RULE),
            ("", Role.TEXT),
            (_("Type your candidate number and press Enter."), Role.TEXT),
            (_("Then type the admission code that the proctor gave you."), Role.TEXT),
            ("", Role.TEXT),
        ]

    def fields(self) -> list[LineField]:
        labels = [_("Candidate number"), _("Admission code"), _("Checkpoint code"), _("Minutes left")]
        width = max(map(len, labels)) + 1
        number, code, checkpoint, minutes = (label.ljust(width) for label in labels)
        fields: list[LineField] = [
            LineField(limit=LONGEST_NUMBER, label=number),
            CodeField(limit=CODE_LENGTH, label=code),
        ]
        if self._moving_in:
            fields += [
                CodeField(limit=CODE_LENGTH, label=checkpoint),
                LineField(limit=LONGEST_MINUTES, label=minutes),
            ]
        return fields

    def command(self) -> Command | None:
        typed = [field.value.strip() for field in self.query(LineField)]
        whole = all(field.complete for field in self.query(CodeField))
        if not typed[0] or not whole:
            return None
        if not self._moving_in:
            return SignIn(typed[0], typed[1])
        minutes = int(typed[3]) if typed[3].isascii() and typed[3].isdigit() else 0
        return SignIn(typed[0], typed[1], typed[2], minutes) if minutes else None

    def missing(self) -> str:
        if self._moving_in and all(field.complete for field in self.query(CodeField)):
            return _("Type the number, and the minutes left as a whole number.")
        return super().missing()

    def bar(self) -> tuple[Key, ...]:
        back = N_("back")
        return tuple(
            replace(row, bar=back) if self._moving_in and row.action == "move" else row for row in self.rows()
        )

    def _take(self, problem: Problem | None) -> None:
        super()._take(problem)
        if problem and problem.code not in KEEPS_NUMBER:
            for field in self.query(LineField):
                field.set_value("")
            self._focus(0)

    async def press(self, key: str, character: str) -> None:
        """Esc only goes back."""
        if key != "escape" or self._moving_in:
            await super().press(key, character)

    def action_send(self) -> None:
        """Enter outside a field."""
        self.send()

    async def action_move(self) -> None:
        """Ask for two more fields, or for the two alone; what is typed stays."""
        self.forget()
        kept = [field.value for field in self.query(LineField)][:2]
        self._moving_in = not self._moving_in
        await self.query(LineField).remove()
        fields = self.fields()
        await self.query_one(".form", Vertical).mount(*fields, before="#problem")
        for field, value in zip(fields, kept, strict=False):
            field.set_value(value)
        self._focus(0)
        self.show()
