"""`exam-kiosk results ...`: what the centre does, a command each; the groups are put together, and nothing else."""

from __future__ import annotations

from results.centre.cli import (
    analysis,
    asking,
    certificates,
    comparing,
    equating,
    intake,
    keys,
    marking,
    pages,
    quarantine,
    receipts,
    reconciling,
    reports,
    retention,
    runs,
    standing,
    station,
)

app = asking.group()
for _room in (
    intake,
    quarantine,
    runs,
    reports,
    receipts,
    standing,
    certificates,
    comparing,
    equating,
    keys,
    marking,
    reconciling,
    analysis,
    retention,
    station,
    pages,
):
    app.add_typer(_room.app)
