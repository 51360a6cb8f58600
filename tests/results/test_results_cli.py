"""`exam-kiosk results` as a person or a script uses it: words, JSON, exit status, no traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

import exam_kiosk
from keys import keystore
from keys.encoding import digest
from keys.identities import PrivateIdentity
from keys.primitives import MINIMUM
from results.centre import cli, importing, office
from results.centre.report.cells import table
from results.wire.closing import FinalState
from tests.results import builders as b
from tests.results import centres

W = b.world()
PASSPHRASE = "correct horse battery"
RECORDS = {n: b.sitting_record(W, n, n + 2) for n in range(3)}

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre with locked keys, an exam and a carrier that came back; the lists are believed as they stand."""
    trusted = centres.publish(W, tmp_path / "centre/repository")

    def cheap(path: Path, passphrase: str) -> PrivateIdentity:
        return keystore.load_private(path, passphrase, floor=MINIMUM)

    monkeypatch.setattr(office, "local_repository", lambda *_: trusted)
    monkeypatch.setattr(cli.asking, "load_private", cheap)
    monkeypatch.setattr(cli.runs, "version", lambda _: "0.1.0")
    for name, who in (("centre", W.centre), ("scoring", W.scoring)):
        keystore.save_private(tmp_path / f"centre/keys/{name}.key", who, PASSPHRASE, MINIMUM)
    centres.exam_folder(W, tmp_path / "exam")
    (tmp_path / "carrier/bundles").mkdir(parents=True)
    (tmp_path / "carrier/bundles/west.ekb").write_bytes(b.bundle(W, RECORDS))
    (tmp_path / "carrier/damaged.ekr").write_bytes(RECORDS[0][:-1])
    return tmp_path


@pytest.fixture
def run(site: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command at the centre; its status and JSON answer, or its text where `text` says so."""

    def command(
        name: str, *arguments: object, text: bool = False, passphrase: str = PASSPHRASE
    ) -> tuple[int, Any]:
        words = ["results", name, *(str(one) for one in arguments), "--centre", str(site / "centre")]
        descriptors = []
        for option in ("--passphrase-fd", "--scoring-passphrase-fd")[: 2 if name == "score" else 1]:
            reading, writing = os.pipe()
            os.write(writing, f"{passphrase}\n".encode())
            os.close(writing)
            descriptors.append(reading)
            words += [option, str(reading)]
        status = exam_kiosk.run([*words, *([] if text else ["--json"])])
        for one in descriptors:
            os.close(one)
        out = capsys.readouterr()
        assert "Traceback" not in out.out + out.err
        return status, (out.out + out.err if text else json.loads(out.out))

    return command


def test_from_a_carrier_to_a_report(run: Run, site: Path) -> None:
    """Import, score, report, confirm and list the quarantine; each answer says what happened."""
    status, found = run("import", site / "carrier")
    assert (status, bool(found["next"])) == (3, True)
    assert {name: found[name] for name in ("found", "admitted", "already_present", "quarantined")} == {
        "found": 4,
        "admitted": 3,
        "already_present": 0,
        "quarantined": 1,
    }
    assert found["bundles"] == {"found": 1, "admitted": 1, "already_present": 0, "quarantined": 0}
    status, scored = run("score", "--exam-folder", site / "exam")
    assert (status, scored["scored"], scored["new"], scored["left_out"]) == (0, 3, True, [])
    status, made = run("report", "--run", scored["run"], "--out", site / "reports")
    assert status == 0
    assert Path(made["sitting_report"]).is_file()
    assert len(made["candidate_reports"]) == 3
    assert made["reconciliation"] == ["3 authorised = 3 completed"]
    status, found = run("confirm", centres.receipt(W, 1, RECORDS[1]))
    assert (status, found["candidate"], found["state"]) == (0, b.candidate(1), "admitted")
    status, held = run("quarantine", "list")
    assert status == 0
    assert [(one["code"], one["source"]) for one in held["quarantined"]] == [
        ("container-damaged", "carrier/damaged.ekr")
    ]


def test_importing_again_changes_nothing(run: Run, site: Path) -> None:
    """The second time everything is already there, and scoring again finds the same run."""
    run("import", site / "carrier")
    _, first = run("score", "--exam-folder", site / "exam")
    status, found = run("import", site / "carrier")
    assert (status, found["admitted"], found["already_present"], found["quarantined"]) == (0, 0, 4, 0)
    _, second = run("score", "--exam-folder", site / "exam")
    assert (second["run"], second["new"]) == (first["run"], False)


def test_an_import_that_leaves_nothing_to_do_is_status_0(run: Run, site: Path) -> None:
    """Everything admitted, or all of it there already: status 0 and no next step."""
    (site / "carrier/damaged.ekr").unlink()
    for _ in range(2):
        status, found = run("import", site / "carrier")
        assert (status, found["next"]) == (0, "")


def test_a_file_that_cannot_be_read_is_status_3(run: Run, site: Path) -> None:
    """Nothing is in quarantine, so only the site is asked, for the file by its name."""
    (site / "carrier/damaged.ekr").unlink()
    (site / "carrier/gone.ekr").symlink_to("nowhere.ekr")
    status, text = run("import", site / "carrier", text=True)
    assert status == 3
    assert (
        text.splitlines()[-1] == "Ask the site for another copy of carrier/gone.ekr, or what happened there."
    )


def test_an_import_that_withdraws_a_record_is_status_3(run: Run, site: Path) -> None:
    """Nothing new is in quarantine, but what was admitted before waits for a person now."""
    run("import", site / "carrier")
    lines = [b.line(W, n, RECORDS[n]) for n in range(3)]
    lines[0] = b.line(W, 0, RECORDS[0], FinalState.VOIDED)
    other = site / "other"
    other.mkdir()
    (other / "other.ekb").write_bytes(b.bundle(W, RECORDS, lines=lines))
    status, found = run("import", other)
    assert (status, len(found["withdrawn"]), found["problems"]) == (3, 1, [])
    assert found["next"].endswith("ask the site which of the records counts.")


def test_what_waits_from_before_is_told_again(run: Run, site: Path) -> None:
    """An import that finds nothing new says how many files of earlier ones, or of a stopped one, still wait."""
    assert run("import", site / "carrier")[1]["waiting"] == 1
    status, text = run("import", site / "carrier", text=True)
    assert status == 0
    last = "From earlier imports 1 file is in quarantine: exam-kiosk results quarantine list."
    assert text.splitlines()[-1] == last
    (held,) = run("quarantine", "list")[1]["quarantined"]
    run("quarantine", "reject", held["digest"], "--by", "Ray", "--reason", "Damaged")
    assert run("import", site / "carrier")[1]["waiting"] == 0


def test_a_run_says_who_is_not_in_it_any_more(run: Run, site: Path) -> None:
    """After an erasure a new run scores what is left, and says how many records it lacks."""
    run("import", site / "carrier")
    assert run("score", "--exam-folder", site / "exam")[1]["erased"] == 0
    (site / "centre/retention.toml").write_text("answers = 0\n")
    why = ("--by", "Ray", "--reason", "Date")
    run("hold", "--candidate", b.candidate(1), *why)
    assert run("retention", "apply", *why)[0] == 0
    _, text = run("score", "--exam-folder", site / "exam", text=True)
    assert "1 scored" in text
    assert "2 records not in this run: their answers were erased." in text


def test_a_key_of_a_used_version_is_not_exchanged(run: Run, site: Path) -> None:
    """Another signed key of the same version scores nothing, named or not; the one that was used still does."""
    run("import", site / "carrier", "--jobs", "1")
    score = ("score", "--scoring-key", site / "centre/keys/scoring.key", "--exam-folder")
    _, first = run(*score, site / "exam")
    other = (msgspec.structs.replace(W.key.keys[0], correct=W.key.keys[1].correct), *W.key.keys[1:])
    centres.exam_folder(W, site / "other", key=msgspec.structs.replace(W.key, keys=other))
    for named in ((), ("--key-version", "1")):
        status, told = run(*score, site / "other", *named)
        assert (status, told["error"]["code"]) == (1, "key-differs")
        assert first["run"] in told["error"]["what"]
    assert run(*score, site / "exam")[1]["run"] == first["run"]


def test_a_damaged_bundle_that_was_replaced_is_marked(run: Run, site: Path) -> None:
    """A sound bundle of the same sitting is named beside the damaged one, in words and as an object."""
    whole = (site / "carrier/bundles/west.ekb").read_bytes()
    broken = site / "broken"
    broken.mkdir()
    (broken / "broken.ekb").write_bytes(whole[:-1])
    assert run("import", broken)[0] == 3
    (held,) = run("quarantine", "list")[1]["quarantined"]
    assert (held["kind"], held["source"], held["replaced_by"]) == ("bundle", "broken/broken.ekb", "")
    (site / "carrier/damaged.ekr").unlink()
    assert run("import", site / "carrier")[0] == 0
    (held,) = (one for one in run("quarantine", "list")[1]["quarantined"] if one["kind"] == "bundle")
    assert (held["source"], held["replaced_by"]) == ("broken/broken.ekb", "carrier/bundles/west.ekb")
    _, text = run("quarantine", "list", text=True)
    assert "a sound one is here too: reject this one if nothing is missing (carrier/bundles/west.ekb)" in text


def test_the_same_in_words(run: Run, site: Path) -> None:
    """Without --json each command answers in sentences that hold the same counts."""
    _, text = run("import", site / "carrier", text=True)
    assert "Records: 4 found = 3 admitted + 0 already present + 1 quarantined" in text
    assert "quarantined carrier/damaged.ekr: [container-damaged]" in text
    last = (
        "Look with exam-kiosk results quarantine list; ask the site for another copy of carrier/damaged.ekr"
    )
    assert text.splitlines()[-1].startswith(last)
    _, text = run("score", "--exam-folder", site / "exam", text=True)
    assert "3 scored, 2 passed, 0 records not scored." in text
    name = text.split()[2].rstrip(":")
    _, text = run("report", "--run", name, "--out", site / "reports", text=True)
    assert "3 authorised = 3 completed" in text
    _, text = run("confirm", centres.receipt(W, 0, RECORDS[0]), text=True)
    assert f"candidate {b.candidate(0)}" in text
    _, text = run("quarantine", "list", text=True)
    assert "[container-damaged]" in text


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("import", ["{site}/exam"], "nothing-to-import"),
        ("import", [""], "place-missing"),
        ("score", ["--exam-folder", "{site}/exam"], "ledger-missing"),
        ("report", ["--run", "r", "--out", "{site}/reports"], "ledger-missing"),
        ("confirm", ["ABC"], "ledger-missing"),
        ("quarantine", ["list"], "ledger-missing"),
        ("import", ["{site}/carrier", "--key", "{site}/no.key"], "key-file-missing"),
    ],
)
def test_what_a_person_can_get_wrong_has_a_code(
    run: Run, site: Path, name: str, arguments: list[str], code: str
) -> None:
    """One object with code, sentence and next step; status 1; nothing is made."""
    status, told = run(name, *(one.format(site=site) for one in arguments))
    assert status == 1
    assert told["error"]["code"] == code
    assert told["error"]["what"]
    assert told["error"]["next"]
    assert not (site / "centre/ledger.db").exists()


def test_a_wrong_passphrase_opens_nothing(run: Run, site: Path) -> None:
    """The centre's key stays locked and the ledger is not made."""
    status, told = run("import", site / "carrier", passphrase="something else")
    assert (status, told["error"]["code"]) == (1, "passphrase-wrong")
    assert not (site / "centre/ledger.db").exists()


def test_a_held_record_is_shown_admitted_and_rejected_by_command(run: Run, site: Path) -> None:
    """Two records that contradict each other: one is admitted by name and reason, the other rejected, and both say by
    whom; a decision without a reason is refused.
    """
    (site / "carrier/damaged.ekr").unlink()
    fork = b.seal(W, 0, b.chain(b.session(W, 0, b.right(W, 0))))
    (site / "carrier/fork.ekr").write_bytes(fork)
    assert run("import", site / "carrier")[0] == 3
    status, shown = run("quarantine", "show", digest(fork))
    assert (status, shown["code"], shown["can_admit"]) == (0, "journal-fork", True)
    assert [one["stands"] for one in shown["others"]] == ["contradicts this one from entry 7 on"]
    by = ("--by", "A. Director", "--reason", "The receipt code is the candidate's.")
    status, told = run("quarantine", "admit", digest(RECORDS[0])[:10], "--by", "A. Director", "--reason", " ")
    assert (status, told["error"]["code"]) == (1, "decision-words")
    assert run("quarantine", "admit", digest(RECORDS[0])[:10], *by) == (
        0,
        {"digest": digest(RECORDS[0])[:10], "state": "admitted"},
    )
    assert run("quarantine", "reject", digest(fork), *by)[0] == 0
    (held,) = run("quarantine", "list")[1]["quarantined"]
    assert (held["code"], held["decision"]["by"]) == ("rejected", "A. Director")
    _, text = run("quarantine", "list", text=True)
    assert "rejected by A. Director" in text
    assert "The receipt code is the candidate's." in text


def test_an_import_that_a_person_stops_says_what_is_in(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control-C: one sentence with the files that are in, and importing again goes on."""
    apply = importing._Import._enter_one

    def interrupted(self: Any, one: Any) -> None:
        apply(self, one)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importing._Import, "_enter_one", interrupted)
        status, told = run("import", site / "carrier")
    assert (status, told["error"]["code"]) == (1, "import-stopped")
    assert "1 of 2 files are in the ledger" in told["error"]["what"]
    status, found = run("import", site / "carrier")
    assert (found["admitted"], found["already_present"], found["quarantined"]) == (0, 3, 1)


def test_every_problem_of_an_import_is_written_where_it_is_asked_for(run: Run, site: Path) -> None:
    """One row a file that was not admitted, with its reason; for this user's eyes, and no formula for a spreadsheet."""
    (site / "carrier/damaged.ekr").rename(site / "carrier/=cmd|x!A1.ekr")
    (site / "carrier").rename(site / "=drive")
    run("import", site / "=drive", "--problems", site / "problems.csv", "--jobs", "1")
    rows = (site / "problems.csv").read_text("utf-8").splitlines()
    assert rows[0] == "file,digest,code,what"
    assert [row.split(",")[0] for row in rows[1:]] == ["'=drive/=cmd|x!A1.ekr"]
    assert (site / "problems.csv").stat().st_mode & 0o077 == 0


def test_a_list_of_problems_is_never_written_over(run: Run, site: Path) -> None:
    """A second import into the same file is refused before it begins; one that meets nothing leaves no file."""
    words = ("import", site / "carrier", "--jobs", "1", "--problems")
    (site / "stopped.csv").write_text(table(cli.intake.HEADS, ()))  # an import that was stopped leaves this
    assert run(*words, site / "stopped.csv")[0] == 3
    told = (site / "stopped.csv").read_bytes()
    assert b"carrier/damaged.ekr" in told
    status, refused = run(*words, site / "stopped.csv")
    assert (status, refused["error"]["code"]) == (1, "problems-there")
    assert (site / "stopped.csv").read_bytes() == told
    assert run(*words, site / "again.csv")[0] == 0
    assert not (site / "again.csv").exists()


def test_drives_that_look_alike_are_told_apart(run: Run, site: Path) -> None:
    """Each file is told from its place on, with as much of its path as two of one name need."""
    for n, drive in enumerate(("site-01", "site-02")):
        (site / drive / "bundles").mkdir(parents=True)
        (site / drive / "bundles/x.ekr").write_bytes(RECORDS[n][:-1])
    found = run("import", site / "site-01/bundles", site / "site-02/bundles", "--jobs", "1")[1]
    assert [one["source"] for one in found["problems"]] == ["site-01/bundles/x.ekr", "site-02/bundles/x.ekr"]
    (site / "site-02/bundles/x.ekr").write_bytes(RECORDS[2][:-1])
    (one,) = run("import", site / "site-02/bundles/x.ekr", "--jobs", "1")[1]["problems"]
    assert one["source"] == "x.ekr"


def test_where_problems_cannot_be_written_nothing_is_imported(run: Run, site: Path) -> None:
    """The file is tried out first: a folder of its name is refused before a record is in the ledger."""
    (site / "problems").mkdir()
    status, told = run("import", site / "carrier", "--problems", site / "problems", "--jobs", "1")
    assert (status, told["error"]["code"]) == (1, "file-refused")
    status, told = run("import", site / "carrier", "--jobs", "1")
    assert (status, told["admitted"]) == (3, 3)
