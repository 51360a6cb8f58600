"""What reconciliation finds open and a person explains: settled by name, in any order, and only as long as it is so."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.connection import VaultError
from keys.encoding import Instant
from keys.errors import ExamKioskError
from results.centre.importing import import_files
from results.centre.ledger import open_ledger
from results.centre.office import Centre
from results.centre.reconciling import telling
from results.centre.reconciling.gathering import explain, reconciliation
from results.centre.reconciling.settlements import can_settle, open_things
from results.centre.reconciling.tables import settlements
from results.centre.reconciling.values import Reconciliation
from tests.results import builders as b
from tests.results import centres
from tests.results.reconciling.test_reconciling import AFTER, RECORDS, W, only

SITTING = W.plan.sitting
DESK = b.desk_journal(W)
"""A desk that issued no resume code, while one kiosk was resumed."""
FILES = {
    "a.ekb": b.bundle(W, RECORDS, desk=DESK),
    "1.ekr": RECORDS[1],
    "3.ekr": b.seal(W, 3, b.chain(b.session(W, 3, b.right(W, 2)))),
}
CODE = "C-1002: kiosk-02 was resumed once; the desk issued 0 resume codes for it"
WHO = ("A. Director", "The proctor read it out of the sealed envelope.", Instant(AFTER))


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return centres.centre(W, tmp_path)


def take(centre: Centre, folder: Path, *names: str) -> Reconciliation:
    """Import some of the files, and reconcile."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(FILES[name])
    paths = [folder / name for name in names]
    import_files(paths, centre.ledger, centre.office(), Instant(AFTER), lambda _: None)
    return reconciliation(centre, AFTER)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(ExamKioskError) as caught:
        act()
    return caught.value.diagnostics().code


def test_a_code_that_differs_is_settled_by_a_person(centre: Centre, tmp_path: Path) -> None:
    """Nothing is open any more; the report still has the difference, with who settled it and why."""
    before = take(centre, tmp_path / "in", "a.ekb")
    assert (only(before).codes, before.open) == ((CODE,), 1)
    assert explain(centre, SITTING, "kiosk-02 was resumed", WHO).words == CODE
    after = reconciliation(centre, AFTER)
    assert (only(after).codes, after.open) == ((), 0)
    said = f"settled by A. Director at 2027-01-16 08:00 UTC: {CODE}: {WHO[1]}"
    assert said in telling.text(after)
    assert '"by": "A. Director"' in json.dumps(telling.to_json(after))


def test_every_open_thing_but_what_is_held_can_be_settled(centre: Centre, tmp_path: Path) -> None:
    """A kiosk, records, pages, codes and candidates without a page, one by one down to what the quarantine decides."""
    found = take(centre, tmp_path / "in", "1.ekr", "3.ekr")
    things = [one for one in open_things(only(found)) if can_settle(one)]
    assert len(things) == found.open == 2 + 2 + 2 + 1
    for left, words in enumerate(reversed(things)):
        assert reconciliation(centre, AFTER).open == len(things) - left
        explain(centre, SITTING, words, WHO)
    assert reconciliation(centre, AFTER).open == 0


def test_a_sitting_that_never_took_place_is_settled(centre: Centre) -> None:
    """It is a missing site until a person says why nothing will come."""
    assert reconciliation(centre, AFTER).missing_sites == ("west",)
    explain(centre, SITTING, "nothing came", WHO)
    after = reconciliation(centre, AFTER)
    assert (after.open, after.missing_sites, only(after).state) == (0, (), "missing")


def test_what_is_in_quarantine_is_not_explained_away(centre: Centre, tmp_path: Path) -> None:
    """A record that the page does not know waits for a decision there."""
    found = take(centre, tmp_path / "in", "a.ekb", "3.ekr")
    (words,) = [one for one in open_things(only(found)) if not can_settle(one)]
    assert refused(lambda: explain(centre, SITTING, words, WHO)) == "reconcile-held"
    assert reconciliation(centre, AFTER).open == found.open


def test_what_a_person_can_get_wrong_has_a_code(centre: Centre, tmp_path: Path) -> None:
    """No such thing, several, one that is settled already, no name, a sitting that nobody planned."""
    take(centre, tmp_path / "in", "1.ekr")
    for words in ("moon", "", "nothing", "neither a record"):
        assert refused(partial(explain, centre, SITTING, words, WHO)) == "reconcile-unknown"
    explain(centre, SITTING, "no closing page", WHO)
    assert refused(lambda: explain(centre, SITTING, "no closing page", WHO)) == "reconcile-unknown"
    for who in (("", "x", WHO[2]), ("x", " ", WHO[2]), ("x", "y" * 401, WHO[2])):
        assert refused(partial(explain, centre, SITTING, "kiosk-01", who)) == "reconcile-unsigned"
    assert refused(lambda: explain(centre, "moon-2027-01", "x", WHO)) == "sitting-unknown"


def test_what_comes_to_be_something_else_is_open_again(centre: Centre, tmp_path: Path) -> None:
    """Two bundles were explained; a third one makes three, which nobody has explained."""
    other, third = (b.bundle(W, RECORDS, desk=DESK, changes={"made_at": b.START + n}) for n in (1, 2))
    FILES.update({"b.ekb": other, "c.ekb": third})
    found = take(centre, tmp_path / "in", "a.ekb", "b.ekb")
    assert only(found).findings == ("2 different sound bundles of this sitting came",)
    explain(centre, SITTING, "2 different", WHO)
    assert only(reconciliation(centre, AFTER)).findings == ()
    after = take(centre, tmp_path / "in", "c.ekb")
    assert only(after).findings == ("3 different sound bundles of this sitting came",)


@settings(max_examples=3)
@given(st.permutations(["a.ekb", "1.ekr", "3.ekr"]), st.integers(0, 2))
def test_files_before_and_after_a_settlement_end_alike(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], repeats: int
) -> None:
    """A person settles as soon as the thing is open; whatever comes before or after, the report is the same."""
    ends = []
    for order in (names, [*reversed(names), *names[:repeats]]):
        folder = tmp_path_factory.mktemp("order")
        centre = centres.centre(W, folder)
        for name in order:
            if CODE in only(take(centre, folder / "in", name)).codes:
                explain(centre, SITTING, CODE, WHO)
        ends.append(telling.to_json(reconciliation(centre, AFTER)))
    assert ends[0] == ends[1]
    assert '"by": "A. Director"' in json.dumps(ends[0])


def test_a_settlement_is_never_changed(tmp_path: Path, at: str | None) -> None:
    """Either store refuses to change or remove one."""
    ledger = open_ledger(tmp_path, W.centre, make=True, at=at)
    centre = Centre(W.centre, centres.publish(W, tmp_path / "published"), ledger)
    explain(centre, SITTING, "nothing came", WHO)
    assert reconciliation(centre, AFTER).open == 0
    for statement in (sa.update(settlements).values(reason="other"), sa.delete(settlements)):
        with pytest.raises(VaultError), ledger.transaction() as books:
            books.connection.execute(statement)
