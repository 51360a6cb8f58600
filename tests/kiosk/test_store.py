"""The store: append-only by its own rules, verified when opened, secrets forgotten, keys wrapped and kept in escrow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from keys import primitives
from keys.clock import Stamp
from keys.codes import kiosk_keys, resume_code
from keys.encoding import Digest, Instant
from keys.errors import (
    MistypedCodeError,
    SealError,
    SignatureError,
    WeakLockError,
    WrongCodeError,
    WrongRecipientError,
)
from keys.identities import new_identity
from keys.primitives import MINIMUM, MODERATE
from keys.statement import Keyring, Role
from keys.vault import Vault, VaultDamagedError, VaultKeyError, VaultRefusedError, VaultWriteError, open_vault
from kiosk.store import VAULT, Beat, Store, StoreFailedError, create_store, open_store
from kiosk.wrap import Lock, read_wrap, unwrap, wrap
from results.wire import events as e
from results.wire.escrow import VaultEscrow, open_vault_key, read_escrow, seal_vault_key
from results.wire.journal import JournalBrokenError, next_session_line
from tests.kiosk.world import SITTING, World

KEY, ZERO = bytes(range(32)), Digest("0" * 64)
OPENED = e.SessionOpened(bytes(32), "s", "west-1", "live", "K", ZERO, ZERO, ZERO, "u", "test")
AT = Stamp(Instant(5), 5, "a")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with its genesis and two more entries."""
    made = create_store(tmp_path, KEY, {"content key": b"c" * 32}, AT, OPENED)
    made.append(AT, (e.InstructionsRead(), e.TestStarted(10, "seed")))
    return made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET raw = x'00' WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 2",
        "INSERT OR REPLACE INTO journal VALUES (1, x'00')",
        "INSERT INTO journal VALUES (7, x'00')",
        "INSERT INTO journal VALUES (NULL, x'00')",
        "UPDATE heartbeat SET elapsed = 0",
        "DELETE FROM heartbeat",
        "INSERT OR REPLACE INTO heartbeat VALUES (0, 0, 0, '', 0, 0)",
    ],
)
def test_what_is_written_is_never_changed(store: Store, tmp_path: Path, statement: str) -> None:
    """The vault itself refuses to change, remove, replace or skip an entry or a heartbeat."""
    store.beat(Beat(AT, 1, 3))
    store.close()
    vault = open_vault(tmp_path / VAULT, KEY)
    with pytest.raises(VaultRefusedError):
        vault.execute(statement)
    vault.close()
    assert open_store(tmp_path, KEY).head == store.head


def test_a_store_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    """Entries, head and last heartbeat; the later of the two says when it last lived."""
    store.close()
    again = open_store(tmp_path, KEY)
    assert [entry.event for entry in again.kept.entries[1:]] == [
        e.InstructionsRead(),
        e.TestStarted(10, "seed"),
    ]
    assert again.kept.last() == AT
    later = Stamp(Instant(1), 9, "a")
    again.beat(Beat(later, 4, 3))
    again.close()
    assert open_store(tmp_path, KEY).kept.last() == later


def test_a_broken_chain_is_not_opened(store: Store, tmp_path: Path) -> None:
    """An entry that does not name the head before it stops the store, though the vault's pages are genuine."""
    line = next_session_line(store.head, AT, e.IdentityConfirmed())
    store.close()
    vault = open_vault(tmp_path / VAULT, KEY)
    vault.execute("INSERT INTO journal VALUES (3, ?)", (line.raw.replace(b'"seq":3', b'"seq":4'),))
    vault.close()
    with pytest.raises(JournalBrokenError):
        open_store(tmp_path, KEY)


def test_a_changed_byte_in_the_vault_is_seen(store: Store, tmp_path: Path) -> None:
    """One bit in any page: the store is not opened."""
    store.close()
    raw = (tmp_path / VAULT).read_bytes()
    for offset in range(20, len(raw), 4096):
        (tmp_path / VAULT).write_bytes(raw[:offset] + bytes([raw[offset] ^ 1]) + raw[offset + 1 :])
        with pytest.raises((VaultDamagedError, VaultKeyError)):
            open_store(tmp_path, KEY)


def test_a_journal_that_moved_on_without_us_fails_the_append(store: Store, tmp_path: Path) -> None:
    """Another writer's entry is never taken for ours: the append fails and says so."""
    other = open_store(tmp_path, KEY)
    other.append(AT, (e.IdentityConfirmed(),))
    other.close()
    with pytest.raises(StoreFailedError):
        store.append(AT, (e.ClockJumped(5_000),))


def test_secrets_are_forgotten(store: Store, tmp_path: Path) -> None:
    """After `forget` they are in no row, and a plain search of the pages under the right key finds nothing."""
    assert store.secret("content key") == b"c" * 32
    store.forget()
    store.close()
    again = open_store(tmp_path, KEY)
    assert again.secret("content key") is None
    assert again.head == store.head


def test_the_text_of_a_note_is_kept_beside_the_journal(store: Store, tmp_path: Path) -> None:
    """The last text of each item comes back with the store, no entry holds it, and it is forgotten with the secrets."""
    store.append(AT, (e.NoteWritten("i1", 3, "", 4),), {"i1": "one"})
    store.append(AT, (e.NoteWritten("", 3, "", 5), e.NoteWritten("i1", 3, "", 6)), {"": "pad", "i1": "two"})
    assert store.notes == {"": "pad", "i1": "two"}
    store.close()
    again = open_store(tmp_path, KEY)
    assert again.notes == {"": "pad", "i1": "two"}
    assert not any(text in raw for raw in again.raws() for text in (b"one", b"two", b"pad"))
    again.forget()
    again.close()
    assert open_store(tmp_path, KEY).notes == {}


def test_a_note_is_saved_with_its_event_or_not_at_all(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An append that cannot succeed leaves the note of before."""
    store.append(AT, (e.NoteWritten("i1", 3, "", 4),), {"i1": "one"})
    with monkeypatch.context() as patch:
        refuse(patch, "COMMIT", 99)
        with pytest.raises(StoreFailedError):
            store.append(AT, (e.NoteWritten("i1", 3, "", 6),), {"i1": "two"})
    assert store.notes == {"i1": "one"}
    store.close()
    assert open_store(tmp_path, KEY).notes == {"i1": "one"}


def test_forgetting_is_done_again_until_it_succeeds(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused throughout, then once: the secrets are there after the first call and gone after the second."""
    with monkeypatch.context() as patch:
        refuse(patch, "COMMIT", 99)
        with pytest.raises(StoreFailedError):
            store.forget()
    with monkeypatch.context() as patch:
        refuse(patch, "COMMIT", 1)
        store.forget()
    store.close()
    assert open_store(tmp_path, KEY).secret("content key") is None


def refuse(monkeypatch: pytest.MonkeyPatch, statement: str, times: int) -> None:
    """Let this statement fail so many times; a failed write closes the connection."""
    real, left = Vault.execute, [times]

    def execute(self: Vault, sql: str, parameters: Sequence[object] = ()) -> object:
        if sql == statement and left[0]:
            left[0] -= 1
            self.close()
            raise VaultWriteError(name="vault.db")
        return real(self, sql, parameters)

    monkeypatch.setattr(Vault, "execute", execute)


LOCK = Lock("s1", 3, b"l" * 32)
CODES = kiosk_keys(b"k" * 32)


def test_a_wrap_opens_with_its_code_on_its_machine() -> None:
    """R_n and the local secret together give V; typed in any case and grouping."""
    wrapped = read_wrap(wrap(LOCK, resume_code(CODES, 3), KEY, MINIMUM))
    code = resume_code(CODES, 3).lower()
    assert unwrap(wrapped, f"{code[:3]} {code[3:6]}-{code[6:]}", LOCK.local_secret, floor=MINIMUM) == KEY
    with pytest.raises(WrongCodeError):
        unwrap(wrapped, resume_code(CODES, 4), LOCK.local_secret, floor=MINIMUM)
    with pytest.raises(WrongCodeError):
        unwrap(wrapped, resume_code(CODES, 3), b"x" * 32, floor=MINIMUM)
    with pytest.raises(MistypedCodeError):
        unwrap(wrapped, "000000000X", LOCK.local_secret, floor=MINIMUM)
    with pytest.raises(WeakLockError):
        unwrap(wrapped, resume_code(CODES, 3), LOCK.local_secret, floor=MODERATE)


@pytest.mark.parametrize("field", ["session", "n", "salt", "box"])
def test_a_wrap_holds_for_its_session_and_number_alone(field: str) -> None:
    """Another session, number, salt or box under the same code does not open."""
    import msgspec

    other = {"session": "s2", "n": 4, "salt": b"s" * 16, "box": b"b" * 72}[field]
    wrapped = msgspec.structs.replace(
        read_wrap(wrap(LOCK, resume_code(CODES, 3), KEY, MINIMUM)), **{field: other}
    )
    with pytest.raises(WrongCodeError):
        unwrap(wrapped, resume_code(CODES, 3), LOCK.local_secret, floor=MINIMUM)


def test_a_wrap_that_asks_for_too_much_work_is_refused() -> None:
    """More work than the ceiling is refused before it is done."""
    import msgspec

    wrapped = read_wrap(wrap(LOCK, resume_code(CODES, 3), KEY, MINIMUM))
    costly = msgspec.structs.replace(wrapped, cost=primitives.KdfCost(10**6, 2**40))
    with pytest.raises(SealError):
        unwrap(costly, resume_code(CODES, 3), LOCK.local_secret, floor=MINIMUM)


def test_the_escrow_opens_for_the_centre_alone(world: World) -> None:
    """W_c beside a real vault: signed by the kiosk, bound to the genesis, and at the centre it opens that vault."""
    world.testing().close()
    folder = world.station / "sittings" / SITTING
    ring = Keyring([world.keys["kiosk"].identity.holder()])
    escrow = read_escrow((folder / "escrow.json").read_bytes(), ring)
    key = open_vault_key(escrow, world.keys["centre"])
    store = open_store(folder, key)
    assert store.head_at(1) == escrow.genesis
    with pytest.raises(WrongRecipientError):
        open_vault_key(escrow, world.keys["proctor"])
    with pytest.raises(SignatureError):
        read_escrow((folder / "escrow.json").read_bytes(), Keyring([world.keys["other"].identity.holder()]))


def test_an_escrow_of_another_genesis_does_not_open() -> None:
    """The envelope is bound to session and genesis: a fabricated head beside it does not open."""
    import msgspec

    centre, kiosk = new_identity(Role.CENTRE, "centre", "centre"), new_identity(Role.KIOSK, "west", "k")
    claim = VaultEscrow("s", "west-1", "live", "K", ZERO, ZERO, ZERO)
    raw = seal_vault_key(claim, KEY, [centre.identity], kiosk.signer())
    escrow = read_escrow(raw, Keyring([kiosk.identity.holder()]))
    assert open_vault_key(escrow, centre) == KEY
    with pytest.raises(SealError):
        open_vault_key(msgspec.structs.replace(escrow, genesis=Digest("1" * 64)), centre)
