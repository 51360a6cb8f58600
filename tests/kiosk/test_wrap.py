"""W_n: what opens it, what does not, and files that nobody honest wrote."""

from __future__ import annotations

import json

import pytest

from keys.codes import kiosk_keys, resume_code
from keys.errors import DocumentError, ExamKioskError, SealError, WeakLockError, WrongCodeError
from keys.primitives import CEILING, MINIMUM
from kiosk.wrap import Lock, read_wrap, unwrap, wrap

KEYS = kiosk_keys(b"k" * 32)
CODE, OTHER = resume_code(KEYS, 1), resume_code(KEYS, 2)
LOCK = Lock("s1", 1, b"l" * 32)
KEY = b"v" * 32
RAW = wrap(LOCK, CODE, KEY, MINIMUM)


def spelled(**changes: object) -> bytes:
    """The file with some of its fields written otherwise."""
    return json.dumps({**json.loads(RAW), **changes}, separators=(",", ":")).encode()


def test_only_the_right_code_on_the_right_machine_opens_it() -> None:
    """R_1 with the local secret gives V; another code, machine, session or n gives nothing."""
    wrapped = read_wrap(RAW)
    assert unwrap(wrapped, CODE, LOCK.local_secret, floor=MINIMUM) == KEY
    for code, secret, changed in (
        (OTHER, LOCK.local_secret, RAW),
        (CODE, b"m" * 32, RAW),
        (CODE, LOCK.local_secret, spelled(session="s2")),
        (CODE, LOCK.local_secret, spelled(n=2)),
    ):
        with pytest.raises(WrongCodeError):
            unwrap(read_wrap(changed), code, secret, floor=MINIMUM)


@pytest.mark.parametrize("n", [0, -1, 2**32, 2**63, 2**80, 1.5, "1", None, True])
def test_a_number_that_no_code_has_is_refused(n: object) -> None:
    """n is a whole number from 1 to 2**32 - 1; anything else is no wrap, and never an error of arithmetic."""
    with pytest.raises(DocumentError):
        read_wrap(spelled(n=n))


@pytest.mark.parametrize("n", [1, 2**32 - 1])
def test_the_least_and_the_greatest_number_are_read(n: int) -> None:
    """Both ends of the range may stand in a file."""
    assert read_wrap(spelled(n=n)).n == n


HOSTILE: list[tuple[dict[str, object], type[ExamKioskError]]] = [
    ({"cost": {"operations": 0, "memory": 0}}, WeakLockError),
    ({"cost": {"operations": -1, "memory": -1}}, WeakLockError),
    ({"cost": {"operations": CEILING.operations + 1, "memory": MINIMUM.memory}}, SealError),
    ({"cost": {"operations": MINIMUM.operations, "memory": CEILING.memory + 1}}, SealError),
    ({"salt": ""}, SealError),
    ({"box": ""}, WrongCodeError),
    ({"box": "AAAA"}, WrongCodeError),
    ({"cost": {}}, DocumentError),
    ({"box": 7}, DocumentError),
    ({"more": 1}, DocumentError),
]


@pytest.mark.parametrize(("changes", "error"), HOSTILE)
def test_a_file_that_nobody_honest_wrote_is_refused(
    changes: dict[str, object], error: type[ExamKioskError]
) -> None:
    """Each field at its worst is a refusal with a code, before any work that it asks for."""
    with pytest.raises(error):
        unwrap(read_wrap(spelled(**changes)), CODE, LOCK.local_secret, floor=MINIMUM)


def test_a_lock_shows_no_secret() -> None:
    """What a log would hold of it is the session and the number."""
    assert repr(LOCK) == "Lock(s1, 1)"
