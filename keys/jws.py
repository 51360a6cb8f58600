"""Compact JWS (RFC 7515) with Ed25519 (RFC 8037): for documents of others' formats, which are no DSSE statements.

Rules.
1. The header names `EdDSA`, `JWT` and the public key as a JWK, and nothing else.
2. The key in the header is only a name: a signature counts where that key is believed, in the role that is asked for.
3. The signature covers header and payload as they stand; the payload is parsed by whoever asked.
"""

from __future__ import annotations

import base64
import binascii
from typing import Literal

import msgspec

from keys import primitives
from keys.encoding import encode
from keys.errors import DocumentError, SignatureError, UnknownSignerError, WrongRoleError
from keys.statement import Keyring, Role, Signer, Verified, key_id

MAX_JWS = 256 * 1024
_PARTS = 3


class _Jwk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """RFC 8037 section 2: the public half of an octet key pair."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: str


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    alg: Literal["EdDSA"]
    typ: Literal["JWT"]
    jwk: _Jwk


def sign_jws(payload: bytes, role: Role, signer: Signer, *, kind: str) -> str:
    """The compact serialisation of a signed JSON payload. Raises `WrongRoleError` for a signer of another role."""
    if signer.role is not role:
        raise WrongRoleError(kind=kind, role=signer.role.value)
    header = _Header("EdDSA", "JWT", _Jwk("OKP", "Ed25519", _to_text(signer.public)))
    signed = f"{_to_text(encode(header))}.{_to_text(payload)}"
    signature = primitives.signing_private(signer.seed).sign(signed.encode())
    return f"{signed}.{_to_text(signature)}"


def verify_jws(text: str, role: Role, keyring: Keyring, *, kind: str) -> Verified:
    """The payload of a compact JWS that a believed key of this role signed.

    Raises `DocumentError`, `UnknownSignerError`, `SignatureError` or `WrongRoleError`.
    """
    parts = text.strip().split(".")
    if len(text) > MAX_JWS or len(parts) != _PARTS:
        raise DocumentError(kind=kind, detail="it is not three parts with a point between them")
    try:
        header = msgspec.json.decode(_from_text(parts[0]), type=_Header)
        public, payload, signature = (_from_text(one) for one in (header.jwk.x, *parts[1:]))
    except (msgspec.MsgspecError, binascii.Error, UnicodeError, ValueError):
        raise DocumentError(kind=kind, detail="its header or its base64 does not parse") from None
    holders = keyring.find(key_id(public)) if len(public) == 32 else ()
    if not holders:
        raise UnknownSignerError(kind=kind)
    try:
        primitives.check_signature(public, signature, f"{parts[0]}.{parts[1]}".encode(), kind=kind)
    except ValueError:
        raise SignatureError(kind=kind) from None
    for holder in holders:
        if holder.role is role:
            return Verified(payload, holder)
    raise WrongRoleError(kind=kind, role=holders[0].role.value)


def _to_text(raw: bytes) -> str:
    """RFC 7515 section 2: base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _from_text(text: str) -> bytes:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _to_text(raw) != text:
        raise binascii.Error
    return raw
