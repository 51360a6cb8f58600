"""Private keys on disk: a person's key under Argon2id of a passphrase, a machine's own in a file only it may read.

A key file names its public identity in clear, so that its passphrase can be asked for by name; the private halves are
locked, bound to that identity's fingerprint. Public halves are `Identity` documents.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from keys import primitives
from keys.carrier import FileMissingError, read_file, write_file
from keys.encoding import Document, decode, encode
from keys.errors import DocumentError, ExamKioskError, WrongCodeError, WrongPassphraseError
from keys.identities import Identity, PrivateIdentity
from keys.primitives import MODERATE, KdfCost
from keys.published import refuse_published
from keys.sealing import CodeLock, Context, lock, unlock

MAX_KEY_FILE = 64 * 1024
MIN_PASSPHRASE = 8


class KeyFileMissingError(ExamKioskError):
    """There is no key file of this name."""

    code = "key-file-missing"
    what = "There is no key file {name}."
    next_step = "Check the name, and that the drive with your key is in."


class KeyFileExistsError(ExamKioskError):
    """A key would be written over another."""

    code = "key-file-exists"
    what = "There is already a key file {name}, and a key is never overwritten."
    next_step = "Choose another name or folder."


class ShortPassphraseError(ExamKioskError):
    """A new passphrase is too short."""

    code = "passphrase-short"
    what = "A passphrase has at least {least} characters."
    next_step = "Choose a longer one; several words that do not belong together are good."


class KeyFile(Document, frozen=True, tag="key-file/1"):
    """A locked key: whose it is, and the lock over its `PrivateIdentity`."""

    identity: Identity
    locked: CodeLock


class StationKeys(Document, frozen=True, tag="station-keys/1"):
    """What a machine was given at enrolment: its identity and a secret of 32 bytes that never leaves it."""

    private: PrivateIdentity
    local_secret: bytes

    def __repr__(self) -> str:
        """Never show the secrets."""
        return f"StationKeys({self.private.identity.name})"


def check_new(path: Path) -> None:
    """Raise `KeyFileExistsError` where a key would be written over something, before a passphrase is asked for."""
    if os.path.lexists(path):
        raise KeyFileExistsError(name=str(path))


def save_private(path: Path, private: PrivateIdentity, passphrase: str, cost: KdfCost = MODERATE) -> None:
    """Lock a key under `passphrase` in a new file of mode 0600.

    Raises `KeyFileExistsError`, `ShortPassphraseError` or a `StorageError`.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise ShortPassphraseError(least=MIN_PASSPHRASE)
    locked = lock(_typed(passphrase), encode(private), _context(private.identity), cost)
    _write_new(path, encode(KeyFile(private.identity, locked)), 0o600)


def load_private(path: Path, passphrase: str, *, floor: KdfCost = MODERATE) -> PrivateIdentity:
    """Unlock a key file; `floor` is the least Argon2id work that is accepted.

    Raises `KeyFileMissingError`, `DocumentError`, `WeakLockError`, `WrongPassphraseError` or `PublishedKeyError`.
    """
    held = decode(_read(path), KeyFile, name="key file", limit=MAX_KEY_FILE)
    try:
        raw = unlock(held.locked, _typed(passphrase), _context(held.identity), kind=path.name, floor=floor)
    except WrongCodeError:
        raise WrongPassphraseError(name=held.identity.name) from None
    return checked(decode(raw, PrivateIdentity, name="key file"), held.identity)


def load_owner(path: Path) -> Identity:
    """Whose key a key file says it is, before its passphrase is asked for; nothing is verified."""
    return decode(_read(path), KeyFile, name="key file", limit=MAX_KEY_FILE).identity


def save_public(path: Path, identity: Identity) -> None:
    """Write the public half. Raises `KeyFileExistsError` or a `StorageError`."""
    _write_new(path, encode(identity), 0o644)


def load_public(path: Path) -> Identity:
    """Read a public half. Raises `KeyFileMissingError`, `DocumentError` or `PublishedKeyError`."""
    identity = decode(_read(path), Identity, name="public key", limit=MAX_KEY_FILE)
    refuse_published(identity.name, identity.signing, identity.sealing)
    return identity


def save_station(path: Path, keys: StationKeys) -> None:
    """Write a machine's own keys in a new file of mode 0600. Raises `KeyFileExistsError` or a `StorageError`."""
    _write_new(path, encode(keys), 0o600)


def load_station(path: Path) -> StationKeys:
    """Read a machine's own keys.

    Raises `KeyFileMissingError`, `FileExposedError`, `DocumentError` or `PublishedKeyError`.
    """
    keys = decode(_read(path, private=True), StationKeys, name="station key file", limit=MAX_KEY_FILE)
    checked(keys.private, keys.private.identity)
    return keys


def _typed(passphrase: str) -> bytes:
    """The bytes of a passphrase, the same however a keyboard composes its accents."""
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def _context(identity: Identity) -> Context:
    return Context("key-file", recipient=identity.fingerprint)


def checked(private: PrivateIdentity, owner: Identity) -> PrivateIdentity:
    """The private halves, if they are those of the public identity beside them."""
    pair = (private.identity.signing, private.identity.sealing)
    try:
        found = (primitives.signing_public(private.seed), primitives.sealing_public(private.sealing))
    except ValueError:
        raise DocumentError(kind="key file", detail="its key is not a key") from None
    if private.identity != owner or found != pair:
        raise DocumentError(kind="key file", detail="its halves do not belong together")
    refuse_published(owner.name, *pair)
    return private


def _read(path: Path, *, private: bool = False) -> bytes:
    try:
        return read_file(path, limit=MAX_KEY_FILE, private=private)
    except FileMissingError:
        raise KeyFileMissingError(name=str(path)) from None


def _write_new(path: Path, content: bytes, mode: int) -> None:
    check_new(path)
    write_file(path, content, mode)
