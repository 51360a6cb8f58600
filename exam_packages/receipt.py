"""`Receipt`: the centre's word, signed by intake, on what has arrived of a sitting; a site purges by nothing else.

Rules.
1. A record is `confirmed` once it counts, or stands beside what counts, and its whole file was read back from a copy of
   the ledger. What is in quarantine, or not yet copied, is `held`: the centre has it and asks the site to keep it.
2. A record is named by kiosk, session, digest of the file, final head and count. All five are compared, by whoever
   deletes anything.
3. It is published like a plan, so a later one replaces it and an older carrier is refused.
"""

from __future__ import annotations

import enum

import msgspec

from exam_packages.sitting_plan import Mode, SittingId
from keys.encoding import Digest, Document, Instant, decode, encode
from keys.errors import ExamKioskError
from keys.statement import RECEIPT, Keyring, Signer, sign, verify
from keys.trusted import Trusted

KIND = RECEIPT.name
MAX_RECEIPT = 4 * 1024 * 1024


class ReceiptMisplacedError(ExamKioskError):
    """A receipt under the name of another sitting."""

    code = "receipt-misplaced"
    what = "What is published as the receipt of sitting {sitting} is the one of {found}."
    next_step = "Delete nothing; ask the centre for a fresh carrier and report this code."


class ReceiptMissingError(ExamKioskError):
    """A sitting of which the carrier has no receipt."""

    code = "receipt-missing"
    what = "There is no receipt of sitting {sitting} on this carrier."
    next_step = "Keep everything; take the carrier that the centre sends after it has the results."


class RecordUnconfirmedError(ExamKioskError):
    """A record that the receipt does not name, or not with this digest, head and count."""

    code = "record-unconfirmed"
    what = "The centre has not confirmed {name}: {detail}."
    next_step = "Keep it; bring it to the centre on a carrier and wait for the next receipt."


class RecordHeldError(ExamKioskError):
    """A record that the centre has, but has not admitted or not copied."""

    code = "record-held"
    what = "The centre has {name}, but does not confirm it yet: a person there still has to look at it."
    next_step = "Keep it until a later receipt confirms it; ask the centre if it takes long."


class Standing(enum.StrEnum):
    """What the centre says of a record."""

    CONFIRMED = "confirmed"
    HELD = "held"


class ReceiptLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record: of which kiosk (fingerprint) and session, the SHA-256 of its file, final head and entries."""

    kiosk: str
    session: str
    candidate: str
    record: Digest
    head: Digest
    count: int
    standing: Standing


class ReceiptDesk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The journal of a desk that the centre holds: the proctor (fingerprint) who signed its bundle, head, entries."""

    proctor: str
    head: Digest
    count: int


class Receipt(Document, frozen=True, tag="receipt/1"):
    """Everything that has arrived of one sitting, as of `made_at`."""

    sitting: SittingId
    mode: Mode
    plan_digest: Digest
    made_at: Instant
    records: tuple[ReceiptLine, ...]
    desks: tuple[ReceiptDesk, ...]

    def line(self, kiosk: str, session: str, record: Digest) -> ReceiptLine | None:
        """The line of this very file, or None."""
        wanted = (kiosk, session, record)
        return next((one for one in self.records if (one.kiosk, one.session, one.record) == wanted), None)


def check_confirmed(
    receipt: Receipt | None, sitting: tuple[str, str, str], record: ReceiptLine, name: str
) -> None:
    """Raise unless a receipt confirms exactly this record: file, session, final head and number of entries.

    `sitting` is its id, mode and plan digest; `name` is what the person knows the record by. Raises
    `ReceiptMissingError`, `RecordUnconfirmedError` or `RecordHeldError`.
    """
    if receipt is None:
        raise ReceiptMissingError(sitting=sitting[0])
    if (receipt.sitting, receipt.mode, receipt.plan_digest) != sitting:
        raise RecordUnconfirmedError(
            name=name, detail="the receipt is of another version of the sitting's plan"
        )
    found = receipt.line(record.kiosk, record.session, record.record)
    if found is None:
        raise RecordUnconfirmedError(name=name, detail="the receipt does not name this file")
    if (found.candidate, found.head, found.count) != (record.candidate, record.head, record.count):
        raise RecordUnconfirmedError(name=name, detail="the receipt names another end of it")
    if found.standing is not Standing.CONFIRMED:
        raise RecordHeldError(name=name)


def receipt_target(sitting: str) -> str:
    """The name under which a sitting's receipt is published."""
    return f"receipts/{sitting}.json"


def sign_receipt(receipt: Receipt, signer: Signer) -> bytes:
    """The signed receipt. Raises `WrongRoleError` for a key that is not intake's."""
    return sign(encode(receipt), RECEIPT, signer)


def read_receipt(raw: bytes, keyring: Keyring) -> Receipt:
    """A genuine receipt. Raises the errors of `verify` and `decode`."""
    return decode(verify(raw, RECEIPT, keyring).payload, Receipt, name=KIND, limit=MAX_RECEIPT)


def published_receipt(trusted: Trusted, sitting: str) -> Receipt | None:
    """The receipt of a sitting on a verified carrier, or None where there is none.

    Raises as `Trusted.target` and `read_receipt`, or `ReceiptMisplacedError`.
    """
    name = receipt_target(sitting)
    if name not in trusted.targets:
        return None
    receipt = read_receipt(trusted.target(name, limit=MAX_RECEIPT), trusted.keyring)
    if receipt.sitting != sitting:
        raise ReceiptMisplacedError(sitting=sitting, found=receipt.sitting)
    return receipt
