"""The centre's part: ceremony, enrolment, package, plan and release before the day; import and scores after it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from keys.clock import SystemClock
from tests.demo_site import bank
from tests.demo_site.cast import CARRIERS, FIRST, SECOND, SITE, SITTING, Room, plan_file, roster_file
from tests.demo_site.telling import Telling

REPOSITORY, KEYS, EXAM, DESK = "centre/repository", "centre/keys", "centre/exams/cetl-practice-1", "desk"
CARRIER = CARRIERS[0]
OFFICERS = ("officer-1", "officer-2", "officer-3")
HOLDERS = (
    ("packager", "packager"),
    ("registrar", "registrar-1"),
    ("registrar", "registrar-2"),
    ("publisher", "publisher"),
    ("intake", "intake"),
    ("scoring", "scoring"),
    ("centre", "centre"),
)
PEOPLE = (*OFFICERS, *(name for _, name in HOLDERS), FIRST, SECOND)
"""Everybody who has a passphrase."""

Secrets = dict[str, dict[str, str]]
"""Each person's passphrase as the option that hands it over."""


class Office:
    """The centre, with everybody's passphrase."""

    def __init__(self, story: Telling, secret: Secrets, room: Room) -> None:
        """Nothing has happened yet."""
        self.story, self.secret, self.room = story, secret, room

    def key(self, name: str) -> list[str]:
        """The option that names somebody's key."""
        return ["--key", f"{KEYS}/{name}.key"]

    def sign(self, *names: str) -> None:
        """These people sign what waits."""
        for name in names:
            self.story.run("keys", "sign", REPOSITORY, *self.key(name), secrets=self.secret[name])

    def publish(self, carrier: str = CARRIER) -> None:
        """Publish to a carrier; before the day, to the first one."""
        words = ("keys", "publish", REPOSITORY, *self.key("publisher"), "--carrier", carrier)
        self.story.run(*words, secrets=self.secret["publisher"])

    def hold_ceremony(self) -> None:
        """A root of three officers, two of whom sign, and the centre's keys."""
        story, secret = self.story, self.secret
        with story.step("keys", "Three officers and the centre make their keys"):
            new = [("root", name, name) for name in OFFICERS] + [(role, name, KEYS) for role, name in HOLDERS]
            story.together(
                [
                    (["keys", "new", folder, "--role", role, "--name", name], secret[name])
                    for role, name, folder in new
                ]
            )
        with story.step("ceremony", "The ceremony: two of three officers sign, each alone"):
            roots = [word for name in OFFICERS for word in ("--root", f"{name}/{name}.pub")]
            holders = [word for _, name in HOLDERS for word in ("--holder", f"{KEYS}/{name}.pub")]
            story.run("keys", "begin", REPOSITORY, "--threshold", 2, *roots, *holders, "--board", "cetl")
            for name in OFFICERS[:2]:
                story.run("keys", "sign", REPOSITORY, "--key", f"{name}/{name}.key", secrets=secret[name])
            self.sign("packager", "registrar-1", "registrar-2", "intake", "scoring")
            self.publish()

    def enrol_site(self) -> None:
        """Every kiosk and two proctors of one desk ask to be known; two registrars approve what is read out."""
        story, secret = self.story, self.secret
        root = story.report("keys", "fingerprint", REPOSITORY)["fingerprint"]
        typed = ["--site", SITE, "--carrier", CARRIER, "--root-fingerprint", root]
        with story.step(
            "enrolment", f"{len(self.room.kiosks)} kiosks and two proctors enrol; the centre approves"
        ):
            kiosks = [["kiosk", "enrol", "--station", one, "--name", one, *typed] for one in self.room.kiosks]
            asked = story.together([(words, {}) for words in kiosks])
            enrol = ["proctor", "enrol", "--desk", DESK, *typed, "--name"]
            asked.append(story.report(*enrol, FIRST, secrets=secret[FIRST]))
            both = {**secret[SECOND], "--by-fd": secret[FIRST]["--passphrase-fd"]}
            asked.append(story.report(*enrol, SECOND, "--by", FIRST, secrets=both))
            rows = [(f"{CARRIER}/{one['request']}", one["fingerprint"]) for one in asked]
            with (story.folder / "approvals.csv").open("w", newline="") as sheet:
                csv.writer(sheet).writerows([("file", "fingerprint"), *rows])
            approve = ("keys", "approve", REPOSITORY, *self.key("registrar-1"), "--sheet", "approvals.csv")
            story.run(*approve, secrets=secret["registrar-1"])
            self.sign("registrar-2")
            self.publish()

    def announce(self) -> str:
        """Master and pack the exam, publish plan and release; the release code of the day."""
        story, secret, folder = self.story, self.secret, self.story.folder
        with story.step("exam", f"The centre masters {bank.COUNT} items, signs and encrypts the package"):
            made = bank.write(folder / "centre/bank")
            master = ("packages", "master", made, "--out", EXAM, *self.key("scoring"))
            story.run(*master, secrets=secret["scoring"])
            packed = story.report(
                *("packages", "pack", EXAM, "--repository", REPOSITORY, *self.key("packager")),
                *("--handoff-to", f"{KEYS}/registrar-1.pub"),
                secrets=secret["packager"],
            )
            self.sign("packager")
            self.publish()
        with story.step("plan", "The registrar publishes the sitting plan and its release"):
            plan = plan_file(self.room, packed["target"], SystemClock().now().wall)
            (folder / "centre/plan.toml").write_text(plan, "utf-8")
            (folder / "centre/roster.csv").write_text(roster_file(self.room), "utf-8")
            key = ["--repository", REPOSITORY, *self.key("registrar-1")]
            files = ("centre/plan.toml", "centre/roster.csv")
            story.run("packages", "plan", *files, *key, secrets=secret["registrar-1"])
            release = ("packages", "release", SITTING, *key, "--handoff", f"{EXAM}/handoff.json")
            released = story.report(*release, secrets=secret["registrar-1"])
            self.publish()
        return str(released["release_code"])

    # ------------------------------------------------------------------------------------------------------ after

    @property
    def books(self) -> list[str]:
        """The options that name the centre's folder and key."""
        return ["--centre", "centre", *self.key("centre")]

    def take_in(self, carrier: str) -> Any:
        """Import a carrier; nothing of it may need a person."""
        return self.story.report("results", "import", carrier, *self.books, secrets=self.secret["centre"])

    def open_disks(self, files: list[Path]) -> Any:
        """Open what was salvaged; it is held for a person, which the status says."""
        return self.story.ended(
            (3,), "results", "salvage", *files, *self.books, secrets=self.secret["centre"]
        )

    def quarantine(self) -> list[Any]:
        """What is held for a person."""
        told = self.story.report("results", "quarantine", "list", *self.books, secrets=self.secret["centre"])
        held: list[Any] = told["quarantined"]
        return held

    def score(self) -> Any:
        """Score everything that was admitted."""
        both = {
            **self.secret["centre"],
            "--scoring-passphrase-fd": self.secret["scoring"]["--passphrase-fd"],
        }
        words = ("results", "score", *self.books, "--exam-folder", EXAM)
        return self.story.report(*words, "--scoring-key", f"{KEYS}/scoring.key", secrets=both)

    def write_reports(self, run: str) -> Any:
        """The reports of a score run."""
        words = ("results", "report", *self.books, "--run", run, "--out", "centre/reports")
        return self.story.report(*words, secrets=self.secret["centre"])

    def confirm(self, receipt: str) -> Any:
        """Whose finished session a receipt code confirms."""
        secrets = {**self.secret["centre"], "--code-fd": receipt}
        return self.story.report("results", "confirm", *self.books, secrets=secrets)

    def make_receipts(self) -> Any:
        """Copy the ledger to another drive, and sign the receipt of the sitting."""
        both = {**self.secret["centre"], "--intake-passphrase-fd": self.secret["intake"]["--passphrase-fd"]}
        words = ("results", "receipts", *self.books, "--intake", f"{KEYS}/intake.key")
        (made,) = self.story.report(*words, "--backup", "centre-copy", secrets=both)["receipts"]
        return made
