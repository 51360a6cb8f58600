"""One fault each of a signed statement: what every signed format refuses in the same way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from keys.statement import PayloadType, Signer, sign
from tests.vectors.vector import flipped, respelt


@dataclass(frozen=True)
class Fault:
    """An envelope with one fault, the fault's name, what is to come of it and why."""

    name: str
    expect: str
    comment: str
    envelope: bytes


def posing(signer: Signer, kind: PayloadType) -> Signer:
    """A signer who claims the role of a kind, as one would who signs with other means than ours."""
    return Signer(kind.role, signer.name, signer.seed)


def statement_faults(
    payload: bytes,
    kind: PayloadType,
    signer: Signer,
    other: Signer,
    stranger: Signer,
    other_kind: PayloadType,
) -> Iterator[Fault]:
    """Faults of the statement over `payload`: `other` is believed in another role, `stranger` in none."""
    good = sign(payload, kind, signer)
    (mine,) = json.loads(good)["signatures"]
    (theirs,) = json.loads(sign(payload, kind, posing(stranger, kind)))["signatures"]
    (elsewhere,) = json.loads(sign(payload + b" ", kind, signer))["signatures"]

    def signed_by(*signatures: dict[str, str]) -> bytes:
        return respelt(good, lambda document: document.update(signatures=list(signatures)))

    malformed, invalid = "document-malformed", "signature-invalid"
    told = f"A valid signature by a {other.role.value}, who may sign no such thing."
    yield Fault("signer-in-wrong-role", "signer-wrong-role", told, sign(payload, kind, posing(other, kind)))
    told = "A valid signature by a key that is not believed."
    yield Fault("signer-unknown", "signer-unknown", told, signed_by(theirs))
    yield Fault("signature-of-another", invalid, "The signature is over other bytes.", signed_by(elsewhere))
    told = "Another's key id stands by the signature."
    yield Fault("key-id-of-another", invalid, told, signed_by({**mine, "keyid": _key_id(other, kind)}))
    yield Fault("signatures-none", invalid, "There is no signature.", signed_by())
    yield Fault("signatures-two", invalid, "There are two signatures.", signed_by(mine, theirs))
    told = f"A genuine {other_kind.name} in its place."
    yield Fault(
        "kind-other", "payload-type-wrong", told, sign(payload, other_kind, posing(signer, other_kind))
    )
    told = "The payload type is changed and the signature left."
    yield Fault(
        "kind-relabelled",
        "payload-type-wrong",
        told,
        good.replace(kind.type.encode(), other_kind.type.encode()),
    )
    yield Fault("envelope-spaced", malformed, "A space in the envelope.", good.replace(b",", b", ", 1))
    yield Fault("envelope-cut", malformed, "The envelope ends early.", good[:-1])
    yield Fault("envelope-not-json", malformed, "The envelope is no JSON.", flipped(good, 0))
    told = "A field that no envelope has."
    yield Fault(
        "envelope-field-unknown", malformed, told, respelt(good, lambda document: document.update(more=1))
    )
    spaced = sign(payload.replace(b",", b", ", 1), kind, signer)
    yield Fault("payload-spaced", malformed, "A space in the payload, properly signed.", spaced)
    more = sign(payload[:-1] + b',"more":1}', kind, signer)
    yield Fault(
        "payload-field-unknown", malformed, "A field that the payload never has, properly signed.", more
    )
    first = payload[1 : payload.index(b",")]
    twice = sign(b"{" + first + b"," + payload[1:], kind, signer)
    yield Fault("payload-field-twice", malformed, "The payload's first field stands twice.", twice)
    tag = json.loads(payload)["type"]
    old = sign(payload.replace(f'"{tag}"'.encode(), f'"{tag[:-1]}0"'.encode()), kind, signer)
    yield Fault("payload-version-older", malformed, "The payload is of version 0, which never was.", old)


def _key_id(signer: Signer, kind: PayloadType) -> str:
    return str(json.loads(sign(b"{}", kind, posing(signer, kind)))["signatures"][0]["keyid"])
