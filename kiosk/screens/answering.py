"""What a candidate does to one question, on its way to the session process: marks at once, typed text in gulps."""

from __future__ import annotations

from functools import partial

from exam_packages.interactions import ItemId, OptionId, Response, TypedText
from kiosk.protocol import Answer, Flag, Question, Strike
from kiosk.screens.draft import Draft
from kiosk.screens.link import Link
from kiosk.screens.seat import KioskScreen
from kiosk.widgets.answering import Answering, same
from kiosk.widgets.answers import answering
from terminal.language import _
from terminal.theme import Role
from terminal.widgets import Span


class AnsweringScreen(KioskScreen):
    """A question, its answer, its marks, and what of them is known to be saved. A subclass draws them."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._item = ItemId("")
        self._read_only = False
        self._answering: Answering | None = None
        self._draft: Draft | None = None
        self._sent: Response | None = None
        self._flag: bool | None = None
        self._strikes: dict[OptionId, bool] = {}
        self._said = ""

    def _take(self, question: Question) -> bool:
        """Take what a view says of the question on the screen; whether it is another one."""
        fresh = question.item.id != self._item or question.closed != self._read_only
        if fresh:
            self._begin(question)
        else:
            self._hear(question)
        return fresh

    def _begin(self, question: Question) -> None:
        """Another question: nothing of the one before reaches it."""
        self._item, self._read_only = question.item.id, question.closed
        self._answering = answering(question)
        self._flag, self._strikes, self._said = None, {}, ""
        self._draft = self._sent = None
        if isinstance(self._answering.response, TypedText):
            send = partial(self._send_typed, question.item.id)
            self._draft = Draft(self, send, self._answering.response.text, self.link.is_hurried)

    def _hear(self, question: Question) -> None:
        """A view of the same question: what it confirms, or what had no effect."""
        settled, problem = self.link.settled, self.view.problem is not None
        if problem or settled:
            self._flag, self._strikes, self._sent = None, {}, None
        if self._answering is None:
            return
        if self._draft is not None:
            saved = question.response.text if isinstance(question.response, TypedText) else ""
            self._draft.hear(saved, settled=settled, refused=settled and problem)
        elif (problem or (settled and not self._answering.late)) and not same(
            self._answering.response, question.response
        ):
            self._answering.adopt(question.response, question.item.interaction)

    def _saved(self, question: Question, answer: Answering) -> Span:
        if self._draft is not None and self._draft.unsaved:
            return (self._draft.words(), Role.ALERT)
        if self._draft is None and not same(answer.response, question.response):
            return (_("unsaved changes"), Role.ALERT) if answer.late else (_("saving ..."), Role.TEXT)
        if self._flag is not None or self._strikes:
            return (_("saving ..."), Role.TEXT)
        return (_("not answered") if same(question.response, None) else _("answer saved"), Role.TEXT)

    def _flagged(self) -> bool:
        confirmed = self.view.question is not None and self.view.question.flagged
        return confirmed if self._flag is None else self._flag

    def _struck(self) -> frozenset[OptionId]:
        confirmed = set(self.view.question.struck) if self.view.question else set()
        for option, on in self._strikes.items():
            confirmed = confirmed | {option} if on else confirmed - {option}
        return frozenset(confirmed)

    def _changed(self, answer: Answering) -> None:
        """Send what was marked, or keep what was typed until a pause."""
        if self._draft is not None and isinstance(answer.response, TypedText):
            text = answer.response.text
            self._draft.type(text if text.strip() else "")
        elif not answer.late:
            self._send(answer.response)

    def _send(self, response: Response) -> None:
        confirmed = self.view.question.response if self.view.question else None
        if not same(response, confirmed if self._sent is None else self._sent):
            self._sent = response
            self.link.submit(Answer(self._item, response))

    def _send_typed(self, item: ItemId, text: str) -> None:
        """A pause came; if the question has gone meanwhile, so has the text."""
        if item == self._item and not self._read_only:
            self.link.submit(Answer(item, TypedText(text)))
            self.tick()

    def flush(self) -> None:
        if self._draft is not None:
            self._draft.flush()
        elif self._answering is not None:
            self._send(self._answering.response)

    def action_strike(self) -> None:
        """Strike the option at the cursor out, or not."""
        option = self._answering.option_here() if self._answering else None
        if option is not None and not self._read_only:
            self._strikes[option] = option not in self._struck()
            self.link.submit(Strike(self._item, option, self._strikes[option]))

    def action_flag(self) -> None:
        """Flag the question or take the flag off."""
        if self._read_only:
            self._said = _("This question is closed")
        elif self.view.question:
            self._flag = not self._flagged()
            self.link.submit(Flag(self._item, self._flag))
