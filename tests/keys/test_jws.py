"""Compact JWS: the published example of RFC 8037, and every way in which one is not believed."""

from __future__ import annotations

import base64
import json

import pytest

from keys.errors import DocumentError, ExamKioskError, SignatureError, UnknownSignerError, WrongRoleError
from keys.identities import new_identity
from keys.jws import sign_jws, verify_jws
from keys.primitives import signing_private
from keys.statement import Holder, Keyring, Role, Signer

KIND = "badge"
WHO = new_identity(Role.CERTIFIER, "centre", "certifier").signer()
RING = Keyring([Holder(WHO.role, WHO.name, WHO.public)])
TEXT = sign_jws(b'{"sub":"x"}', Role.CERTIFIER, WHO, kind=KIND)


def test_what_is_signed_comes_back() -> None:
    """The payload is the one signed, and the header names the algorithm and the public key and nothing more."""
    verified = verify_jws(TEXT + "\n", Role.CERTIFIER, RING, kind=KIND)
    assert (verified.payload, verified.signer.name) == (b'{"sub":"x"}', "certifier")
    header = json.loads(base64.urlsafe_b64decode(TEXT.split(".")[0] + "=="))
    assert header.keys() == {"alg", "typ", "jwk"}
    assert header["jwk"].keys() == {"kty", "crv", "x"}


def test_the_signature_is_that_of_rfc_8037() -> None:
    """RFC 8037 A.4: the published key, header and payload give the published signature."""
    seed = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    signature = base64.urlsafe_b64encode(signing_private(seed).sign(signed)).rstrip(b"=")
    assert signature == (
        b"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )


def _changed(part: int, text: str) -> str:
    parts = TEXT.split(".")
    parts[part] = text
    return ".".join(parts)


def _header(**changes: object) -> str:
    header = json.loads(base64.urlsafe_b64decode(TEXT.split(".")[0] + "==")) | changes
    return base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", DocumentError),
        ("a.b", DocumentError),
        (_changed(0, "!!!"), DocumentError),
        (_changed(0, _header(alg="none")), DocumentError),
        (_changed(0, _header(kid="https://elsewhere")), DocumentError),
        (_changed(0, _header(jwk={"kty": "OKP", "crv": "Ed25519", "x": "AAAA"})), UnknownSignerError),
        (_changed(1, "eyJzdWIiOiJ5In0"), SignatureError),
        (_changed(2, ""), SignatureError),
        (TEXT + "=", DocumentError),
    ],
)
def test_another_byte_is_not_believed(text: str, error: type[ExamKioskError]) -> None:
    """Another algorithm, a further header, another payload, no signature, another spelling: each has its refusal."""
    with pytest.raises(error):
        verify_jws(text, Role.CERTIFIER, RING, kind=KIND)


def test_a_key_counts_in_its_role_alone() -> None:
    """Neither a signer of another role signs, nor is a key believed in a role that it does not have."""
    with pytest.raises(WrongRoleError):
        sign_jws(b"{}", Role.CERTIFIER, Signer(Role.SCORING, "scoring", WHO.seed), kind=KIND)
    with pytest.raises(WrongRoleError):
        verify_jws(TEXT, Role.CERTIFIER, Keyring([Holder(Role.SCORING, "scoring", WHO.public)]), kind=KIND)
