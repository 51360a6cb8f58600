"""What people do to certificates: revoke, renew by hours, record hours, show a name or hide it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from keys.encoding import Instant
from keys.errors import ExamKioskError
from keys.statement import Keyring, Signer
from results.centre.books import Books
from results.centre.certificates.badge import sign_badge
from results.centre.certificates.days import day
from results.centre.certificates.document import Basis, read_certificate, sign_certificate
from results.centre.certificates.education import Activity, Balance, balance
from results.centre.certificates.register import Act, Done, Entry, Register, Status, fold
from results.centre.certificates.rules import CertificateRules
from results.centre.certificates.tables import education


class HoursMissingError(ExamKioskError):
    """Too few hours to renew."""

    code = "education-too-little"
    what = "Certificate {number} cannot be renewed: {missing}."
    next_step = (
        "Record the missing hours with `results certificates education`, or have the exam passed again."
    )


class LapsedError(ExamKioskError):
    """Hours renew only what is still valid."""

    code = "certificate-lapsed"
    what = "Certificate {number} lapsed on {until}: hours renew only what is still valid."
    next_step = "A new pass makes a new certificate."


class ActorMissingError(ExamKioskError):
    """An act without a person or reason."""

    code = "certificate-act-unsigned"
    what = "An act on a certificate needs a person's name and a reason, in words."
    next_step = "Say who with --by, and why with --reason."


class HoursDifferError(ExamKioskError):
    """An activity that was recorded with other hours before."""

    code = "education-differs"
    what = "Nothing was recorded: {what} was recorded before with other hours."
    next_step = "Correct the file; what was recorded is never changed."


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many activities were recorded and how many were there already; who of them holds no certificate."""

    new: int
    present: int
    strangers: tuple[str, ...]


def revoke(books: Books, number: str, reason: str, by: str, now: Instant) -> Entry:
    """Revoke a certificate for ever.

    Raises `ActorMissingError`, `CertificateUnknownError` or `RevokedAlreadyError`.
    """
    if not reason.strip() or not by.strip():
        raise ActorMissingError
    register = Register(books)
    entry = register.open_entry(number)
    done = Done(entry.version + 1, Act.REVOKED, now, entry.since, entry.until, reason.strip(), by.strip())
    register.do(number, done, f"revoked {number}")
    return fold(entry, (done,))


def show_name(books: Books, number: str, by: str, now: Instant, *, shown: bool) -> Entry:
    """Write down that a holder agrees that the public page shows their name, or does not any more.

    What stands already is left as it is. Raises as `revoke`.
    """
    if not by.strip():
        raise ActorMissingError
    register = Register(books)
    entry = register.open_entry(number)
    if entry.named == shown:
        return entry
    act = Act.NAME_SHOWN if shown else Act.NAME_HIDDEN
    done = Done(entry.version + 1, act, now, entry.since, entry.until, by=by.strip())
    register.do(number, done, f"{act.value} {number} {done.version}")
    return fold(entry, (done,))


def record(books: Books, exam: str, done: Collection[Activity], by: str, now: Instant) -> Recorded:
    """Record activities, each once. Raises `ActorMissingError`, or `HoursDifferError` with nothing recorded."""
    if not by.strip():
        raise ActorMissingError
    known = {one.known_by: one for one in activities(books, exam)}
    strangers = {one.candidate for one in done}
    strangers -= {one.candidate for one in Register(books).entries() if one.exam == exam}
    fresh: list[Activity] = []
    present = 0
    for one in done:
        before = known.get(one.known_by)
        if before is None:
            fresh.append(one)
        elif before == one:
            present += 1
        else:
            raise HoursDifferError(what=f"what {one.candidate} did in area {one.area} on {one.day}")
    if fresh:
        rows = [
            {
                "exam": exam,
                "candidate": one.candidate,
                "area": one.area,
                "day": one.day,
                "activity": one.activity,
                "minutes": one.minutes,
                "at": now,
                "actor": by.strip(),
            }
            for one in fresh
        ]
        books.connection.execute(sa.insert(education), rows)
    return Recorded(len(fresh), present, tuple(sorted(strangers)))


def activities(books: Books, exam: str, candidate: str = "") -> list[Activity]:
    """The recorded activities of an exam's holders, or of one."""
    query = sa.select(education).where(education.c.exam == exam)
    if candidate:
        query = query.where(education.c.candidate == candidate)
    rows = books.connection.execute(query.order_by(education.c.candidate, education.c.day, education.c.area))
    return [Activity(row.candidate, row.area, row.day, row.activity, row.minutes) for row in rows]


def standing(books: Books, rules: CertificateRules, entry: Entry) -> Balance:
    """What the hours in a certificate's term come to."""
    return balance(rules, activities(books, entry.exam, entry.candidate), entry.since, entry.until)


def renew(
    books: Books,
    rules: CertificateRules,
    number: str,
    signer: Signer,
    keyring: Keyring,
    by: str,
    now: Instant,
) -> Entry:
    """Renew a certificate by the hours of its term; the next term begins where this one ends.

    Raises `ActorMissingError`, `CertificateUnknownError`, `RevokedAlreadyError`, `LapsedError` or `HoursMissingError`.
    """
    if not by.strip():
        raise ActorMissingError
    register = Register(books)
    entry = register.open_entry(number)
    if entry.status(now) is not Status.VALID:
        raise LapsedError(number=number, until=day(entry.until))
    found = standing(books, rules, entry)
    if found.missing:
        raise HoursMissingError(number=number, missing="; ".join(found.missing))
    begins = Instant(entry.until + 1)
    done = Done(entry.version + 1, Act.RENEWED, now, begins, rules.ends(entry.until), by=by.strip())
    after = fold(entry, (done,))
    last = read_certificate(register.documents(number)[0], keyring)
    signed = msgspec.structs.replace(
        last,
        version=after.version,
        title=rules.title,
        authority=rules.authority,
        url=rules.url,
        criteria=rules.criteria,
        until=after.until,
        basis=Basis.EDUCATION,
    )
    register.do(
        number,
        done,
        f"renewed {number} {done.version}",
        sign_certificate(signed, signer),
        sign_badge(signed, signer),
    )
    return after
