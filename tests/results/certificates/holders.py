"""A centre with a scored run, a certifier who is believed, and rules, for the tests of certificates."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from keys.encoding import Instant
from keys.statement import Role
from results.centre.certificates.issuing import Issued, issue
from results.centre.certificates.register import Entry, Register
from results.centre.certificates.rules import CertificateRules, read_rules
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.office import Centre, score_all
from results.centre.runs import ScoreRun
from tests.results import builders as b
from tests.results import centres

W = b.world(3, 4)
RECORDS = {0: b.sitting_record(W, 0, 4), 1: b.sitting_record(W, 1, 3), 2: b.sitting_record(W, 2, 1)}
"""The first two pass at 600 of 800, the third does not."""
CERTIFIER = b.someone(Role.CERTIFIER, "certifier")
NOW = b.stamp(24 * b.HOUR)
DAY = 24 * b.HOUR
YEAR = 365 * DAY
TEXT = """exam = "cetl-practice"
title = "Sample <Certificate>"
prefix = "CETL"
authority = "Exam & Office"
url = "https://certificates.example.org/cetl"
criteria = "Passed the exam."
years = 3
agreements = ["terms"]
[renewal]
hours = 60
[renewal.areas]
1 = 20
2 = 10
"""


def rules(**changes: str) -> CertificateRules:
    """The rules, with pieces of their text replaced."""
    text = TEXT
    for before, after in changes.items():
        text = text.replace(f"{before} = ", f"{before} = {after} #", 1)
    return read_rules("certificates.toml", text)


def believed(centre: Centre, also: b.World | None = None, folder: Path | None = None) -> Centre:
    """A centre that believes the certifier; with another world's publications in place of its own if given."""
    trusted = centres.publish(also, folder) if also and folder else centre.trusted
    ring = trusted.keyring.and_also([CERTIFIER.identity.holder()])
    return dataclasses.replace(centre, trusted=dataclasses.replace(trusted, keyring=ring))


def scored(folder: Path, files: dict[int, bytes] | None = None) -> tuple[Centre, ScoreRun]:
    """A centre that has imported records and scored them."""
    centre = believed(centres.centre(W, folder))
    path = folder / "west.ekb"
    path.write_bytes(b.bundle(W, files or RECORDS))
    import_files([path], centre.ledger, centre.office(), NOW.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(W, folder / "exam"), centre.trusted.keyring)
    return centre, score_all(centre, inputs, W.scoring.signer(), "0.1.0", NOW)[0]


def issued(
    centre: Centre, run: ScoreRun, now: int = NOW.wall, said: CertificateRules | None = None
) -> Issued:
    """Issue the certificates of a run."""
    return issue(centre, said or rules(), run, CERTIFIER.signer(), Instant(now))


def entries(centre: Centre) -> list[Entry]:
    """The whole register."""
    with centre.ledger.transaction() as books:
        return Register(books).entries()
