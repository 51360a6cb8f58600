"""Who a machine or a person is: `Identity`, its fingerprint, and enrolment by request and approval."""

from __future__ import annotations

import functools
import re
from typing import Annotated

import msgspec

from keys import primitives
from keys.encoding import Digest, Document, crockford, decode, digest, encode, normalise
from keys.errors import ExamKioskError, SignatureError
from keys.published import refuse_published
from keys.statement import (
    KIOSK_REQUEST,
    PROCTOR_REQUEST,
    Holder,
    Keyring,
    PayloadType,
    Role,
    Signer,
    claimed_payload,
    sign,
    verify,
)

_NAME = r"^[a-z0-9][a-z0-9-]{0,39}\Z"
NAME = re.compile(_NAME)


class NameRefusedError(ExamKioskError):
    """A name or site that no identity may have."""

    code = "name-refused"
    what = "“{name}” cannot be the name of a person, a machine or a site."
    next_step = "Choose one of lower-case letters, digits and dashes, at most 40, such as officer-9."


class FingerprintMismatchError(ExamKioskError):
    """The fingerprint read out is not the one of this request."""

    code = "fingerprint-mismatch"
    what = "This enrolment request has the fingerprint {found}, not the one that was read out."
    next_step = (
        "Ask the site to read the fingerprint from its own screen again; if it still differs, do not approve."
    )


class Identity(Document, frozen=True, tag="identity/1"):
    """A kiosk, a proctor or a centre recipient: role, site, name and its two public keys.

    `signing` is 32 bytes of Ed25519; `sealing` is 1,216 bytes of ML-KEM-768 and X25519.
    """

    role: Role
    site: Annotated[str, msgspec.Meta(pattern=_NAME)]
    name: Annotated[str, msgspec.Meta(pattern=_NAME)]
    signing: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    sealing: Annotated[bytes, msgspec.Meta(min_length=1216, max_length=1216)]

    @property
    def fingerprint(self) -> str:
        """Sixteen Crockford characters (80 bits of SHA-256) over role, site, name and both keys."""
        return fingerprint(self.role.value, self.site, self.name, self.signing, self.sealing)

    def holder(self) -> Holder:
        """The verifying half, for a keyring."""
        return Holder(self.role, self.name, self.signing)

    def target(self) -> str:
        """The name under which the identity is published."""
        return f"identities/{self.role.value}/{self.site}/{self.name}.json"


@functools.lru_cache(maxsize=4096)
def fingerprint(*fields: str | bytes) -> str:
    """Sixteen Crockford characters over length-prefixed fields; what people compare."""
    raw = primitives.prefixed(*(field.encode() if isinstance(field, str) else field for field in fields))
    return crockford(int(digest(raw)[:20], 16), 16)


class EnrolmentRequest(Document, frozen=True, tag="enrolment-request/1"):
    """A new identity that asks to be known, signed by its own key."""

    identity: Identity


class PrivateIdentity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, repr_omit_defaults=True):
    """An identity with its private halves, as a keystore keeps it; never printed."""

    identity: Identity
    seed: bytes
    sealing: bytes

    def __repr__(self) -> str:
        """Never show the private keys."""
        return f"PrivateIdentity({self.identity.role.value}, {self.identity.name})"

    def signer(self) -> Signer:
        """The signing half."""
        return Signer(self.identity.role, self.identity.name, self.seed)


def new_identity(role: Role, site: str, name: str) -> PrivateIdentity:
    """Make both key pairs for a new identity. Raises `NameRefusedError`."""
    for word in (site, name):
        if not NAME.fullmatch(word):
            raise NameRefusedError(name=word)
    seed, sealing = primitives.entropy(32), primitives.new_sealing_key()
    identity = Identity(role, site, name, primitives.signing_public(seed), primitives.sealing_public(sealing))
    return PrivateIdentity(identity, seed, sealing)


def request(private: PrivateIdentity) -> bytes:
    """The signed enrolment request of a kiosk or proctor."""
    kind = _kind(private.identity.role)
    return sign(encode(EnrolmentRequest(private.identity)), kind, private.signer())


def approve(raw: bytes, role: Role, typed_fingerprint: str) -> tuple[Identity, Digest]:
    """The identity of a genuine request whose fingerprint is the one read out, and the request's digest.

    Raises `SignatureError`, `DocumentError`, `FingerprintMismatchError` or `PublishedKeyError`.
    """
    identity = _claimed(raw, role)
    if identity.fingerprint != normalise(typed_fingerprint):
        raise FingerprintMismatchError(found=identity.fingerprint)
    return identity, digest(raw)


def _claimed(raw: bytes, role: Role) -> Identity:
    kind = _kind(role)
    claimed = decode(claimed_payload(raw, kind), EnrolmentRequest, name=kind.name).identity
    if claimed.role is not role:
        raise SignatureError(kind=kind.name)
    verify(raw, kind, Keyring([claimed.holder()]))
    refuse_published(claimed.name, claimed.signing, claimed.sealing)
    return claimed


def _kind(role: Role) -> PayloadType:
    return PROCTOR_REQUEST if role is Role.PROCTOR else KIOSK_REQUEST
