"""`Certificate`: the signed document that a holder keeps, of which the PDF and the badge are other forms."""

from __future__ import annotations

import enum

from keys.encoding import Digest, Document, Instant, decode, encode
from keys.statement import CERTIFICATE, Keyring, Signer, sign, verify

MAX_CERTIFICATE = 256 * 1024
MAX_NAME = 200
"""Characters of a holder's name; what acts on a screen is not among them."""


class Basis(enum.StrEnum):
    """By what a certificate is good now."""

    PASS = "pass"  # noqa: S105 - the exam's, nobody's word
    EDUCATION = "continuing education"


class Certificate(Document, frozen=True, tag="certificate/1"):
    """Who holds what, until when. Times in ms since 1970 UTC; `version` counts the documents of one number.

    `run`, `sitting` and `record` name the result that it rests on: of the first or the newest pass.
    """

    number: str
    version: int
    exam: str
    title: str
    authority: str
    url: str
    criteria: str
    candidate: str
    name: str
    granted: Instant
    until: Instant
    basis: Basis
    run: str
    sitting: str
    record: Digest

    @property
    def page(self) -> str:
        """The address of its verification page."""
        return f"{self.url}/{self.number}.html"


def sign_certificate(certificate: Certificate, signer: Signer) -> bytes:
    """The signed certificate. Raises `WrongRoleError`."""
    return sign(encode(certificate), CERTIFICATE, signer)


def read_certificate(raw: bytes, keyring: Keyring) -> Certificate:
    """A genuine certificate; whether it was revoked since it does not say. Raises as `verify` and `decode`."""
    payload = verify(raw, CERTIFICATE, keyring).payload
    return decode(payload, Certificate, name=CERTIFICATE.name, limit=MAX_CERTIFICATE)
