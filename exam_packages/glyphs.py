"""Which characters a form may hold: those that every terminal shows in the same number of cells, left to right.

Rules.
1. The text is already what the sanitiser would make of it (keys/text.py), so that nothing is dropped on a screen.
2. No right-to-left character: terminals differ in whether they reorder a line.
3. No combining mark that NFC leaves over, no variation selector and no joining Hangul letter: their width is contested.
4. No pictograph, and no symbol beyond Latin-1 that Unicode calls wide or ambiguous (UAX 11): terminals differ.
   Ambiguous letters and punctuation (é, ’, –) are one cell wherever no East Asian locale is set, and stay.
5. A picture may hold line drawing and blocks besides: they are drawn by the console's own font, in one cell each.
"""

from __future__ import annotations

import unicodedata

from keys.text import is_clean

_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_CONTESTED = {"W", "F", "A"}
DRAWING = frozenset("─│┌┐└┘├┤┬┴┼═║╒╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡╢╣╤╥╦╧╨╩╪╫╬▀▄█▌▐░▒▓■▲►▼◄←↑→↓")
"""What a picture is drawn with: in code page 437, and so in every console font of the Linux sets Uni1 and Uni2."""

LATIN = 0x17F
"""The last letter that a picture may hold beside `DRAWING`: Latin-1 and Latin Extended-A."""

_PICTOGRAPHS = range(0x1F000, 0x20000)
_JOINING_HANGUL = range(0x1160, 0x1200)


def unfit(text: str, *, newlines: bool = False) -> str | None:
    """Why `text` may not be shown, as the end of a sentence ("holds ..."); None where it may."""
    for character in text:
        if reason := _reason(character):
            return f"holds U+{ord(character):04X}, {reason}"
    if not is_clean(text, newlines=newlines):
        return f"holds {_unclean(text, newlines=newlines)}"
    return None


def _reason(character: str) -> str | None:
    category = unicodedata.category(character)
    wide = unicodedata.east_asian_width(character) in _CONTESTED
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return "which is written from right to left: terminals differ in how they order such a line"
    if category.startswith("M") or ord(character) in _JOINING_HANGUL:
        return "which joins its neighbour: terminals differ in how wide it is"
    if ord(character) in _PICTOGRAPHS or (category in {"So", "Sk"} and wide and ord(character) > 0xFF):
        return "a symbol that is one cell wide on some terminals and two on others"
    return None


def _unclean(text: str, *, newlines: bool) -> str:
    """The first character that the sanitiser would change, by number: it may not be fit to print."""
    if not unicodedata.is_normalized("NFC", text):
        return "characters that Unicode writes in another way (it is not in form NFC)"
    first = next(character for character in text if not is_clean(character, newlines=newlines))
    return "a tab" if first == "\t" else f"U+{ord(first):04X}, which no screen may show"


def unfit_drawing(row: str) -> str | None:
    """Why `row` may not be part of a picture, as the end of a sentence: line drawing is fit besides text."""
    for character in row:
        if character not in DRAWING and (reason := unfit(character)):
            return reason
        if character not in DRAWING and ord(character) > LATIN:
            return f"holds U+{ord(character):04X}, which not every console font has"
    return None
