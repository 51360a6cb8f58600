"""A desk that may die after any event: what was appended is all that is left, and it is enough."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from keys.encoding import digest
from keys.errors import ExamKioskError
from proctor import sitting
from proctor.commands import (
    Admit,
    CloseSitting,
    Command,
    DeclareAbsence,
    IssueResumeCode,
    NoteUnlock,
    ShowCodes,
)
from proctor.reconcile import DECLARABLE
from proctor.sitting import Phase, State
from results.wire.closing import FinalState
from results.wire.journal import Head, SittingEntry, advance, next_sitting_line, read
from results.wire.sitting_events import ResumeCodeIssued
from tests.proctor.planned import K1, K2, K3, ME, NOW, OPEN, PLAN, RIVERA, known, record

CANDIDATES = st.sampled_from([entry.candidate for entry in PLAN.roster])
KIOSK = st.sampled_from([K1, K2, K3])


class SittingMachine(RuleBasedStateMachine):
    """One desk that may die after any event: what was appended is all that is left, and it is enough."""

    @initialize()
    def start(self) -> None:
        """A desk before the opening, with an empty disk."""
        self.state = State(PLAN)
        self.disk: list[bytes] = []
        self.head = Head()
        self.closed: State | None = None
        self.given: dict[str, list[int]] = {}

    def act(self, command: Command, crash: int | None) -> None:
        """Decide, append one by one, die after `crash` events if there are so many."""
        try:
            decided = sitting.decide(self.state, command, NOW)
        except ExamKioskError:
            return
        for place, event in enumerate(decided):
            if place == crash:
                break
            line = next_sitting_line(self.head, NOW, event, "live", RIVERA)
            self.disk.append(line.raw)
            self.head = advance(self.head, line.raw)
            self.state = sitting.apply(self.state, event, NOW)
            if isinstance(event, ResumeCodeIssued):
                self.given.setdefault(event.kiosk, []).append(event.n)

    crashes = st.one_of(st.none(), st.integers(0, 3))

    @rule(crash=crashes)
    def open(self, crash: int | None) -> None:
        """Open it."""
        self.act(OPEN, crash)

    @rule(crash=crashes)
    def show(self, crash: int | None) -> None:
        """Show the codes."""
        self.act(ShowCodes(ME), crash)

    @rule(kiosk=KIOSK, unlock=st.sampled_from(["u1", "u2"]), crash=crashes)
    def unlock(self, kiosk: str, unlock: str, crash: int | None) -> None:
        """Note an unlock file."""
        self.act(NoteUnlock(kiosk, unlock, digest(unlock.encode()), ME), crash)

    @rule(candidate=CANDIDATES, kiosk=KIOSK, crash=crashes)
    def admit(self, candidate: str, kiosk: str, crash: int | None) -> None:
        """Seat a candidate."""
        self.act(known(candidate), None)
        self.act(Admit(candidate, kiosk, ME), crash)

    @rule(kiosk=KIOSK, n=st.one_of(st.none(), st.integers(0, 4)), crash=crashes)
    def resume(self, kiosk: str, n: int | None, crash: int | None) -> None:
        """Give a resume code."""
        self.act(IssueResumeCode(kiosk, ME, n), crash)

    @rule(
        kiosk=KIOSK,
        candidate=st.one_of(CANDIDATES, st.just("")),
        outcome=st.sampled_from(["completed", "unfinished"]),
        session=st.sampled_from(["a", "b", "c"]),
        count=st.integers(1, 3),
        crash=crashes,
    )
    def collect(
        self, kiosk: str, candidate: str, outcome: str, session: str, count: int, crash: int | None
    ) -> None:
        """Collect a record, perhaps again, perhaps an older copy."""
        self.act(record(kiosk, candidate, outcome, session, count), crash)

    @rule(candidate=CANDIDATES, outcome=st.sampled_from(DECLARABLE), crash=crashes)
    def declare(self, candidate: str, outcome: FinalState, crash: int | None) -> None:
        """Say what happened."""
        self.act(DeclareAbsence(candidate, outcome, ME), crash)

    @rule(crash=crashes)
    def close(self, crash: int | None) -> None:
        """Close it."""
        self.act(CloseSitting(ME), crash)
        if self.state.phase is Phase.CLOSED and self.closed is None:
            self.closed = self.state

    @precondition(lambda self: self.closed is None)
    @rule()
    def settle(self) -> None:
        """Void whatever is unsettled and close, so that closed sittings are met often."""
        for one in self.state.reconciliation().unsettled:
            self.act(DeclareAbsence(one.candidate, FinalState.VOIDED, ME), None)
        self.close(None)

    @invariant()
    def the_disk_tells_the_state(self) -> None:
        """Folding the journal gives the live state, and so does folding any prefix and going on."""
        entries, head = read(self.disk, SittingEntry)
        assert head == self.head
        assert sitting.fold(PLAN, entries) == self.state
        half = sitting.fold(PLAN, entries[: len(entries) // 2])
        for entry in entries[len(entries) // 2 :]:
            half = sitting.apply(half, entry.event, entry.at)
        assert half == self.state

    @invariant()
    def resume_codes_rise(self) -> None:
        """Every kiosk was given 1, 2, 3 .. and no number twice."""
        for numbers in self.given.values():
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def seats_are_apart(self) -> None:
        """No two candidates have one kiosk as their seat."""
        seats = [seat for entry in PLAN.roster if (seat := self.state.seat(entry))]
        assert len(seats) == len(set(seats))

    @invariant()
    def it_closes_only_balanced_and_for_good(self) -> None:
        """A closed sitting balances, one line a candidate, and nothing changes it any more."""
        if self.state.phase is Phase.CLOSED:
            found = self.state.reconciliation()
            assert found.balanced
            assert [line.candidate for line in found.lines] == [entry.candidate for entry in PLAN.roster]
            assert self.closed is None or self.closed == self.state


TestSittingMachine = SittingMachine.TestCase
