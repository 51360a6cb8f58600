"""`python -m tests.demo`: run the story, print each step with its time, write build/demo/summary.json."""

from __future__ import annotations

import json
import os
import select
import sys
import time
from pathlib import Path

from tests.demo.commands import StepFailedError
from tests.demo.story import tell

FOLDER = Path(__file__).parents[2] / "build/demo"
PATIENCE = 10


def asked_to_sit() -> bool:
    """Ask once, on a terminal, whether a person wants to sit the exam; silence means watching."""
    print(f"Press Enter within {PATIENCE} s to sit the exam yourself, or wait to watch.", flush=True)
    ready, _, _ = select.select([sys.stdin], [], [], PATIENCE)
    if ready:
        sys.stdin.readline()
    return bool(ready)


def main() -> int:
    """Tell the story; 0 if every step succeeded."""
    person = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("DEMO") != "auto"
    mine = person and asked_to_sit()
    began = time.monotonic()
    try:
        summary = tell(FOLDER, mine=mine, watched=person and not mine)
    except StepFailedError as error:
        print(f"\nThe demonstration stopped: {error}", file=sys.stderr)
        return 1
    (FOLDER / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    counts = {key: summary[key] for key in ("sessions", "sealed", "imported", "quarantined", "scored")}
    print(f"\nScore report: {os.path.relpath(FOLDER / summary['report'])}")
    print(", ".join(f"{number} {what}" for what, number in counts.items()), end="")
    print(f" in {time.monotonic() - began:.0f} s")
    whole = counts["sessions"] == counts["sealed"] == counts["imported"] == counts["scored"] == 12
    return 0 if whole and not counts["quarantined"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
