"""`Programme`: an exam's name, time, scale and agreements, as programme.toml says them."""

from __future__ import annotations

import re

import msgspec

from exam_packages.complaint import Toml
from exam_packages.form import BreakClock, Instruments, StageLimits

ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
MAX_MINUTES = 24 * 60
MAX_BREAKS = 20
MINUTE = 60_000


class AgreementFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agreement and the file of the bank that holds its text."""

    id: str
    title: str
    file: str


class Stages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[stages]: whole minutes for each stage before the clock of the test; 0 means no limit."""

    confirm: int = 0
    agreements: int = 0
    tutorial: int = 0

    @property
    def limits(self) -> StageLimits:
        """The same in ms."""
        return StageLimits(self.confirm * MINUTE, self.agreements * MINUTE, self.tutorial * MINUTE)


class UnscheduledBreaks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[breaks]: how many breaks a candidate may take by their own choice, and what the clock does meanwhile."""

    most: int
    clock: BreakClock = BreakClock.RUNS


class Programme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exam. A form has `items` scored items and `minutes` of time. A raw score of `raw_cut` is scaled to
    `scaled_cut`, a full one to `scaled_max`. `version` counts the forms made, and is part of the form's id.
    """

    exam: str
    version: int
    title: str
    notice: str
    language: str
    items: int
    minutes: int
    scaled_max: int
    scaled_cut: int
    raw_cut: int
    support_contact: str
    agreements: tuple[AgreementFile, ...]
    instructions: str
    tutorial: bool = False
    stages: Stages = Stages()
    instruments: Instruments = Instruments()
    breaks: UnscheduledBreaks = UnscheduledBreaks(0)

    @property
    def form(self) -> str:
        """The id of the form that is mastered from this version."""
        return f"{self.exam}-{self.version}"


TABLES: dict[str, type[msgspec.Struct]] = {
    "stages": Stages,
    "instruments": Instruments,
    "breaks": UnscheduledBreaks,
}
OUTLINE = ("part", "section")


def read_programme(toml: Toml) -> Programme | None:
    """The programme that a TOML text describes without its parts and sections; complaints go to `toml`."""
    content = {key: value for key, value in toml.content.items() if key not in {*TABLES, *OUTLINE}}
    programme = toml.read(Programme, content) if toml.content else None
    tables = {
        name: toml.read(kind, toml.content[name], name)
        for name, kind in TABLES.items()
        if name in toml.content
    }
    if programme is None or None in tables.values():
        return None
    programme = msgspec.structs.replace(programme, **tables)
    _check(programme, toml)
    return programme


def _check(programme: Programme, toml: Toml) -> None:
    names = [agreement.id for agreement in programme.agreements]
    for key, holds, told in (
        (
            "exam",
            bool(ID.fullmatch(programme.exam)),
            "“exam” is lower-case letters, digits and dashes, at most 40.",
        ),
        ("version", programme.version >= 1, "“version” is 1 or more."),
        ("minutes", 1 <= programme.minutes <= MAX_MINUTES, f"“minutes” is from 1 to {MAX_MINUTES}."),
        ("items", programme.items >= 2, "“items” is 2 or more."),
        ("raw_cut", programme.raw_cut >= 1, "“raw_cut” is 1 or more."),
        (
            "scaled_cut",
            1 <= programme.scaled_cut < programme.scaled_max,
            "“scaled_cut” is from 1 to less than “scaled_max”.",
        ),
        ("agreements", len(names) == len(set(names)), "An agreement's id stands twice."),
        (
            "agreements",
            all(ID.fullmatch(name) for name in names),
            "An agreement's id is lower-case letters and dashes.",
        ),
    ):
        if not holds:
            toml.complain(toml.line(key), told)
    for table, key, holds, told in (
        *(
            ("stages", name, 0 <= minutes <= MAX_MINUTES, f"“{name}” is from 0 to {MAX_MINUTES} minutes.")
            for name, minutes in msgspec.structs.asdict(programme.stages).items()
        ),
        (
            "stages",
            "tutorial",
            programme.tutorial or not programme.stages.tutorial,
            "There is no tutorial; set `tutorial = true` above the first table, or leave its time out.",
        ),
        ("breaks", "most", 0 <= programme.breaks.most <= MAX_BREAKS, f"“most” is from 0 to {MAX_BREAKS}."),
        (
            "instruments",
            "keep_notes",
            not programme.instruments.keep_notes
            or programme.instruments.notes
            or programme.instruments.scratchpad,
            "There is nothing to keep: neither `notes` nor `scratchpad` is on.",
        ),
    ):
        if not holds:
            toml.complain(toml.line(key, table), told)
