"""`exam-kiosk results equate`, `dif`, `irt` and `similarity`: comparing forms, groups, items and persons, on any data.

They read a CSV of responses and need neither a centre nor a key file of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.prompt import emit
from results.centre.analysis.choices import Method, Model
from results.centre.cli.asking import Json, group

app = group()

Responses = Annotated[Path, typer.Argument(help="A CSV of responses: one row a candidate.")]
AnswerKey = Annotated[
    Path | None, typer.Option("--key", help="A CSV of the key; without it the responses are 0 and 1.")
]


@app.command()
def equate(
    x: Annotated[Path, typer.Argument(help="A CSV of responses to the form that is equated.")],
    y: Annotated[Path, typer.Argument(help="A CSV of responses to the form that it is equated to.")],
    method: Annotated[
        Method,
        typer.Option("--method", help="Linear and equipercentile for random groups; else by an anchor."),
    ],
    anchor: Annotated[
        str | None,
        typer.Option(
            "--anchor", help="The anchor's items, with commas between; all that both have if not given."
        ),
    ] = None,
    key_x: Annotated[Path | None, typer.Option("--key-x", help="A CSV of the key of the first form.")] = None,
    key_y: Annotated[
        Path | None, typer.Option("--key-y", help="A CSV of the key of the second form.")
    ] = None,
    smooth: Annotated[
        int | None,
        typer.Option(
            "--smooth",
            min=2,
            max=10,
            help="Presmooth for equipercentile by a loglinear model that keeps this many moments.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Equate one form to another: the score on the second that stands for each raw score on the first."""
    from results.centre.analysis.equated import equate, equated_text, equated_values
    from results.centre.analysis.reading import read_responses

    items = None if anchor is None else [one.strip() for one in anchor.split(",") if one.strip()]
    found = equate(read_responses(x, key_x), read_responses(y, key_y), method, items, smooth)
    emit(as_json, equated_values(found), equated_text(found))


@app.command()
def dif(
    responses: Responses,
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
    as_json: Json = False,
) -> None:
    """Find the items that are harder for one group than for another at the same score."""
    from results.centre.analysis.grouped import compare_groups, dif_text, dif_values, read_group_file
    from results.centre.analysis.reading import GROUP, read_groups, read_responses

    matrix = read_responses(responses, key, aside=(GROUP, column.lower()))
    said = read_group_file(groups, matrix.persons) if groups else read_groups(responses, column)
    compared = compare_groups(matrix, said, reference, purified=purify)
    emit(as_json, dif_values(matrix, compared), dif_text(matrix, compared))


@app.command()
def irt(
    responses: Responses,
    key: AnswerKey = None,
    model: Annotated[
        Model, typer.Option("--model", help="Rasch by conditional, 2PL by marginal maximum likelihood.")
    ] = Model.RASCH,
    as_json: Json = False,
) -> None:
    """Estimate an item response model: items with fit, information, and in the JSON each candidate's ability."""
    from results.centre.analysis import modelled
    from results.centre.analysis.reading import read_responses

    matrix = read_responses(responses, key)
    found = modelled.model(matrix, model)
    emit(
        as_json,
        modelled.irt_values(matrix, found) if as_json else {},
        "" if as_json else modelled.irt_text(matrix, found),
    )


@app.command()
def similarity(
    responses: Responses,
    key: AnswerKey = None,
    within: Annotated[
        str | None,
        typer.Option("--within", help="The column of the sitting or room: only pairs in one are compared."),
    ] = None,
    seat: Annotated[
        str | None,
        typer.Option("--seat", help="The column of the seat: whose numbers are next to one another is told."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find pairs of candidates with more identical answers than their scores explain."""
    from results.centre.analysis.alike import compare_answers, similarity_text, similarity_values
    from results.centre.analysis.reading import GROUP, read_groups, read_responses

    aside = (GROUP, *(one.lower() for one in (within, seat) if one))
    matrix = read_responses(responses, key, aside=aside)
    sittings = read_groups(responses, within) if within else None
    seats = read_groups(responses, seat) if seat else None
    found = compare_answers(matrix, sittings)
    emit(
        as_json,
        similarity_values(matrix, found, sittings, seats),
        similarity_text(matrix, found, sittings, seats),
    )
