"""`Programme`: an exam's name, time, scale and agreements, as programme.toml says them."""

from __future__ import annotations

import re

import msgspec

from exam_packages.complaint import Complaint, Toml

ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
MAX_MINUTES = 24 * 60


class AgreementFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An agreement and the file of the bank that holds its text."""

    id: str
    title: str
    file: str


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

    @property
    def form(self) -> str:
        """The id of the form that is mastered from this version."""
        return f"{self.exam}-{self.version}"


def read_programme(file: str, text: str) -> tuple[Programme | None, tuple[Complaint, ...]]:
    """The programme that a TOML text describes, and everything that is wrong with it."""
    toml = Toml(file, text)
    programme = toml.read(Programme, toml.content) if toml.content else None
    if programme is not None:
        _check(programme, toml)
    return programme, tuple(toml.complaints)


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
        ("raw_cut", 1 <= programme.raw_cut < programme.items, "“raw_cut” is from 1 to less than “items”."),
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
