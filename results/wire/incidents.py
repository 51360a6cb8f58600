"""The categories of irregularities: a short code to type, and the words that people read. Codes are stable for ever.

The first letter says of what: C the candidate, R the room, K the kiosk or the program, E the exam itself, S the staff,
P the papers and the persons let in; O is anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GROUPS: Mapping[str, str] = {
    "C": "Candidate",
    "R": "Room",
    "K": "Kiosk and program",
    "E": "Exam",
    "S": "Staff",
    "P": "Admission",
    "O": "Other",
}


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of irregularity."""

    code: str
    words: str

    @property
    def group(self) -> str:
        """What it is about."""
        return GROUPS[self.code[0]]


CATEGORIES = (
    Category("C1", "Fell ill or was hurt"),
    Category("C2", "Left the room without leave"),
    Category("C3", "Left early and gave up"),
    Category("C4", "Talked to or signalled another candidate"),
    Category("C5", "Looked at another candidate's screen"),
    Category("C6", "Used notes, a telephone or another forbidden item"),
    Category("C7", "Disturbed others"),
    Category("C8", "Did not follow an instruction"),
    Category("C9", "Copied or carried away exam content"),
    Category("R1", "Noise or a disturbance from outside"),
    Category("R2", "Alarm or evacuation"),
    Category("R3", "Power failed"),
    Category("R4", "Heat, cold, light or air"),
    Category("R5", "A stranger came in"),
    Category("K1", "Kiosk stopped or was restarted"),
    Category("K2", "Kiosk failed for good"),
    Category("K3", "Screen or keyboard at fault"),
    Category("K4", "Program slow, or showed something wrong"),
    Category("K5", "Carrier or printer at fault"),
    Category("K6", "Seal broken, or signs of tampering"),
    Category("E1", "A question is said to be wrong or unclear"),
    Category("E2", "Exam content seen by someone who may not"),
    Category("E3", "Wrong time, break or accommodation given"),
    Category("S1", "Staff made a slip"),
    Category("S2", "Too few staff in the room"),
    Category("P1", "Identity in doubt"),
    Category("P2", "Came late"),
    Category("P3", "Not on the roster, or at another candidate's seat"),
    Category("O1", "Anything else"),
)

OTHER = "O1"
"""The category that needs words."""

_KNOWN = {one.code: one for one in CATEGORIES}


def category(code: str) -> Category | None:
    """The category with this code, however it was typed, or None."""
    return _KNOWN.get(code.strip().upper())
