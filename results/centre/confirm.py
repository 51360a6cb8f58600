"""`confirm`: whose finished journal a receipt code belongs to. It takes the sitting's secret to tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from keys import primitives
from keys.codes import RECEIPT_LENGTH, kiosk_key, kiosk_keys, receipt_code, typed
from keys.encoding import Digest
from keys.errors import ExamKioskError
from results.centre.books import facts_of_row
from results.centre.office import Centre
from results.centre.reasons import SalvagedError
from results.centre.tables import ERASED, records

KIND = "receipt code"


class ReceiptUnknownError(ExamKioskError):
    """No record in the ledger has this receipt code."""

    code = "receipt-unknown"
    what = "This receipt code belongs to none of the {count} records that the ledger holds."
    next_step = (
        "Read it again; if it is right, that record has not arrived as the candidate left it: report it."
    )


@dataclass(frozen=True, slots=True)
class Finished:
    """A record with what its receipt code is made from."""

    sitting: str
    mode: str
    kiosk: str
    candidate: str
    session: str
    record: Digest
    state: str
    heads: frozenset[tuple[str, int]]


_HELD_DISKS = sa.select(*(one for one in records.c if one.name not in {"file", "heads", "behind"})).where(
    records.c.reason == SalvagedError.code, records.c.facts.is_(None), records.c.head != ""
)
"""Dead kiosks' disks that wait for a person: their journals hold together from what the kiosk signed for."""


def matching(code: str, secret: bytes, found: Iterable[Finished]) -> Finished | None:
    """The record of a sitting with secret S whose receipt code is this one, compared in constant time."""
    for one in found:
        keys = kiosk_keys(kiosk_key(secret, one.sitting, one.mode, one.kiosk))
        for head, count in one.heads:
            if primitives.same(receipt_code(keys, one.session, head, count).encode(), code.encode()):
                return one
    return None


def confirm(centre: Centre, typed_code: str) -> Finished:
    """The record that a candidate's receipt code belongs to, also where it is in quarantine or was erased.

    So is a dead kiosk's disk that waits for a person, and what a candidate who was moved left behind.

    A sitting whose plan or release does not open keeps no other from being searched.
    Raises `MistypedCodeError` or `ReceiptUnknownError`; where none has the code, the first sitting's error instead.
    """
    code = typed(typed_code, RECEIPT_LENGTH, kind=KIND)
    with centre.ledger.reading() as books:
        rows = [*books.sound_records(), *books.sound_records(reason=ERASED)]
        held = list(books.connection.execute(_HELD_DISKS))
    by_sitting: dict[str, list[Finished]] = {}
    for row in rows:
        facts = facts_of_row(row)
        heads = frozenset({(row.head, row.entries), (facts.final_head, facts.final_count)})
        by_sitting.setdefault(row.sitting, []).append(
            Finished(
                row.sitting, row.mode, row.kiosk, row.candidate, row.session, row.digest, row.state, heads
            )
        )
    for row in held:
        by_sitting.setdefault(row.sitting, []).append(
            Finished(
                row.sitting,
                row.mode,
                row.kiosk,
                row.candidate,
                row.session,
                row.digest,
                row.state,
                frozenset({(row.head, row.entries)}),
            )
        )
    unopened: list[ExamKioskError] = []
    for sitting, finished in by_sitting.items():
        try:
            secret = centre.secret(sitting)
        except ExamKioskError as error:
            unopened.append(error)
            continue
        found = matching(code, secret, finished) if secret else None
        if found:
            return found
    if unopened:
        raise unopened[0]
    raise ReceiptUnknownError(count=len(rows) + len(held))
