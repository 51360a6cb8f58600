"""A key, ceremony to revocation: the third walk of docs/architecture.md."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from keys.errors import ExamKioskError
from keys.primitives import MINIMUM
from keys.signatures import MissingSignaturesError
from keys.trusted import pin
from kiosk import protocol as p
from proctor.opening import issue_unlocks
from tests.kiosk.world import accepted, refused
from tests.simulator import FIRST, SITE, Simulator


def test_a_root_needs_two_officers(tmp_path: Path) -> None:
    """With one of three officers nothing is published and both others are named; with a second it is."""
    world = Simulator(tmp_path)
    world.begin()
    for name in ("officer-1", "packager", "registrar-1", "registrar-2", "intake", "scoring"):
        world.repository.sign(world.keys[name])
    with pytest.raises(MissingSignaturesError, match=r"officer-2.*officer-3"):
        world.repository.publish(world.keys["publisher"], world.carrier)
    assert not (world.carrier.root / "metadata").exists()
    world.repository.sign(world.keys["officer-3"])
    world.repository.publish(world.keys["publisher"], world.carrier)
    assert pin(world.carrier, world.repository.root_fingerprint())


def test_a_revoked_proctor_opens_nothing(tmp_path: Path) -> None:
    """Once the next list lacks the proctor, the desk refuses to open the sitting, with the right release code."""
    world = Simulator(tmp_path).ready()
    world.repository.withdraw(f"identities/proctor/{SITE}/{FIRST}.json")
    world.publish()
    with pytest.raises(ExamKioskError) as refused:
        world.open()
    assert refused.value.diagnostics().code == "proctor-not-approved"


def test_an_older_carrier_is_refused_after_a_newer_one(tmp_path: Path) -> None:
    """A kiosk that has seen the newer carrier does not go back to a copy made before the revocation."""
    world = Simulator(tmp_path).ready()
    with world.open() as opened:
        old = tmp_path / "old"
        shutil.copytree(world.carrier.root, old)
        world.publish_again()
        seen = world.kiosk("C-1001")
        code = opened.start_code(opened.state.kiosk_called("kiosk-01"))
        issue_unlocks(opened, world.carrier, world.trusted.floor, cost=MINIMUM)
        seen.submit(p.EnterStartCode(opened.start_code(opened.state.kiosk_called("kiosk-02"))))
        seen.close()
        shutil.rmtree(world.carrier.root)
        shutil.copytree(old, world.carrier.root)
        again = world.kiosk("C-1001")
        assert refused(again.submit(p.EnterStartCode(code))) == "carrier-old"
        again.close()


def test_a_revoked_kiosk_goes_to_quarantine_not_to_the_bin(tmp_path: Path) -> None:
    """A record signed before its kiosk was revoked is kept for a person, with the reason."""
    world = Simulator(tmp_path).ready()
    with world.open() as opened:
        for candidate in ("C-1001", "C-1002"):
            runner = world.start(opened, candidate)
            accepted(runner.submit(p.HandIn(unanswered=100, flagged=0)))
            runner.close()
        world.close(opened)
    world.repository.withdraw(world.keys["kiosk-02"].identity.target())
    world.publish()
    report = world.take_in()
    assert report.records.admitted == 1
    assert [problem.code for problem in report.quarantined] == ["signer-not-enrolled"]
