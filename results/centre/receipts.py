"""Receipts: what the centre confirms to a site of a sitting, once it stands in the ledger and in a copy of it.

Rules.
1. Only what was read back whole from the copy, with the digest that it is known by, is confirmed.
2. What the ledger has in quarantine is held, whatever the copy has.
3. What was erased on schedule had been imported whole, and stays confirmed.
4. A receipt that would say nothing new is not made again.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from exam_packages.receipt import (
    Receipt,
    ReceiptDesk,
    ReceiptLine,
    Standing,
    read_receipt,
    receipt_target,
    sign_receipt,
)
from exam_packages.sitting_plan import Mode, SittingId
from keys.encoding import Digest, Instant, digest
from keys.errors import ExamKioskError
from keys.identities import PrivateIdentity
from keys.repository import NotListedError, Repository
from results.centre.books import Books
from results.centre.ledger import Ledger
from results.centre.office import Centre
from results.centre.retention.tables import erasures
from results.centre.tables import ERASED, State, bundles
from results.wire.journal import Head, JournalBrokenError, SittingEntry, lines, read


class NoReceiptError(ExamKioskError):
    """A sitting of which nothing has arrived."""

    code = "receipt-for-nothing"
    what = "The ledger holds nothing of a sitting {sitting}."
    next_step = "Check the sitting's id, or import its carrier first."


@dataclass(frozen=True, slots=True)
class Made:
    """The receipt of a sitting, and whether it says something new and was staged."""

    receipt: Receipt
    new: bool


def make_receipt(centre: Centre, copy: Ledger, sitting: str, now: Instant) -> Receipt:
    """The receipt of a sitting; `copy` is the copy of the ledger that `back_up` made.

    Raises `NoReceiptError`, a `VaultError` or the errors of `Centre.plan`.
    """
    with copy.reading() as books:
        kept = frozenset(row.digest for row in books.files(sitting) if digest(row.file) == row.digest)
        copied = frozenset(_desks(books, sitting))
    known = centre.plan(sitting)
    with centre.ledger.reading() as books:
        records = tuple(_lines(books, sitting, kept))
        desks = tuple(one for one in _desks(books, sitting) if one in copied)
    if known is None or not (records or desks):
        raise NoReceiptError(sitting=sitting)
    plan = known.plan
    return Receipt(SittingId(sitting), Mode(plan.mode), known.digest, now, records, desks)


def stage_receipt(store: Repository, receipt: Receipt, centre: Centre, intake: PrivateIdentity) -> Made:
    """Sign and stage a receipt, unless the newest one says the same.

    Raises `WrongRoleError`, or as `Repository.stage_target`.
    """
    name = receipt_target(receipt.sitting)
    try:
        before = read_receipt(store.content(name), centre.trusted.keyring)
    except NotListedError:
        before = None
    if before is not None and _says(before) == _says(receipt):
        return Made(before, new=False)
    store.stage_target("receipts", name, sign_receipt(receipt, intake.signer()))
    return Made(receipt, new=True)


def _says(receipt: Receipt) -> tuple[object, ...]:
    return receipt.mode, receipt.plan_digest, receipt.records, receipt.desks


def _lines(books: Books, sitting: str, kept: frozenset[Digest]) -> list[ReceiptLine]:
    found: list[ReceiptLine] = []
    for row in books.files(sitting):
        whole = row.digest in kept and digest(row.file) == row.digest
        sure = (whole or row.reason == ERASED) and row.state != State.QUARANTINED.value
        standing = Standing.CONFIRMED if sure else Standing.HELD
        found.append(
            ReceiptLine(
                row.kiosk, row.session, row.candidate, row.digest, Digest(row.head), row.entries, standing
            )
        )
    return found


def _desks(books: Books, sitting: str) -> list[ReceiptDesk]:
    """The desks whose journals are there, as long and with the head that their bundles name."""
    found: list[ReceiptDesk] = []
    for row in books.desks(sitting):
        try:
            _, head = read(lines(row.journal), SittingEntry)
        except JournalBrokenError:
            continue
        if head == Head(Digest(row.head), row.entries):
            found.append(ReceiptDesk(row.proctor, head.digest, head.count))
    gone = sa.select(bundles.c.proctor, bundles.c.head, bundles.c.entries).where(
        bundles.c.sitting == sitting,
        bundles.c.state == State.ADMITTED.value,
        bundles.c.digest.in_(sa.select(erasures.c.thing)),
    )
    erased = books.connection.execute(gone.order_by(bundles.c.digest))
    return [*found, *(ReceiptDesk(row.proctor, Digest(row.head), row.entries) for row in erased)]
