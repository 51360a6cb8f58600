"""The certifier: a role that a ceremony may have, and that older ceremonies did without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from keys.ceremony import TooFewHoldersError
from keys.identities import PrivateIdentity, new_identity
from keys.statement import CERTIFICATE, Role, key_id, sign, verify
from tests.keys.conftest import HOLDERS, SIGNERS, Centre

NAME = "certifier"


@pytest.fixture
def certifier(people: dict[str, PrivateIdentity]) -> PrivateIdentity:
    """The certifier, who is one of the centre's people from now on."""
    return people.setdefault(NAME, new_identity(Role.CERTIFIER, "centre", NAME))


def believed(centre: Centre, who: PrivateIdentity) -> list[Role]:
    """The roles in which a site believes a key."""
    return [one.role for one in centre.refresh().keyring.find(key_id(who.identity.signing))]


def test_a_ceremony_may_name_a_certifier(
    new_centre: Callable[[], Centre], certifier: PrivateIdentity
) -> None:
    """Whom the officers named a certifier signs certificates that anybody with the published root believes."""
    centre = new_centre()
    (centre.folder / "carrier").mkdir(parents=True)
    centre.repository.begin(centre.cast(holders=(*HOLDERS, NAME)))
    centre.sign(*SIGNERS, NAME)
    centre.publish()
    assert believed(centre, certifier) == [Role.CERTIFIER]
    signed = sign(b"{}", CERTIFICATE, certifier.signer())
    assert verify(signed, CERTIFICATE, centre.refresh().keyring).signer.name == NAME


def test_a_published_root_without_one_is_believed_as_before(
    centre: Centre, certifier: PrivateIdentity
) -> None:
    """An older publication has no such list; it verifies, and nobody is a certifier in it."""
    assert believed(centre, certifier) == []
    assert "certificates" not in [one.role for one in centre.repository.status()]


def test_a_certifier_can_be_named_later(centre: Centre, certifier: PrivateIdentity) -> None:
    """The officers add the role by the next list; until enough have signed, what was published goes on to hold."""
    staged = centre.repository.rotate(centre.cast(holders=(*HOLDERS, NAME)))
    assert staged == ("targets", "certificates")
    centre.sign("officer-1", NAME)
    centre.repository.renew("exams")
    centre.sign("packager")
    centre.publish()
    assert believed(centre, certifier) == []
    centre.sign("officer-2")
    centre.publish()
    assert believed(centre, certifier) == [Role.CERTIFIER]


def test_a_certifier_who_was_never_published_can_be_left_out_again(
    centre: Centre, certifier: PrivateIdentity
) -> None:
    """Naming everyone anew without the certifier drops the list that was waiting for them."""
    centre.repository.rotate(centre.cast(holders=(*HOLDERS, NAME)))
    centre.repository.rotate(centre.cast(threshold=3))
    assert {one.role for one in centre.repository.status()} == {"root", "targets"} | {
        one.role for one in centre.repository.status() if one.role.startswith("root")
    }
    assert believed(centre, certifier) == []


def test_the_last_certifier_is_never_dropped(centre: Centre, certifier: PrivateIdentity) -> None:
    """A list that was published once has to go on: naming nobody for it is refused, whom it names may change."""
    centre.repository.rotate(centre.cast(holders=(*HOLDERS, certifier.identity.name)))
    centre.sign("officer-1", "officer-2", NAME)
    centre.publish()
    with pytest.raises(TooFewHoldersError) as caught:
        centre.repository.rotate(centre.cast())
    assert caught.value.values["role"] == "certifier"
