"""What stands on the desk's papers, as values; pdf files are made of them in slips.py and page.py, text in plain.py.

Rules.
1. A paper says nothing of the exam's content, and of a candidate only what others in the room may see.
2. A rehearsal says on every paper that it is one.
3. The receipt code of a candidate is known at their kiosk alone: the paper has a box where the candidate writes it.
4. Before the close the closing page is a sheet to sign on: it has no states that count, no digest and no code to scan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exam_packages.sitting_plan import Mode
from keys.clock import utc
from keys.codes import RECEIPT_LENGTH
from keys.encoding import Digest, digest, grouped
from keys.errors import DocumentError
from keys.statement import Keyring
from keys.text import sanitise
from proctor import board
from proctor.collect import make_bundle
from proctor.runner import Desk
from proctor.sitting import Phase
from results.wire.bundle import BUNDLE_KIND, read_bundle

GROUPS = tuple(min(3, RECEIPT_LENGTH - start) for start in range(0, RECEIPT_LENGTH, 3))
"""The sizes of the groups in which a kiosk shows a receipt code."""

SHORT = 24
CLOSING_PART = "closing.json"


@dataclass(frozen=True, slots=True)
class Slip:
    """What one candidate is handed; the `code` is in groups of three."""

    candidate: str
    name: str
    kiosk: str
    code: str


@dataclass(frozen=True, slots=True)
class Slips:
    """All slips of a sitting; `heading` stands on each."""

    heading: str
    support: str
    rehearsal: bool
    slips: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A candidate's line: `state` is a final state once the sitting is closed, `checkpoint` one that was heard."""

    candidate: str
    name: str
    kiosk: str
    state: str
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The closing page. `totals` is the equation that balances; `digest` (of the signed page) and `closed` are empty
    before the close.
    """

    programme: str
    sitting: str
    place: str
    window: str
    opened: str
    closed: str
    rehearsal: bool
    support: str
    lines: tuple[Line, ...]
    totals: str
    incidents: int
    digest: str
    proctors: tuple[str, ...]

    @property
    def title(self) -> str:
        """What kind of sheet it is."""
        kind = "Closing page" if self.digest else "Sheet to sign on; the sitting is not closed"
        return f"REHEARSAL: {kind}" if self.rehearsal else kind

    @property
    def short(self) -> str:
        """The first 24 characters of the digest, in groups of four."""
        return grouped(self.digest[:SHORT], 4)

    @property
    def scanned(self) -> str:
        """What the square to scan says; the digest is the SHA-256 of the signed page's file."""
        return f"exam-kiosk closing-page/1 {self.sitting} sha256:{self.digest}"


def slips(desk: Desk) -> Slips:
    """The slips of all who have a seat and are expected. That their codes are shown is for the caller to note."""
    plan = desk.plan
    heading = f"{_clean(plan.programme)}   {plan.sitting}   {utc(plan.opens_at)}"
    return Slips(
        heading,
        _clean(plan.policies.support_contact),
        plan.mode is Mode.REHEARSAL,
        tuple(
            Slip(one.candidate, one.name, one.kiosk, one.admission_code)
            for one in board.codes(desk).candidates
        ),
    )


def closing_sheet(desk: Desk) -> Sheet:
    """The closing page as it is now. Raises as `make_bundle`, once the sitting is closed."""
    state, plan = desk.state, desk.plan
    closed = state.phase is Phase.CLOSED
    shown = board.status(state)
    heard = {
        slot.identity.name: grouped(one.event.checkpoint)
        for slot in plan.kiosks
        if (one := state.heard.get(slot.identity.fingerprint)) is not None
    }
    return Sheet(
        programme=_clean(plan.programme),
        sitting=plan.sitting,
        place=_clean(f"{plan.site}, {plan.room}"),
        window=f"{utc(plan.opens_at)} to {utc(plan.closes_at)}",
        opened=utc(state.opened_at),
        closed=utc(state.closed_at) if closed else "",
        rehearsal=plan.mode is Mode.REHEARSAL,
        support=_clean(plan.policies.support_contact),
        lines=tuple(
            Line(row.candidate, row.name, row.kiosk, row.state if closed else "", heard.get(row.kiosk, ""))
            for row in shown.candidates
        ),
        totals=_totals(len(plan.roster), state.reconciliation().outcomes()) if closed else "",
        incidents=len(state.incidents),
        digest=_signed(desk) if closed else "",
        proctors=tuple(_clean(one.name) for one in plan.proctors),
    )


def _totals(authorised: int, outcomes: Mapping[str, int]) -> str:
    return f"authorised {authorised} = " + " + ".join(f"{word} {count}" for word, count in outcomes.items())


def _signed(desk: Desk) -> Digest:
    """The digest of the signed page, as it goes to the centre in the bundle."""
    bundle = read_bundle(make_bundle(desk), Keyring(one.holder() for one in desk.plan.proctors))
    page = bundle.parts.get(CLOSING_PART)
    if page is None:
        raise DocumentError(kind=BUNDLE_KIND, detail="it has no closing page")
    return digest(page)


def _clean(text: str) -> str:
    return sanitise(text, limit=120)
