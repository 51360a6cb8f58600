"""`exam-kiosk keys`: key files, the ceremony, enrolment, and publishing the repository to a carrier."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from keys.carrier import Carrier, FileMissingError, read_file
from keys.ceremony import Cast
from keys.clock import SystemClock
from keys.encoding import Digest, encode, grouped
from keys.errors import ExamKioskError
from keys.guard import guard, replace_by_guarded
from keys.identities import Identity, PrivateIdentity, approve, new_identity
from keys.keystore import check_new, load_private, load_public, save_private, save_public
from keys.prompt import emit, read_passphrase
from keys.repository import NotASignerError, Repository, RoleStatus
from keys.statement import PROCTOR_REQUEST, Role, payload_type
from keys.unlocking import unlocked

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

CENTRE = "centre"
MAX_REQUEST = 64 * 1024
MAX_SHEET = 4 * 1024 * 1024

RepositoryPath = Annotated[Path, typer.Argument(metavar="REPOSITORY", help="The centre's repository folder.")]
KeyPath = Annotated[Path, typer.Option("--key", help="Your locked key file.")]
PassphraseFd = Annotated[
    int | None, typer.Option("--passphrase-fd", help="Read the passphrase from this open file descriptor.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
Threshold = Annotated[int, typer.Option("--threshold", help="How many officers must sign.")]
Officers = Annotated[list[Path], typer.Option("--root", help="An officer's public key file; repeat.")]
Holders = Annotated[list[Path], typer.Option("--holder", help="Another holder's public key file; repeat.")]
Boards = Annotated[list[str], typer.Option("--board", help="A board whose exams are published; repeat.")]


class SheetError(ExamKioskError):
    """A line of an approval sheet is not a file and a fingerprint."""

    code = "sheet-line-wrong"
    what = "Line {line} of {name} is not a request file and its fingerprint."
    next_step = "Write one line for each request: file,fingerprint. Nothing was approved."


class RequestMissingError(ExamKioskError):
    """An enrolment request that is named and is not there."""

    code = "request-missing"
    what = "There is no request file {name}{where}."
    next_step = "Check the name, and that the carrier with the requests is in. Nothing was approved."


class _Asked(NamedTuple):
    """A request to approve: its file, the fingerprint read out, and where a sheet names it."""

    path: Path
    fingerprint: str
    where: str = ""


def _repository(path: Path) -> Repository:
    return Repository(path, SystemClock().now().wall)


def _unlocked(path: Path, descriptor: int | None) -> PrivateIdentity:
    return unlocked(path, descriptor, load_private)


def _described(status: tuple[RoleStatus, ...]) -> list[dict[str, object]]:
    return [
        {
            "role": one.role,
            "version": one.version,
            "have": one.have,
            "need": one.need,
            "missing": () if one.complete else one.missing,
            "complete": one.complete,
            "changes": one.changes,
        }
        for one in status
    ]


def _lines(status: tuple[RoleStatus, ...]) -> list[str]:
    lines: list[str] = []
    for one in status:
        signed = f"signed by {', '.join(one.have)}" if one.have else "signed by nobody"
        rest = "complete" if one.complete else f"{one.need - len(one.have)} more of {', '.join(one.missing)}"
        lines.append(f"  {one.role} v{one.version}: {signed}; {rest}")
        lines += [f"      {change}" for change in one.changes]
    return lines or ["  nothing is waiting"]


def _report(as_json: bool, values: dict[str, object], head: str, status: tuple[RoleStatus, ...]) -> None:
    complete = all(one.complete for one in status)
    values |= {"complete": complete, "status": _described(status)}
    emit(as_json, values, "\n".join((head, *_lines(status))))


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where NAME.key and NAME.pub are written.")],
    role: Annotated[Role, typer.Option("--role", help="What the key is for.")],
    name: Annotated[str, typer.Option("--name", help="Whose it is: lower-case letters, digits, dashes.")],
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make a key for one person at the centre, locked under a passphrase."""
    if role in {Role.KIOSK, Role.PROCTOR}:
        raise typer.BadParameter(f"a {role.value} makes its own key: `exam-kiosk {role.value} enrol`")
    private = new_identity(role, CENTRE, name)
    key, public = folder / f"{name}.key", folder / f"{name}.pub"
    check_new(key)
    check_new(public)
    save_private(key, private, read_passphrase(passphrase_fd, f"new passphrase of {name}", confirm=True))
    save_public(public, private.identity)
    fingerprint = private.identity.fingerprint
    values = {
        "key": str(key),
        "public": str(public),
        "role": role.value,
        "name": name,
        "fingerprint": fingerprint,
    }
    emit(as_json, values, f"{role.value} {name}: {key}, {public}\nfingerprint {grouped(fingerprint, 4)}")


@app.command("guard")
def guard_key(
    key: Annotated[Path, typer.Argument(metavar="KEYFILE", help="The key file that is to be guarded.")],
    officer: Annotated[list[Path], typer.Option("--officer", help="An officer's public key file; repeat.")],
    threshold: Annotated[int, typer.Option("--threshold", help="How many officers open it together.")] = 2,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make a key file open only with so many officers' keys present; it has no passphrase of its own any more."""
    officers = [load_public(path) for path in officer]
    held = guard(_unlocked(key, passphrase_fd), officers, threshold)
    replace_by_guarded(key, held)
    emit(
        as_json,
        {"key": str(key), "threshold": threshold, "officers": [one.name for one in officers]},
        f"{key} opens only with {threshold} of {held.names}. Destroy every other copy of it.",
    )


def _cast(threshold: int, root: list[Path], holder: list[Path], board: list[str]) -> Cast:
    officers, holders = (tuple(load_public(path) for path in paths) for paths in (root, holder))
    return Cast(officers, threshold, holders, tuple(board))


@app.command()
def begin(
    repository: RepositoryPath,
    root: Officers,
    holder: Holders,
    board: Boards,
    threshold: Threshold = 2,
    as_json: Json = False,
) -> None:
    """Begin the ceremony: name the officers and holders, and stage the first lists for them to sign."""
    cast, opened = _cast(threshold, root, holder, board), _repository(repository)
    opened.begin(cast)
    people = (*cast.officers, *cast.holders)
    named = [{"role": one.role.value, "name": one.name, "fingerprint": one.fingerprint} for one in people]
    fingerprint = opened.root_fingerprint()
    lines = [f"  {one.role.value:<10} {one.name:<16} {grouped(one.fingerprint, 4)}" for one in people]
    head = "\n".join((f"root fingerprint {grouped(fingerprint, 4)}", "holders:", *lines, "waiting:"))
    _report(as_json, {"root_fingerprint": fingerprint, "holders": named}, head, opened.status())


@app.command()
def rotate(
    repository: RepositoryPath,
    root: Officers,
    holder: Holders,
    board: Boards,
    threshold: Threshold = 2,
    as_json: Json = False,
) -> None:
    """Change who holds which key: name everyone anew, and stage the lists that must be signed for it."""
    opened = _repository(repository)
    staged = opened.rotate(_cast(threshold, root, holder, board))
    _report(as_json, {"staged": staged}, f"staged: {', '.join(staged) or 'nothing'}", opened.status())


@app.command()
def sign(
    repository: RepositoryPath, key: KeyPath, passphrase_fd: PassphraseFd = None, as_json: Json = False
) -> None:
    """Sign everything waiting that your key may sign; look at `status` first."""
    signed = _repository(repository).sign(_unlocked(key, passphrase_fd))
    _report(as_json, {"signed": signed.roles}, f"signed: {', '.join(signed.roles)}", signed.status)


@app.command()
def status(repository: RepositoryPath, as_json: Json = False) -> None:
    """Show what is waiting, what it changes, and whose signatures are missing."""
    _report(as_json, {}, "waiting:", _repository(repository).status())


@app.command()
def publish(
    repository: RepositoryPath,
    key: KeyPath,
    carrier: Annotated[
        Path | None, typer.Option("--carrier", help="Copy the publication to this drive.")
    ] = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Publish what enough have signed, with the publisher's key, and copy it to a carrier."""
    to = Carrier(carrier) if carrier else None
    done = _repository(repository).publish(_unlocked(key, passphrase_fd), to)
    head = f"published version {done.version}: {', '.join(done.roles) or 'dates only'}"
    _report(as_json, {"version": done.version, "published": done.roles}, head, done.waiting)


@app.command()
def fingerprint(repository: RepositoryPath, as_json: Json = False) -> None:
    """Print the root's fingerprint, which every site types from paper."""
    found = _repository(repository).root_fingerprint()
    emit(as_json, {"fingerprint": found}, grouped(found, 4))


def _requests(request: Path | None, fingerprint: str | None, sheet: Path | None) -> list[_Asked]:
    """Request files and the fingerprints read out, from the options or from every line of a sheet."""
    if sheet is None:
        if request is None or fingerprint is None:
            raise typer.BadParameter("give --request and --fingerprint, or --sheet")
        return [_Asked(request, fingerprint)]
    if request is not None or fingerprint is not None:
        raise typer.BadParameter("--sheet stands alone")
    text = read_file(sheet, limit=MAX_SHEET).decode("utf-8-sig", "replace")
    rows: list[_Asked] = []
    for line, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells == ["file", "fingerprint"]:
            continue
        if len(cells) != 2 or not all(cells):
            raise SheetError(line=line, name=sheet.name)
        rows.append(_Asked(sheet.parent / cells[0], cells[1], f", which line {line} of {sheet.name} names"))
    return rows


def _approved(asked: _Asked) -> tuple[Identity, Digest]:
    try:
        raw = read_file(asked.path, limit=MAX_REQUEST)
    except FileMissingError:
        raise RequestMissingError(name=asked.path, where=asked.where) from None
    role = Role.PROCTOR if payload_type(raw) == PROCTOR_REQUEST.type else Role.KIOSK
    return approve(raw, role, asked.fingerprint)


@app.command(name="approve")
def approve_requests(
    repository: RepositoryPath,
    key: KeyPath,
    request: Annotated[Path | None, typer.Option("--request", help="An enrolment request.")] = None,
    fingerprint: Annotated[
        str | None, typer.Option("--fingerprint", help="Its fingerprint as the site read it out.")
    ] = None,
    sheet: Annotated[Path | None, typer.Option("--sheet", help="A CSV of file,fingerprint rows.")] = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Approve enrolment requests as a registrar: stage their identities and sign them first."""
    approved = [_approved(one) for one in _requests(request, fingerprint, sheet)]
    private, opened = _unlocked(key, passphrase_fd), _repository(repository)
    if private.identity.role is not Role.REGISTRAR:
        raise NotASignerError(name=private.identity.name)
    for one, request_digest in approved:
        opened.stage_target("identities", one.target(), encode(one), {"request": request_digest})
    signed = opened.sign(private, only="identities")
    names = [{"identity": one.target(), "fingerprint": one.fingerprint} for one, _ in approved]
    _report(as_json, {"approved": names}, f"approved: {len(approved)}", signed.status)


@app.command()
def withdraw(
    repository: RepositoryPath,
    name: Annotated[str, typer.Argument(help="What is published, as `status` writes it.")],
    as_json: Json = False,
) -> None:
    """Stage the next list without a published file; to withdraw an identity is to revoke it."""
    opened = _repository(repository)
    opened.withdraw(name)
    _report(as_json, {"withdrawn": name}, f"withdrawn: {name}", opened.status())


@app.command()
def renew(
    repository: RepositoryPath,
    role: Annotated[
        list[str], typer.Option("--role", help="A list that would run out: root, exams, ...; repeat.")
    ],
    as_json: Json = False,
) -> None:
    """Stage lists as they are for another season, to be signed again."""
    opened = _repository(repository)
    for one in role:
        opened.renew(one)
    _report(as_json, {"staged": role}, f"staged: {', '.join(role)}", opened.status())
