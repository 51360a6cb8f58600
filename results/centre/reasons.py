"""Why a record or bundle goes to quarantine, beyond what the lower floors already find. Each code is stable for ever.

A record in quarantine is never lost and never scored; a person judges it. Files that are damaged or wrongly signed keep
the code of the floor that refused them.
"""

from __future__ import annotations

from pathlib import Path

from keys.errors import Diagnostics, ExamKioskError


class RecordRefusedError(ExamKioskError):
    """Base of the reasons that intake finds; always raised and caught inside intake."""

    code = "record-refused"
    what = "This record was not admitted."
    next_step = "Look at it in the quarantine list and decide with the site."


class JudgingFailedError(RecordRefusedError):
    """The program itself failed on a file."""

    code = "judging-failed"
    what = "The program failed with {kind} at {place} on this file."
    next_step = "Keep the file and report this line to support; the other files were imported."


class JudgingStoppedError(RecordRefusedError):
    """Looking at a file took more than a file may, so that it was stopped; the other files were imported."""

    code = "judging-stopped"
    what = "Looking at this file was stopped: {limit}."
    next_step = "Keep the file and report it to support; it is looked at again when it is imported again."


class RejectedError(RecordRefusedError):
    """A person has rejected the file; it is kept, and counts for nothing."""

    code = "rejected"
    what = "A person has rejected this file; exam-kiosk results quarantine show says who and why."
    next_step = "Nothing is to be done; a new decision may admit it."


class DecidedOtherwiseError(RecordRefusedError):
    """A person has decided which record of an attempt counts, and it is another one."""

    code = "decided-otherwise"
    what = "A person has admitted another record for attempt {attempt} of candidate {candidate}."
    next_step = "Compare the two; a new decision is needed if this one shall count."


class PlanUnknownError(RecordRefusedError):
    """A sitting of which the centre has published no plan."""

    code = "plan-unknown"
    what = "There is no published plan of a sitting {sitting}."
    next_step = "Publish the plan and import again, or ask the site where the file is from."


class PlanMismatchError(RecordRefusedError):
    """Made under another version of the sitting's plan."""

    code = "plan-mismatch"
    what = "This {kind} was made under another version of the plan of sitting {sitting}."
    next_step = "Find out why the site used another plan before anyone admits it."


class SignerNotInPlanError(RecordRefusedError):
    """The kiosk or proctor has no part in this sitting."""

    code = "signer-not-in-plan"
    what = "This {kind} is from a {role} that the plan of sitting {sitting} does not name."
    next_step = "Ask the site which machine or key it is and why it was used."


class SignerNotEnrolledError(RecordRefusedError):
    """The kiosk or proctor is not, or no longer, published as an identity."""

    code = "signer-not-enrolled"
    what = "This {kind} is from the {role} {name}, whose enrolment is not published or was revoked."
    next_step = "Find out why it was revoked, then decide about each of its records."


class SignerMismatchError(RecordRefusedError):
    """A genuine signature by another than the one the header names."""

    code = "signer-mismatch"
    what = "This {kind} says that it is from the {role} {name}, but another one signed it."
    next_step = "Treat it as forged until the site explains it."


class PackageMismatchError(RecordRefusedError):
    """Another exam package than the plan's was used."""

    code = "package-mismatch"
    what = "This record was made with another exam package than the one in the plan of sitting {sitting}."
    next_step = "Find out which package was used before anyone scores it."


class FormMismatchError(RecordRefusedError):
    """Another form than the plan's was shown."""

    code = "form-mismatch"
    what = "This record is of another form than the one in the plan of sitting {sitting}."
    next_step = "Find out which form was shown before anyone scores it."


class HeaderMismatchError(RecordRefusedError):
    """The signed header and the sealed journal do not say the same."""

    code = "header-mismatch"
    what = "The header of this record and its journal differ in: {fields}."
    next_step = "Treat it as forged until the site explains it."


class TimelineError(RecordRefusedError):
    """The journal tells things in an order or at times in which they cannot have happened."""

    code = "timeline-impossible"
    what = "The journal of this record cannot have happened so: {detail}."
    next_step = "Keep the kiosk as it is and have it examined."


class OutsideWindowError(TimelineError):
    """A session that began at another time than the sitting's: the kiosk's clock or the day was wrong."""


class NobodyError(RecordRefusedError):
    """A kiosk on which nobody signed in."""

    code = "no-candidate"
    what = "Nobody signed in on the kiosk of this record, so it holds no answers."
    next_step = "Nothing is to be scored; keep it as evidence or reject it."


class NotAuthorisedError(RecordRefusedError):
    """A candidate number that is not on the roster."""

    code = "candidate-not-authorised"
    what = "The candidate of this record is not on the roster of sitting {sitting}."
    next_step = "Check the roster with the site before anyone scores it."


class AttemptMismatchError(RecordRefusedError):
    """Another attempt than the authorised one."""

    code = "attempt-mismatch"
    what = "This record is of attempt {found} of candidate {candidate}, who was authorised for attempt {planned}."
    next_step = "Check the roster with the site before anyone scores it."


class NotEligibleError(RecordRefusedError):
    """The candidate's authorisation had run out when the session began."""

    code = "candidate-not-eligible"
    what = "Candidate {candidate} was authorised until {until}, and this session began at {began}."
    next_step = "Ask the registrar whether the authorisation is extended."


class SalvagedError(RecordRefusedError):
    """Taken from the disk of a dead kiosk: a person always decides."""

    code = "salvaged"
    what = "This record was salvaged from the disk of a kiosk that did not finish it."
    next_step = "Compare it with the site's report, then decide."


class ForkError(RecordRefusedError):
    """Two journals of one session, neither of which continues the other."""

    code = "journal-fork"
    what = "There are records of session {session} that contradict each other."
    next_step = "Compare receipt codes with the candidate's; keep all of them until that is settled."


class AttemptConflictError(RecordRefusedError):
    """Two sessions for one attempt, and nothing yet that says which one counts."""

    code = "attempt-conflict"
    what = "There are records of several sessions for attempt {attempt} of candidate {candidate}."
    next_step = "Import the sitting's bundle, whose closing page says which one counts; else ask the site."


class MovedOnError(RecordRefusedError):
    """What a candidate left behind who was moved to another kiosk: evidence, not in quarantine."""

    code = "moved-on"
    what = "Candidate {candidate} was moved to another kiosk; the closing page names the record made there."
    next_step = "Keep it: what was answered here is part of the same attempt."


class TwoPersonUnprovedError(RecordRefusedError):
    """Time that two persons give, without both."""

    code = "two-person-unproved"
    what = (
        "Candidate {candidate} was given time by two persons, and no desk journal here shows that two agreed."
    )
    next_step = (
        "Import the sitting's bundle; if it is in, or the desk was lost and rebuilt, ask both proctors what "
        "was given and why."
    )


class AfterMoveError(RecordRefusedError):
    """What a kiosk recorded after the moment from which its candidate went on elsewhere: evidence, never an answer."""

    code = "after-move"
    what = (
        "Candidate {candidate} went on at another kiosk after entry {count}; "
        "the {later} later entries here are evidence, not answers."
    )
    next_step = "Keep it, and ask the site what happened at this kiosk after the move."


class ClosingMismatchError(RecordRefusedError):
    """The closing page, signed by the proctor, says something else about this candidate."""

    code = "closing-mismatch"
    what = "The closing page of sitting {sitting} says something else about candidate {candidate}: {detail}."
    next_step = "Ask the proctor what happened; keep both."


class ClosingConflictError(RecordRefusedError):
    """Two genuine closing pages of a sitting that end one candidate differently; a site closes a sitting once."""

    code = "closing-conflict"
    what = "The closing pages of sitting {sitting} contradict each other about candidate {candidate}."
    next_step = "Ask the proctors which page is true; neither is used for this candidate until then."


class ClosingIncompleteError(RecordRefusedError):
    """The closing page does not give exactly the roster's candidates one final state each."""

    code = "closing-incomplete"
    what = "The closing page of sitting {sitting} does not name every authorised candidate exactly once."
    next_step = "Ask the site to close the sitting again and send a new bundle."


class DeskJournalError(RecordRefusedError):
    """The desk's journal is not the one whose head the bundle names."""

    code = "desk-journal-mismatch"
    what = "The desk's journal in this bundle of sitting {sitting} is not the one that its header names."
    next_step = "Ask the site for a new bundle, and have the desk examined."


def told(error: Exception) -> Diagnostics:
    """What a person is told of any failure on a file; of one that is not ours only its type and place, no value."""
    if isinstance(error, ExamKioskError):
        return error.diagnostics()
    if isinstance(error, MemoryError):
        return JudgingStoppedError(limit="it needed more memory than a file may").diagnostics()
    trace, place = error.__traceback__, "an unknown place"
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        place = f"{file.parent.name}/{file.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return JudgingFailedError(kind=type(error).__name__, place=place).diagnostics()
