"""Sealing: content under a content key, keys to each recipient, and secrets under something a person types.

Every box is bound to its context: the purpose, sitting, mode, recipient, plan and package it was made for.
Opening it for
anything else fails as if it had been altered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from keys import primitives
from keys.errors import SealError, WeakLockError, WrongCodeError, WrongRecipientError
from keys.primitives import KdfCost


@dataclass(frozen=True, slots=True)
class Context:
    """What a box is for. Fields that do not apply stay empty."""

    purpose: str
    sitting: str = ""
    mode: str = ""
    recipient: str = ""
    plan: str = ""
    package: str = ""

    def encoded(self) -> bytes:
        """The bytes that are authenticated: each field behind its length."""
        fields = (self.purpose, self.sitting, self.mode, self.recipient, self.plan, self.package)
        return primitives.prefixed(*(field.encode() for field in fields))

    def to(self, recipient: str) -> Context:
        """This context for one recipient."""
        return Context(self.purpose, self.sitting, self.mode, recipient, self.plan, self.package)


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A secret sealed to one recipient by HPKE; `recipient` is the fingerprint."""

    recipient: str
    suite: str
    box: bytes


class CodeLock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A secret under something typed: XChaCha20-Poly1305 with Argon2id of the code."""

    salt: bytes
    cost: KdfCost
    box: bytes


def seal_content(key: bytes, name: str, plaintext: bytes, context: Context) -> bytes:
    """Bulk content under its own key derived from `key` and the part's `name`."""
    return primitives.stream_seal(_part_key(key, name), plaintext, context.encoded())


def open_content(key: bytes, name: str, sealed: bytes, context: Context, *, kind: str) -> bytes:
    """Open what `seal_content` made. Raises `SealError`."""
    return primitives.stream_open(_part_key(key, name), sealed, context.encoded(), kind=kind)


def _part_key(key: bytes, name: str) -> bytes:
    return primitives.derive(key, "part", name.encode())


def seal_to(fingerprint: str, public: bytes, secret: bytes, context: Context) -> Envelope:
    """Seal a small secret to one recipient."""
    box = primitives.hpke_seal(public, secret, context.to(fingerprint).encoded())
    return Envelope(fingerprint, primitives.SUITE, box)


def open_envelope(
    envelopes: Iterable[Envelope], fingerprint: str, private: bytes, context: Context, *, kind: str
) -> bytes:
    """Open the envelope that is for this holder. Raises `WrongRecipientError` or `SealError`."""
    for envelope in envelopes:
        if envelope.recipient == fingerprint:
            if envelope.suite != primitives.SUITE:
                raise SealError(kind=kind)
            return primitives.hpke_open(private, envelope.box, context.to(fingerprint).encoded(), kind=kind)
    raise WrongRecipientError(kind=kind, holder=fingerprint)


def lock(typed: bytes, secret: bytes, context: Context, cost: KdfCost) -> CodeLock:
    """Lock `secret` under what was `typed`, with a fresh salt."""
    salt = primitives.entropy(16)
    return CodeLock(
        salt, cost, primitives.box(primitives.stretch(typed, salt, cost), secret, context.encoded())
    )


def unlock(locked: CodeLock, typed: bytes, context: Context, *, kind: str, floor: KdfCost) -> bytes:
    """Open a `CodeLock`. Raises `WeakLockError`, `SealError` or `WrongCodeError`.

    `floor` is the least work that is accepted; work above the ceiling is refused before it is done.
    """
    if not primitives.at_least(locked.cost, floor):
        raise WeakLockError(name=kind)
    if not primitives.at_least(primitives.CEILING, locked.cost) or len(locked.salt) != 16:
        raise SealError(kind=kind)
    key = primitives.stretch(typed, locked.salt, locked.cost)
    try:
        return primitives.unbox(key, locked.box, context.encoded(), kind=kind)
    except SealError:
        raise WrongCodeError(kind=kind) from None
