"""Opening a file that a person named: a plain one, so that no command waits for what never comes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from keys.carrier import FileRefusedError
from keys.text import sanitise


def first_bytes(path: Path, most: int) -> bytes:
    """At most so many bytes from the beginning of a file. Raises `FileRefusedError` or an `OSError`."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileRefusedError(name=sanitise(str(path), limit=400))
        return file.read(most)
