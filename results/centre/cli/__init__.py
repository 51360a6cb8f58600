"""`exam-kiosk results ...`: what the centre does, a command each; the groups are put together, and nothing else."""

from __future__ import annotations

from results.centre.cli import (
    analysis,
    asking,
    certificates,
    comparing,
    intake,
    keys,
    marking,
    receipts,
    reconciling,
    reports,
    runs,
    standing,
)

app = asking.group()
for _room in (
    intake,
    runs,
    reports,
    receipts,
    standing,
    certificates,
    comparing,
    keys,
    marking,
    reconciling,
    analysis,
):
    app.add_typer(_room.app)
