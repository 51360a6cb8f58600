"""What a site believes: the pinned root and the newest carrier, and nothing older, planted, altered or cut off."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tuf.api.metadata import Metadata, TargetFile

from keys.carrier import FileRefusedError
from keys.clock import ClockBehindError, Stamp
from keys.encoding import Instant, encode, grouped
from keys.errors import DocumentError, DocumentTooLargeError, ExamKioskError
from keys.identities import PrivateIdentity
from keys.repository import Repository
from keys.statement import Role, key_id, library_signer
from keys.trusted import (
    CarrierAlteredError,
    CarrierIncompleteError,
    ExpiredCarrierError,
    Floor,
    OldCarrierError,
    TargetMissingError,
    local_repository,
    pin,
    refresh,
)
from tests.keys.conftest import Centre

DAY = 86_400_000
PACKAGE = "exams/cetl/one.ekp"


def test_a_fresh_carrier_is_believed(centre: Centre, kiosk: PrivateIdentity) -> None:
    """From the typed fingerprint to a package: versions, names, bytes and identities are those published."""
    pinned = pin(centre.carrier, grouped(centre.repository.root_fingerprint(), 4).lower())
    trusted = centre.refresh(pinned=pinned)
    assert trusted.floor == Floor(1, 2, 2, 1, Instant(centre.now.wall))
    assert trusted.names("exams/") == ("exams/cetl/one.ekp", "exams/cetl/two.ekp")
    assert trusted.target(PACKAGE, limit=100) == b"the first package"
    assert trusted.identity(kiosk.identity.target()) == kiosk.identity
    assert {one.name for one in trusted.identities()} == {"centre", "escrow", "kiosk-01"}


def test_a_second_refresh_of_the_same_carrier_changes_nothing(centre: Centre) -> None:
    """The same carrier may be used any number of times."""
    first = centre.refresh()
    assert centre.refresh(first.floor).floor == first.floor


def test_the_ring_holds_each_role_as_the_lists_name_it(centre: Centre) -> None:
    """Every holder is believed in their own role and in no other; a kiosk is not in it by being published."""
    ring = centre.refresh().keyring
    for name in ("officer-3", "packager", "registrar-1", "registrar-2", "publisher", "intake", "scoring"):
        one = centre.people[name].identity
        assert [(held.role, held.name) for held in ring.find(key_id(one.signing))] == [(one.role, name)]
    for name in ("officer-4", "registrar-3", "centre", "escrow"):
        assert ring.find(key_id(centre.people[name].identity.signing)) == ()


# --------------------------------------------------------------------------------------- altered, cut off, missing


def lists(centre: Centre) -> list[Path]:
    """The lists that a refresh from the pinned root reads."""
    newest = {"timestamp.json", "2.snapshot.json", "1.targets.json", "2.exams.json", "2.identities.json"}
    newest |= {"1.sittings.json", "1.receipts.json", "1.scoring.json"}
    found = sorted(centre.folder.glob("carrier/metadata/*"))
    return [path for path in found if path.name in newest]


@pytest.mark.parametrize("number", range(8))
def test_one_changed_byte_of_any_list_is_found(centre: Centre, number: int, long_run: bool) -> None:
    """Each byte of each list counts."""
    path = lists(centre)[number]
    raw = path.read_bytes()
    for at in range(0, len(raw), 1 if long_run else 1 + len(raw) // 25):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        with pytest.raises(CarrierAlteredError):
            centre.refresh()
    path.write_bytes(raw)
    assert centre.refresh().floor.timestamp == 2


@pytest.mark.parametrize("number", range(8))
def test_any_list_cut_off_or_missing_is_found(centre: Centre, number: int) -> None:
    """A list cut to nothing, to half or by one byte, with bytes to spare, replaced or gone is told."""
    path = lists(centre)[number]
    raw = path.read_bytes()
    for size in (0, len(raw) // 2, len(raw) - 1):
        path.write_bytes(raw[:size])
        with pytest.raises(CarrierAlteredError):
            centre.refresh()
    for other in (raw + b"x", b"{}", b"[]", b"null", bytes(100), b"[" * 50_000, bytes(9 << 20)):
        path.write_bytes(other)
        with pytest.raises(CarrierAlteredError) as caught:
            centre.refresh()
        assert caught.value.code == "carrier-altered"
    path.unlink()
    with pytest.raises(CarrierIncompleteError):
        centre.refresh()
    path.symlink_to(centre.folder / "repository/metadata" / path.name)
    with pytest.raises(FileRefusedError):
        centre.refresh()


def test_a_newer_root_that_is_no_root_is_found(centre: Centre) -> None:
    """A second root that nobody signed, or the first one again under a new number, is an altered carrier."""
    second = centre.folder / "carrier/metadata/2.root.json"
    for raw in (
        centre.root,
        centre.root.replace(b'"version": 1', b'"version": 2').replace(b'"version":1', b'"version":2'),
        b"{}",
    ):
        second.write_bytes(raw)
        with pytest.raises(CarrierAlteredError):
            centre.refresh()


def test_swapped_files_are_found(centre: Centre) -> None:
    """One genuine package in the place of another, cut, longer or missing, is never handed out."""
    trusted = centre.refresh()
    first, second = (
        centre.folder / "carrier" / trusted.targets[f"exams/cetl/{name}.ekp"].path for name in ("one", "two")
    )
    one, two = first.read_bytes(), second.read_bytes()
    for raw in (two, one[:-1], one + b"x", b"", b"x" * len(one)):
        first.write_bytes(raw)
        with pytest.raises(CarrierAlteredError):
            trusted.target(PACKAGE, limit=100)
    first.unlink()
    with pytest.raises(CarrierIncompleteError):
        trusted.target(PACKAGE, limit=100)


def test_what_is_not_published_is_told(centre: Centre) -> None:
    """Only published names are read, whatever lies on the carrier; and only up to the limit."""
    trusted = centre.refresh()
    centre.carrier.write("targets/exams/cetl/three.ekp", b"x")
    for name in ("exams/cetl/three.ekp", "../../etc/passwd", ""):
        with pytest.raises(TargetMissingError):
            trusted.target(name, limit=100)
    with pytest.raises(DocumentTooLargeError):
        trusted.target(PACKAGE, limit=3)


def plant(centre: Centre, name: str, content: bytes) -> None:
    """Two dishonest registrars list `content` as `name` and sign it, past every check of the program."""
    repository = centre.repository
    entry = TargetFile.from_data(name, content, ["sha256"])
    repository._lists.stage_content(entry, content)
    signed = repository._next("identities")
    signed.targets[name] = entry
    listed = Metadata(signed)
    for registrar in ("registrar-1", "registrar-2"):
        listed.sign(library_signer(centre.people[registrar].signer()), append=True)
    repository._lists.stage("identities", listed)
    centre.publish()


def test_an_identity_under_anothers_name_is_refused(centre: Centre, kiosk: PrivateIdentity) -> None:
    """Registrars who publish one kiosk under the name of another are found out, and so is what is no identity."""
    second, third = (kiosk.identity.target().replace("01", number) for number in ("02", "03"))
    plant(centre, second, encode(kiosk.identity))
    plant(centre, third, b"{}")
    trusted = centre.refresh()
    with pytest.raises(CarrierAlteredError):
        trusted.identity(second)
    with pytest.raises(DocumentError):
        trusted.identity(third)


# ------------------------------------------------------------------------------------------------ old and expired


def aged(centre: Centre) -> tuple[Path, Floor]:
    """An older carrier put away, a newer one seen by the site, and the floor it kept."""
    old = centre.folder / "old"
    shutil.copytree(centre.folder / "carrier", old)
    centre.refresh()
    centre.publish()
    return old, centre.refresh().floor


@pytest.mark.parametrize("work", ["kept", "lost", "cut to zero"])
def test_an_older_carrier_is_refused(centre: Centre, work: str) -> None:
    """A genuine older carrier is refused by the floor, also where TUF's own files are gone or cut by a power loss."""
    old, floor = aged(centre)
    shutil.rmtree(centre.folder / "carrier")
    shutil.copytree(old, centre.folder / "carrier")
    if work == "lost":
        shutil.rmtree(centre.folder / "site")
    if work == "cut to zero":
        for path in centre.folder.glob("site/**/*.json"):
            path.write_bytes(b"")
    with pytest.raises(OldCarrierError):
        centre.refresh(floor)
    shutil.rmtree(centre.folder / "site")
    assert centre.refresh().floor.timestamp == 2  # it is the floor alone that refused it


@pytest.mark.parametrize("field", ["root", "timestamp", "snapshot", "targets"])
def test_each_version_of_the_floor_holds(centre: Centre, field: str) -> None:
    """A carrier whose root, timestamp, snapshot or top list is older than one seen is refused."""
    floor = centre.refresh().floor
    shutil.rmtree(centre.folder / "site")
    with pytest.raises(OldCarrierError):
        centre.refresh(msgspec.structs.replace(floor, **{field: getattr(floor, field) + 1}))


def test_parts_of_two_carriers_do_not_make_one(centre: Centre) -> None:
    """A new timestamp with an old snapshot, or an old list under a new snapshot, is refused."""
    old = aged(centre)[0] / "metadata"
    metadata = centre.folder / "carrier/metadata"
    for part in ("3.snapshot.json", "2.exams.json", "timestamp.json"):
        shutil.rmtree(centre.folder / "site")
        genuine = (metadata / part).read_bytes()
        shutil.copy(old / part.replace("3.", "2.").replace("2.exams", "1.exams"), metadata / part)
        if part == "timestamp.json":
            (metadata / "2.snapshot.json").write_bytes((metadata / "3.snapshot.json").read_bytes())
        with pytest.raises(CarrierAlteredError):
            centre.refresh()
        (metadata / part).write_bytes(genuine)


def test_a_list_rolled_back_within_a_newer_set_is_refused(
    centre: Centre, kiosk: PrivateIdentity, people: dict[str, PrivateIdentity]
) -> None:
    """A publisher who brings a revoked identity back under a newer date is found by what this machine has seen."""
    before = shutil.copytree(centre.folder / "repository", centre.folder / "before")
    centre.repository.withdraw(kiosk.identity.target())
    centre.sign("registrar-1", "registrar-2")
    centre.publish()
    floor = centre.refresh().floor
    for _ in range(3):  # the dishonest publisher goes on from an older state until the dates are newer
        Repository(before, centre.now.wall).publish(people["publisher"], centre.carrier)
    with pytest.raises(CarrierAlteredError):
        centre.refresh(floor)


def test_an_expired_carrier_is_told_with_both_dates(new_centre: Callable[[], Centre]) -> None:
    """The words give the date the carrier ran out and the clock's, and leave open which is wrong."""
    centre = new_centre()
    today = centre.now
    centre.later(-396 * DAY)
    centre.hold_ceremony()
    with pytest.raises(ExpiredCarrierError) as caught:
        centre.refresh(now=today)
    what = caught.value.diagnostics().what
    assert what.count("UTC") == 2
    assert "old carrier or wrong clock" in what


@pytest.mark.parametrize(("days", "good"), [(-394, True), (-396, False), (-3 * 365 + 1, False)])
def test_lists_are_good_for_a_season_and_thirty_days(
    new_centre: Callable[[], Centre], days: int, good: bool
) -> None:
    """A publication of 394 days ago is good, and one of 396 days ago is not."""
    centre = new_centre()
    today = centre.now
    centre.later(days * DAY)
    centre.hold_ceremony()
    if good:
        assert centre.refresh(now=today).floor.root == 1
    else:
        with pytest.raises(ExpiredCarrierError):
            centre.refresh(now=today)


def test_a_clock_before_the_newest_signed_time_is_refused(centre: Centre) -> None:
    """A machine set back cannot read a carrier signed after its date, nor forget a newer date it has seen."""
    behind = Stamp(Instant(centre.now.wall - DAY), 0, "boot")
    with pytest.raises(ClockBehindError):
        centre.refresh(now=behind)
    with pytest.raises(ClockBehindError):
        centre.refresh(Floor(newest=Instant(centre.now.wall + DAY)))
    minutes = Stamp(Instant(centre.now.wall - 4 * 60_000), 0, "boot")
    assert centre.refresh(now=minutes).floor.newest == centre.now.wall  # a site's clock is not the centre's
    kept = centre.refresh(Floor(newest=Instant(centre.now.wall - 1))).floor
    assert kept.newest == centre.now.wall


# ----------------------------------------------------------------------------------------------------- the centre


def test_the_centre_reads_its_own_repository(centre: Centre) -> None:
    """The centre believes what it has published, and not what is only staged or was changed since."""
    folder = centre.folder / "repository"
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"not yet")
    trusted = local_repository(folder, centre.now)
    assert trusted.names("exams/") == ("exams/cetl/one.ekp", "exams/cetl/two.ekp")
    assert trusted.target(PACKAGE, limit=100) == b"the first package"
    (folder / trusted.targets[PACKAGE].path).write_bytes(b"changed")
    with pytest.raises(CarrierAlteredError):
        trusted.target(PACKAGE, limit=100)
    with pytest.raises(CarrierIncompleteError):
        local_repository(folder / "staged", centre.now)


def test_every_refusal_says_what_to_do_next(centre: Centre) -> None:
    """Whatever is wrong with a carrier, a person gets a stable code and a next step."""
    (centre.folder / "carrier/metadata/timestamp.json").write_bytes(b"")
    with pytest.raises(ExamKioskError) as caught:
        refresh(centre.carrier, centre.root, Floor(), centre.now, centre.folder / "site")
    told = caught.value.diagnostics()
    assert told.code == "carrier-altered"
    assert told.what.endswith(".")
    assert told.next_step.endswith(".")
    assert Role.ROOT.value not in told.code
