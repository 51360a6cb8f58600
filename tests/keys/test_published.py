"""The published test keys: all of them are on the list, nothing else is, and nobody may use one."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.encoding import digest
from keys.identities import Identity, PrivateIdentity, approve, new_identity, request
from keys.keystore import (
    StationKeys,
    load_private,
    load_public,
    load_station,
    save_private,
    save_public,
    save_station,
)
from keys.primitives import MINIMUM
from keys.published import PUBLISHED, PublishedKeyError
from keys.statement import Role
from tests.vectors import generate
from tests.vectors.vector import PEOPLE, person

PASSPHRASE = "correct horse"
EVERYONE = sorted(PEOPLE)


def mixed(published: PrivateIdentity, half: str) -> PrivateIdentity:
    """A new holder who has one half of a published key."""
    own = new_identity(Role.KIOSK, "west", "kiosk-55")
    signer, opener = (published, own) if half == "signing" else (own, published)
    identity = Identity(Role.KIOSK, "west", "kiosk-55", signer.identity.signing, opener.identity.sealing)
    return PrivateIdentity(identity, signer.seed, opener.sealing)


def test_the_list_is_everybody_in_the_vectors() -> None:
    """Both halves of each of them, and no other key; the generators ask for nobody else."""
    halves = {
        digest(half)
        for one in PEOPLE
        for half in (person(*one).identity.signing, person(*one).identity.sealing)
    }
    assert halves == PUBLISHED
    with pytest.raises(KeyError):
        person(Role.KIOSK, "kiosk-04", "west")
    assert generate.formats()


@pytest.mark.parametrize(("role", "name", "site"), EVERYONE)
def test_a_published_key_is_loaded_nowhere(tmp_path: Path, role: Role, name: str, site: str) -> None:
    """As a person's key, as a machine's and as a public half: refused by name."""
    known = person(role, name, site)
    save_private(tmp_path / "a.key", known, PASSPHRASE, MINIMUM)
    save_station(tmp_path / "station.key", StationKeys(known, b"l" * 32))
    save_public(tmp_path / "a.json", known.identity)
    with pytest.raises(PublishedKeyError, match=name):
        load_private(tmp_path / "a.key", PASSPHRASE, floor=MINIMUM)
    with pytest.raises(PublishedKeyError, match=name):
        load_station(tmp_path / "station.key")
    with pytest.raises(PublishedKeyError, match=name):
        load_public(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("role", "name", "site"), [one for one in EVERYONE if one[0] in {Role.KIOSK, Role.PROCTOR}]
)
def test_a_published_key_is_not_approved(role: Role, name: str, site: str) -> None:
    """A genuine request for it, with its own fingerprint read out."""
    known = person(role, name, site)
    with pytest.raises(PublishedKeyError):
        approve(request(known), role, known.identity.fingerprint)


@pytest.mark.parametrize("half", ["signing", "sealing"])
def test_one_published_half_is_enough(tmp_path: Path, half: str) -> None:
    """Under another name and beside a key of one's own, either half is still known to anybody."""
    known = mixed(person(Role.PROCTOR, "rivera", "west"), half)
    save_station(tmp_path / "station.key", StationKeys(known, b"l" * 32))
    with pytest.raises(PublishedKeyError):
        load_station(tmp_path / "station.key")
    with pytest.raises(PublishedKeyError):
        approve(request(known), Role.KIOSK, known.identity.fingerprint)


def test_a_key_of_ones_own_is_believed(tmp_path: Path) -> None:
    """A new key under the name of a published one is loaded and approved."""
    own = new_identity(Role.KIOSK, "west", "kiosk-01")
    save_station(tmp_path / "station.key", StationKeys(own, b"l" * 32))
    assert load_station(tmp_path / "station.key").private == own
    assert approve(request(own), Role.KIOSK, own.identity.fingerprint)[0] == own.identity
