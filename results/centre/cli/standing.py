"""`exam-kiosk results hold | release | invalidate | appeal | acts`: what people decide about results."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from keys.clock import SystemClock, utc
from keys.prompt import emit
from keys.text import sanitise
from results.centre.cli.asking import Folder, Json, Key, LedgerAt, PassphraseFd, group, opened_centre
from results.centre.office import Centre
from results.centre.standing.acting import act as do
from results.centre.standing.acting import unknown
from results.centre.standing.books import acts as all_acts
from results.centre.standing.rules import Act, Kind, Scope

app = group()

By = Annotated[str, typer.Option("--by", help="The name of the person who does it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words.")]
OfRun = Annotated[str, typer.Option("--run", help="Only the results of this run; of every run if not given.")]
OfForm = Annotated[str, typer.Option("--form", help="The results of this form.")]
OfSitting = Annotated[str, typer.Option("--sitting", help="The results of this sitting.")]
OfCandidate = Annotated[str, typer.Option("--candidate", help="The results of this candidate.")]
OfAttempt = Annotated[int, typer.Option("--attempt", min=0, help="Only this attempt of the candidate.")]


class Step(enum.StrEnum):
    """What can be done with an appeal."""

    OPEN = "open"
    UPHOLD = "uphold"
    DENY = "deny"


_STEPS = {
    Step.OPEN: Kind.APPEAL_OPENED,
    Step.UPHOLD: Kind.APPEAL_UPHELD,
    Step.DENY: Kind.APPEAL_DENIED,
}


@app.command()
def hold(
    *,
    centre: Folder,
    by: By,
    reason: Reason,
    run: OfRun = "",
    form: OfForm = "",
    sitting: OfSitting = "",
    candidate: OfCandidate = "",
    attempt: OfAttempt = 0,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Hold results back: no report and no certificate is made of them until they are released."""
    scope = Scope(run, form, sitting, candidate, attempt)
    _act(Kind.HOLD, scope, reason, by, (centre, key, passphrase_fd, ledger), as_json)


@app.command()
def release(
    *,
    centre: Folder,
    by: By,
    reason: Reason,
    run: OfRun = "",
    form: OfForm = "",
    sitting: OfSitting = "",
    candidate: OfCandidate = "",
    attempt: OfAttempt = 0,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Release results that were held; a hold on less than what is named goes on."""
    scope = Scope(run, form, sitting, candidate, attempt)
    _act(Kind.RELEASE, scope, reason, by, (centre, key, passphrase_fd, ledger), as_json)


@app.command()
def invalidate(
    *,
    centre: Folder,
    by: By,
    reason: Reason,
    run: OfRun = "",
    form: OfForm = "",
    sitting: OfSitting = "",
    candidate: OfCandidate = "",
    attempt: OfAttempt = 0,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Invalidate results; only an appeal that is upheld ends that."""
    scope = Scope(run, form, sitting, candidate, attempt)
    _act(Kind.INVALIDATE, scope, reason, by, (centre, key, passphrase_fd, ledger), as_json)


@app.command()
def appeal(
    step: Annotated[Step, typer.Argument(help="open, uphold or deny.")],
    *,
    centre: Folder,
    by: By,
    reason: Reason,
    run: OfRun = "",
    form: OfForm = "",
    sitting: OfSitting = "",
    candidate: OfCandidate = "",
    attempt: OfAttempt = 0,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Open an appeal, or uphold or deny one; one that is upheld ends a hold or an invalidation."""
    scope = Scope(run, form, sitting, candidate, attempt)
    _act(_STEPS[step], scope, reason, by, (centre, key, passphrase_fd, ledger), as_json)


@app.command()
def acts(
    centre: Folder,
    sitting: OfSitting = "",
    candidate: OfCandidate = "",
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """List what was done with results, oldest first; about a sitting or candidate also what is about more than that."""
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    with opened.ledger.reading() as books:
        done = all_acts(books)
    shown = [
        one
        for one in done
        if _touches(one.scope, sitting, candidate)
        and (not candidate or one.scope.candidate or _is_of(opened, one.scope.sitting, candidate))
    ]
    nobody = "" if shown else sanitise(unknown(opened, sitting, candidate), limit=200)
    nothing = f"The centre knows no {nobody}." if nobody else "Nothing was done with these results."
    emit(
        as_json,
        {"acts": [_values(one) for one in shown], "unknown": nobody},
        "\n".join(_sentence(one) for one in shown) or nothing,
    )


def _act(
    kind: Kind,
    scope: Scope,
    reason: str,
    by: str,
    at: tuple[Path, Path | None, int | None, str | None],
    as_json: bool,
) -> None:
    folder, key, descriptor, ledger = at
    opened = opened_centre(folder, key, descriptor, ledger=ledger)
    one = Act(
        kind,
        scope,
        sanitise(reason, limit=2_000).strip(),
        sanitise(by, limit=200).strip(),
        SystemClock().now().wall,
    )
    entered, number, results = do(opened, one)
    emit(
        as_json,
        {"number": number, **_values(entered), "results": results},
        f"{_sentence(entered)}\n  {_counted(results)}.",
    )


def _touches(scope: Scope, sitting: str, candidate: str) -> bool:
    return all(
        not asked or not named or asked == named
        for asked, named in ((sitting, scope.sitting), (candidate, scope.candidate))
    )


def _is_of(centre: Centre, sitting: str, candidate: str) -> bool:
    """Whether a candidate is on the roster of a sitting, or no sitting is named or its plan is not known."""
    known = centre.plan(sitting) if sitting else None
    return known is None or any(one.candidate == candidate for one in known.plan.roster)


def _values(one: Act) -> dict[str, object]:
    scope = one.scope
    return {
        "act": one.kind.value,
        "run": scope.run,
        "form": scope.form,
        "sitting": scope.sitting,
        "candidate": scope.candidate,
        "attempt": scope.attempt,
        "reason": one.reason,
        "by": one.by,
        "at": utc(one.at),
    }


def _sentence(one: Act) -> str:
    return f"{utc(one.at)}  {one.kind.value}: {one.scope}. By {one.by}: {one.reason}"


def _counted(count: int) -> str:
    """How many results there are of what was named, in all runs together."""
    return f"It applies to {'1 result' if count == 1 else f'{count} results'}, all score runs together"
