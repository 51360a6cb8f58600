"""`exam-kiosk results key drop | full-credit | rekey | versions`: adjusting a key after the form was given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exam_packages.scoring_key import AdjustmentKind
from keys.clock import SystemClock, utc
from keys.prompt import emit
from keys.text import counted, sanitise
from results.centre.adjusting import Change, adjust
from results.centre.cli.asking import KEYS, Folder, Json, PassphraseFd, group, unlocked
from results.centre.office import REPOSITORY

app = group()
key = group()
app.add_typer(key, name="key", help="Versions of a scoring key: drop, re-key, full credit.")

ItemArg = Annotated[str, typer.Argument(help="The item's id.")]
ExamFolder = Annotated[Path, typer.Option("--exam-folder", help="The folder that `master` made.")]
By = Annotated[str, typer.Option("--by", help="The name of the person who decided it.")]
Reason = Annotated[
    str, typer.Option("--reason", help="Why, in words; it stands in the key and in every run.")
]
ScorerKey = Annotated[
    Path | None,
    typer.Option("--key", help="The scorer's locked key file; keys/scoring.key if not given."),
]


@key.command()
def drop(
    item: ItemArg,
    *,
    centre: Folder,
    exam_folder: ExamFolder,
    by: By,
    reason: Reason,
    raw_cut: Annotated[
        int | None,
        typer.Option(
            "--raw-cut",
            min=1,
            help="The raw cut of the shorter form; the same share of the points as before if not given.",
        ),
    ] = None,
    scorer: ScorerKey = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Score an item no longer: a new key version, and a conversion table for the shorter form."""
    now = SystemClock().now().wall
    change = Change(item, AdjustmentKind.DROPPED, by, now, reason, raw_cut=raw_cut)
    _adjust(change, centre, exam_folder, scorer, passphrase_fd, as_json)


@key.command()
def full_credit(
    item: ItemArg,
    *,
    centre: Folder,
    exam_folder: ExamFolder,
    by: By,
    reason: Reason,
    scorer: ScorerKey = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give everyone all points of an item, also who left it out; the conversion table stays."""
    change = Change(item, AdjustmentKind.FULL_CREDIT, by, SystemClock().now().wall, reason)
    _adjust(change, centre, exam_folder, scorer, passphrase_fd, as_json)


@key.command()
def rekey(
    item: ItemArg,
    *,
    centre: Folder,
    exam_folder: ExamFolder,
    correct: Annotated[str, typer.Option("--correct", help="The correct answer, as a bank writes a key.")],
    by: By,
    reason: Reason,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", help="A further answer that is as good; repeat.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="ANSWER = POINTS, as a bank writes it; repeat. Takes the old mapping's place."
        ),
    ] = None,
    scorer: ScorerKey = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Score an item by another key."""
    right, at = (correct, *(accept or ())), SystemClock().now().wall
    change = Change(item, AdjustmentKind.REKEYED, by, at, reason, right, tuple(mapping or ()))
    _adjust(change, centre, exam_folder, scorer, passphrase_fd, as_json)


@key.command()
def versions(*, centre: Folder, exam_folder: ExamFolder, as_json: Json = False) -> None:
    """List every version of the key with what it changed and why, and the conversion tables."""
    from keys.trusted import local_repository
    from results.centre.versions import key_versions, table_versions

    keyring = local_repository(centre / REPOSITORY, SystemClock().now()).keyring
    kept, tables = key_versions(exam_folder, keyring), table_versions(exam_folder, keyring)
    listed = [
        {
            "version": one.document.version,
            "digest": one.digest,
            "scored": sum(item.scored for item in one.document.keys),
            "adjustments": [
                {
                    "item": item.item,
                    "kind": item.adjustment.kind.value,
                    "by": item.adjustment.by,
                    "at": item.adjustment.at,
                    "reason": item.adjustment.reason,
                }
                for item in one.document.keys
                if item.adjusted and item.adjustment and item.adjustment.version == one.document.version
            ],
        }
        for one in kept
    ]
    lines = [line for one in listed for line in _told(one)]
    rows = [
        {"version": one.document.version, "digest": one.digest, "top_raw": len(one.document.scaled) - 1}
        for one in tables
    ]
    lines += [f"conversion table {row['version']}: {row['top_raw']} points" for row in rows]
    emit(as_json, {"keys": listed, "tables": rows}, "\n".join(lines))


def _told(one: dict[str, object]) -> list[str]:
    lines = [f"key {one['version']}: {counted(int(str(one['scored'])), 'item')} scored"]
    made = one["adjustments"]
    for change in made if isinstance(made, list) else ():
        who, why = sanitise(change["by"], limit=80), sanitise(change["reason"], limit=400)
        lines.append(f"  {change['item']} {change['kind']}, {utc(change['at'])[:16]}, {who}: {why}")
    return lines


def _adjust(
    change: Change, centre: Path, folder: Path, scorer: Path | None, descriptor: int | None, as_json: bool
) -> None:
    from keys.trusted import local_repository

    keyring = local_repository(centre / REPOSITORY, SystemClock().now()).keyring
    signer = unlocked(scorer or centre / KEYS / "scoring.key", descriptor).signer()
    made = adjust(folder, keyring, change, signer)
    table = f"conversion table {made.table.version}{' (new)' if made.new_table else ''}"
    emit(
        as_json,
        {
            "item": change.item,
            "kind": change.kind.value,
            "key_version": made.key.version,
            "table_version": made.table.version,
            "new_table": made.new_table,
            "top_raw": len(made.table.scaled) - 1,
        },
        f"Item {change.item}: {change.kind.value}. Key version {made.key.version}, scored with {table}.\n"
        "Next: exam-kiosk results score, which makes a new run; compare it with the one before.",
    )
