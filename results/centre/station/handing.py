"""Handing over: a folder with every received file and the signed manifest; and the centre's look at it.

Rules.
1. The folder is imported like any other: what is in the ledger already is not taken twice, whichever came first.
2. The check names every difference between what the station told candidates and what the centre's run says, both ways,
   and every file that the ledger does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keys.carrier import read_file, write_file
from keys.encoding import Digest, Instant, digest
from keys.errors import ExamKioskError
from keys.identities import Identity
from keys.statement import Signer
from keys.text import sanitise
from results.centre.office import Centre, RunUnknownError
from results.centre.reasons import PlanUnknownError
from results.centre.runs import CandidateScore, ScoreRun
from results.centre.sources import BUNDLE
from results.centre.standing.books import standings
from results.centre.standing.rules import Standing
from results.centre.station.document import (
    MAX_HANDOVER,
    HandedFile,
    Handover,
    HandoverHeader,
    NotScored,
    Provisional,
    StationResults,
    open_handover,
    seal_handover,
)
from results.centre.station.received import received
from results.centre.tables import State, bundles, records
from results.wire.bundle import MAX_BUNDLE, MAX_RECORD

MANIFEST = "handover.ekh"
FREE = "free"


class HandoverFileError(ExamKioskError):
    """A file of a hand-over is not there or is another."""

    code = "handover-file"
    what = "The hand-over's file {name} is {fault}."
    next_step = "Copy the whole hand-over folder again from the station."


@dataclass(frozen=True, slots=True)
class Handed:
    """A hand-over that was written: where, how many files and results."""

    folder: Path
    files: int
    results: int


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found: the hand-over, how many results agree, and every difference in words."""

    handover: Handover
    agree: int
    differences: tuple[str, ...]
    not_imported: tuple[str, ...]


def hand_over(centre: Centre, folder: Path, run: ScoreRun, signer: Signer, now: Instant, to: Path) -> Handed:
    """Write the hand-over of the station in `folder` into `to`; the manifest is written last.

    Raises `NothingReceivedError`, `PlanUnknownError`, `WrongRoleError` or a `StorageError`.
    """
    files: list[HandedFile] = []
    for found, path in received(folder).items():
        raw = read_file(path, limit=MAX_BUNDLE if path.suffix == BUNDLE else MAX_RECORD)
        name = f"{found}/{path.name}"
        write_file(to / name, raw)
        files.append(HandedFile(name, len(raw), found))
    with centre.ledger.reading() as books:
        row, counts, held = books.run(run.run), books.counts(), standings(books, run.run)
    if row is None:
        raise RunUnknownError(run=run.run, known="none yet")
    results = StationResults(
        run.run,
        tuple(_provisional(one, held) for one in run.scores),
        tuple(NotScored(one.sitting, one.candidate, one.record, one.why) for one in run.left_out),
    )
    header = HandoverHeader(
        centre.recipient.identity.name,
        now,
        run.run,
        digest(row.document),
        run.form,
        counts[State.ADMITTED.value],
        counts[State.REPEAT.value],
        counts[State.QUARANTINED.value],
        tuple(files),
        (),
        (),
    )
    write_file(to / MANIFEST, seal_handover(header, results, _recipients(centre, run), signer))
    return Handed(to, len(files), len(results.scores))


def check(centre: Centre, place: Path, run: ScoreRun) -> Checked:
    """Compare a hand-over with a run of the centre.

    Raises as `open_handover`, `HandoverFileError`, or a `StorageError`.
    """
    raw = read_file(place / MANIFEST, limit=MAX_HANDOVER)
    handover = open_handover(raw, centre.trusted.keyring, centre.recipient)
    with centre.ledger.reading() as books:
        held = standings(books, run.run)
        missing = [
            one.name
            for one in handover.header.files
            if books.state_of(bundles if one.name.endswith(BUNDLE) else records, one.digest) is None
        ]
    for one in handover.header.files:
        _check_file(place, one)
    told = {(one.sitting, one.candidate, one.attempt): one for one in handover.results.scores}
    sittings = {one.sitting for one in handover.results.scores}
    sittings |= {one.sitting for one in handover.results.left_out}
    here = {
        (one.sitting, one.candidate, one.attempt): _provisional(one, held)
        for one in run.scores
        if one.sitting in sittings
    }
    why = {(one.sitting, one.candidate): one.why for one in run.left_out}
    differences = [
        _difference(told.get(seat), here.get(seat), why.get(seat[:2], "not in the run"))
        for seat in sorted(told.keys() | here.keys())
    ]
    found = tuple(one for one in differences if one)
    return Checked(handover, len(differences) - len(found), found, tuple(missing))


def _check_file(place: Path, one: HandedFile) -> None:
    folder, _, name = one.name.partition("/")
    if folder != one.digest or not name or "/" in name or name.startswith("."):
        raise HandoverFileError(name=sanitise(one.name, limit=200), fault="not where a station writes one")
    try:
        raw = read_file(place / one.name, limit=min(one.size, MAX_BUNDLE))
    except ExamKioskError:
        raise HandoverFileError(name=one.name, fault="missing or longer than it was") from None
    if digest(raw) != one.digest:
        raise HandoverFileError(name=one.name, fault="not what the station received")


def _difference(told: Provisional | None, here: Provisional | None, why: str) -> str:
    """What differs of one attempt, in words; empty where nothing does."""
    one = told or here
    if one is None or told == here:
        return ""
    who = f"{one.candidate}, sitting {one.sitting}, attempt {one.attempt}"
    if told is None:
        return f"{who}: scored here ({_said(here)}) and not at the station"
    if here is None:
        return f"{who}: told {_said(told)} and not scored here: {why}"
    if told.record != here.record and _said(told) == _said(here):
        return f"{who}: told {_said(told)}, the same here from another record"
    return f"{who}: told {_said(told)}, here {_said(here)}"


def _said(one: Provisional | None) -> str:
    if one is None:
        return "nothing"
    state = "" if one.state == FREE else f", {one.state}"
    return f"{one.scaled}, {'passed' if one.passed else 'not passed'}{state}"


def _provisional(one: CandidateScore, held: Mapping[tuple[str, str, int], Standing]) -> Provisional:
    stands = held.get((one.sitting, one.candidate, one.attempt))
    return Provisional(
        one.sitting,
        one.candidate,
        one.attempt,
        Digest(one.record),
        one.score.raw,
        one.score.scaled,
        one.score.passed,
        stands.state if stands else FREE,
    )


def _recipients(centre: Centre, run: ScoreRun) -> tuple[Identity, ...]:
    """Whom the plans of the run's sittings seal results to."""
    found: dict[str, Identity] = {}
    for sitting in sorted({one.sitting for one in run.scores} | {one.sitting for one in run.left_out}):
        known = centre.plan(sitting)
        if known is None:
            raise PlanUnknownError(sitting=sitting)
        found |= {one.fingerprint: one for one in known.plan.recipients}
    return tuple(found.values())
