"""Documents as bytes: strict canonical JSON, digests, and the Crockford letters of typed codes.

Rules.
1. A document is a frozen, tagged msgspec struct that refuses unknown fields.
2. There is exactly one byte string for a document: fields in the order of the struct, no white space, UTF-8. `decode`
   encodes what it read and refuses anything that differs, so duplicate keys, NaN, surrogate escapes, big integers and
   spare white space all fail in one place.
3. Sizes are capped before parsing.
4. Times are integers: milliseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from types import GenericAlias, UnionType
from typing import Any, NewType, TypeVar, overload

import msgspec

from keys.errors import DocumentError, DocumentTooLargeError

Digest = NewType("Digest", str)
"""A SHA-256 digest, 64 lower-case hex characters."""

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01 00:00 UTC."""

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MAX_DOCUMENT = 16 * 1024 * 1024


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type"):
    """Base of every document that moves; a subclass gives its `tag`, which is its payload type's name."""


D = TypeVar("D")

_LONG_NUMBER = re.compile(rb"[:,\[]-?[0-9]{19}")
_AS_ZEROS = bytes.maketrans(b"123456789,[-", b"0" * 9 + b":" * 3)
_LONG = b":" + b"0" * 19
"""The same with every digit as 0 and all that stands before a number as a colon: looked for first, being faster."""
_encoder = msgspec.json.Encoder(order=None)


def encode(document: msgspec.Struct) -> bytes:
    """Return the one canonical byte string of a document or of a frozen value inside one."""
    return _encoder.encode(document)


@overload
def decode(raw: bytes, kind: type[D], *, name: str, limit: int = MAX_DOCUMENT) -> D: ...
@overload
def decode(raw: bytes, kind: UnionType, *, name: str, limit: int = MAX_DOCUMENT) -> Any: ...
def decode(raw: bytes, kind: type[D] | UnionType, *, name: str, limit: int = MAX_DOCUMENT) -> D | Any:
    """Parse `raw` as a `kind`; `name` is the word for it in complaints. Raises `DocumentError`."""
    if len(raw) > limit:
        raise DocumentTooLargeError(kind=name, limit=limit)
    try:
        document = msgspec.json.decode(raw, type=kind)
        same = _encoder.encode(document) == raw and _fits(document, raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError) as error:
        raise DocumentError(kind=name, detail=_where(error)) from None
    if not same:
        raise DocumentError(kind=name, detail="it is not in canonical form")
    return document


def decode_all(raws: Sequence[bytes], kind: type[D], *, name: str) -> tuple[D, ...]:
    """Parse each of `raws` as `decode` does, all in one go: for many small ones. Raises `DocumentError`, which does
    not say for which.
    """
    if max(map(len, raws), default=0) > MAX_DOCUMENT:
        raise DocumentTooLargeError(kind=name, limit=MAX_DOCUMENT)
    whole = b"[" + b",".join(raws) + b"]"
    try:
        found: list[D] = msgspec.json.decode(whole, type=GenericAlias(list, (kind,)))
        # No document holds a line's end: as many of them, the same with those between them, are the same one by one.
        same = len(found) == len(raws) and _encoder.encode_lines(found) == b"\n".join([*raws, b""])
        same = same and _fits(found, whole)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError) as error:
        raise DocumentError(kind=name, detail=_where(error)) from None
    if not same:
        raise DocumentError(kind=name, detail="it is not in canonical form")
    return tuple(found)


def _fits(document: object, raw: bytes) -> bool:
    """Whether every integer fits 64 bits, which msgspec alone does not see to; most documents need no second look."""
    if _LONG not in raw.translate(_AS_ZEROS):
        return True
    return not _LONG_NUMBER.search(raw) or _small(msgspec.to_builtins(document))


def _small(value: object) -> bool:
    if isinstance(value, dict):
        return all(_small(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return all(_small(part) for part in value)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def _where(error: Exception) -> str:
    """Say what is wrong without repeating any value of the document."""
    text = str(error)
    if " - at `" in text:
        return "wrong content at " + text.rsplit(" - at `", 1)[1].rstrip("`")
    return "it does not parse"


def digest(raw: bytes) -> Digest:
    """SHA-256 of `raw` in hex (FIPS 180-4)."""
    import hashlib  # brings OpenSSL along, which a process that draws has no use for

    return Digest(hashlib.sha256(raw).hexdigest())


def digests(raws: Iterable[bytes]) -> list[Digest]:
    """SHA-256 of each of `raws` in hex."""
    from hashlib import sha256

    found: list[Any] = [sha256(raw).hexdigest() for raw in raws]
    return found


def crockford(value: int, length: int) -> str:
    """`value` as `length` characters of Crockford's base 32, most significant first."""
    if not 0 <= value < 32**length:
        raise DocumentError(kind="number", detail=f"it does not fit {length} characters")
    return "".join(CROCKFORD[(value >> (5 * place)) & 31] for place in reversed(range(length)))


def uncrockford(text: str) -> int:
    """The number that normalised Crockford characters stand for. Raises `DocumentError`."""
    value = 0
    for character in text:
        place = CROCKFORD.find(character)
        if place < 0:
            raise DocumentError(kind="code", detail="it holds a character that codes never use")
        value = value * 32 + place
    return value


def normalise(typed: str) -> str:
    """What a person typed, without spaces and dashes, upper case, with O read as 0 and I and L as 1."""
    kept = "".join(character for character in typed.upper() if character not in " -\t")
    return kept.translate(str.maketrans("OIL", "011"))


def grouped(code: str, size: int = 3) -> str:
    """A code in groups of `size` characters, to be read aloud."""
    return " ".join(code[start : start + size] for start in range(0, len(code), size))
