"""Receipt codes of candidates whose kiosk died or who were moved: each is answered with what the centre holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.codes import kiosk_key, kiosk_keys, receipt_code
from keys.encoding import Instant
from results.centre.certificates import issuing
from results.centre.confirm import ReceiptUnknownError, confirm
from results.centre.importing import import_files
from results.centre.judging.pool import Here
from results.centre.ledger import open_ledger
from results.centre.office import Centre
from results.centre.quarantine.acting import Desk, Who, admit
from results.centre.salvaged import Found, Session, salvage_file
from tests.results import builders as b
from tests.results import centres, moves
from tests.vectors.generate_sealed_record import world
from tests.vectors.vector import read_all

DISK = world()
VALID = next(one for one in read_all("salvaged_disk") if one.name == "valid")


@pytest.fixture
def salvaged(tmp_path: Path) -> tuple[Centre, Found]:
    """A centre that holds the disk of a dead kiosk."""
    trusted = centres.publish(DISK, tmp_path / "published")
    centre = Centre(DISK.centre, trusted, open_ledger(tmp_path, DISK.centre, make=True))
    (tmp_path / "one.ekd").write_bytes(VALID.body)
    found = salvage_file(tmp_path / "one.ekd", centre.ledger, Here(centre.office()), Instant(0))
    return centre, found


def code(session: Session) -> str:
    """The receipt code that the kiosk would have shown after the last entry of its disk."""
    keys = kiosk_keys(kiosk_key(centres.SECRET, session.sitting, session.mode, session.kiosk))
    return receipt_code(keys, session.session, session.head.digest, session.head.count)


def test_a_salvaged_disk_answers_before_and_after_a_person_decided(salvaged: tuple[Centre, Found]) -> None:
    """Held, it is told as in quarantine; admitted by a person, as admitted; another code of it is unknown."""
    centre, found = salvaged
    assert found.session is not None
    typed = code(found.session)
    told = confirm(centre, typed)
    assert (told.record, told.candidate, told.state) == (found.digest, found.session.candidate, "quarantined")
    desk = Desk(centre.ledger, Here(centre.office()), centre.office().plan)
    admit(desk, found.digest, Who("A. Director", "The site confirms it.", Instant(1)))
    assert confirm(centre, typed).state == "admitted"
    keys = kiosk_keys(kiosk_key(bytes(32), found.session.sitting, found.session.mode, found.session.kiosk))
    head = found.session.head
    with pytest.raises(ReceiptUnknownError):
        confirm(centre, receipt_code(keys, found.session.session, head.digest, head.count))


def test_a_certificate_reads_the_agreements_of_a_salvaged_disk(salvaged: tuple[Centre, Found]) -> None:
    """What was accepted before the kiosk died stands in its disk's journal."""
    centre, found = salvaged
    assert found.session is not None
    known = centre.plan(found.session.sitting)
    assert known is not None
    with centre.ledger.transaction() as books:
        assert issuing._accepted(centre, books, found.digest, known) == {"terms"}


@pytest.mark.parametrize("along", [True, False])
def test_both_kiosks_of_a_moved_candidate_answer(tmp_path: Path, *, along: bool) -> None:
    """The code of the kiosk that was left and that of the next one each confirm the record from there."""
    w = b.world(3, 4)
    centre = centres.centre(w, tmp_path)
    before = moves.left(w, b.right(w, 2))
    files = {"first": b.seal(w, 0, before), "second": moves.arrived(w, before, b.right(w, 4), along=along)}
    for name, raw in files.items():
        (tmp_path / f"{name}.ekr").write_bytes(raw)
    paths = [tmp_path / f"{name}.ekr" for name in files]
    import_files(paths, centre.ledger, centre.office(), b.stamp(b.HOUR).wall, lambda _: None)
    for n, raw in enumerate(files.values()):
        told = confirm(centre, centres.receipt(w, n, raw))
        assert (told.candidate, told.kiosk) == (b.candidate(0), w.kiosks[n].identity.fingerprint)
