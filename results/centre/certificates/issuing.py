"""Issuing: the passes of a score run become certificates, or extend what their holders have.

Rules.
1. A pass counts where its result is free, its sitting was live, the candidate stands in its published plan, was still
   eligible when the session opened, and accepted every agreement that the rules name. Plan and record are read again.
2. One pass makes or extends one certificate, whichever run scored it and however often it is issued.
3. Who holds a valid certificate of the exam keeps its number, good for a new term from the newer pass and never for
   less. Who holds a lapsed one gets a new number; who holds a revoked one only for a pass after the revocation.
4. What was issued for a pass that is no longer free is named, for a person to revoke.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from exam_packages.sitting_plan import Mode
from keys import primitives
from keys.encoding import Digest, Instant, digest
from keys.errors import ExamKioskError
from keys.statement import Signer
from keys.text import sanitise
from results.centre.books import Books, facts_of_row
from results.centre.certificates.badge import sign_badge
from results.centre.certificates.document import MAX_NAME, Basis, Certificate, sign_certificate
from results.centre.certificates.numbers import ENTROPY, new_number
from results.centre.certificates.register import Act, Done, Entry, Register, Status, fold
from results.centre.certificates.rules import CertificateRules
from results.centre.intake import KnownPlan
from results.centre.office import Centre
from results.centre.runs import CandidateScore, ScoreRun
from results.centre.salvaging import disk_entries
from results.centre.standing.books import standings
from results.wire.bundle import open_record, read_record
from results.wire.journal import SessionEntry, lines, read
from results.wire.record import fold as fold_record
from results.wire.salvage import read_disk


class OtherExamError(ExamKioskError):
    """A score run of another exam than the rules are for."""

    code = "certificate-other-exam"
    what = "The run {run} is of the exam {exam}, and these rules are for {ruled}."
    next_step = "Name the rules of that exam with --rules."


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A pass for which there is no certificate, and why."""

    sitting: str
    candidate: str
    why: str


@dataclass(frozen=True, slots=True)
class Issued:
    """What one issuing did: numbers issued, extended and there already, passes without one, numbers in doubt."""

    issued: tuple[str, ...]
    extended: tuple[str, ...]
    present: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    doubtful: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Pass:
    """A pass that counts: whose, in which run, and when the session began."""

    score: CandidateScore
    run: str
    name: str
    began: Instant

    @property
    def basis(self) -> str:
        return _basis(self.score)


def issue(centre: Centre, rules: CertificateRules, run: ScoreRun, signer: Signer, now: Instant) -> Issued:
    """Issue the certificates of a run, in one transaction. Raises `OtherExamError` or `WrongRoleError`."""
    if run.exam != rules.exam:
        raise OtherExamError(run=run.run, exam=run.exam, ruled=rules.exam)
    passed = [one for one in run.scores if one.score.passed]
    plans = {one.sitting: _plan(centre, one.sitting) for one in passed}
    did: dict[str, list[str]] = {"issued": [], "extended": [], "present": [], "doubtful": []}
    left: list[LeftOut] = []
    with centre.ledger.transaction() as books:
        register, held = Register(books), standings(books, run.run)
        bases, counting = register.bases(), []
        entries = {one.number: one for one in register.entries(exam=rules.exam)}
        numbers: dict[str, list[str]] = {}
        for number, entry in entries.items():
            numbers.setdefault(entry.candidate, []).append(number)
        for one in passed:
            stands = held.get((one.sitting, one.candidate, one.attempt))
            has = bases.get(_basis(one), "")
            if has:
                revoked = has in entries and entries[has].revoked_at
                did["doubtful" if stands and not revoked else "present"].append(has)
                continue
            found = stands.state if stands else _judged(centre, books, rules, run, one, plans[one.sitting])
            if isinstance(found, str):
                left.append(LeftOut(one.sitting, one.candidate, found))
            else:
                counting.append(found)
        for each in sorted(counting, key=lambda found: (found.began, found.basis)):
            mine = numbers.setdefault(each.score.candidate, [])
            after = _enter(register, [entries[number] for number in mine], rules, each, signer, now)
            if isinstance(after, str):
                left.append(LeftOut(each.score.sitting, each.score.candidate, after))
                continue
            did[after.acts[-1].act.value].append(after.number)
            entries[after.number] = after
            if after.number not in mine:
                mine.append(after.number)
    return Issued(
        tuple(did["issued"]),
        tuple(did["extended"]),
        tuple(dict.fromkeys(did["present"])),
        tuple(left),
        tuple(did["doubtful"]),
    )


def _basis(one: CandidateScore) -> str:
    return f"pass {one.sitting} {one.candidate} {one.attempt}"


def _plan(centre: Centre, sitting: str) -> KnownPlan | str:
    """The plan of a sitting, or why there is none."""
    try:
        return centre.plan(sitting) or "the plan of its sitting is not published"
    except ExamKioskError as error:
        return f"the plan of its sitting does not open ({error.code})"


def _judged(
    centre: Centre,
    books: Books,
    rules: CertificateRules,
    run: ScoreRun,
    one: CandidateScore,
    known: KnownPlan | str,
) -> _Pass | str:
    """The pass, or why it does not count."""
    if isinstance(known, str):
        return known
    if known.plan.mode is not Mode.LIVE:
        return "a rehearsal"
    entry, row = known.plan.entry(one.candidate), books.facts_of([one.record]).get(one.record)
    if entry is None:
        return "not in the plan's roster"
    if row is None or not books.file_of(one.record):
        return "its record is no longer kept"
    facts = facts_of_row(row)
    if not entry.eligible(facts.opened_at):
        return "not eligible any more when the session opened"
    accepted: set[str] = set()
    try:
        for record in filter(None, (one.record, one.joined)):
            accepted |= _accepted(centre, books, record, known)
    except ExamKioskError as error:
        return f"its record does not open ({error.code})"
    missing = [name for name in rules.agreements if name not in accepted]
    if missing:
        return f"not accepted: {', '.join(missing)}"
    name = _proper(entry.name, one.candidate)
    return _Pass(one, run.run, name, facts.started_at or facts.opened_at)


def _accepted(centre: Centre, books: Books, record: Digest, known: KnownPlan) -> set[str]:
    """The agreements that a record, or a dead kiosk's disk, says were accepted. Raises what opening it raises."""
    raw = books.file_of(record)
    if digest(raw) != record:
        return set()
    try:
        read_disk(raw)
    except ExamKioskError:
        content = lines(open_record(read_record(raw, known.kiosk_ring), centre.recipient))
        entries = read(content, SessionEntry)[0]
    else:
        entries = disk_entries(raw, centre.office())
    return {name for name, _ in fold_record(entry.event for entry in entries).accepted}


def _enter(
    register: Register,
    entries: list[Entry],
    rules: CertificateRules,
    one: _Pass,
    signer: Signer,
    now: Instant,
) -> Entry | str:
    """The certificate as it stands after this pass, or why the pass makes none."""
    if any(held.revoked_at and one.began <= held.revoked_at for held in entries):
        return "a certificate was revoked after this pass"
    until = rules.ends(one.began)
    valid = next((held for held in entries if held.status(one.began) is Status.VALID), None)
    if valid is None:
        year = datetime.fromtimestamp(one.began / 1000, UTC).year
        number = new_number(rules.prefix, year, primitives.entropy(ENTROPY))
        entry = Entry(number, rules.exam, one.score.candidate, one.name, one.began)
        register.enter(entry)
        done = Done(1, Act.ISSUED, now, one.began, until, run=one.run)
    elif one.began < valid.since:
        return f"an older pass than that of {valid.number}"
    else:
        entry = valid
        last = max(until, valid.until)
        done = Done(valid.version + 1, Act.EXTENDED, now, one.began, last, run=one.run)
    after = fold(entry, (done,))
    signed = certificate(rules, after, Basis.PASS, one.score, one.run)
    register.do(entry.number, done, one.basis, sign_certificate(signed, signer), sign_badge(signed, signer))
    return after


def certificate(
    rules: CertificateRules, entry: Entry, basis: Basis, score: CandidateScore, run: str
) -> Certificate:
    """The document of a certificate as it stands."""
    return Certificate(
        entry.number,
        entry.version,
        rules.exam,
        rules.title,
        rules.authority,
        rules.url,
        rules.criteria,
        entry.candidate,
        _proper(entry.name, entry.candidate),
        entry.granted,
        entry.until,
        basis,
        run,
        score.sitting,
        score.record,
    )


def _proper(name: str, candidate: str) -> str:
    """A name without what acts on a screen; the candidate's number where nothing else is in it."""
    return sanitise(name, limit=MAX_NAME).strip() or candidate
