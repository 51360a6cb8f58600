"""A centre, a site and sealed files in memory, small and fast, for the tests of results/. Test keys only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import msgspec

from exam_packages import form as f
from exam_packages.interactions import Choice, ChoiceInteraction, ChosenOptions, ItemId, OptionId, Paragraph
from exam_packages.scoring_key import Area, ConversionTable, ItemKey, ScoringKey
from exam_packages.sitting_plan import (
    CandidateId,
    KioskSlot,
    Mode,
    Policies,
    RosterEntry,
    SittingId,
    SittingPlan,
    seal_plan,
)
from keys.clock import Stamp
from keys.encoding import Digest, Instant, digest, encode
from keys.identities import Identity, PrivateIdentity, new_identity
from keys.statement import Keyring, Role
from results.centre.intake import Office, know
from results.wire import events as e
from results.wire import journal
from results.wire.bundle import (
    BundleHeader,
    RecordHeader,
    claimed_record,
    pack_bundle,
    record_name,
    seal_record,
)
from results.wire.closing import ClosingLine, ClosingPage, FinalState, sign_closing
from results.wire.record import fold
from results.wire.sitting_events import AdmissionIssued, SittingEvent, SittingOpened

START = Instant(1_800_000_000_000)
HOUR = 3_600_000
OPTIONS = tuple(OptionId(letter) for letter in "ABCD")
PACKAGE = digest(b"a package")
LIMIT = 2 * HOUR


@dataclass(frozen=True)
class World:
    """Everyone and everything of one sitting."""

    centre: PrivateIdentity
    registrar: PrivateIdentity
    scoring: PrivateIdentity
    proctor: PrivateIdentity
    kiosks: tuple[PrivateIdentity, ...]
    stranger: PrivateIdentity
    form: f.DeliveryForm
    key: ScoringKey
    table: ConversionTable
    plan: SittingPlan
    plan_file: bytes

    @property
    def keyring(self) -> Keyring:
        """The keys of the roles."""
        return Keyring(one.identity.holder() for one in (self.registrar, self.scoring))

    def office(
        self,
        *,
        revoked: Sequence[PrivateIdentity] = (),
        also: Sequence[PrivateIdentity] = (),
        plan: bool = True,
    ) -> Office:
        """The centre's office; `revoked` identities are no longer published, `also` are published too."""
        gone = {one.identity.fingerprint for one in revoked}
        everyone = {one.identity.fingerprint for one in (self.proctor, *self.kiosks, *also)}
        known = know(self.plan, digest(self.plan_file), frozenset(everyone - gone), self.keyring)
        return Office(self.centre, lambda sitting: known if plan and sitting == self.plan.sitting else None)


@dataclass(frozen=True)
class People:
    """The private keys of everyone in a world."""

    centre: PrivateIdentity
    registrar: PrivateIdentity
    scoring: PrivateIdentity
    proctor: PrivateIdentity
    stranger: PrivateIdentity
    kiosks: tuple[PrivateIdentity, ...]


@cache
def someone(role: Role, name: str, site: str = "centre") -> PrivateIdentity:
    """The one holder of this role and name in a test run, with keys that no vector publishes."""
    return new_identity(role, site, name)


def people(seats: int, maker: Callable[[Role, str, str], PrivateIdentity]) -> People:
    """Everyone, with the keys that `maker` gives for role, name and site."""
    return People(
        maker(Role.CENTRE, "centre", "centre"),
        maker(Role.REGISTRAR, "registrar", "centre"),
        maker(Role.SCORING, "scoring", "centre"),
        maker(Role.PROCTOR, "rivera", "west"),
        maker(Role.KIOSK, "kiosk-99", "east"),
        tuple(maker(Role.KIOSK, f"kiosk-{n:02}", "west") for n in range(1, seats + 1)),
    )


@cache
def world(seats: int = 3, items: int = 4) -> World:
    """A sitting with one kiosk a candidate, and a form of `items` items in two areas and one category each."""
    return assemble(people(seats, someone), items)


def assemble(who: People, items: int, plan_file: bytes | None = None) -> World:
    """The world of these people; `plan_file` is an earlier sealing of its plan.

    The last candidate's eligibility ends two hours after the sitting's start.
    """
    form = delivery_form(items)
    form_digest = digest(encode(form))
    plan = SittingPlan(
        SittingId("west-2027-01"),
        Mode.LIVE,
        "cetl",
        "cetl-practice",
        "west",
        "Room 1",
        START,
        Instant(START + 8 * HOUR),
        "exams/cetl/cetl-practice-1.ekp",
        PACKAGE,
        form.form,
        form_digest,
        tuple(
            RosterEntry(
                candidate(n),
                f"Candidate {n + 1}",
                1,
                f"E-{n}",
                Instant(START + (2 * HOUR if n == len(who.kiosks) - 1 else 90 * 24 * HOUR)),
                one.identity.name,
            )
            for n, one in enumerate(who.kiosks)
        ),
        (who.proctor.identity,),
        tuple(KioskSlot(one.identity) for one in who.kiosks),
        (who.centre.identity,),
        Policies("Exam office", "By letter"),
    )
    return World(
        who.centre,
        who.registrar,
        who.scoring,
        who.proctor,
        who.kiosks,
        who.stranger,
        form,
        scoring_key(form, form_digest),
        conversion(form, form_digest, items),
        plan,
        plan_file or seal_plan(plan, who.registrar),
    )


def candidate(n: int) -> CandidateId:
    """The number of the candidate in seat `n`."""
    return CandidateId(f"C-{1001 + n}")


def delivery_form(items: int) -> f.DeliveryForm:
    """A form of choice items with four options each."""
    interaction = ChoiceInteraction(tuple(Choice(option, f"Option {option}") for option in OPTIONS))
    made = tuple(f.Item(ItemId(f"i{n}"), (Paragraph(f"Item {n}?"),), interaction) for n in range(items))
    section = f.Section("s1", "Section", tuple(f.ItemRef(item.id) for item in made))
    part = f.TestPart("p1", "Part", (section,))
    return f.DeliveryForm(f.FormId("cetl-practice-1"), 1, "en", LIMIT, (part,), made)


def scoring_key(form: f.DeliveryForm, form_digest: Digest, version: int = 1) -> ScoringKey:
    """Item n's correct option is the n-th letter, round and round; areas take turns."""
    keys = tuple(
        ItemKey(
            item.id,
            ChosenOptions((OPTIONS[n % 4],)),
            "I" if n % 2 == 0 else "II",
            str(n % 2 + 1),
            f"{n % 2 + 1}A",
        )
        for n, item in enumerate(form.items)
    )
    areas = (Area("1", "Leadership and Vision", "I"), Area("2", "Strategic Planning", "II"))
    categories = (Area("I", "Leadership & Vision"), Area("II", "Understanding"))
    return ScoringKey("cetl-practice", form.form, form_digest, version, keys, categories, areas)


def conversion(form: f.DeliveryForm, form_digest: Digest, items: int) -> ConversionTable:
    """A straight line from 0 to 800 with the cut at 600."""
    scaled = tuple((800 * raw * 2 + items) // (2 * items) for raw in range(items + 1))
    return ConversionTable("cetl-practice", form.form, form_digest, 1, scaled, 600)


def stamp(at: int) -> Stamp:
    """The moment `at` ms after the sitting's start."""
    return Stamp(Instant(START + at), 1_000_000 + at, "boot-1")


def chain(events: Sequence[e.SessionEvent], *, begin: int = 0) -> list[bytes]:
    """The lines of a journal of these events, a second apart, the first one `begin` ms into the sitting."""
    head = journal.Head()
    raws: list[bytes] = []
    for n, event in enumerate(events):
        line = journal.next_session_line(head, stamp(begin + n * 1_000), event)
        raws.append(line.raw)
        head = journal.advance(head, line.raw)
    return raws


def opening(w: World, n: int, **changes: object) -> list[e.SessionEvent]:
    """The events of seat `n` up to the start of its test."""
    opened = e.SessionOpened(
        bytes(32),
        f"{n + 1:032x}",
        w.plan.sitting,
        w.plan.mode.value,
        w.kiosks[n].identity.fingerprint,
        digest(w.plan_file),
        w.plan.package_digest,
        w.plan.form_digest,
        "unlock-1",
        "0.1.0",
    )
    return [
        msgspec.structs.replace(opened, **changes),
        e.CandidateAdmitted(candidate(n), 1, 0),
        e.IdentityConfirmed(),
        e.AgreementAccepted("terms", digest(b"terms")),
        e.InstructionsRead(),
        e.TestStarted(LIMIT, "seed"),
    ]


def answers(responses: Mapping[str, str]) -> list[e.SessionEvent]:
    """The events of giving these answers, one after another; an empty one takes an answer back."""
    found: list[e.SessionEvent] = []
    for n, (item, option) in enumerate(responses.items()):
        chosen = ChosenOptions((OptionId(option),) if option else ())
        found += [
            e.ItemPresented(ItemId(item), OPTIONS, n * 2_000),
            e.ResponseRecorded(ItemId(item), chosen, n * 2_000 + 1_000),
        ]
    return found


def session(w: World, n: int, responses: Mapping[str, str], *, end: bool = True) -> list[e.SessionEvent]:
    """All events of seat `n`'s session, handed in where `end` says so."""
    last: list[e.SessionEvent] = [e.HandedIn(0, 0, 60_000)] if end else []
    return [*opening(w, n), *answers(responses), *last]


def right(w: World, count: int) -> dict[str, str]:
    """Responses with `count` correct ones, the rest wrong."""
    found: dict[str, str] = {}
    for n, one in enumerate(w.key.keys):
        assert isinstance(one.correct, ChosenOptions)
        found[one.item] = one.correct.options[0] if n < count else OPTIONS[(n + 1) % 4]
    return found


def seal(
    w: World,
    n: int,
    raws: Sequence[bytes],
    *,
    signer: PrivateIdentity | None = None,
    recipients: Sequence[Identity] = (),
    content: bytes = b"",
    changes: Mapping[str, object] | None = None,
) -> bytes:
    """The record file of these lines from kiosk `n`, with a header that fits unless `changes` say otherwise."""
    entries = [msgspec.json.decode(raw, type=journal.SessionEntry) for raw in raws]
    record = fold(entry.event for entry in entries)
    header = RecordHeader(
        record.session,
        record.sitting,
        record.mode,
        w.kiosks[n].identity.fingerprint,
        record.candidate,
        record.attempt,
        record.final_outcome().value,
        Digest(record.plan_digest),
        Digest(record.package_digest),
        Digest(record.form_digest),
        digest(raws[-1]),
        len(raws),
        Instant(START + HOUR),
        (),
        (),
        moved_from=record.moved_from,
    )
    header = msgspec.structs.replace(header, **(changes or {}))
    to = recipients or w.plan.recipients
    return seal_record(content or journal.to_bytes(raws), header, to, (signer or w.kiosks[n]).signer())


def sitting_record(w: World, n: int, correct: int = 3) -> bytes:
    """A whole good record of seat `n`."""
    return seal(w, n, chain(session(w, n, right(w, correct))))


def line(w: World, n: int, record: bytes | None, state: FinalState = FinalState.COMPLETED) -> ClosingLine:
    """The closing page's line of seat `n`."""
    if record is None:
        return ClosingLine(candidate(n), 1, state)
    header = claimed_record(record)
    return ClosingLine(
        header.candidate, 1, state, header.kiosk, header.session, digest(record), header.head, header.count
    )


def desk_journal(w: World, *events: SittingEvent) -> list[bytes]:
    """The journal of a desk that opened the sitting, admitted everyone at their seat, and then did this."""
    me, mode = w.proctor.identity.fingerprint, w.plan.mode.value
    admitted = [
        AdmissionIssued(candidate(n), 1, kiosk.identity.fingerprint, 0, me)
        for n, kiosk in enumerate(w.kiosks)
    ]
    opened = SittingOpened(bytes(32), w.plan.sitting, mode, me, digest(w.plan_file), PACKAGE, "0.1.0")
    head, raws = journal.Head(), []
    for event in (opened, *admitted, *events):
        raws.append(journal.next_sitting_line(head, stamp(0), event, mode, w.proctor).raw)
        head = journal.advance(head, raws[-1])
    return raws


def bundle(
    w: World,
    records: Mapping[int, bytes],
    *,
    lines: Sequence[ClosingLine] | None = None,
    signer: PrivateIdentity | None = None,
    changes: Mapping[str, object] | None = None,
    desk: Sequence[bytes] | None = None,
    page: Mapping[str, object] | None = None,
    page_signer: PrivateIdentity | None = None,
) -> bytes:
    """The bundle of these records by seat; a seat without one is a no-show. `page` changes the closing page."""
    plan_digest, mode = digest(w.plan_file), w.plan.mode.value
    proctor = w.proctor.identity.fingerprint
    if lines is None:
        lines = [
            line(w, n, records.get(n), FinalState.COMPLETED if n in records else FinalState.NO_SHOW)
            for n in range(len(w.kiosks))
        ]
    closed_at = Instant(START + 3 * HOUR)
    closing = ClosingPage(w.plan.sitting, mode, plan_digest, proctor, closed_at, len(lines), tuple(lines))
    closing = msgspec.structs.replace(closing, **(page or {}))
    if desk is None:
        desk = desk_journal(w)
    header = BundleHeader(
        w.plan.sitting,
        mode,
        plan_digest,
        proctor,
        digest(desk[-1]),
        len(desk),
        Instant(START + 3 * HOUR),
        (),
        (),
    )
    header = msgspec.structs.replace(header, **(changes or {}))
    files = {record_name(w.kiosks[n].identity.name, f"{n + 1:032x}"): raw for n, raw in records.items()}
    by = (signer or w.proctor).signer()
    signed = sign_closing(closing, (page_signer or w.proctor).signer())
    return pack_bundle(header, files, signed, journal.to_bytes(desk), w.plan.recipients, by)
