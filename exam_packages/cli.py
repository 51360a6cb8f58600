"""`exam-kiosk packages`: banks, forms, packages, sitting plans and releases. Words and files here, rules elsewhere."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exam_packages.complaint import ComplaintsError
from keys.carrier import read_file, write_file
from keys.clock import SystemClock
from keys.encoding import digest, encode, grouped
from keys.identities import PrivateIdentity
from keys.keystore import load_private, load_public
from keys.prompt import emit
from keys.text import sanitise
from keys.unlocking import unlocked

if TYPE_CHECKING:
    from exam_packages.mastering import Mastered

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)

EXAMS = "exams/"
MAX_TEXT = 4 * 1024 * 1024

Bank = Annotated[Path, typer.Argument(metavar="BANK_DIR", help="The bank's folder.")]
ExamFolder = Annotated[Path, typer.Argument(metavar="EXAM_DIR", help="The folder that `master` made.")]
RepositoryFolder = Annotated[Path, typer.Option("--repository", help="The centre's repository folder.")]
Key = Annotated[Path, typer.Option("--key", help="Your locked key file.")]
PassphraseFd = Annotated[
    int | None, typer.Option("--passphrase-fd", help="Read the passphrase from this open file descriptor.")
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]


@app.command()
def check(bank: Bank, as_json: Json = False) -> None:
    """Read a bank and say everything that keeps it from becoming a form."""
    from exam_packages.bank import load
    from exam_packages.mastering import master, warnings

    with _complaining(as_json):
        test = load(bank)
        mastered = master(test)
    told = warnings(test)
    lines = [f"{mastered.form.form} can be made of this bank: {len(test.items)} items.", *_areas(mastered)]
    emit(
        as_json,
        {"form": mastered.form.form, "items": len(test.items), "warnings": list(told)},
        "\n".join([*lines, *(f"Look again: {one}" for one in told)]),
    )


@app.command()
def master(
    bank: Bank,
    out: Annotated[Path, typer.Option("--out", help="The folder to make.")],
    key: Key,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make form, scoring key and conversion table of a bank; the scoring key's holder signs the last two."""
    from exam_packages.bank import load
    from exam_packages.exam_folder import write_mastered
    from exam_packages.mastering import master as make

    with _complaining(as_json):
        mastered = make(load(bank))
    write_mastered(out, mastered, _unlocked(key, passphrase_fd).signer())
    form_digest = mastered.scoring_key.form_digest
    emit(
        as_json,
        {
            "form": mastered.form.form,
            "form_digest": form_digest,
            "items": len(mastered.form.items),
            "folder": str(out),
        },
        f"{mastered.form.form} is in {out}: {len(mastered.form.items)} items, digest {form_digest[:16]}.",
    )


@app.command()
def pack(
    exam: ExamFolder,
    repository: RepositoryFolder,
    key: Key,
    handoff_to: Annotated[Path, typer.Option("--handoff-to", help="The registrar's .pub file.")],
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Sign and encrypt a form under a fresh content key, stage it, and seal the key to the registrar."""
    from exam_packages.exam_folder import read_form, write_handoff
    from exam_packages.packing import pack_form
    from keys.repository import Repository
    from keys.trusted import local_repository

    now = SystemClock().now()
    packager, registrar = _unlocked(key, passphrase_fd), load_public(handoff_to)
    keyring = local_repository(repository, now).keyring
    packed = pack_form(read_form(exam, keyring), packager.signer(), registrar, keyring, now.wall)
    store = Repository(repository, now.wall)
    store.stage_target("exams", packed.target, packed.raw)
    store.sign(packager, "exams")
    handoff = write_handoff(exam, packed.handoff)
    emit(
        as_json,
        {
            "package": packed.handoff.package,
            "target": packed.target,
            "digest": packed.handoff.package_digest,
            "handoff": str(handoff),
            "handed_to": registrar.fingerprint,
        },
        f"{packed.target} is staged and signed; publish it next.\n"
        f"Its key is in {handoff}, sealed to {registrar.name} ({grouped(registrar.fingerprint, 4)}).",
    )


@app.command()
def plan(
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN_TOML", help="The plan.")],
    roster_file: Annotated[Path, typer.Argument(metavar="ROSTER_CSV", help="The roster.")],
    repository: RepositoryFolder,
    key: Key,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make, sign and stage a sitting plan from plan.toml and a roster, for a package that is published."""
    from exam_packages.package import MAX_PACKAGE, unpack
    from exam_packages.plan_text import PublishedPackage, Sources, check_not_over, named_package, read_plan
    from exam_packages.sitting_plan import plan_target, seal_plan
    from keys.repository import Repository
    from keys.trusted import local_repository

    now = SystemClock().now()
    registrar = _unlocked(key, passphrase_fd)
    trusted = local_repository(repository, now)
    sources = Sources(plan_file.name, _text(plan_file), roster_file.name, _text(roster_file))
    with _complaining(as_json):
        target = named_package(sources.plan_file, sources.plan, trusted.names(EXAMS))
        raw = trusted.target(target, limit=MAX_PACKAGE)
        package = PublishedPackage(target, digest(raw), unpack(raw, trusted.keyring).header)
        made = read_plan(sources, package, trusted.identities())
    check_not_over(made, now.wall)
    sealed = seal_plan(made, registrar)
    store = Repository(repository, now.wall)
    store.stage_target("sittings", plan_target(made.sitting), sealed)
    store.sign(registrar, "sittings")
    emit(
        as_json,
        {
            "sitting": made.sitting,
            "target": plan_target(made.sitting),
            "digest": digest(sealed),
            "package": target,
            "candidates": len(made.roster),
            "kiosks": len(made.kiosks),
        },
        f"{plan_target(made.sitting)} is staged and signed: {len(made.roster)} candidates, "
        f"{len(made.kiosks)} kiosks, {made.form}. Make its release next.",
    )


@app.command()
def release(
    sitting: Annotated[str, typer.Argument(help="The sitting's id.")],
    repository: RepositoryFolder,
    key: Key,
    handoff: Annotated[Path, typer.Option("--handoff", help="The handoff.json of the plan's package.")],
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make, sign and stage the release of a planned sitting; the release code is shown this once."""
    from exam_packages.exam_folder import read_handoff
    from exam_packages.package import unpack
    from exam_packages.packing import release_plan
    from exam_packages.plan_text import check_not_over
    from exam_packages.release import release_target
    from exam_packages.sitting_plan import open_plan, plan_target
    from keys.repository import Repository
    from keys.trusted import local_repository

    now = SystemClock().now()
    registrar = _unlocked(key, passphrase_fd)
    store = Repository(repository, now.wall)
    keyring = local_repository(repository, now).keyring
    sealed = store.content(plan_target(sitting))
    planned = open_plan(sealed, keyring, registrar)
    check_not_over(planned, now.wall)
    package = unpack(store.content(planned.package), keyring)
    made = release_plan(planned, digest(sealed), package, read_handoff(handoff), registrar)
    store.stage_target("sittings", release_target(sitting), made.raw)
    store.sign(registrar, "sittings")
    emit(
        as_json,
        {"sitting": sitting, "target": release_target(sitting), "release_code": made.code},
        f"{release_target(sitting)} is staged and signed; publish plan and release next.\n"
        f"Release code, shown this once, to be told to the site on the day: {grouped(made.code, 4)}",
    )


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="A package, plan, release or unlock file.")],
    as_json: Json = False,
) -> None:
    """Say what a file states about itself before any code is asked for; its signature is not checked here."""
    from exam_packages.header_facts import header_facts
    from exam_packages.package import MAX_PACKAGE

    facts = header_facts(read_file(file, limit=MAX_PACKAGE))
    lines = [
        f"{name.replace('_', ' ')}: {', '.join(value) if isinstance(value, list) else value}"
        for name, value in facts.items()
    ]
    emit(as_json, dict(facts), sanitise("\n".join(lines), limit=20_000, newlines=True))


@app.command()
def practice(
    bank: Bank,
    out: Annotated[Path, typer.Option("--out", help="The practice file to make, such as cetl.ekpractice.")],
    key: Key,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Make a practice file of a bank, with answers and reasons, for candidates to learn with."""
    from exam_packages.bank import load
    from exam_packages.practice import maker, pack_practice
    from exam_packages.practising import practice_form

    with _complaining(as_json):
        form = practice_form(load(bank))
    packager = _unlocked(key, passphrase_fd)
    write_file(out, pack_practice(form, packager.signer()), mode=0o644)
    made_by = maker(packager.identity.signing)
    values = {"file": str(out), "items": len(form.answers), "made_by": made_by}
    emit(
        as_json,
        values,
        f"{out}: {len(form.answers)} questions in {len(form.areas)} areas.\n"
        f"The fingerprint that practice shows, to publish beside it: {grouped(made_by, 4)}",
    )


@app.command()
def preview(
    bank: Bank,
    out: Annotated[Path, typer.Option("--out", help="The folder to make.")],
    as_json: Json = False,
) -> None:
    """Write what a candidate would see of a bank, with no key and nothing sealed: `kiosk preview` shows it."""
    from exam_packages.bank import load
    from exam_packages.mastering import master as make

    with _complaining(as_json):
        mastered = make(load(bank))
    for name, document in (("front.json", mastered.front), ("form.json", mastered.form)):
        write_file(out / name, encode(document))
    emit(as_json, {"folder": str(out)}, f"{out}: {len(mastered.form.items)} questions.")


def _areas(mastered: Mastered) -> Iterator[str]:
    counts = Counter(key.area for key in mastered.scoring_key.keys)
    for area in mastered.scoring_key.areas:
        yield f"  {area.code:>3}  {counts[area.code]:>3}  {area.title}"


def _unlocked(key: Path, passphrase_fd: int | None) -> PrivateIdentity:
    return unlocked(key, passphrase_fd, load_private)


def _text(path: Path) -> str:
    """A file's text; bytes that are no UTF-8 become a character that is complained about where it stands."""
    return read_file(path, limit=MAX_TEXT).decode("utf-8", "replace")


@contextmanager
def _complaining(as_json: bool) -> Iterator[None]:
    """Show every complaint about a file, not only the first that the error's own words name."""
    try:
        yield
    except ComplaintsError as error:
        if not as_json:
            for complaint in error.complaints:
                print(sanitise(str(complaint), limit=400), file=sys.stderr)
            raise
        told = error.diagnostics()
        listed = [{"file": one.file, "line": one.line, "what": one.sentence} for one in error.complaints]
        words = {"code": told.code, "what": told.what, "next": told.next_step}
        print(json.dumps({"error": words, "complaints": listed}, ensure_ascii=False))
        raise typer.Exit(1) from None
