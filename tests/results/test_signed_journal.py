"""The lines of a sitting's journal are signed by the proctor who acted; whatever else stands there is seen."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from keys import primitives
from keys.clock import Stamp
from keys.encoding import Instant, digest, encode
from keys.errors import SignatureError
from keys.identities import Identity, PrivateIdentity, new_identity
from keys.statement import Role, sign_raw, verify_raw
from results.wire import journal
from results.wire.journal import Head, JournalBrokenError, LineUnsignedError, SittingEntry
from results.wire.sitting_events import (
    CodesShown,
    IdentityChecked,
    RecordCollected,
    ResumeCodeIssued,
    SittingEvent,
    SittingOpened,
)

RIVERA, CHEN, STRANGER = (new_identity(Role.PROCTOR, "west", name) for name in ("rivera", "chen", "mallory"))
PLANNED = (RIVERA.identity, CHEN.identity)
D = digest(b"")
SEED = b"p" * 32
PAGE = PrivateIdentity(
    Identity(Role.PROCTOR, "west", "rivera", primitives.signing_public(SEED), bytes(1216)), SEED, b""
)
"""Who signed the example of the format's page."""


def written(*acts: tuple[SittingEvent, PrivateIdentity], mode: str = "live") -> list[bytes]:
    """The lines of these acts."""
    head, raws = Head(), []
    for event, who in acts:
        line = journal.next_sitting_line(head, Stamp(Instant(5_000), 1, "boot"), event, mode, who)
        head = journal.advance(head, line.raw)
        raws.append(line.raw)
    return raws


def shown(who: PrivateIdentity) -> SittingEvent:
    """An act of this proctor."""
    return CodesShown(who.identity.fingerprint)


def test_each_line_is_signed_by_who_acted() -> None:
    """Two proctors of one desk sign their own acts; one that names nobody, a record that came in, may be anyone's."""
    came = RecordCollected("K", "s", "C-1", "completed", D, D, 1)
    raws = written((shown(RIVERA), RIVERA), (shown(CHEN), CHEN), (came, CHEN))
    entries, head = journal.read_signed(raws, PLANNED, "live")
    assert [one.signer for one in entries] == [one.fingerprint for one in (*PLANNED, CHEN.identity)]
    assert head == journal.read(raws, SittingEntry)[1]


@pytest.mark.parametrize(
    ("raws", "detail"),
    [
        (written((shown(STRANGER), STRANGER)), "not a proctor of the plan"),
        (written((shown(RIVERA), RIVERA), mode="rehearsal"), "another mode"),
        (written((shown(CHEN), RIVERA)), "another proctor"),
    ],
    ids=["stranger", "rehearsal", "in another's name"],
)
def test_a_line_of_another_mode_or_person_is_not_believed(raws: list[bytes], detail: str) -> None:
    """A stranger's line, one of a rehearsal, and one in another proctor's name are told apart."""
    with pytest.raises(LineUnsignedError) as caught:
        journal.read_signed(raws, PLANNED, "live")
    assert detail in caught.value.diagnostics().what


@pytest.mark.parametrize(
    "changes",
    [
        {"at": Stamp(Instant(5_001), 1, "boot")},
        {"signature": b""},
        {"signature": bytes(64)},
        {"signer": CHEN.identity.fingerprint, "event": shown(CHEN)},
        {"event": IdentityChecked("C-1", "passport", True, True, RIVERA.identity.fingerprint)},
    ],
    ids="+".join,
)
def test_a_changed_last_line_is_seen(changes: dict[str, object]) -> None:
    """The chain cannot show a change in its last line; the signature does."""
    (raw,) = written((shown(RIVERA), RIVERA))
    entry = msgspec.json.decode(raw, type=SittingEntry)
    changed = encode(msgspec.structs.replace(entry, **changes))
    journal.read([changed], SittingEntry)
    with pytest.raises(LineUnsignedError) as caught:
        journal.read_signed([changed], PLANNED, "live")
    assert "does not hold" in caught.value.diagnostics().what


def test_a_line_is_signed_in_its_place() -> None:
    """A genuine line of another place in the chain is refused before any signature is looked at."""
    one, two = written((shown(RIVERA), RIVERA), (shown(RIVERA), RIVERA))
    for raws in ([two, one], [one, one], [two]):
        with pytest.raises(JournalBrokenError):
            journal.read_signed(raws, PLANNED, "live")


def test_a_bare_signature_is_of_its_kind_and_bytes() -> None:
    """What was signed as one kind of thing is nothing as another; other bytes and other keys are refused."""
    signature = sign_raw("line", b"bytes", RIVERA.signer())
    verify_raw("line", b"bytes", signature, RIVERA.identity.signing)
    for kind, raw, by, key in (
        ("agreement", b"bytes", signature, RIVERA),
        ("line", b"other", signature, RIVERA),
        ("line", b"bytes", signature[:-1], RIVERA),
        ("line", b"bytes", b"", RIVERA),
        ("line", b"bytes", signature, CHEN),
    ):
        with pytest.raises(SignatureError):
            verify_raw(kind, raw, by, key.identity.signing)


def test_the_pages_example_is_what_is_written(repository: Path) -> None:
    """The lines in the format's page are exactly those of these acts by its signer, and so is the head."""
    page = (repository / "docs/formats/sitting-journal.md").read_text("utf-8")
    me = PAGE.identity.fingerprint
    opened = SittingOpened(b"n" * 32, "west-1", "live", me, D, D, "0.1.0")
    raws = written((opened, PAGE), (ResumeCodeIssued("B30P5WK57MYJN8Z3", 1, me), PAGE))
    assert [line.strip().encode() for line in page.splitlines() if line.startswith('    {"seq":')] == raws
    _, head = journal.read_signed(raws, [PAGE.identity], "live")
    assert f"`{head.digest}`, the count {head.count}." in page
