"""Ceremony, thresholds, rotation and revocation: what enough have signed is published, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from keys.carrier import Carrier, CarrierFullError
from keys.ceremony import (
    BoardNameError,
    Cast,
    CeremonyError,
    HolderTwiceError,
    ThresholdError,
    TooFewHoldersError,
    WrongHolderError,
)
from keys.clock import ClockBehindError
from keys.encoding import Digest, encode
from keys.errors import DocumentError
from keys.identities import PrivateIdentity
from keys.repository import (
    MissingSignaturesError,
    NotASignerError,
    NothingStagedError,
    RepositoryDamagedError,
    RepositoryExistsError,
    RepositoryMissingError,
    TargetNameError,
)
from keys.statement import Role
from keys.trusted import TargetMissingError
from tests.keys.conftest import HOLDERS, SIGNERS, Centre

# ------------------------------------------------------------------------------------------------- the ceremony


def test_the_ceremony_says_what_is_missing_until_nothing_is(new_centre: Callable[[], Centre]) -> None:
    """Each signature shortens the list, publishing waits for the last one, and then a site believes all of it."""
    centre = new_centre()
    (centre.folder / "carrier").mkdir(parents=True)
    centre.repository.begin(centre.cast())
    fingerprint = centre.repository.root_fingerprint()
    for name in SIGNERS:
        with pytest.raises(MissingSignaturesError):
            centre.publish()
        missing = {person for one in centre.repository.status() if not one.complete for person in one.missing}
        assert name in missing
        centre.sign(name)
    assert all(one.complete for one in centre.repository.status())
    centre.publish()
    assert centre.repository.status() == ()
    assert centre.repository.root_fingerprint() == fingerprint
    assert centre.refresh().floor.root == 1


def test_what_is_missing_is_said_by_name(new_centre: Callable[[], Centre]) -> None:
    """The words name the role, how many, and who could still sign."""
    centre = new_centre()
    centre.repository.begin(centre.cast())
    centre.sign("officer-2")
    with pytest.raises(MissingSignaturesError) as caught:
        centre.publish()
    what = caught.value.diagnostics().what
    assert "root needs 1 more of officer-1, officer-3" in what
    assert "identities needs 2 more of registrar-1, registrar-2" in what


def test_signing_twice_counts_once(new_centre: Callable[[], Centre]) -> None:
    """One officer is one signature, however often they sign."""
    centre = new_centre()
    centre.repository.begin(centre.cast())
    centre.sign("officer-1", "officer-1")
    assert [one.have for one in centre.repository.status() if one.role == "root"] == [("officer-1",)]


def test_a_stranger_signs_nothing(new_centre: Callable[[], Centre]) -> None:
    """A key that nobody named, and the publisher's, sign nothing that is waiting; nobody signs when nothing is."""
    centre = new_centre()
    with pytest.raises(NothingStagedError):
        centre.sign("officer-1")
    centre.repository.begin(centre.cast())
    for name in ("officer-4", "publisher", "centre", "registrar-3"):
        with pytest.raises(NotASignerError):
            centre.sign(name)


BAD_CASTS: dict[str, tuple[type[CeremonyError], dict[str, Any]]] = {
    "one registrar": (TooFewHoldersError, {"holders": tuple(n for n in HOLDERS if n != "registrar-2")}),
    "no packager": (TooFewHoldersError, {"holders": HOLDERS[1:]}),
    "nobody at the centre": (TooFewHoldersError, {"holders": HOLDERS[:-2]}),
    "a threshold of none": (ThresholdError, {"threshold": 0}),
    "a threshold over all": (ThresholdError, {"threshold": 4}),
    "no officers": (ThresholdError, {"officers": ()}),
    "an officer twice": (HolderTwiceError, {"officers": ("officer-1", "officer-1", "officer-2")}),
    "a registrar twice": (HolderTwiceError, {"holders": (*HOLDERS, "registrar-1")}),
    "an officer as a holder": (WrongHolderError, {"holders": (*HOLDERS, "officer-4")}),
    "a packager as an officer": (WrongHolderError, {"officers": ("officer-1", "packager")}),
    "no board": (BoardNameError, {"boards": ()}),
    "a board twice": (BoardNameError, {"boards": ("cetl", "cetl")}),
    "a board that is a pattern": (BoardNameError, {"boards": ("*",)}),
    "a board that is a path": (BoardNameError, {"boards": ("cetl/x",)}),
}


@pytest.mark.parametrize(("error", "named"), BAD_CASTS.values(), ids=BAD_CASTS)
def test_a_ceremony_that_cannot_be_held_is_refused(
    new_centre: Callable[[], Centre], error: type[CeremonyError], named: dict[str, Any]
) -> None:
    """Too few, the wrong, or the same people twice: refused before anything is written."""
    centre = new_centre()
    with pytest.raises(error):
        centre.repository.begin(centre.cast(**named))
    assert not (centre.folder / "repository").exists()


def test_one_key_under_two_names_is_refused(new_centre: Callable[[], Centre]) -> None:
    """Two officers who share a key would make a threshold of two one person's."""
    centre = new_centre()
    shared = centre.people["officer-1"].identity
    alias = type(shared)(Role.ROOT, shared.site, "alias", shared.signing, shared.sealing)
    cast = Cast((shared, alias), 2, centre.cast().holders, ("cetl",))
    with pytest.raises(HolderTwiceError):
        centre.repository.begin(cast)


def test_a_kiosk_is_no_holder(new_centre: Callable[[], Centre], kiosk: PrivateIdentity) -> None:
    """Kiosks and proctors come in by enrolment, not by ceremony."""
    centre = new_centre()
    cast = centre.cast()
    with pytest.raises(WrongHolderError):
        centre.repository.begin(Cast(cast.officers, 2, (*cast.holders, kiosk.identity), cast.boards))


def test_a_ceremony_is_not_begun_twice(centre: Centre) -> None:
    """What was published, or begun, is not begun over."""
    with pytest.raises(RepositoryExistsError):
        centre.repository.begin(centre.cast())


def test_without_a_repository_everything_says_so(new_centre: Callable[[], Centre]) -> None:
    """Each act on an empty folder names the folder and the first step."""
    repository = new_centre().repository
    people = new_centre().people
    for act in (
        repository.root_fingerprint,
        lambda: repository.stage_target("exams", "exams/cetl/x", b""),
        lambda: repository.withdraw("exams/cetl/x"),
        lambda: repository.renew("exams"),
        lambda: repository.rotate(new_centre().cast()),
        lambda: repository.publish(people["publisher"]),
    ):
        with pytest.raises(RepositoryMissingError):
            act()


# --------------------------------------------------------------------------------------------------- publishing


def test_only_the_publisher_publishes(centre: Centre) -> None:
    """Any other key is refused before anything is written."""
    before = centre.refresh().floor
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"3")
    centre.sign("packager")
    for name in ("packager", "officer-1", "publisher-2"):
        with pytest.raises(NotASignerError):
            centre.publish(name)
    assert centre.refresh().floor == before


def test_what_is_complete_is_published_and_the_rest_waits(centre: Centre, proctor: PrivateIdentity) -> None:
    """A package goes out while an identity still waits for its second registrar, and the report says so."""
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"3")
    centre.repository.stage_target("identities", proctor.identity.target(), encode(proctor.identity))
    centre.sign("packager", "registrar-1")
    published = centre.repository.publish(centre.people["publisher"], centre.carrier)
    assert published.roles == ("exams",)
    assert [(one.role, one.missing) for one in published.waiting] == [("identities", ("registrar-2",))]
    trusted = centre.refresh()
    assert trusted.target("exams/cetl/three.ekp", limit=9) == b"3"
    with pytest.raises(TargetMissingError):
        trusted.identity(proctor.identity.target())
    with pytest.raises(MissingSignaturesError):
        centre.publish()
    centre.sign("registrar-2")
    centre.publish()
    assert centre.refresh().identity(proctor.identity.target()) == proctor.identity


def test_one_registrar_signing_twice_enrols_nobody(centre: Centre, proctor: PrivateIdentity) -> None:
    """Identities need two people."""
    centre.repository.stage_target("identities", proctor.identity.target(), encode(proctor.identity))
    centre.sign("registrar-1", "registrar-1")
    with pytest.raises(MissingSignaturesError):
        centre.publish()


def test_a_change_after_signing_drops_the_signatures(centre: Centre) -> None:
    """What was signed is what is published: one more file, and it must be signed again."""
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"3")
    centre.sign("packager")
    centre.repository.stage_target("exams", "exams/cetl/four.ekp", b"4")
    with pytest.raises(MissingSignaturesError):
        centre.publish()
    centre.sign("packager")
    centre.publish()
    assert len(centre.refresh().names("exams/")) == 4


def test_the_status_names_every_change(
    centre: Centre, kiosk: PrivateIdentity, proctor: PrivateIdentity
) -> None:
    """Added, changed and removed names are listed, and a new identity with the fingerprint to compare."""
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"3")
    centre.repository.stage_target("exams", "exams/cetl/one.ekp", b"changed")
    centre.repository.withdraw("exams/cetl/two.ekp")
    centre.repository.withdraw(kiosk.identity.target())
    centre.repository.stage_target("identities", proctor.identity.target(), encode(proctor.identity))
    exams, identities = (one.changes for one in centre.repository.status())
    assert exams == ("~ exams/cetl/one.ekp", "+ exams/cetl/three.ekp", "- exams/cetl/two.ekp")
    assert identities[0] == f"- {kiosk.identity.target()}"
    assert proctor.identity.fingerprint in identities[1].replace(" ", "")


WRONG_NAMES = {
    "another role's": ("exams", "sittings/a/plan.json"),
    "another board's": ("exams", "exams/other/x.ekp"),
    "too deep": ("exams", "exams/cetl/x/y.ekp"),
    "too short": ("identities", "identities/kiosk.json"),
    "a step up": ("exams", "exams/cetl/.."),
    "hidden": ("exams", "exams/cetl/.x"),
    "a pattern": ("exams", "exams/cetl/*"),
    "empty": ("exams", ""),
    "too long for a carrier": ("exams", "exams/cetl/" + "x" * 121),
    "a role that is none": ("root", "exams/cetl/x.ekp"),
}


@pytest.mark.parametrize(("role", "name"), WRONG_NAMES.values(), ids=WRONG_NAMES)
def test_a_name_outside_the_role_is_refused(centre: Centre, role: str, name: str) -> None:
    """A role publishes its own names alone, and names that every carrier holds."""
    with pytest.raises(TargetNameError):
        centre.repository.stage_target(role, name, b"x")
    assert centre.repository.status() == ()


def test_only_an_identity_under_its_own_name_is_listed(centre: Centre, kiosk: PrivateIdentity) -> None:
    """A registrar's list holds identities, each under its role, site and name."""
    with pytest.raises(TargetNameError):
        centre.repository.stage_target(
            "identities", "identities/kiosk/east/kiosk-01.json", encode(kiosk.identity)
        )
    with pytest.raises(DocumentError):
        centre.repository.stage_target("identities", "identities/kiosk/east/kiosk-01.json", b"{}")


def test_a_staged_file_that_was_changed_is_not_signed(centre: Centre) -> None:
    """Nobody signs, and nothing publishes, a file that is not the one that was staged."""
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"3")
    (staged,) = (centre.folder / "repository/staged/targets").iterdir()
    for raw in (b"4", b""):
        staged.write_bytes(raw)
        with pytest.raises(RepositoryDamagedError):
            centre.sign("packager")
    staged.write_bytes(b"3")
    centre.sign("packager")
    staged.unlink()
    with pytest.raises(RepositoryDamagedError):
        centre.publish()
    assert centre.refresh().floor.timestamp == 2


def test_a_signature_moved_to_another_list_does_not_count(centre: Centre) -> None:
    """A staged list that was rewritten by hand under old signatures is not complete."""
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"3")
    centre.sign("packager")
    staged = centre.folder / "repository/staged/metadata/exams.json"
    raw = json.loads(staged.read_bytes())
    raw["signed"]["expires"] = "2099-01-01T00:00:00Z"
    staged.write_text(json.dumps(raw))
    assert not centre.repository.status()[0].complete
    with pytest.raises(MissingSignaturesError):
        centre.publish()


@pytest.mark.parametrize("raw", [b"", b"{}", b"null", b"\xff", b'{"signed":{"_type":"root"}}'])
def test_a_list_that_is_none_is_told(centre: Centre, raw: bytes) -> None:
    """A damaged repository is told with the name of the file, and nothing is published from it."""
    (centre.folder / "repository/metadata/timestamp.json").write_bytes(raw)
    with pytest.raises(RepositoryDamagedError) as caught:
        centre.publish()
    assert "timestamp.json" in caught.value.diagnostics().what


def test_a_publication_is_never_dated_before_the_last(centre: Centre) -> None:
    """A centre whose clock was set back is told before it locks every site out."""
    centre.later(-1000)
    with pytest.raises(ClockBehindError):
        centre.publish()


def test_a_publication_cut_short_leaves_the_one_before(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carrier that fills while it is written still reads as the publication before, and the next copy mends it."""
    floor = centre.refresh().floor
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"3")
    centre.sign("packager")
    write = Carrier.write
    for good in range(3):
        left = [good]

        def fill(self: Carrier, name: str, content: bytes, left: list[int] = left) -> Digest:
            if not left[0]:
                raise CarrierFullError(name=name)
            left[0] -= 1
            return write(self, name, content)

        with monkeypatch.context() as patch:
            patch.setattr("keys.carrier.Carrier.write", fill)
            with pytest.raises(CarrierFullError):
                centre.publish()
        seen = centre.refresh(floor)
        assert seen.target("exams/cetl/one.ekp", limit=99) == b"the first package"
        floor = seen.floor
    centre.publish()
    assert centre.refresh(floor).target("exams/cetl/three.ekp", limit=9) == b"3"


def test_a_site_that_was_away_catches_up(centre: Centre) -> None:
    """A machine that missed many publications believes the newest one at once."""
    floor = centre.refresh().floor
    for number in range(5):
        centre.repository.stage_target("exams", f"exams/cetl/more-{number}.ekp", b"x")
        centre.sign("packager")
        centre.publish()
    assert centre.refresh(floor).floor.timestamp == 7
