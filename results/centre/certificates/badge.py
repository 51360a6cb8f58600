"""A certificate as an Open Badges 3.0 credential: an AchievementCredential in the JSON Web Token proof format. Pure.

Open Badges 3.0 (1EdTech), appendix B.1.2 for the properties, section 8.2 for the proof: the payload is the credential
with the registered claims beside its own members, and each claim equals the member that it repeats. The algorithm is
EdDSA (RFC 8037), which the specification permits beside RS256.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from keys.encoding import Instant
from keys.errors import DocumentError
from keys.jws import sign_jws, verify_jws
from keys.statement import Keyring, Role, Signer
from results.centre.certificates.document import Certificate

KIND = "badge"
CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
TYPES = ["VerifiableCredential", "OpenBadgeCredential"]


def credential(of: Certificate) -> dict[str, Any]:
    """The credential's members; the holder's id says nothing but that two badges are of one holder's certificate."""
    holder = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{of.page}#holder')}"
    return {
        "@context": CONTEXT,
        "id": of.page,
        "type": TYPES,
        "name": of.title,
        "issuer": {"id": of.url, "type": ["Profile"], "name": of.authority},
        "validFrom": _moment(of.granted),
        "validUntil": _moment(of.until),
        "credentialSubject": {
            "id": holder,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": of.name,
                    "identityType": "name",
                }
            ],
            "achievement": {
                "id": f"{of.url}/{of.exam}",
                "type": ["Achievement"],
                "achievementType": "Certification",
                "name": of.title,
                "description": of.criteria,
                "criteria": {"narrative": of.criteria},
                "humanCode": of.exam,
            },
        },
    }


def sign_badge(of: Certificate, signer: Signer) -> str:
    """The badge as a compact JWS. Raises `WrongRoleError`."""
    said = credential(of)
    payload = said | _claims(said)
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return sign_jws(text.encode(), Role.CERTIFIER, signer, kind=KIND)


def read_badge(text: str, keyring: Keyring) -> Mapping[str, Any]:
    """The members of a genuine badge. Raises as `verify_jws`, or `DocumentError` where a claim and a member differ."""
    payload = verify_jws(text, Role.CERTIFIER, keyring, kind=KIND).payload
    try:
        said = json.loads(payload)
        claims = _claims(said)
        fits = said["@context"][:2] == CONTEXT and said["type"] == TYPES
        fits = fits and all(said[name] == value for name, value in claims.items())
    except (ValueError, KeyError, TypeError, RecursionError):
        fits = False
    if not fits:
        raise DocumentError(kind=KIND, detail="its claims are not those of its credential")
    found: Mapping[str, Any] = said
    return found


def badge_number(said: Mapping[str, Any]) -> str:
    """The certificate's number of a badge that was read."""
    return str(said["id"]).rpartition("/")[2].removesuffix(".html")


def badge_until(said: Mapping[str, Any]) -> Instant:
    """Until when a badge that was read is good."""
    return Instant(int(said["exp"]) * 1000)


def _claims(said: Mapping[str, Any]) -> dict[str, object]:
    """The registered claims (section 8.2.4.1) of a credential."""
    return {
        "iss": said["issuer"]["id"],
        "jti": said["id"],
        "nbf": _seconds(said["validFrom"]),
        "exp": _seconds(said["validUntil"]),
        "sub": said["credentialSubject"]["id"],
    }


def _moment(at: Instant) -> str:
    return datetime.fromtimestamp(at // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(moment: str) -> int:
    """NumericDate (RFC 7519 section 2)."""
    return round(datetime.fromisoformat(moment).timestamp())
