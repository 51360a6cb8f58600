"""What is done to certificates: revoked for ever, renewed by enough hours of every area, hours recorded once."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from exam_packages.complaint import ComplaintsError
from keys.connection import VaultError
from keys.encoding import Instant
from keys.errors import ExamKioskError
from results.centre.certificates.acting import (
    ActorMissingError,
    HoursDifferError,
    HoursMissingError,
    LapsedError,
    record,
    renew,
    revoke,
    show_name,
    standing,
)
from results.centre.certificates.document import Basis, read_certificate
from results.centre.certificates.education import Activity, read_activities
from results.centre.certificates.register import (
    CertificateUnknownError,
    Entry,
    Register,
    RevokedAlreadyError,
    Status,
)
from results.centre.certificates.tables import certificate_acts
from results.centre.office import Centre
from tests.results import builders as b
from tests.results.certificates import holders as h

HEAD = "candidate,area,hours,date,activity\n"
ENOUGH = (
    f"{HEAD}C-1001,1,20,2028-03-01,Course A\nC-1001,2,10,2028-03-02,Course B\n"
    "C-1001,1,24,2029-03-01,C\nC-1001,1,6,2029-03-02,D\n"
)
LATER = Instant(b.START + 2 * h.YEAR + 200 * h.DAY)


@pytest.fixture
def at(tmp_path: Path) -> tuple[Centre, Entry]:
    """A centre and the certificate of its first candidate."""
    centre, run = h.scored(tmp_path)
    h.issued(centre, run)
    return centre, next(one for one in h.entries(centre) if one.candidate == b.candidate(0))


def taken(centre: Centre, text: str) -> tuple[int, int]:
    """Record the hours of a CSV text."""
    done = read_activities("hours.csv", text, h.rules(), LATER)
    with centre.ledger.transaction() as books:
        found = record(books, h.rules().exam, done, "Ray", LATER)
    return found.new, found.present


def renewed(centre: Centre, number: str, now: Instant = LATER) -> Entry:
    """Renew by hours."""
    with centre.ledger.transaction() as books:
        return renew(books, h.rules(), number, h.CERTIFIER.signer(), centre.trusted.keyring, "Ray", now)


def test_what_is_revoked_stays_so(at: tuple[Centre, Entry]) -> None:
    """Revoked with reason and name; nothing is done to it after that, and a pass of before makes no other."""
    centre, entry = at
    with centre.ledger.transaction() as books:
        after = revoke(books, entry.number, "Impersonation.", "Ray", h.NOW.wall)
    assert after.status(h.NOW.wall) is Status.REVOKED
    found = next(one for one in h.entries(centre) if one.number == entry.number)
    assert (found, found.acts[-1].by) == (after, "Ray")
    with centre.ledger.transaction() as books:
        with pytest.raises(RevokedAlreadyError):
            revoke(books, entry.number, "x", "Ray", h.NOW.wall)
        with pytest.raises(RevokedAlreadyError):
            show_name(books, entry.number, "Ray", h.NOW.wall, shown=True)


def test_an_act_needs_a_person_a_reason_and_a_certificate(at: tuple[Centre, Entry]) -> None:
    """Without a name or reason, or about no certificate, nothing is done."""
    centre, entry = at
    with centre.ledger.transaction() as books:
        for number, reason, by, error in (
            (entry.number, " ", "Ray", ActorMissingError),
            (entry.number, "x", " ", ActorMissingError),
            ("CETL-2027-AAAA-AAAA-AAAA", "x", "Ray", CertificateUnknownError),
        ):
            with pytest.raises(error):
                revoke(books, number, reason, by, h.NOW.wall)
    assert next(one for one in h.entries(centre) if one.number == entry.number) == entry


def test_the_store_changes_no_act(at: tuple[Centre, Entry]) -> None:
    """Neither changing nor deleting an act is to be had of the ledger."""
    centre, entry = at
    where = certificate_acts.c.number == entry.number
    for statement in (
        sa.update(certificate_acts).where(where).values(until=0),
        sa.delete(certificate_acts).where(where),
    ):
        with pytest.raises((VaultError, sa.exc.SQLAlchemyError)), centre.ledger.transaction() as books:
            books.connection.execute(statement)
    assert next(one for one in h.entries(centre) if one.number == entry.number) == entry


def test_enough_hours_renew(at: tuple[Centre, Entry]) -> None:
    """Sixty hours with those of each area give another three years from the old end, and a signed document."""
    centre, entry = at
    assert taken(centre, ENOUGH) == (4, 0)
    after = renewed(centre, entry.number)
    assert (after.since, after.number, after.version) == (entry.until + 1, entry.number, 2)
    assert 0 <= after.until - entry.until - 3 * h.YEAR < 2 * h.DAY
    with centre.ledger.transaction() as books:
        signed = read_certificate(Register(books).documents(entry.number)[0], centre.trusted.keyring)
    assert (signed.until, signed.basis, signed.granted) == (after.until, Basis.EDUCATION, entry.granted)
    with pytest.raises(HoursMissingError):
        renewed(centre, entry.number)  # the hours of the old term do not count twice


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", ("60 hours are needed and 0 are recorded: 60 are missing", "area 1 needs 20", "area 2 needs 10")),
        ("C-1001,1,24,2028-03-01,A\nC-1001,1,24,2028-03-02,A\nC-1001,2,9.5,2028-03-02,B\n",
         ("60 hours are needed and 57.5 are recorded: 2.5 are missing", "area 2 needs 10 hours and has 9.5")),
        ("C-1001,1,24,2028-03-01,A\nC-1001,1,24,2028-03-02,A\nC-1001,1,24,2028-03-03,A\n",
         ("area 2 needs 10 hours and has 0",)),
        ("C-1002,1,24,2028-03-01,A\nC-1001,1,24,2026-03-02,A\n", ("60 hours are needed and 0 are recorded",)),
    ],
)  # fmt: skip
def test_too_few_hours_are_refused_with_what_is_missing(
    at: tuple[Centre, Entry], text: str, missing: tuple[str, ...]
) -> None:
    """The shortfall is exact, of the whole and of each area; another's hours and earlier ones count nothing."""
    centre, entry = at
    if text:
        taken(centre, HEAD + text)
    with pytest.raises(HoursMissingError) as caught:
        renewed(centre, entry.number)
    assert all(one in str(caught.value) for one in missing)
    with centre.ledger.transaction() as books:
        assert len(standing(books, h.rules(), entry).missing) == len(missing) + (
            0 if "C-1002" not in text else 2
        )
    assert next(one for one in h.entries(centre) if one.number == entry.number) == entry


def test_hours_do_not_revive_what_lapsed(at: tuple[Centre, Entry]) -> None:
    """After its end a certificate is not renewed by hours."""
    centre, entry = at
    taken(centre, ENOUGH)
    with pytest.raises(LapsedError):
        renewed(centre, entry.number, Instant(entry.until + 1))


def test_an_activity_is_recorded_once(at: tuple[Centre, Entry]) -> None:
    """The same file again records nothing; the same activity with other hours is refused as a whole."""
    centre, _ = at
    assert taken(centre, ENOUGH) == (4, 0)
    assert taken(centre, ENOUGH) == (0, 4)
    with pytest.raises(HoursDifferError):
        taken(centre, HEAD + "C-1001,1,2,2028-04-01,New\nC-1001,1,19,2028-03-01,Course A\n")
    assert taken(centre, HEAD + "C-1001,1,2,2028-04-01,New\n") == (1, 0)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("candidate,area,hours\n", 1),
        (HEAD, 1),
        (HEAD + "C-1001,3,1,2028-01-01,x\n", 2),
        (HEAD + "C-1001,1,0,2028-01-01,x\n", 2),
        (HEAD + "C-1001,1,25,2028-01-01,x\n", 2),
        (HEAD + "C-1001,1,1/7,2028-01-01,x\n", 2),
        (HEAD + "C-1001,1,nan,2028-01-01,x\n", 2),
        (HEAD + "C-1001,1,1,2099-01-01,x\n", 2),
        (HEAD + "C-1001,1,1,01.01.2028,x\n", 2),
        (HEAD + "C-1001,1,1,2028-01-01,\n", 2),
        (HEAD + "C-1001,1,1,2028-01-01\n", 2),
        (HEAD + "C-1001,1,1,2028-01-01,x\nC-1001,1,2,2028-01-01,x\n", 3),
        (HEAD + 'C-1001,1,1,2028-01-01,"x\n', 2),
    ],
)
def test_a_file_that_is_not_in_order_is_refused_with_its_line(text: str, line: int) -> None:
    """Every fault is named by its line, and nothing is taken."""
    with pytest.raises(ComplaintsError) as caught:
        read_activities("hours.csv", text, h.rules(), LATER)
    assert line in [one.line for one in caught.value.complaints]
    assert isinstance(caught.value, ExamKioskError)


def test_hours_are_kept_to_the_minute() -> None:
    """A quarter of an hour is fifteen minutes, and no rounding happens."""
    text = HEAD + "C-1001,1,1.25,2028-01-01,x\n"
    assert read_activities("h.csv", text, h.rules(), LATER) == (
        Activity("C-1001", "1", "2028-01-01", "x", 75),
    )
