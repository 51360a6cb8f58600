"""The keys of a question: one row a key. What the answer itself makes of one is said in kiosk/widgets/."""

from __future__ import annotations

from kiosk.letters import CHOOSING
from kiosk.screens.hand_in import FINISH
from kiosk.screens.seat import TIME
from terminal.keys import SCROLL, Key
from terminal.language import N_

CHOOSE = Key(("a", "A"), "A-M", N_("choose, place or match what has that letter"), "nothing", N_("choose"))
NEXT = Key(("n", "N", "right", "f8"), "N", N_("next question; also Right, F8"), "go(1)", N_("next"))
PREVIOUS = Key(
    ("p", "P", "left", "f7"), "P", N_("previous question; also Left, F7"), "go(-1)", N_("previous")
)
FLAG = Key(("f", "F", "f4"), "F", N_("flag this question, or take the flag off; also F4"), "flag", N_("flag"))
REVIEW = Key(("r", "R", "f6"), "R", N_("all questions on one screen; also F6"), "review", N_("review"))
EXHIBITS = Key(("e", "E"), "E", N_("open the exhibits of this question; also in F3"), "exhibits")
TAB = Key(("tab",), "Tab", N_("to the next gap, or to the text beside the question"), "tab(1)", N_("text"))
BOTH = ((NEXT, "n", "F8"), (PREVIOUS, "p", "F7"), (FLAG, "f", "F4"), (REVIEW, "r", "F6"))
"""Rows whose letter may be part of an answer: the letter, and the function key that always works."""

ITEM_KEYS = (
    CHOOSE,
    *(Key((letter.lower(), letter), "", "", "nothing") for letter in CHOOSING if letter not in "AEF"),
    Key(("up",), N_("Arrows"), N_("move the cursor > or the caret"), "nothing"),
    Key(("down",), "", "", "nothing"),
    Key(
        ("space",),
        "Space",
        N_("choose what is at the cursor; pick up, put down"),
        "nothing",
    ),
    Key(("enter",), "Enter", N_("a new line in a long text; the next gap; put down"), "nothing"),
    Key(("backspace",), "Backspace", N_("take back your answer, its last step or letter"), "nothing"),
    Key(("delete",), N_("Delete"), N_("take back what is at the cursor"), "nothing"),
    Key(("home",), "Home, End", N_("the beginning or end of a line or a scale"), "nothing"),
    Key(("end",), "", "", "nothing"),
    Key(("x", "X"), "X", N_("strike out the option at the cursor ~, or not"), "strike"),
    NEXT,
    PREVIOUS,
    FLAG,
    REVIEW,
    TAB,
    Key(("shift+tab",), "Shift+Tab", N_("the same, backwards"), "tab(-1)"),
    EXHIBITS,
    Key(("1",), "1-9", N_("begin the number of a question to go to"), "number(1)"),
    *(Key((str(digit),), "", "", f"number({digit})") for digit in range(2, 10)),
    *SCROLL,
    TIME,
    FINISH,
)
SCROLLING = {
    "up": (-1, 0),
    "down": (1, 0),
    "pageup": (0, -1),
    "pagedown": (0, 1),
    "home": (-1_000_000, 0),
    "end": (1_000_000, 0),
}
"""What scrolls a text that is in front: lines, pages."""
