"""Runs a plan in the real supervisor on the terminal it is started on: `python -m tests.terminal.locked DIR UI`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from terminal.supervisor import Plan, SupervisorError, run

if __name__ == "__main__":
    folder, ui = Path(sys.argv[1]), sys.argv[2]
    plan = Plan(
        session=(sys.executable, "-m", "tests.terminal.demo", str(folder / "count")),
        ui=ui,
        crash_log=folder / "crash.log",
        environment={name: os.environ[name] for name in ("TERM", "TEXTUAL_DRIVER") if name in os.environ},
    )
    try:
        sys.exit(run(plan))
    except SupervisorError as error:
        print(error)
        sys.exit(error.exit_status)
