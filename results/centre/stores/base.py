"""What the ledger asks of the place where it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from keys.connection import VaultBusyError, VaultError
from keys.errors import ExamKioskError
from results.centre.stores.locks import Locks


class LedgerMissingError(ExamKioskError):
    """Nothing was imported yet."""

    code = "ledger-missing"
    what = "There is no ledger in {name}: nothing has been imported yet."
    next_step = "Check the folder, or import a carrier first."


class BackupPlaceError(ExamKioskError):
    """A folder for the ledger's copy that holds something else."""

    code = "backup-place"
    what = "The ledger's copy cannot go to {name}: it is the ledger's own folder, or holds the copy of another one."
    next_step = "Name an empty folder on another drive, or the one that holds this ledger's older copy."


class LedgerNewerError(VaultError):
    """The ledger was written by a newer program."""

    code = "ledger-newer"
    what = "The ledger {name} was written by a newer version of this program ({found})."
    next_step = "Use the newer program; nothing was changed."


class LedgerContendedError(VaultBusyError):
    """Other importers were in the way each time."""

    code = "ledger-contended"
    what = "Other programs kept changing the same in {name}."
    next_step = "Run the same command again; what was finished is in the ledger."


class Store(Protocol):
    """One place of one ledger. Errors of its driver become the product's by `told`."""

    name: str
    key_path: Path
    engine: sa.Engine
    reader: sa.Engine
    """For transactions that only read: as `engine`, or a view of one moment that keeps nobody waiting."""
    is_shared: bool
    """Whether several programs may write at the same time."""

    def exists(self) -> bool:
        """Whether there is a ledger. Raises a `VaultError`."""

    def make(self, key: bytes) -> None:
        """Make an empty ledger; where one is made meanwhile by another program, that one is used."""

    def unlock(self, key: bytes) -> None:
        """Use this key from now on; nothing is opened."""

    def before_upgrade(self, version: str) -> None:
        """Keep a copy of the ledger of an older version, where the place is this program's own."""

    def copy(self, to: Path, key: bytes) -> None:
        """Write the whole ledger into a new SQLCipher file and verify it."""

    def locks(self, connection: sa.Connection, *, alone: bool) -> Locks:
        """What keeps others away in this transaction: from everything if `alone`, else from what is named."""

    def told(self, error: BaseException | None) -> VaultError | None:
        """The product's error for one of the driver's, or None for another one."""
