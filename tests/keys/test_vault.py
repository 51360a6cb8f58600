"""A vault opens for its key alone, tells damage, and never claims a write that did not reach the disk."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from keys import vault
from keys.vault import (
    Vault,
    VaultBusyError,
    VaultClosedError,
    VaultDamagedError,
    VaultError,
    VaultExistsError,
    VaultFullError,
    VaultKeyError,
    VaultMissingError,
    VaultRefusedError,
    VaultWriteError,
)

KEY = bytes(range(32))
SCHEMA = """
CREATE TABLE event (n INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TRIGGER kept BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'kept'); END;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A vault with a hundred rows, closed."""
    path = tmp_path / "one.vault"
    with closing(vault.create(path, KEY, SCHEMA)) as made, made.transaction():
        for n in range(100):
            made.execute("INSERT INTO event VALUES (?, ?)", (n, b"sentinel" * 50))
    return path


def count(path: Path) -> int:
    with closing(vault.open_vault(path, KEY)) as opened:
        opened.verify()
        return int(opened.execute("SELECT count(*) FROM event")[0][0])


def test_what_was_committed_is_there(path: Path) -> None:
    """A vault opens again with its key, whole; the file is for its owner alone and shows nothing of its content."""
    assert count(path) == 100
    assert path.stat().st_mode & 0o777 == 0o600
    for file in path.parent.iterdir():
        raw = file.read_bytes()
        assert b"sentinel" not in raw
        assert b"SQLite format" not in raw
        assert b"event" not in raw


def test_the_journal_is_durable(path: Path) -> None:
    """A vault runs with a persistent journal and full syncs, and no statement changes that."""
    with closing(vault.open_vault(path, KEY)) as opened:
        assert opened.execute("PRAGMA journal_mode") == [("persist",)]
        assert opened.execute("PRAGMA synchronous") == [(2,)]


FORBIDDEN = (
    "ATTACH DATABASE 'other' AS other",
    "DETACH DATABASE main",
    "PRAGMA key = 'x'",
    "PRAGMA rekey = 'x'",
    "PRAGMA REKEY = 'x'",
    "PRAGMA cipher_memory_security = OFF",
    "PRAGMA cipher_log = stderr",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA application_id = 1",
    "VACUUM INTO 'plain'",
    "SELECT load_extension('x')",
    "SELECT * FROM nowhere",
    "not a statement",
    "UPDATE event SET body = x'00'",
    "INSERT INTO event VALUES (1, x'00')",
    "INSERT INTO event VALUES (200, NULL)",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_no_statement_gets_round_the_vault(path: Path, statement: str) -> None:
    """Attaching, keys, durability and the vault's own rules are out of reach; the vault stays open and whole."""
    with closing(vault.open_vault(path, KEY)) as opened:
        with pytest.raises(VaultError):
            opened.execute(statement)
        assert opened.execute("SELECT count(*) FROM event") == [(100,)]
    assert not (path.parent / "other").exists()


def test_a_rule_of_the_vault_is_told_as_such(path: Path) -> None:
    """A trigger or constraint that refuses is no failed write."""
    with closing(vault.open_vault(path, KEY)) as opened, pytest.raises(VaultRefusedError):
        opened.execute("UPDATE event SET body = x'00'")


@pytest.mark.parametrize("key", [bytes(32), KEY[::-1]], ids=["zeros", "reversed"])
def test_a_wrong_key_is_told(path: Path, key: bytes) -> None:
    """Another key opens nothing, in the vault and in the connection for other libraries."""
    for opener in (vault.open_vault, vault.connect):
        with pytest.raises(VaultKeyError):
            opener(path, key)


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(33), bytes(64)])
def test_a_key_of_another_length_is_never_a_passphrase(path: Path, tmp_path: Path, key: bytes) -> None:
    """Only 32 raw bytes are a key: anything else is refused before SQLCipher could take it for a passphrase."""
    with pytest.raises(VaultKeyError):
        vault.open_vault(path, key)
    with pytest.raises(VaultKeyError):
        vault.create(tmp_path / "two.vault", key, SCHEMA)
    assert not (tmp_path / "two.vault").exists()


def flip(at: int) -> Callable[[bytes], bytes]:
    def flipped(raw: bytes) -> bytes:
        changed = bytearray(raw)
        changed[at] ^= 1
        return bytes(changed)

    return flipped


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut to nothing": lambda raw: b"",
    "cut to one page": lambda raw: raw[:4096],
    "cut by half": lambda raw: raw[: len(raw) // 2],
    "cut by one page": lambda raw: raw[:-4096],
    "cut by a byte": lambda raw: raw[:-1],
    "a byte in the salt": flip(3),
    "a byte in the first page": flip(100),
    "a byte in a later page": flip(4096 * 5 + 7),
    "the last byte": flip(-1),
    "two pages swapped": lambda raw: raw[:8192] + raw[12288:16384] + raw[8192:12288] + raw[16384:],
    "zeros": lambda raw: bytes(len(raw)),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told(path: Path, damage: Callable[[bytes], bytes]) -> None:
    """A vault cut or changed outside the program fails at opening or at verification, and never opens empty."""
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises((VaultKeyError, VaultDamagedError)):
        count(path)


def test_a_plaintext_database_is_no_vault(tmp_path: Path) -> None:
    """An ordinary SQLite file is refused, whatever the key."""
    with closing(sqlite3.connect(tmp_path / "plain")) as plain:
        plain.executescript(SCHEMA)
    with pytest.raises(VaultKeyError):
        vault.open_vault(tmp_path / "plain", KEY)


def test_what_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    """Opening a missing vault, or a folder, makes nothing."""
    for name in ("none", "."):
        with pytest.raises(VaultMissingError):
            vault.open_vault(tmp_path / name, KEY)
    with pytest.raises(VaultMissingError):
        vault.create(tmp_path / "none" / "one.vault", KEY, SCHEMA)
    assert not list(tmp_path.iterdir())


def test_a_vault_is_never_made_over_another(path: Path) -> None:
    """Making one where something is leaves it as it is."""
    with pytest.raises(VaultExistsError):
        vault.create(path, KEY, SCHEMA)
    assert count(path) == 100


def test_a_schema_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Half a vault is no vault."""
    with pytest.raises(VaultError):
        vault.create(tmp_path / "one.vault", KEY, "CREATE TABLE a (b); CREATE TABEL c (d);")
    assert not list(tmp_path.iterdir())


def insert(opened: Vault, *numbers: int) -> None:
    """Insert rows in one transaction."""
    with opened.transaction():
        for n in numbers:
            opened.execute("INSERT INTO event VALUES (?, x'00')", (n,))


def test_an_exception_rolls_everything_back(path: Path) -> None:
    """Either all of a transaction is there, or nothing; the vault goes on."""
    with closing(vault.open_vault(path, KEY)) as opened:
        with pytest.raises(VaultRefusedError):
            insert(opened, 200, 1)
        assert not opened.closed
        insert(opened, 201)
    assert count(path) == 101


def test_a_write_that_fails_closes_the_vault(path: Path) -> None:
    """When a write is refused the vault is closed; what was acknowledged is there, and it can be opened again."""
    opened = vault.open_vault(path, KEY)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 4096, before[1]))
    try:
        with pytest.raises((VaultWriteError, VaultFullError)), opened.transaction():
            opened.execute("INSERT INTO event VALUES (200, zeroblob(200000))")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert opened.closed
    with pytest.raises(VaultClosedError):
        opened.execute("SELECT 1")
    assert count(path) == 100


class Failing:
    """A connection whose commit fails with one of SQLite's codes."""

    def __init__(self, real: sqlcipher.Connection, number: int) -> None:
        self._real, self._number = real, number

    def execute(self, sql: str, parameters: tuple[object, ...]) -> object:
        if sql == "COMMIT":
            error = sqlcipher.OperationalError("failed")
            error.sqlite_errorcode = self._number
            raise error
        return self._real.execute(sql, parameters)

    def close(self) -> None:
        self._real.close()


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (sqlite3.SQLITE_FULL, VaultFullError),
        (sqlite3.SQLITE_IOERR_FSYNC, VaultWriteError),
        (sqlite3.SQLITE_IOERR_WRITE, VaultWriteError),
        (sqlite3.SQLITE_READONLY, VaultWriteError),
        (sqlite3.SQLITE_CORRUPT, VaultDamagedError),
        (sqlite3.SQLITE_BUSY, VaultBusyError),
        (sqlite3.SQLITE_NOMEM, VaultError),
    ],
)
def test_any_failure_at_commit_is_fatal_for_the_connection(
    path: Path, number: int, error: type[VaultError]
) -> None:
    """After a commit that failed nothing is claimed: closed, told by its own code, and the rows are not there."""
    opened = vault.open_vault(path, KEY)
    real = opened._connection
    assert real is not None
    opened._connection = Failing(real, number)
    with pytest.raises(error), opened.transaction():
        opened.execute("INSERT INTO event VALUES (200, x'00')")
    assert opened.closed
    assert count(path) == 100


def test_a_vault_is_not_used_across_a_fork(path: Path) -> None:
    """A child process is refused, and its end does no harm to the parent's vault."""
    with closing(vault.open_vault(path, KEY)) as opened:
        child = os.fork()
        if child == 0:
            try:
                opened.execute("SELECT 1")
            except VaultClosedError:
                opened.close()
                os._exit(7)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        opened.execute("INSERT INTO event VALUES (200, x'00')")
    assert count(path) == 101


OTHER_PROCESS = """
import sys
import sqlcipher3.dbapi2 as sqlcipher
connection = sqlcipher.connect(sys.argv[1], timeout=0)
connection.execute(f"PRAGMA key = \\"x'{sys.argv[2]}'\\"")
try:
    connection.execute("BEGIN IMMEDIATE")
except sqlcipher.OperationalError as error:
    sys.exit(str(error))
"""


def test_opening_a_second_time_keeps_the_first_ones_lock(path: Path) -> None:
    """Nothing in this process opens the live file past SQLite, which would drop the lock of a writer."""
    with closing(vault.open_vault(path, KEY)) as writer, writer.transaction():
        writer.execute("INSERT INTO event VALUES (200, x'00')")
        with closing(vault.connect(path, KEY)):
            pass
        other = subprocess.run(
            [sys.executable, "-c", OTHER_PROCESS, str(path), KEY.hex()],
            capture_output=True,
            text=True,
            check=False,
        )
    assert "locked" in other.stderr


def test_a_connection_for_a_library_keeps_its_own_transactions(path: Path) -> None:
    """A connection given away begins by itself, rolls back what was not committed, and is locked down too."""
    with closing(vault.connect(path, KEY)) as connection:
        connection.execute("INSERT INTO event VALUES (200, x'00')")
        assert connection.in_transaction
        connection.rollback()
        connection.execute("INSERT INTO event VALUES (201, x'00')")
        connection.commit()
        with pytest.raises(sqlcipher.DatabaseError):
            connection.execute("ATTACH DATABASE 'x' AS x")
    assert count(path) == 101


def test_a_backup_is_whole_and_under_the_same_key(path: Path, tmp_path: Path) -> None:
    """A copy made while the vault is open holds every row, and is never made over something."""
    copy = tmp_path / "copy.vault"
    with closing(vault.open_vault(path, KEY)) as opened:
        opened.backup(copy)
        with pytest.raises(VaultExistsError):
            opened.backup(copy)
        assert count(copy) == 100
    with pytest.raises(VaultKeyError):
        vault.open_vault(copy, bytes(32))
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_backup_onto_a_full_disk_leaves_nothing(path: Path, tmp_path: Path) -> None:
    """Half a copy is no copy, and the vault that was copied goes on."""
    with closing(vault.open_vault(path, KEY)) as opened:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
        try:
            with pytest.raises(VaultError):
                opened.backup(tmp_path / "copy.vault")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert opened.execute("SELECT count(*) FROM event") == [(100,)]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["one.vault", "one.vault-journal"]


def test_a_closed_vault_says_so(path: Path, tmp_path: Path) -> None:
    """Closing twice is no error; anything else on a closed vault is."""
    opened = vault.open_vault(path, KEY)
    opened.close()
    opened.close()
    for act in (opened.verify, lambda: opened.backup(tmp_path / "x"), lambda: opened.execute("SELECT 1")):
        with pytest.raises(VaultClosedError):
            act()
    assert KEY.hex() not in repr(opened)
    assert isinstance(opened, Vault)


def test_the_library_prints_nothing(path: Path) -> None:
    """Neither a wrong key nor damage writes to the terminal, where it would tear the screen."""
    script = "import sys; from pathlib import Path; from keys import vault, errors\n"
    script += (
        "try: vault.open_vault(Path(sys.argv[1]), bytes(32))\nexcept errors.ExamKioskError: print('refused')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert (done.stdout, done.stderr) == (b"refused\n", b"")


def test_a_reserve_holds_room_and_gives_it_back(tmp_path: Path) -> None:
    """The room is really taken, is given back by release, and where there is none it is told."""
    held = tmp_path / "reserve"
    vault.reserve(held, 1 << 20)
    assert held.stat().st_size == 1 << 20
    assert held.stat().st_blocks * 512 >= 1 << 20
    vault.reserve(held, 1 << 20)
    vault.release(held)
    vault.release(held)
    assert not held.exists()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    try:
        with pytest.raises(VaultFullError):
            vault.reserve(held, 1 << 20)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not held.exists()
