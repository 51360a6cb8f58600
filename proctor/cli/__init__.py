"""`exam-kiosk proctor ...`: every act at the desk is a command here; the groups are put together, and nothing else."""

from __future__ import annotations

from proctor.cli import asking, closing, opening, paper, people, typed

app = asking.group()
for _room in (opening, people, typed, closing, paper):
    app.add_typer(_room.app)
