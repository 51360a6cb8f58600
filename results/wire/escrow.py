"""`VaultEscrow`: a kiosk's vault key sealed to the centre (W_c), so that a dead kiosk's disk can be salvaged there.

It is written beside the vault when a session opens and leaves the machine only with the disk. Salvage is intake's;
what it finds always goes to quarantine.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from keys.encoding import Digest, Document, decode, encode
from keys.errors import SealError
from keys.identities import Identity, PrivateIdentity
from keys.sealing import Context, Envelope, open_envelope, seal_to
from keys.statement import VAULT_ESCROW, Keyring, Signer, sign, verify

KIND = VAULT_ESCROW.name
VAULT_KEY = 32


class VaultEscrow(Document, frozen=True, tag="vault-escrow/1"):
    """What the kiosk signs. `genesis` is the digest of the journal's first entry: the vault must begin with it."""

    session: str
    sitting: str
    mode: str
    kiosk: str
    plan_digest: Digest
    package_digest: Digest
    genesis: Digest
    envelopes: tuple[Envelope, ...] = ()


def seal_vault_key(escrow: VaultEscrow, key: bytes, recipients: Sequence[Identity], signer: Signer) -> bytes:
    """The signed escrow of a vault's `key`; `escrow` is given without envelopes."""
    context = _context(escrow)
    envelopes = tuple(seal_to(one.fingerprint, one.sealing, key, context) for one in recipients)
    return sign(encode(msgspec.structs.replace(escrow, envelopes=envelopes)), VAULT_ESCROW, signer)


def read_escrow(raw: bytes, keyring: Keyring) -> VaultEscrow:
    """A genuine escrow, not opened. Raises the errors of `verify` and `decode`."""
    return decode(verify(raw, VAULT_ESCROW, keyring).payload, VaultEscrow, name=KIND)


def open_vault_key(escrow: VaultEscrow, recipient: PrivateIdentity) -> bytes:
    """The vault's key, for a recipient. Raises `WrongRecipientError` or `SealError`."""
    holder = recipient.identity.fingerprint
    key = open_envelope(escrow.envelopes, holder, recipient.sealing, _context(escrow), kind=KIND)
    if len(key) != VAULT_KEY:
        raise SealError(kind=KIND)
    return key


def _context(escrow: VaultEscrow) -> Context:
    purpose = f"vault {escrow.session} {escrow.genesis}"
    return Context(
        purpose, escrow.sitting, escrow.mode, plan=escrow.plan_digest, package=escrow.package_digest
    )
