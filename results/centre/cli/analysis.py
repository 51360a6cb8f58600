"""`exam-kiosk results analyse | decision | angoff`: classical analysis of a run or of anyone's data, and cut scores."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from keys.errors import ExamKioskError
from keys.prompt import emit
from results.centre.cli.asking import Json, LedgerAt, PassphraseFd, group, opened_centre

app = group()

AnswerKey = Annotated[
    Path | None, typer.Option("--key", help="A CSV of the key; without it the responses are 0 and 1.")
]


class AnalyseWhatError(ExamKioskError):
    """Neither a file nor a run is named, or both are."""

    code = "analysis-of-what"
    what = "Name either a CSV of responses, or a run with --centre, --run and --exam-folder."
    next_step = "See “exam-kiosk results analyse --help”."


@app.command()
def analyse(
    responses: Annotated[
        Path | None, typer.Argument(help="A CSV of responses: one row a candidate. None for a run.")
    ] = None,
    key: AnswerKey = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="A TOML file of thresholds for what is flagged.")
    ] = None,
    centre: Annotated[
        Path | None, typer.Option("--centre", help="The centre's folder, to analyse a run of its ledger.")
    ] = None,
    run: Annotated[str | None, typer.Option("--run", help="The score run's name.")] = None,
    exam_folder: Annotated[
        Path | None, typer.Option("--exam-folder", help="The folder that `master` made, of the run's form.")
    ] = None,
    centre_key: Annotated[
        Path | None,
        typer.Option("--centre-key", help="The centre's locked key file; keys/centre.key if not given."),
    ] = None,
    ledger: LedgerAt = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Analyse items and test: difficulty, discrimination, distractors, reliability, times, and what to look at."""
    from msgspec import to_builtins

    from results.centre.analysis.telling import analysis_text
    from results.centre.analysis.thresholds import read_thresholds

    by = read_thresholds(config)
    if responses and not (centre or run or exam_folder):
        from results.centre.analysis.running import analyse_file

        found = analyse_file(responses, key, by, version("exam-kiosk"))
    elif centre and run and exam_folder and not (responses or key):
        from results.centre.analysis.scored import analyse_run

        opened = opened_centre(centre, centre_key, passphrase_fd, ledger=ledger)
        found = analyse_run(opened, run, exam_folder, by, version("exam-kiosk"))
    else:
        raise AnalyseWhatError
    emit(as_json, to_builtins(found) if as_json else {}, "" if as_json else analysis_text(found))


@app.command()
def decision(
    responses: Annotated[Path, typer.Argument(help="A CSV of responses: one row a candidate.")],
    cut: Annotated[int, typer.Option("--cut", help="The least raw score that passes.")],
    key: AnswerKey = None,
    as_json: Json = False,
) -> None:
    """Tell how far pass and fail at a cut can be relied on (Livingston and Lewis)."""
    from msgspec import to_builtins

    from results.centre.analysis.running import decide
    from results.centre.analysis.telling import decision_text

    found = decide(responses, key, cut)
    emit(as_json, to_builtins(found), decision_text(found))


@app.command()
def angoff(
    ratings: Annotated[Path, typer.Argument(help="A CSV with the columns judge, item, round, rating.")],
    responses: Annotated[
        Path | None,
        typer.Option("--responses", help="A CSV of responses to the same items, to see who would pass."),
    ] = None,
    key: AnswerKey = None,
    as_json: Json = False,
) -> None:
    """Turn a panel's ratings into a cut score with its standard error, round by round, and judge the judges."""
    from msgspec import to_builtins

    from results.centre.analysis.running import rate
    from results.centre.analysis.telling import angoff_text

    found = rate(ratings, responses, key)
    emit(as_json, to_builtins(found), angoff_text(found))
