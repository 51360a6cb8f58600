"""An exhibit of the question on the screen, filling it: scrolled, looked at sideways, searched.

Rules.
1. A picture that does not fit is told in words; where it fits, A changes between the picture and the words.
2. A search finds words in any case, across the ends of rows; every hit is marked, and one of them is the present one.
3. When the question is left, the exhibit goes with it.
"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from exam_packages.form import Exhibit
from exam_packages.interactions import Block, Paragraph, Picture
from kiosk.screens.link import Link
from kiosk.screens.seat import TIME, KioskScreen
from kiosk.widgets.document import DocumentPane
from terminal.keys import HELP, SCROLL, Key
from terminal.language import N_, _, plural
from terminal.theme import Role
from terminal.widgets import LineField, StatusBar

BACK = Key(
    ("e", "E", "escape", "q", "Q", "f3"), "E", N_("back to the question; also Esc, Q, F3"), "back", N_("back")
)
SEARCH = Key(("slash", "f4"), "/", N_("search for words; also F4"), "search", N_("search"))
NEXT_HIT = Key(("n", "N"), "N", N_("to the next hit"), "hit(1)", N_("next hit"))
NEXT = Key(("tab",), "Tab", N_("the next exhibit"), "turn(1)", N_("next exhibit"))
WORDS = Key(("a", "A"), "A", N_("a picture in words, or as it is"), "words", N_("in words"))
FAR = 1_000_000
LONGEST_SEARCH = 40


class ExhibitScreen(KioskScreen):
    """One exhibit; Tab shows the next."""

    KEYS = (
        *SCROLL,
        Key(("down",), "Arrows", N_("scroll by a line, or sideways"), "lines(1)"),
        Key(("up",), "", "", "lines(-1)"),
        Key(("right",), "", "", "side(1)"),
        Key(("left",), "", "", "side(-1)"),
        Key(("home",), "Home, End", N_("the beginning or the end"), f"lines({-FAR})"),
        Key(("end",), "", "", f"lines({FAR})"),
        SEARCH,
        NEXT_HIT,
        Key(("p", "P"), "P", N_("to the hit before"), "hit(-1)"),
        NEXT,
        Key(("shift+tab",), "Shift+Tab", N_("the exhibit before"), "turn(-1)"),
        WORDS,
        TIME,
        BACK,
    )
    PLACE = N_("Exhibit")

    def __init__(self, link: Link, exhibit_index: int = 0) -> None:
        """`exhibit_index` counts from 0 in the question's exhibits."""
        super().__init__(link)
        self._item = link.view.question.item.id if link.view.question else ""
        self._at = exhibit_index
        self._in_words = False
        self._found = ""
        self._hits = self._hit = 0

    def middle(self) -> ComposeResult:
        yield DocumentPane(wide=True)
        yield LineField(limit=LONGEST_SEARCH, label=_("  Search:"), id="search")
        yield StatusBar()

    def relabel(self) -> None:
        self.query_one(LineField).set_label(_("  Search:"))

    def begin(self) -> None:
        """The field of the search is hidden until it is asked for."""
        self.query_one(LineField).display = False

    @property
    def _exhibits(self) -> tuple[Exhibit, ...]:
        return self.view.question.exhibits if self.view.question else ()

    def show(self) -> None:
        question = self.view.question
        if question is None or question.item.id != self._item or self._at >= len(self._exhibits):
            self.leave()
            return
        exhibit = self._exhibits[self._at]
        self.query_one(DocumentPane).show(
            exhibit.id + ("-words" if self._in_words else ""),
            exhibit.title,
            tuple(map(_told, exhibit.blocks)) if self._in_words else exhibit.blocks,
            () if self._in_words else question.highlights.get(f"exhibit:{exhibit.id}", ()),
        )
        self._status()
        super().show()

    def bar(self) -> tuple[Key, ...]:
        several = (NEXT,) if len(self._exhibits) > 1 else ()
        pictures = any(isinstance(block, Picture) for one in self._exhibits for block in one.blocks)
        return (
            BACK,
            SEARCH,
            *((NEXT_HIT,) if self._hits else ()),
            *several,
            *((WORDS,) if pictures else ()),
            HELP,
        )

    def tick(self) -> None:
        super().tick()
        self._status()

    def _status(self) -> None:
        pane, total = self.query_one(DocumentPane), len(self._exhibits)
        which = _("Exhibit {n} of {total}").format(n=self._at + 1, total=total) if total > 1 else ""
        sideways = _("Left, Right: sideways") if pane.sideways else ""
        found = ""
        if self._found:
            count = plural("{n} hit", "{n} hits", self._hits).format(n=self._hits)
            found = _("hit {n} of {total}").format(n=self._hit, total=self._hits) if self._hits else count
            found += f": {self._found}"
        self.query_one(StatusBar).set_facts(
            [
                *self.link.warnings(),
                (found, Role.STRONG if self._hits else Role.ALERT),
                (which, Role.TEXT),
                (sideways, Role.TEXT),
                (_("in words") if self._in_words else "", Role.TEXT),
            ]
        )

    def action_search(self) -> None:
        """Ask for the words to search for."""
        field = self.query_one(LineField)
        field.set_value("")
        field.display = True
        self.set_focus(field)

    @on(LineField.Submitted)
    def _asked(self, message: LineField.Submitted) -> None:
        message.field.display = False
        self.set_focus(None)
        self._found = message.value.strip()
        self._hits = self.query_one(DocumentPane).search(self._found)
        self._hit = min(1, self._hits)
        self.show()

    def action_hit(self, by: int) -> None:
        """Go to the next hit, or the one before."""
        self._hit = self.query_one(DocumentPane).next_hit(by)
        self._status()

    def action_turn(self, by: int) -> None:
        """Show the next exhibit, or the one before."""
        self._at = (self._at + by) % max(1, len(self._exhibits))
        self._forget()
        self.show()

    def action_words(self) -> None:
        """Tell pictures in words, or draw them."""
        self._in_words = not self._in_words
        self._forget()
        self.show()

    def _forget(self) -> None:
        self._found, self._hits, self._hit = "", 0, 0
        self.query_one(DocumentPane).search("")

    def action_lines(self, by: int) -> None:
        """Scroll by so many lines."""
        self.query_one(DocumentPane).scroll_lines(by)

    def action_side(self, by: int) -> None:
        """Scroll sideways."""
        self.query_one(DocumentPane).scroll_side(by)

    def action_page_up(self) -> None:
        """Scroll up a page."""
        pane = self.query_one(DocumentPane)
        pane.scroll_lines(-pane.page)

    def action_page_down(self) -> None:
        """Scroll down a page."""
        pane = self.query_one(DocumentPane)
        pane.scroll_lines(pane.page)

    def action_back(self) -> None:
        """Close the search, or return to the question."""
        field = self.query_one(LineField)
        if field.display:
            field.display = False
            self.set_focus(None)
        else:
            self.leave()


def _told(block: Block) -> Block:
    return Paragraph(block.alternative) if isinstance(block, Picture) else block
