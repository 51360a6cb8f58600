"""What a kiosk or desk may sign, and what the program itself may do on a file: nothing of it stops an import."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exam_packages.form import BreakClock
from exam_packages.interactions import ItemId, OptionId, TypedText
from keys.codes import Verb
from keys.connection import VaultError, VaultFullError, VaultRefusedError
from keys.container import pack, split
from keys.encoding import digest, encode
from keys.statement import SEALED_RECORD, sign
from results.centre import intake
from results.centre.books import Books
from results.centre.intake import Office
from results.centre.judging import pool
from results.centre.judging.verdicts import Kind, verdict
from results.centre.ledger import Ledger, open_ledger
from results.centre.shelf import Shelf
from results.centre.sources import sources
from results.centre.tables import records
from results.centre.timeline import MOST
from results.wire import events as e
from results.wire.bundle import claimed_record
from results.wire.edits import LONGEST_TEXT
from results.wire.events import PauseKind, Scope
from tests.results import builders as b
from tests.results.carried import BUNDLE, DAMAGED, TORN, WHOLE, W, snapshot, take, write

HELD = {"state": "quarantined", "reason": "signer-unknown"}
HUGE = 2**63 - 1
I0 = ItemId("i0")
ROOM, RUNS = PauseKind.ROOM, BreakClock.RUNS
LONG = TypedText("x" * 6_000_000)
YES, HOUR = TypedText("yes"), 3_600_000


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path, W.centre, make=True)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: _sealed([*b.opening(W, 0, session="")]), "document-malformed"),
        (lambda: _sealed([*b.opening(W, 0, session="../x")]), "document-malformed"),
        (lambda: _sealed(b.session(W, 0, {}), sealed_at=2**64 - 1), "document-malformed"),
        (lambda: _sealed(b.session(W, 0, {}), sitting="\x1b[2J" + "x" * 60_000), "plan-unknown"),
        (
            lambda: _sealed([*b.opening(W, 0), e.ClockJumped(-HUGE), e.HandedIn(0, 0, 0)]),
            "timeline-impossible",
        ),
        (lambda: _sealed([*b.opening(W, 0), e.TimeExpired(HUGE, HUGE)]), "timeline-impossible"),
        (lambda: b.seal(W, 0, b.chain(b.session(W, 0, {}), begin=-b.START - 1)), "timeline-impossible"),
        (lambda: b.seal(W, 0, b.chain(b.session(W, 0, {}), begin=2**62)), "timeline-impossible"),
        (lambda: _signed_anew(session="5" * 70_000), "document-malformed"),
        (lambda: _sealed(b.session(W, 0, {}), head="0" * 70_000), "header-mismatch"),
        (lambda: _sealed([*b.opening(W, 0), *[_resumed(2**62)] * 3]), "timeline-impossible"),
        (lambda: _sealed([*b.opening(W, 0), _resumed(-1)]), "timeline-impossible"),
        (lambda: _sealed([*b.opening(W, 0)[:-1], e.TestStarted(-1, "seed")]), "timeline-impossible"),
        (lambda: _sealed([*b.opening(W, 0), e.HandedIn(0, 0, -1)]), "timeline-impossible"),
        (lambda: _many(lambda n: e.ItemFlagged(ItemId(f"i{n}"), True, 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.OptionStruck(I0, OptionId(f"{n}"), True, 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.AgreementAccepted(f"{n}", digest(b""))), "timeline-impossible"),
        (lambda: _many(lambda n: e.ActionRedeemed(2, n)), "timeline-impossible"),
        (lambda: _many(lambda _: _resumed(1)), "timeline-impossible"),
        (lambda: _many(lambda n: e.RoomCodeRedeemed(5, n)), "timeline-impossible"),
        (lambda: _many(lambda n: e.TimeChanged(n, n, False, 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.PauseBegan(ROOM, RUNS, n, 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.PauseEnded(ROOM, n, 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.LimitEnded(Scope.PART, f"{n}", False, 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.LimitBegan(Scope.PART, f"{n}", 0, 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.TextHighlighted(f"{n}", (), 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.NoteWritten(f"{n}", 0, "", 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.CommentWritten(ItemId(f"{n}"), "", 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.ResponseEdited(ItemId(f"{n}"), 0, 0, "", 0)), "timeline-impossible"),
        (lambda: _many(lambda n: e.PreferenceSet(f"{n}", "")), "timeline-impossible"),
        (lambda: _many(lambda n: e.ResponseEdited(I0, -1, 0, "x", 0), 1), "timeline-impossible"),
        (lambda: _many(lambda n: e.ResponseEdited(I0, 0, -HUGE, "x", 0), 1), "timeline-impossible"),
        (lambda: _many(lambda n: e.ResponseEdited(I0, HUGE, HUGE, "x", 0), 1), "timeline-impossible"),
        (lambda: _many(lambda n: e.ResponseEdited(I0, n, 0, " ", 0), 2), "timeline-impossible"),
        (lambda: _many(lambda n: e.ResponseEdited(I0, n * 2, 0, "x", 0), 2), "timeline-impossible"),
        (
            lambda: _many(lambda n: e.ResponseEdited(I0, 0, 0, "x" * LONGEST_TEXT, 0), 2),
            "timeline-impossible",
        ),
        (
            lambda: _sealed(
                [*b.opening(W, 0), e.ResponseRecorded(I0, LONG, 0), e.ResponseEdited(I0, 0, 0, "", 0)]
            ),
            "timeline-impossible",
        ),
        (lambda: _sealed([*b.opening(W, 0), *[e.ActionRedeemed(2, 1)] * 2]), "timeline-impossible"),
        (lambda: _sealed([*b.opening(W, 0), *[e.RoomCodeRedeemed(5, 1)] * 2]), "timeline-impossible"),
        (lambda: _sealed([*b.opening(W, 0), e.Voided(1)]), "timeline-impossible"),
        (
            lambda: _sealed([*b.opening(W, 0), e.ActionRedeemed(3, 1), e.EndedByProctor(1)]),
            "timeline-impossible",
        ),
        (lambda: _changed(Verb.ADD + 1, HOUR, False), "timeline-impossible"),
        (lambda: _changed(Verb.ADD + 60, HOUR, True), "timeline-impossible"),
        (lambda: _changed(Verb.ADD_TWO_PERSON + 60, HOUR, False), "timeline-impossible"),
        (lambda: _changed(Verb.TAKE + 1, -2 * 60_000, False), "timeline-impossible"),
        (lambda: _changed(Verb.END, -60_000, False), "timeline-impossible"),
        (
            lambda: _sealed([*b.opening(W, 0), e.TimeChanged(b.LIMIT + 1, HOUR, True, 0)]),
            "timeline-impossible",
        ),
        (
            lambda: _sealed([*b.opening(W, 0), e.ResponseRecorded(I0, YES, b.LIMIT + 1)]),
            "timeline-impossible",
        ),
        (lambda: _sealed([*b.opening(W, 0)[:-1], e.NoteWritten("", 1, "x", 0)]), "timeline-impossible"),
        (lambda: _sealed([*b.opening(W, 0)[:-1], e.ResponseEdited(I0, 0, 0, "x", 0)]), "timeline-impossible"),
        (lambda: _many(lambda n: e.CommentWritten(ItemId(f"i{n}"), LONG.text, 0), 3), "document-too-large"),
        (lambda: _many(lambda n: e.ResponseRecorded(ItemId(f"i{n}"), LONG, 0), 3), "document-too-large"),
        (lambda: b.seal(W, 0, b.chain(b.session(W, 0, {})), content=b"\n\n"), "journal-broken"),
        (
            lambda: b.seal(W, 0, b.chain(b.session(W, 0, {})), content=b"[" * 200_000 + b"\n"),
            "journal-broken",
        ),
    ],
)
def test_what_a_kiosk_may_sign_never_stops_an_import(
    ledger: Ledger, tmp_path: Path, make: Callable[[], bytes], code: str
) -> None:
    """Numbers, names and depths that no kiosk writes, properly signed: quarantined, and the next one imported."""
    report = take(ledger, write(tmp_path / "in", {"a.ekr": make(), "b.ekr": WHOLE[1]}))
    assert [one.code for one in report.quarantined] == [code]
    assert all(len(one.what) <= 400 and "\x1b" not in one.what for one in report.quarantined)
    assert report.records.admitted == 1


def _signed_anew(**changes: object) -> bytes:
    """A good record under a header that the kiosk signed after sealing it."""
    _, body = split(WHOLE[0], kind="record")
    header = msgspec.structs.replace(claimed_record(WHOLE[0]), **changes)
    return pack(sign(encode(header), SEALED_RECORD, W.kiosks[0].signer()), [body])


def _resumed(lost: int) -> e.SessionResumed:
    return e.SessionResumed(1, e.ResumeCause.PROGRAM, lost, lost, 0)


def _changed(verb: int, by: int, both: bool) -> bytes:
    """A record in which this code was followed by so many ms more."""
    changed = e.TimeChanged(b.LIMIT, b.LIMIT + by, both, 1)
    return _sealed([*b.opening(W, 0), e.ActionRedeemed(verb, 1), changed])


def _many(make: Callable[[int], e.SessionEvent], count: int = MOST + 1) -> bytes:
    return _sealed([*b.opening(W, 0), *map(make, range(count))])


def _sealed(events: Sequence[e.SessionEvent], **changes: object) -> bytes:
    return b.seal(W, 0, b.chain(events), changes=changes)


@pytest.mark.parametrize(
    "changes", [{"made_at": 2**64 - 1}, {"count": 2**64 - 1}, {"count": -1}, {"head": "0" * 9_000}]
)
def test_what_a_desk_may_sign_never_stops_an_import(
    ledger: Ledger, tmp_path: Path, changes: dict[str, object]
) -> None:
    """The same for a bundle's own numbers."""
    raw = b.bundle(W, {0: WHOLE[0]}, changes=changes)
    report = take(ledger, write(tmp_path / "in", {"a.ekb": raw, "b.ekr": WHOLE[1]}))
    assert [one.code for one in report.quarantined] == ["document-malformed"]
    assert report.records.admitted == 1


class StrangeError(Exception):
    """What no one thought of; its words quote the file."""


def _fails(patch: pytest.MonkeyPatch, where: object, name: str, raw: bytes) -> None:
    """Let a function of the program fail when it meets these bytes."""
    act = getattr(where, name)

    def strange(*args: Any, **named: Any) -> Any:
        if any(raw == one or (isinstance(one, list) and raw in [row["file"] for row in one]) for one in args):
            raise StrangeError("a secret answer")
        return act(*args, **named)

    patch.setattr(where, name, strange)


@pytest.mark.parametrize(
    ("where", "name", "raw", "source"),
    [
        (intake, "_judge", WHOLE[0], "a.ekr"),
        (intake, "_judge", WHOLE[0], "bundle.ekb/kiosk-01-00000000000000000000000000000001.ekr"),
        (intake, "_judge_bundle", TORN, "a.ekb"),
        (pool, "verdict", WHOLE[0], "a.ekr"),
        (pool, "verdict", TORN, "a.ekb"),
    ],
)
def test_a_file_on_which_the_program_fails_is_held_and_the_others_imported(
    ledger: Ledger, tmp_path: Path, where: object, name: str, raw: bytes, source: str
) -> None:
    """It waits in quarantine with its bytes and a code of its own that quotes nothing; once the program is mended it is
    judged again. Importing again before that changes nothing.
    """
    first = source.partition("/")[0]
    paths = write(tmp_path / "in", {first: BUNDLE if "/" in source else raw, "z.ekr": WHOLE[2]})
    with pytest.MonkeyPatch.context() as patch:
        _fails(patch, where, name, raw)
        report = take(ledger, paths)
        assert [(one.source, one.code) for one in report.quarantined if "z.ekr" not in one.source] == [
            (source, "judging-failed")
        ]
        what = report.quarantined[0].what
        assert re.search(r"StrangeError at [a-z]+/[a-z_]+\.py:\d+ ", what)
        assert "secret" not in what
        assert report.unread == ()
        with ledger.transaction() as books:
            held = {row.digest: row.size for _, row in books.quarantine()}
        assert held[digest(raw)] == len(raw)
        before = snapshot(ledger)
        again = take(ledger, paths)
        assert (again.quarantined, again.unread) == ((), ())
        assert snapshot(ledger) == before
    take(ledger, paths)
    with ledger.transaction() as books:
        assert "judging-failed" not in {row.reason for _, row in books.quarantine()}


def _refusing(*_: object) -> None:
    raise StrangeError("a secret answer")


def test_what_cannot_even_be_held_is_told_and_the_others_imported(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that the store refuses is not read; what was admitted before and fails now keeps its state."""
    paths = write(tmp_path / "in", {"a.ekr": WHOLE[0], "b.ekr": WHOLE[2], "c.ekb": BUNDLE})
    assert take(ledger, paths[1:2]).records.admitted == 1
    _fails(monkeypatch, Shelf, "put", WHOLE[0])
    monkeypatch.setattr(Books, "put", _refusing)
    report = take(ledger, paths[:2])
    assert [(one.source, one.code) for one in report.unread] == [("a.ekr", "judging-failed")]
    assert report.records.already_present == 1
    monkeypatch.undo()
    assert take(ledger, paths[2:], W.office(revoked=[W.kiosks[0]])).bundles.admitted == 1
    before = snapshot(ledger)
    _fails(monkeypatch, pool, "verdict", BUNDLE)
    report = take(ledger, paths[2:])
    assert [(one.source, one.code) for one in report.unread] == [("c.ekb", "judging-failed")]
    assert snapshot(ledger) == before


def test_only_a_store_that_cannot_be_used_stops_an_import(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is told at once; a change that the store's rules refuse is the file's fault and is held."""
    paths = write(tmp_path / "in", {"a.ekr": WHOLE[0], "b.ekr": WHOLE[2]})
    kind: type[VaultError] = VaultFullError

    def failing(*_: object) -> None:
        raise kind(name="ledger")

    monkeypatch.setattr(Shelf, "put", failing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Books, "put", failing)
        with pytest.raises(VaultFullError):
            take(ledger, paths)
    kind = VaultRefusedError
    assert [one.code for one in take(ledger, paths).quarantined] == ["vault-refused"] * 2


def test_the_ledger_is_free_while_a_file_is_judged(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another importer can write while this one judges a record or a bundle."""
    other = open_ledger(tmp_path, W.centre)
    free: list[int] = []
    act = verdict

    def slow(kind: Kind, raw: bytes, office: Office) -> Any:
        with other.transaction() as books:
            books.put(records, {"digest": digest(raw), **HELD, "file": raw})
        free.append(len(raw))
        return act(kind, raw, office)

    monkeypatch.setattr(pool, "verdict", slow)
    paths = write(tmp_path / "in", {"c.ekb": BUNDLE, "z.ekr": WHOLE[2]})
    assert take(ledger, paths).bundles.admitted == 1
    assert len(free) == 4


def test_a_name_that_is_no_text_is_told_in_letters(ledger: Ledger, tmp_path: Path) -> None:
    """A file's name that no character set knows, or that would act on a screen, is imported like any other."""
    name = os.fsdecode(b"a\xff\x1b[2J.ekr")
    report = take(ledger, write(tmp_path / "in", {name: DAMAGED, "b.ekr": WHOLE[1]}))
    assert [one.source for one in report.quarantined] == ["a[2J.ekr"]
    assert report.records.admitted == 1


def test_a_name_that_is_no_text_is_told_where_it_cannot_be_read(ledger: Ledger, tmp_path: Path) -> None:
    """A link in such a folder is told as not read, in letters that act on no screen, and the others are imported."""
    folder = tmp_path / os.fsdecode(b"a\xff\x1b[2J")
    paths = write(folder, {"b.ekr": WHOLE[1]})
    (folder / "c.ekr").symlink_to("b.ekr")
    report = take(ledger, [folder / "c.ekr", *paths])
    assert [(one.source, one.code) for one in report.unread] == [("c.ekr", "file-refused")]
    assert report.unread[0].what.isprintable()
    assert report.records.admitted == 1


def test_a_folder_that_cannot_be_read_is_told(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a drive fails at a folder the import does not pass it over in silence."""
    write(tmp_path / "in", {"b.ekr": WHOLE[1]})
    write(tmp_path / "in" / "failing", {"c.ekr": WHOLE[2]})
    real = os.scandir

    def scan(path: str) -> Any:
        if str(path).endswith("failing"):
            raise OSError(errno.EIO, "failed", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scan)
    report = take(ledger, sources([tmp_path / "in"]))
    assert report.records.admitted == 1
    assert [one.source for one in report.unread] == ["failing"]
