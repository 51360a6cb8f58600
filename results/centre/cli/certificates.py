"""`exam-kiosk results certificates ...`: issue, look up, revoke, renew, verify and publish certificates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keys.clock import Stamp, SystemClock
from keys.prompt import emit
from keys.text import counted, sanitise
from results.centre.cli.asking import (
    KEYS,
    TO_LOOK_AT,
    Folder,
    Json,
    Key,
    LedgerAt,
    PassphraseFd,
    group,
    opened_centre,
    unlocked,
)

if TYPE_CHECKING:
    from results.centre.certificates.register import Entry
    from results.centre.certificates.rules import CertificateRules

app = group()
certificates = group()
app.add_typer(
    certificates, name="certificates", help="Certificates: issue, look up, revoke, renew, verify and publish."
)

RULES, FILES = "certificates.toml", "certificates"
MAX_FILE = 8 * 1024 * 1024

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The certificate's number.")]
By = Annotated[str, typer.Option("--by", help="Who does it, by name.")]
RulesAt = Annotated[
    Path | None,
    typer.Option(
        "--rules", help="What a pass is worth; certificates.toml in the centre's folder if not given."
    ),
]
Certifier = Annotated[
    Path | None,
    typer.Option("--certifier", help="The certifier's locked key file; keys/certifier.key if not given."),
]
CertifierFd = Annotated[
    int | None,
    typer.Option("--certifier-passphrase-fd", help="Read the certifier's passphrase from this descriptor."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", help="The folder for the holders' files; certificates in the centre's if not given."
    ),
]


@certificates.command()
def issue(
    centre: Folder,
    run: Annotated[str, typer.Option("--run", help="The score run's name.")],
    rules: RulesAt = None,
    out: Out = None,
    certifier: Certifier = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    certifier_passphrase_fd: CertifierFd = None,
    as_json: Json = False,
) -> None:
    """Make a certificate of every pass of a run that counts, or extend what its holder has; each once.

    Ends with status 3 where a certificate rests on a result that no longer counts.
    """
    from results.centre.certificates.issuing import issue as issue_all
    from results.centre.certificates.publishing import write_files
    from results.centre.certificates.register import Register
    from results.centre.office import find_run

    said, opened = _rules(centre, rules), opened_centre(centre, key, passphrase_fd, ledger=ledger)
    signer = unlocked(certifier or centre / KEYS / "certifier.key", certifier_passphrase_fd).signer()
    done = issue_all(opened, said, find_run(opened, run), signer, _now().wall)
    folder = out or centre / FILES
    for number in (*done.issued, *done.extended):
        write_files(opened, number, folder)
    with opened.ledger.reading() as books:
        named = {one.number: _line(one) for one in Register(books).entries()}
    lines = [
        (
            f"Run {run}: {len(done.issued)} certificates issued, {len(done.extended)} extended,"
            f" {len(done.present)} there already, {len(done.left_out)} passes without one."
        ),
        *(f"  {named[number]}" for number in (*done.issued, *done.extended)),
        *(f"  no certificate: {one.candidate}, sitting {one.sitting}: {one.why}" for one in done.left_out),
        *(f"  to look at: {number} rests on a result that does not count now" for number in done.doubtful),
    ]
    if done.issued or done.extended:
        lines.append(f"Files: {folder}")
    emit(
        as_json,
        {
            "run": run,
            "issued": list(done.issued),
            "extended": list(done.extended),
            "present": list(done.present),
            "left_out": [
                {"sitting": one.sitting, "candidate": one.candidate, "why": one.why} for one in done.left_out
            ],
            "doubtful": list(done.doubtful),
            "files": str(folder),
        },
        "\n".join(lines),
    )
    if done.doubtful:
        raise typer.Exit(TO_LOOK_AT)


@certificates.command("list")
def list_(
    centre: Folder,
    expiring_soon: Annotated[
        int | None, typer.Option("--expiring-soon", min=1, help="Only those that lapse within so many days.")
    ] = None,
    lapsed: Annotated[bool, typer.Option("--lapsed", help="Only those that have lapsed.")] = False,
    revoked: Annotated[bool, typer.Option("--revoked", help="Only those that were revoked.")] = False,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """List the register: every certificate and how it stands."""
    from results.centre.certificates.register import Register, Status

    now = _now().wall
    with opened_centre(centre, key, passphrase_fd, ledger=ledger).ledger.reading() as books:
        entries = Register(books).entries()
    wanted = {Status.LAPSED} if lapsed else set()
    wanted |= {Status.REVOKED} if revoked else set()
    if wanted:
        entries = [one for one in entries if one.status(now) in wanted]
    if expiring_soon is not None:
        entries = [one for one in entries if one.expires_within(expiring_soon, now)]
    entries.sort(key=lambda one: (one.until, one.number))
    lines = [_line(one) for one in entries]
    emit(as_json, {"certificates": [_values(one) for one in entries]}, "\n".join(lines) or "There is none.")


@certificates.command()
def show(
    centre: Folder,
    number: Number,
    rules: RulesAt = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the holder's files to this folder.")
    ] = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Show one certificate with everything that was done to it, and the hours of its term."""
    from results.centre.certificates.acting import standing
    from results.centre.certificates.days import day
    from results.centre.certificates.education import hours
    from results.centre.certificates.numbers import read_number
    from results.centre.certificates.publishing import write_files
    from results.centre.certificates.register import Register, Status

    opened, said = opened_centre(centre, key, passphrase_fd, ledger=ledger), _rules(centre, rules)
    with opened.ledger.reading() as books:
        entry = Register(books).entry(read_number(number))
        found = standing(books, said, entry)
    if out:
        write_files(opened, entry.number, out)
    renewable = entry.status(_now().wall) is Status.VALID
    missing = list(found.missing) if renewable else []
    left = f"; {'; '.join(missing) or 'enough to renew'}" if renewable else ""
    acts = [
        {"act": one.act.value, "on": day(one.at), "until": day(one.until), "by": one.by, "reason": one.reason}
        for one in entry.acts
    ]
    lines = [
        _line(entry),
        *(
            f"  {one['on']} {one['act']}, until {one['until']}"
            + (f", by {one['by']}" if one["by"] else "")
            + (f": {one['reason']}" if one["reason"] else "")
            for one in acts
        ),
        f"  {hours(found.minutes)} hours of continuing education in this term{left}.",
    ]
    values = _values(entry) | {"acts": acts, "hours": hours(found.minutes), "missing": missing}
    emit(as_json, values, "\n".join(lines))


@certificates.command()
def revoke(
    centre: Folder,
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words.")],
    by: By,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Revoke a certificate for ever; publish the pages next."""
    from results.centre.certificates.acting import revoke as revoke_one
    from results.centre.certificates.numbers import read_number

    with opened_centre(centre, key, passphrase_fd, ledger=ledger).ledger.transaction() as books:
        entry = revoke_one(books, read_number(number), reason, by, _now().wall)
    emit(as_json, _values(entry), f"{_line(entry)}\nNext: exam-kiosk results certificates publish")


@certificates.command()
def consent(
    centre: Folder,
    number: Number,
    by: By,
    hide: Annotated[bool, typer.Option("--hide", help="The holder does not agree any more.")] = False,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write down that the holder agrees that the public page shows their name; else it shows initials."""
    from results.centre.certificates.acting import show_name
    from results.centre.certificates.numbers import read_number

    with opened_centre(centre, key, passphrase_fd, ledger=ledger).ledger.transaction() as books:
        entry = show_name(books, read_number(number), by, _now().wall, shown=not hide)
    shown = "the holder's name" if entry.named else "initials"
    emit(as_json, _values(entry), f"The public page of {entry.number} shows {shown} once it is published.")


@certificates.command()
def education(
    centre: Folder,
    file: Annotated[Path, typer.Argument(metavar="CSV", help="candidate, area, hours, date, activity.")],
    by: By,
    rules: RulesAt = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Record hours of continuing education from a CSV file, as a whole or not at all, each activity once.

    Ends with status 3 where somebody in it holds no certificate.
    """
    from keys.carrier import read_file
    from results.centre.certificates.acting import record
    from results.centre.certificates.education import read_activities

    now, said = _now().wall, _rules(centre, rules)
    text = read_file(file, limit=MAX_FILE).decode("utf-8-sig", "replace")
    done = read_activities(file.name, text, said, now)
    with opened_centre(centre, key, passphrase_fd, ledger=ledger).ledger.transaction() as books:
        found = record(books, said.exam, done, by, now)
    lines = [f"Activities: {found.new} recorded, {found.present} there already."]
    lines += [
        f"  {sanitise(one, limit=80)} holds no certificate: check the number." for one in found.strangers
    ]
    values = {"new": found.new, "present": found.present, "without_certificate": list(found.strangers)}
    emit(as_json, values, "\n".join(lines))
    if found.strangers:
        raise typer.Exit(TO_LOOK_AT)


@certificates.command()
def renew(
    centre: Folder,
    number: Number,
    by: By,
    rules: RulesAt = None,
    certifier: Certifier = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    certifier_passphrase_fd: CertifierFd = None,
    as_json: Json = False,
) -> None:
    """Renew a certificate by the hours recorded in its term; refused with what is missing where they are too few."""
    from results.centre.certificates.acting import renew as renew_one
    from results.centre.certificates.numbers import read_number
    from results.centre.certificates.publishing import write_files

    opened, said = opened_centre(centre, key, passphrase_fd, ledger=ledger), _rules(centre, rules)
    signer = unlocked(certifier or centre / KEYS / "certifier.key", certifier_passphrase_fd).signer()
    with opened.ledger.transaction() as books:
        entry = renew_one(books, said, read_number(number), signer, opened.trusted.keyring, by, _now().wall)
    write_files(opened, entry.number, centre / FILES)
    emit(as_json, _values(entry), f"Renewed. {_line(entry)}")


@certificates.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A holder's .dsse certificate or .jwt badge.")],
    authority: Annotated[
        Path | None, typer.Option("--authority", help="The certifier's public key file.")
    ] = None,
    published: Annotated[
        Path | None, typer.Option("--published", help="Or a carrier or repository of the authority.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Verify a certificate or badge with the authority's public key alone; status 3 where it has expired.

    Whether it was revoked since stands on its page.
    """
    from results.centre.certificates.days import day
    from results.centre.certificates.verifying import believed, check

    now = _now()
    found = check(file, believed(authority, published, now))
    expired = now.wall > found.until
    emit(
        as_json,
        {
            "kind": found.kind,
            "number": found.number,
            "title": found.title,
            "name": found.name,
            "authority": found.authority,
            "until": day(found.until),
            "expired": expired,
            "signed_by": found.signer.name,
            "key": found.key,
            "page": found.page,
        },
        f"Genuine {found.kind} {found.number}: {found.title}, {sanitise(found.name, limit=80)}.\n"
        f"{'It expired on' if expired else 'Valid through'} {day(found.until)}."
        f" Signed by {found.signer.name}, key {found.key}.\n"
        f"Whether it was revoked since: {found.page}",
    )
    if expired:
        raise typer.Exit(TO_LOOK_AT)


@certificates.command()
def publish(
    centre: Folder,
    to: Annotated[Path, typer.Option("--to", help="The folder for the pages, for any web server.")],
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write the public verification pages: one a number and one where a number is typed; no list of holders."""
    from results.centre.certificates.publishing import publish as publish_all

    count = publish_all(opened_centre(centre, key, passphrase_fd, ledger=ledger), to, _now().wall)
    emit(as_json, {"pages": count, "folder": str(to)}, f"{counted(count, 'certificate page')} in {to}.")


def _now() -> Stamp:
    return SystemClock().now()


def _rules(centre: Path, path: Path | None) -> CertificateRules:
    """The rules. Raises `CertificateRulesMissingError`, `ComplaintsError` or a `StorageError`."""
    from keys.carrier import read_file
    from results.centre.certificates.rules import CertificateRulesMissingError, read_rules

    at = path or centre / RULES
    if not at.exists():
        raise CertificateRulesMissingError(name=at)
    return read_rules(at.name, read_file(at, limit=MAX_FILE).decode("utf-8", "replace"))


def _values(entry: Entry) -> dict[str, object]:
    from results.centre.certificates.days import day

    return {
        "number": entry.number,
        "exam": entry.exam,
        "candidate": entry.candidate,
        "name": entry.name,
        "status": entry.status(_now().wall).value,
        "granted": day(entry.granted),
        "until": day(entry.until),
        "name_shown": entry.named,
        "reason": entry.reason,
    }


def _line(entry: Entry) -> str:
    values = _values(entry)
    why = f" ({sanitise(entry.reason, limit=200)})" if entry.reason else ""
    return (
        f"{entry.number}  {values['status']}{why}, through {values['until']}:"
        f" {sanitise(entry.name, limit=80) or 'name erased'} ({entry.candidate})"
    )
