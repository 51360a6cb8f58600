"""The flat container: a signed statement, then named parts whose lengths and digests the statement gives.

    exam-kiosk/container/1 LF
    u32 length of the DSSE envelope, big-endian
    the DSSE envelope
    the parts, one after another, in the order of the statement

There are no paths, no compression and no padding: a file is exactly as long as its header says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from keys.encoding import Digest, digest
from keys.errors import ContainerError, PartAlteredError

MAGIC = b"exam-kiosk/container/1\n"
NAME = re.compile(r"[a-z0-9._-]{1,64}")
MAX_PARTS = 4096
MAX_ENVELOPE = 8 * 1024 * 1024


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part as the signed statement names it: its name, length in bytes and SHA-256."""

    name: str
    length: int
    sha256: Digest


def describe(parts: Mapping[str, bytes]) -> tuple[Part, ...]:
    """The header's lines for these parts, in their order."""
    return tuple(Part(name, len(content), digest(content)) for name, content in parts.items())


def pack(envelope: bytes, contents: Sequence[bytes]) -> bytes:
    """The bytes of a container from a signed envelope and its parts in the statement's order."""
    return b"".join((MAGIC, len(envelope).to_bytes(4, "big"), envelope, *contents))


def split(raw: bytes, *, kind: str) -> tuple[bytes, bytes]:
    """The envelope and the bytes behind it; nothing is verified yet. Raises `ContainerError`."""
    start = len(MAGIC) + 4
    if not raw.startswith(MAGIC) or len(raw) < start:
        raise ContainerError(kind=kind, detail="it does not begin as such a file does")
    length = int.from_bytes(raw[len(MAGIC) : start], "big")
    if length > MAX_ENVELOPE or start + length > len(raw):
        raise ContainerError(kind=kind, detail="it is cut short")
    return raw[start : start + length], raw[start + length :]


def parts(body: bytes, listed: Sequence[Part], *, kind: str) -> dict[str, bytes]:
    """The parts by name, each checked against the verified statement. Raises `ContainerError`."""
    if len(listed) > MAX_PARTS or len({part.name for part in listed}) != len(listed):
        raise ContainerError(kind=kind, detail="its list of parts is not in order")
    if any(not NAME.fullmatch(part.name) or part.length < 0 for part in listed):
        raise ContainerError(kind=kind, detail="its list of parts is not in order")
    if sum(part.length for part in listed) != len(body):
        raise ContainerError(kind=kind, detail="its length is not the one in its header")
    found: dict[str, bytes] = {}
    at = 0
    for part in listed:
        content = body[at : at + part.length]
        at += part.length
        if digest(content) != part.sha256:
            raise PartAlteredError(kind=kind, part=part.name)
        found[part.name] = content
    return found
