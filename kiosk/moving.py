"""Moving a candidate in with their answers: find the mirror of the named checkpoint, and take its journal over.

Rules.
1. A mirror is looked for on the mirror's medium, then on the carrier. It counts only if its newest segment names
   exactly the checkpoint code that was typed, this candidate and this attempt.
2. It is opened with this kiosk's own key, and held to everything that the centre will hold it to.
3. Where there is none, or none that may be used, that is said before the candidate is moved. The same code typed again
   moves them without: the answers from before are then joined at the centre.
4. A medium that does not answer within `PATIENCE` seconds has no mirror.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import msgspec

from exam_packages.sitting_plan import RosterEntry
from keys.carrier import Carrier
from keys.encoding import grouped
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity
from kiosk.mirroring import within
from kiosk.seating import Seated
from results.wire import carried
from results.wire.events import CandidateMovedIn, SessionCarried
from results.wire.mirror import FOLDER, MAX_SEGMENT, Mirrored, open_mirror, read_header, sessions

PATIENCE = 20.0


class MirrorMissingError(ExamKioskError):
    """A move in, and no mirror of the named checkpoint is here."""

    code = "mirror-missing"
    what = "The answers given at the other kiosk are not here: no copy with the checkpoint {checkpoint} was found."
    next_step = (
        "Proctor: put in the drive with the other kiosk's copy and type the code again; or type it again without, "
        "and the answers from there are joined at the centre."
    )


class MirrorUnusableError(ExamKioskError):
    """A move in, and the mirror of the named checkpoint may not be used."""

    code = "mirror-unusable"
    what = "The copy of the answers given at the other kiosk cannot be used here ({why})."
    next_step = (
        "Proctor: try the other kiosk's own drive and type the code again; or type it again as it is, "
        "and the answers from there are joined at the centre."
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """What a search of one medium has met: at most one journal, and what was wrong with others."""

    found: list[SessionCarried] = field(default_factory=list)
    refused: list[ExamKioskError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose mirror is looked for: a candidate of this sitting, and the checkpoint code in its one spelling."""

    seated: Seated
    entry: RosterEntry
    checkpoint: str


def look(media: Iterable[Carrier], wanted: Wanted, holder: PrivateIdentity) -> SessionCarried:
    """The journal to go on with. Raises `MirrorMissingError` or `MirrorUnusableError`."""
    refused: list[ExamKioskError] = []
    for medium in media:
        search = _Search()
        within(PATIENCE, partial(_search, medium, wanted, holder, search))
        if search.found:
            return search.found[0]
        refused += search.refused
    if refused:
        raise MirrorUnusableError(why=refused[0].code)
    raise MirrorMissingError(checkpoint=grouped(wanted.checkpoint, 5))


def _search(medium: Carrier, wanted: Wanted, holder: PrivateIdentity, search: _Search) -> None:
    plan, plan_digest = wanted.seated.plan, wanted.seated.seat.plan_digest

    def load(name: str) -> bytes:
        return medium.read(name, limit=MAX_SEGMENT)

    for group in sessions(medium.names(f"{FOLDER}/{plan.sitting}"), plan.sitting).values():
        try:
            header = read_header(load(group[-1]), plan, plan_digest)
            seat = (header.checkpoint, header.candidate, header.attempt)
            if seat == (wanted.checkpoint, wanted.entry.candidate, wanted.entry.attempt):
                search.found.append(_take(open_mirror(map(load, group), plan, plan_digest, holder), wanted))
                return
        except ExamKioskError as error:
            search.refused.append(error)


def _take(mirrored: Mirrored, wanted: Wanted) -> SessionCarried:
    """The event that carries a mirror, as the centre will accept it. Raises `MirrorError` or as `check`."""
    header, seated = mirrored.header, wanted.seated
    event = SessionCarried(
        header.kiosk, header.session, header.head, header.count, mirrored.lines, mirrored.statement
    )
    genesis = seated.store.kept.entries[0]
    moved = CandidateMovedIn(wanted.entry.candidate, wanted.entry.attempt, 0, wanted.checkpoint, 0)
    as_it_would_be = [genesis, *(msgspec.structs.replace(genesis, event=one) for one in (moved, event))]
    carried.check(as_it_would_be, seated.plan, seated.seat.plan_digest)
    return event
