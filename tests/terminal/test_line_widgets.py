"""The line-drawn widgets under Pilot: what they show, what they keep out, what they repaint."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, ClassVar, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from terminal.app import LockedApp, LockedScreen
from terminal.keys import Key
from terminal.theme import PALETTES, Role
from terminal.widgets import (
    Card,
    CodeField,
    Header,
    KeyBar,
    Line,
    LineField,
    Lines,
    StatusBar,
    TextPane,
    fit,
    hang,
    wrap,
)

NASTY = "a\x1b[31mb\x07c\x9bd\u202ee\x00f\r\ng"


class Bench(LockedScreen[None]):
    """The widgets of one test, and what they posted."""

    def __init__(self, widgets: Iterable[Widget]) -> None:
        super().__init__()
        self._widgets = widgets
        self.posted: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def on_line_field_submitted(self, event: LineField.Submitted) -> None:
        self.posted.append(("submitted", event.value))

    def on_line_field_changed(self, event: LineField.Changed) -> None:
        self.posted.append(("changed", event.value))


def show(
    *widgets: Widget,
    check: Callable[[Pilot[None], Bench], Awaitable[None]],
    size: tuple[int, int] = (80, 24),
    theme: str = "dark",
) -> None:
    """Run a check against a screen of these widgets."""

    async def run() -> None:
        app = LockedApp(theme=theme)
        async with app.run_test(size=size) as pilot:
            screen = Bench(widgets)
            await app.push_screen(screen)
            await pilot.pause()
            await check(pilot, screen)

    asyncio.run(run())


def rows(screen: Bench) -> list[str]:
    """The screen as text, a string a row."""
    return ["".join(part.text for part in strip).rstrip() for strip in screen._compositor.render_strips()]


def test_a_pane_wraps_once_a_width_and_says_where_it_is() -> None:
    """Twenty paragraphs of two rows scroll by pages, one row in common, never past the end."""
    text = "\n".join(f"{n} " + "word " * 20 for n in range(20))
    pane = TextPane(text, title="Passage")

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        assert pane.scrolls
        assert pane.position == (1, 11, 40)
        assert rows(screen)[11].startswith("─── Passage - lines 1-11 of 40 - PgUp/PgDn ──")
        pane.page_down()
        await pilot.pause()
        assert pane.position == (11, 21, 40)
        assert rows(screen)[0] == " 5 " + " ".join(["word"] * 15)
        for _ in range(9):
            pane.page_down()
        assert pane.position == (30, 40, 40)
        pane.set_text("short", title="Other")
        await pilot.pause()
        assert rows(screen)[0] == " short"
        assert rows(screen)[11] == "─── Other " + "─" * 70
        assert not pane.scrolls

    pane.styles.height = 12
    show(pane, check=check)


@pytest.mark.parametrize("theme", PALETTES)
def test_no_widget_lets_a_control_character_through(theme: str) -> None:
    """Text with escape sequences, controls and bidi marks is drawn without them, and brackets are not markup."""
    status, keys = StatusBar(), KeyBar()
    widgets = (
        Header(NASTY, NASTY, NASTY),
        TextPane(NASTY + "[b]bold[/b] [@click=app.quit]x[/]", title=NASTY),
        Card(NASTY, (NASTY,)),
        LineField(limit=40, label=NASTY, value=NASTY),
        status,
        keys,
    )

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        status.set_facts([(NASTY, Role.ALERT)])
        keys.set_keys([Key(("x",), NASTY, NASTY, "x", NASTY)])
        await pilot.pause()
        shown = "\n".join(rows(screen))
        assert not [c for c in shown if c != "\n" and (ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c == "\u202e")]
        assert "[b]bold[/b] [@click=app.quit]x[/]" in shown

    show(*widgets, check=check, theme=theme)


def test_only_changed_rows_are_repainted() -> None:
    """A change of one row asks for that row and no other; no change asks for nothing."""
    asked: list[Any] = []

    class Rows(Lines):
        DEFAULT_CSS = "Rows { height: 1fr; }"
        state: ClassVar = ["a", "b", "c"]

        def line(self, y: int, width: int) -> Line:
            return ((self.state[y], Role.TEXT),) if y < 3 else ()

        def refresh(self, *regions: Any, **options: Any) -> Self:
            asked.extend(regions)
            return super().refresh(*regions, **options)

    widget = Rows()

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        asked.clear()
        widget.redraw()
        assert asked == []
        widget.state[1] = "B"
        widget.redraw()
        assert [(region.y, region.height) for region in asked] == [(1, 1)]
        await pilot.pause()
        assert rows(screen)[:3] == ["a", "B", "c"]

    show(widget, check=check)


def test_the_header_keeps_the_time_and_drops_the_middle_first() -> None:
    """At any width the right part is whole; a long name is cut with dots."""

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        name, middle, time = "A programme - A. Candidate", "Question 2 of 100", " Time left 1:29:58"
        row = rows(screen)[0]
        assert row.startswith(f" {name}")
        assert row.endswith(f"{middle}  {time}")
        await pilot.resize_terminal(60, 24)
        row = rows(screen)[0]
        assert cell_len(row) <= 60
        assert row.endswith(f"{middle}  {time}")
        assert row.startswith(" A programme - A. C...")
        screen.query_one(Header).set_middle("a middle so long that it leaves no room")
        await pilot.pause()
        assert rows(screen)[0].startswith(f" {name}")
        assert rows(screen)[0].endswith(time)

    show(Header("A programme - A. Candidate", "Question 2 of 100", "Time left 1:29:58"), check=check)


def test_the_key_bar_is_cut_by_whole_keys() -> None:
    """A key that does not fit is left out with its word; one without a word is never shown."""
    table = [Key(("f1",), f"F{n}", "", "x", "something") for n in range(1, 10)]
    table.insert(0, Key(("z",), "Z", "hidden", "x"))

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        assert rows(screen)[0] == " " + "  ".join(f"F{n} something" for n in range(1, 6))

    show(KeyBar(table), check=check)


def test_the_key_bar_always_names_help_end_and_way_back() -> None:
    """In too little room keys go from the end, but those for help, the end and the way back only last."""
    table = [
        Key((name,), label, "", "x", "something")
        for name, label in (
            ("a", "A"),
            ("b", "B"),
            ("c", "C"),
            ("escape", "R"),
            ("d", "D"),
            ("f1", "F1"),
            ("f3", "F3"),
            ("f10", "F10"),
        )
    ]

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        assert rows(screen)[0] == " " + "  ".join(
            f"{key} something" for key in ("A", "B", "C", "R", "F1", "F10")
        )

    show(KeyBar(table), check=check)


def test_the_status_drops_whole_facts_from_the_end() -> None:
    """Facts stand apart by a line; the last ones go when there is no room."""
    status = StatusBar()

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        status.set_facts(
            [("FLAGGED", Role.ALERT), ("", Role.TEXT), ("Choose TWO", Role.TEXT), ("x" * 60, Role.MUTED)]
        )
        await pilot.pause()
        assert rows(screen)[0] == " FLAGGED  │  Choose TWO"

    show(status, check=check)


def test_a_code_is_put_right_while_it_is_typed() -> None:
    """Lower case, I, L, O, spaces and dashes become one spelling in threes; U or one too many is not taken."""
    field = CodeField(limit=9, label="Start code")

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        field.focus()
        await pilot.press(*"ab", "space", "minus", *"oilu", "enter")
        assert screen.posted[-1] == ("submitted", "AB011")
        assert [field.complete, field.value] == [False, "AB011"]
        assert rows(screen)[0] == "Start code  AB0 11_ ___"
        await pilot.press(*"234567")
        assert [field.complete, field.value] == [True, "AB0112345"]
        await pilot.press("backspace", "home", "delete", "enter")
        assert screen.posted[-1] == ("submitted", "B011234")

    show(field, check=check)


def test_a_line_is_edited_and_capped() -> None:
    """Letters are text, not bindings; the caret moves; nothing over the limit or unprintable is taken."""
    field = LineField(limit=6, label="Number")

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        field.focus()
        await pilot.press(*"n-42", "left", "left", "x", "end", "y", "z", "ctrl+q", "f9")
        assert field.value == "n-x42y"
        await pilot.press("backspace", "home", "delete", "enter")
        assert screen.posted[-1] == ("submitted", "-x42")
        field.set_value("toolongvalue\x1b")
        assert field.value == "toolon"

    show(field, check=check)


def test_what_is_typed_ahead_of_enter_lands_in_the_next_field() -> None:
    """A line, Enter, a code and Enter in one burst fill both fields; the last one keeps the caret."""
    number, code = LineField(limit=24, label="Number"), CodeField(limit=10, label="Code")

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        number.focus()
        await pilot.pause()
        for key in (*"C-1001", "enter", *"0a14tzr6wy", "enter", "x"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        assert (number.value, code.value) == ("C-1001", "0A14TZR6WY")
        assert [text for what, text in screen.posted if what == "submitted"] == ["C-1001", "0A14TZR6WY"]
        assert screen.focused is code

    show(number, code, check=check)


def test_a_key_from_before_the_caret_came_is_not_typed() -> None:
    """A key that was on its way through the screen when a field got the caret stays the screen's."""
    field = LineField(limit=6, label="Number")

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        pilot.app.post_message(events.Key("q", "q"))
        field.focus()
        await pilot.pause()
        assert field.value == ""
        await pilot.press("q")
        assert field.value == "q"

    show(field, check=check)


def test_a_card_stands_in_the_middle() -> None:
    """Title and lines are framed, and wrapped to the room."""

    async def check(pilot: Pilot[None], screen: Bench) -> None:
        shown = rows(screen)
        frame = [y for y, row in enumerate(shown) if "┌" in row or "└" in row]
        assert len(frame) == 2
        assert abs((23 - frame[1]) - frame[0]) <= 1
        assert any("Call the proctor." in row for row in shown)
        assert sum("word" in row for row in shown) == 4

    show(Card("Call the proctor.", ("word " * 40,)), check=check)


@given(
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Mn", "Me")), max_size=200),
    st.integers(4, 60),
)
def test_wrapped_rows_fit_and_lose_no_letter(text: str, width: int) -> None:
    """Every row fits its width in cells, and the rows hold the same characters but for spaces."""
    found = wrap(text, width)
    assert all(cell_len(row) <= width for row in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Mn", "Me")), max_size=80),
    st.integers(1, 60),
)
def test_fitted_text_fits(text: str, width: int) -> None:
    """`fit` never exceeds the width, and leaves alone what fits."""
    assert cell_len(fit(text, width)) <= width
    assert cell_len(text) > width or fit(text, width) == text


def test_hanging_rows_stand_under_their_beginning() -> None:
    """An option's later rows are indented by its mark."""
    assert hang("( ) A. ", "one two three four", 16) == ("( ) A. one two", "       three", "       four")
