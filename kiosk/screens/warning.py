"""The line that says how little time is left, so that it cannot be missed.

Rules.
1. A warning is due from its mark on (30, 10, 5, 1 minutes), unless the limit is no longer than that.
2. It stays for half a minute of exam time and then until a key is pressed; the last one stays to the end.
3. A new screen process does not know what was seen: it shows the warning that is due once more, rather than never.
4. Time that is added makes the marks above it due again.
"""

from __future__ import annotations

from kiosk.words import MINUTE, WARNED_FOR, WARNINGS, due, warning_words


class Warnings:
    """What was warned of one limit, of the test or inside it."""

    def __init__(self) -> None:
        """Nothing was shown yet."""
        self._mark = 0
        self._since = 0
        self._remaining = 0
        self._done: set[int] = set()

    def line(self, remaining: int, limit: int) -> str:
        """The line to draw now, or nothing; times in ms."""
        self._remaining = remaining
        self._done = {mark for mark in self._done if remaining <= mark * MINUTE}
        mark = due(remaining, limit)
        if mark != self._mark:
            self._mark, self._since = mark, remaining
        return "" if mark in self._done else warning_words(mark, remaining)

    def touched(self) -> None:
        """A key was pressed: what stood long enough was seen."""
        stood = self._since - self._remaining >= WARNED_FOR
        if self._mark and stood and self._mark != WARNINGS[-1]:
            self._done.add(self._mark)
