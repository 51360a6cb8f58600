"""What the console's worker tells its screen."""

from __future__ import annotations

from textual.message import Message


class StepTold(Message):
    """A step of the work under way is done; the screen has the list of them."""
