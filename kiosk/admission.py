"""Who may sit here: a typed candidate number and admission code against the plan's roster. Pure.

Rules.
1. Case and spaces of a candidate number do not matter, unless the roster would then have two that are the same.
2. Only an admit code with serial 0 admits; it is bound to this kiosk, the candidate and the attempt.
3. A number that is not in the roster is told as such and is not counted as a wrong code.
"""

from __future__ import annotations

from exam_packages.sitting_plan import RosterEntry, SittingPlan
from keys.codes import ActionCode, KioskKeys, Verb, redeem_action
from keys.errors import ExamKioskError, WrongCodeError

KIND = "admission code"


class UnknownCandidateError(ExamKioskError):
    """A candidate number that the roster does not have."""

    code = "candidate-unknown"
    what = "This candidate number is not on the list of this sitting."
    next_step = (
        "Check the number on the admission ticket and type it again; if it is right, call the proctor."
    )


def find(plan: SittingPlan, typed: str) -> RosterEntry:
    """The roster's entry for a typed candidate number. Raises `UnknownCandidateError`."""
    exact = plan.entry(typed)
    if exact is not None:
        return exact
    found = [entry for entry in plan.roster if _plain(entry.candidate) == _plain(typed)]
    if len(found) != 1:
        raise UnknownCandidateError
    return found[0]


def admit(keys: KioskKeys, entry: RosterEntry, code: ActionCode) -> None:
    """Verify an admission code for this entry. Raises `WrongCodeError`."""
    if (code.verb, code.serial) != (Verb.ADMIT, 0):
        raise WrongCodeError(kind=KIND)
    redeem_action(keys, code, entry.candidate, entry.attempt, kind=KIND)


def _plain(number: str) -> str:
    return "".join(number.split()).upper()
