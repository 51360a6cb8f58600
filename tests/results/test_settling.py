"""What counts is a function of the set of records, as a table of situations and as a property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import digest
from results.centre.settling import Admitted, AlreadyPresent, Filed, Heads, Quarantined, packed, settle
from results.wire.closing import ClosingLine, FinalState

SEAT = ("west", "C-1")


def heads(text: str) -> Heads:
    """Heads of a journal whose entries are these letters: equal beginnings give equal heads."""
    return packed(digest(text[: n + 1].encode()) for n in range(len(text)))


def filed(
    entries: str,
    session: str = "s1",
    outcome: str = "completed",
    candidate: str = "C-1",
    copy: int = 0,
    kiosk: str = "K",
    moved_from: str = "",
) -> Filed:
    """A record of a journal with these entries; `copy` tells sealings of the same journal apart."""
    name = digest(f"{entries} {session} {copy} {kiosk}".encode())
    return Filed(name, kiosk, session, "west", candidate, 1, outcome, heads(entries), moved_from)


def line(of: Filed | None, state: FinalState = FinalState.COMPLETED) -> ClosingLine:
    """The closing page's line that names this record."""
    if of is None:
        return ClosingLine("C-1", 1, state)
    return ClosingLine("C-1", 1, state, of.kiosk, of.session, of.digest, of.heads[-1], len(of.heads))


WHOLE, PART, FORK, OTHER = filed("abcd"), filed("abc", outcome="unfinished"), filed("abxy"), filed("q", "s2")
COPY = filed("abcd", copy=1)
LATER = filed("abcde")
MOVED = filed("mn", "s2", kiosk="K2", moved_from="0123456789")
MOVED_AGAIN = filed("mno", "s3", kiosk="K3", moved_from="0123456789")
ENDED = filed("abce", outcome="ended by proctor")
VOID = filed("abcv", outcome="voided")
POSING = filed("abcd", kiosk="K2")
DISPUTED = "closing pages that contradict each other"


@pytest.mark.parametrize(
    ("records", "closing", "expected"),
    [
        ([WHOLE], None, "A"),
        ([WHOLE, PART], None, "AR"),
        ([PART], None, "A"),
        ([WHOLE, FORK], None, ["journal-fork"] * 2),
        ([WHOLE, FORK, PART], None, ["journal-fork"] * 3),
        ([WHOLE, OTHER], None, ["attempt-conflict"] * 2),
        ([WHOLE, PART, OTHER], None, ["attempt-conflict"] * 3),
        ([WHOLE, OTHER], line(WHOLE), ["A", "closing-mismatch"]),
        ([WHOLE, PART], line(WHOLE), "AR"),
        ([PART], line(WHOLE), ["closing-mismatch"]),
        ([FORK], line(WHOLE), ["closing-mismatch"]),
        ([WHOLE, FORK], line(WHOLE), ["journal-fork"] * 2),
        ([LATER], line(WHOLE), "A"),
        ([LATER, WHOLE], line(WHOLE), "AR"),
        ([WHOLE, PART], line(PART, FinalState.UNFINISHED), ["closing-mismatch", "A"]),
        ([WHOLE], line(None, FinalState.NO_SHOW), ["closing-mismatch"]),
        ([WHOLE], line(WHOLE, FinalState.VOIDED), "A"),
        ([PART], line(PART, FinalState.ENDED_BY_PROCTOR), ["closing-mismatch"]),
        ([ENDED], None, "A"),
        ([ENDED], line(ENDED, FinalState.ENDED_BY_PROCTOR), "A"),
        ([ENDED], line(ENDED, FinalState.COMPLETED), ["closing-mismatch"]),
        ([VOID], line(VOID, FinalState.VOIDED), "A"),
        ([VOID], line(VOID, FinalState.COMPLETED), ["closing-mismatch"]),
        ([MOVED], None, "A"),
        ([WHOLE, MOVED], None, ["attempt-conflict"] * 2),
        ([WHOLE, MOVED], line(MOVED), ["moved-on", "A"]),
        ([WHOLE, PART, MOVED], line(MOVED), ["moved-on", "R", "A"]),
        ([PART, MOVED], line(MOVED, FinalState.VOIDED), ["moved-on", "A"]),
        ([WHOLE, MOVED], line(WHOLE), ["A", "closing-mismatch"]),
        ([WHOLE, FORK, MOVED], line(MOVED), ["journal-fork", "journal-fork", "A"]),
        ([WHOLE, OTHER, MOVED], line(MOVED), ["closing-mismatch", "closing-mismatch", "A"]),
        ([WHOLE, MOVED, MOVED_AGAIN], line(MOVED), ["closing-mismatch", "A", "closing-mismatch"]),
        ([MOVED, MOVED_AGAIN], line(MOVED_AGAIN), ["closing-mismatch", "A"]),
        ([WHOLE, MOVED], DISPUTED, ["closing-conflict"] * 2),
        ([OTHER, WHOLE], line(OTHER), ["A", "closing-mismatch"]),
        ([WHOLE], line(WHOLE, FinalState.TIMED_OUT), ["closing-mismatch"]),
        ([WHOLE, POSING], line(WHOLE), ["A", "closing-mismatch"]),
        ([WHOLE, PART], DISPUTED, ["closing-conflict"] * 2),
        ([WHOLE, OTHER], DISPUTED, ["closing-conflict"] * 2),
        ([WHOLE, FORK], DISPUTED, ["journal-fork"] * 2),
    ],
)
def test_which_record_counts(
    records: list[Filed], closing: ClosingLine | str | None, expected: list[str]
) -> None:
    """A for the one that counts, R for a repeat, else the code of the reason; in the order of the records. A candidate
    who was moved counts once, only where the closing page names the record made there.
    """
    lines = {SEAT: None if isinstance(closing, str) else closing} if closing else {}
    found = settle(records, lines)
    assert [_short(found[one.digest]) for one in records] == list(expected)


TWICE = filed("rs", "s3", kiosk="K3", moved_from="ABCDEFGHJK")
SECOND_MOVE = {(*SEAT, "K3"): "K2"}
BOTH_MOVES = {**SECOND_MOVE, (*SEAT, "K2"): "K"}


@pytest.mark.parametrize(
    ("records", "closing", "moves", "expected"),
    [
        ([WHOLE, MOVED, TWICE], line(TWICE), BOTH_MOVES, ["moved-on", "moved-on", "A"]),
        ([WHOLE, MOVED, TWICE], line(TWICE), SECOND_MOVE, ["moved-on", "moved-on", "A"]),
        ([WHOLE, TWICE], line(TWICE), BOTH_MOVES, ["moved-on", "A"]),
        ([WHOLE, TWICE], line(TWICE), SECOND_MOVE, ["closing-mismatch", "A"]),
        ([WHOLE, MOVED, TWICE], line(TWICE), {}, ["closing-mismatch", "closing-mismatch", "A"]),
        ([WHOLE, MOVED, TWICE], line(MOVED), BOTH_MOVES, ["closing-mismatch", "A", "closing-mismatch"]),
        (
            [WHOLE, OTHER, MOVED, TWICE],
            line(TWICE),
            BOTH_MOVES,
            ["closing-mismatch", "closing-mismatch", "closing-mismatch", "A"],
        ),
        (
            [WHOLE, MOVED],
            line(MOVED),
            {(*SEAT, "K2"): "K", (*SEAT, "K"): "K2"},
            ["moved-on", "A"],
        ),
    ],
)
def test_who_was_moved_twice_leaves_two_sessions(
    records: list[Filed],
    closing: ClosingLine,
    moves: dict[tuple[str, str, str], str],
    expected: list[str],
) -> None:
    """The desk's journal tells the way back to the first kiosk, over one whose record is not here; a session that is
    not on it, or was begun after the one that the page names, waits for a person.
    """
    for some in (records, records[::-1]):
        found = settle(some, {SEAT: closing}, moves)
        assert [_short(found[one.digest]) for one in records] == list(expected)


def test_of_equal_journals_the_collected_file_counts() -> None:
    """The same journal sealed twice is one record; the closing page's file is the one that is kept as admitted."""
    for collected in (WHOLE, COPY):
        found = settle([WHOLE, COPY], {SEAT: line(collected)})
        assert isinstance(found[collected.digest], Admitted)
        assert sorted(_short(verdict) for verdict in found.values()) == ["A", "R"]


def test_one_session_of_two_candidates_is_a_fork() -> None:
    """A session that names another candidate in another file contradicts itself, so neither is scored by it."""
    mine, theirs = filed("abc"), filed("axc", candidate="C-2")
    found = settle([mine, theirs], {})
    assert {_short(verdict) for verdict in found.values()} == {"journal-fork"}


def test_another_kiosk_with_the_name_of_a_session_contradicts_nothing() -> None:
    """The same session's name for another candidate, signed by another kiosk, is another session; both count."""
    mine, theirs = filed("abc"), filed("axc", candidate="C-2", kiosk="K2")
    found = settle([mine, theirs], {})
    assert {_short(verdict) for verdict in found.values()} == {"A"}


EVERY = [WHOLE, PART, FORK, OTHER, COPY, LATER, POSING, MOVED, MOVED_AGAIN, ENDED, VOID]
CLOSINGS = [
    None,
    line(WHOLE),
    line(PART, FinalState.UNFINISHED),
    line(None, FinalState.NO_SHOW),
    line(MOVED),
    line(ENDED, FinalState.ENDED_BY_PROCTOR),
]


@given(
    st.lists(st.sampled_from(EVERY), unique=True, min_size=1),
    st.sampled_from(CLOSINGS),
    st.randoms(),
)
def test_the_order_never_matters(records: list[Filed], closing: ClosingLine | None, random: object) -> None:
    """Whatever the order, each record has the same verdict, and at most one of an attempt counts."""
    lines = {SEAT: closing} if closing else {}
    found = settle(records, lines)
    assert found == settle(sorted(records, key=lambda one: one.digest), lines) == settle(records[::-1], lines)
    assert sum(isinstance(verdict, Admitted) for verdict in found.values()) <= 1
    assert found.keys() == {one.digest for one in records}


def _short(verdict: Admitted | AlreadyPresent | Quarantined) -> str:
    if isinstance(verdict, Quarantined):
        return verdict.reason.code
    return "A" if isinstance(verdict, Admitted) else verdict.reason.code or "R"
