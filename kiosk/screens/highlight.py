"""Highlighting: the texts of the question one at a time, with a cursor on a word.

Rules.
1. Space begins a highlight at the word at the cursor and, pressed again, ends it there; both words are in it.
2. A change is drawn at once and sent whole; what the session refuses disappears again, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult

from exam_packages.interactions import Block
from kiosk.highlights import Span, added, inside, removed
from kiosk.protocol import Highlight, Question
from kiosk.screens.link import Link
from kiosk.screens.reading import ROOMY
from kiosk.screens.seat import TIME, KioskScreen
from kiosk.screens.wording import problem_words
from kiosk.widgets.highlights import HighlightPane
from terminal.keys import HELP, SCROLL, Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Line, Page, StatusBar

MARK = Key(
    ("space", "enter"),
    "Space",
    N_("begin a highlight at the word > <, or end it there; also Enter"),
    "mark",
    N_("begin, end"),
)
REMOVE = Key(
    ("backspace", "delete"),
    "Backspace",
    N_("remove the highlight at the cursor; also Delete"),
    "remove",
    N_("remove"),
)
CLEAR = Key(("c", "C"), "C", N_("remove every highlight of this text"), "clear", N_("clear all"))
NEXT = Key(("tab",), "Tab", N_("the next text of this question"), "turn", N_("next text"))
LEAVE = Key(("f3", "escape"), "F3", N_("back to the question; also Esc"), "back", N_("back"))


@dataclass(frozen=True, slots=True)
class Text:
    """One text that comes with a question: the `place` that its highlights are kept by, its title, its blocks."""

    place: str
    title: str
    blocks: tuple[Block, ...]


def question_texts(question: Question) -> tuple[Text, ...]:
    """The texts of a question that may be highlighted: its own, the shared one, its exhibits."""
    mine = Text(f"item:{question.item.id}", _("Question"), question.item.stem)
    shared = question.stimulus
    return (
        mine,
        *((Text(f"stimulus:{shared.id}", shared.title, shared.blocks),) if shared else ()),
        *(Text(f"exhibit:{one.id}", one.title, one.blocks) for one in question.exhibits),
    )


class HighlightScreen(KioskScreen):
    """One text of the question on the screen, and its highlights."""

    KEYS = (
        MARK,
        REMOVE,
        CLEAR,
        NEXT,
        Key(("right",), "Left, Right", N_("move the cursor > < by a word"), "words(1)"),
        Key(("left",), "", "", "words(-1)"),
        Key(("down",), "Up, Down", N_("move the cursor by a line"), "rows(1)"),
        Key(("up",), "", "", "rows(-1)"),
        *SCROLL,
        TIME,
        LEAVE,
    )

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._item = link.view.question.item.id if link.view.question else ""
        self._at = 0
        self._wanted: dict[str, tuple[Span, ...]] = {}

    def middle(self) -> ComposeResult:
        yield Page(id="heading", classes="inset")
        yield HighlightPane()
        yield Page(id="problem", classes="inset")
        yield StatusBar()

    def show(self) -> None:
        question = self.view.question
        if question is None or question.item.id != self._item:
            self.leave()
            return
        if self.link.settled:
            self._wanted = {}
        self.query_one("#problem", Page).set_paragraphs(problem_words(self.view.problem, self.view.support))
        self._draw()
        super().show()

    def bar(self) -> tuple[Key, ...]:
        turn = (NEXT,) if len(self._texts) > 1 else ()
        return (MARK, REMOVE, LEAVE, *turn, CLEAR, HELP)

    @property
    def _texts(self) -> tuple[Text, ...]:
        return question_texts(self.view.question) if self.view.question else ()

    @property
    def _text(self) -> Text | None:
        return self._texts[self._at] if self._at < len(self._texts) else None

    def _spans(self, place: str) -> tuple[Span, ...]:
        """The highlights of a text: as wanted where a change is under way, else as the view has them."""
        known = self.view.question.highlights if self.view.question else {}
        return self._wanted.get(place, known.get(place, ()))

    def _draw(self) -> None:
        text = self._text
        if text is None:
            return
        many = len(self._texts)
        which = _("Text {n} of {total}: {title}").format(n=self._at + 1, total=many, title=text.title)
        title: Line = ((which if many > 1 else text.title, Role.STRONG), ("", Role.TEXT))
        above: Line = (("", Role.TEXT),) if self.app.size.height >= ROOMY else ()
        self.query_one("#heading", Page).set_paragraphs([*above, *title])
        self.query_one(HighlightPane).show(text.blocks, self._spans(text.place))
        self._status()

    def tick(self) -> None:
        super().tick()
        self._status()

    def _status(self) -> None:
        pane, text = self.query_one(HighlightPane), self._text
        if text is None:
            return
        first, last, total = pane.position
        lines = _("lines {first}-{last} of {total}").format(first=first, last=last, total=total)
        saving = text.place in self._wanted
        self.query_one(StatusBar).set_facts(
            self._facts(pane, self._spans(text.place), saving=saving, lines=lines)
        )

    def _facts(self, pane: HighlightPane, spans: tuple[Span, ...], *, saving: bool, lines: str) -> Line:
        if not pane.words:
            doing = _("This text cannot be highlighted")
        elif pane.begun is not None:
            doing = _("Move to the last word, then Space")
        elif pane.cursor in inside(pane.words, spans):
            doing = _("Backspace removes the highlight at > <")
        else:
            doing = _("Space begins at the word > <")
        return (
            *self.link.warnings(),
            (doing, Role.STRONG if pane.begun is None else Role.ALERT),
            (_("saving ...") if saving else "", Role.ALERT),
            (_("highlights: {n}").format(n=len(spans)), Role.TEXT),
            (lines, Role.MUTED),
        )

    def _change(self, spans: tuple[Span, ...]) -> None:
        text = self._text
        if text is not None and spans != self._spans(text.place):
            self._wanted[text.place] = spans
            self.link.submit(Highlight(text.place, spans))
        self._draw()

    def action_mark(self) -> None:
        """Begin a highlight, or end it."""
        pane, text = self.query_one(HighlightPane), self._text
        if text is None or not pane.words:
            return
        begun = pane.begun
        pane.begin(here=begun is None)
        if begun is None:
            self._status()
        else:
            self._change(added(pane.words, self._spans(text.place), begun, pane.cursor))

    def action_remove(self) -> None:
        """Forget the highlight that was begun, else remove the one at the cursor."""
        pane, text = self.query_one(HighlightPane), self._text
        if text is None:
            return
        if pane.begun is not None:
            pane.begin(here=False)
            self._status()
        else:
            self._change(removed(pane.words, self._spans(text.place), pane.cursor))

    def action_clear(self) -> None:
        """Remove every highlight of this text."""
        self.query_one(HighlightPane).begin(here=False)
        self._change(())

    def action_turn(self) -> None:
        """Show the next text."""
        self._at = (self._at + 1) % max(1, len(self._texts))
        self._draw()

    def action_words(self, by: int) -> None:
        """Move the cursor by a word."""
        self.query_one(HighlightPane).move_words(by)
        self._status()

    def action_rows(self, by: int) -> None:
        """Move the cursor by a line."""
        self.query_one(HighlightPane).move_rows(by)
        self._status()

    def action_page_up(self) -> None:
        """Move the cursor up by a screenful."""
        self.query_one(HighlightPane).move_page(-1)
        self._status()

    def action_page_down(self) -> None:
        """Move the cursor down by a screenful."""
        self.query_one(HighlightPane).move_page(1)
        self._status()

    def action_back(self) -> None:
        """Return to the question."""
        self.leave()
