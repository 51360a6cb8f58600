"""Importing into a real ledger: any order, any repeats, any crash, and the same ledger in the end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.encoding import Digest, digest
from results.centre.books import Books
from results.centre.importing import Done, NothingToImportError, import_files, sources
from results.centre.ledger import Ledger, open_ledger
from results.centre.shelf import Shelf
from results.centre.tables import records
from results.wire import events as e
from results.wire.closing import FinalState
from tests.results import builders as b
from tests.results.carried import (
    BUNDLE,
    DAMAGED,
    FILES,
    NOW,
    PART,
    SECOND,
    TORN,
    WHOLE,
    W,
    snapshot,
    take,
    write,
)


class CrashedError(BaseException):
    """The power failed: no handler of the program's sees it."""


@pytest.fixture
def ledger(tmp_path: Path, at: str | None) -> Ledger:
    return open_ledger(tmp_path, W.centre, make=True, at=at)


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
    for owner, name in ((Books, "put"), (Books, "put_lines"), (Books, "set_state"), (Shelf, "put")):
        act = getattr(owner, name)

        def crashing(self: object, *args: Any, act: Any = act) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise CrashedError
            act(self, *args)

        patch.setattr(owner, name, crashing)


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
    ledger: Ledger, at: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL between two records of a bundle: none of it is in the ledger, and the next import takes all of it."""
    paths = write(tmp_path / "in", {"bundle.ekb": BUNDLE})
    child = os.fork()
    if child == 0:
        put = Shelf.put

        def deadly(shelf: Shelf, rows: Sequence[Mapping[str, object]], stood: Collection[Digest]) -> None:
            put(shelf, rows, stood)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(Shelf, "put", deadly)
        take(open_ledger(tmp_path, W.centre, at=at), paths)
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


def test_every_count_is_right_for_a_thousand_records(ledger: Ledger, tmp_path: Path) -> None:
    """A bundle with 940 records, 50 of them damaged, then 50 repeats and ten that contradict another one: each ends
    where it must, the report counts what happened, a failed one leaves nothing but its file behind, and importing
    again changes nothing.
    """
    w = b.world(940)
    good = [b.sitting_record(w, n) for n in range(940)]
    carried = {n: raw[:-1] + bytes([raw[-1] ^ 1]) if n < 50 else raw for n, raw in enumerate(good)}
    forks = [b.seal(w, n, b.chain(b.session(w, n, b.right(w, 0)))) for n in range(100, 110)]
    files = {"bundle.ekb": b.bundle(w, carried)}
    files |= {f"repeat-{n}.ekr": good[n] for n in range(200, 250)}
    files |= {f"conflict-{n}.ekr": raw for n, raw in enumerate(forks)}
    paths = write(tmp_path / "in", files)
    found = import_files(paths, ledger, w.office(), NOW, lambda _: None)
    assert (found.records.found, found.records.admitted, found.records.already_present) == (1_000, 880, 50)
    codes = [one.code for one in found.quarantined]
    assert {code: codes.count(code) for code in codes} == {"part-altered": 50, "journal-fork": 20}
    wanted = {digest(raw): ("admitted", "") for raw in good[50:]}
    wanted |= {digest(raw): ("quarantined", "part-altered") for n, raw in carried.items() if n < 50}
    wanted |= {digest(raw): ("quarantined", "journal-fork") for raw in [*forks, *good[100:110]]}
    with ledger.transaction() as books:
        assert books.counts() == {"admitted": 880, "repeat": 0, "quarantined": 70}
        stands = books.standing(records, wanted)
        assert {one: (row.state, row.reason) for one, row in stands.items()} == wanted
        held = sa.select(records).where(records.c.reason == "part-altered")
        assert {(row.facts, row.session, row.candidate) for row in books.connection.execute(held)} == {
            (None, "", "")
        }
    before = snapshot(ledger)
    found = import_files(paths, ledger, w.office(), NOW, lambda _: None)
    assert (found.records.found, found.records.already_present) == (1_000, 1_000)
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


def test_a_place_is_searched_for_bundles_first(tmp_path: Path) -> None:
    """A carrier's bundles come before its loose records; other files are not touched; an empty place is refused."""
    write(tmp_path / "carrier/bundles", {"west.ekb": BUNDLE})
    write(tmp_path / "carrier/records/west", {"a.ekr": WHOLE[0]})
    write(tmp_path / "carrier/metadata", {"root.json": b"{}"})
    assert [path.name for path in sources([tmp_path / "carrier"])] == ["west.ekb", "a.ekr"]
    assert len(sources([tmp_path / "carrier", tmp_path / "carrier/bundles/west.ekb"])) == 2
    (tmp_path / "empty").mkdir()
    for place, code in (("empty", "nothing-to-import"), ("missing", "place-missing")):
        with pytest.raises(NothingToImportError) as refused:
            sources([tmp_path / "carrier", tmp_path / place])
        assert refused.value.diagnostics().code == code
        assert refused.value.diagnostics().what.startswith("Nothing was imported")


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

    def count(done: Done) -> None:
        with ledger.transaction() as books:
            told.append((done.path.name, sum(books.counts().values())))

    import_files(paths, ledger, W.office(), NOW, count)
    assert told == [("a.ekr", 2), ("b.ekr", 2)]
