"""Officers and holders come and go: a new root needs the old threshold and the new one, and the old keys end."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from tuf.api.metadata import Delegations, Metadata, TargetFile

from keys.encoding import encode
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity, new_identity
from keys.repository import (
    MissingSignaturesError,
    NotASignerError,
    NotListedError,
    TargetNameError,
)
from keys.statement import Role, key_id, library_signer
from keys.trusted import CarrierAlteredError, Floor, TargetMissingError
from tests.keys.conftest import HOLDERS, Centre


@dataclass(frozen=True)
class Rotation:
    """From officers 1, 2 and 3 with a threshold of 2 to others; who signs, and whether that is enough."""

    officers: str
    threshold: int
    signers: str
    enough: bool


ROTATIONS = {
    "one leaves, one comes, two who stay sign": Rotation("124", 2, "12", True),
    "one leaves, one comes, one who stays and the new one sign": Rotation("124", 2, "14", False),
    "the leaver helps the old threshold, the new one the new": Rotation("124", 2, "134", True),
    "the leaver and one who stays sign": Rotation("124", 2, "13", False),
    "nobody signs": Rotation("124", 2, "", False),
    "everybody changes, both sides sign": Rotation("456", 2, "1245", True),
    "everybody changes, only the old ones sign": Rotation("456", 2, "123", False),
    "everybody changes, only the new ones sign": Rotation("456", 2, "456", False),
    "everybody changes, one new one is missing": Rotation("456", 2, "124", False),
    "everybody changes, one old one is missing": Rotation("456", 2, "145", False),
    "the threshold rises, the old number signs": Rotation("123", 3, "12", False),
    "the threshold rises, the new number signs": Rotation("123", 3, "123", True),
    "the threshold falls, the new number signs": Rotation("123", 1, "1", False),
    "the threshold falls, the old number signs": Rotation("123", 1, "13", True),
    "an officer is added, two old ones sign": Rotation("1234", 2, "23", True),
    "an officer is added, one old one and the new one sign": Rotation("1234", 2, "34", False),
    "an officer is removed, two who stay sign": Rotation("12", 2, "12", True),
    "an officer is removed, the removed one signs": Rotation("12", 2, "13", False),
    "one officer is left, two of the old ones sign": Rotation("1", 1, "12", True),
    "one officer is left, and signs alone": Rotation("1", 1, "1", False),
}


@pytest.mark.parametrize("row", ROTATIONS.values(), ids=ROTATIONS)
def test_rotation(centre: Centre, row: Rotation) -> None:
    """A new root counts when enough of the old officers and enough of the new ones have signed it, and not before."""
    floor = centre.refresh().floor
    pinned = centre.root
    centre.repository.rotate(centre.cast(tuple(f"officer-{n}" for n in row.officers), row.threshold))
    for number in row.signers:
        centre.sign(f"officer-{number}")
    if row.enough:
        centre.publish()
        assert centre.refresh(floor, pinned=pinned).floor.root == 2
    else:
        with pytest.raises(MissingSignaturesError):
            centre.publish()
        assert centre.refresh(floor, pinned=pinned).floor.root == 1


def test_an_unfinished_root_that_is_planted_is_refused(centre: Centre) -> None:
    """A new root with too few signatures, put on a carrier by hand, is an altered carrier."""
    centre.repository.rotate(centre.cast(("officer-4", "officer-5", "officer-6")))
    centre.sign("officer-4", "officer-5", "officer-6", "officer-1")
    staged = (centre.folder / "repository/staged/metadata/root.json").read_bytes()
    centre.carrier.write("metadata/2.root.json", staged)
    with pytest.raises(CarrierAlteredError):
        centre.refresh()


def test_the_whole_chain_leads_from_the_first_root(centre: Centre) -> None:
    """After three rotations a machine that pinned the first root follows, and one link missing stops it."""
    pinned, floor = centre.root, centre.refresh().floor
    fingerprint = centre.repository.root_fingerprint()
    for officers in ("234", "345", "456"):
        names = tuple(f"officer-{number}" for number in officers)
        centre.repository.rotate(centre.cast(names))
        centre.sign(*names[:2], *(() if officers == "234" else names[2:]))
        centre.publish()
    assert centre.repository.root_fingerprint() == fingerprint
    newest = centre.refresh(floor, pinned=pinned).floor
    assert newest.root == 4
    (centre.folder / "carrier/metadata/3.root.json").unlink()
    for path in (centre.folder / "site/root_history").iterdir():
        path.unlink()
    with pytest.raises(ExamKioskError):
        centre.refresh(newest, pinned=pinned)


def test_an_officer_who_left_signs_nothing_more(centre: Centre) -> None:
    """After a rotation the old officer's key is worth nothing."""
    centre.repository.rotate(centre.cast(("officer-1", "officer-2", "officer-4")))
    centre.sign("officer-1", "officer-2")
    centre.publish()
    centre.repository.renew("root")
    with pytest.raises(NotASignerError):
        centre.sign("officer-3")


SWAPS = {
    "packager": ("packager", Role.PACKAGER, ("exams",)),
    "registrar": ("registrar-2", Role.REGISTRAR, ("identities", "sittings")),
    "intake": ("intake", Role.INTAKE, ("receipts",)),
    "scoring": ("scoring", Role.SCORING, ("scoring",)),
}


@pytest.mark.parametrize(("leaver", "role", "lists"), SWAPS.values(), ids=SWAPS)
def test_a_holder_is_replaced_by_the_officers(
    centre: Centre, leaver: str, role: Role, lists: tuple[str, ...]
) -> None:
    """The officers name the new holder, who signs the role's lists anew; the old key is then believed nowhere."""
    floor = centre.refresh().floor
    newcomer = new_identity(role, "centre", "newcomer")
    centre.people = centre.people | {"newcomer": newcomer}
    holders = tuple("newcomer" if name == leaver else name for name in HOLDERS)
    staged = centre.repository.rotate(centre.cast(holders=holders))
    assert staged == ("targets", *lists)
    centre.sign("officer-1", "officer-2")
    with pytest.raises(MissingSignaturesError):
        centre.publish()  # the lists signed by the old key would hold no more
    with pytest.raises(NotASignerError):
        centre.sign(leaver)
    centre.sign("newcomer", *(("registrar-1",) if role is Role.REGISTRAR else ()))
    centre.publish()
    trusted = centre.refresh(floor)
    assert trusted.keyring.find(key_id(newcomer.identity.signing)) == (newcomer.identity.holder(),)
    assert trusted.keyring.find(key_id(centre.people[leaver].identity.signing)) == ()


def test_the_publisher_is_replaced_by_a_new_root(centre: Centre) -> None:
    """A lost publisher's key is changed by the officers alone, and sites go on from their floor."""
    floor = centre.refresh().floor
    holders = tuple("publisher-2" if name == "publisher" else name for name in HOLDERS)
    assert centre.repository.rotate(centre.cast(holders=holders)) == ("root",)
    centre.sign("officer-1", "officer-3")
    with pytest.raises(NotASignerError):
        centre.publish("publisher")
    centre.publish("publisher-2")
    assert centre.refresh(floor).floor.root == 2


def test_a_recipient_at_the_centre_is_replaced_by_the_registrars(centre: Centre) -> None:
    """Whom records are sealed to is an identity: without the escrow in the cast two registrars withdraw it."""
    assert centre.repository.rotate(centre.cast(holders=HOLDERS[:-1])) == ("identities",)
    centre.sign("registrar-1", "registrar-2")
    centre.publish()
    assert [one.name for one in centre.refresh().identities() if one.role is Role.CENTRE] == ["centre"]


def test_a_new_board_is_named_by_the_officers(centre: Centre) -> None:
    """Before the officers name a board its exams cannot be staged; after it they can."""
    with pytest.raises(TargetNameError):
        centre.repository.stage_target("exams", "exams/new/x.ekp", b"x")
    centre.repository.rotate(centre.cast(boards=("cetl", "new")))
    centre.sign("officer-1", "officer-2", "packager")
    centre.publish()
    centre.repository.stage_target("exams", "exams/new/x.ekp", b"x")
    centre.sign("packager")
    centre.publish()
    assert "exams/new/x.ekp" in centre.refresh().names()


def test_the_same_people_need_no_rotation(centre: Centre) -> None:
    """Naming everyone as they are stages nothing."""
    assert centre.repository.rotate(centre.cast()) == ()
    assert centre.repository.status() == ()


def test_a_packager_cannot_delegate(centre: Centre) -> None:
    """Only officers give roles: a packager's own list that delegates identities to the packager is not followed."""
    listed = json.loads((centre.folder / "repository/metadata/1.targets.json").read_bytes())["signed"]
    packager = centre.people["packager"]
    repository = centre.repository
    own = json.loads(json.dumps(listed["delegations"]))
    for role in own["roles"]:
        role["keyids"], role["threshold"] = [key_id(packager.identity.signing)], 1
    signed = repository._next("exams")
    signed.delegations = Delegations.from_dict(own)
    fake = new_identity(Role.KIOSK, "west", "kiosk-99").identity
    content = encode(fake)
    entry = TargetFile.from_data(fake.target(), content, ["sha256"])
    repository._lists.stage_content(entry, content)
    signed.targets[fake.target()] = entry
    forged = Metadata(signed)
    forged.sign(library_signer(packager.signer()))
    repository._lists.stage("exams", forged)
    centre.publish()
    trusted = centre.refresh(Floor())
    assert fake.target() not in trusted.names()
    assert trusted.names("exams/") == ("exams/cetl/one.ekp", "exams/cetl/two.ekp")


# --------------------------------------------------------------------------------------- withdrawing and revoking


def test_a_revoked_kiosk_is_no_longer_published(centre: Centre, kiosk: PrivateIdentity) -> None:
    """Withdrawing needs the same two registrars, and after it nobody finds the identity."""
    name = kiosk.identity.target()
    centre.repository.withdraw(name)
    centre.sign("registrar-1")
    with pytest.raises(MissingSignaturesError):
        centre.publish()
    centre.sign("registrar-2")
    centre.publish()
    with pytest.raises(TargetMissingError):
        centre.refresh().identity(name)
    with pytest.raises(NotListedError):
        centre.repository.withdraw(name)


def test_a_withdrawn_package_is_no_longer_opened(centre: Centre) -> None:
    """The file may still lie on the carrier; nothing signed names it."""
    centre.repository.withdraw("exams/cetl/one.ekp")
    centre.sign("packager")
    centre.publish()
    assert centre.refresh().names("exams/") == ("exams/cetl/two.ekp",)


@pytest.mark.parametrize("name", ["exams/cetl/none.ekp", "nowhere", "", "../x"])
def test_what_is_not_listed_cannot_be_withdrawn(centre: Centre, name: str) -> None:
    """A typing mistake withdraws nothing."""
    with pytest.raises(NotListedError):
        centre.repository.withdraw(name)
    assert centre.repository.status() == ()


@pytest.mark.parametrize(
    ("role", "signers"),
    [
        ("root", ("officer-1", "officer-3")),
        ("targets", ("officer-2", "officer-3")),
        ("exams", ("packager",)),
        ("identities", ("registrar-1", "registrar-2")),
        ("sittings", ("registrar-2",)),
    ],
)
def test_a_list_is_renewed_before_it_runs_out(centre: Centre, role: str, signers: tuple[str, ...]) -> None:
    """A year later a list signed anew is good for another season, with the same content."""
    before = centre.refresh()
    centre.later(300 * 86_400_000)
    centre.repository.renew(role)
    path = centre.folder / f"repository/staged/metadata/{role}.json"
    staged = json.loads(path.read_bytes())["signed"]
    centre.sign(*signers)
    centre.publish()
    after = centre.refresh(before.floor)
    assert after.names() == before.names()
    assert after.floor.root == before.floor.root + (role == "root")
    published = centre.folder / f"repository/metadata/{staged['version'] - 1}.{role}.json"
    assert json.loads(published.read_bytes())["signed"]["expires"] < staged["expires"]


@pytest.mark.parametrize("role", ["", "snapshot", "exam", "../x"])
def test_a_list_that_is_none_is_not_renewed(centre: Centre, role: str) -> None:
    """Only lists that people sign are renewed."""
    with pytest.raises(NotListedError):
        centre.repository.renew(role)
