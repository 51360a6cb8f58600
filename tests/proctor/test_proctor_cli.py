"""The commands as a proctor runs them: one process each in life, one call each here, with secrets over descriptors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keys.codes import Verb, action_code, kiosk_key, kiosk_keys, release_code, resume_code
from keys.encoding import normalise
from proctor import desk
from proctor.cli import asking
from tests.proctor.commanding import SEEN, Proctor, piped
from tests.proctor.simulated import SITTING, SUPPORT


def test_a_day_at_the_desk(proctor: Proctor) -> None:
    """Open, codes, status, absent, close, bundle: each answers what happened, and the carrier has the bundle."""
    opened = proctor.json(*proctor.open())
    assert (opened["candidates"], opened["kiosks"], opened["opened_before"]) == (3, 3, False)
    codes = proctor.json("codes")
    assert [row["kiosk"] for row in codes["kiosks"]] == ["kiosk-01", "kiosk-02", "kiosk-03"]
    assert [(row["candidate"], row["kiosk"]) for row in codes["candidates"]] == [
        ("C-1", "kiosk-01"),
        ("C-2", "kiosk-02"),
    ]
    proctor.site.export(0, "C-1")
    seen = proctor.json("status", *proctor.carrier)
    assert [row["state"] for row in seen["candidates"]] == ["completed", "waiting", "waiting"]
    assert (seen["new"], seen["balanced"], seen["unsettled"]) == (1, False, ["C-2", "C-3"])
    assert proctor.json("absent", "C-2", "--as", "turned-away")["state"] == "turned-away"
    proctor.site.export(2, "C-3")
    closed = proctor.json("close", *proctor.carrier)
    assert {k: v for k, v in closed["outcomes"].items() if v} == {"completed": 2, "turned away": 1}
    made = proctor.json("bundle", *proctor.carrier)
    assert made["records"] == 2
    assert proctor.site.carrier.exists(made["bundle"])


def test_the_codes_are_those_that_the_kiosk_derives(proctor: Proctor) -> None:
    """Start, admission and resume codes are R_0, the admit code and R_n of the key schedule, in groups of three."""
    proctor.text(*proctor.open())
    kiosk = proctor.site.centre.kiosks[0].identity.fingerprint
    keys = kiosk_keys(kiosk_key(proctor.site.centre.secrets.secret, SITTING, "live", kiosk))
    shown = proctor.json("codes")
    start = shown["kiosks"][0]["start_code"]
    assert [len(group) for group in start.split()] == [3, 3, 3, 1]
    assert normalise(start) == resume_code(keys, 0)
    admission = shown["candidates"][0]["admission_code"]
    assert normalise(admission) == action_code(keys, "C-1", 1, Verb.ADMIT, 0)
    for n in (1, 2):
        given = proctor.json("resume-code", "--kiosk", "kiosk-01")
        assert (given["number"], normalise(given["resume_code"])) == (n, resume_code(keys, n))
    again = proctor.json("resume-code", "--kiosk", "kiosk-01", "--number", "1")
    assert (again["given_before"], normalise(again["resume_code"])) == (True, resume_code(keys, 1))


def test_a_candidate_is_given_the_spare(proctor: Proctor) -> None:
    """`admit` with another kiosk gives a code for that one, and says which kiosk to keep off."""
    proctor.text(*proctor.open())
    proctor.text("identity", "C-1", *SEEN)
    text = proctor.text("admit", "C-1", "--kiosk", "kiosk-03")
    assert "kiosk-03" in text
    assert "Keep kiosk-01 off" in text
    kiosk = proctor.site.centre.kiosks[2].identity.fingerprint
    keys = kiosk_keys(kiosk_key(proctor.site.centre.secrets.secret, SITTING, "live", kiosk))
    shown = proctor.json("admit", "C-1")
    assert normalise(shown["admission_code"]) == action_code(keys, "C-1", 1, Verb.ADMIT, 0)
    assert proctor.refused("admit", "C-3")["code"] == "seat-missing"


def test_the_screens_say_what_to_do_next(proctor: Proctor) -> None:
    """What is printed for a person names the next command, the codes to read aloud, and who is still missing."""
    assert "exam-kiosk proctor codes" in proctor.text(*proctor.open())
    codes = proctor.text("codes")
    assert "Read aloud in groups of three." in codes
    assert "kiosk-03" in codes
    assert "spare" in codes
    status = proctor.text("status")
    assert "still open: C-1, C-2, C-3." in status
    name, raw = proctor.site.record(0, "C-1")
    proctor.site.carrier.write(name, raw[:-1])
    status = proctor.text("status", *proctor.carrier)
    assert f"Not taken: {name} [container-damaged]" in status
    for candidate in ("C-1", "C-2", "C-3"):
        proctor.text("absent", candidate, "--as", "no-show")
    assert "ready to close" in proctor.text("status")
    assert "Authorised 3 = no-show 3" in proctor.text("close")
    assert "Closed" in proctor.text("close")
    assert "a second carrier" in proctor.text("bundle", *proctor.carrier)


def test_every_error_after_the_plan_is_known_names_the_support_contact(proctor: Proctor) -> None:
    """Wrong codes, wrong names, missing carriers and an early close all say whom to call."""
    gone = ("--carrier", str(proctor.site.path / "gone"))
    wrong = [(proctor.open(release_code()), "code-wrong"), (proctor.open("0" * 11 + "1"), "code-mistyped")]
    for words, code in wrong:
        error = proctor.refused(*words)
        assert error["code"] == code
        assert SUPPORT in error["next"]
    proctor.text(*proctor.open())
    for words, code in (
        (("resume-code", "--kiosk", "kiosk-77"), "not-in-plan"),
        (("resume-code", "--kiosk", "kiosk-01", "--number", "5"), "resume-number-wrong"),
        (("admit", "C-77"), "not-in-plan"),
        (("admit", "C-3"), "seat-missing"),
        (("admit", "C-3", "--kiosk", "kiosk-01"), "seat-taken"),
        (("absent", "C-77", "--as", "no-show"), "not-in-plan"),
        (("status", *gone), "carrier-missing"),
        (("close",), "sitting-not-balanced"),
        (("bundle", *proctor.carrier), "sitting-not-closed"),
    ):
        error = proctor.refused(*words)
        assert error["code"] == code
        assert SUPPORT in error["next"], code


def test_errors_before_the_plan_is_known(proctor: Proctor) -> None:
    """A desk without a sitting, a wrong passphrase and a sitting nobody published each have a code."""
    told = proctor.refused("codes")
    assert (told["code"], told["what"]) == ("sitting-not-open", "No sitting is open on this desk.")
    assert proctor.refused("codes", "--sitting", "x")["what"] == "Sitting x is not open on this desk."
    assert proctor.run("codes", "--json", passphrase="wrong passphrase") == 1
    assert json.loads(proctor.capsys.readouterr().out)["error"]["code"] == "passphrase-wrong"
    words = ("open", *proctor.carrier, "--sitting", "east-9", "--code-fd", piped(proctor.site.code))
    assert proctor.refused(*words)["code"] == "not-published"


def test_an_opened_sitting_is_opened_again_without_the_code(proctor: Proctor) -> None:
    """`open` a second time writes the unlock files again and asks for the passphrase alone."""
    proctor.text(*proctor.open())
    name = f"unlocks/{SITTING}/kiosk-01.json"
    before = proctor.site.carrier.read(name, limit=65536)
    (proctor.site.carrier.root / name).unlink()
    again = proctor.json("open", *proctor.carrier, "--sitting", SITTING)
    assert again["opened_before"]
    assert proctor.site.carrier.read(name, limit=65536) == before


def test_enrol_prints_the_fingerprint_of_its_own_request(proctor: Proctor, tmp_path: Any) -> None:
    """The fingerprint to read out is that of the key just made, and the request is on the carrier."""
    proctor.site.path = tmp_path / "new desk"
    shown = proctor.json(
        *("enrol", "--site", "west", "--name", "okafor", *proctor.carrier),
        *("--root-fingerprint", proctor.site.centre.fingerprint),
    )
    (held,) = desk.owners(tmp_path / "new desk")
    assert shown == {"request": "requests/proctor-west-okafor.json", "fingerprint": held.fingerprint}
    assert proctor.site.carrier.exists(shown["request"])


def test_enrol_looks_for_the_carrier_before_it_asks(proctor: Proctor, tmp_path: Any) -> None:
    """A carrier that is not in is told before the fingerprint is typed from paper."""
    proctor.site.path = tmp_path / "new desk"
    words = ("enrol", "--site", "west", "--name", "okafor", "--carrier", str(tmp_path / "none"))
    assert proctor.refused(*words)["code"] == "carrier-missing"


def test_production_refuses_a_weak_lock(proctor: Proctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the test's own setting a key locked with less than the floor's work does not open the desk."""
    monkeypatch.setattr(asking, "unlock_desk", desk.unlock_desk)
    assert proctor.refused("codes")["code"] == "lock-too-weak"
