"""What the session process takes from itself: its output, and pages that may be swapped out.

What a failure leaves behind, core dumps and being traced are terminal/crash.py's. What the system does not grant is
returned by name and stands in the first entry of every journal.
"""

from __future__ import annotations

import ctypes
import os
import resource
from pathlib import Path

from terminal import crash

MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4


def harden() -> tuple[str, ...]:
    """No swap; the names of what could not be had."""
    return () if _lock_memory(ctypes.CDLL(None, use_errno=True)) else ("memory",)


def quiet(log: Path) -> None:
    """Send descriptors 1 and 2 to a log of mode 0600; a failure is written there as its type and place, no more."""
    log.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(log, flags, 0o600)
    os.fchmod(file, 0o600)
    os.dup2(file, 1)
    crash.install(file)
    os.close(file)


def _lock_memory(library: ctypes.CDLL) -> bool:
    """Only where there is no limit: under one, a later and larger allocation would fail in the middle of a test."""
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if soft != resource.RLIM_INFINITY and os.geteuid() != 0:
        return False
    locked: int = library.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)
    return locked == 0
