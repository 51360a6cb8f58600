"""Local files whose bytes must not outlive them: overwritten in place before their blocks are given back.

Overwriting reaches a disk that writes in place. A flash medium or a file system that copies on write may keep the old
blocks; nothing is promised of those.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from keys.carrier import FileMissingError, disk_errors, remove_file, write_file

_FLAGS = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC


def erase(path: Path) -> None:
    """Overwrite a file and remove it; one that is not there is no error. Raises a `StorageError`."""
    try:
        with disk_errors(path), _opened(path) as file:
            _overwrite(file)
    except FileMissingError:
        return
    remove_file(path)


def write_over(path: Path, content: bytes) -> None:
    """Write a file durably in place of the one there is, then overwrite the bytes of the old one.

    In this order a stop at any moment leaves one of the two whole. Raises a `StorageError`, and then the old file is
    as it was; that the old bytes could not be overwritten is no error.
    """
    with contextlib.ExitStack() as stack:
        old: int | None = None
        with contextlib.suppress(OSError):
            old = stack.enter_context(_opened(path))
        write_file(path, content)
        if old is not None:
            with contextlib.suppress(OSError):
                _overwrite(old)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, _FLAGS)
    try:
        yield file
    finally:
        os.close(file)


def _overwrite(file: int) -> None:
    os.write(file, bytes(os.fstat(file).st_size))
    os.fsync(file)
