"""The candidate's note to a question, and the scratchpad that stays through the whole test."""

from __future__ import annotations

from kiosk.protocol import MAX_NOTE, MAX_SCRATCHPAD, Command, View, WriteNote
from kiosk.screens.writing import WritingScreen
from terminal.language import _


class NoteScreen(WritingScreen):
    """The note to the question on the screen."""

    LIMIT = MAX_NOTE

    def heading(self) -> str:
        place = self.view.question.index + 1 if self.view.question else 0
        return _("Your note to question {n}").format(n=place)

    def notice(self) -> str:
        return kept_words(self.view)

    def saved(self, view: View) -> str:
        return view.question.note if view.question else ""

    def command(self, text: str) -> Command:
        return WriteNote(self._item, text)


class ScratchpadScreen(WritingScreen):
    """The scratchpad: one for the whole test."""

    LIMIT = MAX_SCRATCHPAD
    OF_ITEM = False

    def heading(self) -> str:
        return _("Your scratchpad for the whole test")

    def notice(self) -> str:
        return kept_words(self.view)

    def saved(self, view: View) -> str:
        return view.scratchpad

    def command(self, text: str) -> Command:
        return WriteNote("", text)


def kept_words(view: View) -> str:
    """Whether what is noted goes into the record."""
    if view.instruments.keep_notes:
        return _("Kept with your exam record. It is not an answer and is not scored.")
    return _("For you alone: not kept in your exam record, gone when the exam ends.")
