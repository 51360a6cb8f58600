"""A guarded key: a private key that opens only where enough officers' keys are present. docs/formats/guarded-key.md.

Rules.
1. The key is sealed under a fresh content key. For every choice of `threshold` officers that content key is sealed to
   them one inside the other by HPKE, so that all of that choice are needed, in the order of the file.
2. Every layer is bound to the guarded key's fingerprint and to its choice; a layer opens nothing anywhere else.
3. No more than `MOST` choices: 3 of 5 are 10, 3 of 10 are 120, 4 of 10 are too many.
4. The file has no passphrase of its own; each officer's key file has theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb
from pathlib import Path

import msgspec

from keys import primitives
from keys.carrier import FileMissingError, read_file
from keys.encoding import Document, decode, encode
from keys.erasing import write_over
from keys.errors import DocumentError, ExamKioskError, SealError
from keys.identities import Identity, PrivateIdentity
from keys.keystore import KeyFile, KeyFileMissingError, checked
from keys.sealing import Context, Envelope, open_content, open_envelope, seal_content, seal_to
from keys.statement import Role

MOST = 200
LEAST = 2
MAX_GUARDED = 8 * 1024 * 1024
KIND = "guarded key file"
_PART = "private"


class GuardThresholdError(ExamKioskError):
    """A threshold that cannot be met, means nothing, or has too many choices."""

    code = "guard-threshold"
    what = "{threshold} of {officers} officers cannot guard a key: {detail}."
    next_step = "Choose at least 2, no more than there are officers, such as 2 of 3 or 3 of 5."


class GuardOfficerError(ExamKioskError):
    """An officer who cannot guard this key."""

    code = "guard-officer"
    what = "{name} cannot guard this key: {detail}."
    next_step = "Name the public key file of each officer once; officers hold keys of the role root."


class OfficersMissingError(ExamKioskError):
    """Too few officers are here to open a guarded key."""

    code = "officers-missing"
    what = "The key of {name} opens only with {need} of its officers ({officers}), and {have} are here."
    next_step = "Bring the missing officers with their key files, and run the command again."


class OfficerStrangeError(ExamKioskError):
    """A key file that is of no officer of this key, or was given already."""

    code = "officer-strange"
    what = "{name} is {fault} of the guarded key of {guarded}."
    next_step = "Give the key files of different officers: {officers}."


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Officers by their place in the file, and the content key sealed to them in turn, the last outside."""

    officers: tuple[int, ...]
    box: bytes


class GuardedKeyFile(Document, frozen=True, tag="guarded-key/1"):
    """Whose key it is, who guards it, the content key once for every choice of officers, and the key itself."""

    identity: Identity
    threshold: int
    officers: tuple[Identity, ...]
    suite: str
    choices: tuple[Choice, ...]
    sealed: bytes

    @property
    def names(self) -> str:
        """The officers, as people read them."""
        return ", ".join(one.name for one in self.officers)


def guard(private: PrivateIdentity, officers: Sequence[Identity], threshold: int) -> GuardedKeyFile:
    """The guarded form of a key. Raises `GuardThresholdError` or `GuardOfficerError`."""
    _check(private, officers, threshold)
    key, owner = primitives.entropy(32), private.identity
    choices: list[Choice] = []
    for some in combinations(range(len(officers)), threshold):
        box = key
        for place in some:
            one = officers[place]
            box = seal_to(one.fingerprint, one.sealing, box, _context(owner, officers, some)).box
        choices.append(Choice(some, box))
    sealed = seal_content(key, _PART, encode(private), _context(owner, officers, ()))
    return GuardedKeyFile(owner, threshold, tuple(officers), primitives.SUITE, tuple(choices), sealed)


def open_guarded(held: GuardedKeyFile, present: Sequence[PrivateIdentity]) -> PrivateIdentity:
    """The key, with the officers that are present.

    Raises `OfficersMissingError`, `OfficerStrangeError`, `SealError`, `DocumentError` or `PublishedKeyError`.
    """
    places: dict[int, PrivateIdentity] = {}
    for one in present:
        place = officer_place(held, one.identity, tuple(places))
        places[place] = one
    if held.threshold < LEAST or len(places) < held.threshold:
        need = max(held.threshold, LEAST)
        raise OfficersMissingError(name=held.identity.name, need=need, officers=held.names, have=len(places))
    chosen = tuple(sorted(places)[: held.threshold])
    box = next((one.box for one in held.choices if one.officers == chosen), None)
    if box is None or held.suite != primitives.SUITE:
        raise SealError(kind=KIND)
    context = _context(held.identity, held.officers, chosen)
    for place in reversed(chosen):
        who = places[place]
        layer = Envelope(who.identity.fingerprint, held.suite, box)
        box = open_envelope((layer,), who.identity.fingerprint, who.sealing, context, kind=KIND)
    if len(box) != 32:
        raise SealError(kind=KIND)
    clear = open_content(box, _PART, held.sealed, _context(held.identity, held.officers, ()), kind=KIND)
    return checked(decode(clear, PrivateIdentity, name=KIND), held.identity)


def officer_place(held: GuardedKeyFile, who: Identity, given: Sequence[int]) -> int:
    """The place of an officer in the file. Raises `OfficerStrangeError` for anybody else, or one given already."""
    fault = ""
    place = held.officers.index(who) if who in held.officers else -1
    if place < 0:
        fault = "no officer"
    elif place in given:
        fault = "an officer that was given already"
    if fault:
        raise OfficerStrangeError(name=who.name, fault=fault, guarded=held.identity.name, officers=held.names)
    return place


def read_key_file(path: Path) -> KeyFile | GuardedKeyFile:
    """A key file of either kind, still locked. Raises `KeyFileMissingError`, `DocumentError` or a `StorageError`."""
    try:
        raw = read_file(path, limit=MAX_GUARDED)
    except FileMissingError:
        raise KeyFileMissingError(name=str(path)) from None
    found = decode(raw, KeyFile | GuardedKeyFile, name="key file", limit=MAX_GUARDED)
    if not isinstance(found, KeyFile | GuardedKeyFile):
        raise DocumentError(kind="key file", detail="it is no key file")
    return found


def replace_by_guarded(path: Path, held: GuardedKeyFile) -> None:
    """Put the guarded form in the place of a key file, whose bytes are overwritten. Raises a `StorageError`."""
    write_over(path, encode(held))


def _check(private: PrivateIdentity, officers: Sequence[Identity], threshold: int) -> None:
    count = len(officers)
    detail = ""
    if not LEAST <= threshold <= count:
        detail = "the threshold is at least 2 and at most their number"
    elif comb(count, threshold) > MOST:
        detail = f"that is {comb(count, threshold)} choices of officers, and {MOST} are the most"
    if detail:
        raise GuardThresholdError(threshold=threshold, officers=count, detail=detail)
    for at, one in enumerate(officers):
        if one.role is not Role.ROOT:
            raise GuardOfficerError(name=one.name, detail=f"it is a {one.role.value} key")
        if one.sealing == private.identity.sealing:
            raise GuardOfficerError(name=one.name, detail="it is the key that is to be guarded")
        if any(one.sealing == other.sealing or one.name == other.name for other in officers[:at]):
            raise GuardOfficerError(name=one.name, detail="it is named twice")


def _context(owner: Identity, officers: Sequence[Identity], some: Sequence[int]) -> Context:
    """What a layer is bound to: the guarded key and the choice; of the key itself, all officers."""
    chosen = [officers[place] for place in some] or list(officers)
    return Context(
        "guarded-key",
        plan=owner.fingerprint,
        package=" ".join(one.fingerprint for one in chosen),
        mode=str(len(some)),
    )
