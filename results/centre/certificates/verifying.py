"""Verifying a certificate or badge with nothing but the authority's public key, or with a published root."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keys.carrier import read_file
from keys.clock import Stamp
from keys.encoding import Instant
from keys.errors import DocumentError, ExamKioskError
from keys.jws import verify_jws
from keys.keystore import load_public
from keys.statement import CERTIFICATE, Holder, Keyring, Role, key_id, verify
from keys.trusted import local_repository
from results.centre.certificates.badge import badge_number, badge_until, read_badge
from results.centre.certificates.document import MAX_CERTIFICATE, read_certificate

KIND = "certificate"


class AuthorityMissingError(ExamKioskError):
    """Nothing was named to verify with, or two things."""

    code = "authority-missing"
    what = "To verify, name either the authority's public key or a folder that it published."
    next_step = "Give --authority certifier.pub, or --published FOLDER with a carrier or repository."


@dataclass(frozen=True, slots=True)
class Genuine:
    """What a genuine file says, who signed it, and until when it is good."""

    kind: str
    number: str
    title: str
    name: str
    authority: str
    until: Instant
    page: str
    signer: Holder

    @property
    def key(self) -> str:
        """The beginning of the id of the key that signed it, as the paper shows it."""
        return key_id(self.signer.public)[:16]


def believed(authority: Path | None, published: Path | None, now: Stamp) -> Keyring:
    """The keys to verify with. Raises `AuthorityMissingError`, or as `load_public` and `local_repository`."""
    if (authority is None) == (published is None):
        raise AuthorityMissingError
    if authority is not None:
        return Keyring([load_public(authority).holder()])
    return local_repository(published or Path(), now).keyring


def check(path: Path, keyring: Keyring) -> Genuine:
    """What a file says, if it is genuine: a signed certificate, or a badge.

    Raises the errors of `verify`, `verify_jws` and `decode`, `DocumentError`, or a `StorageError`.
    """
    raw = read_file(path, limit=MAX_CERTIFICATE)
    if raw.lstrip().startswith(b"{"):
        of, signer = read_certificate(raw, keyring), verify(raw, CERTIFICATE, keyring).signer
        return Genuine(
            CERTIFICATE.name, of.number, of.title, of.name, of.authority, of.until, of.page, signer
        )
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        raise DocumentError(
            kind=KIND, detail="it is neither a signed certificate (.dsse) nor a badge (.jwt)"
        ) from None
    said = read_badge(text, keyring)
    signer = verify_jws(text, Role.CERTIFIER, keyring, kind="badge").signer
    try:
        subject = said["credentialSubject"]
        name = " ".join(str(one["identityHash"]) for one in subject["identifier"])
        title, authority = str(subject["achievement"]["name"]), str(said["issuer"]["name"])
    except (KeyError, TypeError):
        raise DocumentError(kind="badge", detail="its holder or achievement is not named") from None
    return Genuine(
        "badge", badge_number(said), title, name, authority, badge_until(said), str(said["id"]), signer
    )
