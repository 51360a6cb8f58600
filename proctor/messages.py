"""What the console's worker tells its screen."""

from __future__ import annotations

from textual.message import Message


class StepTold(Message):
    """A step of long work is done, or begins."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words
