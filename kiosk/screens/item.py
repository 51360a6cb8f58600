"""TESTING: one question, answered by keys alone.

Rules.
1. A mark is drawn at once and called "saving"; "saved" is said only of what a view confirms equal to it.
2. A capital letter chooses like a small one: Caps Lock must not change what a key does.
3. A key is first offered to the answer (kiosk/widgets/answering.py); what that has no use for is the screen's. So where
   a question has an option F the letter chooses it and F4 flags, and where text is typed only function keys command.
4. A digit begins the number of a question, in the review, except where a number is the answer.
5. What is typed is sent when a pause comes, when the time is nearly over, and before anything else is shown.
6. Going to where there is no way back asks once, here and from the lists of all questions.
"""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from kiosk.protocol import Go, Question
from kiosk.screens import item_keys as keys
from kiosk.screens.answering import AnsweringScreen
from kiosk.screens.exhibit import ExhibitScreen
from kiosk.screens.hand_in import FINISH, HandInScreen
from kiosk.screens.item_keys import ITEM_KEYS
from kiosk.screens.link import Link
from kiosk.screens.review import ReviewScreen
from kiosk.screens.tools import TOOLS, ToolsScreen
from kiosk.screens.wording import answered, closing_words, problem_words
from kiosk.widgets.answering import Answering, same
from kiosk.widgets.document import DocumentPane
from kiosk.widgets.grid import Grid
from kiosk.widgets.place import PlaceRow
from kiosk.widgets.question import QuestionPane
from kiosk.words import closes
from terminal.keys import HELP, Key
from terminal.language import _
from terminal.theme import Role
from terminal.widgets import Page, Span, StatusBar

WIDE = 110
"""Columns from which a shared text, or else all questions, stand beside the question."""
ANSWER, TEXT, STIMULUS = "answer", "text", "stimulus"
"""What the keys that scroll act on."""


class ItemScreen(AnsweringScreen):
    """The question on the screen and the candidate's marks on it."""

    KEYS = (*ITEM_KEYS, TOOLS)

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._asked: int | None = None
        self._front = ANSWER

    def relabel(self) -> None:
        self.query_one("#legend", Page).set_paragraphs(_legend())

    def middle(self) -> ComposeResult:
        yield PlaceRow()
        with Horizontal(id="middle"):
            yield DocumentPane(id="stimulus")
            yield QuestionPane()
            with Vertical(id="side"):
                yield Page(_legend(), id="legend")
                yield Grid(5, airy=False)
        yield Page(id="problem", classes="inset")
        yield StatusBar()

    # -------------------------------------------------------------------------------------------------- what is shown

    def show(self) -> None:
        question = self.view.question
        if question is None:
            return
        if self._take(question):
            self._asked = None
            if self._front == TEXT or not question.stimulus:
                self._front = ANSWER
        self.query_one(Grid).show(self.view.marks, question.index)
        self.query_one("#problem", Page).set_paragraphs(self._problem())
        self._draw()
        super().show()

    def _problem(self) -> list[Span]:
        words = problem_words(self.view.problem, self.view.support)
        return words and [(_("! Not saved."), Role.ALERT), *words]

    def _draw(self) -> None:
        question, answer = self.view.question, self._answering
        if question is None or answer is None:
            return
        answer.struck = self._struck()
        wide, shared = self.app.size.width >= WIDE, question.stimulus
        self.set_class(wide and shared is None, "-wide")
        self.set_class(wide and shared is not None, "-beside")
        self.set_class(not wide and self._front == STIMULUS, "-reading")
        self.query_one(PlaceRow).show(
            _joined(question.part, question.section), self._openings(question, wide=wide)
        )
        if shared is not None:
            self.query_one(DocumentPane).show(
                shared.id,
                shared.title or _("Text"),
                shared.blocks,
                question.highlights.get(f"stimulus:{shared.id}", ()),
                hint="" if wide else _("Tab: question"),
                front=self._front == STIMULUS or (wide and self._scrolls_beside()),
            )
        closed = ((_("  This question is closed: it can be read, not changed."), Role.ALERT),)
        self.query_one(QuestionPane).show(
            question.item.stem,
            answer,
            highlights=question.highlights.get(f"item:{question.item.id}", ()),
            banner=(closed,) if question.closed else (),
        )
        self._status()

    def _openings(self, question: Question, *, wide: bool) -> str:
        shared = question.stimulus
        text = _("Tab: {title}").format(title=shared.title or _("text")) if shared and not wide else ""
        count = len(question.exhibits)
        key = "E" if self._free("e") else "F3"
        return _joined(text, _("{key}: exhibits ({count})").format(key=key, count=count) if count else "")

    def _free(self, letter: str) -> bool:
        """Whether a small letter is a command here, and not part of an answer."""
        answer = self._answering
        return answer is not None and not answer.types and letter.upper() not in answer.letters

    def bar(self) -> tuple[Key, ...]:
        answer = self._answering
        if answer is None:
            return ()
        use = replace(keys.CHOOSE, label=answer.label, bar=answer.HELP)
        free = {
            row: row if self._free(letter) else replace(row, label=name) for row, letter, name in keys.BOTH
        }
        tab = (keys.TAB,) if self.view.question and self.view.question.stimulus else ()
        return (
            *((use,) if answer.label else ()),
            free[keys.NEXT],
            free[keys.PREVIOUS],
            *tab,
            free[keys.FLAG],
            free[keys.REVIEW],
            HELP,
            FINISH,
            TOOLS,
        )

    def tick(self) -> None:
        super().tick()
        if self._draft is not None:
            self._draft.tick()
        self._status()

    def _status(self) -> None:
        marks, answer, question = self.view.marks, self._answering, self.view.question
        if answer is None or question is None:
            return
        self.query_one(StatusBar).set_facts(
            [
                (self._said or answer.said, Role.ALERT),
                *self.link.warnings(),
                (self._disk(), Role.ALERT),
                (_("F FLAGGED") if self._flagged() else "", Role.ALERT),
                (self._asks(question, answer), Role.STRONG),
                self._saved(question, answer),
                (_("{n}/{total} answered").format(n=answered(marks), total=len(marks)), Role.TEXT),
                (_("note") if question.note else "", Role.TEXT),
                (_("comment") if question.comment else "", Role.TEXT),
            ]
        )

    def _asks(self, question: Question, answer: Answering) -> str:
        if question.closed:
            return ""
        begun = question.response is not None and same(answer.response, question.response)
        return (question.short if begun else "") or answer.hint()

    def _disk(self) -> str:
        if not self.view.disk_low:
            return ""
        return _("Disk low: tell the proctor") if self.narrow else _("Disk nearly full: tell the proctor")

    # ------------------------------------------------------------------------------------------------------ keys

    async def press(self, key: str, character: str) -> None:
        """Give a key to what it means something to: the pane in front, the answer, else the row of the table."""
        answer = self._answering
        if answer is None:
            return
        asked, self._asked = self._asked, None
        self._said = answer.said = ""
        if self._front != ANSWER and key in keys.SCROLLING:
            self._scroll(keys.SCROLLING[key])
        elif answer.press(key, character):
            self._front = ANSWER
            self._changed(answer)
        else:
            self._asked = asked
            await super().press(key, character)
        if self.app.screen is self and not self.link.moving:
            self._draw()

    def action_nothing(self) -> None:
        """A key that only some answers have a use for."""

    def action_go(self, by: int) -> None:
        """Go to the next or the previous question; past the last one comes the review."""
        question = self.view.question
        if question is None:
            return
        asked, self._asked = self._asked, None
        wanted = question.index + by
        if by < 0 and question.linear:
            self._said = _("There is no way back in this part")
        elif wanted >= len(self.view.marks):
            self.action_review()
        elif (closed := closes(self.view, wanted)) and asked != wanted:
            self._asked = wanted
            letter, key = ("n", "F8") if by > 0 else ("p", "F7")
            self._said = closing_words(closed, letter.upper() if self._free(letter) else key)
        elif wanted >= 0:
            self.flush()
            self.link.submit(Go(wanted))

    def action_review(self) -> None:
        """Show all questions."""
        self.open(ReviewScreen(self.link))

    def action_number(self, digit: int) -> None:
        """Show all questions, with a number begun."""
        self.open(ReviewScreen(self.link, digit))

    def action_finish(self) -> None:
        """Take the first step of handing in."""
        self.open(HandInScreen(self.link))

    def action_tools(self) -> None:
        """Show what this exam has beside flag and strike-out."""
        self.open(ToolsScreen(self.link))

    def action_exhibits(self) -> None:
        """Show the first exhibit of this question."""
        if self.view.question and self.view.question.exhibits:
            self.open(ExhibitScreen(self.link))
        else:
            self._said = _("This question has no exhibit")

    def action_tab(self, by: int) -> None:
        """Go to the next gap, or to the text that scrolls next."""
        question, answer = self.view.question, self._answering
        if question is None or answer is None or (self._front == ANSWER and answer.tab(by)):
            return
        ring = [ANSWER]
        if answer.scrolls and self.query_one(QuestionPane).scrolls:
            ring.append(TEXT)
        if question.stimulus:
            ring.append(STIMULUS)
        self._front = ring[(ring.index(self._front) + by) % len(ring)]
        if self._front == ANSWER:
            answer.enter(by)

    def action_page_up(self) -> None:
        """Scroll the text up a page."""
        self._scroll((0, -1))

    def action_page_down(self) -> None:
        """Scroll the text down a page."""
        self._scroll((0, 1))

    def _scrolls_beside(self) -> bool:
        """Whether, while the answer is in front, PgUp and PgDn belong to the text beside the question."""
        return (
            self._front == ANSWER
            and self._answering is not None
            and not self._answering.scrolls
            and not self.query_one(QuestionPane).scrolls
        )

    def _scroll(self, by: tuple[int, int]) -> None:
        """Scroll what is in front by lines and pages."""
        lines, pages = by
        stimulus = self.view.question is not None and self.view.question.stimulus is not None
        if stimulus and (self._front == STIMULUS or self._scrolls_beside()):
            document = self.query_one(DocumentPane)
            document.scroll_lines(lines + pages * document.page)
        else:
            pane = self.query_one(QuestionPane)
            pane.scroll_text(lines + pages * pane.page)


def _legend() -> tuple[Span, ...]:
    return ((_("Questions"), Role.STRONG), (_("* answered   F flagged"), Role.MUTED), ("", Role.TEXT))


def _joined(*parts: str) -> str:
    return "   ".join(part for part in parts if part)
