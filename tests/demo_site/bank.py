"""A short bank for a long day: two items of each area of the sample bank, with weights that fit them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "exam_packages/samples/cetl-practice"
EACH, AREAS = 2, 10
COUNT = EACH * AREAS
PROGRAMME = {"items": COUNT, "minutes": 40, "raw_cut": 12}
"""What the programme says of the short exam; in the sample it is 100 items in 150 minutes, and 70 to pass."""
WEIGHTS = {"I": 30, "II": 30, "III": 40}
"""Percent of the items in each category: each of its areas holds a tenth."""


def write(folder: Path) -> Path:
    """Put the short bank into a new folder, and return it."""
    shutil.copytree(SAMPLE, folder)
    for file in (folder / "items").iterdir():
        head, *items = re.split(r"(?m)^(?=@ )", file.read_text("utf-8"))
        file.write_text(head + "".join(items[:EACH]), "utf-8")
    _rewrite(folder / "programme.toml", PROGRAMME)
    blueprint = folder / "blueprint.toml"
    text = re.sub(r"(?m)^weight = \d+$", f"weight = {100 // AREAS}", blueprint.read_text("utf-8"))
    for code, weight in WEIGHTS.items():
        text = re.sub(rf'(?m)(^code = "{code}"\ntitle = .*\nweight = )\d+$', rf"\g<1>{weight}", text)
    blueprint.write_text(text, "utf-8")
    instructions = folder / "instructions.txt"
    instructions.write_text(
        instructions.read_text("utf-8").replace("100 questions", f"{COUNT} questions"), "utf-8"
    )
    return folder


def _rewrite(file: Path, values: dict[str, int]) -> None:
    text = file.read_text("utf-8")
    for name, value in values.items():
        text = re.sub(rf"(?m)^{name} = \d+$", f"{name} = {value}", text)
    file.write_text(text, "utf-8")
