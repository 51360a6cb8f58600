"""The session process on a machine that was started again: `python -m tests.demo_site.rebooted BOOT_ID ...`.

A power cut cannot be had here. What it changes for the program can: the kernel's boot id is another one, and the clock
since boot begins anew.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from unittest.mock import patch

from keys.clock import Stamp, SystemClock
from kiosk.serving import run

SINCE = 20_000
"""Milliseconds from the start of the machine to that of the program."""


class Rebooted(SystemClock):
    """The clocks of a machine that has just been started."""

    def __init__(self, boot_id: str) -> None:
        """Take the moment as the start."""
        super().__init__()
        self._this_boot = boot_id
        self._began = super().now().boot

    def now(self) -> Stamp:
        """The present moment."""
        now = super().now()
        return Stamp(now.wall, now.boot - self._began + SINCE, self._this_boot)


def main(arguments: Sequence[str]) -> int:
    """Run the session process with what follows the boot id; its exit status."""
    with patch("kiosk.serving.SystemClock", partial(Rebooted, arguments[0])):
        return run(arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
