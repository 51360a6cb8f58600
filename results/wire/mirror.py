"""Mirror segments: a session's journal as it stands, on a second medium, for the other kiosks of the plan.

Rules.
1. Segment 0 holds the genesis alone, and the mirror key in an envelope to every kiosk of the plan and to the centre.
2. The lines after it follow in segments 1, 2 and so on. A segment is full once its lines weigh `FULL` bytes; the one
   that is not full yet is written anew as lines are added. So the same journal always makes the same segments.
3. Each segment's statement is signed by the source kiosk and says where the journal stands at its end: head, count and
   the checkpoint code of that head. A desk reads that; the lines themselves only a recipient of the key can read.
4. A mirror is what its newest segment says, or nothing: lines are given out only where the whole chain holds up to it.
5. It may be older than the source's journal, and says so by its checkpoint code.

What a kiosk takes over from a mirror is results/wire/carried.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from exam_packages.sitting_plan import SittingPlan
from keys import container
from keys.container import Part
from keys.encoding import Digest, Document, Instant, decode, encode
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity
from keys.sealing import Context, Envelope, open_content, open_envelope, seal_content, seal_to
from keys.statement import MIRROR, Holder, Keyring, Role, Signer, claimed_payload, sign, verify
from results.wire.journal import Head, JournalBrokenError, SessionEntry, advance, lines, read, to_bytes

KIND = MIRROR.name
LINES = "lines"
FULL = 64 * 1024
MAX_SEGMENT = 24 * 1024 * 1024
MAX_MIRROR = 8 * 1024 * 1024
"""Bytes of lines up to which a mirrored journal is read, and so taken over by another kiosk."""
FOLDER = "mirror"
_NAME = re.compile(r"([0-9]{6})\.ekm")
_SESSION = re.compile(r"[a-z0-9-]{1,64}")


class MirrorError(ExamKioskError):
    """A mirror that cannot be believed or does not hold together; base of what is wrong with one."""

    code = "mirror-refused"
    what = "This copy of another kiosk's answers is not used: {detail}."
    next_step = "Take the drive of the kiosk that stopped, or go on without its answers."


class MirrorHeader(Document, frozen=True, tag="mirror/1"):
    """What the source kiosk signs of a segment: whose journal it is and where that stands after `count` lines.

    The segment is the `number`th, from 0; its lines begin with line `first`. `at` is when the last of them was written.
    """

    session: str
    sitting: str
    mode: str
    kiosk: str
    plan_digest: Digest
    package_digest: Digest
    candidate: str
    attempt: int
    number: int
    first: int
    head: Digest
    count: int
    checkpoint: str
    at: Instant
    envelopes: tuple[Envelope, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """Which lines of a journal a segment holds: the `number`th, from line `first`, to the head `end`."""

    number: int
    first: int
    raws: tuple[bytes, ...]
    end: Head

    @property
    def full(self) -> bool:
        """Whether nothing is added to it any more."""
        return self.number == 0 or sum(map(len, self.raws)) >= FULL


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A mirror that holds together: its newest header, the statement of that, and the lines of the journal."""

    header: MirrorHeader
    statement: bytes
    lines: tuple[bytes, ...]


def cut(raws: Iterable[bytes], number: int = 0, before: Head | None = None) -> tuple[Segment, ...]:
    """These lines in segments, the first being the `number`th; `before` is the head before them."""
    head = before or Head()
    found: list[Segment] = []
    for raw in raws:
        if not found or found[-1].full:
            found.append(Segment(number + len(found), head.count, (), head))
        head = advance(head, raw)
        last = found[-1]
        found[-1] = Segment(last.number, last.first, (*last.raws, raw), head)
    return tuple(found)


def seal_segment(
    segment: Segment, header: MirrorHeader, key: bytes, plan: SittingPlan, signer: Signer
) -> bytes:
    """A segment's file. `header` says session, candidate and code; what the segment itself says is filled in here.

    Raises `WrongRoleError` unless `signer` is a kiosk.
    """
    context = _context(header)
    name = _part(segment.number)
    sealed = {LINES: seal_content(key, name, to_bytes(segment.raws), context)}
    everyone = (*(slot.identity for slot in plan.kiosks), *plan.recipients) if segment.number == 0 else ()
    whole = msgspec.structs.replace(
        header,
        number=segment.number,
        first=segment.first,
        head=segment.end.digest,
        count=segment.end.count,
        envelopes=tuple(seal_to(one.fingerprint, one.sealing, key, context) for one in everyone),
        parts=container.describe(sealed),
    )
    return container.pack(sign(encode(whole), MIRROR, signer), tuple(sealed.values()))


def read_header(raw: bytes, plan: SittingPlan, plan_digest: Digest) -> MirrorHeader:
    """What the source kiosk says of a segment, its signature and the sealed lines' digest verified; nothing is opened.

    Raises the errors of `container` and `verify`, or `MirrorError` for another sitting, plan or kiosk.
    """
    envelope, body = container.split(raw, kind=KIND)
    header = check_statement(envelope, plan, plan_digest)
    found = container.parts(body, header.parts, kind=KIND)
    if list(found) != [LINES]:
        raise MirrorError(detail="it has other parts than a mirror has")
    return header


def check_statement(statement: bytes, plan: SittingPlan, plan_digest: Digest) -> MirrorHeader:
    """A segment's statement by itself, signed by the very kiosk of this plan that it names.

    Raises `DocumentError`, the errors of `verify`, or `MirrorError`.
    """
    claimed = decode(claimed_payload(statement, MIRROR), MirrorHeader, name=KIND)
    slot = plan.kiosk(claimed.kiosk)
    if slot is None:
        raise MirrorError(detail="it is from a kiosk that is not in the plan")
    keys = [*(one.identity.holder() for one in plan.kiosks), *_others(plan)]
    verified = verify(statement, MIRROR, Keyring(keys))
    if verified.signer.public != slot.identity.signing:
        raise MirrorError(detail="another kiosk signed it than the one it names")
    header = decode(verified.payload, MirrorHeader, name=KIND)
    if (header.sitting, header.mode) != (plan.sitting, plan.mode.value):
        raise MirrorError(detail="it is of another sitting")
    if (header.plan_digest, header.package_digest) != (plan_digest, plan.package_digest):
        raise MirrorError(detail="it was made under another plan or package")
    if not _SESSION.fullmatch(header.session) or not 0 <= header.number <= header.first < header.count:
        raise MirrorError(detail="its header is not in order")
    return header


def open_mirror(
    raws: Iterable[bytes], plan: SittingPlan, plan_digest: Digest, holder: PrivateIdentity
) -> Mirrored:
    """The mirror that these segments make, in their order, for a kiosk of the plan or a recipient at the centre.

    Raises as `read_header`, `WrongRecipientError`, `SealError`, or `MirrorError` where they are not one whole journal.
    """
    key, first, last, statement = b"", None, None, b""
    found: list[bytes] = []
    head = Head()
    for number, raw in enumerate(raws):
        last = read_header(raw, plan, plan_digest)
        if first is None:
            first, context = last, _context(last)
            own = (holder.identity.fingerprint, holder.sealing)
            key = open_envelope(last.envelopes, *own, context, kind=KIND)
        same = (last.session, last.kiosk) == (first.session, first.kiosk)
        if not same or (last.number, last.first) != (number, head.count):
            raise MirrorError(detail="a segment of it is missing, older or another one's")
        statement, body = container.split(raw, kind=KIND)
        added = lines(open_content(key, _part(number), body, context, kind=KIND))
        for line in added:
            head = advance(head, line)
        found += added
        if head != Head(last.head, last.count):
            raise MirrorError(detail="its lines are not the ones that it names")
        if sum(map(len, found)) > MAX_MIRROR:
            raise MirrorError(detail="it is too long to be taken over")
    if last is None:
        raise MirrorError(detail="it is empty")
    try:
        read(found, SessionEntry)
    except JournalBrokenError:
        raise MirrorError(detail="its journal does not hold together") from None
    return Mirrored(last, statement, tuple(found))


def newest(
    names: Iterable[str], load: Callable[[str], bytes], plan: SittingPlan, plan_digest: Digest
) -> tuple[MirrorHeader, ...]:
    """Where each mirrored journal of the sitting stands, by its newest segment; what cannot be believed is left out.

    `names` are files of a medium, `load` gives the bytes of one (and may raise an `ExamKioskError`).
    """
    found: list[MirrorHeader] = []
    for group in sessions(names, plan.sitting).values():
        try:
            found.append(read_header(load(group[-1]), plan, plan_digest))
        except ExamKioskError:
            continue
    return tuple(sorted(found, key=lambda one: (one.kiosk, one.session)))


def sessions(names: Iterable[str], sitting: str) -> dict[str, list[str]]:
    """The segments of each mirror of a sitting, by its folder, in their order."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        folder, _, last = name.rpartition("/")
        if folder.startswith(f"{FOLDER}/{sitting}/") and _NAME.fullmatch(last):
            groups.setdefault(folder, []).append(name)
    return groups


def mirror_folder(sitting: str, kiosk: str, session: str) -> str:
    """Where the mirror of a session is on a medium; `kiosk` is the fingerprint."""
    return f"{FOLDER}/{sitting}/{kiosk.lower()}-{session}"


def segment_name(folder: str, number: int) -> str:
    """The file of a segment in its mirror's folder."""
    return f"{folder}/{number:06}.ekm"


def _others(plan: SittingPlan) -> list[Holder]:
    """Keys of the plan in other roles, so that a wrong role is named."""
    return [one.holder() for one in plan.proctors if one.role is Role.PROCTOR]


def _part(number: int) -> str:
    return f"{LINES} {number}"


def _context(header: MirrorHeader) -> Context:
    return Context(
        f"mirror {header.session} {header.kiosk}",
        header.sitting,
        header.mode,
        plan=header.plan_digest,
        package=header.package_digest,
    )
