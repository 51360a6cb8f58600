"""`python -m tests.demo_centre`: run the season, print it as it goes, and write build/demo-centre/summary.json."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from tests.demo.commands import StepFailedError
from tests.demo_centre.story import tell

FOLDER = Path(__file__).parents[2] / "build/demo-centre"


def main() -> int:
    """Tell the season; 0 if every step succeeded."""
    began = time.monotonic()
    try:
        summary = tell(FOLDER)
    except (StepFailedError, AssertionError) as error:
        print(f"\nThe season stopped: {error}", file=sys.stderr)
        return 1
    (FOLDER / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", "utf-8")
    print(f"\nReview pages: {os.path.relpath(FOLDER / summary['pages'])}")
    print(
        f"{summary['candidates']} candidates, {summary['records']} records imported, {summary['scored']} scored, "
        f"{summary['certificates']} certificates, in {time.monotonic() - began:.0f} s"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
