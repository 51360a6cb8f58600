"""`exam-kiosk results dif | irt | similarity`: comparing groups, items and persons, of a run or of anyone's data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keys.prompt import emit
from results.centre.analysis.choices import Model
from results.centre.cli.analysis import AnalyseWhatError
from results.centre.cli.asking import Json, LedgerAt, PassphraseFd, group, opened_centre

if TYPE_CHECKING:
    from results.centre.analysis.seated import Seated

app = group()

Responses = Annotated[
    Path | None, typer.Argument(help="A CSV of responses: one row a candidate. None for a run.")
]
AnswerKey = Annotated[
    Path | None, typer.Option("--key", help="A CSV of the key; without it the responses are 0 and 1.")
]
CentreFolder = Annotated[
    Path | None, typer.Option("--centre", help="The centre's folder, to take a run of its ledger.")
]
RunName = Annotated[str | None, typer.Option("--run", help="The score run's name.")]
ExamFolder = Annotated[
    Path | None, typer.Option("--exam-folder", help="The folder that `master` made, of the run's form.")
]
CentreKey = Annotated[
    Path | None,
    typer.Option("--centre-key", help="The centre's locked key file; keys/centre.key if not given."),
]


Config = Annotated[
    Path | None, typer.Option("--config", help="A TOML file of thresholds for what is flagged.")
]


@app.command()
def dif(
    responses: Responses = None,
    *,
    key: AnswerKey = None,
    column: Annotated[
        str, typer.Option("--group", help="The column that names each candidate's group.")
    ] = "group",
    groups: Annotated[
        Path | None, typer.Option("--groups", help="A CSV of candidate and group, in place of a column.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="The reference group; the largest if not given.")
    ] = None,
    purify: Annotated[
        bool, typer.Option("--purify", help="Match on the items without large DIF, found in rounds.")
    ] = False,
    config: Config = None,
    centre: CentreFolder = None,
    run: RunName = None,
    exam_folder: ExamFolder = None,
    centre_key: CentreKey = None,
    ledger: LedgerAt = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Find the items that are harder for one group than for another at the same score."""
    from results.centre.analysis.grouped import (
        GroupsWantedError,
        compare_groups,
        dif_text,
        dif_values,
        read_group_file,
    )
    from results.centre.analysis.thresholds import read_thresholds

    by = read_thresholds(config)
    source = _source(responses, key, (centre, run, exam_folder), centre_key, ledger, passphrase_fd)
    if isinstance(source, Path):
        from results.centre.analysis.reading import GROUP, read_groups, read_responses

        matrix = read_responses(source, key, aside=(GROUP, column.lower()))
        said = read_group_file(groups, matrix.persons) if groups else read_groups(source, column)
    else:
        matrix = source.matrix
        if groups is None:
            raise GroupsWantedError
        said = read_group_file(groups, matrix.persons)
    compared = compare_groups(matrix, said, reference, by, purified=purify)
    emit(as_json, dif_values(matrix, compared), dif_text(matrix, compared))


@app.command()
def irt(
    responses: Responses = None,
    *,
    key: AnswerKey = None,
    model: Annotated[
        Model, typer.Option("--model", help="Rasch by conditional, 2PL by marginal maximum likelihood.")
    ] = Model.RASCH,
    centre: CentreFolder = None,
    run: RunName = None,
    exam_folder: ExamFolder = None,
    centre_key: CentreKey = None,
    ledger: LedgerAt = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Estimate an item response model: items with fit, information, and in the JSON each candidate's ability."""
    from results.centre.analysis import modelled

    rest: tuple[str, ...] = ()
    source = _source(responses, key, (centre, run, exam_folder), centre_key, ledger, passphrase_fd)
    if isinstance(source, Path):
        from results.centre.analysis.reading import read_responses

        matrix = read_responses(source, key)
    else:
        matrix, rest = modelled.varying(source.matrix)
    found = modelled.model(matrix, model)
    lines = [f"Left out, as everybody or nobody earned them: {', '.join(rest)}."] if rest else []
    emit(
        as_json,
        {**modelled.irt_values(matrix, found), "items_left_out": list(rest)} if as_json else {},
        "" if as_json else "\n".join([*lines, modelled.irt_text(matrix, found)]),
    )


@app.command()
def similarity(
    responses: Responses = None,
    *,
    key: AnswerKey = None,
    within: Annotated[
        str | None,
        typer.Option("--within", help="The column of the sitting or room: only pairs in one are compared."),
    ] = None,
    seat: Annotated[
        str | None,
        typer.Option("--seat", help="The column of the seat: whose numbers are next to one another is told."),
    ] = None,
    config: Config = None,
    centre: CentreFolder = None,
    run: RunName = None,
    exam_folder: ExamFolder = None,
    centre_key: CentreKey = None,
    ledger: LedgerAt = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Find pairs of candidates with more identical answers than their scores explain."""
    from results.centre.analysis.alike import compare_answers, similarity_text, similarity_values
    from results.centre.analysis.thresholds import read_thresholds

    by = read_thresholds(config)
    source = _source(responses, key, (centre, run, exam_folder), centre_key, ledger, passphrase_fd)
    if isinstance(source, Path):
        from results.centre.analysis.reading import GROUP, read_groups, read_responses

        aside = (GROUP, *(one.lower() for one in (within, seat) if one))
        matrix = read_responses(source, key, aside=aside)
        sittings = read_groups(source, within) if within else None
        seats = read_groups(source, seat) if seat else None
    else:
        matrix, sittings, seats = source.matrix, source.sittings, source.kiosks
    found = compare_answers(matrix, sittings, by)
    emit(
        as_json,
        similarity_values(matrix, found, sittings, seats),
        similarity_text(matrix, found, sittings, seats),
    )


def _source(
    responses: Path | None,
    key: Path | None,
    ours: tuple[Path | None, str | None, Path | None],
    centre_key: Path | None,
    ledger: str | None,
    passphrase_fd: int | None,
) -> Path | Seated:
    """The file of responses, or what the ledger holds for the run; `ours` are the centre, run and exam's folder."""
    centre, run, exam_folder = ours
    if responses and not any(ours):
        return responses
    if centre and run and exam_folder and not (responses or key):
        from results.centre.analysis.seated import seated

        opened = opened_centre(centre, centre_key, passphrase_fd, ledger=ledger)
        return seated(opened, run, exam_folder)
    raise AnalyseWhatError
