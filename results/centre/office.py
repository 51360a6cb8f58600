"""The centre's office: its private key, what is published, and the ledger, brought together for a command."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from exam_packages.release import open_secret, read_release, release_target
from exam_packages.sitting_plan import MAX_PLAN, open_plan, plan_target
from keys.clock import Stamp
from keys.encoding import Digest, digest, encode
from keys.errors import ExamKioskError
from keys.identities import Identity, PrivateIdentity
from keys.statement import SCORE_RUN, Role, Signer, claimed_payload
from keys.trusted import Trusted, local_repository
from results.centre.books import Books, facts_of_row
from results.centre.facts import SessionFacts
from results.centre.inputs import Inputs
from results.centre.intake import KnownPlan, Office, know
from results.centre.joining import Before, join
from results.centre.ledger import Ledger, open_ledger
from results.centre.marking.books import FinalMarks, final_marks, marks_of
from results.centre.reasons import PlanUnknownError
from results.centre.runs import (
    NOT_JOINED,
    CandidateScore,
    NothingToScoreError,
    Scorable,
    ScoreRun,
    make_run,
    read_run,
    sign_run,
)
from results.centre.tables import State, runs
from results.wire.bundle import open_record, read_record
from results.wire.closing import ClosingLine
from results.wire.journal import lines

REPOSITORY = "repository"
PLANS = 32
MAX_RELEASE = 4 * 1024 * 1024


class RunUnknownError(ExamKioskError):
    """There is no score run of this name."""

    code = "run-unknown"
    what = "The ledger holds no score run {run}; it holds: {known}."
    next_step = "Use one of these names, or score first."


class RunErasedError(ExamKioskError):
    """A score run whose scores went on schedule."""

    code = "run-erased"
    what = "The scores of the run {run} were erased by a retention rule."
    next_step = "`results retention erased` tells when and why, and which statistics were kept."


class RunNameTakenError(ExamKioskError):
    """Another run has the name that this one would have."""

    code = "run-name-taken"
    what = "Nothing was kept: the ledger holds another score run of the name {run}."
    next_step = (
        "Report this: two runs of one name happen only where somebody looked for inputs that make them."
    )


class KeyOlderError(ExamKioskError):
    """A scoring key that is older than one that was used already."""

    code = "key-older"
    what = "The newest scoring key in the folder is version {found}, and version {used} made the run {run}."
    next_step = (
        "Put the newer version back into the folder; to score by the older one, name it with --key-version."
    )


class KeyDiffersError(ExamKioskError):
    """Another scoring key of a version that was used already."""

    code = "key-differs"
    what = "The scoring key in the folder says it is version {version}, and is another one than made the run {run}."
    next_step = (
        "Put the key that was used back into the folder; a key that was mended is signed as a newer version."
    )


@dataclass(frozen=True, slots=True)
class Centre:
    """What every command at the centre works with."""

    recipient: PrivateIdentity
    trusted: Trusted
    ledger: Ledger

    def office(self) -> Office:
        """What intake judges with; the plans looked at last are kept at hand."""
        return Office(self.recipient, lru_cache(maxsize=PLANS)(self.plan))

    def plan(self, sitting: str) -> KnownPlan | None:
        """The published plan of a sitting, or None. Raises the errors of `open_plan` for one that does not open."""
        name = plan_target(sitting)
        if name not in self.trusted.targets:
            return None
        raw = self.trusted.target(name, limit=MAX_PLAN)
        plan = open_plan(raw, self.trusted.keyring, self.recipient)
        everyone = [*plan.proctors, *(slot.identity for slot in plan.kiosks)]
        enrolled = frozenset(one.fingerprint for one in everyone if self._is_published(one))
        return know(plan, digest(raw), enrolled, self.trusted.keyring)

    def secret(self, sitting: str) -> bytes | None:
        """A sitting's secret S from its release, or None where plan or release is not, or no longer, published.

        Raises the errors of `read_release` and `open_secret`.
        """
        known, name = self.plan(sitting), release_target(sitting)
        if known is None or name not in self.trusted.targets:
            return None
        raw = self.trusted.target(name, limit=MAX_RELEASE)
        return open_secret(read_release(raw, self.trusted.keyring, known.plan, known.digest), self.recipient)

    def _is_published(self, identity: Identity) -> bool:
        name = identity.target()
        return name in self.trusted.targets and self.trusted.identity(name) == identity


def open_centre(
    folder: Path, recipient: PrivateIdentity, now: Stamp, *, make: bool = False, at: str | None = None
) -> Centre:
    """The centre in `folder`, its ledger `at` another place if given; `make` makes an empty one where there is none.

    Raises the errors of `local_repository` and `open_ledger`.
    """
    trusted = local_repository(folder / REPOSITORY, now)
    names = trusted.names(f"identities/{Role.CENTRE.value}/") if make else ()
    others = [trusted.identity(name) for name in names]
    return Centre(recipient, trusted, open_ledger(folder, recipient, make=make, at=at, others=others))


def score_all(
    centre: Centre, inputs: Inputs, signer: Signer, software: str, now: Stamp
) -> tuple[ScoreRun, bool]:
    """Score every admitted record of the form and keep the signed run; also whether it is new.

    Raises `NothingToScoreError`, `WrongRoleError`, `UnknownSignerError` for a key that is not published, or
    `RunNameTakenError`.
    """
    with centre.ledger.transaction() as books:
        found = scorables(centre, books, inputs.form_digest)
        if not found:
            raise NothingToScoreError(form=inputs.front.form)
        run = make_run(inputs, found, software)
        signed = sign_run(run, signer)
        read_run(signed, centre.trusted.keyring)
        there = books.run(run.run)
        new = there is None
        if there and there.document and claimed_payload(there.document, SCORE_RUN) != encode(run):
            raise RunNameTakenError(run=run.run)
        if new:
            books.add_run(_row(run, signed, now), [_score_row(run, one) for one in run.scores])
    return run, new


def check_newest(centre: Centre, inputs: Inputs) -> None:
    """See that the form was never scored by a newer key than this one. Raises `KeyOlderError`."""
    query = sa.select(runs.c.run, runs.c.key_version).where(runs.c.form_digest == inputs.form_digest)
    with centre.ledger.reading() as books:
        newest = books.connection.execute(query.order_by(runs.c.key_version.desc())).first()
    if newest is not None and newest.key_version > inputs.ruler.key.version:
        raise KeyOlderError(found=inputs.ruler.key.version, used=newest.key_version, run=newest.run)


def check_same_key(centre: Centre, inputs: Inputs) -> None:
    """See that the form was never scored by another key file of this version. Raises `KeyDiffersError`."""
    version = inputs.ruler.key.version
    query = sa.select(runs.c.run).where(
        runs.c.form_digest == inputs.form_digest,
        runs.c.key_version == version,
        runs.c.key_digest != inputs.key_digest,
    )
    with centre.ledger.reading() as books:
        other = books.connection.execute(query.order_by(runs.c.made_at, runs.c.run)).scalar()
    if other is not None:
        raise KeyDiffersError(version=version, run=other)


def scorables(centre: Centre, books: Books, form_digest: Digest) -> list[Scorable]:
    """Every admitted record of a form as a run takes it, with the final marks of its long texts."""
    rows = books.sound_records(state=State.ADMITTED.value, form_digest=form_digest)
    page = {
        seat: line for sitting in {row.sitting for row in rows} for seat, line in books.lines(sitting).items()
    }
    final = final_marks(books, form_digest)
    return [_scorable(centre, books, row, page.get((row.sitting, row.candidate)), final) for row in rows]


def _scorable(
    centre: Centre, books: Books, row: sa.Row[Any], line: ClosingLine | None, final: FinalMarks
) -> Scorable:
    """A record as a run takes it; of one who was moved with the answers that were left behind, where they are here."""
    facts, joined = whole_facts(centre, books, row)
    return Scorable(
        row.digest,
        row.sitting,
        row.mode,
        row.candidate,
        row.attempt,
        row.session,
        line.state.value if line else row.outcome,
        facts,
        joined,
        marks_of(final, (row.sitting, row.candidate, row.attempt), facts.responses()) if final else {},
    )


def whole_facts(centre: Centre, books: Books, row: sa.Row[Any]) -> tuple[SessionFacts, Digest]:
    """A sound record's facts, of one who was moved with the answers of before, and the record that those came from."""
    facts = facts_of_row(row)
    joined = join(facts, _left(centre, books, row), _secret(centre, row.sitting)) if facts.lacks else None
    return (joined.facts, joined.record) if joined else (facts, NOT_JOINED)


def _left(centre: Centre, books: Books, row: sa.Row[Any]) -> list[Before]:
    """The sound records of the same attempt from other sessions, none of them in quarantine."""
    where = {"sitting": row.sitting, "candidate": row.candidate, "state": State.REPEAT.value}
    return [
        Before(
            one.digest,
            one.sitting,
            one.mode,
            one.kiosk,
            one.session,
            partial(_lines, centre, books, one.digest, one.sitting),
        )
        for one in books.sound_records(**where)
        if one.attempt == row.attempt and (one.kiosk, one.session) != (row.kiosk, row.session)
    ]


def _lines(centre: Centre, books: Books, record: Digest, sitting: str) -> tuple[bytes, ...]:
    """The lines of a record of the ledger. Raises what it raised before it was found sound."""
    known = centre.plan(sitting)
    if known is None:
        raise PlanUnknownError(sitting=sitting)
    sealed = read_record(books.file_of(record), known.kiosk_ring)
    return lines(open_record(sealed, centre.recipient))


def _secret(centre: Centre, sitting: str) -> bytes | None:
    """S, or None where it is not to be had."""
    try:
        return centre.secret(sitting)
    except ExamKioskError:
        return None


def find_run(centre: Centre, name: str) -> ScoreRun:
    """A run of the ledger, verified again. Raises `RunUnknownError` or `RunErasedError`."""
    with centre.ledger.reading() as books:
        row, known = books.run(name), books.run_names()
    if row is None:
        raise RunUnknownError(run=name, known=", ".join(known) or "none yet")
    if not row.document:
        raise RunErasedError(run=name)
    return read_run(row.document, centre.trusted.keyring)


def _row(run: ScoreRun, signed: bytes, now: Stamp) -> dict[str, object]:
    return {
        "run": run.run,
        "made_at": now.wall,
        "exam": run.exam,
        "form": run.form,
        "form_digest": run.form_digest,
        "key_digest": run.key_digest,
        "table_digest": run.table_digest or run.equating_digest,
        "key_version": run.key_version,
        "software": run.software,
        "document": signed,
    }


def _score_row(run: ScoreRun, one: CandidateScore) -> dict[str, object]:
    return {
        "run": run.run,
        "record": one.record,
        "session": one.session,
        "sitting": one.sitting,
        "candidate": one.candidate,
        "attempt": one.attempt,
        "raw": one.score.raw,
        "total": one.score.total,
        "scaled": one.score.scaled,
        "passed": one.score.passed,
    }
