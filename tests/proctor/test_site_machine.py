"""One desk, four kiosks, two carriers and a centre: no record is lost or doubled, and it closes when it should.

Carriers are lost, repeated, out of date, out of order and half written; the desk dies at any event, and once for good;
candidates are moved, and kiosks go on talking after they were left.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from keys.codes import Verb
from keys.encoding import digest
from keys.errors import ExamKioskError, WrongCodeError
from proctor.codes import agreement
from proctor.commands import (
    Admit,
    CheckIdentity,
    CloseSitting,
    Command,
    DeclareAbsence,
    HearCheckpoint,
    IssueAction,
    IssueResumeCode,
    IssueRoomCode,
    MoveCandidate,
    RefuseCandidate,
    ReportIncident,
)
from proctor.reconcile import DECLARABLE
from proctor.sitting import Phase
from results.centre.settling import Quarantined
from results.wire import acts
from results.wire import events as k
from results.wire.closing import FinalState
from results.wire.sitting_events import (
    ActionIssued,
    AdmissionIssued,
    CandidateMoved,
    ResumeCodeIssued,
    RoomCodeIssued,
    SittingEvent,
)
from tests.conftest import LONG
from tests.proctor.site_model import CANDIDATES, CentreModel, Desk, Kiosk, Time, cast

WHO = st.sampled_from(CANDIDATES)
WHERE = st.integers(0, 3)
CRASH = st.sampled_from([None, None, None, None, 0, 1])
DRIVE = st.integers(0, 1)
MINUTES = 30


class SiteMachine(RuleBasedStateMachine):
    """A day at a site where much goes wrong."""

    @initialize(seated=st.integers(1, 3))
    def start(self, seated: int) -> None:
        """The doors open, and some sit down at once."""
        self.time = Time()
        self.kiosks = [Kiosk(private, n, self.time) for n, private in enumerate(cast().kiosks)]
        self.desk = Desk(cast().proctors[0], self.time, rebuilt=False)
        self.rebuilt = False
        self.drives: list[dict[str, bytes]] = [{}, {}]
        self.exported: list[tuple[str, bytes]] = []
        self.centre = CentreModel()
        self.sits: dict[str, Kiosk] = {}
        self.serials: Counter[tuple[str, int]] = Counter()
        self.resumed: dict[str, list[int]] = {}
        self.left: dict[str, set[str]] = {}
        self.words: dict[str, FinalState] = {}
        self.noted: dict[tuple[str, str], tuple[str, bool]] = {}
        for who in CANDIDATES[:seated]:
            self.sit_down(who)
        self.longest: dict[tuple[str, str], int] = {}

    def act(self, command: Command, crash: int | None = None) -> tuple[SittingEvent, ...]:
        """Ask the desk; a refusal is no event. What is durable is remembered here by other means than the desk's."""
        try:
            done = self.desk.submit(command, crash)
        except ExamKioskError:
            return ()
        for event in done:
            match event:
                case ActionIssued():
                    self.serials[event.kiosk, event.serial] += 1
                case CandidateMoved():
                    self.serials[event.kiosk, event.serial] += 1
                    self.left.setdefault(event.candidate, set()).add(event.source)
                case RoomCodeIssued():
                    self.serials["room", event.serial] += 1
                case ResumeCodeIssued():
                    self.resumed.setdefault(event.kiosk, []).append(event.n)
                case AdmissionIssued():
                    self.words.pop(event.candidate, None)
        return done

    def told(self, candidate: str, word: FinalState, command: Command, crash: int | None) -> None:
        """Say a word of a candidate."""
        if self.act(command, crash):
            self.words[candidate] = word

    @rule(who=WHO, where=WHERE, names=st.booleans(), crash=CRASH)
    def admit(self, who: str, where: int, names: bool, crash: int | None) -> None:
        """A candidate comes, is checked and seated, and signs in."""
        me, kiosk = self.desk.me, self.kiosks[where]
        if who in self.sits and self.sits[who] is not kiosk:
            return
        self.act(CheckIdentity(who, "passport", photo_seen=True, name_matches=names, proctor=me))
        if self.act(Admit(who, kiosk.name, me), crash):
            assert names, "nobody is admitted whose name differs and of whom nothing was written"
            if who not in self.sits and not kiosk.over and not kiosk.record.candidate:
                kiosk.sign_in(who, self.desk.admission(who))
                self.sits[who] = kiosk

    def sit_down(self, who: str) -> None:
        """A candidate signs in at the planned seat with the printed slip."""
        state = self.desk.state
        kiosk = next((one for one in self.kiosks if one.name == state.seats.get(who)), None)
        if who in self.sits or kiosk is None or kiosk.over or kiosk.record.candidate:
            return
        if state.absences.get(who) is None:
            kiosk.sign_in(who, self.desk.admission(who))
            self.sits[who] = kiosk

    @rule(where=WHERE, over=st.sampled_from([False, False, True]))
    def work(self, where: int, over: bool) -> None:
        """Somebody answers or hands in, perhaps at a kiosk that was left."""
        kiosk = self.kiosks[where]
        if not kiosk.over and kiosk.record.started:
            kiosk.write(k.HandedIn(0, 0, 1) if over else k.ClockJumped(1))

    @rule(
        who=WHO, where=st.sampled_from([3, 3, 2, 1, 0]), crash=CRASH, typed=st.booleans(), dead=st.booleans()
    )
    def move(self, who: str, where: int, crash: int | None, typed: bool, dead: bool) -> None:
        """A candidate is moved, because the kiosk died or not, and the code is typed or not."""
        source, kiosk = self.sits.get(who), self.kiosks[where]
        if source is None:
            return
        source.dead = source.dead or dead
        command = MoveCandidate(who, kiosk.name, source.checkpoint(), MINUTES, "kiosk-dead", self.desk.me)
        for event in self.act(command, crash):
            assert isinstance(event, CandidateMoved)
            code = self.desk.code(event)
            for other in self.kiosks:
                if other is not kiosk and not other.over:
                    with pytest.raises(WrongCodeError):
                        other.move_in(event, code)
            if typed and not kiosk.over and not kiosk.record.candidate:
                kiosk.move_in(event, code)
                self.sits[who] = kiosk

    @rule(
        who=WHO,
        verb=st.sampled_from([Verb.BREAK_OVER, Verb.END, Verb.VOID, Verb.ADD, Verb.TAKE]),
        second=st.booleans(),
        crash=CRASH,
        typed=st.booleans(),
    )
    def issue(self, who: str, verb: Verb, second: bool, crash: int | None, typed: bool) -> None:
        """A code is shown, typed where it belongs, typed again, and typed where it does not belong."""
        minutes = 20 if verb in {Verb.ADD, Verb.TAKE} else 0
        command = IssueAction(who, verb, minutes, acts.OTHER, self.desk.me)
        if second and verb is Verb.ADD:
            other = next(one for one in cast().proctors if one.identity.fingerprint != self.desk.me)
            command = replace(command, second=other.identity.fingerprint)
            try:
                command = replace(
                    command, second_signature=acts.agree(agreement(self.desk.state, command), other)
                )
            except ExamKioskError:
                return
        for event in self.act(command, crash):
            assert isinstance(event, ActionIssued)
            code = self.desk.code(event)
            for kiosk in self.kiosks:
                mine = kiosk.name == event.kiosk and kiosk.record.candidate == who
                if kiosk.over or not kiosk.record.candidate:
                    continue
                if not mine:
                    with pytest.raises(WrongCodeError):
                        kiosk.redeem(code)
                elif typed:
                    assert kiosk.redeem(code), "a code that was just issued is fresh"
                    assert kiosk.over or not kiosk.redeem(code), "and works once"

    @rule(number=st.integers(0, 3), crash=CRASH)
    def beside(self, number: int, crash: int | None) -> None:
        """The room is paused and goes on, an incident is told, codes are heard, and every kiosk asks for its own."""
        me, now = self.desk.me, self.time.now().wall
        for pause in (True, False):
            self.act(IssueRoomCode(pause, acts.OTHER, me), crash)
        self.act(ReportIncident(number, "K1", CANDIDATES[:number], now, "", "", "", me), crash)
        for kiosk in self.kiosks:
            self.act(HearCheckpoint(kiosk.name, kiosk.checkpoint(), me), crash)
            done = self.act(IssueResumeCode(kiosk.name, me), crash)
            gone = any(kiosk.name in left for left in self.left.values())
            assert not (done and gone), "who was left gets no code"

    @rule(who=WHO, word=st.sampled_from(DECLARABLE), reason=st.booleans(), crash=CRASH)
    def declare(self, who: str, word: FinalState, reason: bool, crash: int | None) -> None:
        """The proctor's word, or a refusal with a reason."""
        me = self.desk.me
        if reason:
            self.told(who, FinalState.TURNED_AWAY, RefuseCandidate(who, "late", "", me), crash)
        else:
            self.told(who, word, DeclareAbsence(who, word, me), crash)

    @rule(where=WHERE, drive=DRIVE, half=st.booleans())
    def export(self, where: int, drive: int, half: bool) -> None:
        """A kiosk writes its record as far as it goes; of a dead one the second drive is salvaged."""
        kiosk = self.kiosks[where]
        name, raw = kiosk.export(salvaged=kiosk.dead)
        self.exported.append((name, raw))
        self.drives[drive][name] = raw[: len(raw) // 2] if half else raw

    @precondition(lambda self: self.exported)
    @rule(data=st.data(), drive=DRIVE)
    def put_back(self, data: st.DataObject, drive: int) -> None:
        """An older file is on a drive again."""
        name, raw = data.draw(st.sampled_from(self.exported))
        self.drives[drive][name] = raw

    @rule(where=st.sets(WHERE, min_size=1), drive=DRIVE, backwards=st.booleans(), crash=CRASH)
    def carry(self, where: set[int], drive: int, backwards: bool, crash: int | None) -> None:
        """A drive goes round several kiosks and to the desk."""
        for one in sorted(where):
            self.export(one, drive, half=False)
        self.bring(drive, backwards, crash)

    @rule(drive=DRIVE, backwards=st.booleans(), crash=CRASH)
    def bring(self, drive: int, backwards: bool, crash: int | None) -> None:
        """A drive comes to the desk, in whatever order it lists its files; the desk may die between two."""
        files = list(self.drives[drive].values())
        if self.desk.state.phase is Phase.CLOSED:
            return
        self.desk.collect(files[::-1] if backwards else files, crash)
        self._note()
        for raw in files if backwards else ():
            self.centre.take(raw)

    def _note(self) -> None:
        for source, record in self.desk.state.records.items():
            longest = self.longest.get(source, 0)
            assert record.count >= longest, "a shorter copy replaces no longer one"
            if record.count > longest:
                self.longest[source] = record.count
                self.noted[source] = (record.candidate, bool(record.moved_from))
                counts = source[0] not in self.left.get(record.candidate, set())
                if counts and self.words.get(record.candidate) is not FinalState.VOIDED:
                    self.words.pop(record.candidate, None)

    @precondition(lambda self: self.left)
    @rule(word=st.sampled_from(DECLARABLE), drive=DRIVE)
    def give_up(self, word: FinalState, drive: int) -> None:
        """Nothing comes from where somebody was moved to; it is said so, and then the kiosk that was left is read."""
        for who in self.left:
            self.told(who, word, DeclareAbsence(who, word, self.desk.me), None)
        for one, kiosk in enumerate(self.kiosks):
            if any(kiosk.name in left for left in self.left.values()):
                self.export(one, drive, half=False)
        self.bring(drive, backwards=False, crash=None)

    @rule(drive=DRIVE, lost=st.booleans())
    def send(self, drive: int, lost: bool) -> None:
        """Loose records reach the centre before any bundle, or the drive is lost; a blank one takes its place."""
        for raw in () if lost else self.drives[drive].values():
            self.centre.take(raw)
        self.drives[drive] = {}

    @precondition(lambda self: not self.rebuilt and self.desk.state.phase is Phase.OPEN and self.serials)
    @rule()
    def rebuild(self) -> None:
        """The desk is gone for good; the second proctor opens the sitting on another machine."""
        self.rebuilt = True
        self.desk = Desk(cast().proctors[1], self.time, rebuilt=True)
        self.left, self.words, self.noted, self.resumed, self.longest = {}, {}, {}, {}, {}

    @rule(crash=CRASH)
    def close(self, crash: int | None) -> None:
        """It closes when it balances, and not otherwise."""
        balanced, was_open = self.balances(), self.desk.state.phase is Phase.OPEN
        done = self.act(CloseSitting(self.desk.me), crash)
        assert not done or balanced
        assert done or crash == 0 or not (balanced and was_open), "what balances can be closed"

    def settled(self, who: str) -> bool:
        """Whether a candidate has one end, by this machine's own account of what the desk was given."""
        if self.words.get(who) is FinalState.VOIDED:
            return True
        gone = self.left.get(who, set())
        live = [
            moved for (kiosk, _), (name, moved) in self.noted.items() if name == who and kiosk not in gone
        ]
        return live in ([True], [False]) or sorted(live) == [False, True] or (not live and who in self.words)

    def balances(self) -> bool:
        """Whether every candidate has one end."""
        return all(self.settled(who) for who in CANDIDATES)

    @invariant()
    def it_balances_exactly_when_it_should(self) -> None:
        """The reconciliation settles whom it should, each once, and names the others and where to look."""
        assert self.desk.state.absences == self.words
        found = self.desk.state.reconciliation()
        settled = [one.candidate for one in found.lines]
        assert settled == [who for who in CANDIDATES if self.settled(who)]
        assert [one.candidate for one in found.unsettled] == [one for one in CANDIDATES if one not in settled]
        assert found.balanced == (sum(found.outcomes().values()) == len(CANDIDATES))
        seated: dict[str, str] = {one.candidate: self.desk.state.seat(one) for one in cast().plan.roster}
        assert all(one.look for one in found.unsettled if seated[one.candidate])

    @invariant()
    def a_record_stands_for_where_the_candidate_is(self) -> None:
        """Unless the desk was rebuilt, the record that counts is never one of a kiosk that was left."""
        for line in self.desk.state.reconciliation().lines:
            assert line.kiosk not in self.left.get(line.candidate, set())

    @invariant()
    def codes_are_given_once(self) -> None:
        """Both desks together used no serial of a kiosk or the room twice; resume numbers rise one by one."""
        assert all(times == 1 for times in self.serials.values())
        for numbers in self.resumed.values():
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def the_disk_tells_the_state(self) -> None:
        """Every line is signed by the proctor who acted, and folding them gives the desk as it is."""
        entries, head = self.desk.entries()
        assert (head, {entry.signer for entry in entries}) == (self.desk.head, {self.desk.me})
        before = self.desk.state
        self.desk.restart()
        assert self.desk.state == before

    @invariant()
    def no_record_is_lost_at_the_desk(self) -> None:
        """Of every record that was noted the desk has its copy."""
        for record in self.desk.state.records.values():
            assert digest(self.desk.copies[record.digest]) == record.digest

    @invariant()
    def nobody_counts_twice_at_the_centre(self) -> None:
        """Whatever came in whatever order, at most one record of a candidate counts."""
        for who in CANDIDATES:
            assert len(self.centre.admitted(who)) <= 1

    def teardown(self) -> None:
        """At the end of the day every kiosk is read, the sitting closes, and the centre has everything once."""
        if not hasattr(self, "desk"):
            return
        self.drives[0] = dict(kiosk.export(salvaged=kiosk.dead) for kiosk in self.kiosks)
        if self.desk.state.phase is Phase.OPEN:
            self.desk.collect(self.drives[0].values(), None)
            self._note()
            self.it_balances_exactly_when_it_should()
            for one in self.desk.state.reconciliation().unsettled:
                known = self.desk.state.records_of(one.candidate)
                word = FinalState.VOIDED if known else FinalState.NO_SHOW
                self.told(one.candidate, word, DeclareAbsence(one.candidate, word, self.desk.me), None)
            self.it_balances_exactly_when_it_should()
            self.a_record_stands_for_where_the_candidate_is()
            assert self.act(CloseSitting(self.desk.me)), "with every word said it closes"
        bundle = self.desk.bundle()
        assert not self.centre.take_bundle(bundle[: len(bundle) // 2])
        for _ in range(2):
            assert self.centre.take_bundle(bundle)
        for raw in self.drives[0].values():
            self.centre.take(raw)
        self.everything_is_there_once()

    def everything_is_there_once(self) -> None:
        """Each kiosk's whole record is at the centre with one verdict, and a line's record is the one that counts."""
        verdicts = self.centre.verdicts()
        assert {digest(raw) for raw in self.drives[0].values()} <= set(verdicts)
        for line in self.desk.state.reconciliation().lines:
            counting = [(one.kiosk, one.session) for one in self.centre.admitted(line.candidate)]
            named = {str(found): verdict for found, verdict in verdicts.items()}.get(line.record)
            if isinstance(named, Quarantined):
                assert named.reason.code == "salvaged"
                assert counting in ([], [(line.kiosk, line.session)])
            else:
                assert counting == ([(line.kiosk, line.session)] if line.session else [])


TestSiteMachine = SiteMachine.TestCase
TestSiteMachine.settings = settings(
    max_examples=1_000 if LONG else 30, stateful_step_count=60 if LONG else 40
)
