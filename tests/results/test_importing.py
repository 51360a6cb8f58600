"""Importing into a real ledger: any order, any repeats, any crash, and the same ledger in the end."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_packages.interactions import ItemId, OptionId, TypedText
from keys.connection import VaultError, VaultFullError, VaultRefusedError
from keys.container import pack, split
from keys.encoding import Instant, digest, encode
from keys.statement import SEALED_RECORD, sign
from results.centre import importing, intake
from results.centre.books import Books
from results.centre.facts import MOST
from results.centre.imported import Report
from results.centre.importing import NothingToImportError, import_files, sources
from results.centre.intake import Office
from results.centre.ledger import Ledger, open_ledger
from results.centre.tables import bundles, closing_lines, records
from results.wire import events as e
from results.wire.bundle import claimed_record
from results.wire.closing import FinalState
from tests.results import builders as b

W = b.world()
NOW = Instant(b.START + 24 * b.HOUR)
WHOLE = [b.sitting_record(W, n, n + 1) for n in range(3)]
PART = b.seal(W, 1, b.chain(b.session(W, 1, b.right(W, 2), end=False))[:-2])
AGAIN = b.seal(W, 0, b.chain(b.session(W, 0, b.right(W, 1))))
FORK = b.seal(W, 2, b.chain(b.session(W, 2, b.right(W, 4))))
SECOND = b.seal(W, 1, b.chain([*b.opening(W, 1, session="f" * 32), e.HandedIn(0, 0, 1)]))
DAMAGED = WHOLE[0][:-40] + b"\0" + WHOLE[0][-39:]
FOREIGN = b.seal(W, 0, b.chain(b.session(W, 0, {})), signer=W.stranger)
BUNDLE = b.bundle(W, {0: WHOLE[0], 1: WHOLE[1]})
TORN = b.bundle(W, {0: WHOLE[0], 1: WHOLE[1], 2: WHOLE[2]})[:-2_000]
FILES = {
    "0.ekr": WHOLE[0],
    "1.ekr": WHOLE[1],
    "2.ekr": WHOLE[2],
    "part.ekr": PART,
    "again.ekr": AGAIN,
    "fork.ekr": FORK,
    "second.ekr": SECOND,
    "damaged.ekr": DAMAGED,
    "foreign.ekr": FOREIGN,
    "bundle.ekb": BUNDLE,
    "torn.ekb": TORN,
}


class CrashedError(BaseException):
    """The power failed: no handler of the program's sees it."""


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path, W.centre, make=True)


def write(folder: Path, files: dict[str, bytes]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def take(ledger: Ledger, paths: Sequence[Path], office: Office | None = None) -> Report:
    return import_files(paths, ledger, office or W.office(), NOW, lambda _: None)


def snapshot(ledger: Ledger) -> dict[str, Any]:
    """All that an import may decide; not from where and when a file came first."""
    with ledger.transaction() as books:
        connection = books._connection

        def rows(table: sa.Table, names: str) -> list[tuple[Any, ...]]:
            columns = [table.c[name] for name in names.split()]
            return sorted(tuple(row) for row in connection.execute(sa.select(*columns)))

        return {
            "records": rows(records, "digest state reason session candidate outcome head entries"),
            "bundles": rows(bundles, "digest state reason sitting entries"),
            "lines": rows(closing_lines, "bundle candidate state session record head"),
            "in force": {
                seat: line.state if line else "disputed" for seat, line in books.lines(W.plan.sitting).items()
            },
        }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[str]], dict[str, Any]]:
    """The ledger of a set of files, imported once in the order of their names."""
    known: dict[frozenset[str], dict[str, Any]] = {}

    def find(names: Iterable[str]) -> dict[str, Any]:
        chosen = frozenset(names)
        if chosen not in known:
            folder = tmp_path_factory.mktemp("canonical")
            made = open_ledger(folder, W.centre, make=True)
            take(made, write(folder / "in", {name: FILES[name] for name in sorted(chosen)}))
            known[chosen] = snapshot(made)
        return known[chosen]

    return find


@settings(max_examples=8)
@given(st.lists(st.sampled_from(sorted(FILES)), min_size=1, max_size=12), st.integers(0, 30))
def test_any_order_repeats_and_crash_end_in_the_same_ledger(
    tmp_path_factory: pytest.TempPathFactory,
    expected: Callable[[Iterable[str]], dict[str, Any]],
    names: list[str],
    crash: int,
) -> None:
    """Files in any order and any number of times, with a crash at any write and then all of it again: one ledger."""
    folder = tmp_path_factory.mktemp("any")
    made = open_ledger(folder, W.centre, make=True)
    write(folder / "in", FILES)
    paths = [folder / "in" / name for name in names]
    with pytest.MonkeyPatch.context() as patch:
        _crash_at(patch, crash)
        try:
            take(made, paths)
        except CrashedError:
            patch.undo()
            take(made, paths)
    assert snapshot(made) == expected(names)
    before = snapshot(made)
    report = take(made, paths)
    assert snapshot(made) == before
    assert report.records.admitted == report.records.quarantined == 0
    assert report.bundles.admitted == report.bundles.quarantined == 0


def _crash_at(patch: pytest.MonkeyPatch, write_number: int) -> None:
    left = [write_number]
    for name in ("put", "put_lines", "set_state"):
        act = getattr(Books, name)

        def crashing(self: Books, *args: Any, act: Any = act) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise CrashedError
            act(self, *args)

        patch.setattr(Books, name, crashing)


def test_every_file_has_its_state(ledger: Ledger, tmp_path: Path) -> None:
    """All files at once: each record stands where it must, with its reason, and the report counts what happened."""
    report = take(ledger, write(tmp_path / "in", {**FILES, "same.ekr": WHOLE[1]}))
    with ledger.transaction() as books:
        states = {
            name: books.standing(records, [digest(raw)])[digest(raw)]
            for name, raw in FILES.items()
            if name.endswith(".ekr")
        }
    assert {name: (row.state, row.reason) for name, row in states.items()} == {
        "0.ekr": ("admitted", ""),
        "1.ekr": ("admitted", ""),
        "2.ekr": ("quarantined", "journal-fork"),
        "part.ekr": ("repeat", ""),
        "again.ekr": ("repeat", ""),
        "fork.ekr": ("quarantined", "journal-fork"),
        "second.ekr": ("quarantined", "closing-mismatch"),
        "damaged.ekr": ("quarantined", "part-altered"),
        "foreign.ekr": ("quarantined", "signer-unknown"),
    }
    tally = report.records  # nine files, one of them twice, and two and three more in the bundles
    assert (tally.found, tally.admitted, tally.quarantined, tally.already_present) == (15, 2, 5, 8)
    assert (report.bundles.found, report.bundles.admitted, report.bundles.quarantined) == (2, 1, 1)
    assert {one.code for one in report.quarantined} == {
        *("journal-fork", "closing-mismatch", "part-altered", "signer-unknown", "container-damaged"),
    }
    with ledger.transaction() as books:
        assert books.counts() == {"admitted": 2, "repeat": 2, "quarantined": 5}
        held = {row.digest: row.size for _, row in books.quarantine()}
    assert held[digest(DAMAGED)] == len(DAMAGED)
    assert held[digest(TORN)] == len(TORN)


def test_a_kill_in_the_middle_of_a_bundle_leaves_nothing_behind(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL between two records of a bundle: none of it is in the ledger, and the next import takes all of it."""
    paths = write(tmp_path / "in", {"bundle.ekb": BUNDLE})
    child = os.fork()
    if child == 0:
        put = Books.put

        def deadly(books: Books, table: sa.Table, values: Mapping[str, object]) -> None:
            if values.get("file") == WHOLE[1]:
                os.kill(os.getpid(), signal.SIGKILL)
            put(books, table, values)

        monkeypatch.setattr(Books, "put", deadly)
        take(open_ledger(tmp_path, W.centre), paths)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert snapshot(ledger) == {"records": [], "bundles": [], "lines": [], "in force": {}}
    assert take(ledger, paths).records.admitted == 2


def test_a_kiosk_touches_no_session_of_another(ledger: Ledger, tmp_path: Path) -> None:
    """Kiosk 2 signs its own candidate's record under the name of kiosk 1's session: both count and can be scored."""
    posing = b.seal(W, 1, b.chain([*b.opening(W, 1, session=f"{1:032x}"), e.HandedIn(0, 0, 1)]))
    report = take(ledger, write(tmp_path / "in", {"posing.ekr": posing, "0.ekr": WHOLE[0]}))
    assert (report.records.admitted, report.quarantined) == (2, ())
    row = {"run": "r1", "session": f"{1:032x}", "sitting": "west", "attempt": 1, "passed": True}
    with ledger.transaction() as books:
        rows = [
            {**row, "record": digest(raw), "candidate": b.candidate(n)}
            for n, raw in enumerate((WHOLE[0], posing))
        ]
        books.add_run({"run": "r1", "made_at": 1, "document": b""}, rows)


def test_what_contradicts_an_admitted_record_withdraws_it(ledger: Ledger, tmp_path: Path) -> None:
    """A fork that comes later takes both out of scoring and says so; it never replaces what was there."""
    paths = write(tmp_path / "in", FILES)
    first, second = paths[list(FILES).index("2.ekr")], paths[list(FILES).index("fork.ekr")]
    assert take(ledger, [first]).records.admitted == 1
    report = take(ledger, [second])
    assert report.withdrawn == (digest(WHOLE[2]),)
    assert (report.records.admitted, report.records.quarantined) == (0, 1)


def test_a_longer_journal_of_a_session_supersedes_its_beginning(ledger: Ledger, tmp_path: Path) -> None:
    """A record that continues an admitted one counts in its place; the shorter stays as a repeat and is reported."""
    part, whole = write(tmp_path / "in", {"a.ekr": PART, "b.ekr": WHOLE[1]})
    assert take(ledger, [part]).records.admitted == 1
    report = take(ledger, [whole])
    assert report.superseded == (digest(PART),)
    assert report.records.admitted == 1


def test_a_closing_page_settles_which_session_counts(ledger: Ledger, tmp_path: Path) -> None:
    """Two sessions of one attempt wait in quarantine until the bundle's closing page names one of them."""
    paths = write(tmp_path / "in", {"1.ekr": WHOLE[1], "second.ekr": SECOND})
    report = take(ledger, paths)
    assert [one.code for one in report.quarantined] == ["attempt-conflict"] * 2
    report = take(ledger, write(tmp_path / "in", {"bundle.ekb": BUNDLE}))
    assert report.released == (digest(WHOLE[1]),)


@pytest.mark.parametrize("order", [("first.ekb", "second.ekb"), ("second.ekb", "first.ekb")])
def test_a_second_closing_page_holds_up_a_result_and_never_rewrites_one(
    ledger: Ledger, tmp_path: Path, order: tuple[str, str]
) -> None:
    """Whatever its length, time and digest, a page that differs from an earlier one about a candidate takes only that
    candidate's record to a person, and the report says that it was admitted before.
    """
    voided = [
        b.line(W, 0, WHOLE[0], FinalState.VOIDED),
        *(b.line(W, 1, WHOLE[1]), b.line(W, 2, None, FinalState.NO_SHOW)),
    ]
    later = b.bundle(W, {0: WHOLE[0], 1: WHOLE[1]}, lines=voided, changes={"made_at": b.START + 9 * b.HOUR})
    write(tmp_path / "in", {"first.ekb": BUNDLE, "second.ekb": later})
    assert take(ledger, [tmp_path / "in" / order[0]]).records.admitted == 2
    report = take(ledger, [tmp_path / "in" / order[1]])
    assert report.withdrawn == (digest(WHOLE[0]),)
    with ledger.transaction() as books:
        found = books.standing(records, [digest(raw) for raw in WHOLE[:2]])
        assert books.lines(W.plan.sitting)[W.plan.sitting, b.candidate(0)] is None
    assert (found[digest(WHOLE[0])].state, found[digest(WHOLE[0])].reason) == (
        "quarantined",
        "closing-conflict",
    )
    assert found[digest(WHOLE[1])].state == "admitted"


def test_what_was_refused_is_judged_again(ledger: Ledger, tmp_path: Path) -> None:
    """Records of a plan not yet published are kept, and admitted when they are imported after it was."""
    paths = write(tmp_path / "in", {"bundle.ekb": BUNDLE, "2.ekr": WHOLE[2]})
    report = take(ledger, paths, W.office(plan=False))
    assert {one.code for one in report.quarantined} == {"plan-unknown"}
    assert (report.bundles.quarantined, report.records.quarantined) == (1, 1)
    report = take(ledger, paths)
    assert (report.bundles.admitted, report.records.admitted, report.records.quarantined) == (1, 2, 1)
    with (
        ledger.transaction() as books
    ):  # the bundle calls seat 2 a no-show, so that record waits for a person
        assert books.counts() == {"admitted": 2, "repeat": 0, "quarantined": 1}


def test_records_of_a_revoked_kiosk_wait_for_a_person(ledger: Ledger, tmp_path: Path) -> None:
    """Other kiosks' records of the same bundle are admitted."""
    paths = write(tmp_path / "in", {"bundle.ekb": BUNDLE})
    report = take(ledger, paths, W.office(revoked=[W.kiosks[0]]))
    assert [one.code for one in report.quarantined] == ["signer-not-enrolled"]
    assert report.records.admitted == 1


def test_every_count_is_right_for_many_files(ledger: Ledger, tmp_path: Path) -> None:
    """Thirty records, some damaged, repeated or in conflict: each ends where it must; again changes nothing."""
    w = b.world(30)
    good = [b.sitting_record(w, n) for n in range(30)]
    files = {f"{n:02}.ekr": raw for n, raw in enumerate(good)}
    files |= {f"{n:02}.ekr": good[n][:-1] for n in range(3)}
    files |= {f"repeat-{n}.ekr": good[n] for n in range(10, 14)}
    files |= {
        f"conflict-{n}.ekr": b.seal(w, n, b.chain(b.session(w, n, b.right(w, 0)))) for n in range(20, 22)
    }
    paths = write(tmp_path / "in", files)
    found = import_files(paths, ledger, w.office(), NOW, lambda _: None)
    assert (found.records.found, found.records.admitted, found.records.already_present) == (36, 25, 4)
    assert sorted(one.code for one in found.quarantined) == ["container-damaged"] * 3 + ["journal-fork"] * 4
    before = snapshot(ledger)
    found = import_files(paths, ledger, w.office(), NOW, lambda _: None)
    assert (found.records.found, found.records.already_present) == (36, 36)
    assert snapshot(ledger) == before


HELD = {"state": "quarantined", "reason": "signer-unknown"}
HUGE = 2**63 - 1
I0 = ItemId("i0")
LONG = TypedText("x" * 6_000_000)


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


def _many(make: Callable[[int], e.SessionEvent], count: int = MOST + 1) -> bytes:
    return _sealed([*b.opening(W, 0), *map(make, range(count))])


def _sealed(events: Sequence[e.SessionEvent], **changes: object) -> bytes:
    return b.seal(W, 0, b.chain(events), changes=changes)


@pytest.mark.parametrize("changes", [{"made_at": 2**64 - 1}, {"count": 2**64 - 1}, {"count": -1}])
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

    def strange(*args: Any) -> Any:
        if any(raw == one or (isinstance(one, Mapping) and raw == one.get("file")) for one in args):
            raise StrangeError("a secret answer")
        return act(*args)

    patch.setattr(where, name, strange)


@pytest.mark.parametrize(
    ("where", "name", "raw", "source"),
    [
        (intake, "_judge", WHOLE[0], "a.ekr"),
        (intake, "_judge", WHOLE[0], "bundle.ekb/kiosk-01-00000000000000000000000000000001.ekr"),
        (intake, "_judge_bundle", TORN, "a.ekb"),
        (importing, "judge", WHOLE[0], "a.ekr"),
        (importing, "judge_bundle", TORN, "a.ekb"),
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


def test_what_cannot_even_be_held_is_told_and_the_others_imported(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that the store refuses is not read; what was admitted before and fails now keeps its state."""
    paths = write(tmp_path / "in", {"a.ekr": WHOLE[0], "b.ekr": WHOLE[2], "c.ekb": BUNDLE})
    assert take(ledger, paths[1:2]).records.admitted == 1
    _fails(monkeypatch, Books, "put", WHOLE[0])
    report = take(ledger, paths[:2])
    assert [(one.source, one.code) for one in report.unread] == [("a.ekr", "judging-failed")]
    assert report.records.already_present == 1
    monkeypatch.undo()
    assert take(ledger, paths[2:], W.office(revoked=[W.kiosks[0]])).bundles.admitted == 1
    before = snapshot(ledger)
    _fails(monkeypatch, importing, "judge_bundle", BUNDLE)
    report = take(ledger, paths[2:])
    assert [(one.source, one.code) for one in report.unread] == [("c.ekb", "judging-failed")]
    assert snapshot(ledger) == before


def test_a_refused_bundle_says_anew_why_and_its_page_is_used(
    ledger: Ledger, tmp_path: Path, expected: Callable[[Iterable[str]], dict[str, Any]]
) -> None:
    """A damaged bundle and a forged record that came before the plan was published end as if they came after it."""
    names = ["torn.ekb", "foreign.ekr", "2.ekr"]
    paths = write(tmp_path / "in", {name: FILES[name] for name in names})
    assert {one.code for one in take(ledger, paths, W.office(plan=False)).quarantined} == {"plan-unknown"}
    take(ledger, paths)
    assert snapshot(ledger) == expected(names)


def test_only_a_store_that_cannot_be_used_stops_an_import(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is told at once; a change that the store's rules refuse is the file's fault and is held."""
    paths = write(tmp_path / "in", {"a.ekr": WHOLE[0], "b.ekr": WHOLE[2]})
    kind: type[VaultError] = VaultFullError

    def failing(*_: object) -> None:
        raise kind(name="ledger")

    monkeypatch.setattr(Books, "set_state", failing)
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
    for name in ("judge", "judge_bundle"):
        act = getattr(importing, name)

        def slow(raw: bytes, office: Office, act: Callable[..., Any] = act) -> Any:
            with other.transaction() as books:
                books.put(records, {"digest": digest(raw), **HELD, "file": raw})
            free.append(len(raw))
            return act(raw, office)

        monkeypatch.setattr(importing, name, slow)
    paths = write(tmp_path / "in", {"c.ekb": BUNDLE, "z.ekr": WHOLE[2]})
    assert take(ledger, paths).bundles.admitted == 1
    assert len(free) == 4


def test_a_name_that_is_no_text_is_told_in_letters(ledger: Ledger, tmp_path: Path) -> None:
    """A file's name that no character set knows, or that would act on a screen, is imported like any other."""
    name = os.fsdecode(b"a\xff\x1b[2J.ekr")
    report = take(ledger, write(tmp_path / "in", {name: DAMAGED, "b.ekr": WHOLE[1]}))
    assert [one.source for one in report.quarantined] == ["a[2J.ekr"]
    assert report.records.admitted == 1


def test_a_place_is_searched_for_bundles_first(tmp_path: Path) -> None:
    """A carrier's bundles come before its loose records; other files are not touched; an empty place is refused."""
    write(tmp_path / "carrier/bundles", {"west.ekb": BUNDLE})
    write(tmp_path / "carrier/records/west", {"a.ekr": WHOLE[0]})
    write(tmp_path / "carrier/metadata", {"root.json": b"{}"})
    assert [path.name for path in sources([tmp_path / "carrier"])] == ["west.ekb", "a.ekr"]
    assert len(sources([tmp_path / "carrier", tmp_path / "carrier/bundles/west.ekb"])) == 2
    (tmp_path / "empty").mkdir()
    for place in ("empty", "missing"):
        with pytest.raises(NothingToImportError) as refused:
            sources([tmp_path / place])
        assert refused.value.diagnostics().code == "nothing-to-import"


def test_a_file_that_cannot_be_read_is_reported(ledger: Ledger, tmp_path: Path) -> None:
    """A link in a carrier is not followed; the rest is imported, and the report says what was not read."""
    (good,) = write(tmp_path / "in", {"a.ekr": WHOLE[0]})
    (tmp_path / "in/b.ekr").symlink_to(good)
    report = take(ledger, sources([tmp_path / "in"]))
    assert report.records.admitted == 1
    assert [(one.source, one.code) for one in report.unread] == [("b.ekr", "file-refused")]


def test_the_progress_is_told_file_by_file(ledger: Ledger, tmp_path: Path) -> None:
    """Each file is told once, after it is in the ledger."""
    paths = write(tmp_path / "in", {"a.ekr": WHOLE[0], "b.ekr": DAMAGED})
    told: list[tuple[str, int]] = []

    def count(path: Path) -> None:
        with ledger.transaction() as books:
            told.append((path.name, sum(books.counts().values())))

    import_files(paths, ledger, W.office(), NOW, count)
    assert told == [("a.ekr", 1), ("b.ekr", 2)]
