"""`Handover`: what a station signs of what it hands on, with its provisional results sealed to the centre.

Rules.
1. The files are handed on as they came; the manifest names each by its digest. What the centre decides of them, it
   decides itself: a provisional result is never imported, only compared.
2. Results name candidates, so they are sealed to the recipients of the sittings' plans; the rest is in clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from keys import container, primitives
from keys.container import Part
from keys.encoding import Digest, Document, Instant, decode, encode
from keys.identities import Identity, PrivateIdentity
from keys.sealing import Context, Envelope, open_content, open_envelope, seal_content, seal_to
from keys.statement import STATION_HANDOVER, Keyring, Signer, sign, verify

KIND = STATION_HANDOVER.name
RESULTS = "results"
MAX_HANDOVER = 64 * 1024 * 1024


class HandedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the hand-over: its name there, its bytes and its SHA-256."""

    name: str
    size: int
    digest: Digest


class Provisional(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """A result as the station told it; `state` is "free", "held" or "invalidated"."""

    sitting: str
    candidate: str
    attempt: int
    record: Digest
    raw: int
    scaled: int
    passed: bool
    state: str


class NotScored(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """A record that the station did not score, and why."""

    sitting: str
    candidate: str
    record: Digest
    why: str


class StationResults(Document, frozen=True, tag="station-results/1"):
    """The provisional results of a run."""

    run: str
    scores: tuple[Provisional, ...]
    left_out: tuple[NotScored, ...]


class HandoverHeader(Document, frozen=True, tag="station-handover/1"):
    """What the station's scorer signs. `run` is the run's name and `run_digest` that of its signed document.

    `admitted`, `repeats` and `quarantined` count the records of the station's ledger.
    """

    station: str
    made_at: Instant
    run: str
    run_digest: Digest
    form: str
    admitted: int
    repeats: int
    quarantined: int
    files: tuple[HandedFile, ...]
    envelopes: tuple[Envelope, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """A genuine hand-over, opened, and who signed it."""

    header: HandoverHeader
    results: StationResults
    signer: str


def seal_handover(
    header: HandoverHeader, results: StationResults, recipients: Sequence[Identity], signer: Signer
) -> bytes:
    """The file. `header` comes with empty `envelopes` and `parts`, filled here. Raises `WrongRoleError`."""
    key, context = primitives.entropy(32), _context(header)
    sealed = {RESULTS: seal_content(key, RESULTS, encode(results), context)}
    whole = msgspec.structs.replace(
        header,
        envelopes=tuple(seal_to(one.fingerprint, one.sealing, key, context) for one in recipients),
        parts=container.describe(sealed),
    )
    return container.pack(sign(encode(whole), STATION_HANDOVER, signer), tuple(sealed.values()))


def open_handover(raw: bytes, keyring: Keyring, holder: PrivateIdentity) -> Handover:
    """A genuine hand-over. Raises the errors of `container`, `verify`, `decode`, `WrongRecipientError`, `SealError`."""
    envelope, body = container.split(raw, kind=KIND)
    verified = verify(envelope, STATION_HANDOVER, keyring)
    header = decode(verified.payload, HandoverHeader, name=KIND, limit=MAX_HANDOVER)
    sealed = container.parts(body, header.parts, kind=KIND)
    context = _context(header)
    key = open_envelope(header.envelopes, holder.identity.fingerprint, holder.sealing, context, kind=KIND)
    clear = open_content(key, RESULTS, sealed.get(RESULTS, b""), context, kind=KIND)
    return Handover(
        header, decode(clear, StationResults, name=KIND, limit=MAX_HANDOVER), verified.signer.name
    )


def _context(header: HandoverHeader) -> Context:
    return Context("station-handover", header.run, header.station)
