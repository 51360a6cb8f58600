"""A dead kiosk's disk: carried away by somebody who can open nothing, opened at the centre, held for a person."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from exam_packages.interactions import ChosenOptions
from exam_packages.sitting_plan import SittingPlan
from keys.container import parts as read_parts
from keys.container import split
from keys.encoding import Instant, digest, encode
from keys.statement import Keyring
from keys.vault import create, open_vault
from kiosk import protocol as p
from kiosk.salvaging import NothingToSalvageError, Salvage, salvage
from kiosk.station import Station, StationBusyError
from results.centre.intake import Office, know
from results.centre.judging.pool import Here
from results.centre.ledger import Ledger, open_ledger
from results.centre.salvaged import Found, salvage_file
from results.centre.salvaging import TABLE
from results.centre.tables import State, records
from results.wire.escrow import VaultEscrow, open_vault_key, read_escrow, seal_vault_key
from results.wire.journal import Head, SessionEntry, advance, next_session_line, read
from results.wire.salvage import KIND, ROLLBACK, VAULT, SalvagedHeader, pack_disk, read_disk
from tests.kiosk.reading import item_of
from tests.kiosk.world import CANDIDATE, SITTING, World, accepted

NOW = Instant(1_800_000_000_000)
ENTRY = ";INSERT INTO journal VALUES (0, x'7B7D')"
SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")


@pytest.fixture
def dead(world: World) -> World:
    """A kiosk that died after its candidate had answered one question."""
    runner = world.testing()
    question = item_of(runner.view())
    accepted(runner.submit(p.Answer(question.item.id, ChosenOptions((question.order[0],)))))
    runner.close()
    return world


@pytest.fixture
def ledger(world: World) -> Ledger:
    """An empty ledger of the centre's."""
    return open_ledger(world.folder / "centre", world.keys["centre"], make=True)


def folder(world: World) -> Path:
    """The sitting's folder on the disk."""
    return world.station / "sittings" / SITTING


def office(world: World) -> Office:
    """The centre's office of this world."""
    plan = msgspec.json.decode((world.folder / "plan.json").read_bytes(), type=SittingPlan)
    everyone = frozenset(one.identity.fingerprint for one in world.keys.values())
    registrar = Keyring([world.keys["registrar-1"].identity.holder()])
    known = know(plan, digest((world.folder / "plan.eks").read_bytes()), everyone, registrar)
    return Office(world.keys["centre"], lambda sitting: known if sitting == plan.sitting else None)


def carried(world: World) -> bytes:
    """The container that salvage made."""
    done = salvage(world.station, world.carrier)
    (one,) = done.taken
    assert not done.left
    return world.carrier.read(one.name, limit=1 << 30)


def judged(world: World, ledger: Ledger, raw: bytes) -> Found:
    """What the centre makes of a container."""
    (world.folder / "one.ekd").write_bytes(raw)
    return salvage_file(world.folder / "one.ekd", ledger, Here(office(world)), NOW)


def states(ledger: Ledger) -> dict[str, int]:
    """How many records stand where."""
    with ledger.transaction() as books:
        return books.counts()


def test_a_dead_kiosks_disk_is_opened_at_the_centre_and_held(dead: World, ledger: Ledger) -> None:
    """The candidate, the answer and the final head come out; the record is in quarantine, and again changes nothing."""
    raw = carried(dead)
    found = judged(dead, ledger, raw)
    assert found.session is not None
    assert (found.reason.code, found.new, found.session.whole) == ("salvaged", True, True)
    assert (found.session.candidate, found.session.answered) == (CANDIDATE, 1)
    assert (found.session.outcome, found.session.sitting) == ("unfinished", SITTING)
    assert found.session.against == "the ledger holds no record of this session"
    assert states(ledger) == {"admitted": 0, "repeat": 0, "quarantined": 1}
    again = judged(dead, ledger, raw)
    assert replace(again, new=True) == found
    assert states(ledger)["quarantined"] == 1
    with ledger.transaction() as books:
        ((_, row),) = books.quarantine()
        assert (row.reason, row.size, row.candidate) == ("salvaged", len(raw), CANDIDATE)
        assert books.sound_records(state=State.QUARANTINED.value) == []


def test_a_disk_mounted_elsewhere_needs_no_key(dead: World, ledger: Ledger, tmp_path: Path) -> None:
    """Without key file, station file, wrap and root the same bytes are carried, from a folder that is only read."""
    there = carried(dead)
    elsewhere = tmp_path / "mounted"
    shutil.copytree(dead.station, elsewhere)
    for name in ("station.key", "station.json", "root.json", f"sittings/{SITTING}/wrap.json"):
        (elsewhere / name).unlink()
    before = {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*")}
    (one,) = salvage(elsewhere, dead.carrier).taken
    assert dead.carrier.read(one.name, limit=1 << 30) == there
    assert {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*")} == before


def test_what_is_carried_opens_for_the_centre_alone(dead: World) -> None:
    """Neither wrap nor local secret is in the container, only the closed vault and what the centre opens."""
    raw = carried(dead)
    disk = read_disk(raw)
    assert set(disk.parts) <= {VAULT, ROLLBACK}
    keys = Station(dead.station).keys
    for secret in (keys.local_secret, keys.private.seed, (folder(dead) / "wrap.json").read_bytes()):
        assert secret not in raw
    assert b"SQLite format 3" not in disk.parts[VAULT]


def test_a_folder_moved_aside_and_the_records_are_carried_too(dead: World) -> None:
    """Each vault is one container; a sealed record is copied as it is, under the name that export gives it."""
    aside = dead.station / "aside" / SITTING / "1"
    shutil.copytree(folder(dead), aside)
    (aside / "vault.db-journal").write_bytes(b"")
    runner = dead.runner()
    accepted(runner.submit(p.EnterResumeCode(dead.resume_code(1), credit=False)))
    accepted(runner.submit(p.HandIn(4, 0)))
    (record,) = dead.carrier.names(f"records/{SITTING}")
    (dead.carrier.root / record).unlink()
    done = salvage(dead.station, dead.carrier)
    assert [one.source.split("/")[0] for one in done.taken] == ["aside", "outbox", "sittings"]
    assert not done.left
    assert dead.carrier.exists(record)


def test_a_finished_session_on_the_disk_is_told_from_the_record_in_the_ledger(
    dead: World, ledger: Ledger
) -> None:
    """Where nothing of the disk is new, the words say so; the container is held all the same."""
    runner = dead.runner()
    accepted(runner.submit(p.EnterResumeCode(dead.resume_code(1), credit=False)))
    accepted(runner.submit(p.HandIn(4, 0)))
    runner.close()
    from results.centre.importing import import_files, sources

    paths = sources([dead.carrier.root / "records"])
    report = import_files(paths, ledger, office(dead), NOW, lambda path: None)
    assert report.records.admitted == 1
    done = salvage(dead.station, dead.carrier)
    (disk,) = [one for one in done.taken if one.name.endswith(".ekd")]
    found = judged(dead, ledger, dead.carrier.read(disk.name, limit=1 << 30))
    assert found.session is not None
    assert found.session.against == "the ledger holds a record with the same journal"
    assert states(ledger) == {"admitted": 1, "repeat": 0, "quarantined": 1}


def test_of_a_damaged_vault_the_unbroken_beginning_is_taken(dead: World, ledger: Ledger) -> None:
    """Pages cut off at the end: what could be read is told with its length, and that the store is damaged."""
    whole = judged(dead, ledger, carried(dead))
    disk = read_disk(carried(dead))
    codes: set[str] = set()
    for kept in range(len(disk.parts[VAULT]) - 4096, 0, -4096):
        cut = disk.parts[VAULT][:kept] + bytes(len(disk.parts[VAULT]) - kept)
        found = judged(dead, ledger, pack_disk(disk.escrow, cut))
        codes.add(found.reason.code)
        assert "damaged" in found.reason.what or "No entry" in found.reason.what, found.reason
        if found.session is not None:
            assert whole.session is not None
            assert 0 < found.session.head.count <= whole.session.head.count
            assert not found.session.whole
    assert codes <= {"salvaged", "salvage-empty", "vault-damaged"}
    assert states(ledger)["admitted"] == 0


def test_a_store_that_was_made_up_beside_a_genuine_escrow_is_seen(dead: World, ledger: Ledger) -> None:
    """Who has the vault's key can write a vault of their own; its first entry is not the one that the kiosk signed."""
    disk = read_disk(carried(dead))
    escrow = read_escrow(disk.escrow, Keyring([dead.keys["kiosk"].identity.holder()]))
    key = open_vault_key(escrow, dead.keys["centre"])
    for schema, code in (
        (TABLE, "salvage-empty"),
        (TABLE + ENTRY, "salvage-empty"),
        ("CREATE VIEW journal AS SELECT 0 AS seq, x'00' AS raw", "salvage-forged"),
        ("CREATE TABLE journal (seq INTEGER PRIMARY KEY, raw ANY)", "salvage-forged"),
        ("CREATE TABLE other (seq INTEGER)", "salvage-forged"),
    ):
        with tempfile.TemporaryDirectory() as name:
            create(Path(name) / VAULT, key, schema).close()
            made = pack_disk(disk.escrow, (Path(name) / VAULT).read_bytes())
        assert judged(dead, ledger, made).reason.code == code
    assert states(ledger)["admitted"] == 0


def forged(key: bytes, vault: bytes, change: Callable[[list[SessionEntry]], list[bytes]]) -> bytes:
    """A vault of the same key with other lines, as somebody who has the key could write it."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "old.db").write_bytes(vault)
        with closing(open_vault(Path(name) / "old.db", key)) as old:
            entries, _ = read([raw for (raw,) in old.execute("SELECT raw FROM journal")], SessionEntry)
        with closing(create(Path(name) / VAULT, key, TABLE)) as made:
            for seq, raw in enumerate(change(list(entries))):
                made.execute("INSERT INTO journal VALUES (?, ?)", (seq, raw))
        return (Path(name) / VAULT).read_bytes()


def another_beginning(entries: list[SessionEntry]) -> list[bytes]:
    """A whole chain of the same events but for the first, which has another random part."""
    head, raws = Head(), list[bytes]()
    first = msgspec.structs.replace(entries[0].event, nonce=bytes(32))
    for entry, event in zip(entries, [first, *(one.event for one in entries[1:])], strict=True):
        raws.append(next_session_line(head, entry.at, event).raw)
        head = advance(head, raws[-1])
    return raws


def one_dropped(entries: list[SessionEntry]) -> list[bytes]:
    """The lines without the one before the last."""
    raws = [encode(one) for one in entries]
    return [*raws[:-2], raws[-1]]


def test_another_first_entry_is_forged_and_a_gap_ends_what_is_taken(dead: World, ledger: Ledger) -> None:
    """A chain that holds but begins otherwise is refused; of one with a line dropped, what is before it is taken."""
    disk = read_disk(carried(dead))
    whole = judged(dead, ledger, carried(dead)).session
    escrow = read_escrow(disk.escrow, Keyring([dead.keys["kiosk"].identity.holder()]))
    key = open_vault_key(escrow, dead.keys["centre"])
    made = forged(key, disk.parts[VAULT], another_beginning)
    found = judged(dead, ledger, pack_disk(disk.escrow, made))
    assert (found.reason.code, found.session) == ("salvage-forged", None)
    made = forged(key, disk.parts[VAULT], one_dropped)
    found = judged(dead, ledger, pack_disk(disk.escrow, made))
    assert whole is not None
    assert found.session is not None
    assert (found.reason.code, found.session.whole) == ("salvaged", False)
    assert found.session.head.count == whole.head.count - 2


def test_a_rollback_journal_that_names_another_file_is_refused(
    dead: World, ledger: Ledger, tmp_path: Path
) -> None:
    """Such a journal would have the file that it names removed at the centre; it is not given to the library."""
    disk = read_disk(carried(dead))
    hostile = disk.parts.get(ROLLBACK, b"") + b"/etc/target" + SUPER_JOURNAL
    found = judged(dead, ledger, pack_disk(disk.escrow, disk.parts[VAULT], hostile))
    assert found.reason.code == "container-damaged"
    assert "names a file elsewhere" in found.reason.what


def test_an_escrow_of_another_is_refused(dead: World, ledger: Ledger) -> None:
    """Signed by a kiosk that it does not name, for another sitting or another plan: held with that reason."""
    disk = read_disk(carried(dead))
    own = replace_escrow(disk.claimed)
    for changes, signer, code in (
        ({}, "other", "signer-unknown"),
        ({"sitting": "east-1"}, "kiosk", "plan-unknown"),
        ({"plan_digest": "0" * 64}, "kiosk", "plan-mismatch"),
        ({"package_digest": "0" * 64}, "kiosk", "package-mismatch"),
        ({"mode": "rehearsal"}, "kiosk", "plan-mismatch"),
        ({"kiosk": dead.keys["proctor"].identity.fingerprint}, "kiosk", "signer-not-in-plan"),
        ({}, "kiosk", "salvage-empty"),
    ):
        said = msgspec.structs.replace(own, **changes)
        to = (dead.keys["centre"].identity,)
        escrow = seal_vault_key(said, bytes(32), to, dead.keys[signer].signer())
        found = judged(dead, ledger, pack_disk(escrow, disk.parts[VAULT]))
        assert found.reason.code == code, found.reason
    assert states(ledger)["admitted"] == 0


def replace_escrow(escrow: VaultEscrow) -> VaultEscrow:
    """The same escrow before it was sealed."""
    return msgspec.structs.replace(escrow, envelopes=())


def test_every_byte_of_head_and_length_counts(dead: World, ledger: Ledger) -> None:
    """A container cut or changed in transit is held with that reason, and its bytes are kept for a person."""
    raw = carried(dead)
    head, body = split(raw, kind=KIND)
    listed = msgspec.json.decode(head, type=SalvagedHeader).parts
    assert read_parts(body, listed, kind=KIND)
    for damaged in (b"", raw[:10], raw[:-1], raw + b"x", raw[:-5000] + b"\0" + raw[-4999:]):
        assert judged(dead, ledger, damaged).reason.code in {"container-damaged", "part-altered"}
    assert states(ledger) == {"admitted": 0, "repeat": 0, "quarantined": 5}


def test_a_running_kiosk_is_not_salvaged(dead: World) -> None:
    """Its vault is being written."""
    with Station(dead.station).alone(), pytest.raises(StationBusyError):
        salvage(dead.station, dead.carrier)


def test_an_empty_disk_and_a_hostile_one(dead: World, tmp_path: Path) -> None:
    """Nothing there is told; links are not followed, a name that leads elsewhere is named and the rest is taken."""
    with pytest.raises(NothingToSalvageError):
        salvage(tmp_path / "nowhere", dead.carrier)
    with pytest.raises(NothingToSalvageError):
        salvage(tmp_path, dead.carrier)
    hostile = tmp_path / "hostile"
    shutil.copytree(dead.station, hostile)
    (hostile / "sittings" / "link").symlink_to(folder(dead))
    for name, content in (("none", b""), ("other", b"{}")):
        (hostile / "sittings" / name).mkdir()
        (hostile / "sittings" / name / "vault.db").write_bytes(b"x")
        if content:
            (hostile / "sittings" / name / "escrow.json").write_bytes(content)
    outside = msgspec.structs.replace(replace_escrow(read_disk(carried(dead)).claimed), sitting="../../x")
    to = (dead.keys["centre"].identity,)
    (hostile / "sittings" / "far").mkdir()
    (hostile / "sittings" / "far" / "vault.db").write_bytes(b"x")
    escrow = seal_vault_key(outside, bytes(32), to, dead.keys["kiosk"].signer())
    (hostile / "sittings" / "far" / "escrow.json").write_bytes(escrow)
    done: Salvage = salvage(hostile, dead.carrier)
    assert [one.source for one in done.taken] == [f"sittings/{SITTING}"]
    told = {one.source: one.why.code for one in done.left}
    assert told == {
        "sittings/far": "file-refused",
        "sittings/none": "file-missing",
        "sittings/other": "document-malformed",
    }


def test_the_table_that_the_centre_reads_is_the_one_that_a_kiosk_makes() -> None:
    """One change of the kiosk's store, and the centre would take every disk for forged."""
    from kiosk.store import SCHEMA

    assert f"{TABLE};" in SCHEMA
    assert records.c.facts.nullable
