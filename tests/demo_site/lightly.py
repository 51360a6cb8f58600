"""The program with the least Argon2id work, for the tests: `lightly.py exam-kiosk | session | rebooted ...`.

Everything else is as it is; what was locked so opens only with this.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from keys import primitives


def main(arguments: Sequence[str]) -> int:
    """Run one of the three, with what follows its name; its exit status."""
    primitives.MODERATE = primitives.MINIMUM  # before anything is imported that asks for it
    if arguments[0] == "exam-kiosk":
        import exam_kiosk

        return exam_kiosk.run(arguments[1:])
    if arguments[0] == "rebooted":
        from tests.demo_site import rebooted

        return rebooted.main(arguments[1:])
    from kiosk import serving

    return serving.run(arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
