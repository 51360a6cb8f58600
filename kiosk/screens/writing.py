"""A screen on which a text of several lines is written: what it is for, the editor, how it stands."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from kiosk.protocol import Command, View
from kiosk.screens.draft import Draft
from kiosk.screens.link import Link
from kiosk.screens.reading import ROOMY
from kiosk.screens.seat import TIME, KioskScreen
from kiosk.screens.wording import problem_words
from kiosk.widgets.editor import Editor
from terminal.keys import HELP, Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span, StatusBar

DONE = Key(
    ("f3", "escape"), "F3", N_("save and go back to the question; also Esc"), "back", N_("save, go back")
)
TIME_KEY = Key(("f2",), "F2", TIME.help, TIME.action, TIME.bar)
"""Letters are text here."""


class WritingScreen(KioskScreen):
    """An editor for one text of the view. A subclass says which text, how long it may be and how it is sent."""

    KEYS = (DONE, TIME_KEY)
    LIMIT: ClassVar[int] = 0
    OF_ITEM: ClassVar[bool] = True
    """Whether the text belongs to the question on the screen, so that it is left with the question."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._item = self.item()
        self._draft = Draft(self, self._send, self.saved(self.view), link.is_hurried)

    def heading(self) -> str:
        """What is written here."""
        return ""

    def notice(self) -> str:
        """Who will see it."""
        return ""

    def saved(self, view: View) -> str:
        """The text as this view has it."""
        del view
        return ""

    def command(self, text: str) -> Command | None:
        """The command that saves this text. Subclasses say which."""
        del text
        return None

    def item(self) -> str:
        """The question that the text belongs to."""
        return self.view.question.item.id if self.OF_ITEM and self.view.question else ""

    def middle(self) -> ComposeResult:
        yield Page(id="heading", classes="inset")
        yield Editor(limit=self.LIMIT, text=self.saved(self.view), classes="inset")
        yield Page(id="problem", classes="inset")
        yield StatusBar()

    def begin(self) -> None:
        """Put the caret at the end of the text."""
        self.set_focus(self.query_one(Editor))

    def show(self) -> None:
        if self.item() != self._item:
            self.leave()
            return
        self._catch_up()
        problem = self.view.problem
        settled = self.link.settled
        self._draft.hear(self.saved(self.view), settled=settled, refused=settled and problem is not None)
        above: list[Span] = [("", Role.TEXT)] if self.app.size.height >= ROOMY else []
        words: list[Span] = [(self.heading(), Role.STRONG), (self.notice(), Role.MUTED), ("", Role.TEXT)]
        self.query_one("#heading", Page).set_paragraphs([*above, *words])
        self.query_one("#problem", Page).set_paragraphs(problem_words(problem, self.view.support))
        super().show()

    def bar(self) -> tuple[Key, ...]:
        return (DONE, TIME_KEY, HELP)

    def tick(self) -> None:
        super().tick()
        self._catch_up()
        self._draft.tick()
        self._status()

    def _status(self) -> None:
        editor = self.query_one(Editor)
        used = len(editor.text)
        full = _("No room left") if used >= self.LIMIT else ""
        role = Role.ALERT if self._draft.unsaved else Role.TEXT
        self.query_one(StatusBar).set_facts(
            [
                *self.link.warnings(),
                (full, Role.ALERT),
                (self._draft.words(), role),
                (_("{used} of {limit} characters").format(used=used, limit=self.LIMIT), Role.TEXT),
            ]
        )

    @on(Editor.Changed)
    def _changed(self) -> None:
        self._catch_up()
        self._status()

    def _catch_up(self) -> None:
        """Know what stands in the editor before anything is said of it."""
        text = self.query_one(Editor).text
        if text != self._draft.typed:
            self._draft.type(text)

    def _send(self, text: str) -> None:
        command = self.command(text)
        if command is not None:
            self.link.submit(command)
            self._status()

    def flush(self) -> None:
        self._catch_up()
        self._draft.flush()

    def action_back(self) -> None:
        """Save and return to the question."""
        self.flush()
        self.leave()
