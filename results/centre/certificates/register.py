"""The register: every certificate with what was done to it, folded to how it stands.

Rules.
1. A certificate is revoked from the moment that somebody revoked it, for ever; else lapsed after its end, else valid.
2. A name is shown to the public only while its holder agrees.
3. An erased one has neither name nor document any more: number, exam, candidate number, dates and acts stay.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from keys.encoding import Instant
from keys.errors import ExamKioskError
from results.centre.books import Books
from results.centre.certificates.tables import certificate_acts, certificates

DAY = 24 * 60 * 60 * 1000
NEVER = Instant(0)
_AT_ONCE = 500


class CertificateUnknownError(ExamKioskError):
    """No certificate has this number."""

    code = "certificate-unknown"
    what = "The register holds no certificate {number}."
    next_step = "Check the number with `results certificates list`."


class CertificateErasedError(ExamKioskError):
    """A certificate that ended so long ago that its document was erased."""

    code = "certificate-erased"
    what = "The document of certificate {number} was erased by the retention rules."
    next_step = "Its number and dates stand in the register; the holder may still have the signed document."


class RevokedAlreadyError(ExamKioskError):
    """What is revoked stays so, and nothing more is done to it."""

    code = "certificate-revoked"
    what = "Certificate {number} is revoked: {reason}."
    next_step = "Nothing more is done to it; a new pass makes a new certificate."


class Act(enum.StrEnum):
    """What can be done to a certificate."""

    ISSUED = "issued"
    EXTENDED = "extended"
    RENEWED = "renewed"
    REVOKED = "revoked"
    NAME_SHOWN = "name shown"
    NAME_HIDDEN = "name hidden"


class Status(enum.StrEnum):
    """How a certificate stands."""

    VALID = "valid"
    LAPSED = "lapsed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Done:
    """One act; times in ms since 1970 UTC."""

    version: int
    act: Act
    at: Instant
    since: Instant
    until: Instant
    reason: str = ""
    by: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate as it stands: its term is from `since` to `until`."""

    number: str
    exam: str
    candidate: str
    name: str
    granted: Instant
    since: Instant = NEVER
    until: Instant = NEVER
    version: int = 0
    named: bool = False
    revoked_at: Instant = NEVER
    reason: str = ""
    acts: tuple[Done, ...] = ()

    @property
    def erased(self) -> bool:
        """Whether name and documents are gone."""
        return not self.name

    def status(self, now: Instant) -> Status:
        """How it stands now."""
        if self.revoked_at:
            return Status.REVOKED
        return Status.VALID if now <= self.until else Status.LAPSED

    def expires_within(self, days: int, now: Instant) -> bool:
        """Whether it is valid and will have lapsed in so many days."""
        return self.status(now) is Status.VALID and self.until < now + days * DAY


def fold(entry: Entry, acts: Sequence[Done]) -> Entry:
    """An entry after these acts, in order."""
    for one in acts:
        entry = replace(entry, since=one.since, until=one.until, version=one.version, acts=(*entry.acts, one))
        match one.act:
            case Act.REVOKED:
                entry = replace(entry, revoked_at=one.at, reason=one.reason)
            case Act.NAME_SHOWN | Act.NAME_HIDDEN:
                entry = replace(entry, named=one.act is Act.NAME_SHOWN)
            case _:
                pass
    return entry


class Register:
    """The certificates of a ledger, inside one transaction of its books."""

    def __init__(self, books: Books) -> None:
        """Work inside the transaction of `books`."""
        self._connection = books.connection

    def entries(self, *, number: str = "", exam: str = "") -> list[Entry]:
        """The certificates that these words are about, by number; every one where none is given."""
        where = {name: word for name, word in (("number", number), ("exam", exam)) if word}
        query = sa.select(certificates).filter_by(**where).order_by(certificates.c.number)
        rows = list(self._connection.execute(query))
        done: dict[str, list[Done]] = {row.number: [] for row in rows}
        columns = [one for one in certificate_acts.c if one.name not in {"document", "badge"}]
        acts = sa.select(*columns).order_by(certificate_acts.c.number, certificate_acts.c.version)
        if where:
            acts = acts.join(certificates).where(
                *(certificates.c[name] == word for name, word in where.items())
            )
        for act in self._connection.execute(acts):
            times = (Instant(act.at), Instant(act.since), Instant(act.until))
            done[act.number].append(Done(act.version, Act(act.act), *times, act.reason, act.actor, act.run))
        return [
            fold(Entry(row.number, row.exam, row.candidate, row.name, row.granted), done[row.number])
            for row in rows
        ]

    def entry(self, number: str) -> Entry:
        """The certificate of a number. Raises `CertificateUnknownError`."""
        found = self.entries(number=number)
        if not found:
            raise CertificateUnknownError(number=number)
        return found[0]

    def open_entry(self, number: str) -> Entry:
        """The same, for an act on it. Raises also `RevokedAlreadyError`."""
        entry = self.entry(number)
        if entry.revoked_at:
            raise RevokedAlreadyError(number=number, reason=entry.reason.rstrip("."))
        return entry

    def bases(self) -> dict[str, str]:
        """The certificate that rests on each basis."""
        query = sa.select(certificate_acts.c.basis, certificate_acts.c.number)
        return {row.basis: row.number for row in self._connection.execute(query)}

    def enter(self, entry: Entry) -> None:
        """A new certificate, without an act yet."""
        self._connection.execute(
            sa.insert(certificates).values(
                number=entry.number,
                exam=entry.exam,
                candidate=entry.candidate,
                name=entry.name,
                granted=entry.granted,
            )
        )

    def do(self, number: str, done: Done, basis: str, document: bytes | None = None, badge: str = "") -> None:
        """Enter an act."""
        self._connection.execute(
            sa.insert(certificate_acts).values(
                number=number,
                version=done.version,
                act=done.act.value,
                basis=basis,
                at=done.at,
                since=done.since,
                until=done.until,
                reason=done.reason,
                actor=done.by,
                run=done.run,
                document=document,
                badge=badge.encode() or None,
            )
        )

    def documents(self, number: str) -> tuple[bytes, str]:
        """The newest signed certificate of a number and its badge.

        Raises `CertificateUnknownError` or `CertificateErasedError`.
        """
        query = (
            sa.select(certificate_acts.c.document, certificate_acts.c.badge)
            .where(certificate_acts.c.number == number, certificate_acts.c.document.is_not(None))
            .order_by(certificate_acts.c.version.desc())
        )
        row = self._connection.execute(query).first()
        if row is None:
            raise CertificateErasedError(number=self.entry(number).number)
        return bytes(row.document), bytes(row.badge).decode()


def erase(books: Books, numbers: Sequence[str]) -> None:
    """Take names, documents and badges out of certificates of which an erasure was entered."""
    for at in range(0, len(numbers), _AT_ONCE):
        some = numbers[at : at + _AT_ONCE]
        bare = {"document": None, "badge": None}
        acts = sa.update(certificate_acts).where(certificate_acts.c.number.in_(some))
        books.connection.execute(acts.values(bare))
        held = sa.update(certificates).where(certificates.c.number.in_(some))
        books.connection.execute(held.values(name=""))
