"""Release and unlock open for their own holder, code, plan, package and mode; a wrong code is no altered file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import msgspec
import pytest

from exam_packages.release import (
    Release,
    SittingSecrets,
    make_release,
    open_release,
    open_secret,
    read_release,
)
from exam_packages.sitting_plan import Mode, SittingPlan
from exam_packages.unlock import (
    KioskSecrets,
    TrustFloor,
    Unlock,
    UnlockMismatchError,
    make_unlock,
    open_unlock,
    read_unlock,
)
from keys.codes import kiosk_key, kiosk_keys, release_code, resume_code, room_key
from keys.encoding import Digest, decode, encode
from keys.errors import (
    MistypedCodeError,
    SealError,
    UnknownSignerError,
    WeakLockError,
    WrongCodeError,
    WrongRecipientError,
    WrongRoleError,
)
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM, MODERATE
from keys.statement import RELEASE, UNLOCK, Keyring, Role, claimed_payload, sign
from tests.exam_packages.workshop import (
    CONTENT_KEY,
    OPENS,
    digest_of,
    holder,
    keyring,
    kiosk,
    package,
    person,
    plan,
    proctor,
)

SECRET = bytes(range(100, 132))
CODE = release_code()
FLOOR = TrustFloor(1, 2, 3, 4)
RING = keyring(proctor().identity)


@cache
def _plan(mode: Mode = Mode.LIVE) -> SittingPlan:
    return plan(package(), mode)


@cache
def _release() -> bytes:
    secrets = SittingSecrets(CONTENT_KEY, SECRET)
    signer = person(Role.REGISTRAR, "registrar").signer()
    return make_release(_plan(), digest_of(_plan()), secrets, CODE, signer, cost=MINIMUM)


def _read_release() -> Release:
    return read_release(_release(), RING, _plan(), digest_of(_plan()))


@cache
def _unlock(number: int = 1) -> bytes:
    return make_unlock(
        _plan(),
        digest_of(_plan()),
        kiosk(number).identity,
        CONTENT_KEY,
        SECRET,
        unlock_id="a" * 32,
        floor=FLOOR,
        issued_at=OPENS,
        signer=proctor().signer(),
        cost=MINIMUM,
    )


def _start_code(number: int = 1, mode: Mode = Mode.LIVE, n: int = 0) -> str:
    key = kiosk_key(SECRET, _plan().sitting, mode, kiosk(number).identity.fingerprint)
    return resume_code(kiosk_keys(key), n)


def _read_unlock(raw: bytes | None = None, who: PrivateIdentity | None = None) -> Unlock:
    holder_of = (who or kiosk(1)).identity
    return read_unlock(raw or _unlock(), RING, _plan(), digest_of(_plan()), holder_of)


def _changed(document: Unlock, **changes: object) -> bytes:
    """An unlock that says something else, signed by the proctor."""
    return sign(encode(msgspec.structs.replace(document, **changes)), UNLOCK, proctor().signer())


def _other_code(code: str, make: Callable[[], str]) -> str:
    """Another well-formed code."""
    other = make()
    assert other != code
    return other


def test_a_release_gives_a_proctor_the_secrets() -> None:
    """Each proctor of the plan opens it with the code of the day, grouped at will; the centre gets S without it."""
    for name in ("rivera", "okafor"):
        opened = open_release(
            _read_release(), proctor(name), f" {CODE[:4]}-{CODE[4:]}".lower(), floor=MINIMUM
        )
        assert (opened.content_key, opened.secret) == (CONTENT_KEY, SECRET)
    assert open_secret(_read_release(), person(Role.CENTRE, "centre")) == SECRET
    assert repr(opened) == "SittingSecrets()"


def test_a_wrong_release_code_is_not_an_altered_release() -> None:
    """A well-formed code that is not the right one, a typo, and a changed envelope have three different codes."""
    with pytest.raises(WrongCodeError) as wrong:
        open_release(_read_release(), proctor(), _other_code(CODE, release_code), floor=MINIMUM)
    assert wrong.value.code == "code-wrong"
    with pytest.raises(MistypedCodeError) as typo:
        open_release(_read_release(), proctor(), CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), floor=MINIMUM)
    assert typo.value.code == "code-mistyped"
    release = _read_release()
    envelope = release.proctors[0]
    box = envelope.box[:-1] + bytes([envelope.box[-1] ^ 1])
    altered = msgspec.structs.replace(release, proctors=(msgspec.structs.replace(envelope, box=box),))
    with pytest.raises(SealError) as broken:
        open_release(altered, proctor(), CODE, floor=MINIMUM)
    assert broken.value.code == "seal-broken"


def test_a_release_is_not_for_a_proctor_of_another_sitting() -> None:
    """The code is of no use without the key of a proctor whom the plan names."""
    with pytest.raises(WrongRecipientError):
        open_release(_read_release(), proctor("stranger"), CODE, floor=MINIMUM)
    with pytest.raises(WrongRecipientError):
        open_secret(_read_release(), person(Role.CENTRE, "other"))


def test_an_envelope_given_to_another_proctor_does_not_open() -> None:
    """Relabelling an envelope to one's own fingerprint opens nothing."""
    stranger, release = proctor("stranger"), _read_release()
    envelope = msgspec.structs.replace(release.proctors[0], recipient=stranger.identity.fingerprint)
    with pytest.raises(SealError):
        open_release(msgspec.structs.replace(release, proctors=(envelope,)), stranger, CODE, floor=MINIMUM)


@pytest.mark.parametrize(
    "change",
    [
        {"sitting": "east-1"},
        {"mode": Mode.REHEARSAL},
        {"package_digest": Digest("0" * 64)},
    ],
)
def test_a_release_of_another_plan_is_refused(change: dict[str, object]) -> None:
    """Sitting, mode and package of the release are the plan's own, or it is refused before any code."""
    other = msgspec.structs.replace(_plan(), **change)
    with pytest.raises(SealError):
        read_release(_release(), RING, other, digest_of(_plan()))
    release = msgspec.structs.replace(_read_release(), **change)
    with pytest.raises(SealError):
        open_release(release, proctor(), CODE, floor=MINIMUM)


def test_a_release_of_an_older_plan_is_refused() -> None:
    """A plan that was published again needs a new release; the old one is bound to the old plan."""
    with pytest.raises(SealError):
        read_release(_release(), RING, _plan(), Digest("0" * 64))


def test_only_a_registrar_signs_a_release_and_only_a_proctor_an_unlock() -> None:
    """The right signature in the wrong role is refused, as is a stranger's."""
    ring = Keyring([holder(person(Role.REGISTRAR, "registrar"), Role.PROCTOR)])
    with pytest.raises(WrongRoleError):
        read_release(_release(), ring, _plan(), digest_of(_plan()))
    ring = Keyring([holder(proctor(), Role.REGISTRAR)])
    with pytest.raises(WrongRoleError):
        read_unlock(_unlock(), ring, _plan(), digest_of(_plan()), kiosk(1).identity)
    with pytest.raises(UnknownSignerError):
        read_unlock(_unlock(), keyring(), _plan(), digest_of(_plan()), kiosk(1).identity)
    with pytest.raises(UnknownSignerError):
        read_release(_release(), Keyring([]), _plan(), digest_of(_plan()))


def test_an_unlock_gives_its_kiosk_the_secrets() -> None:
    """The kiosk gets the content key, its own K_k, the room's key and the desk's floor; S itself is not among them."""
    opened = open_unlock(_read_unlock(), kiosk(1), _start_code(), floor=MINIMUM)
    expected = kiosk_key(SECRET, _plan().sitting, "live", kiosk(1).identity.fingerprint)
    assert (opened.content_key, opened.kiosk_key, opened.floor) == (CONTENT_KEY, expected, FLOOR)
    assert opened.room_key == room_key(SECRET, _plan().sitting, "live")
    assert repr(opened) == "KioskSecrets()"
    assert SECRET not in _unlock()
    assert isinstance(opened, KioskSecrets)


@pytest.mark.parametrize("other", ["kiosk-02's", "a rehearsal's", "the next resume code"])
def test_a_start_code_of_something_else_is_wrong(other: str) -> None:
    """Another kiosk's code, a rehearsal's and R_1 are all wrong codes, not damage."""
    codes = {
        "kiosk-02's": _start_code(2),
        "a rehearsal's": _start_code(mode=Mode.REHEARSAL),
        "the next resume code": _start_code(n=1),
    }
    with pytest.raises(WrongCodeError) as refused:
        open_unlock(_read_unlock(), kiosk(1), codes[other], floor=MINIMUM)
    assert refused.value.code == "code-wrong"


def test_an_altered_unlock_is_not_a_wrong_code() -> None:
    """With the right code a changed envelope is broken, not the code wrong."""
    sealed = _read_unlock().sealed
    box = bytes([sealed.box[0] ^ 1]) + sealed.box[1:]
    altered = msgspec.structs.replace(_read_unlock(), sealed=msgspec.structs.replace(sealed, box=box))
    with pytest.raises(SealError):
        open_unlock(altered, kiosk(1), _start_code(), floor=MINIMUM)
    suite = msgspec.structs.replace(_read_unlock(), sealed=msgspec.structs.replace(sealed, suite="none"))
    with pytest.raises(SealError):
        open_unlock(suite, kiosk(1), _start_code(), floor=MINIMUM)


def test_an_unlock_is_for_one_kiosk() -> None:
    """Another kiosk of the same plan is told whose it is not, and its key opens nothing even past that."""
    with pytest.raises(UnlockMismatchError, match="another kiosk"):
        _read_unlock(who=kiosk(2))
    with pytest.raises(WrongRecipientError):
        open_unlock(_read_unlock(), kiosk(2), _start_code(), floor=MINIMUM)
    relabelled = msgspec.structs.replace(_read_unlock().sealed, recipient=kiosk(2).identity.fingerprint)
    with pytest.raises(SealError):
        open_unlock(
            msgspec.structs.replace(_read_unlock(), sealed=relabelled), kiosk(2), _start_code(), floor=MINIMUM
        )


@pytest.mark.parametrize(
    ("change", "other"),
    [
        ({"sitting": "east-1"}, "another sitting"),
        ({"mode": "rehearsal"}, "another sitting"),
        ({"plan_digest": Digest("0" * 64)}, "another version of the sitting plan"),
        ({"package_digest": Digest("0" * 64)}, "another exam package"),
    ],
)
def test_an_unlock_for_something_else_is_refused(change: dict[str, object], other: str) -> None:
    """A genuine unlock for another sitting, mode, plan or package says which, and its box does not open."""
    raw = _changed(_read_unlock(), **change)
    with pytest.raises(UnlockMismatchError, match=other):
        _read_unlock(raw)
    document = decode(claimed_payload(raw, UNLOCK), Unlock, name="unlock")
    with pytest.raises(SealError):
        open_unlock(document, kiosk(1), _start_code(), floor=MINIMUM)


def test_the_id_of_an_unlock_is_bound_to_its_content() -> None:
    """An unlock that was given a new id, to be taken twice, does not open."""
    document = _read_unlock(_changed(_read_unlock(), unlock="b" * 32))
    with pytest.raises(WrongCodeError):
        open_unlock(document, kiosk(1), _start_code(), floor=MINIMUM)


def test_a_cheap_lock_is_refused_in_production() -> None:
    """A lock with less work than the floor is not even tried: the default floor refuses what tests make."""
    with pytest.raises(WeakLockError):
        open_unlock(_read_unlock(), kiosk(1), _start_code())
    with pytest.raises(WeakLockError):
        open_release(_read_release(), proctor(), CODE)
    assert open_unlock.__kwdefaults__ == open_release.__kwdefaults__ == {"floor": MODERATE}


def test_a_document_of_the_other_kind_is_told_apart() -> None:
    """A release is no unlock."""
    with pytest.raises(WrongRoleError):
        sign(b"{}", RELEASE, proctor().signer())
    with pytest.raises(Exception, match="release instead of unlock file"):
        _read_unlock(_release())
