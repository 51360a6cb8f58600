"""Letters: the right one in the candidate's language, no score in one about a held result, and clear complaints."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest

from exam_packages.roster import LANGUAGES
from exam_packages.sitting_plan import seal_plan
from keys.errors import ExamKioskError
from results.centre.importing import import_files
from results.centre.inputs import read_inputs
from results.centre.office import Centre, score_all
from results.centre.report.mailing import SHIPPED, write_letters
from results.centre.runs import ScoreRun
from results.centre.standing.books import enter
from results.centre.standing.rules import Act, Kind, Scope
from tests.results import builders as b
from tests.results import centres
from tests.results.report.papers import paper_text

PLAIN = b.world(4, 8)
NOW = b.stamp(24 * b.HOUR)
NAMES = ("Ada {{ 1/0 }}", "Núñez", "Çelik", "Held One")
ROSTER = tuple(
    msgspec.structs.replace(entry, name=name, language=language)
    for entry, name, language in zip(PLAIN.plan.roster, NAMES, ("", "es", "fr", "es"), strict=True)
)
PLAN = msgspec.structs.replace(PLAIN.plan, roster=ROSTER)
W = dataclasses.replace(PLAIN, plan=PLAN, plan_file=seal_plan(PLAN, PLAIN.registrar))
RECORDS = {n: b.sitting_record(W, n, right) for n, right in enumerate((8, 3, 8, 7))}


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Centre, ScoreRun]:
    """A run of four: a pass, a fail in Spanish, a pass in French, and one that is held."""
    folder = tmp_path_factory.mktemp("centre")
    made = centres.centre(W, folder)
    (folder / "west.ekb").write_bytes(b.bundle(W, RECORDS))
    import_files([folder / "west.ekb"], made.ledger, made.office(), NOW.wall, lambda _: None)
    inputs = read_inputs(centres.exam_folder(W, folder / "exam"), made.trusted.keyring)
    run = score_all(made, inputs, W.scoring.signer(), "0.1.0", NOW)[0]
    with made.ledger.transaction() as books:
        enter(books, Act(Kind.HOLD, Scope(candidate="C-1004"), "a call", "Okoye", NOW.wall))
    return made, run


def test_everybody_gets_the_right_letter(scored: tuple[Centre, ScoreRun], tmp_path: Path) -> None:
    """Pass, fail and withheld, each in its language, with the score as the run has it, as text and on paper."""
    made, run = scored
    files = write_letters(made, run, tmp_path, today=NOW.wall)
    assert [path.name for path in files] == [f"letter-C-100{n}-1.txt" for n in range(1, 5)]
    english, spanish, french, held = (path.read_text("utf-8") for path in files)
    assert "Congratulations: you passed" in english
    assert "scaled score of 800" in english
    assert "Dear Ada {{ 1/0 }}," in english
    assert "esta vez no ha aprobado" in spanish
    assert "puntuación de 300" in spanish
    assert "- Leadership and Vision\n" in spanish
    assert "vous avez réussi" in french
    assert "Todavía no podemos darle un resultado" in held
    assert not {"700", "a call", run.run} & set(held.replace(".", " ").split())
    for path in files:
        told = paper_text(path.with_suffix(".pdf").read_bytes())
        assert "".join(path.read_text("utf-8").split()) == "".join(told.replace("page 1", "").split())
        assert path.stat().st_mode & 0o077 == 0


def test_every_language_of_the_roster_has_letters() -> None:
    """The sample set has each kind of letter in each language that a roster may ask for."""
    assert {path.name for path in SHIPPED.iterdir()} == {
        f"{kind}.{language}.txt" for kind in ("pass", "fail", "withheld") for language in LANGUAGES
    }


@pytest.mark.parametrize(
    ("template", "line", "words"),
    [
        ("Dear {{ name }},\n\nyour {{ grade }}\n", 3, "'grade' is undefined"),
        ("One\nTwo {% if %}\n", 2, "Expected an expression"),
        ("{{ name.__class__.__mro__ }}", 1, "unsafe"),
        ("\n{{ 1 // 0 }}", 2, "zero"),
        ("\n\n{{ name + 1 }}", 3, "can only concatenate"),
        ("{% include 'secret.txt' %}", 1, "there is no file secret.txt"),
        ("{% include '../../keys/centre.key' %}", 1, "there is no file ../../keys/centre.key"),
    ],
)
def test_a_template_that_cannot_be_filled_in_says_where(
    scored: tuple[Centre, ScoreRun], tmp_path: Path, template: str, line: int, words: str
) -> None:
    """The file, the line and what is wrong are told, and no letter at all is written."""
    made, run = scored
    folder = tmp_path / "templates"
    folder.mkdir()
    for path in SHIPPED.iterdir():
        (folder / path.name).write_text("Fine", "utf-8")
    (folder / "withheld.es.txt").write_text(template, "utf-8")
    with pytest.raises(ExamKioskError) as refused:
        write_letters(made, run, tmp_path / "out", today=NOW.wall, templates=folder)
    assert refused.value.diagnostics().code == "letter-template-unfit"
    assert f"withheld.es.txt, line {line}: " in str(refused.value)
    assert words in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_score_is_not_there_to_be_told_of_a_held_result(
    scored: tuple[Centre, ScoreRun], tmp_path: Path
) -> None:
    """A template for withheld results that names the score is refused as one that names no field."""
    made, run = scored
    for path in SHIPPED.iterdir():
        (tmp_path / path.name).write_text("{{ scaled }}", "utf-8")
    with pytest.raises(ExamKioskError, match="'scaled' is undefined"):
        write_letters(made, run, tmp_path / "out", today=NOW.wall, templates=tmp_path)


def test_a_missing_template_is_named(scored: tuple[Centre, ScoreRun], tmp_path: Path) -> None:
    """A folder without the letter that somebody needs stops the command with the file's name."""
    made, run = scored
    with pytest.raises(ExamKioskError, match=r"there is no file pass\.en\.txt"):
        write_letters(made, run, tmp_path / "out", today=NOW.wall, templates=tmp_path)
