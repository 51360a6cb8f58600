"""The vectors of mirror segments: valid ones, and one fault each, read as another kiosk of the plan reads them.

A vector is one segment; a line `after: NAME` says which other vector's segment stands before it. Test keys only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from keys import container
from keys.encoding import Digest, decode, digest, encode
from keys.identities import PrivateIdentity
from keys.statement import MIRROR, SEALED_RECORD, claimed_payload, sign
from results.wire.journal import Head
from results.wire.mirror import KIND, MirrorHeader, Segment, cut, seal_segment
from tests.results import builders as b
from tests.results import moves
from tests.vectors.generate_sealed_record import world
from tests.vectors.statement_faults import statement_faults
from tests.vectors.vector import Vector, flipped, frozen

NAME = "mirror"
GENESIS = {"after": "valid-genesis"}
DAMAGED, REFUSED = "container-damaged", "mirror-refused"
ELSEWHERE = Digest(digest(b"another one"))


class _Segment:
    """A segment taken apart, to be put together wrongly."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.envelope, self.body = container.split(raw, kind=KIND)
        self.header = decode(claimed_payload(self.envelope, MIRROR), MirrorHeader, name=KIND)

    def saying(self, signer: PrivateIdentity, **changes: object) -> bytes:
        payload = encode(msgspec.structs.replace(self.header, **changes))
        return container.pack(sign(payload, MIRROR, signer.signer()), [self.body])


def vectors() -> Iterator[Vector]:
    """Every vector; those that were sealed are frozen, the others are made from `valid`."""
    w = world()
    sealed = list(_sealed(w))
    yield from sealed
    first, valid = (_Segment(one.body) for one in sealed[:2])
    raw, kiosk, proctor = valid.raw, w.kiosks[0].signer(), w.proctor.signer()
    yield Vector("empty", DAMAGED, "The file is empty.", b"")
    yield Vector("cut-in-envelope", DAMAGED, "The file ends in the signed header.", raw[:200])
    yield Vector("cut-in-lines", DAMAGED, "The last byte is missing.", raw[:-1])
    yield Vector("bytes-to-spare", DAMAGED, "One byte stands behind the lines.", raw + b"\0")
    yield Vector("lines-altered", "part-altered", "One bit of the sealed lines is changed.", flipped(raw, -9))
    yield from _headers(w, first, valid)
    faults = statement_faults(
        encode(valid.header), MIRROR, kiosk, proctor, w.stranger.signer(), SEALED_RECORD
    )
    for fault in faults:
        yield Vector(
            fault.name, fault.expect, fault.comment, container.pack(fault.envelope, [valid.body]), GENESIS
        )


def _sealed(w: b.World) -> Iterator[Vector]:
    source = moves.left(w, b.right(w, 3))
    whole = cut(source)

    def vector(name: str, expect: str, told: str, make: Callable[[], bytes]) -> Vector:
        more = {} if name in {"valid-genesis", "genesis-to-others"} else GENESIS
        return Vector(name, expect, told, frozen(NAME, name, make), more)

    def altered(segment: Segment) -> Callable[[], bytes]:
        header = _Segment(moves.segments(w, source)[segment.number]).header
        kiosk = w.kiosks[0].signer()
        return lambda: seal_segment(segment, header, moves.KEY, w.plan, kiosk)

    yield vector("valid-genesis", "ok", "Segment 0, with the key.", lambda: moves.segments(w, source)[0])
    yield vector("valid", "ok", "Segment 1, with all other lines.", lambda: moves.segments(w, source)[1])
    told = "The journal as it stood some lines earlier: it says so by its own checkpoint code."
    yield vector("valid-older", "ok", told, lambda: moves.segments(w, source[:-2])[1])
    end = whole[1].end
    fewer = Segment(1, 1, whole[1].raws[:-1], end)
    yield vector("line-missing", REFUSED, "The last line is missing; the header counts it.", altered(fewer))
    other = Segment(1, 1, (*whole[1].raws[:-1], whole[1].raws[0]), end)
    yield vector("line-other", REFUSED, "The last line is another one.", altered(other))
    stray = moves.left(w, {"i0": "B"})
    ends = Head(digest(stray[-1]), len(stray))
    swapped = Segment(1, 1, (*stray[2:], stray[1]), ends)
    yield vector("lines-reordered", REFUSED, "The lines are in another order.", altered(swapped))
    less = msgspec.structs.replace(w.plan, kiosks=w.plan.kiosks[:1])
    header = _Segment(moves.segments(w, source)[0]).header
    yield vector(
        "genesis-to-others",
        "not-a-recipient",
        "The key is sealed to the source alone, and to the centre.",
        lambda: seal_segment(whole[0], header, moves.KEY, less, w.kiosks[0].signer()),
    )


def _headers(w: b.World, first: _Segment, valid: _Segment) -> Iterator[Vector]:
    kiosk, other = w.kiosks[:2]
    said: list[tuple[str, str, dict[str, object]]] = [
        ("sitting-other", "It is of another sitting.", {"sitting": "east-2027-01"}),
        ("mode-other", "A rehearsal, under a live plan.", {"mode": "rehearsal"}),
        ("plan-other", "Made under another plan.", {"plan_digest": ELSEWHERE}),
        ("package-other", "Made with another package.", {"package_digest": ELSEWHERE}),
        ("session-other", "Another session's than the segment before it.", {"session": "0" * 32}),
        ("session-a-path", "The session's name climbs out of a folder.", {"session": "../x"}),
        ("number-skipped", "It is the second segment after the one before it.", {"number": 2, "first": 2}),
        ("first-too-late", "Lines between the segments are missing.", {"first": 2}),
        ("head-other", "The header names another head than the lines have.", {"head": ELSEWHERE}),
        ("count-other", "The header counts a line more.", {"count": valid.header.count + 1}),
    ]
    for name, told, changes in said:
        yield Vector(name, REFUSED, told, valid.saying(kiosk, **changes), GENESIS)
    told = "Signed by another kiosk of the plan than the one that the header names."
    yield Vector("kiosk-other", REFUSED, told, valid.saying(other), GENESIS)
    told = "From a kiosk that is not in the plan, signed by it."
    outside = valid.saying(w.stranger, kiosk=w.stranger.identity.fingerprint)
    yield Vector("kiosk-not-in-plan", REFUSED, told, outside, GENESIS)
    renamed = (msgspec.structs.replace(valid.header.parts[0], name="log"),)
    yield Vector(
        "part-renamed", REFUSED, "There is no part `lines`.", valid.saying(kiosk, parts=renamed), GENESIS
    )
    alone = {"after": ""}
    yield Vector(
        "genesis-missing", "not-a-recipient", "The segment with the key is not there.", valid.raw, alone
    )
    yield Vector("genesis-twice", REFUSED, "Segment 0 stands twice.", first.raw, GENESIS)


def files() -> dict[str, bytes]:
    """The vector files by their path below tests/vectors/."""
    return {f"{NAME}/{vector.name}.vector": vector.encode() for vector in vectors()}
