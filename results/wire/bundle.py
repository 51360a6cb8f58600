"""`SealedRecord` of one session, and `SittingBundle` of one sitting: what is carried to the centre.

A sealed record is a container whose one part is the journal, sealed under a fresh key that is in an HPKE
envelope to each
recipient of the plan. Its statement, signed by the kiosk, says in clear only what the desk needs to reconcile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from keys import container, primitives
from keys.container import Part
from keys.encoding import Digest, Document, Instant, decode, digest, encode
from keys.identities import Identity, PrivateIdentity
from keys.sealing import Context, Envelope, open_content, open_envelope, seal_content, seal_to
from keys.statement import (
    SEALED_RECORD,
    SITTING_BUNDLE,
    Holder,
    Keyring,
    Signer,
    claimed_payload,
    sign,
    verify,
)

RECORD_KIND = SEALED_RECORD.name
BUNDLE_KIND = SITTING_BUNDLE.name
JOURNAL = "journal"
MAX_RECORD = 64 * 1024 * 1024
MAX_BUNDLE = 512 * 1024 * 1024


class RecordHeader(Document, frozen=True, tag="sealed-record/1"):
    """What a kiosk signs of a session: who, which exam, how it ended, the final head and count; no answers.

    `salvaged` records come from a dead kiosk's disk and always go to quarantine. `moved_from` is the checkpoint code of
    the session on another kiosk that this one goes on with, or empty.
    """

    session: str
    sitting: str
    mode: str
    kiosk: str
    candidate: str
    attempt: int
    outcome: str
    plan_digest: Digest
    package_digest: Digest
    form_digest: Digest
    head: Digest
    count: int
    sealed_at: Instant
    envelopes: tuple[Envelope, ...]
    parts: tuple[Part, ...]
    salvaged: bool = False
    moved_from: str = ""


class BundleHeader(Document, frozen=True, tag="sitting-bundle/1"):
    """What a proctor countersigns: the digests of all records of a sitting, and the desk's own journal and
    closing page.
    """

    sitting: str
    mode: str
    plan_digest: Digest
    proctor: str
    head: Digest
    count: int
    made_at: Instant
    envelopes: tuple[Envelope, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A verified record, still sealed; `digest` is of the whole file, `signer` the kiosk whose signature holds."""

    header: RecordHeader
    digest: Digest
    sealed: bytes
    signer: Holder


@dataclass(frozen=True, slots=True)
class SittingBundle:
    """A verified bundle: the record files in it by name, the closing page, and the desk's journal still sealed."""

    header: BundleHeader
    digest: Digest
    parts: Mapping[str, bytes]
    signer: Holder

    def records(self) -> dict[str, bytes]:
        """The record files by name."""
        return {name: raw for name, raw in self.parts.items() if name.endswith(".ekr")}


def seal_record(
    journal: bytes, header: RecordHeader, recipients: Sequence[Identity], signer: Signer
) -> bytes:
    """A record file. `header` is given with empty `envelopes` and `parts`, which are filled here."""
    key = primitives.entropy(32)
    context = _record_context(
        header.session, header.sitting, header.mode, header.plan_digest, header.package_digest
    )
    sealed = {JOURNAL: seal_content(key, JOURNAL, journal, context)}
    envelopes = tuple(seal_to(one.fingerprint, one.sealing, key, context) for one in recipients)
    whole = _with(header, envelopes, container.describe(sealed))
    return container.pack(sign(encode(whole), SEALED_RECORD, signer), tuple(sealed.values()))


def read_record(raw: bytes, keyring: Keyring) -> SealedRecord:
    """A record whose kiosk's signature and part were verified; not opened. Raises as `verify` and
    `ContainerError`.
    """
    envelope, body = container.split(raw, kind=RECORD_KIND)
    verified = verify(envelope, SEALED_RECORD, keyring)
    header = decode(verified.payload, RecordHeader, name=RECORD_KIND)
    found = container.parts(body, header.parts, kind=RECORD_KIND)
    return SealedRecord(header, digest(raw), found.get(JOURNAL, b""), verified.signer)


def claimed_record(raw: bytes) -> RecordHeader:
    """The header of a record before anything is verified: only to learn whose key to verify with."""
    envelope, _ = container.split(raw, kind=RECORD_KIND)
    return decode(claimed_payload(envelope, SEALED_RECORD), RecordHeader, name=RECORD_KIND)


def open_record(record: SealedRecord, recipient: PrivateIdentity) -> bytes:
    """The journal, for a recipient. Raises `WrongRecipientError` or `SealError`."""
    header = record.header
    context = _record_context(
        header.session, header.sitting, header.mode, header.plan_digest, header.package_digest
    )
    key = open_envelope(
        header.envelopes, recipient.identity.fingerprint, recipient.sealing, context, kind=RECORD_KIND
    )
    return open_content(key, JOURNAL, record.sealed, context, kind=RECORD_KIND)


def pack_bundle(
    header: BundleHeader,
    records: Mapping[str, bytes],
    closing: bytes,
    journal: bytes,
    recipients: Sequence[Identity],
    signer: Signer,
) -> bytes:
    """A bundle file. `header` is given with empty `envelopes` and `parts`; `closing` is the signed closing page."""
    key = primitives.entropy(32)
    context = _bundle_context(header)
    sealed = seal_content(key, JOURNAL, journal, context)
    contents = {**records, "closing.json": closing, JOURNAL: sealed}
    envelopes = tuple(seal_to(one.fingerprint, one.sealing, key, context) for one in recipients)
    whole = _with(header, envelopes, container.describe(contents))
    return container.pack(sign(encode(whole), SITTING_BUNDLE, signer), tuple(contents.values()))


def read_bundle(raw: bytes, keyring: Keyring) -> SittingBundle:
    """A bundle whose proctor's signature and parts were verified; its records are verified one by one by the
    reader.
    """
    envelope, body = container.split(raw, kind=BUNDLE_KIND)
    verified = verify(envelope, SITTING_BUNDLE, keyring)
    header = decode(verified.payload, BundleHeader, name=BUNDLE_KIND)
    parts = container.parts(body, header.parts, kind=BUNDLE_KIND)
    return SittingBundle(header, digest(raw), parts, verified.signer)


def claimed_bundle(raw: bytes) -> BundleHeader:
    """The header of a bundle before anything is verified: only to learn whose key to verify with."""
    envelope, _ = container.split(raw, kind=BUNDLE_KIND)
    return decode(claimed_payload(envelope, SITTING_BUNDLE), BundleHeader, name=BUNDLE_KIND)


def open_bundle_journal(bundle: SittingBundle, recipient: PrivateIdentity) -> bytes:
    """The desk's journal, for a recipient. Raises `WrongRecipientError` or `SealError`."""
    context = _bundle_context(bundle.header)
    key = open_envelope(
        bundle.header.envelopes, recipient.identity.fingerprint, recipient.sealing, context, kind=BUNDLE_KIND
    )
    return open_content(key, JOURNAL, bundle.parts[JOURNAL], context, kind=BUNDLE_KIND)


def record_name(kiosk: str, session: str) -> str:
    """The file name of a session's record on a carrier and in a bundle."""
    return f"{kiosk.lower()}-{session}.ekr"


H = TypeVar("H", RecordHeader, BundleHeader)


def _with(header: H, envelopes: tuple[Envelope, ...], parts: tuple[Part, ...]) -> H:
    return msgspec.structs.replace(header, envelopes=envelopes, parts=parts)


def _record_context(session: str, sitting: str, mode: str, plan: Digest, package: Digest) -> Context:
    return Context(f"record {session}", sitting, mode, plan=plan, package=package)


def _bundle_context(header: BundleHeader) -> Context:
    return Context(f"bundle {header.head}", header.sitting, header.mode, plan=header.plan_digest)
