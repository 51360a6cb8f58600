"""How somebody stands in the areas of a practice form, and a reason: what the scenes of practice show."""

from __future__ import annotations

from kiosk.protocol import AreaLine

AREAS = (
    AreaLine("A", "Leadership and vision", 12, 12, 9),
    AreaLine("B", "Understanding the educational environment", 20, 8, 2),
    AreaLine("C", "Managing technology and support resources", 68, 0, 0),
)
WHY = (
    "A joint view shows what each system calls attendance only after its owners have said what the field means.\n\n"
    "The board can decide on the cost when both are known."
)
