"""`exam-kiosk results score`: score runs."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from keys.clock import SystemClock
from keys.prompt import emit
from results.centre.cli.asking import KEYS, Folder, Json, Key, PassphraseFd, group, opened_centre, unlocked
from results.centre.office import score_all

app = group()


@app.command()
def score(
    centre: Folder,
    exam_folder: Annotated[Path, typer.Option("--exam-folder", help="The folder that `master` made.")],
    equating: Annotated[
        Path | None,
        typer.Option("--equating", help="A signed equating table in place of the form's conversion table."),
    ] = None,
    key: Key = None,
    scoring_key: Annotated[
        Path | None,
        typer.Option("--scoring-key", help="The scorer's locked key file; keys/scoring.key if not given."),
    ] = None,
    passphrase_fd: PassphraseFd = None,
    scoring_passphrase_fd: Annotated[
        int | None,
        typer.Option("--scoring-passphrase-fd", help="Read the scorer's passphrase from this descriptor."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Score every admitted record of an exam's form; the run is signed, named and never changed."""
    from results.centre.inputs import read_inputs

    opened = opened_centre(centre, key, passphrase_fd)
    inputs = read_inputs(exam_folder, opened.trusted.keyring, equating=equating)
    scorer = unlocked(scoring_key or centre / KEYS / "scoring.key", scoring_passphrase_fd)
    run, new = score_all(opened, inputs, scorer.signer(), version("exam-kiosk"), SystemClock().now())
    passed = sum(one.score.passed for one in run.scores)
    left_out = [f"  not scored: {one.candidate}, sitting {one.sitting}: {one.why}" for one in run.left_out]
    emit(
        as_json,
        {
            "run": run.run,
            "new": new,
            "scored": len(run.scores),
            "passed": passed,
            "left_out": [
                {"candidate": one.candidate, "sitting": one.sitting, "why": one.why} for one in run.left_out
            ],
            "form": run.form,
            "key_version": run.key_version,
        },
        "\n".join(
            [
                f"Score run {run.run}{'' if new else ' (the same run as before)'}:",
                f"  {len(run.scores)} scored, {passed} passed, {_counted(len(run.left_out))} not scored.",
                *left_out,
            ]
        ),
    )


def _counted(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"
