"""Who is who: fingerprints, and enrolment by request and approval."""

from __future__ import annotations

import msgspec
import pytest

from keys.encoding import decode, digest, encode, grouped
from keys.errors import DocumentError, ExamKioskError, SignatureError
from keys.identities import (
    EnrolmentRequest,
    FingerprintMismatchError,
    Identity,
    NameRefusedError,
    PrivateIdentity,
    approve,
    new_identity,
    request,
)
from keys.statement import KIOSK_REQUEST, Role, sign


def test_an_approved_request_gives_the_identity_and_its_digest(kiosk: PrivateIdentity) -> None:
    """The fingerprint may be read out in groups and typed in lower case."""
    raw = request(kiosk)
    read_out = grouped(kiosk.identity.fingerprint, 4).lower().replace(" ", "-")
    assert approve(raw, Role.KIOSK, read_out) == (kiosk.identity, digest(raw))


@pytest.mark.parametrize("field", ["role", "site", "name", "signing", "sealing"])
def test_a_fingerprint_covers_every_field(kiosk: PrivateIdentity, field: str) -> None:
    """Whatever is changed in an identity, its fingerprint is another one."""
    value = getattr(kiosk.identity, field)
    last = bytes([value[-1] ^ 1]) if isinstance(value, bytes) else "x"
    other = Role.PROCTOR if field == "role" else value[:-1] + last
    changed = msgspec.structs.replace(kiosk.identity, **{field: other})
    assert changed.fingerprint != kiosk.identity.fingerprint
    assert len(changed.fingerprint) == 16


def test_a_wrong_fingerprint_is_refused_with_the_right_one(kiosk: PrivateIdentity) -> None:
    """The registrar is told what the request says, to compare with the site again."""
    for typed in ("", "0" * 16, kiosk.identity.fingerprint[:-1], kiosk.identity.fingerprint + "0"):
        with pytest.raises(FingerprintMismatchError) as caught:
            approve(request(kiosk), Role.KIOSK, typed)
        assert kiosk.identity.fingerprint in caught.value.diagnostics().what


def test_a_request_signed_by_another_key_is_refused(kiosk: PrivateIdentity) -> None:
    """Nobody enrols a key that they do not hold."""
    thief = new_identity(Role.KIOSK, "west", "kiosk-02")
    raw = sign(encode(EnrolmentRequest(kiosk.identity)), KIOSK_REQUEST, thief.signer())
    with pytest.raises(SignatureError):
        approve(raw, Role.KIOSK, kiosk.identity.fingerprint)


def test_a_kiosk_does_not_enrol_as_a_proctor(kiosk: PrivateIdentity, proctor: PrivateIdentity) -> None:
    """The role asked for, the kind of request and the role in it must be one."""
    for private, role in ((kiosk, Role.PROCTOR), (proctor, Role.KIOSK)):
        with pytest.raises(ExamKioskError):
            approve(request(private), role, private.identity.fingerprint)
    as_proctor = msgspec.structs.replace(kiosk.identity, role=Role.PROCTOR)
    raw = sign(encode(EnrolmentRequest(as_proctor)), KIOSK_REQUEST, kiosk.signer())
    with pytest.raises(SignatureError):
        approve(raw, Role.KIOSK, as_proctor.fingerprint)


def test_a_changed_request_is_refused(kiosk: PrivateIdentity) -> None:
    """One changed byte anywhere in a request is found."""
    raw = request(kiosk)
    for at in range(0, len(raw), 7):
        changed = bytearray(raw)
        changed[at] ^= 1
        with pytest.raises(ExamKioskError):
            approve(bytes(changed), Role.KIOSK, kiosk.identity.fingerprint)


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a/b", "..", "ä", "a" * 41, "a\n"])
def test_a_name_that_could_be_a_path_is_refused(name: str) -> None:
    """Names become file names: only letters, digits and dashes, at most forty."""
    with pytest.raises(NameRefusedError):
        new_identity(Role.KIOSK, "west", name)
    with pytest.raises(NameRefusedError):
        new_identity(Role.KIOSK, name, "kiosk-01")


def test_an_identity_is_published_under_its_role_site_and_name(kiosk: PrivateIdentity) -> None:
    """One name for one identity."""
    assert kiosk.identity.target() == "identities/kiosk/west/kiosk-01.json"
    assert isinstance(kiosk.identity, Identity)
    assert kiosk.identity.holder().public == kiosk.identity.signing


@pytest.mark.parametrize("name", ["", "a\n", "../a", "A", "a/b", "a" * 41])
def test_an_identity_from_outside_has_a_plain_name(kiosk: PrivateIdentity, name: str) -> None:
    """What a request or a carrier names is as plain as what is made here, to the last character."""
    for field in ("site", "name"):
        crafted = encode(msgspec.structs.replace(kiosk.identity, **{field: name}))
        with pytest.raises(DocumentError):
            decode(crafted, Identity, name="identity")


@pytest.mark.parametrize(
    ("field", "length"), [("signing", 31), ("signing", 33), ("sealing", 0), ("sealing", 1217)]
)
def test_an_identity_from_outside_has_whole_keys(kiosk: PrivateIdentity, field: str, length: int) -> None:
    """Keys of another length are refused where the identity is read, not where it is used."""
    crafted = encode(msgspec.structs.replace(kiosk.identity, **{field: bytes(length)}))
    with pytest.raises(DocumentError):
        decode(crafted, Identity, name="identity")
