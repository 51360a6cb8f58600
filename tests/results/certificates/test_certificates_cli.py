"""`exam-kiosk results certificates` as a person uses it: from a run to a page, and a third party who verifies."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import exam_kiosk
from keys import keystore
from keys.clock import Stamp
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import office
from results.centre.cli import asking, certificates
from tests.results import builders as b
from tests.results.certificates import holders as h

PASSPHRASE = "correct horse battery"
Run = Callable[..., tuple[int, Any]]


@dataclasses.dataclass
class _Clock:
    at: Stamp

    def now(self) -> Stamp:
        return self.at


@pytest.fixture
def clock() -> _Clock:
    """The clock of every command."""
    return _Clock(h.NOW)


@pytest.fixture
def run(
    tmp_path: Path, clock: _Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command at a centre that has scored; its status and JSON, or its words where it failed."""
    centre, made = h.scored(tmp_path / "centre")
    (tmp_path / "run").write_text(made.run)
    (tmp_path / "centre/certificates.toml").write_text(h.TEXT)

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: centre.trusted)
    monkeypatch.setattr(asking, "load_private", cheap)
    monkeypatch.setattr(certificates, "SystemClock", lambda: clock)
    for name, who in (("centre", h.W.centre), ("certifier", h.CERTIFIER)):
        keystore.save_private(tmp_path / f"centre/keys/{name}.key", who, PASSPHRASE, MINIMUM)
    keystore.save_public(tmp_path / "certifier.pub", h.CERTIFIER.identity)

    def command(name: str, *arguments: object) -> tuple[int, Any]:
        words = ["results", "certificates", name, *(str(one) for one in arguments), "--json"]
        descriptors: list[int] = []
        if name != "verify":
            words += ["--centre", str(tmp_path / "centre")]
            for option in ("--passphrase-fd", "--certifier-passphrase-fd")[
                : 1 + (name in {"issue", "renew"})
            ]:
                reading, writing = os.pipe()
                os.write(writing, f"{PASSPHRASE}\n".encode())
                os.close(writing)
                descriptors.append(reading)
                words += [option, str(reading)]
        status = exam_kiosk.run(words)
        for one in descriptors:
            os.close(one)
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, json.loads(out.out) if out.out.startswith("{") else out.out + out.err

    return command


def test_from_a_run_to_a_page(run: Run, tmp_path: Path, clock: _Clock) -> None:
    """Issue, list, show, record hours, renew, revoke, publish: each answers with what it did."""
    status, done = run("issue", "--run", (tmp_path / "run").read_text())
    assert (status, len(done["issued"]), done["left_out"]) == (0, 2, [])
    status, again = run("issue", "--run", (tmp_path / "run").read_text())
    assert (status, again["issued"], again["present"]) == (0, [], done["issued"])
    _, listed = run("list")
    assert sorted(one["number"] for one in listed["certificates"]) == sorted(done["issued"])
    mine = next(one["number"] for one in listed["certificates"] if one["candidate"] == b.candidate(0))
    other = next(one["number"] for one in listed["certificates"] if one["candidate"] == b.candidate(1))
    assert run("list", "--expiring-soon", 30)[1]["certificates"] == []
    clock.at = b.stamp(3 * h.YEAR - 20 * h.DAY)
    assert len(run("list", "--expiring-soon", 30)[1]["certificates"]) == 2
    status, refused = run("renew", mine, "--by", "Ray")
    assert status == 1
    assert "60 hours are needed and 0 are recorded: 60 are missing" in refused["error"]["what"]
    (tmp_path / "hours.csv").write_text(
        "candidate,area,hours,date,activity\nC-1001,1,24,2028-03-01,A\nC-1001,1,24,2028-03-02,A\n"
        "C-1001,2,12,2028-03-02,B\n"
    )
    recorded = {"new": 3, "present": 0, "without_certificate": []}
    assert run("education", tmp_path / "hours.csv", "--by", "Ray") == (0, recorded)
    (tmp_path / "typo.csv").write_text("candidate,area,hours,date,activity\nC-10001,1,2,2028-03-01,A\n")
    status, recorded = run("education", tmp_path / "typo.csv", "--by", "Ray")
    assert (status, recorded["without_certificate"]) == (3, ["C-10001"])
    status, shown = run("show", mine.lower())
    assert (status, shown["hours"], shown["missing"]) == (0, "60", [])
    status, renewed = run("renew", mine, "--by", "Ray")
    assert (status, renewed["until"][:4]) == (0, "2033")
    assert run("show", other)[1]["missing"]
    assert run("revoke", other, "--reason", "Fraud.", "--by", "Ray")[1]["status"] == "revoked"
    assert run("show", other)[1]["missing"] == []  # no hours renew it any more
    assert [one["number"] for one in run("list", "--revoked")[1]["certificates"]] == [other]
    clock.at = b.stamp(7 * h.YEAR)
    assert [one["number"] for one in run("list", "--lapsed")[1]["certificates"]] == [mine]
    assert run("consent", mine, "--by", "Ray")[1]["name_shown"] is True
    assert run("publish", "--to", tmp_path / "web") == (0, {"pages": 2, "folder": str(tmp_path / "web")})


def test_a_third_party_verifies_with_the_public_key_alone(run: Run, tmp_path: Path, clock: _Clock) -> None:
    """Document and badge are verified by the certifier's public key; expired is status 3, altered is refused."""
    _, done = run("issue", "--run", (tmp_path / "run").read_text(), "--out", tmp_path / "out")
    number = done["issued"][0]
    public = ("--authority", tmp_path / "certifier.pub")
    for suffix, kind in ((".dsse", "certificate"), (".jwt", "badge")):
        file = tmp_path / f"out/{number}{suffix}"
        status, found = run("verify", file, *public)
        assert (status, found["kind"], found["number"], found["expired"]) == (0, kind, number, False)
        assert found["until"] == "2030-01-15"
    clock.at = b.stamp(4 * h.YEAR)
    assert run("verify", tmp_path / f"out/{number}.jwt", *public)[0] == 3
    raw = (tmp_path / f"out/{number}.dsse").read_bytes()
    (tmp_path / "altered.dsse").write_bytes(raw.replace(b"A", b"B", 1))
    status, refused = run("verify", tmp_path / "altered.dsse", *public)
    assert status == 1
    assert refused["error"]["code"] == "signature-invalid"
    assert run("verify", tmp_path / f"out/{number}.dsse")[0] == 1
    keystore.save_public(tmp_path / "other.pub", h.W.scoring.identity)
    assert run("verify", tmp_path / f"out/{number}.dsse", "--authority", tmp_path / "other.pub")[0] == 1


def test_the_sample_rules_are_in_order(repository: Path) -> None:
    """The rules of the sample programme read, and name an area for each of the blueprint's ten."""
    from results.centre.certificates.rules import read_rules

    said = read_rules(
        "certificates.toml", (repository / "exam_packages/samples/certificates.toml").read_text()
    )
    assert (said.years, said.renewal.hours, len(said.renewal.areas)) == (3, 60, 10)
