"""SIGN_IN: candidate number and admission code."""

from __future__ import annotations

from kiosk.protocol import Command, SignIn
from kiosk.screens.form import CODE_LENGTH, LAST_FIELD, NEXT_FIELD, FormScreen
from terminal.keys import Key
from terminal.theme import Role
from terminal.widgets import CodeField, LineField, Span

LONGEST_NUMBER = 24


class SignInScreen(FormScreen):
    """Two fields: the number, then the code from the admission slip."""

    KEYS = (
        Key(("enter",), "Enter", "go on; in the last field: sign in", "send", "go on"),
        NEXT_FIELD,
        LAST_FIELD,
    )
    PLACE = "Sign in"
    CHECKING = "Checking the admission code ..."

    def words(self) -> list[Span]:
        return [
            ("Sign in", Role.STRONG),
            ("", Role.RULE),
            ("", Role.TEXT),
            ("Type your candidate number and press Enter.", Role.TEXT),
            ("Then type the admission code that the proctor gave you.", Role.TEXT),
            ("", Role.TEXT),
        ]

    def fields(self) -> list[LineField]:
        return [
            LineField(limit=LONGEST_NUMBER, label="Candidate number "),
            CodeField(limit=CODE_LENGTH, label="Admission code   "),
        ]

    def command(self) -> Command | None:
        number, code = self.query(LineField)
        if not isinstance(code, CodeField) or not number.value.strip() or not code.complete:
            return None
        return SignIn(number.value.strip(), code.value)

    def action_send(self) -> None:
        """Enter outside a field."""
        self.send()
