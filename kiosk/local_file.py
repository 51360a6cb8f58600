"""A small document of this machine, outside any vault: durable, and authenticated by the machine's own secret.

    mac = D(D(local secret, label), "mac", SHA-256 of the document)

The MAC shows that this machine wrote the file under this label; it cannot show that it is the newest.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from keys import primitives
from keys.carrier import read_file, write_file
from keys.encoding import Document, decode, digest, encode
from keys.errors import ExamKioskError

LIMIT = 1024 * 1024

K = TypeVar("K", bound=Document)


class LocalFileAlteredError(ExamKioskError):
    """A file that this machine did not write."""

    code = "local-file-altered"
    what = "The file {name} on this machine was changed outside the program."
    next_step = "Do not use this machine for the exam; keep it as it is and call the support contact."


class _Signed(Document, frozen=True, tag="local-file/1"):
    content: msgspec.Raw
    mac: bytes


def write_local(path: Path, secret: bytes, label: str, document: Document) -> None:
    """Write `document` durably in place of what was there. Raises a `StorageError`."""
    content = encode(document)
    write_file(path, encode(_Signed(msgspec.Raw(content), _mac(secret, label, content))))


def read_local(path: Path, secret: bytes, label: str, kind: type[K]) -> K:
    """Read it back. Raises `FileMissingError`, `LocalFileAlteredError` or `DocumentError`."""
    signed = decode(read_file(path, limit=LIMIT, private=True), _Signed, name=path.name)
    content = bytes(signed.content)
    if not primitives.same(signed.mac, _mac(secret, label, content)):
        raise LocalFileAlteredError(name=path.name)
    return decode(content, kind, name=path.name)


def _mac(secret: bytes, label: str, content: bytes) -> bytes:
    return primitives.derive(primitives.derive(secret, label), "mac", digest(content).encode())
