"""What may fail under a session process, and what that means: a problem that is told, or a session that stops."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from keys.errors import ExamKioskError, SealError
from keys.vault import VaultDamagedError, VaultError
from kiosk.local_file import LocalFileAlteredError
from kiosk.seating import PackageTextError, StorePutBackError
from kiosk.store import StoreFailedError
from results.wire.journal import JournalBrokenError

BEYOND = (
    StorePutBackError,
    JournalBrokenError,
    LocalFileAlteredError,
    VaultDamagedError,
    PackageTextError,
    SealError,
)
"""What starting again does not mend."""
FATAL = (StoreFailedError, VaultError, *BEYOND)
"""What stops an open session until a person has looked at the machine."""


class MachineRefusedError(ExamKioskError):
    """The operating system refused something that no file of ours has words for."""

    code = "machine-refused"
    what = "This machine could not do that: {detail}."
    next_step = "See that the carrier is in and the disk has room, then try again; if it stays, call support."


def telling(action: Callable[[], None]) -> None:
    """Do this; what the system refuses is an error of ours with a code. Raises `MachineRefusedError`."""
    try:
        action()
    except OSError as error:
        raise MachineRefusedError(detail=os.strerror(error.errno or errno.EIO)) from error
