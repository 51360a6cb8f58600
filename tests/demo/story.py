"""The story itself: centre, site, room, desk and centre again, each step by the product's own commands."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from keys.clock import SystemClock
from keys.primitives import entropy
from tests.demo import at_protocol, at_terminal
from tests.demo.cast import PLAYERS, PROCTOR, RESERVE, SITE, SITTING, Player, choices
from tests.demo.commands import PROGRAM, StepFailedError, Story, finish, start
from tests.demo.terminal import Terminal
from tests.demo.texts import Bank, plan_file, roster_file

REPOSITORY, KEYS, CARRIER, DESK = "centre/repository", "centre/keys", "carrier", "desk"
EXAM = "centre/exams/cetl-practice-1"
BANK = Path(__file__).parents[2] / "exam_packages/samples/cetl-practice"
OFFICERS = ("officer-1", "officer-2", "officer-3")
HOLDERS = (
    ("packager", "packager"),
    ("registrar", "registrar-1"),
    ("registrar", "registrar-2"),
    ("publisher", "publisher"),
    ("intake", "intake"),
    ("scoring", "scoring"),
    ("centre", "centre"),
    ("centre", "escrow"),
)
AT_ONCE = 4


def tell(folder: Path, *, mine: bool, watched: bool) -> dict[str, Any]:
    """Run everything in `folder`, made fresh, and return the summary of what happened.

    `mine`: a person sits at kiosk-01; `watched`: the real kiosk's screen is shown while it is driven.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / CARRIER).mkdir()
    story = Story(folder)
    words = {
        name: entropy(12).hex() for name in (*OFFICERS, *(name for _, name in HOLDERS), PROCTOR, RESERVE)
    }
    telling = _Telling(story, {name: {"--passphrase-fd": word} for name, word in words.items()})
    print(f"The story happens in {os.path.relpath(folder)}, with the commands that README.md lists.")
    telling.centre_makes_keys()
    telling.site_enrols()
    release_code = telling.centre_publishes()
    codes = telling.desk_opens(release_code)
    receipts = telling.candidates_sit(codes, mine=mine, watched=watched)
    closed = telling.desk_closes()
    return telling.centre_scores(receipts, closed)


class _Telling:
    """The steps in order; `secret` holds each person's passphrase as the option that hands it over."""

    def __init__(self, story: Story, secret: dict[str, dict[str, str]]) -> None:
        self.story, self.secret = story, secret
        self.fingerprints: dict[str, str] = {}

    def centre_makes_keys(self) -> None:
        """A root of three officers, two of whom sign, and the centre's keys."""
        run, secret = self.story.run, self.secret
        with self.story.step("keys", "Three officers and the centre make their keys"):
            new = [("root", name, name) for name in OFFICERS] + [(role, name, KEYS) for role, name in HOLDERS]
            self._together(
                [
                    (["keys", "new", folder, "--role", role, "--name", name], secret[name])
                    for role, name, folder in new
                ]
            )
        with self.story.step("ceremony", "The ceremony: two of three officers sign, each alone"):
            roots = [word for name in OFFICERS for word in ("--root", f"{name}/{name}.pub")]
            holders = [word for _, name in HOLDERS for word in ("--holder", f"{KEYS}/{name}.pub")]
            run("keys", "begin", REPOSITORY, "--threshold", 2, *roots, *holders, "--board", "cetl")
            for name in OFFICERS[:2]:
                run("keys", "sign", REPOSITORY, "--key", f"{name}/{name}.key", secrets=secret[name])
            self._sign("packager", "registrar-1", "registrar-2", "intake", "scoring")
            self._publish()

    def _sign(self, *names: str) -> None:
        for name in names:
            self.story.run(
                *("keys", "sign", REPOSITORY, "--key", f"{KEYS}/{name}.key"), secrets=self.secret[name]
            )

    def _publish(self) -> None:
        publisher = f"{KEYS}/publisher.key"
        self.story.run(
            *("keys", "publish", REPOSITORY, "--key", publisher, "--carrier", CARRIER),
            secrets=self.secret["publisher"],
        )

    def _together(self, commands: list[tuple[list[str], dict[str, str]]]) -> None:
        """Run commands side by side, two at a time: each spends its time on a passphrase."""
        folder = self.story.folder

        def one(command: tuple[list[str], dict[str, str]]) -> None:
            words, secrets = command
            finish(start(words, folder=folder, secrets=secrets), words)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, commands))

    def site_enrols(self) -> None:
        """Twelve kiosks, a proctor and a sealed reserve ask to be known; two registrars approve what is read out."""
        story = self.story
        root = story.report("keys", "fingerprint", REPOSITORY)["fingerprint"]
        typed = ["--carrier", CARRIER, "--root-fingerprint", root]
        rows = []
        with story.step("enrolment", "Twelve kiosks and a proctor enrol; two registrars approve"):
            for player in PLAYERS:
                asked = story.report(
                    *("kiosk", "enrol", "--station", player.kiosk, "--site", SITE, "--name", player.kiosk),
                    *typed,
                )
                rows.append((f"{CARRIER}/{asked['request']}", asked["fingerprint"]))
            asked = story.report(
                *("proctor", "enrol", "--desk", DESK, "--site", SITE, "--name", PROCTOR),
                *typed,
                secrets=self.secret[PROCTOR],
            )
            rows.append((f"{CARRIER}/{asked['request']}", asked["fingerprint"]))
            asked = story.report(
                *("proctor", "enrol", "--desk", "sealed-reserve", "--site", SITE, "--name", RESERVE),
                *typed,
                secrets=self.secret[RESERVE],
            )
            rows.append((f"{CARRIER}/{asked['request']}", asked["fingerprint"]))
            with (story.folder / "approvals.csv").open("w", newline="") as sheet:
                csv.writer(sheet).writerows([("file", "fingerprint"), *rows])
            story.run(
                *("keys", "approve", REPOSITORY, "--key", f"{KEYS}/registrar-1.key"),
                *("--sheet", "approvals.csv"),
                secrets=self.secret["registrar-1"],
            )
            self._sign("registrar-2")
            self._publish()

    def centre_publishes(self) -> str:
        """Master and pack the exam, publish plan and release; the release code of the day."""
        story, folder = self.story, self.story.folder
        with story.step("mastering", "The centre masters 100 items into a form and its scoring key"):
            story.run("packages", "check", BANK)
            story.run(
                *("packages", "master", BANK, "--out", EXAM, "--key", f"{KEYS}/scoring.key"),
                secrets=self.secret["scoring"],
            )
        with story.step("package", "The packager signs and encrypts the package and publishes it"):
            packed = story.report(
                *("packages", "pack", EXAM, "--repository", REPOSITORY, "--key", f"{KEYS}/packager.key"),
                *("--handoff-to", f"{KEYS}/registrar-1.pub"),
                secrets=self.secret["packager"],
            )
            self._sign("packager")
            self._publish()
        with story.step("plan", "The registrar publishes the sitting plan and its release"):
            now = SystemClock().now().wall
            (folder / "centre/plan.toml").write_text(plan_file(packed["target"], now), "utf-8")
            (folder / "centre/roster.csv").write_text(roster_file(), "utf-8")
            key = ["--repository", REPOSITORY, "--key", f"{KEYS}/registrar-1.key"]
            story.run(
                *("packages", "plan", "centre/plan.toml", "centre/roster.csv", *key),
                secrets=self.secret["registrar-1"],
            )
            released = story.report(
                *("packages", "release", SITTING, *key, "--handoff", f"{EXAM}/handoff.json"),
                secrets=self.secret["registrar-1"],
            )
            self._publish()
        return str(released["release_code"])

    def desk_opens(self, release_code: str) -> dict[str, tuple[str, str]]:
        """The proctor opens the sitting; start and admission code of every candidate."""
        story = self.story
        with story.step("opening", "The proctor opens the sitting: an unlock file for every kiosk"):
            story.run(
                *("proctor", "open", "--desk", DESK, "--carrier", CARRIER, "--sitting", SITTING),
                secrets={**self.secret[PROCTOR], "--code-fd": release_code},
            )
            shown = story.report("proctor", "codes", "--desk", DESK, secrets=self.secret[PROCTOR])
        starts = {row["kiosk"]: row["start_code"] for row in shown["kiosks"]}
        return {
            row["candidate"]: (starts[row["kiosk"]], row["admission_code"]) for row in shown["candidates"]
        }

    def more_time(self, player: Player) -> str:
        """A code that adds ten minutes for this candidate."""
        shown = self.story.report(
            *("proctor", "add-time", player.number, "--desk", DESK),
            *("--minutes", "10", "--reason", "started-late"),
            secrets=self.secret[PROCTOR],
        )
        return str(shown["code"])

    def candidates_sit(
        self, codes: dict[str, tuple[str, str]], *, mine: bool, watched: bool
    ) -> dict[str, str]:
        """Twelve sittings; the first at the real screen, one of the others through a power cut."""
        bank = Bank.load(BANK)
        first, *others = PLAYERS
        if mine:
            print(
                f"\n  You are {first.name}, candidate {first.number}.\n"
                f"  Start code {codes[first.number][0]}, admission code {codes[first.number][1]}.\n"
                "  Write them down, then press Enter."
            )
            sys.stdin.readline()
        with (
            self.story.step("sitting", "Twelve candidates sit, one of them at the real screen"),
            ThreadPoolExecutor(AT_ONCE) as room,
        ):
            sittings = {one.number: room.submit(self._sit, one, codes[one.number], bank) for one in others}
            at_screen = self._sit_in_person if mine else self._sit_at_terminal
            receipts = {first.number: at_screen(first, codes[first.number], bank, watched=watched)}
            receipts |= {number: sitting.result() for number, sitting in sittings.items()}
        return receipts

    def _sit(self, player: Player, codes: tuple[str, str], bank: Bank) -> str:
        folder = self.story.folder
        picked = choices(player, bank.correct, bank.options)
        kiosk = at_protocol.Kiosk(folder / player.kiosk, folder / CARRIER)
        view = at_protocol.begin(kiosk, player, *codes)
        count = len(view.marks)
        if player is PLAYERS[1]:
            before = at_protocol.answer(kiosk, picked, range(count // 2)).marks
            kiosk.pull_the_plug()
            again = self.story.report(
                *("proctor", "resume-code", "--desk", DESK, "--kiosk", player.kiosk),
                secrets=self.secret[PROCTOR],
            )
            after = at_protocol.resume(kiosk, again["resume_code"]).marks
            if after != before:
                raise StepFailedError(f"{player.kiosk} lost an answer in the power cut")
            at_protocol.answer(kiosk, picked, range(count // 2, count))
        else:
            at_protocol.answer(kiosk, picked, range(count))
        return at_protocol.hand_in(kiosk)

    def _sit_at_terminal(self, player: Player, codes: tuple[str, str], bank: Bank, *, watched: bool) -> str:
        picked = choices(player, bank.correct, bank.options)

        def mirror(drawn: bytes) -> None:
            sys.stdout.buffer.write(drawn)
            sys.stdout.buffer.flush()

        terminal = Terminal(
            ["kiosk", "run", "--station", player.kiosk, "--carrier", CARRIER],
            self.story.folder,
            mirror if watched else None,
        )
        try:
            return at_terminal.sit(terminal, player, (*codes, self.more_time(player)), picked, bank)
        finally:
            terminal.hang_up()

    def _sit_in_person(self, player: Player, codes: tuple[str, str], bank: Bank, *, watched: bool) -> str:
        words = [PROGRAM, "kiosk", "run", "--station", player.kiosk, "--carrier", CARRIER]
        ended = subprocess.run(words, cwd=self.story.folder, check=False)
        if ended.returncode:
            raise StepFailedError(f"the kiosk program ended with status {ended.returncode}")
        return ""

    def desk_closes(self) -> dict[str, Any]:
        """Collect, reconcile, close, bundle with the proctor's countersignature."""
        desk = ["--desk", DESK, "--carrier", CARRIER]
        with self.story.step("closing", "The proctor collects, closes and countersigns the bundle"):
            self.story.run("proctor", "close", *desk, secrets=self.secret[PROCTOR])
            made: dict[str, Any] = self.story.report("proctor", "bundle", *desk, secrets=self.secret[PROCTOR])
        return made

    def centre_scores(self, receipts: dict[str, str], closed: dict[str, Any]) -> dict[str, Any]:
        """Import, score, report; the summary."""
        story, secret = self.story, self.secret
        centre = ["--centre", "centre", "--key", f"{KEYS}/centre.key"]
        with story.step("import", "The centre imports the carrier: verify, open, replay, admit"):
            imported = story.report("results", "import", CARRIER, *centre, secrets=secret["centre"])
        with story.step("scoring", "The centre scores"):
            scored = story.report(
                *("results", "score", *centre, "--exam-folder", EXAM),
                *("--scoring-key", f"{KEYS}/scoring.key"),
                secrets={**secret["centre"], "--scoring-passphrase-fd": secret["scoring"]["--passphrase-fd"]},
            )
        with story.step("report", "The centre writes the reports"):
            made = story.report(
                *("results", "report", *centre, "--run", scored["run"], "--out", "centre/reports"),
                secrets=secret["centre"],
            )
        with story.step("receipt", "A candidate's receipt code is confirmed"):
            code = next(code for code in receipts.values() if code)
            story.run("results", "confirm", *centre, secrets={**secret["centre"], "--code-fd": code})
        return {
            "sessions": len(receipts),
            "sealed": closed["records"],
            "imported": imported["admitted"],
            "quarantined": imported["quarantined"],
            "scored": scored["scored"],
            "report": made["sitting_report"],
            "seconds": story.seconds,
        }
