"""`exam-kiosk results marking prepare | import | adjudicate | sheets | status`: long texts that people mark."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from keys.clock import SystemClock
from keys.prompt import emit
from results.centre.cli.asking import (
    TO_LOOK_AT,
    Folder,
    Json,
    Key,
    LedgerAt,
    PassphraseFd,
    group,
    opened_centre,
)

app = group()
marking = group()
app.add_typer(
    marking, name="marking", help="Long texts: two markers each, blind, and a third where they differ."
)

ExamFolder = Annotated[Path, typer.Option("--exam-folder", help="The folder that `master` made.")]
By = Annotated[str, typer.Option("--by", help="The name of the person who does it.")]
Markers = Annotated[list[str], typer.Option("--marker", help="A marker's name; repeat.")]
Within = Annotated[
    str,
    typer.Option("--within", help="How many points two marks may be apart and still count as their mean."),
]
Out = Annotated[Path, typer.Option("--out", help="The folder for the markers' sheets; they hold the texts.")]


@marking.command()
def prepare(
    *,
    centre: Folder,
    exam_folder: ExamFolder,
    marker: Markers,
    out: Out,
    by: By,
    within: Within = "1",
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give every long text that nobody marks yet to two markers, and write each marker's sheet."""
    told = (marker, within, by, out)
    _round(told, centre, exam_folder, (key, passphrase_fd, ledger), as_json=as_json, third=False)


@marking.command()
def adjudicate(
    *,
    centre: Folder,
    exam_folder: ExamFolder,
    marker: Markers,
    out: Out,
    by: By,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Give every text whose two marks are too far apart to a third marker, who is as blind as they were."""
    told = (marker, "0", by, out)
    _round(told, centre, exam_folder, (key, passphrase_fd, ledger), as_json=as_json, third=True)


@marking.command()
def sheets(
    *,
    centre: Folder,
    exam_folder: ExamFolder,
    out: Out,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Write the sheets again of all tasks that have no mark yet."""
    from results.centre.inputs import read_inputs
    from results.centre.marking.preparing import reissue

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    written = reissue(opened, read_inputs(exam_folder, opened.trusted.keyring), out)
    lines = [str(path) for path in written] or ["Every task has its mark."]
    emit(as_json, {"sheets": [str(path) for path in written]}, "\n".join(lines))


@marking.command(name="import")
def take_sheet(
    sheet: Annotated[Path, typer.Argument(help="The sheet as the marker gave it back.")],
    *,
    centre: Folder,
    marker: Annotated[str, typer.Option("--marker", help="Whose sheet it is.")],
    by: By,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Take a marker's marks into the ledger, all of the sheet or none; a mark that was given stands."""
    from keys.carrier import read_file
    from results.centre.marking.preparing import take
    from results.centre.marking.sheets import MAX_SHEET, read_sheet

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    marks = read_sheet(read_file(sheet, limit=MAX_SHEET), sheet.name)
    with opened.ledger.transaction() as books:
        taken = take(books, marker, marks, (sheet.name, by, SystemClock().now().wall))
    emit(
        as_json,
        asdict(taken),
        f"{taken.new} marks taken, {taken.known} were here already, {taken.without} tasks have none yet.",
    )


@marking.command()
def status(
    *,
    centre: Folder,
    exam_folder: ExamFolder,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Tell how far marking is, what each marker has done, and how well the markers agree."""
    from results.centre.inputs import read_inputs
    from results.centre.marking.standing import standing, standing_text

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    found = standing(opened, read_inputs(exam_folder, opened.trusted.keyring))
    emit(as_json, asdict(found), standing_text(found))
    if found.final < found.texts:
        raise typer.Exit(TO_LOOK_AT)


def _round(
    told: tuple[list[str], str, str, Path],
    centre: Path,
    exam_folder: Path,
    opening: tuple[Path | None, int | None, str | None],
    *,
    as_json: bool,
    third: bool,
) -> None:
    from exam_packages.item_points import read_points
    from keys.primitives import entropy
    from results.centre.inputs import read_inputs
    from results.centre.marking import preparing

    markers, within, by, out = told
    points = read_points(within)
    if points is None or points < 0:
        raise typer.BadParameter("a number of points such as 1 or 0.5", param_hint="--within")
    opened = opened_centre(centre, opening[0], opening[1], ledger=opening[2])
    inputs = read_inputs(exam_folder, opened.trusted.keyring)
    now = SystemClock().now().wall
    made = (preparing.adjudicate if third else preparing.prepare)(
        opened, inputs, preparing.Round(tuple(markers), points, by, now, entropy(32)), out
    )
    lines = [
        f"Round {made.round}: {len(made.tasks)} tasks." if made.round else "There is nothing to give out."
    ]
    lines += [f"  {path}" for path in made.sheets]
    if made.nobody:
        lines.append(f"  {made.nobody} texts have no third marker: all who were named have marked them.")
    if made.round:
        lines.append("Next: exam-kiosk results marking import SHEET, for each sheet that comes back.")
    emit(
        as_json,
        {
            "round": made.round,
            "tasks": len(made.tasks),
            "sheets": [str(path) for path in made.sheets],
            "nobody": made.nobody,
        },
        "\n".join(lines),
    )
    if made.nobody:
        raise typer.Exit(TO_LOOK_AT)
