"""Signed statements: DSSE envelopes (v1.0) through securesystemslib, and which role may sign which payload type.

Rules.
1. Every payload type has one role that may sign it; `verify` checks it where the payload is opened, never the caller.
2. The signature covers the payload's type and its exact bytes; they are parsed only after it was verified.
3. One statement, one signature. Two roles on one thing are two statements.
4. A line of a journal, and a word of agreement in one, carry a bare signature over their kind and bytes (`sign_raw`).
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

import msgspec

from keys import primitives
from keys.encoding import decode, encode
from keys.errors import SignatureError, UnknownSignerError, WrongPayloadTypeError, WrongRoleError

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, SSlibKey

KeyId = NewType("KeyId", str)


class Role(enum.StrEnum):
    """Who holds a key. What each may do is the table in docs/threat-model.md."""

    ROOT = "root"
    PACKAGER = "packager"
    REGISTRAR = "registrar"
    PUBLISHER = "publisher"
    INTAKE = "intake"
    SCORING = "scoring"
    CENTRE = "centre"
    CERTIFIER = "certifier"
    PROCTOR = "proctor"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class PayloadType:
    """A kind of signed document: `type` is its DSSE payload type, `name` the word people read."""

    type: str
    name: str
    role: Role


def _payload(slug: str, name: str, role: Role) -> PayloadType:
    return PayloadType(f"application/vnd.exam-kiosk.{slug}.v1+json", name, role)


EXAM_PACKAGE = _payload("exam-package", "exam package", Role.PACKAGER)
PRACTICE_FORM = _payload("practice-form", "practice form", Role.PACKAGER)
SCORING_KEY = _payload("scoring-key", "scoring key", Role.SCORING)
CONVERSION_TABLE = _payload("conversion-table", "conversion table", Role.SCORING)
EQUATING_TABLE = _payload("equating-table", "equating table", Role.SCORING)
SCORE_RUN = _payload("score-run", "score run", Role.SCORING)
SITTING_PLAN = _payload("sitting-plan", "sitting plan", Role.REGISTRAR)
RELEASE = _payload("release", "release", Role.REGISTRAR)
UNLOCK = _payload("unlock", "unlock file", Role.PROCTOR)
SEALED_RECORD = _payload("sealed-record", "sealed record", Role.KIOSK)
VAULT_ESCROW = _payload("vault-escrow", "vault escrow", Role.KIOSK)
MIRROR = _payload("mirror", "mirror segment", Role.KIOSK)
CLOSING_PAGE = _payload("closing-page", "closing page", Role.PROCTOR)
SITTING_BUNDLE = _payload("sitting-bundle", "sitting bundle", Role.PROCTOR)
RECEIPT = _payload("receipt", "receipt", Role.INTAKE)
CERTIFICATE = _payload("certificate", "certificate", Role.CERTIFIER)
STATION_HANDOVER = _payload("station-handover", "station's hand-over", Role.SCORING)
KIOSK_REQUEST = _payload("kiosk-enrolment", "kiosk enrolment request", Role.KIOSK)
PROCTOR_REQUEST = _payload("proctor-enrolment", "proctor enrolment request", Role.PROCTOR)

PAYLOADS = {
    payload.type: payload
    for payload in (
        EXAM_PACKAGE,
        PRACTICE_FORM,
        SCORING_KEY,
        CONVERSION_TABLE,
        EQUATING_TABLE,
        SCORE_RUN,
        SITTING_PLAN,
        RELEASE,
        UNLOCK,
        SEALED_RECORD,
        VAULT_ESCROW,
        MIRROR,
        CLOSING_PAGE,
        SITTING_BUNDLE,
        RECEIPT,
        CERTIFICATE,
        STATION_HANDOVER,
        KIOSK_REQUEST,
        PROCTOR_REQUEST,
    )
}


class _Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keyid: str
    sig: bytes


class _Dsse(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The JSON envelope of the DSSE specification: base64 payload, payload type, signatures."""

    payload: bytes
    payload_type: str
    signatures: tuple[_Signature, ...]


@dataclass(frozen=True, slots=True)
class Signer:
    """A private signing key in memory and the role it signs as."""

    role: Role
    name: str
    seed: bytes

    @property
    def public(self) -> bytes:
        """The 32 public bytes."""
        return primitives.signing_public(self.seed)

    def __repr__(self) -> str:
        """Never show the seed."""
        return f"Signer({self.role.value}, {self.name})"


@dataclass(frozen=True, slots=True)
class Holder:
    """A public key that is believed, whose it is and in which role."""

    role: Role
    name: str
    public: bytes


class Keyring:
    """The public keys that are believed here, by key id."""

    def __init__(self, holders: Iterable[Holder]) -> None:
        """Hold `holders`; a key that appears in two roles keeps both."""
        self._holders: dict[KeyId, list[Holder]] = {}
        for holder in holders:
            self._holders.setdefault(key_id(holder.public), []).append(holder)

    def find(self, keyid: str) -> tuple[Holder, ...]:
        """Every believed holder of this key id, possibly none."""
        return tuple(self._holders.get(KeyId(keyid), ()))

    def and_also(self, holders: Iterable[Holder]) -> Keyring:
        """This ring with more holders."""
        return Keyring([*(one for held in self._holders.values() for one in held), *holders])


@dataclass(frozen=True, slots=True)
class Verified:
    """A payload whose signature holds, and who signed it."""

    payload: bytes
    signer: Holder


@functools.lru_cache(maxsize=4096)
def public_key(raw: bytes) -> SSlibKey:
    """The signing library's form of 32 public Ed25519 bytes."""
    from securesystemslib.signer import SSlibKey

    return SSlibKey.from_crypto(primitives.signing_public_key(raw))


def key_id(raw: bytes) -> KeyId:
    """The key id of 32 public Ed25519 bytes, the same as in TUF metadata."""
    return KeyId(public_key(raw).keyid)


def library_signer(signer: Signer) -> CryptoSigner:
    """The signing library's form of a `Signer`."""
    from securesystemslib.signer import CryptoSigner

    return CryptoSigner(primitives.signing_private(signer.seed), public_key(signer.public))


def sign(payload: bytes, kind: PayloadType, signer: Signer) -> bytes:
    """A DSSE envelope over `payload`. Raises `WrongRoleError` if the signer's role may not sign this kind."""
    if signer.role is not kind.role:
        raise WrongRoleError(kind=kind.name, role=signer.role.value)
    from securesystemslib.dsse import Envelope

    envelope = Envelope(payload, kind.type, {})
    signature = envelope.sign(library_signer(signer))
    return encode(
        _Dsse(payload, kind.type, (_Signature(signature.keyid, bytes.fromhex(signature.signature)),))
    )


def sign_raw(kind: str, raw: bytes, signer: Signer) -> bytes:
    """The 64 bytes of a bare Ed25519 signature over these bytes, for what is no file of its own; `kind` is signed too.

    Which role may sign it is for whoever reads it to check.
    """
    return primitives.signing_private(signer.seed).sign(_labelled(kind, raw))


def verify_raw(kind: str, raw: bytes, signature: bytes, public: bytes) -> None:
    """Raise `SignatureError` unless this key signed exactly these bytes as this `kind`."""
    primitives.check_signature(public, signature, _labelled(kind, raw), kind=kind)


def _labelled(kind: str, raw: bytes) -> bytes:
    return f"exam-kiosk/1 {kind}\n".encode() + raw


def payload_type(raw: bytes) -> str:
    """The payload type that an envelope claims, nothing verified: for choosing what to do with a file."""
    return decode(raw, _Dsse, name="signed document").payload_type


def claimed_payload(raw: bytes, kind: PayloadType) -> bytes:
    """The payload of an envelope of this kind before anything is verified: only to learn which key to verify with."""
    dsse = decode(raw, _Dsse, name=kind.name)
    if dsse.payload_type != kind.type:
        raise _other_kind(dsse.payload_type, kind)
    return dsse.payload


def _other_kind(found: str, kind: PayloadType) -> WrongPayloadTypeError:
    known = PAYLOADS.get(found)
    return WrongPayloadTypeError(kind=kind.name, found=known.name if known else "an unknown kind")


def verify(raw: bytes, kind: PayloadType, keyring: Keyring) -> Verified:
    """The payload of an envelope of this kind, signed by one believed key in the right role.

    Raises `DocumentError`, `WrongPayloadTypeError`, `UnknownSignerError`, `SignatureError` or `WrongRoleError`.
    """
    dsse = decode(raw, _Dsse, name=kind.name)
    if dsse.payload_type != kind.type:
        raise _other_kind(dsse.payload_type, kind)
    if len(dsse.signatures) != 1:
        raise SignatureError(kind=kind.name)
    signature = dsse.signatures[0]
    holders = keyring.find(signature.keyid)
    if not holders:
        raise UnknownSignerError(kind=kind.name)
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import Signature

    envelope = Envelope(
        dsse.payload, dsse.payload_type, {signature.keyid: Signature(signature.keyid, signature.sig.hex())}
    )
    try:
        envelope.verify([public_key(holders[0].public)], 1)
    except VerificationError:
        raise SignatureError(kind=kind.name) from None
    for holder in holders:
        if holder.role is kind.role:
            return Verified(dsse.payload, holder)
    raise WrongRoleError(kind=kind.name, role=holders[0].role.value)
