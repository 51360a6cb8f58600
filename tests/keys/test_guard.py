"""Guarded keys: any choice of enough officers opens one, fewer never do, and a strange one is named."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec
import pytest

import exam_kiosk
from keys import cli, keystore
from keys.encoding import decode, encode
from keys.errors import DocumentError, ExamKioskError, SealError
from keys.guard import (
    MOST,
    GuardedKeyFile,
    GuardOfficerError,
    GuardThresholdError,
    OfficersMissingError,
    OfficerStrangeError,
    guard,
    open_guarded,
    read_key_file,
    replace_by_guarded,
)
from keys.identities import PrivateIdentity, new_identity
from keys.primitives import MINIMUM
from keys.statement import Role
from keys.unlocking import unlocked

OFFICERS = [new_identity(Role.ROOT, "centre", f"officer-{n}") for n in range(1, 5)]
CENTRE = new_identity(Role.CENTRE, "centre", "centre")
PUBLIC = [one.identity for one in OFFICERS]
HELD = guard(CENTRE, PUBLIC[:3], 2)
PASSPHRASE = "correct horse battery"
Run = Callable[..., tuple[int, Any]]


@pytest.mark.parametrize(("officers", "threshold"), [(2, 2), (3, 2), (4, 3), (4, 2)])
def test_any_enough_officers_open_it_and_fewer_never(officers: int, threshold: int) -> None:
    """Every choice of enough officers, and all of them, give the key back; every choice of one fewer is refused."""
    held = decode(encode(guard(CENTRE, PUBLIC[:officers], threshold)), GuardedKeyFile, name="key file")
    for some in (*combinations(OFFICERS[:officers], threshold), tuple(OFFICERS[:officers])):
        assert open_guarded(held, some) == CENTRE
        assert open_guarded(held, some[::-1]) == CENTRE
    for some in combinations(OFFICERS[:officers], threshold - 1):
        with pytest.raises(OfficersMissingError) as caught:
            open_guarded(held, some)
        assert "opens only with" in str(caught.value)


def test_who_is_no_officer_or_comes_twice_is_refused() -> None:
    """A stranger, one officer twice, and an officer's name with another key are each named."""
    namesake = new_identity(Role.ROOT, "centre", "officer-1")
    for present in ((OFFICERS[0], OFFICERS[3]), (OFFICERS[0], OFFICERS[0]), (namesake, OFFICERS[1])):
        with pytest.raises(OfficerStrangeError):
            open_guarded(HELD, present)


def test_a_lower_threshold_in_the_file_opens_nothing() -> None:
    """An edited file opens nothing: one officer said to be enough, boxes moved about, officers added."""
    first, second, third = HELD.choices
    changed = (
        (msgspec.structs.replace(HELD, threshold=1), OFFICERS[:1], OfficersMissingError),
        (msgspec.structs.replace(HELD, choices=()), OFFICERS[:2], SealError),
        (
            msgspec.structs.replace(
                HELD, choices=(msgspec.structs.replace(first, box=second.box), second, third)
            ),
            OFFICERS[:2],
            SealError,
        ),
        (
            msgspec.structs.replace(HELD, identity=PUBLIC[3]),
            OFFICERS[:2],
            SealError,
        ),
        (msgspec.structs.replace(HELD, sealed=HELD.sealed[:-1] + b"x"), OFFICERS[:2], SealError),
        (msgspec.structs.replace(HELD, suite="other"), OFFICERS[:2], SealError),
        (msgspec.structs.replace(HELD, officers=tuple(PUBLIC)), OFFICERS[:2], SealError),
    )
    for held, present, error in changed:
        with pytest.raises(error):
            open_guarded(held, present)


def test_nothing_of_the_key_stands_in_the_file() -> None:
    """Neither seed nor sealing key, raw or as text, is in a guarded file."""
    raw = encode(HELD)
    for secret in (CENTRE.seed, CENTRE.sealing):
        assert secret not in raw
        assert msgspec.json.encode(secret)[1:-3] not in raw


@pytest.mark.parametrize(
    ("officers", "threshold", "error"),
    [
        (PUBLIC[:3], 1, GuardThresholdError),
        (PUBLIC[:3], 4, GuardThresholdError),
        ([], 2, GuardThresholdError),
        ([PUBLIC[0], PUBLIC[0]], 2, GuardOfficerError),
        ([PUBLIC[0], CENTRE.identity], 2, GuardOfficerError),
    ],
)
def test_officers_that_make_no_guard_are_refused(
    officers: list[Any], threshold: int, error: type[ExamKioskError]
) -> None:
    """One alone, more than there are, nobody, the same twice, a key of another role."""
    with pytest.raises(error):
        guard(CENTRE, officers, threshold)


def test_there_are_never_more_choices_than_the_cap() -> None:
    """4 of 10 would be 210 choices and is refused before anything is sealed; 3 of 10 would be 120."""
    assert MOST == 200
    many = [*PUBLIC, *(new_identity(Role.ROOT, "centre", f"more-{n}").identity for n in range(6))]
    with pytest.raises(GuardThresholdError) as caught:
        guard(CENTRE, many, 4)
    assert "210 choices" in str(caught.value)


def test_a_key_file_is_of_one_kind_or_the_other(tmp_path: Path) -> None:
    """Both kinds are read; a guarded one took the place of the locked one; anything else is no key file."""
    path = tmp_path / "centre.key"
    keystore.save_private(path, CENTRE, PASSPHRASE, MINIMUM)
    assert isinstance(read_key_file(path), keystore.KeyFile)
    replace_by_guarded(path, HELD)
    assert read_key_file(path) == HELD
    assert path.stat().st_mode & 0o777 == 0o600
    (tmp_path / "other").write_bytes(encode(PUBLIC[0]))
    with pytest.raises(DocumentError):
        read_key_file(tmp_path / "other")


def _cheap(path: Path, passphrase: str) -> PrivateIdentity:
    return keystore.load_private(path, passphrase, floor=MINIMUM)


def _piped(*lines: object) -> int:
    reading, writing = os.pipe()
    os.write(writing, "".join(f"{line}\n" for line in lines).encode())
    os.close(writing)
    return reading


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The key files of the centre and of three officers."""
    for one in (CENTRE, *OFFICERS[:3]):
        keystore.save_private(tmp_path / f"{one.identity.name}.key", one, PASSPHRASE, MINIMUM)
        keystore.save_public(tmp_path / f"{one.identity.name}.pub", one.identity)
    return tmp_path


def test_a_command_guards_a_key_and_asks_for_its_officers(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`keys guard` writes it; then path and passphrase of two officers open it, and of one alone do not."""
    monkeypatch.setattr(cli, "load_private", _cheap)
    words = ["keys", "guard", str(folder / "centre.key"), "--threshold", "2", "--json"]
    words += [one for n in (1, 2, 3) for one in ("--officer", str(folder / f"officer-{n}.pub"))]
    assert exam_kiosk.run([*words, "--passphrase-fd", str(_piped(PASSPHRASE))]) == 0
    assert json.loads(capsys.readouterr().out)["officers"] == ["officer-1", "officer-2", "officer-3"]
    path = folder / "centre.key"
    asked = (folder / "officer-3.key", PASSPHRASE, folder / "officer-1.key", PASSPHRASE)
    assert unlocked(path, _piped(*asked), _cheap) == CENTRE
    for lines, error in (
        (asked[:2], OfficersMissingError),
        ((), OfficersMissingError),
        ((*asked[:2], *asked[:2]), OfficerStrangeError),
        ((path.with_name("officer-1.pub"), PASSPHRASE), DocumentError),
        ((asked[0], "wrong passphrase"), ExamKioskError),
    ):
        with pytest.raises(error):
            unlocked(path, _piped(*lines), _cheap)
    others = [str(folder / f"officer-{n}.pub") for n in (1, 2)]
    again = ["keys", "guard", str(path), "--officer", others[0], "--officer", others[1]]
    assert exam_kiosk.run([*again, "--passphrase-fd", str(_piped(*asked))]) == 0
    assert [one.name for one in _guarded(path).officers] == ["officer-1", "officer-2"]


def _guarded(path: Path) -> GuardedKeyFile:
    held = read_key_file(path)
    assert isinstance(held, GuardedKeyFile)
    return held
