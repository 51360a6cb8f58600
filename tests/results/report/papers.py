"""What stands on a PDF of ours, read back by `pdftotext` where it is installed."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def paper_text(pdf: bytes) -> str:
    """The text of all pages. Skips the test where no program here reads PDF files."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not installed, so the text of a PDF cannot be read back")
    done = subprocess.run([program, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()
