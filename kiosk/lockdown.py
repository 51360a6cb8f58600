"""What the session process takes from itself: core dumps, being traced, its output, and pages that may be swapped out.

What the system does not grant is returned by name and stands in the first entry of every journal.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import traceback
from pathlib import Path
from types import TracebackType

PR_SET_DUMPABLE = 4
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4


def harden() -> tuple[str, ...]:
    """No core dump, no tracer, no swap; the names of what could not be had."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    library = ctypes.CDLL(None, use_errno=True)
    missing: list[str] = []
    if library.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        missing.append("tracing")
    if not _lock_memory(library):
        missing.append("memory")
    return tuple(missing)


def quiet(log: Path) -> None:
    """Send descriptors 1 and 2 to a log of mode 0600, and write an error there as its type and place, nothing else."""
    log.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(log, flags, 0o600)
    os.fchmod(file, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
    sys.excepthook = _note


def _note(kind: type[BaseException], _value: BaseException, trace: TracebackType | None) -> None:
    frames = traceback.extract_tb(trace)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
    os.write(2, f"{kind.__name__} at {place}\n".encode())


def _lock_memory(library: ctypes.CDLL) -> bool:
    """Only where there is no limit: under one, a later and larger allocation would fail in the middle of a test."""
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if soft != resource.RLIM_INFINITY and os.geteuid() != 0:
        return False
    locked: int = library.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)
    return locked == 0
