"""PRACTICE, RATIONALE, PROFILE: choose an area, read why an answer is right, see how one stands in every area."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Vertical

from keys.encoding import grouped
from kiosk.protocol import AreaLine, GoOn, Leave, Practise
from kiosk.screens.link import Link
from kiosk.screens.reading import READING, ReadingScreen
from kiosk.screens.seat import COMFORT, NARROW, KioskScreen
from kiosk.screens.wording import problem_words
from terminal.keys import Key
from terminal.language import N_, _
from terminal.theme import Role
from terminal.widgets import Page, Span, TextPane, fit

ON = Key(("enter", "n", "N", "space", "f8"), "Enter", N_("go on; also N, Space, F8"), "on", N_("go on"))
YES = Key(("y", "Y"), "Y", N_("after F10: yes, leave practice"), "leave", N_("leave"))
NO = Key(("n", "N", "escape"), "N", N_("after F10: stay; also Esc"), "stay", N_("stay"))
BAR, SHORT_BAR = 20, 12
"""Cells of a full bar, on a wide screen and on a narrow one."""
LONGEST_NAME = 60
BESIDE = 16
"""Cells of a row for its mark, the spaces and the numbers."""


class ChoosingScreen(KioskScreen):
    """The areas with how one stood the last time; Enter practises the one at the cursor."""

    KEYS = (
        Key(("up",), N_("Up, Down"), N_("move the cursor > to another area"), "move(-1)"),
        Key(("down",), "", "", "move(1)"),
        Key(("enter",), "Enter", N_("practise the area at the cursor"), "choose", N_("practise")),
        Key(("f10",), "F10", N_("leave practice; you are asked once more"), "ask", N_("leave")),
        replace(YES, bar=""),
        replace(NO, bar=""),
    )
    OPENS = (COMFORT,)
    PLACE = N_("Practice")

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._cursor = 0
        self._asking = False

    def middle(self) -> ComposeResult:
        with Vertical(classes="inset"):
            yield Page(id="words")

    def show(self) -> None:
        view, practice = self.view, self.view.practice
        if practice is None:
            return
        named = name_cells(self.app.size.width)
        first = (_("All areas, mixed"), sum(area.count for area in practice.areas))
        rows: list[Span] = [
            (_("What do you want to practise?"), Role.STRONG),
            ("", Role.TEXT),
            self._row(
                0, _("{name}  {n} questions").format(name=fit(first[0], named).ljust(named), n=first[1])
            ),
            *(
                self._row(place, area_words(area, self.app.size.width))
                for place, area in enumerate(practice.areas, 1)
            ),
            ("", Role.TEXT),
            (_("Practice only: nothing here is an exam, and nothing is sent anywhere."), Role.TEXT),
            (_("File made by {code}").format(code=grouped(practice.made_by, 4)), Role.MUTED),
            *(((view.notice, Role.MUTED),) if view.notice else ()),
            *problem_words(view.problem, ""),
        ]
        if self._asking:
            rows += [("", Role.TEXT), (_("Leave practice? Y leaves, N stays."), Role.ALERT)]
        self.query_one(Page).set_paragraphs(rows)
        super().show()

    def _row(self, place: int, words: str) -> Span:
        here = place == self._cursor
        return f"{'>' if here else ' '} {words}", Role.CURSOR if here else Role.TEXT

    def bar(self) -> tuple[Key, ...]:
        return (YES, NO) if self._asking else self.rows()

    def action_move(self, by: int) -> None:
        """Move the cursor, round the ends."""
        count = 1 + len(self.view.practice.areas if self.view.practice else ())
        self._cursor = (self._cursor + by) % count
        self.show()

    def action_choose(self) -> None:
        """Practise what the cursor is on."""
        if self.view.practice is not None and not self._asking:
            areas = self.view.practice.areas
            self.link.submit(Practise(areas[self._cursor - 1].code if self._cursor else ""))

    def action_ask(self) -> None:
        """Take the first step of leaving."""
        self._asking = True
        self.show()

    def action_stay(self) -> None:
        """Do not leave."""
        self._asking = False
        self.show()

    def action_leave(self) -> None:
        """End practice."""
        if self._asking:
            self.link.left = True
            self.link.submit(Leave())


class RationaleScreen(ReadingScreen):
    """Right or not, the answer given, the correct one, and why."""

    KEYS = (
        ON,
        *(row for row in READING if "space" not in row.keys),
        Key(("down",), "Down", N_("scroll the text down a line"), "line_down"),
    )
    OPENS = (COMFORT,)
    PLACE = N_("Why")

    def middle(self) -> ComposeResult:
        yield Page(id="heading", classes="inset")
        yield TextPane(title=_("Why"), classes="reading")

    def show(self) -> None:
        practice = self.view.practice
        if practice is None:
            return
        told = _("Right.") if practice.right else _("Not right.")
        self.query_one("#heading", Page).set_paragraphs(
            [
                (told, Role.STRONG if practice.right else Role.ALERT),
                ("", Role.TEXT),
                (_("Your answer: {answer}").format(answer=practice.yours), Role.TEXT),
                (_("Correct: {answer}").format(answer=practice.correct), Role.STRONG),
                ("", Role.TEXT),
            ]
        )
        pane = self.query_one(TextPane)
        if pane.text != practice.why:
            pane.set_text(practice.why, title=_("Why"))
        super().show()

    def action_on(self) -> None:
        """Go on to the next question."""
        self.link.submit(GoOn())


class ProfileScreen(KioskScreen):
    """How one stands in every area, as bars and numbers, and where to go on."""

    KEYS = (ON,)
    OPENS = (COMFORT,)
    PLACE = N_("Profile")

    def middle(self) -> ComposeResult:
        with Vertical(classes="inset"):
            yield Page(id="words")

    def show(self) -> None:
        practice = self.view.practice
        if practice is None:
            return
        self.query_one(Page).set_paragraphs(
            [
                (_("How you stand: answered the last time, of all questions"), Role.STRONG),
                ("", Role.TEXT),
                *((f"  {area_words(area, self.app.size.width)}", Role.TEXT) for area in practice.areas),
                ("", Role.TEXT),
                (_advice(practice.areas), Role.STRONG),
                (_("# right   - answered, not right   . not answered yet"), Role.MUTED),
            ]
        )
        super().show()

    def action_on(self) -> None:
        """Return to the areas."""
        self.link.submit(GoOn())


def name_cells(width: int) -> int:
    """Cells for an area's name on a screen of this width."""
    return min(LONGEST_NAME, width - _bar_cells(width) - BESIDE)


def _bar_cells(width: int) -> int:
    return SHORT_BAR if width < NARROW else BAR


def area_words(area: AreaLine, width: int) -> str:
    """An area's name, its bar, and the numbers the bar is drawn from: no colour says anything."""
    named, bar = name_cells(width), _bar_cells(width)
    right = bar * area.right // max(1, area.count)
    wrong = bar * area.answered // max(1, area.count) - right
    drawn = "#" * right + "-" * wrong
    return f"{fit(area.title, named).ljust(named)}  {drawn.ljust(bar, '.')} {area.right:>3}/{area.count}"


def _advice(areas: tuple[AreaLine, ...]) -> str:
    """Where the share of right answers is least."""
    begun = [area for area in areas if area.answered]
    if not begun:
        return _("Answer some questions to see your profile.")
    weakest = min(begun, key=lambda area: (area.right / area.answered, -area.count))
    if weakest.right == weakest.answered:
        return _("Everything you answered was right. Go on with the areas that are left.")
    return _("Practise next: {area}").format(area=weakest.title)
