"""Writing what certificates are given out as: a holder's files, and the public pages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from keys.carrier import make_folder, remove_file, write_file
from keys.encoding import Instant
from keys.errors import ExamKioskError
from keys.statement import CERTIFICATE, key_id, verify
from results.centre.certificates.document import read_certificate
from results.centre.certificates.register import Register
from results.centre.office import Centre

DOCUMENT, BADGE, PAPER = ".dsse", ".jwt", ".pdf"


class NoCertificatesError(ExamKioskError):
    """There is nothing to publish."""

    code = "certificates-none"
    what = "The register holds no certificate."
    next_step = "Issue certificates for a score run first."


@dataclass(frozen=True, slots=True)
class Files:
    """A holder's files: the signed document, the badge, the sheet of paper."""

    document: Path
    badge: Path
    paper: Path


def write_files(centre: Centre, number: str, folder: Path) -> Files:
    """Write a certificate's newest document, badge and PDF. Raises `CertificateUnknownError` or a `StorageError`."""
    from results.centre.certificates.paper import certificate_pdf

    with centre.ledger.reading() as books:
        raw, badge = Register(books).documents(number)
    holder = verify(raw, CERTIFICATE, centre.trusted.keyring).signer
    signed_by = key_id(holder.public)[:16]
    of = read_certificate(raw, centre.trusted.keyring)
    files = Files(*(folder / f"{number}{suffix}" for suffix in (DOCUMENT, BADGE, PAPER)))
    write_file(files.document, raw)
    write_file(files.badge, badge.encode())
    write_file(files.paper, certificate_pdf(of, signed_by))
    return files


def publish(centre: Centre, folder: Path, now: Instant) -> int:
    """Write the page of every certificate as it stands, and the page to look one up; how many there are.

    The page of an erased one is taken away.

    Raises `NoCertificatesError` or a `StorageError`.
    """
    from results.centre.certificates.pages import LOOK_UP, look_up, page

    with centre.ledger.reading() as books:
        register = Register(books)
        entries = register.entries()
        found = [(one, register.documents(one.number)[0]) for one in entries if not one.erased]
    for one in entries:
        if one.erased:
            remove_file(folder / f"{one.number}.html")
    if not found:
        raise NoCertificatesError
    make_folder(folder, 0o755)
    authority = ""
    for entry, raw in found:
        of = read_certificate(raw, centre.trusted.keyring)
        authority = of.authority
        write_file(folder / f"{entry.number}.html", page(entry, of, now).encode(), 0o644)
    write_file(folder / LOOK_UP, look_up(authority).encode(), 0o644)
    return len(found)
