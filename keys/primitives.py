"""The one door to the crypto libraries and to entropy. Nothing else imports PyNaCl, cryptography or draws
random bytes.

Names: RFC 9180 HPKE for envelopes to a recipient, libsodium secretstream for bulk content,
XChaCha20-Poly1305 for small
boxes, Ed25519 for signatures (through DSSE, see `statement.py`), Argon2id for what people type, keyed
BLAKE2b-256 for the key
schedule of `docs/formats/key-schedule.md`.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import os

import msgspec
import nacl.bindings as sodium
import nacl.exceptions
import nacl.pwhash.argon2id as argon2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from keys.errors import DocumentError, SealError, SignatureError

CHUNK = 64 * 1024
SUITE = "MLKEM768-X25519/HKDF-SHA256/CHACHA20-POLY1305"
PERSON = b"exam-kiosk/1"


class KdfCost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much work Argon2id does: `operations` passes over `memory` bytes."""

    operations: int
    memory: int


MODERATE = KdfCost(operations=argon2.OPSLIMIT_MODERATE, memory=argon2.MEMLIMIT_MODERATE)
"""The floor for production: about half a second and 256 MiB."""

CEILING = KdfCost(operations=argon2.OPSLIMIT_SENSITIVE, memory=argon2.MEMLIMIT_SENSITIVE)
"""No file may ask for more work than this."""

MINIMUM = KdfCost(operations=argon2.OPSLIMIT_MIN, memory=argon2.MEMLIMIT_MIN)
"""For tests only; production loading refuses it."""


def at_least(cost: KdfCost, floor: KdfCost) -> bool:
    """Whether `cost` asks for no less work than `floor`."""
    return cost.operations >= floor.operations and cost.memory >= floor.memory


def entropy(count: int) -> bytes:
    """`count` random bytes from the operating system."""
    return os.urandom(count)


def prefixed(*fields: bytes) -> bytes:
    """Each field behind its length in two bytes, big-endian: no two lists of fields give the same bytes.

    Raises `DocumentError` for a field over 65,535 bytes.
    """
    if any(len(field) > 0xFFFF for field in fields):
        raise DocumentError(kind="document", detail="a field of it is too long")
    return b"".join(len(field).to_bytes(2, "big") + field for field in fields)


def derive(key: bytes, label: str, *fields: bytes) -> bytes:
    """D(k, label, f..) of the key schedule: 32 bytes of keyed BLAKE2b (RFC 7693)."""
    keyed = hashlib.blake2b(prefixed(label.encode(), *fields), key=key, digest_size=32, person=PERSON)
    return keyed.digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(left, right)


def stretch(secret: bytes, salt: bytes, cost: KdfCost) -> bytes:
    """Argon2id (RFC 9106) of what a person typed; `salt` is 16 bytes; 32 bytes out."""
    return argon2.kdf(32, secret, salt, opslimit=cost.operations, memlimit=cost.memory)


def box(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """XChaCha20-Poly1305 with a fresh random nonce in front; `context` is authenticated, not stored."""
    nonce = entropy(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    return nonce + sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, context, nonce, key)


BOX_OVERHEAD = (
    sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + sodium.crypto_aead_xchacha20poly1305_ietf_ABYTES
)
"""How many bytes `box` adds: the nonce and the tag."""


def unbox(key: bytes, boxed: bytes, context: bytes, *, kind: str) -> bytes:
    """Open what `box` made. Raises `SealError` for a wrong key, other context or any changed byte."""
    size = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
    try:
        return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(boxed[size:], context, boxed[:size], key)
    except (nacl.exceptions.CryptoError, nacl.exceptions.ValueError, nacl.exceptions.TypeError):
        raise SealError(kind=kind) from None


def stream_seal(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Encrypt bulk content by secretstream in 64 KiB chunks, each of which authenticates `context`."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sealed = [sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)]
    starts = range(0, len(plaintext), CHUNK) or range(1)
    for start in starts:
        last = start == starts[-1]
        tag = (
            sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
            if last
            else sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
        )
        chunk = plaintext[start : start + CHUNK]
        sealed.append(sodium.crypto_secretstream_xchacha20poly1305_push(state, chunk, context, tag))
    return b"".join(sealed)


def stream_open(key: bytes, sealed: bytes, context: bytes, *, kind: str) -> bytes:
    """Open what `stream_seal` made, whole. Raises `SealError`, also where the end was cut off."""
    header = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
    step = CHUNK + sodium.crypto_secretstream_xchacha20poly1305_ABYTES
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    opened: list[bytes] = []
    final = False
    try:
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed[:header], key)
        for start in range(header, len(sealed), step):
            if final:
                raise SealError(kind=kind)
            chunk, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(
                state, sealed[start : start + step], context
            )
            final = tag == sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
            opened.append(chunk)
    except (nacl.exceptions.CryptoError, RuntimeError, ValueError, TypeError):
        raise SealError(kind=kind) from None
    if not final:
        raise SealError(kind=kind)
    return b"".join(opened)


_suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_MLKEM_SEED = 64
_MLKEM_PUBLIC = 1184


def new_sealing_key() -> bytes:
    """A fresh HPKE private key: 64 bytes of ML-KEM-768 seed, then 32 bytes of X25519."""
    return entropy(_MLKEM_SEED + 32)


def sealing_public(private: bytes) -> bytes:
    """The 1,216 public bytes of a sealing key: ML-KEM-768 (1,184), then X25519 (32)."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(private[:_MLKEM_SEED]).public_key().public_bytes_raw()
    return mlkem + X25519PrivateKey.from_private_bytes(private[_MLKEM_SEED:]).public_key().public_bytes_raw()


def hpke_seal(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """Seal to one recipient; `info` (RFC 9180 section 5.1) binds what the envelope is for. Raises `SealError`."""
    try:
        recipient = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
            X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
        )
    except ValueError:
        raise SealError(kind="public key") from None
    return _suite.encrypt(plaintext, recipient, info)


def hpke_open(private: bytes, sealed: bytes, info: bytes, *, kind: str) -> bytes:
    """Open what `hpke_seal` made for this key and this `info`. Raises `SealError`."""
    try:
        return _suite.decrypt(sealed, _sealing_private(private), info)
    except (InvalidTag, ValueError):
        raise SealError(kind=kind) from None


@functools.lru_cache(maxsize=1)
def _sealing_private(private: bytes) -> hpke.MLKEM768X25519PrivateKey:
    """The library's form of a private key; the last one is kept, since working it out costs as much as opening."""
    return hpke.MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(private[:_MLKEM_SEED]),
        X25519PrivateKey.from_private_bytes(private[_MLKEM_SEED:]),
    )


def signing_private(seed: bytes) -> Ed25519PrivateKey:
    """The Ed25519 private key (RFC 8032) of a 32-byte seed, for the signing library."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def signing_public(seed: bytes) -> bytes:
    """The 32 public bytes that belong to an Ed25519 seed."""
    return signing_private(seed).public_key().public_bytes_raw()


def signing_public_key(raw: bytes) -> Ed25519PublicKey:
    """The public key object of 32 public bytes, for the verifying library."""
    return Ed25519PublicKey.from_public_bytes(raw)


def check_signature(public: bytes, signature: bytes, raw: bytes, *, kind: str) -> None:
    """Raise `SignatureError` unless the holder of this Ed25519 key signed exactly these bytes."""
    try:
        signing_public_key(public).verify(signature, raw)
    except (InvalidSignature, ValueError):
        raise SignatureError(kind=kind) from None
