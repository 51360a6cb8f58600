"""What the desk issued against what kiosks redeemed: every difference is told, and time by two persons proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from exam_packages.sitting_plan import seal_plan
from keys.codes import Verb
from keys.encoding import digest
from keys.identities import PrivateIdentity
from keys.statement import Role
from results.centre.intake import Sound, judge, judge_bundle
from results.centre.issued import FIRST_MISSING, Session, differences, issued, redeemed
from results.centre.judging.pool import Here
from results.centre.ledger import open_ledger
from results.centre.quarantine.acting import Desk, Who, admit, reject
from results.centre.settling import Quarantined
from results.centre.tables import State, records
from results.wire import acts, journal
from results.wire import events as e
from results.wire import sitting_events as s
from tests.results import builders as b
from tests.results.carried import NOW, take, write

ME_TOO = b.someone(Role.PROCTOR, "okafor", "west")
PLAIN = b.world()
PLAN = msgspec.structs.replace(PLAIN.plan, proctors=(PLAIN.proctor.identity, ME_TOO.identity))
W = replace(PLAIN, plan=PLAN, plan_file=seal_plan(PLAN, PLAIN.registrar))
ME = W.proctor.identity.fingerprint
K = [one.identity.fingerprint for one in W.kiosks]
MORE = Verb.ADD_TWO_PERSON + 45
MINUTE = 60_000


def act(seat: int, verb: int, serial: int, second: PrivateIdentity | None = None) -> s.ActionIssued:
    """An act of the desk for the candidate of a seat, agreed on by `second`."""
    bare = s.ActionIssued(b.candidate(seat), 1, K[seat], verb, serial, "power-cut", ME)
    if second is None:
        return bare
    named = msgspec.structs.replace(bare, second=second.identity.fingerprint)
    raw = acts.agreed(PLAN.sitting, PLAN.mode.value, named)
    return msgspec.structs.replace(named, second_signature=acts.agree(raw, second))


def record(seat: int, *typed: e.SessionEvent) -> bytes:
    """A whole record of a seat in which these codes were typed."""
    whole = b.session(W, seat, b.right(W, 3))
    return b.seal(W, seat, b.chain([*whole[:-1], *typed, whole[-1]]))


def more(serial: int = 1) -> tuple[e.SessionEvent, ...]:
    """45 minutes by two persons."""
    changed = e.TimeChanged(b.LIMIT, b.LIMIT + 45 * MINUTE, two_person=True, elapsed=7_000)
    return e.ActionRedeemed(MORE, serial), changed


def session(seat: int, *typed: e.SessionEvent) -> Session:
    """The same as the ledger would hand it out."""
    sound = judge(record(seat, *typed), W.office(also=[ME_TOO]))
    assert isinstance(sound, Sound), sound
    return Session(K[seat], b.candidate(seat), 1, sound.facts)


def told(
    desk: Sequence[s.SittingEvent], *sessions: Session
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The differences between a desk that did this and these sessions."""
    entries, _ = journal.read(b.desk_journal(W, *desk), journal.SittingEntry)
    found = differences(PLAN, issued(PLAN, entries), sessions)
    return dict(found.candidates), found.sitting


def test_two_journals_that_agree_are_not_spoken_of() -> None:
    """An added ten minutes and a pause of the room, issued and redeemed everywhere, make no remark."""
    ten = (e.ActionRedeemed(Verb.ADD + 10, 1), e.TimeChanged(b.LIMIT, b.LIMIT + 10 * MINUTE, False, 7_000))
    desk = (act(0, Verb.ADD + 10, 1),)
    assert told(desk, session(0, *ten), session(1)) == ({}, ())


@pytest.mark.parametrize(
    ("desk", "typed", "remark"),
    [
        (
            (),
            more(),
            "code 1 (add 45 minutes by two persons) was redeemed at kiosk-01 and is not in the desk's",
        ),
        ((act(0, Verb.END, 1),), (), "code 1 (end) was issued for kiosk-01 and not redeemed"),
        ((act(1, MORE, 1, ME_TOO),), more(), "redeemed at kiosk-01 and is not in the desk's journal"),
        (
            (act(0, MORE, 2, ME_TOO),),
            more(),
            "code 2 (add 45 minutes by two persons) was issued for kiosk-01 and",
        ),
        (
            (s.ResumeCodeIssued(K[0], 2, ME),),
            (),
            "was resumed 0 times; the desk issued 2 resume codes for it",
        ),
    ],
)
def test_every_difference_of_a_candidate_is_told(
    desk: tuple[s.SittingEvent, ...], typed: tuple[e.SessionEvent, ...], remark: str
) -> None:
    """What was only issued, only redeemed, or redeemed elsewhere stands beside its candidate and beside no other."""
    found, sitting = told(desk, session(0, *typed), session(2))
    assert any(remark in line for line in found[b.candidate(0)])
    assert (set(found), sitting) == ({b.candidate(0)}, ())


@pytest.mark.parametrize("before", [True, False])
def test_a_rebuilt_desk_without_the_one_before_is_told(before: bool) -> None:
    """Where the first desk's journal is lost, that explains what is not in the other's; with both nothing is said."""
    first, _ = journal.read(b.desk_journal(W), journal.SittingEntry)
    opened = first[0].event
    assert isinstance(opened, s.SittingOpened)
    again = msgspec.structs.replace(first[0], event=msgspec.structs.replace(opened, rebuilt=True))
    rebuilt = (again, *first[1:])
    found = differences(PLAN, issued(PLAN, (*first, *rebuilt) if before else rebuilt), [session(0)])
    assert found.sitting == (() if before else (FIRST_MISSING,))


def test_a_seat_without_an_admission_is_told() -> None:
    """A candidate who signed in at a kiosk for which the desk shows no admission code is named."""
    entries, _ = journal.read(b.desk_journal(W)[:1], journal.SittingEntry)
    found = differences(PLAN, issued(PLAN, entries), [session(0)])
    assert found.candidates == {
        b.candidate(0): ("signed in at kiosk-01, for which the desk's journal shows no admission code",)
    }


def test_codes_of_the_room_are_compared_kiosk_by_kiosk() -> None:
    """A pause that one kiosk did not take is told with its name; so is one that no desk issued."""
    pause = (e.RoomCodeRedeemed(Verb.ROOM_PAUSE, 1),)
    issued_one = s.RoomCodeIssued(Verb.ROOM_PAUSE, 1, "alarm", ME)
    _, sitting = told([issued_one], session(0, *pause), session(1), session(2, *pause))
    assert sitting == ("Room code 1 (pause the room) was issued and not redeemed at kiosk-02.",)
    _, sitting = told([], session(0, *pause))
    assert sitting == (
        "Room code 1 (pause the room) was redeemed at kiosk-01 and is not in the desk's journal.",
    )


def test_a_room_code_is_not_expected_where_the_session_was_over() -> None:
    """A kiosk that had handed in before, or opened after, is not told; nor one to resume that was not paused."""

    def pause(serial: int, verb: Verb = Verb.ROOM_PAUSE) -> s.RoomCodeIssued:
        return s.RoomCodeIssued(verb, serial, "alarm", ME)

    def over(one: Session, opened: int, ended: int) -> Session:
        times = {"opened_at": b.START + opened, "ended_at": b.START + ended}
        return replace(one, facts=msgspec.structs.replace(one.facts, **times))

    plain = [session(0), session(1), session(2)]
    before, during, after = (
        over(plain[0], -9_000, -1),
        over(plain[1], -9_000, 9_000),
        over(plain[2], 1, 9_000),
    )
    sessions = (before, during, after)
    assert told((pause(1),), *sessions)[1] == (
        "Room code 1 (pause the room) was issued and not redeemed at kiosk-02.",
    )
    assert told((pause(2, Verb.ROOM_RESUME),), *sessions) == ({}, ())


def test_a_move_that_the_desk_wrote_otherwise_is_told() -> None:
    """Checkpoint and minutes of a move-in are those that the desk wrote down, or the difference is told."""
    events = b.session(W, 0, b.right(W, 3))
    events[1] = e.CandidateMovedIn(b.candidate(0), 1, 1, "ABCD123456", 50)
    sound = judge(b.seal(W, 0, b.chain(events)), W.office())
    assert isinstance(sound, Sound), sound
    arrived = Session(K[0], b.candidate(0), 1, sound.facts)
    assert redeemed(arrived) == ((K[0], b.candidate(0), 1, Verb.MOVE_IN, 1),)
    for minutes, expected in ((50, {}), (40, 1)):
        move = s.CandidateMoved(b.candidate(0), 1, K[1], K[0], "abcd 123 456", minutes, 1, "kiosk-dead", ME)
        found, _ = told([move], arrived)
        assert (
            len(found) == len(expected)
            if isinstance(expected, dict)
            else "40 minutes" in found[b.candidate(0)][0]
        )


@pytest.mark.parametrize(
    ("desk", "state"),
    [
        ([act(0, MORE, 1, ME_TOO)], State.ADMITTED),
        ([], State.QUARANTINED),
        ([act(0, MORE, 1)], State.QUARANTINED),
        ([act(0, MORE, 1, W.proctor)], State.QUARANTINED),
        ([act(0, MORE, 1, W.stranger)], State.QUARANTINED),
        ([act(0, MORE, 2, ME_TOO)], State.QUARANTINED),
        ([act(1, MORE, 1, ME_TOO)], State.QUARANTINED),
        ([msgspec.structs.replace(act(0, MORE, 1, ME_TOO), reason="unwell")], State.QUARANTINED),
    ],
)
def test_time_by_two_persons_counts_only_where_two_agreed(
    tmp_path: Path, desk: list[s.SittingEvent], state: State
) -> None:
    """Nobody, the same proctor twice, a stranger, another code, another candidate or another reason prove nothing."""
    raw = record(0, *more())
    files = {"west.ekb": b.bundle(W, {0: raw}, desk=b.desk_journal(W, *desk))}
    ledger = open_ledger(tmp_path, W.centre, make=True)
    take(ledger, write(tmp_path / "in", files), W.office(also=[ME_TOO]))
    with ledger.transaction() as books:
        assert books.state_of(records, digest(raw)) is state
        held = [row.reason for _, row in books.quarantine()]
    assert held == ([] if state is State.ADMITTED else ["two-person-unproved"])


def test_time_that_two_proctors_confirm_elsewhere_is_admitted_by_a_person(tmp_path: Path) -> None:
    """Both were asked: the record counts by decision, also when all comes again; rejected, it counts for nothing."""
    raw = record(0, *more())
    files = write(tmp_path / "in", {"west.ekb": b.bundle(W, {0: raw}, desk=b.desk_journal(W)), "0.ekr": raw})
    ledger, office = open_ledger(tmp_path, W.centre, make=True), W.office(also=[ME_TOO])
    desk, who = Desk(ledger, Here(office), office.plan), Who("A. Director", "Both signed a letter.", NOW)
    stands = []
    for decide in (None, admit, reject):
        if decide is not None:
            decide(desk, digest(raw), who)
        take(ledger, files, office)
        with ledger.reading() as books:
            row = books.standing(records, [digest(raw)])[digest(raw)]
        stands.append((row.state, row.reason))
    held = State.QUARANTINED.value
    assert stands == [(held, "two-person-unproved"), (State.ADMITTED.value, ""), (held, "rejected")]


def test_a_record_that_came_before_its_bundle_waits_for_it(tmp_path: Path) -> None:
    """Time by two persons cannot be judged from the record alone; once the desk's journal is in, the record counts."""
    raw = record(0, *more())
    ledger = open_ledger(tmp_path, W.centre, make=True)
    office = W.office(also=[ME_TOO])
    take(ledger, write(tmp_path / "loose", {"one.ekr": raw}), office)
    with ledger.transaction() as books:
        assert books.state_of(records, digest(raw)) is State.QUARANTINED
    journal_of_two = b.desk_journal(W, act(0, MORE, 1, ME_TOO))
    take(ledger, write(tmp_path / "whole", {"west.ekb": b.bundle(W, {0: raw}, desk=journal_of_two)}), office)
    with ledger.transaction() as books:
        assert books.state_of(records, digest(raw)) is State.ADMITTED


def test_a_line_that_no_proctor_of_the_plan_signed_holds_the_bundle() -> None:
    """A desk's journal with a stranger's line is not believed; the records in the bundle are judged all the same."""
    raws = b.desk_journal(W)
    head = journal.read(raws, journal.SittingEntry)[1]
    shown = s.CodesShown(W.stranger.identity.fingerprint)
    raws.append(journal.next_sitting_line(head, b.stamp(0), shown, PLAN.mode.value, W.stranger).raw)
    verdict = judge_bundle(b.bundle(W, {0: record(0)}, desk=raws), W.office(also=[ME_TOO]))
    assert not isinstance(verdict, Quarantined)
    assert verdict.refused is not None
    assert verdict.refused.reason.code == "journal-line-unsigned"
    assert verdict.desk is None
    assert len(verdict.records) == 1
