"""What `kiosk practice` and `kiosk preview` start: the same screens on the same locked ground, and no station. *io*"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from keys.errors import ExamKioskError
from kiosk.launch import on_screens
from kiosk.practice.runner import open_file
from terminal import supervisor

RUNNER = "kiosk.practice.runner"


class PreviewRefusedError(ExamKioskError):
    """A bank that makes no form; what is wrong with it was told line by line."""

    code = "preview-refused"
    what = "This bank makes no form yet, so there is nothing to show."
    next_step = "Mend what is listed above, then run the command again."


def practise(file: Path, *, linear: bool = False) -> int:
    """Practise with a practice file until it is left.

    Raises as `open_practice`, or a `StorageError` or `SupervisorError`.
    """
    open_file(file)
    with tempfile.TemporaryDirectory(prefix="exam-kiosk-practice-") as folder:
        return supervisor.run(
            on_screens((RUNNER, "--file", str(file.resolve())), Path(folder), linear=linear)
        )


def preview(bank: Path, *, linear: bool = False) -> int:
    """Show a bank as a candidate would see it, until it is left. Raises `PreviewRefusedError` or `SupervisorError`.

    A site's program has no reader of authored items: the form is made by the authors' part, in a process of its own.
    """
    with tempfile.TemporaryDirectory(prefix="exam-kiosk-preview-") as folder:
        made = Path(folder) / "form"
        master = (sys.executable, "-c", "import exam_kiosk; exam_kiosk.main()")
        words = ("packages", "preview", str(bank), "--out", str(made))
        done = subprocess.run((*master, *words), stdout=subprocess.DEVNULL, check=False)  # noqa: S603 - our own program
        if done.returncode:
            raise PreviewRefusedError
        return supervisor.run(on_screens((RUNNER, "--preview", str(made)), Path(folder), linear=linear))
