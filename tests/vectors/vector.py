"""A vector file: what is to come of a document, then the document. And the fixed people whose keys the vectors use.

    expect: part-altered
    comment: One bit of the part `form` is changed.

    the document's bytes, to the end of the file

`expect` is `ok` or the code of the error; other lines, such as `code:`, set what else the reader is given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keys import primitives
from keys.identities import Identity, PrivateIdentity
from keys.statement import Role

FOLDER = Path(__file__).parent
SEALING = 96


@dataclass(frozen=True)
class Vector:
    """One document and what is to come of it; `more` holds the other lines of its head."""

    name: str
    expect: str
    comment: str
    body: bytes
    more: dict[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """The bytes of the vector's file."""
        lines = {"expect": self.expect, "comment": self.comment, **self.more}
        return "".join(f"{name}: {text}\n" for name, text in lines.items()).encode() + b"\n" + self.body


def read(path: Path) -> Vector:
    """A vector from its file."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    lines = dict(line.split(": ", 1) for line in head.decode().split("\n"))
    return Vector(path.stem, lines.pop("expect"), lines.pop("comment"), body, lines)


def read_all(folder: str) -> list[Vector]:
    """Every vector of a format."""
    return [read(path) for path in sorted((FOLDER / folder).glob("*.vector"))]


def frozen(folder: str, name: str, make: Callable[[], bytes]) -> bytes:
    """The document of a vector that was sealed once and is kept; made anew only where its file is gone."""
    path = FOLDER / folder / f"{name}.vector"
    return read(path).body if path.exists() else make()


PEOPLE = frozenset(
    {
        (Role.CENTRE, "another", "elsewhere"),
        (Role.CENTRE, "centre", "centre"),
        (Role.INTAKE, "intake", "centre"),
        (Role.KIOSK, "kiosk-01", "west"),
        (Role.KIOSK, "kiosk-02", "west"),
        (Role.KIOSK, "kiosk-03", "west"),
        (Role.KIOSK, "kiosk-99", "east"),
        (Role.PACKAGER, "packager", "centre"),
        (Role.PACKAGER, "stranger", "centre"),
        (Role.PROCTOR, "rivera", "west"),
        (Role.PROCTOR, "stranger", "west"),
        (Role.REGISTRAR, "registrar", "centre"),
        (Role.SCORING, "scoring", "centre"),
    }
)
"""Everybody in the vectors. The digests of their keys stand in keys/published.py, and the program refuses them."""


def person(role: Role, name: str, site: str = "centre") -> PrivateIdentity:
    """One of `PEOPLE`, with test keys that anyone can derive: never believe them outside tests."""
    if (role, name, site) not in PEOPLE:
        raise KeyError(role, name, site)
    seed = hashlib.sha256(f"exam-kiosk test signing key: {role.value} {site} {name}".encode()).digest()
    sealing = hashlib.shake_256(f"exam-kiosk test sealing key: {role.value} {site} {name}".encode()).digest(
        SEALING
    )
    public, sealing_public = primitives.signing_public(seed), primitives.sealing_public(sealing)
    return PrivateIdentity(Identity(role, site, name, public, sealing_public), seed, sealing)


def respelt(envelope: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A DSSE envelope whose JSON was changed by hand, in the one canonical spelling; its signature is left as it is."""
    document = json.loads(envelope)
    change(document)
    return json.dumps(document, separators=(",", ":")).encode()


def flipped(raw: bytes, at: int) -> bytes:
    """`raw` with one bit changed at an offset, which may count from the end."""
    changed = bytearray(raw)
    changed[at] ^= 1
    return bytes(changed)
