"""Typed codes: what a desk tells a kiosk by voice or paper. The key schedule is docs/formats/key-schedule.md.

Rules.
1. Every code ends with a check character (Damm's scheme over GF(32)): one wrong or two swapped neighbours never pass.
2. A code that fails its check is a typo and is not counted; one that passes it and is wrong counts as a try.
3. A start code is R_0 and resume codes are R_1, R_2 ..: each works once, on one kiosk, and n only rises.
4. An action code carries verb and serial in clear and a 30-bit tag over kiosk, candidate, attempt, verb and serial.
5. The codes of the whole room, pause and resume, are action codes under the room's own key: of no candidate, the same
   on every kiosk, each serial once.
6. A move-in code's tag also covers the source's checkpoint code and the minutes of exam time that are left.
7. Checkpoint (45 bits) and receipt (60 bits) codes are read from the kiosk to a person, and confirmed by the centre.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from keys import primitives
from keys.encoding import CROCKFORD, crockford, normalise, uncrockford
from keys.errors import DocumentError, MistypedCodeError, WrongCodeError

RESUME_LENGTH = 10
ACTION_LENGTH = 10
CHECKPOINT_LENGTH = 10
RECEIPT_LENGTH = 13
RELEASE_LENGTH = 12
MAX_SERIAL = 31


class Verb(enum.IntEnum):
    """What an action code asks for. 256+m adds m minutes, 512+m takes, 768+m adds with two persons; m is 1 to 240."""

    ADMIT = 0
    BREAK_OVER = 1
    END = 2
    VOID = 3
    MOVE_IN = 4
    ROOM_PAUSE = 5
    ROOM_RESUME = 6
    ADD = 256
    TAKE = 512
    ADD_TWO_PERSON = 768


@dataclass(frozen=True, slots=True)
class KioskKeys:
    """The three keys derived from K_k, the key of one kiosk in one sitting (32 bytes each)."""

    act: bytes
    start: bytes
    chk: bytes

    def __repr__(self) -> str:
        """Never show them."""
        return "KioskKeys()"


@dataclass(frozen=True, slots=True)
class ActionCode:
    """An action code taken apart; nothing is verified yet."""

    verb: int
    serial: int
    tag: int


def kiosk_key(sitting_secret: bytes, sitting: str, mode: str, kiosk: str) -> bytes:
    """K_k from the sitting's secret S; `kiosk` is the fingerprint."""
    return primitives.derive(sitting_secret, "kiosk", sitting.encode(), mode.encode(), kiosk.encode())


def room_key(sitting_secret: bytes, sitting: str, mode: str) -> bytes:
    """K_room from the sitting's secret S: what pauses and resumes every kiosk of the sitting (32 bytes)."""
    return primitives.derive(sitting_secret, "room", sitting.encode(), mode.encode())


def kiosk_keys(key: bytes) -> KioskKeys:
    """K_act, K_start and K_chk from K_k."""
    return KioskKeys(
        primitives.derive(key, "act"), primitives.derive(key, "start"), primitives.derive(key, "chk")
    )


def resume_code(keys: KioskKeys, n: int) -> str:
    """R_n: the start code for n = 0, then the resume codes. Nine characters (45 bits) and a check."""
    return _top(primitives.derive(keys.start, "R", _u32(n)), 45)


def release_code() -> str:
    """A fresh release code: 55 random bits in eleven characters, and a check."""
    return _top(primitives.entropy(8), 55)


def action_code(
    keys: KioskKeys, candidate: str, attempt: int, verb: int, serial: int, extra: bytes = b""
) -> str:
    """Issue a code for one candidate's attempt on one kiosk: verb 2, serial 1, tag 6, check 1 characters."""
    tag = _tag(keys, candidate, attempt, verb, serial, extra)
    return _checked(crockford(verb, 2) + crockford(serial, 1) + crockford(tag, 6))


def room_code(key: bytes, verb: int, serial: int) -> str:
    """Issue a code for the whole room under K_room: an action code of no candidate and attempt 0."""
    return action_code(_room(key), "", 0, verb, serial)


def redeem_room(key: bytes, code: ActionCode) -> None:
    """Check the tag of a code for the whole room. Raises `WrongCodeError`."""
    redeem_action(_room(key), code, "", 0)


def move_in_extra(checkpoint: str, minutes: int) -> bytes:
    """What the tag of a move-in code covers besides: the source's checkpoint code as typed, and u16 minutes.

    Raises `MistypedCodeError` for a checkpoint that is none, `DocumentError` for minutes beyond 65535.
    """
    if not 0 <= minutes < 2**16:
        raise DocumentError(kind="move-in code", detail="its minutes are out of range")
    spelled = typed(checkpoint, CHECKPOINT_LENGTH, kind="checkpoint code")
    return spelled.encode("ascii") + minutes.to_bytes(2, "big")


def read_action(typed_code: str) -> ActionCode:
    """Take a typed action code apart. Raises `MistypedCodeError`."""
    code = typed(typed_code, ACTION_LENGTH, kind="code")
    return ActionCode(uncrockford(code[:2]), uncrockford(code[2]), uncrockford(code[3:9]))


def redeem_action(
    keys: KioskKeys, code: ActionCode, candidate: str, attempt: int, extra: bytes = b"", *, kind: str = "code"
) -> None:
    """Check an action code's tag for this kiosk, candidate and attempt. Raises `WrongCodeError`."""
    tag = _tag(keys, candidate, attempt, code.verb, code.serial, extra)
    if not primitives.same(tag.to_bytes(4, "big"), code.tag.to_bytes(4, "big")):
        raise WrongCodeError(kind=kind)


def checkpoint_code(keys: KioskKeys, session: str, head: str, count: int) -> str:
    """The 45-bit code of a journal's head and length."""
    return _top(_chk(keys, session, head, count), 45)


def receipt_code(keys: KioskKeys, session: str, head: str, count: int) -> str:
    """The 60-bit code of a finished journal, for the candidate to keep."""
    return _top(_chk(keys, session, head, count), 60)


def typed(text: str, length: int, *, kind: str) -> str:
    """A typed code in its one spelling. Raises `MistypedCodeError` for a wrong length, letter or check character."""
    code = normalise(text)
    if len(code) != length or any(character not in CROCKFORD for character in code) or not is_whole(code):
        raise MistypedCodeError(kind=kind)
    return code


def _room(key: bytes) -> KioskKeys:
    return KioskKeys(primitives.derive(key, "act"), b"", b"")


def _tag(keys: KioskKeys, candidate: str, attempt: int, verb: int, serial: int, extra: bytes) -> int:
    if not (0 <= verb < 1024 and 0 <= serial <= MAX_SERIAL and 0 <= attempt < 2**16):
        raise DocumentError(kind="action code", detail="verb, serial or attempt is out of range")
    fields = (
        candidate.encode(),
        attempt.to_bytes(2, "big"),
        verb.to_bytes(2, "big"),
        serial.to_bytes(1, "big"),
    )
    return int.from_bytes(primitives.derive(keys.act, "act", *fields, extra)[:4], "big") >> 2


def _chk(keys: KioskKeys, session: str, head: str, count: int) -> bytes:
    return primitives.derive(keys.chk, "chk", session.encode(), head.encode(), _u32(count))


def _u32(number: int) -> bytes:
    if not 0 <= number < 2**32:
        raise DocumentError(kind="typed code", detail="a number in it is out of range")
    return number.to_bytes(4, "big")


def _top(value: bytes, bits: int) -> str:
    number = int.from_bytes(value[:8], "big") >> (64 - bits)
    return _checked(crockford(number, bits // 5))


def _checked(code: str) -> str:
    return code + CROCKFORD[_damm(code)]


def is_whole(code: str) -> bool:
    """Whether a normalised code holds its own check character."""
    return _damm(code) == 0


def _damm(code: str) -> int:
    """Damm's check over GF(32) with x^5 + x^2 + 1 (H. M. Damm, 2004): 0 for a code that holds its check character."""
    interim = 0
    for character in code:
        doubled = (interim ^ CROCKFORD.index(character)) << 1
        interim = doubled ^ 0b100101 if doubled & 32 else doubled
    return interim
