"""`ScoreRun`: the scores of all that was admitted for one form, under one key and one conversion table. Immutable.

Rules.
1. The payload is a function of its inputs, which it names by digest; it holds no time and no chance, so that whoever
   has the inputs makes the same bytes again. Its name is made from its own digest.
2. Only records of live sittings count, that ended as completed, timed out, or ended by the proctor. A voided one is
   never scored. That of a candidate who was moved is, with the answers of before: they came along, or were joined from
   the record that was left behind, which is named then (joining.py).
3. What is not scored is listed with the reason; nobody disappears.
4. One attempt has one result: of an attempt that counts more than once, in several sittings, no record is scored.
5. A mended key is another version and another run; a run is never changed. It names every item that was dropped,
   re-keyed or given in full, with the reason.
6. Marks that people gave are an input as the key is: the run names those it was made with by one digest.
7. So everything that decides is in the run or named there by digest: form, key, table or equating table, adjustments,
   marks, the scored items and every record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import UnsetType

from exam_packages.interactions import ItemId
from exam_packages.scoring_key import Adjustment, Area
from exam_packages.sitting_plan import Mode
from keys.encoding import Digest, Document, crockford, decode, digest, encode
from keys.errors import ExamKioskError
from keys.statement import SCORE_RUN, Keyring, Signer, sign, verify
from results.centre.facts import SessionFacts
from results.centre.inputs import Inputs
from results.centre.reasons import AttemptConflictError
from results.scoring.scores import AwaitingMarkingError, Score, StrangeResponseError, score
from results.wire.closing import FinalState

MOVED_IN = "moved in"
"""Why the record of a candidate who was moved is not scored: the answers of before are not here."""
AWAITING_MARKING = "awaiting marking"
"""Why a record with a long text is not scored: not all of its final marks are there."""
NOT_JOINED = Digest("")
_OLDER = b'{"type":"score-run/1"'
_SCORED = {FinalState.COMPLETED.value, FinalState.TIMED_OUT.value, FinalState.ENDED_BY_PROCTOR.value}


class NothingToScoreError(ExamKioskError):
    """No admitted record is of this form."""

    code = "nothing-to-score"
    what = "The ledger holds no admitted record of the form {form}."
    next_step = "Import the bundles first, or check that this is the folder of the right exam."


class RunOlderError(ExamKioskError):
    """A run of the first program, which told scores otherwise."""

    code = "run-older"
    what = "This score run was made by an earlier program, whose runs this one does not read."
    next_step = "Score again: the same answers, key and table give the same scores. What was printed stands."


class CandidateScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One candidate's attempt with its score; `record` is the digest of the sealed record it was made from.

    `joined` is the digest of the record that a candidate who was moved left behind, where its answers were joined.
    """

    sitting: str
    candidate: str
    attempt: int
    session: str
    record: Digest
    state: str
    score: Score
    joined: Digest = NOT_JOINED


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An admitted record of the form that was not scored, and why."""

    sitting: str
    candidate: str
    record: Digest
    why: str


class Adjusted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item that was dropped, re-keyed or given in full to everyone."""

    item: ItemId
    adjustment: Adjustment


class MarksUsed(Document, frozen=True, tag="marks-used/1"):
    """The final marks of long texts that a run was made with: record, item, thousandths of a point; in that order."""

    marks: tuple[tuple[Digest, ItemId, int], ...]


class ScoreRun(Document, frozen=True, tag="score-run/2"):
    """A whole run. `raw_cut` is the least raw score that passes, `top` the highest scaled score of the table.

    Of `table_digest` and `equating_digest` the one is empty that was not used; `marks_digest` is the digest of the
    `MarksUsed`. `items` are the scored ones, in the order of a score's marks.
    """

    run: str
    exam: str
    title: str
    notice: str
    form: str
    form_digest: Digest
    key_version: int
    key_digest: Digest
    table_version: int
    table_digest: Digest
    equating_digest: Digest
    marks_digest: Digest
    cut: int
    raw_cut: int
    top: int
    software: str
    categories: tuple[Area, ...]
    areas: tuple[Area, ...]
    items: tuple[ItemId, ...]
    adjustments: tuple[Adjusted, ...]
    scores: tuple[CandidateScore, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Scorable:
    """An admitted record as a run takes it; `state` is the closing page's word, or the record's outcome without one.

    `joined` is the record whose answers are in the `facts` too, or empty. `marks` are the final ones of its long texts.
    """

    record: Digest
    sitting: str
    mode: str
    candidate: str
    attempt: int
    session: str
    state: str
    facts: SessionFacts
    joined: Digest = NOT_JOINED
    marks: Mapping[ItemId, int] = field(default_factory=dict)


def make_run(inputs: Inputs, found: Iterable[Scorable], software: str) -> ScoreRun:
    """The run over these records, all of the inputs' form, whatever order they come in."""
    scores: list[CandidateScore] = []
    left_out: list[LeftOut] = []
    ordered = sorted(found, key=lambda one: (one.sitting, one.candidate, one.attempt, one.record))
    counting = Counter((one.candidate, one.attempt) for one in ordered if _why_not(one) is None)
    for one in ordered:
        why = _why_not(one)
        if why is None and counting[one.candidate, one.attempt] > 1:
            why = AttemptConflictError.code
        try:
            if why is None:
                responses = one.facts.responses()
                earned = score(inputs.ruler, responses, session=one.session, marks=one.marks)
                scores.append(
                    CandidateScore(
                        one.sitting,
                        one.candidate,
                        one.attempt,
                        one.session,
                        one.record,
                        one.state,
                        earned,
                        one.joined,
                    )
                )
        except StrangeResponseError as error:
            why = error.code
        except AwaitingMarkingError:
            why = AWAITING_MARKING
        if why is not None:
            left_out.append(LeftOut(one.sitting, one.candidate, one.record, why))
    marks = MarksUsed(
        tuple((one.record, item, points) for one in ordered for item, points in sorted(one.marks.items()))
    )
    return _named(inputs, scores, left_out, marks, software)


def counts(one: Scorable) -> bool:
    """Whether a record is one that a run scores, marks and other attempts apart."""
    return _why_not(one) is None


def _why_not(one: Scorable) -> str | None:
    if one.mode != Mode.LIVE.value:
        return one.mode
    if one.state not in _SCORED:
        return one.state
    return MOVED_IN if one.facts.lacks and not one.joined else None


def _named(
    inputs: Inputs,
    scores: Sequence[CandidateScore],
    left_out: Sequence[LeftOut],
    marks: MarksUsed,
    software: str,
) -> ScoreRun:
    key, table = inputs.ruler.key, inputs.ruler.table
    run = ScoreRun(
        run="",
        exam=key.exam,
        title=inputs.front.title,
        notice=inputs.front.notice,
        form=key.form,
        form_digest=inputs.form_digest,
        key_version=key.version,
        key_digest=inputs.key_digest,
        table_version=table.version,
        table_digest=inputs.table_digest,
        equating_digest=inputs.equating_digest,
        marks_digest=digest(encode(marks)),
        cut=table.cut,
        raw_cut=inputs.ruler.raw_cut,
        top=table.scaled[-1],
        software=software,
        categories=key.categories,
        areas=key.areas,
        items=tuple(one.item for one in inputs.ruler.scored),
        adjustments=tuple(
            Adjusted(one.item, one.adjustment)
            for one in key.keys
            if not isinstance(one.adjustment, UnsetType)
        ),
        scores=tuple(scores),
        left_out=tuple(left_out),
    )
    name = crockford(int(digest(encode(run))[:10], 16), 8).lower()
    return msgspec.structs.replace(run, run=f"{key.form}-k{key.version}-{name}")


def sign_run(run: ScoreRun, signer: Signer) -> bytes:
    """The signed run. Raises `WrongRoleError`."""
    return sign(encode(run), SCORE_RUN, signer)


def read_run(raw: bytes, keyring: Keyring) -> ScoreRun:
    """A genuine run. Raises `RunOlderError`, or the errors of `verify` and `decode`."""
    payload = verify(raw, SCORE_RUN, keyring).payload
    if payload.startswith(_OLDER):
        raise RunOlderError
    return decode(payload, ScoreRun, name=SCORE_RUN.name)
