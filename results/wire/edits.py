"""`ResponseEdited` applied to a text: total, and cheap whatever it says. Pure; kiosk/marking.py makes the edits.

Rules.
1. An edit applies to the text of the response in force, or to an empty text where there is none: blank text is no
   response, so what follows it starts anew.
2. Positions and lengths are in characters (Unicode code points).
3. An edit that reaches beyond its text is cut to it, and a text never grows beyond `LONGEST_TEXT`: folding is total and
   every reader finds the same text. `fits` tells; intake keeps a journal with an edit that does not fit in quarantine.
"""

from __future__ import annotations

from results.wire.events import ResponseEdited

LONGEST_TEXT = 100_000
"""The most characters of an edited text: ten times a long essay. It bounds what folding any journal costs."""


def edited(text: str, event: ResponseEdited) -> str:
    """The text after an edit."""
    start = min(max(event.start, 0), len(text))
    end = min(max(start + event.removed, start), len(text))
    return (text[:start] + event.inserted + text[end:])[:LONGEST_TEXT]


def fits(text: str, event: ResponseEdited) -> bool:
    """Whether an edit lies inside its text, and the text stays short enough: only such edits are ever recorded."""
    inside = event.start >= 0 and event.removed >= 0 and event.start + event.removed <= len(text)
    return inside and len(text) - event.removed + len(event.inserted) <= LONGEST_TEXT
