"""What reconciliation takes and what it finds, as values; reconcile.py makes the one of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from exam_packages.sitting_plan import SittingPlan
from keys.encoding import Digest, Instant
from results.centre.facts import SessionFacts
from results.wire.closing import ClosingLine
from results.wire.journal import SittingEntry

NOT_YET, NOTHING_CAME, NOT_CLOSED, DISPUTED = "not yet", "nothing came", "not closed", "disputed"
"""Where a candidate stands that has no final state: the sitting is not over; nothing of the candidate is here and no
closing page is; there is a record and no closing page; the closing pages contradict each other."""

EXPECTED, MISSING, PARTLY, CLOSED, ERASED = "expected", "missing", "partly here", "closed", "erased"
"""Where a sitting stands: its window is not over; it is over and nothing came; something came, and no sound bundle; a
sound bundle came; what it held was erased on schedule."""

HELD = " is in quarantine: "
"""What all words have in them that are about something in quarantine."""

SOUND_TOO = "a sound one is here too: reject this one if nothing is missing"
"""What is said of a bundle in quarantine beside a sound one of its sitting."""


@dataclass(frozen=True, slots=True)
class SettledBy:
    """An open thing of a sitting that a person has explained: its words, and who said why, at wall ms."""

    words: str
    reason: str
    by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Record:
    """A record file of a sitting, where it stands, and what its journal says where it is sound."""

    digest: Digest
    state: str
    reason: str
    kiosk: str
    session: str
    candidate: str
    attempt: int
    outcome: str
    entries: int
    facts: SessionFacts | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """A published plan and everything of its sitting that the ledger holds.

    `lines` are the closing pages' words by candidate, None where they contradict each other; `journals` the desks',
    one each; `held` what is wrong with its bundles in quarantine, in sentences; `sound` the number of the others;
    `settled` what persons have explained.
    """

    plan: SittingPlan
    lines: Mapping[str, ClosingLine | None]
    records: tuple[Record, ...]
    journals: tuple[tuple[SittingEntry, ...], ...]
    held: tuple[str, ...]
    sound: int
    erased: bool = False
    settled: tuple[SettledBy, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """One authorised candidate. `final` says whether `state` is a final one; `by` who says so.

    `kiosk` is a name; `open` is what a person has to look at, in words.
    """

    candidate: str
    attempt: int
    state: str
    final: bool
    by: str
    kiosk: str
    record: str
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something of one session that a centre wants to know. `kind` is clock jump, outage, credit, pause or time change.

    `at` is wall ms, 0 where the journal's summary has no time; `ms` the duration, signed for a jump or a change.
    """

    kind: str
    candidate: str
    kiosk: str
    at: int
    ms: int
    words: str


@dataclass(frozen=True, slots=True)
class Incident:
    """An irregularity that the desk reported, in its newest version; `category` is the code, `words` what it means."""

    number: int
    category: str
    group: str
    words: str
    candidates: tuple[str, ...]
    began: int
    text: str
    witnesses: str
    follow_up: str
    versions: int


@dataclass(frozen=True, slots=True)
class SittingState:
    """One sitting reconciled. `seats` has one for each authorised candidate, in the roster's order.

    `missing_kiosks` are names. `missing_records` are what a closing page names and nobody brought; `codes` the
    differences between desk and kiosks; `findings` the rest to look at; all in words. `settled` is what would be among
    these, and a person has explained it.
    """

    sitting: str
    site: str
    room: str
    mode: str
    opens_at: int
    closes_at: int
    state: str
    authorised: int
    seats: tuple[Seat, ...]
    missing_kiosks: tuple[str, ...]
    missing_records: tuple[str, ...]
    codes: tuple[str, ...]
    findings: tuple[str, ...]
    happenings: tuple[Happening, ...]
    incidents: tuple[Incident, ...]
    settled: tuple[SettledBy, ...] = ()

    @property
    def is_missing(self) -> bool:
        """Whether nothing came of a sitting that is over, and nobody has explained it."""
        return self.state == MISSING and not self.settled

    @property
    def states(self) -> dict[str, int]:
        """How many candidates are in each state; together they are all that are authorised."""
        return dict(Counter(seat.state for seat in self.seats))

    @property
    def open(self) -> int:
        """How many things a person has to look at."""
        seats = sum(len(seat.open) for seat in self.seats)
        lists = (self.missing_kiosks, self.missing_records, self.codes, self.findings)
        return seats + sum(map(len, lists)) + self.is_missing

    @property
    def balance(self) -> str:
        """The one line that says that nobody is lost."""
        parts = " + ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        return f"{self.authorised} authorised = {parts or '0'}"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every published live sitting, by site, then sitting.

    `unknown` are sittings with files and without a plan, `strays` the files in quarantine of which nobody knows from
    from what sitting they are, with the reason. `whole` says whether it is of every sitting, and not of one alone.
    """

    at: int
    sittings: tuple[SittingState, ...]
    unknown: tuple[str, ...]
    strays: tuple[str, ...]
    whole: bool = True

    @property
    def open(self) -> int:
        """How many things a person has to look at."""
        return sum(one.open for one in self.sittings) + len(self.unknown) + len(self.strays)

    @property
    def sites(self) -> dict[str, tuple[SittingState, ...]]:
        """The sittings of each site, by name."""
        names = sorted({one.site for one in self.sittings})
        return {name: tuple(one for one in self.sittings if one.site == name) for name in names}

    @property
    def missing_sites(self) -> tuple[str, ...]:
        """The sites of which a sitting is over and nothing came of it."""
        return tuple(sorted({one.site for one in self.sittings if one.is_missing}))

    @property
    def silent_sites(self) -> tuple[str, ...]:
        """Those of the missing sites from which nothing came at all; one sitting alone does not show it."""
        heard = {one.site for one in self.sittings if one.state not in {MISSING, EXPECTED}}
        return tuple(site for site in self.missing_sites if self.whole and site not in heard)

    @property
    def gaps(self) -> dict[str, tuple[str, ...]]:
        """Of each missing site from which something came, the sittings of which nothing did."""
        return {
            site: tuple(one.sitting for one in self.sites[site] if one.is_missing)
            for site in self.missing_sites
            if site not in self.silent_sites
        }
