"""`CertificateRules`: what a pass of a programme is worth, and what renews it, as certificates.toml says. Pure.

Rules.
1. A certificate is good to the end of the day, `years` years after the day (UTC) of the session that was passed.
2. It is renewed for as long again by `hours` of continuing education in its term, of which every area of
   `[renewal.areas]` needs so many.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from exam_packages.complaint import ComplaintsError, Toml
from keys.encoding import Instant
from keys.errors import ExamKioskError
from keys.text import is_clean
from results.centre.certificates.numbers import PREFIX

MINUTES = 60


class CertificateRulesMissingError(ExamKioskError):
    """No rules."""

    code = "certificate-rules-missing"
    what = "There is no {name}, which says what a pass is worth."
    next_step = "Write it as exam_packages/samples/certificates.toml shows, or name the file with --rules."


MAX_YEARS, MAX_HOURS = 20, 2000
DAY = 24 * 60 * 60 * 1000
_URL = re.compile(r"https://[a-z0-9.-]+(/[A-Za-z0-9._~-]+)*")


class Renewal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[renewal]: hours of continuing education in a term, and the least of each area by its code."""

    hours: int
    areas: dict[str, int]


class CertificateRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one exam's certificates say. `exam` is the programme's; `agreements` are those that must be accepted.

    `url` is where the verification pages are; it also names the authority in Open Badges.
    """

    exam: str
    title: str
    prefix: str
    authority: str
    url: str
    criteria: str
    years: int
    agreements: tuple[str, ...]
    renewal: Renewal

    def ends(self, begins: Instant) -> Instant:
        """The last moment of a term that begins then."""
        day = datetime.fromtimestamp(begins / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        leap = (day.month, day.day) == (2, 29)
        last = day.replace(year=day.year + self.years, day=28 if leap else day.day)
        return Instant(round(last.timestamp() * 1000) + DAY - 1)


def read_rules(file: str, text: str) -> CertificateRules:
    """The rules that a TOML text describes. Raises `ComplaintsError`."""
    toml = Toml(file, text)
    rules = None
    if toml.content:
        renewal = toml.read(Renewal, toml.content.get("renewal", {}), "renewal")
        rules = toml.read(CertificateRules, toml.content) if renewal else None
    if rules is not None:
        _check(rules, toml)
    if toml.complaints or rules is None:
        if not toml.complaints:
            toml.complain(1, "The file says nothing.")
        raise ComplaintsError("The file about certificates", sorted(toml.complaints))
    return rules


def _check(rules: CertificateRules, toml: Toml) -> None:
    shown = (rules.title, rules.authority, rules.criteria)
    areas = rules.renewal.areas
    for key, table, holds, told in (
        ("prefix", "", bool(PREFIX.fullmatch(rules.prefix)), "“prefix” is two to eight capital letters."),
        ("url", "", bool(_URL.fullmatch(rules.url)), "“url” is an https address without a slash at its end."),
        ("years", "", 1 <= rules.years <= MAX_YEARS, f"“years” is from 1 to {MAX_YEARS}."),
        (
            "title",
            "",
            all(text.strip() and is_clean(text) for text in shown),
            "“title”, “authority” and “criteria” are one line of text each.",
        ),
        (
            "hours",
            "renewal",
            1 <= rules.renewal.hours <= MAX_HOURS,
            f"“hours” is from 1 to {MAX_HOURS}.",
        ),
        (
            "areas",
            "renewal",
            bool(areas),
            "[renewal.areas] names every area, with 0 where it needs no hours.",
        ),
        (
            "areas",
            "renewal",
            all(least >= 0 for least in areas.values()) and sum(areas.values()) <= rules.renewal.hours,
            "The areas need no less than 0 hours each, and together no more than “hours”.",
        ),
    ):
        if not holds:
            toml.complain(toml.line(key, table), told)
