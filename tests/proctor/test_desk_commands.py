"""Every act of a proctor as a command: what it answers, what it shows to read aloud, and what it refuses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import exam_kiosk
from keys.codes import (
    KioskKeys,
    Verb,
    action_code,
    checkpoint_code,
    kiosk_key,
    kiosk_keys,
    move_in_extra,
    resume_code,
    room_code,
    room_key,
)
from keys.encoding import grouped, normalise
from keys.keystore import save_private
from keys.primitives import MINIMUM
from proctor.cli import asking
from proctor.desk import DeskFile, DeskFolder, owners
from results.wire.acts import ACTIONS, is_agreed
from results.wire.journal import SittingEntry, lines, read
from results.wire.sitting_events import ActionIssued, SittingEvent, SittingOpened
from tests.proctor.commanding import SEEN, Proctor, piped
from tests.proctor.simulated import FIRST, SECOND, SECRET, SITTING, SUPPORT, Site, copied


def keys(site: Site, seat: int) -> KioskKeys:
    """What a kiosk derives."""
    kiosk = site.centre.kiosks[seat].identity.fingerprint
    return kiosk_keys(kiosk_key(site.centre.secrets.secret, SITTING, "live", kiosk))


def events(site: Site) -> list[SittingEvent]:
    """What is in the desk's journal."""
    with site.again() as opened:
        return [entry.event for entry in read(lines(opened.journal()), SittingEntry)[0]]


@pytest.fixture
def admitted(proctor: Proctor) -> Proctor:
    """An open sitting in which the first candidate was admitted."""
    proctor.text(*proctor.open())
    proctor.text("codes")
    proctor.text("identity", "C-1", *SEEN)
    proctor.text("admit", "C-1")
    return proctor


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        (("break-over", "C-1", "--reason", "came-back"), Verb.BREAK_OVER),
        (("add-time", "C-1", "--minutes", "10", "--reason", "power-cut"), Verb.ADD + 10),
        (("take-time", "C-1", "--minutes", "5", "--reason", "given-by-mistake"), Verb.TAKE + 5),
        (("end", "C-1", "--reason", "left"), Verb.END),
        (("void", "C-1", "--reason", "conduct"), Verb.VOID),
    ],
)
def test_an_action_code_is_the_one_that_the_kiosk_takes(
    admitted: Proctor, words: tuple[str, ...], verb: int
) -> None:
    """Each act shows the code of the key schedule in groups of three; a second one has the next serial."""
    for serial in (1, 2):
        shown = admitted.json(*words)
        expected = action_code(keys(admitted.site, 0), "C-1", 1, verb, serial)
        assert (shown["code"], shown["serial"], shown["kiosk"]) == (grouped(expected), serial, "kiosk-01")
    assert "groups of three" in admitted.text(*words)


def test_a_code_is_in_the_journal_and_can_be_shown_again(admitted: Proctor) -> None:
    """`issued` shows each code just as it was, for whom and why; showing it is an event and uses no serial."""
    first = admitted.json("add-time", "C-1", "--minutes", "10", "--reason", "power-cut")
    room = admitted.json("pause-room", "--reason", "alarm")
    again = admitted.json("issued")["codes"]
    assert [(row["candidate"], row["code"], row["reason"]) for row in again] == [
        ("C-1", first["code"], "power-cut"),
        ("", room["code"], "alarm"),
    ]
    assert again == admitted.json("issued")["codes"]
    assert admitted.json("end", "C-1", "--reason", "left")["serial"] == 2
    assert sum(isinstance(event, ActionIssued) for event in events(admitted.site)) == 2


def test_the_rooms_codes_take_turns(admitted: Proctor) -> None:
    """One code pauses every kiosk, the next lets them go on; the wrong turn is refused."""
    secret = room_key(admitted.site.centre.secrets.secret, SITTING, "live")
    paused = admitted.json("pause-room", "--reason", "alarm")
    assert normalise(paused["code"]) == room_code(secret, Verb.ROOM_PAUSE, 1)
    assert admitted.refused("pause-room", "--reason", "alarm")["code"] == "room-code-turn"
    gone_on = admitted.json("resume-room", "--reason", "over")
    assert normalise(gone_on["code"]) == room_code(secret, Verb.ROOM_RESUME, 2)


def test_more_time_than_one_may_add_needs_a_second_passphrase(admitted: Proctor) -> None:
    """Beyond the plan's minutes a second proctor unlocks their own key, and the journal holds both signatures."""
    words = ("add-time", "C-1", "--minutes", "45", "--reason", "power-cut")
    error = admitted.refused(*words)
    assert (error["code"], SUPPORT in error["next"]) == ("agreement-needed", True)

    def with_second(name: str, secret: str) -> tuple[str, ...]:
        return (*words, "--second", name, "--second-fd", piped(secret))

    assert admitted.refused(*with_second(FIRST, SECRET[FIRST]))["code"] == "agreement-broken"
    assert admitted.refused(*with_second(SECOND, SECRET[FIRST]))["code"] == "passphrase-wrong"
    assert admitted.refused(*with_second("ada", "x" * 9))["code"] == "proctor-unknown"
    shown = admitted.json(*with_second(SECOND, SECRET[SECOND]))
    assert shown["two_person"]
    verb = Verb.ADD_TWO_PERSON + 45
    assert normalise(shown["code"]) == action_code(keys(admitted.site, 0), "C-1", 1, verb, 1)
    event = next(one for one in events(admitted.site) if isinstance(one, ActionIssued))
    proctors = {
        one.identity.fingerprint: one.identity for one in (admitted.site.proctor, admitted.site.second)
    }
    assert is_agreed(SITTING, "live", event, proctors)


def test_a_move_shows_code_checkpoint_and_minutes(admitted: Proctor) -> None:
    """What is typed at the new kiosk is shown together; the old one gets no code, and none begins it anew."""
    heard = checkpoint_code(keys(admitted.site, 0), "s", "h", 7)
    noted = admitted.json("checkpoint", heard.lower(), "--kiosk", "kiosk-01")
    assert normalise(noted["checkpoint"]) == heard
    words = ("--checkpoint", heard, "--minutes", "41", "--reason", "kiosk-dead")
    assert admitted.refused("move", "C-1", "--kiosk", "kiosk-02", *words)["code"] == "seat-taken"
    shown = admitted.json("move", "C-1", "--kiosk", "kiosk-03", *words)
    extra = move_in_extra(heard, 41)
    expected = action_code(keys(admitted.site, 2), "C-1", 1, Verb.MOVE_IN, 1, extra)
    assert (normalise(shown["code"]), shown["source"], shown["minutes"]) == (expected, "kiosk-01", 41)
    assert admitted.json("issued")["codes"][0]["code"] == shown["code"]
    assert admitted.refused("resume-code", "--kiosk", "kiosk-01")["code"] == "kiosk-left"
    assert admitted.refused("admit", "C-1", "--kiosk", "kiosk-03")["code"] == "candidate-begun"
    assert "C-1" not in [one["candidate"] for one in admitted.json("codes")["candidates"]]


def test_nobody_is_admitted_without_a_document(proctor: Proctor) -> None:
    """Admission asks for the identity check; names that differ need a note; a refusal is written down."""
    proctor.text(*proctor.open())
    assert proctor.refused("admit", "C-1")["code"] == "identity-not-checked"
    differs = ("identity", "C-1", "--document", "passport", "--photo", "--name-differs")
    proctor.text(*differs)
    assert proctor.refused("admit", "C-1")["code"] == "identity-differs"
    assert "names differ" in proctor.text(*differs, "--note", "married name")
    assert proctor.json("admit", "C-1")["kiosk"] == "kiosk-01"
    assert proctor.refused("identity", "C-2", "--document", "x", *SEEN[2:])["code"] == "reason-unknown"
    assert proctor.json("refuse", "C-2", "--reason", "no-document")["reason"] == "no-document"
    rows = {row["candidate"]: row["state"] for row in proctor.json("status")["candidates"]}
    assert rows == {"C-1": "waiting", "C-2": "turned away", "C-3": "waiting"}


def test_an_incident_is_written_listed_and_written_anew(admitted: Proctor) -> None:
    """An incident has a kind of the list, whom it concerns and words; written anew it keeps its number."""
    first = admitted.json(
        "incident", "k1", "--candidate", "C-1", "--candidate", "C-3", "--text", "Went dark."
    )
    assert (first["incident"], first["category"], first["candidates"]) == (1, "K1", ["C-1", "C-3"])
    room = admitted.json("incident", "R2", "--began", "2026-01-01T09:00:00Z", "--witnesses", "Ada")
    assert (room["incident"], room["candidates"]) == (2, [])
    admitted.text("incident", "K1", "--number", "1", "--candidate", "C-1", "--text", "Went dark twice.")
    shown = admitted.json("incidents")["incidents"]
    assert [(one["incident"], one["text"]) for one in shown] == [(1, "Went dark twice."), (2, "")]
    assert admitted.refused("incident", "Z9")["code"] == "incident-category-unknown"
    assert admitted.refused("incident", "R2", "--began", "yesterday")["code"] == "date-unreadable"
    assert len(admitted.json("incidents", "--kinds")["kinds"]) >= 23


def test_the_board_says_what_was_done_here_and_what_came_back(admitted: Proctor) -> None:
    """A code that was issued is told as issued here; only a record on a carrier tells of a kiosk."""
    admitted.text("add-time", "C-1", "--minutes", "10", "--reason", "power-cut")
    row = admitted.json("status")["candidates"][0]
    assert (row["minutes"], row["issued"], row["redeemed"], row["came"]) == (70, 2, 0, "nothing yet")
    assert "+10 min" in row["here"]
    admitted.site.export(0, "C-1")
    row = admitted.json("status", *admitted.carrier)["candidates"][0]
    assert (row["redeemed"], row["came"]) == (1, "completed from kiosk-01")


def test_every_reason_that_the_help_lists_is_taken(admitted: Proctor) -> None:
    """Each reason of the list of an end code issues one, and the list is in the command's help."""
    for serial, reason in enumerate(ACTIONS[Verb.END], 1):
        assert admitted.json("end", "C-1", "--reason", reason.code)["serial"] == serial
    assert admitted.refused("end", "C-1", "--reason", "because")["code"] == "reason-unknown"


def test_a_second_proctor_rebuilds_the_desk_elsewhere(admitted: Proctor, tmp_path: Any) -> None:
    """From carrier, own key and release code: the same start and admission codes, and serials from 16."""
    site = admitted.site
    before = admitted.json("codes")
    spent = admitted.json("end", "C-1", "--reason", "left")
    lost = site.path
    site.path = _desk_of_the_second(site, tmp_path / "elsewhere")
    other = copied(site.carrier, tmp_path / "carrier-2")
    words = ("--carrier", str(other.root), "--sitting", SITTING, "--proctor", SECOND)
    code = ("--code-fd", piped(site.code))
    rebuilt = admitted.json("rebuild", *words, *code, passphrase=SECRET[SECOND])
    assert rebuilt == {**rebuilt, "rebuilt": True, "kiosks": 3}
    me = ("--proctor", SECOND)
    shown = admitted.json("codes", *me, passphrase=SECRET[SECOND])
    assert shown == before
    issued = admitted.json("end", "C-1", "--reason", "left", *me, passphrase=SECRET[SECOND])
    assert (issued["serial"], issued["code"] == spent["code"]) == (16, False)
    assert issued["code"] == grouped(action_code(keys(site, 0), "C-1", 1, Verb.END, 16))
    room = admitted.json("pause-room", "--reason", "alarm", *me, passphrase=SECRET[SECOND])
    assert room["serial"] == 16
    asked = ("resume-code", "--kiosk", "kiosk-02", "--number", "4", *me)
    given = admitted.json(*asked, passphrase=SECRET[SECOND])
    assert normalise(given["resume_code"]) == resume_code(keys(site, 1), 4)
    with site.again(SECOND) as opened:
        first = read(lines(opened.journal()), SittingEntry)[0][0].event
    assert isinstance(first, SittingOpened)
    assert (first.rebuilt, first.proctor) == (True, site.second.identity.fingerprint)
    assert (
        admitted.refused("rebuild", *words, *me, passphrase=SECRET[SECOND])["code"] == "sitting-open-already"
    )
    site.path = lost


def _desk_of_the_second(site: Site, path: Any) -> Any:
    """Another machine, on which the second proctor's key is; made before the day, and published as it is."""
    save_private(path / "proctors/okafor.key", site.second, SECRET[SECOND], MINIMUM)
    DeskFolder(path, site.second).begin(DeskFile(site.folder().read().root, site.folder().read().floor))
    return path


def test_one_proctor_adds_another_to_the_desk(proctor: Proctor) -> None:
    """A third proctor's key is made with the passphrase of one who is there; the wrong one adds nobody."""
    site = proctor.site
    words = ("enrol", "--site", "west", "--name", "ada", *proctor.carrier)
    root = ("--root-fingerprint", site.centre.fingerprint)
    assert proctor.refused(*words, *root)["code"] == "proctor-unnamed"
    wrong = ("--by", SECOND, "--by-fd", piped(SECRET[FIRST]))
    assert proctor.refused(*words, *root, *wrong)["code"] == "passphrase-wrong"
    right = ("--by", SECOND, "--by-fd", piped(SECRET[SECOND]))
    shown = proctor.json(*words, *root, *right, passphrase="a third passphrase")
    assert shown["request"] == "requests/proctor-west-ada.json"
    assert site.carrier.exists(shown["request"])
    assert [one.name for one in owners(site.path)] == ["ada", SECOND, FIRST]


def test_a_command_asks_who_acts_only_at_a_keyboard(
    proctor: Proctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two proctors have keys here, and the runbook's line names neither: a person is asked, and no script waits."""
    words = ["proctor", "preflight", "--desk", str(proctor.site.path), *proctor.carrier, "--sitting", SITTING]
    asked: list[str] = []

    def answer(_: int | None, label: str) -> str:
        asked.append(label)
        return "Okafor"

    monkeypatch.setattr(asking, "read_code", answer)
    monkeypatch.setattr(asking, "read_passphrase", answer)
    for there, code, questions in (
        (False, "proctor-unnamed", []),
        (True, "passphrase-wrong", ["who acts (okafor, rivera)", "passphrase of okafor"]),
    ):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda there=there: there))
        assert exam_kiosk.run(words) == 1
        assert code in proctor.capsys.readouterr().err
        assert asked == questions


def test_a_name_that_differs_is_followed_by_what_can_be_done(proctor: Proctor) -> None:
    """The desk does not send the proctor to an admission that it would refuse."""
    assert proctor.run(*proctor.open()) == 0
    proctor.capsys.readouterr()
    seen = ("identity", "C-1", "--document", "passport", "--photo", "--name-differs")
    assert "Next: exam-kiosk proctor refuse C-1; or this line again with --note" in proctor.text(*seen)
    assert "Next: exam-kiosk proctor admit C-1" in proctor.text(*seen, "--note", "Married in June.")
