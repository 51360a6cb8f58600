"""What a failure may leave behind: its type and its place; no core, no locals, no message, no source line.

Any process that holds exam text calls `install` first. Standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
_STDERR = 2


def line(error: BaseException) -> str:
    """Return "Type at file:line" of the innermost frame, then its callers' places; nothing of the error's own words."""
    places: list[str] = []
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    places.reverse()
    return f"{type(error).__module__}.{type(error).__qualname__} at " + " < ".join(places[:12] or ["unknown"])


def note(error: BaseException) -> None:
    """Write `line(error)` to the log, which is file descriptor 2 of a guarded process; a log that is full loses it."""
    with contextlib.suppress(OSError):
        os.write(_STDERR, f"pid {os.getpid()}: {line(error)}\n".encode("utf-8", "replace"))


def install(log: int) -> None:
    """Guard this process: fd 2 becomes `log`, an uncaught failure is one `note`, no core, no debugger."""
    os.dup2(log, _STDERR)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(PR_SET_DUMPABLE, 0)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent, `parent`, ends; end now if it has ended."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def be(work: Callable[[], None]) -> NoReturn:
    """In a fork: do this and end; the exit status is 0 only if it returned or asked for 0 itself."""
    status = 1
    try:
        work()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException as error:  # noqa: BLE001 - whatever it is, only its type and place are told
        note(error)
    finally:
        os._exit(status)


def _prctl(option: int, value: int) -> None:
    # prctl(2) has no wrapper in the standard library.
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    del kind, trace
    note(error)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        note(args.exc_value)


def _unraisable(args: UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        note(args.exc_value)
