"""What persons decide about held files: written down, honoured in any order, and undone only by another decision."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from keys.connection import VaultError
from keys.encoding import Digest, Instant, digest
from keys.errors import ExamKioskError
from keys.statement import Role
from results.centre.deciding import Word, decide
from results.centre.intake import Office, Sound, judge
from results.centre.judging.pool import Here
from results.centre.ledger import Ledger, open_ledger
from results.centre.quarantine.acting import Desk, Who, admit, reject
from results.centre.quarantine.books import history
from results.centre.quarantine.tables import decisions
from results.centre.quarantine.telling import show, shown_text
from results.centre.settling import Admitted, Filed
from results.centre.tables import State, records
from results.wire import events as e
from results.wire.closing import FinalState
from tests.results import builders as b
from tests.results.carried import (
    BUNDLE,
    DAMAGED,
    FOREIGN,
    FORK,
    PART,
    SECOND,
    WHOLE,
    W,
    snapshot,
    take,
    write,
)

WHO = Who("A. Director", "The site told us which one it is.", Instant(b.START))
ADMITTED = ("admitted", "")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path, W.centre, make=True)


def desk(ledger: Ledger, office: Office | None = None) -> Desk:
    """Where one decides."""
    office = office or W.office()
    return Desk(ledger, Here(office), office.plan)


def stands(ledger: Ledger, *raws: bytes) -> list[tuple[str, str]]:
    """State and reason of these files' records."""
    with ledger.reading() as books:
        found = books.standing(records, [digest(raw) for raw in raws])
    return [(found[digest(raw)].state, found[digest(raw)].reason) for raw in raws]


def refused(act: object, *arguments: object) -> str:
    """The code with which something is refused."""
    assert callable(act)
    with pytest.raises(ExamKioskError) as caught:
        act(*arguments)
    return caught.value.diagnostics().code


def test_one_branch_of_a_fork_is_chosen(ledger: Ledger, tmp_path: Path) -> None:
    """The chosen one counts, the other waits with a code that says so, and it stays so when all comes again; the other
    can be chosen only after this one was rejected.
    """
    paths = write(tmp_path / "in", {"a.ekr": WHOLE[2], "b.ekr": FORK})
    take(ledger, paths)
    assert stands(ledger, WHOLE[2], FORK) == [("quarantined", "journal-fork")] * 2
    assert admit(desk(ledger), digest(WHOLE[2])[:12], WHO) is State.ADMITTED
    expected = [ADMITTED, ("quarantined", "decided-otherwise")]
    assert stands(ledger, WHOLE[2], FORK) == expected
    assert refused(admit, desk(ledger), digest(FORK), WHO) == "decided-already"
    take(ledger, paths)
    assert stands(ledger, WHOLE[2], FORK) == expected
    reject(desk(ledger), digest(WHOLE[2]), WHO)
    assert stands(ledger, WHOLE[2], FORK) == [("quarantined", "rejected"), ADMITTED]
    with ledger.reading() as books:
        assert [one.word for one in history(books, digest(WHOLE[2]))] == [Word.ADMIT, Word.REJECT]


def test_it_is_shown_which_branch_of_a_fork_the_page_names(ledger: Ledger, tmp_path: Path) -> None:
    """Both branches have the session and the number of entries that the proctor signed for; one has the journal."""
    other = b.seal(W, 0, b.chain(b.session(W, 0, b.right(W, 4))))
    take(ledger, write(tmp_path / "in", {"west.ekb": BUNDLE, "fork.ekr": other}))
    shown = {raw: show(desk(ledger), digest(raw)).page for raw in (WHOLE[0], other)}
    assert shown[WHOLE[0]].endswith("entries of this journal")
    assert shown[other].endswith("entries of another journal than this one")


def test_a_record_that_the_page_contradicts_can_count(ledger: Ledger, tmp_path: Path) -> None:
    """The page calls seat 2 a no-show; a person decides for its record, and a later import leaves it so."""
    paths = write(tmp_path / "in", {"bundle.ekb": BUNDLE, "2.ekr": WHOLE[2]})
    take(ledger, paths)
    assert stands(ledger, WHOLE[2]) == [("quarantined", "closing-mismatch")]
    admit(desk(ledger), digest(WHOLE[2]), WHO)
    take(ledger, paths)
    assert stands(ledger, WHOLE[2]) == [ADMITTED]


def test_what_comes_after_a_decision_replaces_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """A longer journal of the session and another session of the attempt wait for a person; a beginning is a repeat."""
    office = W.office(revoked=[W.kiosks[1]])
    first, second = write(tmp_path / "in", {"part.ekr": PART, "second.ekr": SECOND})
    take(ledger, [first], office)
    admit(desk(ledger, office), digest(PART), WHO)
    take(ledger, [second, *write(tmp_path / "in", {"1.ekr": WHOLE[1]})])
    assert stands(ledger, PART, WHOLE[1], SECOND) == [ADMITTED, *[("quarantined", "decided-otherwise")] * 2]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b.seal(W, 0, b.chain(b.session(W, 0, {})), changes={"salvaged": True}), "salvaged"),
        (b.seal(W, 2, b.chain(b.session(W, 2, {}), begin=3 * b.HOUR)), "candidate-not-eligible"),
        (b.seal(W, 0, b.chain(b.session(W, 0, {}), begin=-10_000)), "timeline-impossible"),
        (b.seal(W, 0, b.chain(b.session(W, 0, {}))), "signer-not-enrolled"),
    ],
)
def test_what_only_a_person_may_waive_is_admitted_by_one(
    ledger: Ledger, tmp_path: Path, raw: bytes, code: str
) -> None:
    """Salvaged, too late, outside of the window, of a revoked kiosk: held, then sound and counting by decision."""
    office = W.office(revoked=[W.kiosks[0]] if code == "signer-not-enrolled" else [])
    paths = write(tmp_path / "in", {"a.ekr": raw})
    take(ledger, paths, office)
    assert stands(ledger, raw) == [("quarantined", code)]
    assert show(desk(ledger, office), digest(raw)).can_admit
    admit(desk(ledger, office), digest(raw), WHO)
    take(ledger, paths, office)
    assert stands(ledger, raw) == [ADMITTED]


@pytest.mark.parametrize("raw", [DAMAGED, WHOLE[0][:90], b"nothing"])
def test_what_cannot_be_believed_is_never_admitted(ledger: Ledger, tmp_path: Path, raw: bytes) -> None:
    """A person is told why, and nothing is written down."""
    take(ledger, write(tmp_path / "in", {"a.ekr": raw}))
    assert refused(admit, desk(ledger), digest(raw), WHO) == "cannot-admit"
    with ledger.reading() as books:
        assert history(books, digest(raw)) == []
    assert not show(desk(ledger), digest(raw)).can_admit


def test_a_rejected_file_is_kept_and_comes_back_only_by_a_decision(ledger: Ledger, tmp_path: Path) -> None:
    """However often it comes again it is rejected, its bytes stay, and a new decision is needed to have it count."""
    raw = b.seal(W, 0, b.chain(b.session(W, 0, {})), changes={"salvaged": True})
    paths = write(tmp_path / "in", {"a.ekr": raw})
    take(ledger, paths)
    reject(desk(ledger), digest(raw), WHO)
    found = take(ledger, paths)
    assert (found.records.already_present, stands(ledger, raw)) == (1, [("quarantined", "rejected")])
    with ledger.reading() as books:
        assert books.file_of(digest(raw)) == raw
    admit(desk(ledger), digest(raw), WHO)
    assert stands(ledger, raw) == [ADMITTED]


def test_a_bundle_whose_page_is_contradicted_is_settled_by_rejecting_the_other(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Two pages differ about a candidate; the one that is rejected is not used, and is used again once admitted."""
    lines = [
        b.line(W, 0, WHOLE[0], FinalState.VOIDED),
        b.line(W, 1, WHOLE[1]),
        b.line(W, 2, None, FinalState.NO_SHOW),
    ]
    other = b.bundle(W, {0: WHOLE[0], 1: WHOLE[1]}, lines=lines)
    paths = write(tmp_path / "in", {"a.ekb": BUNDLE, "b.ekb": other})
    take(ledger, paths)
    assert stands(ledger, WHOLE[0]) == [("quarantined", "closing-conflict")]
    reject(desk(ledger), digest(other), WHO)
    assert stands(ledger, WHOLE[0]) == [ADMITTED]
    take(ledger, paths)
    assert stands(ledger, WHOLE[0]) == [ADMITTED]
    admit(desk(ledger), digest(other), WHO)
    assert stands(ledger, WHOLE[0]) == [("quarantined", "closing-conflict")]


def test_a_revoked_proctors_bundle_is_admitted_by_a_person(ledger: Ledger, tmp_path: Path) -> None:
    """With its page and its records."""
    office = W.office(revoked=[W.proctor])
    take(ledger, write(tmp_path / "in", {"a.ekb": BUNDLE}), office)
    assert admit(desk(ledger, office), digest(BUNDLE), WHO) is State.ADMITTED
    assert stands(ledger, WHOLE[0], WHOLE[1]) == [ADMITTED] * 2


def test_a_file_is_shown_with_what_contradicts_it_and_no_answer(ledger: Ledger, tmp_path: Path) -> None:
    """Who, where, how it stands to the others and to the page; what was decided; no response and no item."""
    paths = write(
        tmp_path / "in", {"a.ekr": WHOLE[1], "part.ekr": PART, "second.ekr": SECOND, "bundle.ekb": BUNDLE}
    )
    take(ledger, paths)
    found = show(desk(ledger), digest(SECOND))
    assert {one.source: one.stands for one in found.others} == {
        "a.ekr": "another session of the same attempt",
        "part.ekr": "another session of the same attempt",
    }
    assert found.page == "completed, with another session"
    reject(desk(ledger), digest(SECOND), WHO)
    text = shown_text(show(desk(ledger), digest(SECOND)))
    assert "rejected by A. Director at 2027-01-15 08:00 UTC: The site told us which one it is." in text
    assert "i0" not in text


def test_what_cannot_be_believed_is_shown_with_what_it_claims(ledger: Ledger, tmp_path: Path) -> None:
    """A forged record and a forged bundle say whose they are, and that nothing proves it; other bytes say nothing."""
    forged_bundle = b.bundle(W, {0: WHOLE[0]}, signer=b.someone(Role.PROCTOR, "nobody", "west"))
    take(ledger, write(tmp_path / "in", {"f.ekr": FOREIGN, "t.ekb": forged_bundle, "n.ekr": b"nothing"}))
    forged, bundle, none = (show(desk(ledger), digest(raw)) for raw in (FOREIGN, forged_bundle, b"nothing"))
    assert (forged.said, forged.claimed["candidate"], forged.claimed["sitting"]) == (
        {},
        b.candidate(0),
        W.plan.sitting,
    )
    assert f"  claims, not verified: candidate {b.candidate(0)}" in shown_text(forged)
    assert (bundle.claimed["sitting"], bundle.claimed["proctor"]) == (
        W.plan.sitting,
        W.proctor.identity.fingerprint,
    )
    assert (none.said, none.claimed) == ({}, {})


def test_an_import_tells_of_what_a_person_has_decided(ledger: Ledger, tmp_path: Path) -> None:
    """A file that comes again, alone or in its bundle, is told with who decided and why; nothing else is."""
    files = write(
        tmp_path / "in", {"2.ekr": WHOLE[2], "fork.ekr": FORK, "bundle.ekb": BUNDLE, "x.ekr": DAMAGED}
    )
    assert take(ledger, files).decided == ()
    admit(desk(ledger), digest(FORK), WHO)
    reject(desk(ledger), digest(DAMAGED), WHO)
    found = take(ledger, files)
    assert [(source, one.word, one.by) for source, one in found.decided] == [
        ("fork.ekr", Word.ADMIT, "A. Director"),
        ("x.ekr", Word.REJECT, "A. Director"),
    ]
    assert found.totals["decided"] == 2
    assert take(ledger, files[:1]).decided == ()
    other = b.bundle(W, {0: b.seal(W, 0, b.chain(b.session(W, 0, {})), changes={"salvaged": True})})
    bundled = write(tmp_path / "in", {"other.ekb": other})
    take(ledger, bundled)
    with ledger.reading() as books:
        (inside,) = [row.digest for _, row in books.quarantine() if row.reason == "salvaged"]
    reject(desk(ledger), inside, WHO)
    assert [one.digest for _, one in take(ledger, bundled).decided] == [inside]


def test_what_a_person_can_get_wrong_has_a_code(ledger: Ledger, tmp_path: Path) -> None:
    """No such file, too short a digest, one that counts, no reason."""
    take(ledger, write(tmp_path / "in", {"a.ekr": WHOLE[0], "b.ekr": DAMAGED}))
    for act in (admit, reject):
        assert refused(act, desk(ledger), "0" * 16, WHO) == "held-unknown"
        assert refused(act, desk(ledger), digest(DAMAGED)[:7], WHO) == "held-unknown"
        assert refused(act, desk(ledger), digest(WHOLE[0]), WHO) == "not-held"
        assert refused(act, desk(ledger), digest(DAMAGED), Who("", "x", Instant(1))) == "decision-words"


def test_a_decision_is_never_changed(ledger: Ledger, tmp_path: Path) -> None:
    """The store refuses to change or remove one."""
    take(ledger, write(tmp_path / "in", {"a.ekr": DAMAGED}))
    reject(desk(ledger), digest(DAMAGED), WHO)
    for statement in (sa.update(decisions).values(reason="other"), sa.delete(decisions)):
        with pytest.raises(VaultError), ledger.transaction() as books:
            books.connection.execute(statement)


EVENTS = b.session(W, 0, b.right(W, 2))


def _filed(raws: Iterable[bytes]) -> list[Filed]:
    return [found.filed for found in (judge(raw, W.office()) for raw in raws) if isinstance(found, Sound)]


SOUND = _filed(
    [WHOLE[1], PART, SECOND, WHOLE[2], FORK, b.seal(W, 0, b.chain([*EVENTS[:-1], e.HandedIn(1, 0, 1)]))]
)


@given(st.lists(st.sampled_from([None, *Word]), min_size=len(SOUND), max_size=len(SOUND)))
def test_with_any_decisions_one_record_an_attempt_counts_whatever_the_order(words: list[Word | None]) -> None:
    """Any decisions on forks, beginnings and second sessions: the same verdicts for every order, a rejected one never
    counts, and of an attempt and of a session at most one does.
    """
    decided: dict[Digest, Word] = {one.digest: word for one, word in zip(SOUND, words, strict=True) if word}
    found = decide(SOUND, {}, words=decided)
    for order in list(permutations(SOUND))[::120]:
        assert decide(order, {}, words=decided) == found
    counting = [one for one in SOUND if isinstance(found[one.digest], Admitted)]
    assert (
        len({(one.seat, one.attempt) for one in counting})
        == len({one.source for one in counting})
        == len(counting)
    )
    assert all(decided.get(one.digest) is not Word.REJECT for one in counting)


def test_decisions_before_and_after_an_import_end_alike(tmp_path: Path) -> None:
    """Two ledgers, the decision before the rest of the files in one and after them in the other: one end."""
    ends = []
    files = write(tmp_path / "in", {"2.ekr": WHOLE[2], "fork.ekr": FORK, "bundle.ekb": BUNDLE})
    for order in ((0, 1, None, 2), (2, 1, 0, None)):
        ledger = open_ledger(tmp_path / str(order), W.centre, make=True)
        for one in order:
            if one is None:
                admit(desk(ledger), digest(FORK), WHO)
            else:
                take(ledger, [files[one]])
        ends.append(snapshot(ledger))
    assert ends[0] == ends[1]
