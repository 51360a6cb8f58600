"""Why the desk says no: each has a stable code, one sentence on what happened and one on what to do next."""

from __future__ import annotations

from keys.errors import ExamKioskError


class SittingNotOpenError(ExamKioskError):
    """A command that needs an open sitting."""

    code = "sitting-not-open"
    what = "Sitting {sitting} is not open on this desk."
    next_step = "Run `exam-kiosk proctor open` first, with the carrier plugged in."


class NoSittingOpenError(SittingNotOpenError):
    """A desk that has opened no sitting yet, asked about none by name."""

    what = "No sitting is open on this desk."


class SittingOpenAlreadyError(ExamKioskError):
    """A sitting is opened once."""

    code = "sitting-open-already"
    what = "Sitting {sitting} was opened on this desk before."
    next_step = "Go on with it: `exam-kiosk proctor status` shows where it stands."


class SittingPurgedError(ExamKioskError):
    """A sitting whose results the centre has confirmed and that was removed from this desk."""

    code = "sitting-purged"
    what = "Sitting {sitting} is over, the centre has its results, and it was purged from this desk."
    next_step = "There is nothing left to do here; ask the centre for what it holds."


class SittingClosedError(ExamKioskError):
    """A closed sitting takes no further act."""

    code = "sitting-closed"
    what = "Sitting {sitting} is closed; nothing can be added to it."
    next_step = "Leave what came late on its carrier, send the carrier to the centre, and call {support}."


class SeatTakenError(ExamKioskError):
    """A kiosk that is another candidate's seat, or whose session is over."""

    code = "seat-taken"
    what = "{kiosk} is not free: {why}."
    next_step = "Choose a spare kiosk; `exam-kiosk proctor status` shows which are free."


class CandidateDoneError(ExamKioskError):
    """A candidate whose record is here."""

    code = "candidate-has-record"
    what = "Candidate {candidate} has a record from {kiosk}: {outcome}."
    next_step = "Leave it so; if the record must not count, declare the candidate voided, or call {support}."


class CandidateEndedError(ExamKioskError):
    """A candidate of whom the proctor said that it is over."""

    code = "candidate-ended"
    what = "Candidate {candidate} was declared {state}."
    next_step = "If they should sit after all, call {support} first; a wrong word is taken back with no-show."


class ResumeNumberError(ExamKioskError):
    """A resume code number that this desk has not come to."""

    code = "resume-number-wrong"
    what = "{kiosk} cannot need resume code {n}: this desk has given it {last} so far."
    next_step = "Read the number on the kiosk's screen again; if it is the same, call {support}."


class KioskFinishedError(ExamKioskError):
    """A kiosk whose session is over gets no resume code."""

    code = "kiosk-finished"
    what = "The record of {kiosk} is here already: {outcome}."
    next_step = "Do not restart it; if the candidate should go on, call {support}."


class NotDeclarableError(ExamKioskError):
    """A final state that only a record can give."""

    code = "state-not-declarable"
    what = "A candidate cannot be declared {state}."
    next_step = "Choose one of: no-show, turned-away, withdrawn, unfinished, voided."


class RecordForkedError(ExamKioskError):
    """Two records of one session that say different things."""

    code = "record-forked"
    what = "A second record of the same session on {kiosk} differs from the one that is here."
    next_step = "Keep both carriers as they are and call {support}."


class RecordOutcomeError(ExamKioskError):
    """A record that ended in a way this program does not know."""

    code = "record-outcome-unknown"
    what = "A record of {kiosk} ended in a way that this program does not know."
    next_step = "Update this program, or send the carrier to the centre and call {support}."


class NotBalancedError(ExamKioskError):
    """Reconciliation does not balance."""

    code = "sitting-not-balanced"
    what = "The sitting cannot close: {count} of {authorised} candidates have no final state. {missing}"
    next_step = (
        "Export from the kiosks named and run `exam-kiosk proctor status` with that carrier, or say what happened "
        "with `exam-kiosk proctor absent`. For help call {support}."
    )


class DeskMissingError(ExamKioskError):
    """A folder that is not a desk."""

    code = "desk-missing"
    what = "{name} is not an enrolled desk."
    next_step = "Name the desk's folder with --desk, or enrol it: `exam-kiosk proctor enrol`."


class DeskTakenError(ExamKioskError):
    """A desk that was enrolled for somebody else or under another root."""

    code = "desk-taken"
    what = "This desk was enrolled before, for proctor {name} of {site}, and keeps its key and its root."
    next_step = "Enrol in a new folder; name it with --desk."


class DeskAlteredError(ExamKioskError):
    """The desk's own file is not as the desk left it."""

    code = "desk-altered"
    what = "{name} of this desk was changed by something other than this program."
    next_step = "Do not go on with this desk; take another enrolled one and call the centre."


class ProctorNotApprovedError(ExamKioskError):
    """A proctor whose identity the centre has not published."""

    code = "proctor-not-approved"
    what = "The centre has not approved the key of proctor {name} on this carrier."
    next_step = (
        "Use the newest carrier; if it is the newest, ask the centre to approve fingerprint {fingerprint}."
    )


class KioskNotApprovedError(ExamKioskError):
    """A kiosk of the plan whose identity the centre has not published, or not as the plan has it."""

    code = "kiosk-not-approved"
    what = "The plan of this sitting names kiosk {name}, which the centre has not approved on this carrier."
    next_step = "Use the newest carrier; if it is the newest, call {support}."


class RecipientNotApprovedError(ExamKioskError):
    """A recipient of the records whose identity the centre has not published."""

    code = "recipient-not-approved"
    what = (
        "The plan of this sitting seals results to {name}, which the centre has not approved on this carrier."
    )
    next_step = "Do not open this sitting; call {support} and report this code."


class SeatMissingError(ExamKioskError):
    """A candidate without a kiosk."""

    code = "seat-missing"
    what = "Candidate {candidate} has no kiosk."
    next_step = "Admit them: where they sit already, if this desk was rebuilt; else at a kiosk that is free."


class PlanMisplacedError(ExamKioskError):
    """A genuine plan under another sitting's name."""

    code = "plan-misplaced"
    what = "What the carrier holds as the plan of {sitting} is the plan of {found}."
    next_step = "Do not use this carrier; ask the centre for a new one."


class PlanChangedError(ExamKioskError):
    """The centre published another plan after this desk opened the sitting."""

    code = "plan-changed"
    what = "The centre changed the plan of sitting {sitting} after this desk had opened it."
    next_step = "Stop here and call {support}: the kiosks need new unlock files."


class PackageNotPlannedError(ExamKioskError):
    """The package on the carrier is not the one that the plan names."""

    code = "carrier-package-other"
    what = "The exam package on this carrier is not the one of sitting {sitting}."
    next_step = "Use the newest carrier; if it is the newest, call {support}."


class NotClosedError(ExamKioskError):
    """A bundle is made of a closed sitting."""

    code = "sitting-not-closed"
    what = "Sitting {sitting} is not closed yet."
    next_step = "Run `exam-kiosk proctor close` first, then make the bundle."


class BundleTooLargeError(ExamKioskError):
    """More records than a bundle that the centre reads."""

    code = "bundle-too-large"
    what = "The records of sitting {sitting} are more than one bundle holds, {limit} MiB, so none is made."
    next_step = "Bring every kiosk's carrier to the centre with its records on it; the centre imports those."


class RecordForeignError(ExamKioskError):
    """A genuine record of something else."""

    code = "record-foreign"
    what = "This record belongs to another {other}."
    next_step = "Leave it on the carrier; the centre will look at it."


class CopyDamagedError(ExamKioskError):
    """The desk's copy of a record is gone or was changed."""

    code = "copy-damaged"
    what = "This desk's copy of the record from {kiosk} is missing or damaged."
    next_step = "Run `exam-kiosk proctor status` with the carrier that brought it, then try again."
