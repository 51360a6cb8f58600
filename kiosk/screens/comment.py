"""The candidate's comment on a question, to those who wrote it."""

from __future__ import annotations

from exam_packages.interactions import ItemId
from kiosk.protocol import MAX_COMMENT, Command, View, WriteComment
from kiosk.screens.writing import WritingScreen
from terminal.language import _


class CommentScreen(WritingScreen):
    """The comment on the question on the screen."""

    LIMIT = MAX_COMMENT

    def heading(self) -> str:
        place = self.view.question.index + 1 if self.view.question else 0
        return _("Your comment on question {n}").format(n=place)

    def notice(self) -> str:
        return _("The authors read it after the exam. It is not an answer and is not scored.")

    def saved(self, view: View) -> str:
        return view.question.comment if view.question else ""

    def command(self, text: str) -> Command:
        return WriteComment(ItemId(self._item), text)
