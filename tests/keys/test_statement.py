"""A statement is believed by what was signed, who signed it, and in which role."""

from __future__ import annotations

import base64
import json

import pytest

from keys.errors import (
    DocumentError,
    SignatureError,
    UnknownSignerError,
    WrongPayloadTypeError,
    WrongRoleError,
)
from keys.identities import PrivateIdentity, new_identity
from keys.statement import (
    EXAM_PACKAGE,
    PAYLOADS,
    RELEASE,
    SITTING_PLAN,
    Holder,
    Keyring,
    Role,
    Signer,
    claimed_payload,
    payload_type,
    sign,
    verify,
)


@pytest.fixture(scope="module")
def plan(people: dict[str, PrivateIdentity]) -> bytes:
    return sign(b'{"plan":1}', SITTING_PLAN, people["registrar-1"].signer())


@pytest.fixture(scope="module")
def ring(people: dict[str, PrivateIdentity]) -> Keyring:
    return Keyring([people[name].identity.holder() for name in ("registrar-1", "packager")])


def rewritten(raw: bytes, **changes: object) -> bytes:
    """The same envelope with other fields, in canonical form."""
    return json.dumps(json.loads(raw) | changes, separators=(",", ":")).encode()


def test_a_signed_payload_verifies_with_its_signer(plan: bytes, ring: Keyring) -> None:
    """The payload comes back byte for byte, with who signed it."""
    verified = verify(plan, SITTING_PLAN, ring)
    assert (verified.payload, verified.signer.name) == (b'{"plan":1}', "registrar-1")
    assert payload_type(plan) == SITTING_PLAN.type
    assert claimed_payload(plan, SITTING_PLAN) == verified.payload


@pytest.mark.parametrize("role", list(Role))
def test_only_the_payloads_role_signs_it(role: Role) -> None:
    """For every kind of statement there is one role that signs it, and every other is refused at signing."""
    signer = Signer(role, "somebody", bytes(32))
    for kind in PAYLOADS.values():
        if kind.role is role:
            assert payload_type(sign(b"{}", kind, signer)) == kind.type
        else:
            with pytest.raises(WrongRoleError):
                sign(b"{}", kind, signer)


def test_a_right_signature_in_the_wrong_role_is_refused(
    people: dict[str, PrivateIdentity], ring: Keyring
) -> None:
    """A packager who signs a plan as if a registrar is found out by the ring, whatever their program says."""
    liar = Signer(Role.REGISTRAR, "packager", people["packager"].seed)
    with pytest.raises(WrongRoleError) as caught:
        verify(sign(b"{}", SITTING_PLAN, liar), SITTING_PLAN, ring)
    assert "packager" in caught.value.diagnostics().what


def test_a_key_held_in_two_roles_signs_in_both(people: dict[str, PrivateIdentity]) -> None:
    """A ring that believes one key in two roles takes what either role signs."""
    public = people["packager"].identity.signing
    both = Keyring([Holder(Role.PACKAGER, "one", public)]).and_also([Holder(Role.REGISTRAR, "one", public)])
    signer = Signer(Role.REGISTRAR, "one", people["packager"].seed)
    assert verify(sign(b"{}", RELEASE, signer), RELEASE, both).signer.role is Role.REGISTRAR


def test_an_unknown_signer_is_refused(ring: Keyring) -> None:
    """A key that is not in the ring signs nothing here."""
    stranger = new_identity(Role.REGISTRAR, "centre", "stranger")
    with pytest.raises(UnknownSignerError):
        verify(sign(b"{}", SITTING_PLAN, stranger.signer()), SITTING_PLAN, ring)


def test_a_genuine_statement_of_another_kind_is_refused(plan: bytes, ring: Keyring) -> None:
    """A plan is no package, and the words say what it is."""
    with pytest.raises(WrongPayloadTypeError) as caught:
        verify(plan, EXAM_PACKAGE, ring)
    assert "sitting plan" in caught.value.diagnostics().what
    relabelled = rewritten(plan, payloadType=RELEASE.type)
    with pytest.raises(SignatureError) as broken:
        verify(relabelled, RELEASE, ring)
    assert broken.value.code == "signature-invalid"


def test_one_changed_byte_anywhere_is_refused(plan: bytes, ring: Keyring) -> None:
    """Each byte of a signed envelope counts."""
    for at in range(len(plan)):
        changed = bytearray(plan)
        changed[at] ^= 1
        with pytest.raises((SignatureError, DocumentError)):
            verify(bytes(changed), SITTING_PLAN, ring)


def test_no_signature_or_two_are_refused(plan: bytes, ring: Keyring) -> None:
    """One statement, one signature."""
    signature = json.loads(plan)["signatures"][0]
    for signatures in ([], [signature, signature]):
        with pytest.raises(SignatureError):
            verify(rewritten(plan, signatures=signatures), SITTING_PLAN, ring)


@pytest.mark.parametrize("sig", [b"", bytes(63), bytes(64), bytes(65), bytes(1000)])
def test_bytes_that_are_no_signature_are_refused(plan: bytes, ring: Keyring, sig: bytes) -> None:
    """A signature of any length that the key did not make is an invalid signature and nothing else."""
    keyid = json.loads(plan)["signatures"][0]["keyid"]
    signatures = [{"keyid": keyid, "sig": base64.b64encode(sig).decode()}]
    with pytest.raises(SignatureError):
        verify(rewritten(plan, signatures=signatures), SITTING_PLAN, ring)


def test_a_private_key_is_never_shown(people: dict[str, PrivateIdentity]) -> None:
    """Neither a signer nor a private identity shows its secret in a message or a traceback."""
    private = people["packager"]
    for shown in (repr(private), repr(private.signer()), str(private), f"{private.signer()}"):
        assert private.seed.hex() not in shown
        assert repr(private.seed) not in shown


def test_the_words_need_no_article(people: dict[str, PrivateIdentity], ring: Keyring, plan: bytes) -> None:
    """A kind or role that begins with a vowel reads as well as any other."""
    package = sign(b"{}", EXAM_PACKAGE, people["packager"].signer())
    foreign = rewritten(plan, payloadType="text/plain")
    told: list[str] = []
    for raw in (package, foreign):
        with pytest.raises(WrongPayloadTypeError) as caught:
            verify(raw, SITTING_PLAN, ring)
        told.append(caught.value.diagnostics().what)
    with pytest.raises(WrongRoleError) as wrong_role:
        sign(b"{}", EXAM_PACKAGE, people["intake"].signer())
    assert [*told, wrong_role.value.diagnostics().what] == [
        "Wrong kind of document: exam package instead of sitting plan.",
        "Wrong kind of document: an unknown kind instead of sitting plan.",
        "This exam package is signed with a key of the role intake, which may not sign it.",
    ]
