"""Reconciliation of a site: every candidate has one state, and what is missing has a name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from keys.errors import ExamKioskError
from results.centre.importing import import_files
from results.centre.judging.pool import Here
from results.centre.office import Centre
from results.centre.quarantine.acting import Desk, Who, reject
from results.centre.reconciling import telling
from results.centre.reconciling.gathering import reconciliation
from results.centre.reconciling.values import Reconciliation, SittingState
from results.wire import events as e
from results.wire import sitting_events as s
from results.wire.closing import FinalState
from tests.results import builders as b
from tests.results import centres

W = b.world(4, 12)
AFTER, DURING = b.START + 24 * b.HOUR, b.START + b.HOUR
ME = W.proctor.identity.fingerprint
STOPPED = [
    *b.opening(W, 1),
    e.ClockJumped(-90_000),
    e.SessionResumed(1, e.ResumeCause.MACHINE, 42_000, 30_000, 1_000),
    *b.answers(b.right(W, 4)),
    e.HandedIn(0, 0, 60_000),
]
RECORDS = {0: b.sitting_record(W, 0), 1: b.seal(W, 1, b.chain(STOPPED)), 2: b.sitting_record(W, 2)}


def incident(number: int, text: str, category: str = "R3") -> s.IncidentReported:
    return s.IncidentReported(number, category, (b.candidate(1),), b.START, text, "", "", ME)


def found(folder: Path, *files: tuple[str, bytes], now: int = AFTER) -> tuple[Centre, Reconciliation]:
    centre = centres.centre(W, folder)
    paths = []
    for name, raw in files:
        paths.append(folder / name)
        paths[-1].write_bytes(raw)
    import_files(paths, centre.ledger, centre.office(), b.stamp(24 * b.HOUR).wall, lambda _: None)
    return centre, reconciliation(centre, now)


def only(made: Reconciliation) -> SittingState:
    (one,) = made.sittings
    return one


def test_a_site_from_which_all_came_balances(tmp_path: Path) -> None:
    """Three records and a no-show are one final state each, their sum is the roster, and nothing is to look at."""
    desk = b.desk_journal(W, s.ResumeCodeIssued(W.kiosks[1].identity.fingerprint, 1, ME))
    _, made = found(tmp_path, ("a.ekb", b.bundle(W, RECORDS, desk=desk)))
    one = only(made)
    assert (one.balance, one.state, made.open) == ("4 authorised = 3 completed + 1 no-show", "closed", 0)
    assert all(seat.final for seat in one.seats)
    assert [(seat.candidate, seat.kiosk) for seat in one.seats] == [
        ("C-1001", "kiosk-01"),
        ("C-1002", "kiosk-02"),
        ("C-1003", "kiosk-03"),
        ("C-1004", ""),
    ]


@pytest.mark.parametrize(("now", "state", "count"), [(DURING, "expected", 0), (AFTER, "missing", 1)])
def test_a_site_is_missing_once_its_window_is_over(tmp_path: Path, now: int, state: str, count: int) -> None:
    """Before that nothing is to look at; after it the site is named, and its candidates are in no final state."""
    _, made = found(tmp_path, now=now)
    one = only(made)
    assert (one.state, made.open, made.missing_sites) == (state, count, ("west",) * count)
    assert sum(one.states.values()) == one.authorised == 4
    assert not any(seat.final for seat in one.seats)


def test_a_silent_site_is_told_from_one_that_kept_a_sitting_back(tmp_path: Path) -> None:
    """Of two sites a sitting is missing: from one nothing came, from the other all but that; one alone tells none."""
    _, made = found(tmp_path)
    gone = only(made)
    came = replace(gone, sitting="west-2027-02", state="closed")
    other = replace(gone, site="east", sitting="east-2027-01")
    both = replace(made, sittings=(gone, came, other))
    assert both.missing_sites == ("east", "west")
    assert (both.silent_sites, both.gaps) == (("east",), {"west": ("west-2027-01",)})
    text = telling.text(both)
    assert "Nothing came from east." in text
    assert "Of west nothing came of west-2027-01." in text
    assert telling.to_json(both)["silent_sites"] == ["east"]
    alone = reconciliation(centres.centre(W, tmp_path / "alone"), AFTER, gone.sitting)
    assert (alone.missing_sites, alone.silent_sites) == (("west",), ())
    assert telling.text(made).endswith("1 sitting, 4 authorised; 1 thing to look at.")


def test_what_a_closing_page_names_and_nobody_brought_is_named(tmp_path: Path) -> None:
    """The page has four records, the bundle three: candidate, kiosk and the file's digest are told."""
    last = b.seal(W, 3, b.chain(b.session(W, 3, b.right(W, 2))))
    lines = [b.line(W, n, {**RECORDS, 3: last}[n]) for n in range(4)]
    desk = b.desk_journal(W, s.ResumeCodeIssued(W.kiosks[1].identity.fingerprint, 1, ME))
    _, made = found(tmp_path, ("a.ekb", b.bundle(W, RECORDS, lines=lines, desk=desk)))
    one = only(made)
    assert one.missing_kiosks == ("kiosk-04",)
    (words,) = one.missing_records
    assert words.startswith("the record ")
    assert words.endswith("of C-1004 from kiosk-04")
    assert (one.balance, made.open) == ("4 authorised = 4 completed", 2)


def test_records_without_a_closing_page_are_not_final(tmp_path: Path) -> None:
    """Loose records show how sessions ended; page, the others and their kiosks are named as missing."""
    _, made = found(tmp_path, ("a.ekr", RECORDS[0]), ("b.ekr", RECORDS[2]))
    one = only(made)
    assert one.balance == "4 authorised = 2 not closed + 2 nothing came"
    assert one.missing_kiosks == ("kiosk-02", "kiosk-04")
    assert one.findings == ("no sound bundle of this sitting came",)
    assert made.open == 4 + 2 + 1


def test_what_happened_is_listed_by_site(tmp_path: Path) -> None:
    """Clock jumps, outages, credits, codes that differ, and each incident once, in its newest words."""
    desk = b.desk_journal(
        W,
        incident(1, "The lights went out"),
        incident(2, "Noise", "R1"),
        incident(1, "Power was back at ten"),
    )
    _, made = found(tmp_path, ("a.ekb", b.bundle(W, RECORDS, desk=desk)))
    one = only(made)
    assert [(told.kind, told.candidate, told.ms) for told in one.happenings] == [
        ("clock jump", "C-1002", -90_000),
        ("outage", "C-1002", 42_000),
        ("credit", "C-1002", 30_000),
    ]
    assert [(told.number, told.words, told.text, told.versions) for told in one.incidents] == [
        (1, "Power failed", "Power was back at ten", 2),
        (2, "Noise or a disturbance from outside", "Noise", 1),
    ]
    assert one.codes == ("C-1002: kiosk-02 was resumed once; the desk issued 0 resume codes for it",)
    assert made.open == 1


def test_two_pages_that_differ_leave_a_candidate_without_a_final_state(tmp_path: Path) -> None:
    """The one they differ about is disputed, the others are as both say."""
    other = [b.line(W, n, RECORDS.get(n), FinalState.COMPLETED) for n in range(3)]
    other.append(b.line(W, 3, None, FinalState.TURNED_AWAY))
    desk = b.desk_journal(W, s.ResumeCodeIssued(W.kiosks[1].identity.fingerprint, 1, ME))
    files = (
        ("a.ekb", b.bundle(W, RECORDS, desk=desk)),
        ("b.ekb", b.bundle(W, RECORDS, lines=other, desk=desk)),
    )
    _, made = found(tmp_path, *files)
    one = only(made)
    assert one.balance == "4 authorised = 3 completed + 1 disputed"
    assert one.findings == ("2 different sound bundles of this sitting came",)


def test_text_and_json_say_the_same(tmp_path: Path) -> None:
    """The JSON is whole; the text names each thing that is open."""
    _, made = found(tmp_path, ("a.ekr", RECORDS[0]), ("damaged.ekr", RECORDS[2][:-1]))
    values = json.loads(json.dumps(telling.to_json(made)))
    (site,) = values["sites"]
    (one,) = site["sittings"]
    assert (site["site"], one["states"]) == ("west", {"not closed": 1, "nothing came": 3})
    text = telling.text(made)
    assert "C-1001 (not closed): no closing page confirms that the record ends as completed" in text
    assert "In quarantine, of no known sitting: damaged.ekr" in text
    assert f"{values['open']} things to look at." in text


def test_a_sitting_that_was_not_planned_is_refused_by_name(tmp_path: Path) -> None:
    """Asked for one sitting, only that is reconciled; another name is refused."""
    centre, _ = found(tmp_path)
    assert len(reconciliation(centre, AFTER, "west-2027-01").sittings) == 1
    with pytest.raises(ExamKioskError) as caught:
        reconciliation(centre, AFTER, "east-2027-01")
    assert caught.value.code == "sitting-unknown"


def test_what_a_person_has_rejected_waits_for_nobody(tmp_path: Path) -> None:
    """A damaged bundle and the record in it are open until they are rejected; beside a sound copy nothing is."""
    desk_lines = b.desk_journal(W, s.ResumeCodeIssued(W.kiosks[1].identity.fingerprint, 1, ME))
    whole = b.bundle(W, RECORDS, desk=desk_lines)
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    centre, before = found(tmp_path, ("a.ekb", bytes(damaged)), ("b.ekb", whole))
    assert before.open > 0
    (finding,) = (one for one in only(before).findings if one.startswith("a bundle is in quarantine"))
    assert finding.endswith("(a sound one is here too: reject this one if nothing is missing)")
    with centre.ledger.transaction() as books:
        held = [row.digest for _, row in books.quarantine()]
    assert held
    office = centre.office()
    desk = Desk(centre.ledger, Here(office), office.plan)
    for digest in held:
        reject(desk, digest, Who("Lee", "Damaged; the sound copy is here.", b.START))
    after = reconciliation(centre, AFTER)
    assert (after.open, after.strays, only(after).findings) == (0, (), ())
