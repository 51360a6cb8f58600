"""The season in its order: drives come in, nobody is missing, scores are made, mended, defended and given out."""

from __future__ import annotations

import csv
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.demo_centre import season, truth
from tests.demo_centre.office import EXAM, Office
from tests.demo_centre.season import Job
from tests.demo_site.telling import Telling

LIGHTLY = (sys.executable, str(Path(__file__).parents[1] / "demo_site/lightly.py"), "exam-kiosk")
SAMPLES = Path(__file__).parents[2] / "exam_packages/samples"
ATTENTION = 3
"""The status of a command after which a person has something to look at."""
LEAST_R = {"difficulty": 0.98, "discrimination": 0.85, "ability": 0.94}
"""What the analysis must recover, as correlation with the truth: far below what 2,000 candidates and 100 items give."""
MOST_OFF = {"difficulty": 0.15, "discrimination": 0.15}
"""The greatest root mean square error of item parameters, in the model's units."""


def tell(folder: Path, *, sites: int = season.SITES) -> dict[str, Any]:
    """Run the season in `folder`, made fresh, and return the summary of it. Raises `StepFailedError`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    story = Telling(folder, program=LIGHTLY)
    told = _Told(story, Office(folder, sites))
    print(f"A season of {sites} sites, in {os.path.relpath(folder)}, with the centre's own commands.")
    told.season_passes()
    told.drives_come_in()
    told.everyone_is_accounted_for()
    told.scores_are_made()
    told.analysis_recovers_the_truth()
    told.key_is_mended()
    told.results_go_out()
    return told.summary


class _Told:
    """The chapters in their order."""

    def __init__(self, story: Telling, office: Office) -> None:
        self.story, self.office = story, office
        self.check, self.note = story.check, story.note
        self.jobs: list[Job] = []
        self.summary: dict[str, Any] = {"candidates": office.count, "seconds": story.seconds}
        self.opened: dict[str, str] = {"--passphrase-fd": office.passphrase}

    def ask(self, *words: object, status: int = 0, **more: str) -> Any:
        """One command of the centre, and what it answers."""
        secrets = {**self.opened, **{f"--{name.replace('_', '-')}": secret for name, secret in more.items()}}
        return self.story.ended((status,), "results", *words, "--centre", "centre", secrets=secrets)

    # -------------------------------------------------------------------------------------------------- the season

    def season_passes(self) -> None:
        """Everything before the drives come back, made by the same code as at real sites."""
        story, office = self.story, self.office
        story.chapter(
            "A season",
            f"{office.sites} sites with {season.KIOSKS} kiosks hold {season.SITTINGS} sittings each: {office.count} "
            "candidates, who answer by a two-parameter logistic model. The key of one item is wrong, one item is "
            "harder for one group, and one candidate copies.",
        )
        with story.step("ceremony", "The ceremony, the exam, and every site's enrolment"):
            office.hold_ceremony()
            exam, mastered, _ = office.make_exam()
            sites = office.enrol()
        with story.step("plans", f"{office.sites * season.SITTINGS} plans and releases"):
            self.jobs, self.truth = office.plan(sites, exam, mastered)
        with story.step("sittings", "The sittings are held; a signed bundle of sealed records each"):
            self.records = office.hold(self.jobs)
        self.items = [one.item for one in mastered.scoring_key.keys]
        self.note(f"{self.records} sealed records on {office.sites} drives")

    def drives_come_in(self) -> None:
        """One drive is late, one file is damaged, one drive comes twice."""
        story, folder = self.story, self.story.folder
        story.chapter(
            "Drives come in",
            "The last site's drive is late. On the second site's drive a bundle is damaged; a sound copy comes later.",
        )
        late = folder / "drives" / season.site_name(self.office.sites - 1)
        late.rename(folder / "late")
        damaged = folder / "drives" / season.site_name(1) / "bundles" / f"{season.site_name(1)}-1.ekb"
        sound = damaged.read_bytes()
        spoiled = bytearray(sound)
        spoiled[len(sound) // 2] ^= 1
        damaged.write_bytes(bytes(spoiled))
        with story.step("import", f"{self.office.sites - 1} drives are imported, on all cores"):
            first = self.ask("import", "drives", status=ATTENTION)
        whole = self._records(lambda job: job.site.name != late.name)
        self.check(first["bundles"]["quarantined"] == 1, f"imported: {first['bundles']}")
        self.check(
            first["admitted"] + first["quarantined"] in {whole, whole - season.KIOSKS}, f"imported: {first}"
        )
        self.note(f"{first['admitted']} records admitted; held: {first['problems'][0]['what']}")
        with story.step("quarantine", "The damaged bundle is looked at; the sound copy comes"):
            held = self.ask("quarantine", "list")["quarantined"]
            self.check(held, "nothing is in quarantine")
            (folder / "second-copy").mkdir()
            (folder / "second-copy" / damaged.name).write_bytes(sound)
            self.ask("import", "second-copy")
            why = ("--by", "Lee", "--reason", "Damaged; the sound copy is here.")
            for one in held:
                self.ask("quarantine", "reject", one["digest"], *why)

    def everyone_is_accounted_for(self) -> None:
        """The late site is missed by name; when it is here, nobody is."""
        story, last = self.story, self.office.sites - 1
        story.chapter(
            "Everyone is accounted for",
            "Every authorised candidate of every published plan has one final state; what is missing has a name.",
        )
        with story.step("missing", "Who is missing is named"):
            found = self.ask("reconcile", status=ATTENTION)
        self.check(found["missing_sites"] == [season.site_name(last)], f"missing: {found['missing_sites']}")
        self.note(f"missing: {season.site_name(last)}, with {season.SITTINGS} sittings")
        with story.step("late", "The late drive comes; nobody is missing"):
            self.ask("import", "late")
            found = self.ask("reconcile")
        self.check((found["open"], found["missing_sites"]) == (0, []), f"open: {found['open']}")
        states: dict[str, int] = {}
        for site in found["sites"]:
            for sitting in site["sittings"]:
                for state, count in sitting["states"].items():
                    states[state] = states.get(state, 0) + count
        self.check(sum(states.values()) == self.office.count, f"states: {states}")
        self.note(
            f"{self.office.count} authorised = " + " + ".join(f"{n} {one}" for one, n in states.items())
        )
        with story.step("again", "Every drive is imported again: nothing changes"):
            again = self.ask("import", "drives", "late", "second-copy")
        self.check(
            (again["admitted"], again["already_present"] >= self.records) == (0, True), f"again: {again}"
        )
        self.summary |= {"records": self.records, "states": states}

    # -------------------------------------------------------------------------------------------------- scores

    def scores_are_made(self) -> None:
        """One run over everything."""
        self.story.chapter("Scores", "A score run is named by its inputs; made again, it is the same run.")
        with self.story.step("scoring", "Everyone is scored, and scored again"):
            first, again = self._score(), self._score()
        self.check(first["scored"] == self.records and not first["left_out"], f"scored: {first}")
        self.check((again["run"], again["new"]) == (first["run"], False), f"again: {again['run']}")
        self.run = str(first["run"])
        self.note(f"{self.run}: {first['scored']} scored, {first['passed']} passed")
        self.summary |= {"scored": first["scored"], "passed": first["passed"]}

    def analysis_recovers_the_truth(self) -> None:
        """Item parameters and abilities against the truth, and the three planted faults found."""
        story, t = self.story, self.truth
        story.chapter(
            "Is the exam sound",
            "The analysis knows only the answers. It must find again what the answers were made from.",
        )
        with story.step("items", "Items, options, reliability, decision consistency"):
            found = self._of_run("analyse")
        flagged = sorted({one["subject"] for one in found["flags"] if one["code"] != "distractor-unused"})
        wrong = self.items[truth.MISKEYED]
        by_item = {one["id"] if "id" in one else one["item"]: one for one in found["items"]}
        self.check(by_item[wrong]["discrimination"] < 0, f"{wrong}: {by_item[wrong]['discrimination']}")
        self.check(wrong in flagged, f"{wrong} is not flagged: {flagged}")
        self.note(
            f"reliability (alpha) {found['test']['alpha']:.3f}, SEM {found['test']['sem']:.2f} items; "
            f"decision consistency {found['decision']['consistency']:.3f}"
        )
        self.note(f"{wrong}: discrimination {by_item[wrong]['discrimination']:.2f}: its key is wrong")
        with story.step("irt", "Two-parameter logistic model, by marginal maximum likelihood"):
            model = self._of_run("irt", "--model", "2pl")
        sound = np.array([i for i in range(len(self.items)) if i not in {truth.MISKEYED, truth.SHIFTED}])
        place = {one["item"]: one for one in model["items"]}
        b = np.array([place[item]["difficulty"] for item in self.items])[sound]
        a = np.array([place[item]["discrimination"] for item in self.items])[sound]
        person = {one["person"]: one["eap"] for one in model["abilities"]}
        sat, ability = self._sat()
        eap = np.array([person[one] for one in sat])
        b, a, eap = _on_the_scale_of(ability, eap, b, a)
        self._recovered("difficulty", b, t.b[sound])
        self._recovered("discrimination", a, t.a[sound])
        self._recovered("ability", eap, ability)
        with story.step("dif", "Is an item harder for one group at the same score"):
            self._groups("groups.csv")
            dif = self._of_run("dif", "--groups", "groups.csv", "--purify")
        (groups,) = dif["comparisons"]
        large = [one["item"] for one in groups["items"] if one["mantel_haenszel"]["class"] == "C"]
        self.check(large == [self.items[truth.SHIFTED]], f"large DIF: {large}")
        self.note(f"large DIF (ETS class C): {', '.join(large)}, and no other")
        with story.step("similarity", "Are two neighbours' answers too much alike"):
            alike = self._of_run("similarity")
        pairs = [{one["first"], one["second"]} for one in alike["most_alike"] if one["flagged"]]
        copier = self._number(self.office.copier)
        self.check({copier, self._number(self.office.copier - 1)} in pairs, f"flagged pairs: {pairs}")
        self.note(f"{alike['flagged']} of {alike['pairs']} pairs flagged: {' and '.join(sorted(pairs[0]))}")
        self.copier = copier

    def key_is_mended(self) -> None:
        """Another key version, another run, and who changes."""
        story, item = self.story, self.items[truth.MISKEYED]
        story.chapter(
            "A key is mended",
            "A key is never overwritten: another version, another run, and the list of who changes.",
        )
        right = "abcdefgh"[self.truth.right[truth.MISKEYED]]
        with story.step("rekey", f"Item {item} is re-keyed, everyone scored anew, both runs compared"):
            self.ask(
                *("key", "rekey", item, "--exam-folder", EXAM, "--correct", right, "--by", "Lee"),
                *("--reason", "Its key named a distractor: negative discrimination."),
            )
            before, second = self.run, self._score()
            self.run = str(second["run"])
            found = self.ask("compare", before, self.run)
        self.check(
            found["changed"] > 0 and found["new"] == found["gone"] == 0, f"compared: {found['changed']}"
        )
        up = [one for one in found["results"] if one["difference"] > 0]
        down = [one for one in found["results"] if one["difference"] < 0]
        self.note(
            f"{self.run}: {len(up)} go up, {len(down)} go down; {len(found['pass_now'])} pass now, "
            f"{len(found['pass_no_more'])} no more; e.g. {up[0]['candidate']}: {up[0]['told']}"
        )
        self.summary |= {"passed_after": second["passed"], "changed": found["changed"]}

    def results_go_out(self) -> None:
        """What is held stays; reports, test report, certificates and receipts for the rest."""
        story, folder = self.story, self.story.folder
        story.chapter(
            "Results go out",
            "The copier's result is held. Reports, letters, certificates and receipts are for the rest.",
        )
        with story.step("hold", "One result is held"):
            self.ask(
                "hold", "--candidate", self.copier, "--by", "Lee", "--reason", "Answers like a neighbour's."
            )
        with story.step("reports", "The test report with item analysis, and what sponsors are told"):
            self.ask("test-report", "--run", self.run, "--exam-folder", EXAM, "--out", "reports")
            self.ask("sponsor-report", "--run", self.run, "--groups", "groups.csv", "--out", "reports")
        with story.step("export", "Everything as Parquet, with what each column means"):
            self.ask("export", "--run", self.run, "--out", "tables", "--format", "parquet")
        with story.step("certificates", "Certificates and badges; one is verified with the public key alone"):
            shutil.copy(SAMPLES / "certificates.toml", folder / "centre/certificates.toml")
            secret = self.office.passphrase
            made = self.ask("certificates", "issue", "--run", self.run, certifier_passphrase_fd=secret)
            badge = next((folder / made["files"]).rglob("*.jwt"))
            story.report("results", "certificates", "verify", badge, "--published", "centre/repository")
            holders = {one["candidate"] for one in self.ask("certificates", "list")["certificates"]}
        passes = int(self.summary["passed_after"])
        self.check(len(holders) == passes - len(made["left_out"]) > 0, f"{len(holders)} of {passes} passes")
        self.check(self.copier not in holders, f"{self.copier}, whose result is held, has a certificate")
        self.note(f"{len(holders)} certificates; none for {self.copier}, whose result is held")
        self.summary["certificates"] = len(holders)
        with story.step("pages", "The review pages"):
            self.ask("pages", "--out", "pages", "--exam-folder", EXAM)
        self.check((folder / "pages/index.html").is_file(), "there is no first page")
        self.summary["pages"] = "pages/index.html"
        with story.step("receipts", "A verified copy of the ledger, and receipts to every site"):
            secret = self.office.passphrase
            told = self.ask("receipts", "--backup", "copy", intake_passphrase_fd=secret)["receipts"]
        self.check(sum(one["confirmed"] for one in told) == self.records, "a record is not confirmed")
        self.note(f"{self.records} records confirmed to {self.office.sites} sites, which may purge them now")

    # -------------------------------------------------------------------------------------------------- help

    def _records(self, of: Any) -> int:
        return sum(len(job.plan.roster) - len(job.absent) for job in self.jobs if of(job))

    def _score(self) -> Any:
        return self.ask("score", "--exam-folder", EXAM, scoring_passphrase_fd=self.office.passphrase)

    def _of_run(self, *words: str) -> Any:
        return self.ask(*words, "--run", self.run, "--exam-folder", EXAM)

    def _number(self, person: int) -> str:
        sitting, seat = divmod(person, season.KIOSKS)
        return season.number(sitting // season.SITTINGS, sitting % season.SITTINGS, seat)

    def _sat(self) -> tuple[list[str], NDArray[np.float64]]:
        """Who sat, and their true abilities."""
        absent = {job.plan.roster[seat].candidate for job in self.jobs for seat in job.absent}
        sat = [n for n in range(self.office.count) if self._number(n) not in absent]
        return [self._number(n) for n in sat], self.truth.ability[sat]

    def _groups(self, name: str) -> None:
        with (self.story.folder / name).open("w", newline="") as file:
            rows = (
                (self._number(n), "east" if self.truth.east[n] else "west") for n in range(self.office.count)
            )
            csv.writer(file).writerows([("candidate", "group"), *rows])

    def _recovered(self, what: str, found: NDArray[np.float64], true: NDArray[np.float64]) -> None:
        r = float(np.corrcoef(found, true)[0, 1])
        off = float(np.sqrt(np.mean((found - true) ** 2)))
        self.check(r >= LEAST_R[what], f"{what}: correlation {r:.3f} with the truth")
        self.check(what not in MOST_OFF or off <= MOST_OFF[what], f"{what}: off by {off:.3f}")
        self.note(f"{what}: correlation {r:.3f} with the truth, root mean square error {off:.3f}")
        self.summary[f"recovered_{what}"] = [round(r, 4), round(off, 4)]


def _on_the_scale_of(
    ability: NDArray[np.float64], eap: NDArray[np.float64], b: NDArray[np.float64], a: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Difficulty, discrimination and ability on the scale of the true abilities, whose mean and SD are a sample's.

    The model's scale is that of a population with mean 0 and SD 1; the sample that was drawn has its own.
    """
    mean, sd = float(ability.mean()), float(ability.std())
    return b * sd + mean, a / sd, eap * sd + mean
