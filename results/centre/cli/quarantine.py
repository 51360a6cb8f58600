"""`exam-kiosk results quarantine list | show | admit | reject`: what waits for a person, and what they decide."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keys.clock import SystemClock, utc
from keys.prompt import emit
from results.centre.cli.asking import Folder, Json, Key, LedgerAt, PassphraseFd, group, opened_centre
from results.centre.reconciling.values import SOUND_TOO
from results.centre.tables import State

if TYPE_CHECKING:
    from results.centre.quarantine.acting import Desk, Who

app = group()
quarantine = group()
app.add_typer(quarantine, name="quarantine", help="What waits for a person, and what persons have decided.")

File = Annotated[
    str, typer.Argument(metavar="DIGEST", help="The file, by eight or more characters of its digest.")
]
By = Annotated[str, typer.Option("--by", help="The name of the person who decides.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words.")]


@quarantine.command("list")
def list_(
    centre: Folder,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """List what is in quarantine, each with its reason, and by whom a file was rejected."""
    from results.centre.quarantine.books import decided
    from results.centre.quarantine.telling import decision_text, decision_values

    with opened_centre(centre, key, passphrase_fd, ledger=ledger).ledger.reading() as books:
        held = books.quarantine()
        decisions = decided(books, [row.digest for _, row in held])
        sound = {
            one.sitting: one.source
            for sitting in {row.sitting for kind, row in held if kind == "bundle" and row.sitting}
            for one in books.bundles(sitting)
            if one.state == State.ADMITTED.value
        }
    values = [
        {
            "kind": kind,
            "source": row.source,
            "digest": row.digest,
            "code": row.reason,
            "what": row.sentence,
            "sitting": row.sitting,
            "candidate": row.candidate if kind == "record" else "",
            "bytes": row.size,
            "replaced_by": sound.get(row.sitting, "") if kind == "bundle" else "",
            "imported_at": utc(row.imported_at),
            "decision": decision_values(decisions[row.digest]) if row.digest in decisions else None,
        }
        for kind, row in held
    ]
    lines: list[str] = []
    for one in values:
        lines.append(f"{one['kind']} {one['source']} ({str(one['digest'])[:16]}, {one['bytes']} bytes)")
        lines.append(f"  [{one['code']}] {one['what']}")
        if one["replaced_by"] and not one["decision"]:
            lines.append(f"  {SOUND_TOO} ({one['replaced_by']})")
        if one["decision"]:
            lines.append(f"  {decision_text(decisions[one['digest']])}")
    emit(as_json, {"quarantined": values}, "\n".join(lines) or "Nothing is in quarantine.")


@quarantine.command()
def show(
    digest: File,
    centre: Folder,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """Tell everything about one file but its answers: what it says, why it is held, what contradicts it."""
    from results.centre.quarantine.telling import show as told
    from results.centre.quarantine.telling import shown_text, shown_values

    with _desk(centre, key, passphrase_fd, ledger) as desk:
        found = told(desk, digest)
    emit(as_json, shown_values(found), shown_text(found))


@quarantine.command()
def admit(
    *,
    digest: File,
    centre: Folder,
    by: By,
    reason: Reason,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """Have a held file count; of several records of an attempt, this one."""
    from results.centre.quarantine.acting import admit as do

    with _desk(centre, key, passphrase_fd, ledger) as desk:
        state = do(desk, digest, _who(by, reason))
    emit(as_json, {"digest": digest, "state": state.value}, f"{digest}: {state.value}, by decision of {by}.")


@quarantine.command()
def reject(
    *,
    digest: File,
    centre: Folder,
    by: By,
    reason: Reason,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    ledger: LedgerAt = None,
    as_json: Json = False,
) -> None:
    """Have a file count for nothing; it is kept, and contradicts no other any more."""
    from results.centre.quarantine.acting import reject as do

    with _desk(centre, key, passphrase_fd, ledger) as desk:
        do(desk, digest, _who(by, reason))
    emit(as_json, {"digest": digest, "state": "rejected"}, f"{digest}: rejected, by decision of {by}.")


@contextlib.contextmanager
def _desk(centre: Path, key: Path | None, descriptor: int | None, ledger: str | None) -> Iterator[Desk]:
    """What is needed to decide; files are looked at in a process of their own."""
    from results.centre.judging.pool import judges
    from results.centre.quarantine.acting import Desk

    opened = opened_centre(centre, key, descriptor, ledger=ledger)
    office = opened.office()
    with judges(office, 1) as pool:
        yield Desk(opened.ledger, pool, office.plan)


def _who(by: str, reason: str) -> Who:
    from results.centre.quarantine.acting import Who

    return Who(by, reason, SystemClock().now().wall)
