"""How long a kiosk waits after wrong codes. Pure; the count is kept in the station file.

Rules.
1. Five wrong codes are free. Then it waits 15 s before the next is looked at, doubling up to 300 s.
2. A try is counted before it is answered; the right code sets the count back to nothing.
3. Waiting goes by boottime. After a restart of the machine the wait runs in full from its boot.
4. What fails its check character is a typo: it is neither counted nor made to wait.
"""

from __future__ import annotations

from keys.clock import Stamp
from keys.errors import ExamKioskError

FREE = 5
FIRST = 15_000
MOST = 300_000


class TooManyTriesError(ExamKioskError):
    """Another code is looked at only after a wait."""

    code = "code-wait"
    what = "There were {tries} wrong codes in a row."
    next_step = "Wait, then read the code group by group and type it again."


def delay(tries: int) -> int:
    """Milliseconds to wait after so many wrong codes."""
    return 0 if tries < FREE else min(MOST, FIRST * 2 ** min(tries - FREE, 10))


def left(tries: int, last: Stamp | None, now: Stamp) -> int:
    """Milliseconds until another code is looked at."""
    if last is None:
        return 0
    since = now.boot - last.boot if last.boot_id == now.boot_id else now.boot
    return max(0, delay(tries) - max(0, since))
