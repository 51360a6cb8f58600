"""A certificate's number, such as CETL-2026-7K3M-9Q2X-T4BC. Pure.

Rules.
1. Prefix and year are for people. The eleven characters after them are 55 random bits: who has one number cannot find
   another, so that a page for each number gives no list of holders.
2. The last character checks year and random part (Damm's scheme over GF(32), as in every typed code).
3. A number has one spelling; spaces, dashes and small letters may be typed as one likes.
"""

from __future__ import annotations

import re

from keys.codes import is_whole
from keys.encoding import CROCKFORD, crockford, normalise
from keys.errors import ExamKioskError

PREFIX = re.compile(r"[A-Z]{2,8}")
NUMBER = re.compile(r"[A-Z]{2,8}-[0-9]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")
ENTROPY = 8
"""Bytes that a number is made from."""
_YEAR, _BODY, _GROUP = 4, 12, 4


class CertificateNumberError(ExamKioskError):
    """What was typed is no certificate number."""

    code = "certificate-number-wrong"
    what = "That is no certificate number: it is mistyped, or not whole."
    next_step = "Type it again as it stands on the certificate, such as CETL-2026-7K3M-9Q2X-T4BC."


def new_number(prefix: str, year: int, entropy: bytes) -> str:
    """A number from 8 random bytes."""
    body = crockford(int.from_bytes(entropy[:ENTROPY], "big") >> 9, _BODY - 1)
    check = next(one for one in CROCKFORD if is_whole(f"{year:04}{body}{one}"))
    return _spelled(prefix, f"{year:04}{body}{check}")


def read_number(typed: str) -> str:
    """A typed number in its one spelling. Raises `CertificateNumberError`."""
    found = re.fullmatch(r"\s*([A-Za-z]{2,8})[\s-]*([0-9OoIiLl]{4}[0-9A-Za-z\s-]*)", typed)
    digits = normalise(found[2]) if found else ""
    whole = len(digits) == _YEAR + _BODY and all(one in CROCKFORD for one in digits) and is_whole(digits)
    number = _spelled(found[1].upper(), digits) if found and whole else ""
    if not NUMBER.fullmatch(number):
        raise CertificateNumberError
    return number


def _spelled(prefix: str, digits: str) -> str:
    body = digits[_YEAR:]
    groups = (body[at : at + _GROUP] for at in range(0, len(body), _GROUP))
    return "-".join((prefix, digits[:_YEAR], *groups))
