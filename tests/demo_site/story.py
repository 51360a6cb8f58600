"""The day in its order: the centre's work before it, the desk's from the first look to the bundle, and the scores."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from keys.primitives import entropy
from tests.demo.texts import Bank
from tests.demo_site.cast import CARRIERS, SECOND, SITTING, Part, Room, Turn
from tests.demo_site.centre import PEOPLE, Office
from tests.demo_site.desk import Proctors
from tests.demo_site.telling import LOOKED, Telling
from tests.demo_site.turns import Day

LIGHTLY = (sys.executable, str(Path(__file__).with_name("lightly.py")), "exam-kiosk")
AT_ONCE = 2
"""How many candidates sit while the next ones are admitted."""
A, B = CARRIERS
EIGHT = 8
"""Slips on a sheet."""
LATER, PAPER = "carrier-c", "paper"


def tell(folder: Path, room: Room, *, lightly: bool = False) -> dict[str, Any]:
    """Run the whole day in `folder`, made fresh, and return the summary of it. Raises `StepFailedError`.

    `lightly`: with the least Argon2id work; the room has nobody at the real screen then.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / A).mkdir(parents=True)
    (folder / PAPER).mkdir()
    secret = {name: {"--passphrase-fd": entropy(12).hex()} for name in PEOPLE}
    story = Telling(folder, program=LIGHTLY) if lightly else Telling(folder)
    told = _Told(story, Office(story, secret, room), Proctors(story, secret), room)
    print(f"One sitting at one site, in {os.path.relpath(folder)}, with the commands that README.md lists.")
    told.before_the_day()
    told.desk_opens()
    told.candidates_sit()
    told.alarm_goes()
    told.records_come_in()
    told.desk_closes()
    told.centre_counts()
    told.receipts_come_back()
    return told.summary


class _Told:
    """The chapters in their order."""

    def __init__(self, story: Telling, office: Office, desk: Proctors, room: Room) -> None:
        self.story, self.office, self.desk, self.room = story, office, desk, room
        self.check, self.note = story.check, story.note
        self.codes: dict[str, str] = {}
        self.release_code = ""
        self.summary: dict[str, Any] = {"candidates": len(room.parts), "seconds": story.seconds}

    def before_the_day(self) -> None:
        """The centre's ceremony, the site's enrolment, the exam, the plan."""
        accommodated = len(self.room.at(Turn.MORE_TIME)) + len(self.room.at(Turn.OWN_BREAK))
        self.story.chapter(
            "The weeks before",
            f"The centre makes its keys and the exam. The site has {len(self.room.parts)} candidates, "
            f"{accommodated} with accommodations, as many kiosks, {len(self.room.spares)} spare, and one desk.",
        )
        self.office.hold_ceremony()
        self.office.enrol_site()
        self.release_code = self.office.announce()

    def desk_opens(self) -> None:
        """Preflight, opening, codes on paper, a second carrier."""
        story, desk = self.story, self.desk
        story.chapter(
            "The day before, and the morning",
            "The desk looks everything over, then opens the sitting with the release code that is told on the day.",
        )
        with story.step("preflight", "Preflight at the desk and at a kiosk"):
            mine = desk.preflight(A)
            kiosk = story.ended(
                LOOKED, "kiosk", "preflight", "--station", self.room.kiosks[0], "--carrier", A
            )
        for where, found in (("desk", mine), ("kiosk", kiosk)):
            self.note(_lights(where, found["checks"]))
            lights = {one["name"]: one["light"] for one in found["checks"]}
            for name in ("Plan", "Package", "Lists last", "Carrier health"):
                self.check(lights[name] == "green", f"preflight of the {where}: {name} is {lights[name]}")
        with story.step(
            "opening", f"The proctor opens: an unlock file for each of {len(self.room.kiosks)} kiosks"
        ):
            opened = desk.open(A, self.release_code)
            self.check(opened["kiosks"] == len(self.room.kiosks), "an unlock file is missing")
        with story.step("slips", "Slips with the admission codes are printed; the carrier is copied"):
            slips = desk.do("slips", "--out", f"{PAPER}/slips.pdf")
            self.check(slips["slips"] == len(self.room.parts), f"{slips['slips']} slips")
            self._is_pdf("slips.pdf", sheets=-(-len(self.room.parts) // EIGHT))
            shutil.copytree(story.folder / A, story.folder / B)

    def candidates_sit(self) -> None:
        """Everyone is checked, admitted or not, and sits; what happens is told in the order of the roster."""
        bank, light = Bank.load(self.story.folder / "centre/bank"), self.story.program == LIGHTLY
        day = self.day = Day(self.story.folder, self.desk, self.room, bank, lightly=light)
        self.story.chapter(
            "The doors open",
            "Each candidate is compared with a document and admitted; each sits at a real session process, "
            f"{AT_ONCE} at a time, while the desk goes on with the next.",
        )
        sittings: dict[Part, Future[str]] = {}
        with (
            self.story.step("sitting", f"{len(self.room.parts)} on the roster"),
            ThreadPoolExecutor(AT_ONCE) as seats,
        ):
            for one in self.room.parts:
                if one.turn is Turn.REFUSED:
                    self._turn_away(one)
                elif one.turn is not Turn.ABSENT:
                    self.codes[one.number] = self.desk.admit(one.number, slip=one.turn is Turn.PLAIN)
                    if one.turn is not Turn.ALARM:
                        sittings[one] = seats.submit(day.sit, one, self.codes[one.number])
            told = {one: sitting.result() for one, sitting in sittings.items()}
        plain = [one for one in told if one.turn is Turn.PLAIN]
        for one in self.room.parts:
            if one.turn is Turn.REFUSED:
                self.note(f"{one.told()} is turned away: the document has another name")
            elif one.turn is Turn.ABSENT:
                self.note(f"{one.told()} never comes")
            elif told.get(one):
                self.note(f"{one.told()} {told[one]}")
        if plain:
            self.note(f"{plain[0].number} and {len(plain) - 1} others answered everything and handed in")

    def _turn_away(self, one: Part) -> None:
        words = ("identity", one.number, "--document", "passport", "--photo", "--name-differs")
        self.desk.do(*words)
        why = self.desk.refused("identity-differs", "admit", one.number)
        self.check(one.number in why, "the refusal does not say who")
        self.desk.do("refuse", one.number, "--reason", "name-differs", "--note", "Sent to the exam office.")

    def alarm_goes(self) -> None:
        """The room's pause, and the other two incidents."""
        with self.story.step("alarm", "A fire alarm at the end; three incidents are written down"):
            told = self.day.alarm(self.codes)
            moved, cut = self.room.the(Turn.MOVED), self.room.the(Turn.CREDITED)
            text = "Dead after a short circuit; moved with the second drive."
            self.desk.do("incident", "K2", "--candidate", moved.number, "--text", text, by=SECOND)
            self.desk.do("incident", "R3", "--candidate", cut.number, "--text", "A plug was pulled.")
            noted = self.desk.do("incidents")["incidents"]
            about = Counter("candidate" if one["candidates"] else "room" for one in noted)
            self.check(about == {"candidate": 2, "room": 1}, f"incidents: {about}")
        self.note(told)
        self.note("; ".join(f"{one['category']} {one['words']}" for one in noted))

    def records_come_in(self) -> None:
        """Two carriers, in parts and twice."""
        story, sat = self.story, self.room.sitting
        story.chapter(
            "Close-out",
            "Every finished test is a sealed record on one of two carriers. They are collected in parts, and again; "
            "then nobody may be left without a final state.",
        )
        due = {one: sum(self.room.carrier(part) == one for part in sat) for one in CARRIERS}
        with story.step("collecting", "Records are collected from two carriers, in parts and twice"):
            later = sorted((story.folder / A / "records" / SITTING).glob("*.ekr"))[-2:]
            for file in later:
                file.rename(story.folder / file.name)
            found = [self._collected(A)]
            for file in later:
                (story.folder / file.name).rename(file)
            found += [self._collected(one) for one in (A, B, B)]
            parts = [(due[A] - 2, 0), (2, due[A] - 2), (due[B], 0), (0, due[B])]
            self.check(found == parts, f"collected {found}, not {parts}")
        for where, (new, known) in zip((A, A, B, B), found, strict=True):
            self.note(f"{where}: {new} new, {known} known already")
        with story.step("salvage", "The dead kiosk's disk is salvaged, unopened, to a carrier"):
            dead = self.room.the(Turn.MOVED)
            taken = story.report("kiosk", "salvage", "--station", dead.kiosk, "--carrier", B)
            self.check(len(taken["taken"]) == 1 and not taken["left"], f"salvaged: {taken}")
            self.disk = story.folder / B / taken["taken"][0]["name"]

    def _collected(self, carrier: str) -> tuple[int, int]:
        told = self.desk.do("status", "--carrier", carrier)
        self.check(not told["refused"], f"refused: {told['refused']}")
        return told["new"], told["known"]

    def desk_closes(self) -> None:
        """It does not close before it balances; then page and bundle."""
        story, desk, absent = self.story, self.desk, self.room.the(Turn.ABSENT)
        with story.step("closing", "It closes only when it balances"):
            why = desk.refused("sitting-not-balanced", "close")
            self.check(absent.number in why, f"who is missing is not named: {why}")
            desk.do("absent", absent.number, "--as", "no-show")
            desk.do("closing-page", "--out", f"{PAPER}/initials.pdf")
            closed = desk.do("close", by=SECOND)
            outcomes = {state: count for state, count in closed["outcomes"].items() if count}
            due = Counter(
                {Turn.ENDED: "ended by proctor", Turn.REFUSED: "turned away", Turn.ABSENT: "no-show"}.get(
                    one.turn, "completed"
                )
                for one in self.room.parts
            )
            self.check(outcomes == due, f"{outcomes}, not {dict(due)}")
        self.note(why)
        total = " + ".join(f"{count} {state}" for state, count in outcomes.items())
        self.note(f"{closed['authorised']} authorised = {total}")
        with story.step("bundle", "Closing page on one sheet; the signed bundle on both carriers"):
            page = desk.do("closing-page", "--out", f"{PAPER}/closing-page.pdf")
            desk.do("closing-page", "--out", f"{PAPER}/closing-page.txt")
            self.check(page["closed"], "the page is not signed")
            self._is_pdf("closing-page.pdf", sheets=1)
            bundles = [desk.do("bundle", "--carrier", one) for one in CARRIERS]
            self.check(bundles[0] == bundles[1], "the two bundles differ")
            self.check(bundles[0]["records"] == len(self.room.sitting), f"{bundles[0]['records']} records")
        self.summary |= {"records": bundles[0]["records"], "outcomes": outcomes}

    def centre_counts(self) -> None:
        """Both carriers in, the disk held for a person, everything scored, and nothing unexplained."""
        story, office, sat = self.story, self.office, self.room.sitting
        story.chapter(
            "At the centre",
            "Both carriers are imported; each record is verified, opened and replayed, and what the desk issued is "
            "compared with what the kiosks redeemed.",
        )
        with story.step("import", "The first carrier, then the second one with the same"):
            first, again = office.take_in(A), office.take_in(B)
            self.check((first["admitted"], first["quarantined"]) == (len(sat), 0), f"imported: {first}")
            self.check((again["admitted"], again["quarantined"]) == (0, 0), f"imported again: {again}")
            self.check(not office.quarantine(), "something is in quarantine")
        self.note(
            f"{first['admitted']} records admitted, 0 in quarantine; again: 0 new, {again['already_present']} known"
        )
        with story.step("disk", "The dead kiosk's disk is opened and held for a person"):
            office.open_disks([self.disk])
            held = office.quarantine()
            self.check([one["source"] for one in held] == [self.disk.name], f"in quarantine: {held}")
        self.note(held[0]["what"])
        with story.step("scoring", "Scores and reports"):
            scored = office.score()
            made = office.write_reports(scored["run"])
            self.check((scored["scored"], scored["left_out"]) == (len(sat), []), f"scored: {scored}")
            self._compare(story.folder / made["sitting_report"])
        self.note(made["reconciliation"][0])
        self.note(
            "issued and redeemed codes agree; only those who had handed in never typed the room's two codes"
        )
        with story.step("receipt", "The moved candidate's receipt code is confirmed"):
            moved = self.room.the(Turn.MOVED).number
            found = office.confirm(self.day.receipts[moved])
            self.check(found["candidate"] == moved, f"the receipt is that of {found['candidate']}")
        self.summary |= {
            "imported": first["admitted"],
            "quarantined": len(held),
            "scored": scored["scored"],
            "report": made["sitting_report"],
        }

    def _compare(self, page: Path) -> None:
        """What the report tells of desk and kiosks: every act, and no difference but the room's codes at those who had
        handed in before the alarm.
        """
        text = " ".join(page.with_suffix(".txt").read_text("utf-8").split())
        for words in ("is not in the desk", "resume codes for it", "no admission code"):
            self.check(words not in text, f"the report says “{words}”")
        self.check(
            not re.search(r"(?<!Room )code \d+ \([^)]*\) was issued", text), "a code was never redeemed"
        )
        for words, times in (
            ("resumed 1 time", 2),
            ("by two persons", 2),
            ("moved in with", 1),
            ("the answers of the first kiosk came along", 1),
            ("pause of the room of", len(self.room.at(Turn.ALARM))),
        ):
            self.check(text.count(words) == times, f"the report says “{words}” {text.count(words)} times")
        found = re.search(r"To look at (.*?) candidate kiosk", text)
        look = re.split("(?:^| )- ", found.group(1))[1:] if found else []
        self.check(all(one.startswith("Room code") for one in look), f"to look at: {look}")
        paused = {one.kiosk for one in self.room.at(Turn.ALARM)}
        named = {kiosk for one in look for kiosk in re.findall(r"kiosk-\d+", one)}
        self.check(not paused & named, f"the room's codes were not redeemed at {sorted(paused & named)}")

    def receipts_come_back(self) -> None:
        """The centre's receipts, and what is purged by them: exactly what they confirm."""
        story, desk, sat = self.story, self.desk, self.room.sitting
        dead = self.room.the(Turn.MOVED)
        story.chapter(
            "Afterwards",
            "The centre copies its ledger and signs a receipt for what it has. By that, and by nothing else, desk and "
            "kiosks delete.",
        )
        with story.step("receipts", "Receipts, signed by intake, on a later carrier"):
            why = desk.refused("receipt-missing", "purge", "--carrier", A)
            made = self.office.make_receipts()
            self.check((made["confirmed"], made["desks"]) == (len(sat), 1), f"receipt: {made}")
            (story.folder / LATER).mkdir()
            self.office.publish(LATER)
        self.note(f"before: {why}")
        self.note(f"{made['confirmed']} records and the desk's journal are confirmed")
        with story.step("purge", "The desk and every kiosk purge what is confirmed, and only that"):
            gone = desk.do("purge", "--carrier", LATER)
            self.check(gone["gone"], f"the desk keeps it: {gone}")
            used = [self.room.spares[0] if one is dead else one.kiosk for one in sat]
            words = [["kiosk", "purge", "--station", one, "--carrier", LATER] for one in used]
            done = story.together([(one, {}) for one in words])
            self.check(all(one["gone"] and not one["stayed"] for one in done), f"purged: {done}")
            kept = story.ended((3,), "kiosk", "purge", "--station", dead.kiosk, "--carrier", LATER)
            self.check(kept["stayed"] and not kept["gone"], f"{dead.kiosk}: {kept}")
            left = [one for one in used if any((story.folder / one).rglob("vault.db"))]
            self.check(not left, f"a vault is left at {left}")
        self.note(f"gone: the desk's sitting, and that of {len(done)} kiosks")
        self.note(f"kept: {dead.kiosk}, whose disk a person still looks at: {kept['stayed'][0]['what']}")

    def _is_pdf(self, name: str, *, sheets: int) -> None:
        raw = (self.story.folder / PAPER / name).read_bytes()
        found = len(re.findall(rb"/Type /Page\b", raw))
        self.check(
            raw.startswith(b"%PDF-") and found == sheets, f"{name} is no PDF of {sheets} sheets: {found}"
        )


def _lights(where: str, checks: list[Any]) -> str:
    count = Counter(one["light"] for one in checks)
    others = ", ".join(f"{one['name']} {one['light']}" for one in checks if one["light"] != "green")
    return f"{where}: {count['green']} green" + (f"; {others}" if others else "")
