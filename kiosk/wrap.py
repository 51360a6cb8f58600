"""W_n: the vault's key under the next resume code and this machine's own secret. Pure but for its nonce and salt.

    W_n = box(D(Argon2id(R_n), "wrap", local secret, session, u32 n), V), n >= 1

Rules.
1. R_n opens W_n once: a resume writes W_(n+1) over it before it goes on, and the bytes of W_n are overwritten.
2. The file says which n it asks for; n is authenticated through the key, and the station file holds the least n.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from keys import primitives
from keys.codes import RESUME_LENGTH, typed
from keys.encoding import Document, decode, encode
from keys.errors import SealError, WeakLockError, WrongCodeError
from keys.primitives import KdfCost
from keys.sealing import Context

KIND = "resume code"
MAX_WRAP = 4096


class Wrapped(Document, frozen=True, tag="wrap/1"):
    """The file: for which session and which n, Argon2id's salt and cost, and the box with V."""

    session: str
    n: Annotated[int, msgspec.Meta(ge=1, lt=2**32)]
    salt: bytes
    cost: KdfCost
    box: bytes


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a wrap is made for: the session, n, and the 32 bytes that never leave this machine."""

    session: str
    n: int
    local_secret: bytes

    def __repr__(self) -> str:
        """Never show the secret."""
        return f"Lock({self.session}, {self.n})"


def wrap(lock: Lock, code: str, vault_key: bytes, cost: KdfCost) -> bytes:
    """The file that R_n, given as `code`, opens."""
    salt = primitives.entropy(16)
    boxed = primitives.box(_key(lock, code, salt, cost), vault_key, _context(lock))
    return encode(Wrapped(lock.session, lock.n, salt, cost, boxed))


def read_wrap(raw: bytes) -> Wrapped:
    """A wrap file, not opened. Raises `DocumentError`."""
    return decode(raw, Wrapped, name="wrapped key", limit=MAX_WRAP)


def unwrap(wrapped: Wrapped, code: str, local_secret: bytes, *, floor: KdfCost) -> bytes:
    """V, with a typed code. Raises `MistypedCodeError`, `WeakLockError`, `SealError` or `WrongCodeError`."""
    spelled = typed(code, RESUME_LENGTH, kind=KIND)
    if not primitives.at_least(wrapped.cost, floor):
        raise WeakLockError(name="wrap")
    if not primitives.at_least(primitives.CEILING, wrapped.cost) or len(wrapped.salt) != 16:
        raise SealError(kind="wrapped key")
    lock = Lock(wrapped.session, wrapped.n, local_secret)
    key = _key(lock, spelled, wrapped.salt, wrapped.cost)
    try:
        return primitives.unbox(key, wrapped.box, _context(lock), kind=KIND)
    except SealError:
        raise WrongCodeError(kind=KIND) from None


def _key(lock: Lock, code: str, salt: bytes, cost: KdfCost) -> bytes:
    stretched = primitives.stretch(code.encode(), salt, cost)
    number = lock.n.to_bytes(4, "big")
    return primitives.derive(stretched, "wrap", lock.local_secret, lock.session.encode(), number)


def _context(lock: Lock) -> bytes:
    return Context(f"wrap {lock.session} {lock.n}").encoded()
