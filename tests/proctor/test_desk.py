"""Who a desk is: enrolling it, unlocking it, and what its files give away."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from keys import carrier as carriers
from keys.errors import ExamKioskError, WrongPassphraseError
from keys.identities import new_identity
from keys.primitives import MINIMUM
from keys.statement import Role
from keys.trusted import RootFingerprintError
from proctor import board, refusals
from proctor import desk as desks
from proctor.commands import ShowCodes
from proctor.desk import unlock_desk
from proctor.runner import Desk
from tests.proctor.simulated import HOUR, PASSPHRASE, SITTING, Centre, Site


def test_enrolling_again_asks_again_with_the_same_key(centre: Centre, tmp_path: Path) -> None:
    """A second enrolment of a desk writes the same identity's request; another name is refused."""
    path = tmp_path / "d"
    first = desks.enrol(path, "west", "rivera", centre.carrier, centre.fingerprint, PASSPHRASE, cost=MINIMUM)
    again = desks.enrol(path, "west", "rivera", centre.carrier, centre.fingerprint, PASSPHRASE, cost=MINIMUM)
    assert first == again
    assert centre.carrier.exists("requests/proctor-west-rivera.json")
    with pytest.raises(refusals.DeskTakenError):
        desks.enrol(path, "west", "okafor", centre.carrier, centre.fingerprint, PASSPHRASE, cost=MINIMUM)
    other = Centre(tmp_path / "other")
    with pytest.raises(refusals.DeskTakenError):
        desks.enrol(path, "west", "rivera", other.carrier, other.fingerprint, PASSPHRASE, cost=MINIMUM)


def test_a_wrong_root_fingerprint_makes_no_key(centre: Centre, tmp_path: Path) -> None:
    """The root is pinned from paper or not at all."""
    with pytest.raises(RootFingerprintError):
        desks.enrol(tmp_path / "d", "west", "rivera", centre.carrier, "0" * 16, PASSPHRASE, cost=MINIMUM)
    assert not (tmp_path / "d").exists()


def test_a_desk_opens_with_its_passphrase_alone(site: Site) -> None:
    """A wrong passphrase, a folder that is no desk and a desk file that was edited are told apart."""
    with pytest.raises(WrongPassphraseError):
        unlock_desk(site.path, "not the passphrase", floor=MINIMUM)
    with pytest.raises(refusals.DeskMissingError):
        unlock_desk(site.path.parent, PASSPHRASE, floor=MINIMUM)
    kept = site.path / "desk.json"
    kept.write_bytes(kept.read_bytes().replace(b'"timestamp":', b'"timestamp":9'))
    with pytest.raises(refusals.DeskAlteredError):
        site.folder().read()


def test_no_admission_code_is_shown_after_eligibility_is_over(site: Site) -> None:
    """Codes that were shown before are not shown to candidates whose authorisation has run out since."""
    with contextlib.closing(site.open()) as opened:
        opened.submit(ShowCodes(opened.proctor))
        assert [one.candidate for one in board.codes(opened).candidates] == ["C-1", "C-2"]
        site.clock.wall += 24 * HOUR
        shown = board.codes(opened)
        assert shown.candidates == ()
        assert len(shown.kiosks) == 3


def test_a_clock_before_the_newest_signed_time_is_refused(site: Site) -> None:
    """A desk whose clock was set back behind the carrier's date does not go on."""
    site.open().close()
    site.clock.wall -= 30 * 24 * HOUR
    with pytest.raises(ExamKioskError) as caught:
        site.again()
    assert caught.value.code == "clock-behind"


def test_a_file_where_the_trust_folder_belongs_is_replaced(site: Site) -> None:
    """What the desk keeps of TUF is a cache: whatever lies in its place, the sitting opens."""
    (site.path / "trust").write_bytes(b"")
    site.open().close()
    assert (site.path / "trust").stat().st_mode & 0o777 == 0o700


def test_another_proctors_key_does_not_open_the_vault(site: Site, tmp_path: Path) -> None:
    """The sitting's vault is sealed to the proctor who opened it."""
    site.open().close()
    stranger = new_identity(Role.PROCTOR, "west", "rivera")
    folder = site.folder()
    file = folder.read()
    other = desks.DeskFolder(site.path, stranger)
    other.write(file)
    with pytest.raises(ExamKioskError) as caught:
        Desk(other, SITTING, site.clock)
    assert caught.value.code == "not-a-recipient"


def test_the_desks_folder_shows_no_secret(site: Site) -> None:
    """Neither the content key nor the sitting's secret is in clear in any file of the desk."""
    site.open().close()
    for path in site.path.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert site.centre.secrets.content_key not in raw
            assert site.centre.secrets.secret not in raw
    assert carriers.read_file(site.path / "proctor.key", limit=65536)
