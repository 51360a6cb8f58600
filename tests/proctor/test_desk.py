"""Who a desk is: enrolling it, unlocking it, and what its files give away."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from keys import carrier as carriers
from keys.errors import ExamKioskError, WrongPassphraseError
from keys.identities import new_identity
from keys.keystore import save_private
from keys.primitives import MINIMUM
from keys.statement import Role
from keys.trusted import RootFingerprintError
from proctor import board, refusals
from proctor import desk as desks
from proctor.commands import Admit, CheckIdentity, ShowCodes
from proctor.desk import unlock_desk
from proctor.runner import Desk
from results.wire.journal import LineUnsignedError, lines, read_signed
from tests.proctor.simulated import FIRST, HOUR, PASSPHRASE, SECOND, SITTING, Centre, Site


def test_enrolling_again_asks_again_with_the_same_key(centre: Centre, tmp_path: Path) -> None:
    """A second enrolment of a desk writes the same identity's request; another root is refused, and one nobody adds."""
    path = tmp_path / "d"
    first = desks.enrol(path, "west", "rivera", centre.carrier, centre.fingerprint, PASSPHRASE, cost=MINIMUM)
    again = desks.enrol(path, "west", "rivera", centre.carrier, centre.fingerprint, PASSPHRASE, cost=MINIMUM)
    assert first == again
    assert centre.carrier.exists("requests/proctor-west-rivera.json")
    with pytest.raises(desks.ProctorNotAddedError):
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
        unlock_desk(site.path, "not the passphrase", FIRST, floor=MINIMUM)
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


def test_a_desk_that_stays_open_goes_on_after_what_a_command_did_beside_it(site: Site) -> None:
    """The console holds the sitting open while a command writes to it: neither is refused, both are in the journal."""
    with site.open() as console:
        me = console.proctor
        with site.again() as command:
            command.submit(CheckIdentity("C-1", "passport", True, True, me))
        seat = console.state.seat(console.state.entry("C-1"))
        console.submit(Admit("C-1", seat, me))
        assert console.state.identity("C-1") is not None
        journal, state = console.journal(), console.state
    with site.again() as later:
        assert later.journal() == journal
        assert later.state == state


def test_every_proctor_of_the_desk_reads_what_the_others_wrote(site: Site) -> None:
    """Desk file and sitting are shared: whoever unlocks goes on, under their own name and key."""
    with site.open() as opened:
        opened.submit(ShowCodes(opened.proctor))
        assert opened.proctor == site.proctor.identity.fingerprint
    with site.again(SECOND) as opened:
        assert opened.proctor == site.second.identity.fingerprint
        opened.submit(ShowCodes(opened.proctor))
    with site.again() as opened:
        entries, _ = read_signed(lines(opened.journal()), opened.plan.proctors, opened.plan.mode)
    assert [entry.signer for entry in entries[-2:]] == [
        site.proctor.identity.fingerprint,
        site.second.identity.fingerprint,
    ]


def test_nobody_acts_in_another_proctors_name(site: Site) -> None:
    """A command that says another proctor acted is refused, and nothing of it is in the journal."""
    with site.open() as opened:
        before = opened.head
        with pytest.raises(LineUnsignedError):
            opened.submit(ShowCodes(site.second.identity.fingerprint))
        assert opened.head == before


def test_a_desk_of_several_asks_who_acts(site: Site) -> None:
    """Without a name, and with one that has no key here, the desk says whose keys it has."""
    with pytest.raises(desks.ProctorUnnamedError, match="okafor, rivera"):
        unlock_desk(site.path, PASSPHRASE, floor=MINIMUM)
    with pytest.raises(desks.ProctorUnknownError, match="okafor, rivera"):
        unlock_desk(site.path, PASSPHRASE, "ada", floor=MINIMUM)
    with pytest.raises(WrongPassphraseError):
        unlock_desk(site.path, PASSPHRASE, SECOND, floor=MINIMUM)


def test_a_key_that_nobody_added_reads_no_desk_file(site: Site) -> None:
    """A key file that was laid into the folder lets its holder neither read nor write what the desk believes."""
    stranger = desks.DeskFolder(site.path, new_identity(Role.PROCTOR, "west", "mallory"))
    with pytest.raises(desks.ProctorNotAddedError):
        stranger.read()
    with pytest.raises(desks.ProctorNotAddedError):
        stranger.write(site.folder().read())


def test_an_enrolment_that_was_cut_short_is_finished_by_another(centre: Centre, site: Site) -> None:
    """A key that was made but not added is added when the enrolment is run again with a proctor who is there."""
    name, root = "ada", centre.fingerprint
    with pytest.raises(desks.ProctorNotAddedError):
        desks.enrol(site.path, "west", name, centre.carrier, root, PASSPHRASE, cost=MINIMUM)
    save_private(
        site.path / "proctors/ada.key", new_identity(Role.PROCTOR, "west", name), PASSPHRASE, MINIMUM
    )
    with pytest.raises(desks.ProctorNotAddedError):
        desks.enrol(site.path, "west", name, centre.carrier, root, PASSPHRASE, cost=MINIMUM)
    desks.enrol(
        site.path, "west", name, centre.carrier, root, PASSPHRASE, by=site.folder(SECOND), cost=MINIMUM
    )
    assert unlock_desk(site.path, PASSPHRASE, name, floor=MINIMUM).read() == site.folder().read()


def test_a_key_of_the_desk_that_is_not_in_the_plan_does_not_open_the_vault(
    centre: Centre, site: Site
) -> None:
    """The sitting's vault is sealed to the plan's proctors; whoever was added later is none."""
    site.open().close()
    root = centre.fingerprint
    desks.enrol(site.path, "west", "ada", centre.carrier, root, PASSPHRASE, by=site.folder(), cost=MINIMUM)
    with pytest.raises(ExamKioskError) as caught:
        Desk(unlock_desk(site.path, PASSPHRASE, "ada", floor=MINIMUM), SITTING, site.clock)
    assert caught.value.code == "not-a-recipient"


def test_the_desks_folder_shows_no_secret(site: Site) -> None:
    """Neither the content key nor the sitting's secret is in clear in any file of the desk."""
    site.open().close()
    for path in site.path.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert site.centre.secrets.content_key not in raw
            assert site.centre.secrets.secret not in raw
    assert carriers.read_file(site.path / "proctors/rivera.key", limit=65536)
