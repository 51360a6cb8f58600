"""`exam-kiosk keys`: the ceremony as people hold it, each in a process of their own, and every mistake in two lines."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import exam_kiosk
from keys import cli, unlocking
from keys.clock import SystemClock
from keys.encoding import encode
from keys.identities import PrivateIdentity, request
from keys.keystore import load_private, save_private, save_public
from keys.primitives import MINIMUM
from keys.trusted import local_repository
from tests.keys.conftest import HOLDERS, Centre

ROOT = Path(__file__).parents[2]
PASSPHRASE = "tall ships sail"


def passphrase() -> int:
    """A descriptor with the passphrase."""
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE.encode() + b"\n")
    os.close(writing)
    return reading


Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process with cheap locks; return its status and its JSON answer."""
    monkeypatch.setattr(cli, "save_private", functools.partial(save_private, cost=MINIMUM))
    monkeypatch.setattr(cli, "load_private", functools.partial(load_private, floor=MINIMUM))

    def run(*words: object, secret: bool = True) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        descriptor = passphrase()
        asks = ("--passphrase-fd", str(descriptor)) if secret else ()
        status = exam_kiosk.run(["keys", *map(str, words), *asks, "--json"])
        os.close(descriptor)
        shown = capsys.readouterr()
        assert shown.err == ""
        return status, json.loads(shown.out)

    return run


@pytest.fixture
def desk(centre: Centre) -> Path:
    """The published centre's folder with everybody's key files in `keys/`, cheaply locked."""
    for name, private in centre.people.items():
        save_private(centre.folder / f"keys/{name}.key", private, PASSPHRASE, MINIMUM)
        save_public(centre.folder / f"keys/{name}.pub", private.identity)
    return centre.folder


def process(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """Run a command in a process of its own, with the real work of its lock."""
    descriptor = passphrase()
    command = [sys.executable, "-c", "import exam_kiosk; exam_kiosk.main()", "keys", *words]
    command += ["--passphrase-fd", str(descriptor), "--json"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, pass_fds=[descriptor], capture_output=True, env=environment, check=False
    )
    os.close(descriptor)
    assert done.stderr == b""
    return done.returncode, json.loads(done.stdout)


def test_officers_hold_a_ceremony_each_in_their_own_process(
    tmp_path: Path, people: dict[str, PrivateIdentity]
) -> None:
    """Two officers make their keys and sign from their own folders and processes; nothing needs both keys at once."""
    folders = {number: tmp_path / f"officer-{number}" for number in (1, 2)}
    for number, folder in folders.items():
        folder.mkdir()
        status, made = process(folder, "new", ".", "--role", "root", "--name", f"officer-{number}")
        assert (status, made["role"], len(made["fingerprint"])) == (0, "root", 16)
        assert PASSPHRASE not in json.dumps(made)
        assert (folder / made["key"]).stat().st_mode & 0o777 == 0o600
    public = {name: tmp_path / f"{name}.pub" for name in HOLDERS}
    for name, path in public.items():
        save_public(path, people[name].identity)
    words = ["begin", "repository", "--threshold", "2", "--board", "cetl"]
    words += [word for number in folders for word in ("--root", f"officer-{number}/officer-{number}.pub")]
    words += [word for path in public.values() for word in ("--holder", str(path))]
    command = [sys.executable, "-c", "import exam_kiosk; exam_kiosk.main()", "keys", *words, "--json"]
    begun = subprocess.run(
        command, cwd=tmp_path, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True
    )
    assert len(json.loads(begun.stdout)["root_fingerprint"]) == 16
    for number, folder in folders.items():
        status, signed = process(folder, "sign", "../repository", "--key", f"officer-{number}.key")
        by_role = {one["role"]: one for one in signed["status"]}
        assert (status, signed["signed"]) == (0, ["root", "targets"])
        assert by_role["root"]["have"] == [f"officer-{one}" for one in range(1, number + 1)]
        assert by_role["root"]["complete"] == (number == 2)
        assert not signed["complete"]


def test_an_enrolment_goes_from_request_to_carrier(
    run: Run, desk: Path, centre: Centre, proctor: PrivateIdentity
) -> None:
    """One registrar approves by the fingerprint, the other signs, the publisher publishes, the site finds it."""
    (desk / "request").write_bytes(request(proctor))
    where, carrier = desk / "repository", desk / "carrier"
    status, approved = run(
        "approve",
        where,
        "--key",
        desk / "keys/registrar-1.key",
        "--request",
        desk / "request",
        "--fingerprint",
        proctor.identity.fingerprint,
    )
    assert status == 0
    assert approved["approved"] == [
        {"identity": proctor.identity.target(), "fingerprint": proctor.identity.fingerprint}
    ]
    assert approved["status"][0]["missing"] == ["registrar-2"]
    publish = ("publish", where, "--key", desk / "keys/publisher.key", "--carrier", carrier)
    assert run(*publish)[1]["error"]["code"] == "signatures-missing"
    assert run("sign", where, "--key", desk / "keys/registrar-2.key")[1]["complete"] is True
    assert run(*publish)[1] == {
        "version": 3,
        "published": ["identities"],
        "complete": True,
        "status": [],
    }
    assert centre.refresh(now=SystemClock().now()).identity(proctor.identity.target()) == proctor.identity


def test_a_sheet_of_requests_is_approved_whole_or_not_at_all(
    run: Run, desk: Path, kiosk: PrivateIdentity, proctor: PrivateIdentity
) -> None:
    """Every row is checked before one is staged; blank rows and a heading are allowed."""
    (desk / "kiosk.req").write_bytes(request(kiosk))
    (desk / "proctor.req").write_bytes(request(proctor))
    sheet, where = desk / "sheet.csv", desk / "repository"
    words = ("approve", where, "--key", desk / "keys/registrar-1.key", "--sheet", sheet)
    good = f"kiosk.req,{kiosk.identity.fingerprint}\n"
    for row, code in (
        (f"proctor.req,{kiosk.identity.fingerprint}", "fingerprint-mismatch"),
        ("proctor.req", "sheet-line-wrong"),
        ("proctor.req,x,y", "sheet-line-wrong"),
        ("none.req,x", "request-missing"),
        ("sheet.csv,x", "document-malformed"),
    ):
        sheet.write_text(good + row + "\n")
        assert run(*words)[1]["error"]["code"] == code
        assert run("status", where, secret=False)[1]["status"] == []
    sheet.write_text(f"file,fingerprint\n\n{good}proctor.req, {proctor.identity.fingerprint.lower()}\n")
    status, approved = run(*words)
    assert (status, len(approved["approved"])) == (0, 2)


def test_a_missing_request_is_named_with_its_line(run: Run, desk: Path) -> None:
    """The words hold the whole file name, though its folder is missing too, and the line of the sheet."""
    sheet = desk / "sheet.csv"
    sheet.write_text("file,fingerprint\nrequests/kiosk-west-kiosk-01.json,x\n")
    words = ("approve", desk / "repository", "--key", desk / "keys/registrar-1.key")
    _, told = run(*words, "--sheet", sheet)
    assert told["error"]["code"] == "request-missing"
    assert "requests/kiosk-west-kiosk-01.json, which line 2 of sheet.csv names" in told["error"]["what"]
    _, told = run(*words, "--request", "requests/none.json", "--fingerprint", "x")
    assert told["error"]["what"] == "There is no request file requests/none.json."


def test_approving_signs_nothing_else(run: Run, desk: Path, centre: Centre, proctor: PrivateIdentity) -> None:
    """A plan that waits for a registrar is not signed in passing, and a packager approves nobody."""
    centre.repository.stage_target("sittings", "sittings/spring/plan.json", b"{}")
    (desk / "request").write_bytes(request(proctor))
    words = ["approve", desk / "repository", "--request", desk / "request"]
    words += ["--fingerprint", proctor.identity.fingerprint]
    assert run(*words, "--key", desk / "keys/packager.key")[1]["error"]["code"] == "not-a-signer"
    status = {one["role"]: one for one in run(*words, "--key", desk / "keys/registrar-1.key")[1]["status"]}
    assert status["sittings"]["have"] == []
    assert status["identities"]["have"] == ["registrar-1"]


def test_revoking_rotating_and_renewing(run: Run, desk: Path, centre: Centre, kiosk: PrivateIdentity) -> None:
    """The rarer acts of a centre, each staged by one command and shown by status."""
    where = desk / "repository"
    name = kiosk.identity.target()
    assert run("withdraw", where, name, secret=False)[1]["status"][0]["changes"] == [f"- {name}"]
    assert run("renew", where, "--role", "exams", "--role", "root", secret=False)[1]["staged"] == [
        "exams",
        "root",
    ]
    words = ["rotate", where, "--threshold", 2, "--board", "cetl"]
    words += [word for number in (1, 2, 4) for word in ("--root", desk / f"keys/officer-{number}.pub")]
    words += [word for one in HOLDERS for word in ("--holder", desk / f"keys/{one}.pub")]
    assert run(*words, secret=False)[1]["staged"] == ["root", "targets"]
    for signer in ("officer-1", "officer-2", "registrar-1", "registrar-2", "packager"):
        assert run("sign", where, "--key", desk / f"keys/{signer}.key")[0] == 0
    assert run("publish", where, "--key", desk / "keys/publisher.key")[1]["complete"] is True
    believed = local_repository(where, SystemClock().now())
    assert believed.floor.root == 2
    assert name not in believed.names()


def test_a_new_key_is_locked_and_a_second_one_refused(run: Run, tmp_path: Path) -> None:
    """The key opens with the passphrase given; the same name again is refused and changes nothing."""
    words = ("new", tmp_path, "--role", "packager", "--name", "packager")
    status, made = run(*words)
    assert status == 0
    private = load_private(Path(made["key"]), PASSPHRASE, floor=MINIMUM)
    assert private.identity.fingerprint == made["fingerprint"]
    assert Path(made["public"]).read_bytes() == encode(private.identity)
    assert run(*words)[1]["error"]["code"] == "key-file-exists"


@pytest.mark.parametrize("there", ["officer-9.key", "officer-9.pub"])
def test_no_passphrase_is_asked_for_a_key_that_is_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    """Either half in the way is told before anybody chooses a passphrase."""

    def asked(*_words: object, **_options: object) -> str:
        pytest.fail("a passphrase was asked for")

    monkeypatch.setattr(cli, "read_passphrase", asked)
    (tmp_path / there).write_bytes(b"")
    _, told = run("new", tmp_path, "--role", "root", "--name", "officer-9")
    assert told["error"]["code"] == "key-file-exists"
    assert [path.name for path in tmp_path.iterdir()] == [there]


def test_an_officer_s_short_passphrase_costs_no_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One letter is refused before anything is derived from it, and nothing is written."""

    def worked(*_words: object) -> None:
        pytest.fail("a key was derived")

    monkeypatch.setattr(cli, "read_passphrase", lambda *_words, **_options: "a")
    monkeypatch.setattr("keys.keystore.lock", worked)
    _, told = run("new", tmp_path, "--role", "root", "--name", "officer-9")
    assert told["error"]["code"] == "passphrase-short"
    assert not list(tmp_path.iterdir())


MISTAKES: dict[str, tuple[tuple[str, ...], str, int]] = {
    "a kiosk's key": (("new", "keys", "--role", "kiosk", "--name", "x"), "usage", 2),
    "a role that is none": (("new", "keys", "--role", "boss", "--name", "x"), "usage", 2),
    "a name that is a path": (("new", "keys", "--role", "root", "--name", "../x"), "name-refused", 1),
    "a name with a space": (("new", "keys", "--role", "root", "--name", "O 9"), "name-refused", 1),
    "no key": (("sign", "repository", "--key", "none.key"), "key-file-missing", 1),
    "a public key": (("sign", "repository", "--key", "keys/packager.pub"), "document-malformed", 1),
    "nothing to sign": (("sign", "repository", "--key", "keys/packager.key"), "nothing-staged", 1),
    "no repository": (("publish", "none", "--key", "keys/publisher.key"), "repository-missing", 1),
    "no carrier": (
        ("publish", "repository", "--key", "keys/publisher.key", "--carrier", "none"),
        "carrier-missing",
        1,
    ),
    "another's key": (("publish", "repository", "--key", "keys/packager.key"), "not-a-signer", 1),
    "half an approval": (("approve", "repository", "--key", "keys/registrar-1.key"), "usage", 2),
    "two kinds of approval": (
        ("approve", "repository", "--key", "keys/registrar-1.key", "--sheet", "a", "--request", "b"),
        "usage",
        2,
    ),
}


@pytest.mark.parametrize(("words", "code", "status"), MISTAKES.values(), ids=MISTAKES)
def test_every_mistake_has_its_own_code(
    run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: str, status: int
) -> None:
    """What a person can do wrong ends with a stable code and a next step, and changes nothing."""
    monkeypatch.chdir(desk)
    ended, told = run(*words)
    assert (ended, told["error"]["code"]) == (status, code)
    assert told["error"]["next"].endswith(".")


def test_a_wrong_passphrase_and_a_weak_lock_are_told(
    run: Run, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real floor refuses the cheap locks of these tests, and a wrong passphrase names whose it is not."""
    words = ("sign", desk / "repository", "--key", desk / "keys/packager.key")
    monkeypatch.setattr(unlocking, "read_passphrase", lambda _descriptor, _label: "not the one")
    assert run(*words)[1]["error"]["code"] == "passphrase-wrong"
    monkeypatch.setattr(cli, "load_private", load_private)
    assert run(*words)[1]["error"]["code"] == "lock-too-weak"


def test_people_read_lines(desk: Path, capsys: pytest.CaptureFixture[str], centre: Centre) -> None:
    """Without --json the answers are lines: who signed, who is missing, what changes, the fingerprint in groups."""
    centre.repository.stage_target("exams", "exams/cetl/three.ekp", b"3")
    assert exam_kiosk.run(["keys", "status", str(desk / "repository")]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "  exams v3: signed by nobody; 1 more of packager" in shown
    assert "      + exams/cetl/three.ekp" in shown
    assert exam_kiosk.run(["keys", "fingerprint", str(desk / "repository")]) == 0
    grouped = capsys.readouterr().out.split()
    assert [len(group) for group in grouped] == [4, 4, 4, 4]
    assert "".join(grouped) == centre.repository.root_fingerprint()
