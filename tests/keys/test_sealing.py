"""What is sealed opens for the right key, code and purpose alone, and not when a byte was changed."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import primitives, sealing
from keys.errors import SealError, WeakLockError, WrongCodeError, WrongRecipientError
from keys.identities import PrivateIdentity
from keys.primitives import CEILING, CHUNK, MINIMUM, MODERATE, KdfCost
from keys.sealing import CodeLock, Context, Envelope

KEY = bytes(range(32))
CONTEXT = Context("package", "2027-spring", "live", "FP", "plan", "package")


@given(st.binary(max_size=300))
def test_content_survives_sealing(plaintext: bytes) -> None:
    """Whatever is sealed opens to the same bytes, and two seals of it differ."""
    sealed = sealing.seal_content(KEY, "form", plaintext, CONTEXT)
    assert sealing.open_content(KEY, "form", sealed, CONTEXT, kind="form") == plaintext
    assert sealing.seal_content(KEY, "form", plaintext, CONTEXT) != sealed


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_content_of_any_size_survives(size: int) -> None:
    """Sizes around the chunk's border open to the same bytes; cut at any chunk they do not open."""
    plaintext = bytes(size)
    sealed = primitives.stream_seal(KEY, plaintext, b"c")
    assert primitives.stream_open(KEY, sealed, b"c", kind="x") == plaintext
    for cut in (0, 10, 24, 24 + CHUNK + 17, len(sealed) - 1):
        if cut < len(sealed):
            with pytest.raises(SealError):
                primitives.stream_open(KEY, sealed[:cut], b"c", kind="x")
    with pytest.raises(SealError):
        primitives.stream_open(KEY, sealed + b"\0", b"c", kind="x")


def test_chunks_cannot_be_swapped() -> None:
    """Two chunks of one seal in another order do not open."""
    sealed = primitives.stream_seal(KEY, b"a" * CHUNK + b"b" * CHUNK + b"c", b"")
    step = CHUNK + 17
    first, second = sealed[24 : 24 + step], sealed[24 + step : 24 + 2 * step]
    with pytest.raises(SealError):
        primitives.stream_open(KEY, sealed[:24] + second + first + sealed[24 + 2 * step :], b"", kind="x")


def test_one_changed_byte_anywhere_breaks_the_seal() -> None:
    """Each byte of sealed content counts."""
    sealed = sealing.seal_content(KEY, "form", b"some text", CONTEXT)
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises(SealError):
            sealing.open_content(KEY, "form", bytes(changed), CONTEXT, kind="form")


FIELDS = [field.name for field in dataclasses.fields(Context)]


@pytest.mark.parametrize("field", FIELDS)
def test_a_seal_is_bound_to_each_field_of_its_context(people: dict[str, PrivateIdentity], field: str) -> None:
    """Content, envelope and lock made for one purpose, sitting, mode, plan or package open for no other."""
    other = dataclasses.replace(CONTEXT, **{field: "another"})
    sealed = sealing.seal_content(KEY, "form", b"x", CONTEXT)
    with pytest.raises(SealError):
        sealing.open_content(KEY, "form", sealed, other, kind="form")
    locked = sealing.lock(b"code", b"x", CONTEXT, MINIMUM)
    with pytest.raises(WrongCodeError):
        sealing.unlock(locked, b"code", other, kind="lock", floor=MINIMUM)
    if field != "recipient":  # the recipient of an envelope is its own
        holder = people["centre"]
        fingerprint = holder.identity.fingerprint
        envelope = sealing.seal_to(fingerprint, holder.identity.sealing, b"x", CONTEXT)
        with pytest.raises(SealError):
            sealing.open_envelope([envelope], fingerprint, holder.sealing, other, kind="envelope")


@given(
    st.lists(st.text(max_size=5), min_size=6, max_size=6),
    st.lists(st.text(max_size=5), min_size=6, max_size=6),
)
def test_no_two_contexts_read_the_same(one: list[str], other: list[str]) -> None:
    """Fields cannot run into one another: equal bytes mean equal contexts."""
    assert (Context(*one).encoded() == Context(*other).encoded()) == (one == other)


def test_a_part_opens_only_under_its_own_name() -> None:
    """Two parts under one content key cannot be swapped."""
    sealed = sealing.seal_content(KEY, "form", b"x", CONTEXT)
    with pytest.raises(SealError):
        sealing.open_content(KEY, "media", sealed, CONTEXT, kind="media")


def test_an_envelope_opens_for_its_recipient_alone(people: dict[str, PrivateIdentity]) -> None:
    """Of several envelopes each holder opens their own; others are told that it is not for them."""
    names = ("centre", "escrow")
    envelopes = [
        sealing.seal_to(
            people[name].identity.fingerprint, people[name].identity.sealing, name.encode(), CONTEXT
        )
        for name in names
    ]
    for name in names:
        held = people[name]
        opened = sealing.open_envelope(
            envelopes, held.identity.fingerprint, held.sealing, CONTEXT, kind="envelope"
        )
        assert opened == name.encode()
    with pytest.raises(WrongRecipientError):
        sealing.open_envelope(envelopes, "ANOTHER", people["intake"].sealing, CONTEXT, kind="envelope")
    relabelled = Envelope(people["escrow"].identity.fingerprint, envelopes[0].suite, envelopes[0].box)
    with pytest.raises(SealError):
        sealing.open_envelope(
            [relabelled], relabelled.recipient, people["escrow"].sealing, CONTEXT, kind="envelope"
        )


def test_an_unknown_suite_or_public_key_is_refused(people: dict[str, PrivateIdentity]) -> None:
    """An envelope of another suite is not tried, and bytes that are no public key are not sealed to."""
    held = people["centre"]
    envelope = sealing.seal_to("FP", held.identity.sealing, b"x", CONTEXT)
    with pytest.raises(SealError):
        sealing.open_envelope(
            [Envelope("FP", "ROT13", envelope.box)], "FP", held.sealing, CONTEXT, kind="envelope"
        )
    with pytest.raises(SealError):
        sealing.seal_to("FP", b"short", b"x", CONTEXT)


def test_a_lock_opens_for_its_code_alone() -> None:
    """The right code opens; a wrong one is a wrong code, not a broken seal."""
    locked = sealing.lock(b"right", b"secret", CONTEXT, MINIMUM)
    assert sealing.unlock(locked, b"right", CONTEXT, kind="release", floor=MINIMUM) == b"secret"
    with pytest.raises(WrongCodeError):
        sealing.unlock(locked, b"wrong", CONTEXT, kind="release", floor=MINIMUM)


def test_a_cheap_lock_is_refused_in_production() -> None:
    """The work of a lock is checked before it is done, from below and from above."""
    locked = sealing.lock(b"right", b"secret", CONTEXT, MINIMUM)
    with pytest.raises(WeakLockError):
        sealing.unlock(locked, b"right", CONTEXT, kind="release", floor=MODERATE)
    dear = KdfCost(CEILING.operations + 1, CEILING.memory * 4)
    with pytest.raises(SealError):
        sealing.unlock(CodeLock(locked.salt, dear, locked.box), b"right", CONTEXT, kind="x", floor=MINIMUM)


def test_keys_derived_for_two_purposes_differ() -> None:
    """Label and fields are kept apart: moving a letter from one to the other gives another key."""
    made = {
        primitives.derive(KEY, "ab", b"c"),
        primitives.derive(KEY, "a", b"bc"),
        primitives.derive(KEY, "ab", b"c", b""),
        primitives.derive(bytes(32), "ab", b"c"),
    }
    assert len(made) == 4


@pytest.mark.parametrize("boxed", [b"", b"short", bytes(40), bytes(1000)])
def test_bytes_that_are_no_box_do_not_open(boxed: bytes) -> None:
    """Whatever the bytes, a box that was not made here is a broken seal and nothing else."""
    with pytest.raises(SealError):
        primitives.unbox(KEY, boxed, b"", kind="x")
    with pytest.raises(SealError):
        primitives.stream_open(KEY, boxed, b"", kind="x")


def test_bytes_that_are_no_envelope_do_not_open(people: dict[str, PrivateIdentity]) -> None:
    """An HPKE box of any length that was not made for the key is a broken seal."""
    for boxed in (b"", bytes(10), bytes(1120), bytes(2000)):
        with pytest.raises(SealError):
            primitives.hpke_open(people["centre"].sealing, boxed, b"", kind="x")
