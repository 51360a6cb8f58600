"""Typed codes: a typo never passes, a code works for one kiosk, candidate and act alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import codes
from keys.codes import KioskKeys, Verb
from keys.encoding import CROCKFORD
from keys.errors import DocumentError, MistypedCodeError, WrongCodeError

KEYS = codes.kiosk_keys(codes.kiosk_key(b"S" * 32, "2027-spring", "live", "KIOSKFINGERPRINT"))
OTHER = codes.kiosk_keys(codes.kiosk_key(b"S" * 32, "2027-spring", "live", "ANOTHERKIOSK0000"))

MAKERS: dict[str, tuple[int, Callable[[int], str]]] = {
    "start and resume": (codes.RESUME_LENGTH, lambda n: codes.resume_code(KEYS, n)),
    "release": (codes.RELEASE_LENGTH, lambda n: codes.release_code()),
    "action": (codes.ACTION_LENGTH, lambda n: codes.action_code(KEYS, "C-1", 1, Verb.ADMIT, n % 32)),
    "room": (codes.ACTION_LENGTH, lambda n: codes.room_code(b"R" * 32, Verb.ROOM_PAUSE, n % 32)),
    "checkpoint": (codes.CHECKPOINT_LENGTH, lambda n: codes.checkpoint_code(KEYS, "s", "h", n)),
    "receipt": (codes.RECEIPT_LENGTH, lambda n: codes.receipt_code(KEYS, "s", "h", n)),
}


@pytest.mark.parametrize(("length", "make"), MAKERS.values(), ids=MAKERS)
@given(n=st.integers(0, 2**31))
def test_every_wrong_character_and_swap_is_caught(length: int, make: Callable[[int], str], n: int) -> None:
    """No single wrong character and no swap of two neighbours gives a code that passes its check."""
    code = make(n)
    assert codes.typed(code, length, kind="code") == code
    for at in range(length):
        for other in CROCKFORD.replace(code[at], ""):
            with pytest.raises(MistypedCodeError):
                codes.typed(code[:at] + other + code[at + 1 :], length, kind="code")
    for at, (left, right) in enumerate(pairwise(code)):
        if left != right:
            with pytest.raises(MistypedCodeError):
                codes.typed(code[:at] + right + left + code[at + 2 :], length, kind="code")


@pytest.mark.parametrize(
    "typed", ["", "0", "0" * 9, "0" * 11, "U" * 10, "é" * 10, "\ud800" * 10, "0" * 100_000]
)
def test_what_is_no_code_is_a_typo(typed: str) -> None:
    """A wrong length or a letter that codes never use is a typo, not a try."""
    with pytest.raises(MistypedCodeError):
        codes.typed(typed, 10, kind="code")


@pytest.mark.parametrize("number", [-1, 2**32, 2**63])
def test_a_number_that_no_code_holds_is_refused(number: int) -> None:
    """A signed document may claim any count; what does not fit its field is refused in words."""
    makers: tuple[Callable[[], str], ...] = (
        lambda: codes.resume_code(KEYS, number),
        lambda: codes.checkpoint_code(KEYS, "s", "h", number),
        lambda: codes.receipt_code(KEYS, "s", "h", number),
    )
    for make in makers:
        with pytest.raises(DocumentError):
            make()


def test_a_code_is_read_as_people_write_it() -> None:
    """Groups, lower case and the letter O for zero are the same code."""
    code = codes.resume_code(KEYS, 3)
    spoken = "-".join((code[:3], code[3:6], code[6:])).lower().replace("0", "o").replace("1", "l")
    assert codes.typed(spoken, 10, kind="code") == code


@given(
    st.text(min_size=1, max_size=20),
    st.integers(0, 2**16 - 1),
    st.integers(0, 1023),
    st.integers(0, codes.MAX_SERIAL),
    st.binary(max_size=40),
)
def test_an_action_code_says_what_it_asks_and_redeems(
    candidate: str, attempt: int, verb: int, serial: int, extra: bytes
) -> None:
    """Verb and serial stand in clear, and the tag fits the candidate and attempt it was made for."""
    code = codes.read_action(codes.action_code(KEYS, candidate, attempt, verb, serial, extra))
    assert (code.verb, code.serial) == (verb, serial)
    codes.redeem_action(KEYS, code, candidate, attempt, extra)


FOREIGN: dict[str, tuple[KioskKeys, str, int, bytes]] = {
    "another kiosk": (OTHER, "C-1", 1, b"x"),
    "another candidate": (KEYS, "C-2", 1, b"x"),
    "another attempt": (KEYS, "C-1", 2, b"x"),
    "another source": (KEYS, "C-1", 1, b"y"),
}


@pytest.mark.parametrize(("keys", "candidate", "attempt", "extra"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_code_is_refused_and_counts(
    keys: KioskKeys, candidate: str, attempt: int, extra: bytes
) -> None:
    """A genuine code for something else is wrong, which is a try and not a typo."""
    code = codes.read_action(codes.action_code(KEYS, "C-1", 1, Verb.MOVE_IN, 4, b"x"))
    codes.redeem_action(KEYS, code, "C-1", 1, b"x")
    with pytest.raises(WrongCodeError) as caught:
        codes.redeem_action(keys, code, candidate, attempt, extra)
    assert caught.value.code == "code-wrong"


def test_a_move_in_code_covers_checkpoint_and_minutes() -> None:
    """In any spelling of the checkpoint; another checkpoint or other minutes make a code that does not fit."""
    checkpoint, other = codes.checkpoint_code(KEYS, "s", "h", 1), codes.checkpoint_code(KEYS, "s", "h", 2)
    extra = codes.move_in_extra(checkpoint, 90)
    assert extra == checkpoint.encode() + b"\x00\x5a"
    assert codes.move_in_extra(f"{checkpoint[:3].lower()} {checkpoint[3:]}", 90) == extra
    code = codes.read_action(codes.action_code(KEYS, "C-1", 1, Verb.MOVE_IN, 4, extra))
    for wrong in (codes.move_in_extra(checkpoint, 91), codes.move_in_extra(other, 90)):
        with pytest.raises(WrongCodeError):
            codes.redeem_action(KEYS, code, "C-1", 1, wrong)
    with pytest.raises(MistypedCodeError):
        codes.move_in_extra("0000000001", 90)
    with pytest.raises(DocumentError):
        codes.move_in_extra(checkpoint, 2**16)


@given(st.sampled_from([Verb.ROOM_PAUSE, Verb.ROOM_RESUME]), st.integers(0, codes.MAX_SERIAL))
def test_a_room_code_is_of_the_room_alone(verb: Verb, serial: int) -> None:
    """It redeems under the room's key with its own verb and serial, and under no other sitting's nor a kiosk's."""
    room = codes.room_key(b"S" * 32, "2027-spring", "live")
    code = codes.read_action(codes.room_code(room, verb, serial))
    assert (code.verb, code.serial) == (verb, serial)
    codes.redeem_room(room, code)
    others = (("2027-autumn", "live"), ("2027-spring", "practice"))
    for other in (codes.room_key(b"S" * 32, sitting, mode) for sitting, mode in others):
        with pytest.raises(WrongCodeError):
            codes.redeem_room(other, code)
    with pytest.raises(WrongCodeError):
        codes.redeem_action(KEYS, code, "", 0)
    with pytest.raises(WrongCodeError):
        codes.redeem_room(room, codes.read_action(codes.action_code(KEYS, "", 0, verb, serial)))


def test_verb_and_serial_are_under_the_tag() -> None:
    """The tag of a code to add ten minutes does not fit eleven, nor another serial."""
    code = codes.read_action(codes.action_code(KEYS, "C-1", 1, Verb.ADD + 10, 1))
    for changed in (codes.ActionCode(code.verb + 1, 1, code.tag), codes.ActionCode(code.verb, 2, code.tag)):
        with pytest.raises(WrongCodeError):
            codes.redeem_action(KEYS, changed, "C-1", 1)


@pytest.mark.parametrize(("attempt", "verb", "serial"), [(2**16, 0, 0), (-1, 0, 0), (0, 1024, 0), (0, 0, 32)])
def test_a_code_that_cannot_be_written_is_refused(attempt: int, verb: int, serial: int) -> None:
    """Numbers outside their characters are refused, never cut."""
    with pytest.raises(DocumentError):
        codes.action_code(KEYS, "C-1", attempt, verb, serial)


def test_no_two_purposes_share_a_code() -> None:
    """Start and resume codes differ for every number, kiosk, sitting and mode."""
    made = [codes.resume_code(KEYS, n) for n in range(50)] + [codes.resume_code(OTHER, 0)]
    for sitting, mode in (("2027-autumn", "live"), ("2027-spring", "practice")):
        key = codes.kiosk_key(b"S" * 32, sitting, mode, "KIOSKFINGERPRINT")
        made.append(codes.resume_code(codes.kiosk_keys(key), 0))
    assert len(set(made)) == len(made)


def test_a_checkpoint_binds_session_head_and_count() -> None:
    """A code read out for one journal is not the code of another one."""
    one = codes.checkpoint_code(KEYS, "s", "h", 1)
    changed = [("t", "h", 1), ("s", "i", 1), ("s", "h", 2)]
    assert one not in [codes.checkpoint_code(KEYS, *journal) for journal in changed]
    assert codes.receipt_code(KEYS, "s", "h", 1)[:9] == one[:9]
