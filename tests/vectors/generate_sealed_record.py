"""The vectors of the sealed record: valid ones, and one fault each, judged as intake judges them. Test keys only.

What the kiosk sealed is frozen; faults of header, statement and container are made from the frozen ones each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from exam_packages.interactions import ItemId
from keys import container
from keys.codes import Verb
from keys.encoding import Digest, Instant, decode, digest, encode
from keys.identities import PrivateIdentity
from keys.statement import SEALED_RECORD, SITTING_BUNDLE, Role, claimed_payload, sign
from results.wire import events as e
from results.wire import journal
from results.wire.bundle import RECORD_KIND, RecordHeader
from tests.results import builders as b
from tests.vectors.statement_faults import statement_faults
from tests.vectors.vector import Vector, flipped, frozen, person

NAME = "sealed_record"
PLAN = Path(__file__).parent / NAME / "plan.eks"
SEATS, ITEMS = 3, 4
DAMAGED = "container-damaged"
ELSEWHERE = digest(b"another one")


def world() -> b.World:
    """The sitting of the vectors; its plan was sealed once."""
    return b.assemble(b.people(SEATS, person), ITEMS, PLAN.read_bytes() if PLAN.exists() else None)


class _Record:
    """A record taken apart, to be put together wrongly."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.envelope, self.body = container.split(raw, kind=RECORD_KIND)
        self.header = decode(claimed_payload(self.envelope, SEALED_RECORD), RecordHeader, name=RECORD_KIND)

    def saying(self, signer: PrivateIdentity, **changes: object) -> bytes:
        payload = encode(msgspec.structs.replace(self.header, **changes))
        return container.pack(sign(payload, SEALED_RECORD, signer.signer()), [self.body])


def vectors() -> Iterator[Vector]:
    """Every vector; those that were sealed are frozen, the others are made from `valid`."""
    w = world()
    sealed = {vector.name: vector for vector in _sealed(w)}
    yield from sealed.values()
    valid = _Record(sealed["valid"].body)
    yield from _damaged(valid)
    yield from _headers(w, valid)
    kiosk, registrar = w.kiosks[0].signer(), w.registrar.signer()
    faults = statement_faults(
        encode(valid.header), SEALED_RECORD, kiosk, registrar, w.stranger.signer(), SITTING_BUNDLE
    )
    for fault in faults:
        yield Vector(fault.name, fault.expect, fault.comment, container.pack(fault.envelope, [valid.body]))
    revoked = {"revoked": "kiosk-01"}
    yield Vector(
        "kiosk-revoked", "signer-not-enrolled", "The kiosk's identity is not published.", valid.raw, revoked
    )


def _sealed(w: b.World) -> Iterator[Vector]:
    good = b.session(w, 0, b.right(w, 3))
    raws = b.chain(good)

    def vector(name: str, expect: str, told: str, make: Callable[[], bytes]) -> Vector:
        return Vector(name, expect, told, frozen(NAME, name, make))

    def journal_of(lines: Sequence[bytes], content: bytes = b"", **changes: object) -> Callable[[], bytes]:
        said = {"head": digest(raws[-1]), "count": len(raws), "outcome": "completed", **changes}
        return lambda: b.seal(w, 0, raws, content=content or journal.to_bytes(lines), changes=said)

    def events_of(
        n: int, events: Sequence[e.SessionEvent], begin: int = 0, **changes: object
    ) -> Callable[[], bytes]:
        return lambda: b.seal(w, n, b.chain(events, begin=begin), changes=changes)

    yield vector("valid", "ok", "A session of four items, handed in.", events_of(0, good))
    declined: list[e.SessionEvent] = [*b.opening(w, 1)[:3], e.AgreementDeclined("terms", digest(b"terms"))]
    yield vector(
        "valid-declined", "ok", "The terms were declined: no item was opened.", events_of(1, declined)
    )
    for name, verb, end, told in (
        ("valid-ended-by-proctor", Verb.END, e.EndedByProctor(60_000), "The proctor ended the session."),
        ("valid-voided", Verb.VOID, e.Voided(60_000), "The proctor voided the session."),
    ):
        yield vector(name, "ok", told, events_of(0, [*good[:-1], e.ActionRedeemed(verb, 1), end]))
    told = "The proctor is said to have ended the session, and no code for that was redeemed right before."
    ended = [*good[:-1], e.EndedByProctor(60_000)]
    yield vector("ended-without-code", "timeline-impossible", told, events_of(0, ended))
    too_long: list[e.SessionEvent] = [
        *good[:-1],
        e.ActionRedeemed(Verb.ADD + 10, 1),
        e.TimeChanged(b.LIMIT, b.LIMIT + 660_000, False, 7_000),
    ]
    told = "A code for ten minutes is followed by eleven."
    yield vector("time-beyond-code", "timeline-impossible", told, events_of(0, [*too_long, good[-1]]))
    moved = [*good]
    moved[1] = e.CandidateMovedIn(b.candidate(0), 1, 3, "0123456789", 40)
    told = "The candidate was moved in from another kiosk."
    yield vector("valid-moved-in", "ok", told, events_of(0, moved))
    told = "The journal says that the candidate was moved in, and the header does not."
    yield vector("moved-in-untold", "header-mismatch", told, events_of(0, moved, moved_from=""))
    other = person(Role.CENTRE, "another", "elsewhere").identity
    yield vector(
        "sealed-to-another-centre",
        "not-a-recipient",
        "The plan's centre is not among the recipients.",
        lambda: b.seal(w, 0, raws, recipients=[other]),
    )
    broken = "journal-broken"
    yield vector("event-dropped", broken, "The seventh entry is missing.", journal_of([*raws[:6], *raws[7:]]))
    swapped = [*raws[:6], raws[7], raws[6], *raws[8:]]
    yield vector(
        "events-reordered", broken, "The seventh and eighth entry have changed places.", journal_of(swapped)
    )
    yield vector(
        "event-repeated", broken, "The seventh entry stands twice.", journal_of([*raws[:7], *raws[6:]])
    )
    first = msgspec.json.decode(raws[3], type=journal.SessionEntry)
    later = encode(msgspec.structs.replace(first, at=b.stamp(1)))
    altered = [*raws[:3], later, *raws[4:]]
    yield vector("event-altered", broken, "The fourth entry's time is changed.", journal_of(altered))
    cut = journal.to_bytes(raws)[:-1]
    yield vector("last-line-cut", broken, "The journal's last byte is missing.", journal_of(raws, cut))
    lies = "header-mismatch"
    yield vector(
        "tail-removed", lies, "The last entry is missing; the header still names it.", journal_of(raws[:-1])
    )
    longer = b.chain([*good, e.ClockJumped(5)])
    yield vector("tail-added", lies, "An entry follows the one that the header names.", journal_of(longer))
    stranger = [*good]
    stranger[1] = e.CandidateAdmitted("C-9999", 1, 0)
    yield vector(
        "candidate-unknown",
        "candidate-not-authorised",
        "C-9999 is not on the roster.",
        events_of(0, stranger),
    )
    nobody = b.opening(w, 0)[:1]
    yield vector("candidate-none", "no-candidate", "Nobody signed in.", events_of(0, nobody))
    again = [*good]
    again[1] = e.CandidateAdmitted(b.candidate(0), 2, 0)
    yield vector("attempt-other", "attempt-mismatch", "Attempt 2 was not authorised.", events_of(0, again))
    late = b.session(w, SEATS - 1, b.right(w, 1))
    told = "The session began an hour after the candidate's eligibility had ended."
    yield vector("eligibility-over", "candidate-not-eligible", told, events_of(SEATS - 1, late, 3 * b.HOUR))
    impossible = "timeline-impossible"
    told = "The session began before the sitting opened."
    yield vector("outside-window", impossible, told, events_of(0, good, -b.HOUR))
    early = [*good[:5], *good[6:]]
    yield vector(
        "test-not-started", impossible, "Items came before the test was started.", events_of(0, early)
    )
    edited = [*good[:6], e.ResponseEdited(ItemId("i0"), 4, 0, "x", 0), *good[6:]]
    told = "A text is changed beyond its end."
    yield vector("edit-beyond-text", impossible, told, events_of(0, edited))
    arrived = [*good[:2], moved[1], *good[2:]]
    told = "The candidate is admitted and moved in as well."
    yield vector("admitted-and-moved-in", impossible, told, events_of(0, arrived))
    twice = [*good[:6], *good[:1], *good[6:]]
    yield vector("opened-twice", impossible, "The session is opened twice.", events_of(0, twice))
    headless = good[1:]
    told = "The journal does not begin with the opening of the session."
    yield vector(
        "not-opened",
        impossible,
        told,
        lambda: b.seal(w, 0, raws, content=journal.to_bytes(b.chain(headless))),
    )


def _damaged(valid: _Record) -> Iterator[Vector]:
    raw, header = valid.raw, valid.header
    yield Vector("empty", DAMAGED, "The file is empty.", b"")
    yield Vector("magic-altered", DAMAGED, "The first line is another format's.", flipped(raw, 11))
    yield Vector("cut-in-envelope", DAMAGED, "The file ends in the signed header.", raw[:200])
    yield Vector("cut-in-part", DAMAGED, "The last byte is missing.", raw[:-1])
    yield Vector("bytes-to-spare", DAMAGED, "One byte stands behind the last part.", raw + b"\0")
    yield Vector(
        "part-byte-altered", "part-altered", "One bit of the sealed journal is changed.", flipped(raw, -40)
    )
    kiosk = b.people(SEATS, person).kiosks[0]
    path = (msgspec.structs.replace(header.parts[0], name="../journal"),)
    yield Vector(
        "part-name-a-path",
        DAMAGED,
        "The part's name climbs out of a folder.",
        valid.saying(kiosk, parts=path),
    )
    renamed = (msgspec.structs.replace(header.parts[0], name="log"),)
    yield Vector(
        "part-renamed", "seal-broken", "There is no part `journal`.", valid.saying(kiosk, parts=renamed)
    )


def _headers(w: b.World, valid: _Record) -> Iterator[Vector]:
    kiosk, other = w.kiosks[:2]
    said: list[tuple[str, str, str, dict[str, object]]] = [
        (
            "sitting-unknown",
            "plan-unknown",
            "No plan of this sitting is published.",
            {"sitting": "east-2027-01"},
        ),
        ("plan-other", "plan-mismatch", "Another version of the plan.", {"plan_digest": ELSEWHERE}),
        ("mode-other", "plan-mismatch", "A rehearsal, under a live plan.", {"mode": "rehearsal"}),
        (
            "package-other",
            "package-mismatch",
            "Another package than the plan's.",
            {"package_digest": ELSEWHERE},
        ),
        ("form-other", "form-mismatch", "Another form than the plan's.", {"form_digest": ELSEWHERE}),
        (
            "session-relabelled",
            "seal-broken",
            "Another session's name on the envelope.",
            {"session": "0" * 32},
        ),
        (
            "moved-from-lies",
            "header-mismatch",
            "The header says that the candidate was moved in.",
            {"moved_from": "0123456789"},
        ),
        ("salvaged", "salvaged", "Taken from a dead kiosk's disk.", {"salvaged": True}),
        ("head-lies", "header-mismatch", "The header names another final head.", {"head": Digest(ELSEWHERE)}),
        (
            "count-lies",
            "header-mismatch",
            "The header counts an entry more.",
            {"count": valid.header.count + 1},
        ),
        (
            "candidate-lies",
            "header-mismatch",
            "The header names another candidate.",
            {"candidate": b.candidate(1)},
        ),
        ("attempt-lies", "header-mismatch", "The header names another attempt.", {"attempt": 2}),
        ("outcome-lies", "header-mismatch", "The header says that time ran out.", {"outcome": "timed out"}),
        ("envelopes-none", "not-a-recipient", "It is sealed to nobody.", {"envelopes": ()}),
    ]
    for name, expect, told, changes in said:
        yield Vector(name, expect, told, valid.saying(kiosk, **changes))
    told = "Signed by another kiosk of the plan than the one that the header names."
    yield Vector("kiosk-other", "signer-mismatch", told, valid.saying(other))
    told = "The header names a kiosk that is not in the plan, and that kiosk signed it."
    outside = valid.saying(w.stranger, kiosk=w.stranger.identity.fingerprint)
    yield Vector("kiosk-not-in-plan", "signer-not-in-plan", told, outside)
    resealed = valid.saying(kiosk, sealed_at=Instant(b.START + 2 * b.HOUR))
    yield Vector("valid-sealed-later", "ok", "The same journal with another time of sealing.", resealed)


def files() -> dict[str, bytes]:
    """The vector files by their path below tests/vectors/, and the plan they are judged under."""
    if not PLAN.exists():
        PLAN.parent.mkdir(exist_ok=True)
        PLAN.write_bytes(world().plan_file)
    made = {f"{NAME}/{vector.name}.vector": vector.encode() for vector in vectors()}
    return {f"{NAME}/plan.eks": PLAN.read_bytes(), **made}
