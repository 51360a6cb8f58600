"""`python -m tests.demo_site`: run the day, print it as it goes, and write build/demo-site/summary.json."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from tests.demo.commands import StepFailedError
from tests.demo_site.cast import small, whole
from tests.demo_site.story import tell

FOLDER = Path(__file__).parents[2] / "build/demo-site"


def main() -> int:
    """Tell the day; 0 if every step succeeded."""
    began = time.monotonic()
    room = small() if sys.argv[1:] == ["--small"] else whole()
    try:
        summary = tell(FOLDER, room)
    except (StepFailedError, AssertionError) as error:
        print(f"\nThe day stopped: {error}", file=sys.stderr)
        return 1
    (FOLDER / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    print(f"\nSitting report: {os.path.relpath(FOLDER / summary['report'])}")
    print(
        f"{summary['candidates']} candidates, {summary['records']} records, {summary['imported']} imported, "
        f"{summary['scored']} scored, {summary['quarantined']} disk held, in {time.monotonic() - began:.0f} s"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
