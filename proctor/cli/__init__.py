"""`exam-kiosk proctor ...`: every act at the desk is a command here; the groups are put together, and nothing else."""

from __future__ import annotations

from proctor.cli import actions, asking, before, closing, console, opening, paper, people, room, typed

app = asking.group()
for _room in (console, before, opening, people, typed, actions, room, closing, paper):
    app.add_typer(_room.app)
