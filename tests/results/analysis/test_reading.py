"""Anyone's CSV: what it becomes, and what is said of one that is no table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from keys.errors import ExamKioskError
from results.centre.analysis.reading import read_groups, read_responses, read_scores
from results.scoring.matrix import NOT_REACHED, OMITTED


def file(folder: Path, text: str | bytes, name: str = "responses.csv") -> Path:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def test_letters_with_a_key_become_places_among_the_options(tmp_path: Path) -> None:
    """Lower case counts, a blank in the middle is an omission, blanks at the end are not reached but for the first."""
    responses = file(tmp_path, "id,q1,q2,q3,q4\nann,a,B,,D\nbob,C,,,\n")
    key = file(tmp_path, "item,key,area\nq4,D,x\nq3,A,x\nq2,B,y\nq1,A,y\n", "key.csv")
    found = read_responses(responses, key)
    assert found.persons == ("ann", "bob")
    assert [(item.id, item.options, item.key, item.area) for item in found.items] == [
        ("q1", ("A", "B", "C"), 0, "y"),
        ("q2", ("A", "B"), 1, "y"),
        ("q3", ("A",), 0, "x"),
        ("q4", ("A", "B", "C", "D"), 3, "x"),
    ]
    assert found.chosen.tolist() == [[0, 1, OMITTED, 3], [2, OMITTED, NOT_REACHED, NOT_REACHED]]
    assert found.scores.tolist() == [[1, 1, 0, 1], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    "key", ["AB1", "A,B,1\n", "q1,q2,q3\nA,B,1\n", "q3;q1;q2\n1;A;B\n", "key,item\n1,q3\nb,q2\na,q1"]
)
def test_a_key_may_have_any_of_its_shapes(tmp_path: Path, key: str) -> None:
    """One word, one row, a row under its names, and a line an item say the same."""
    found = read_responses(file(tmp_path, "q1,q2,q3\nA,B,1\nB,B,2\n"), file(tmp_path, key, "key.csv"))
    assert found.scores.tolist() == [[1, 1, 1], [0, 1, 0]]
    assert found.items[2].options == ("1", "2")


def test_listed_options_count_although_nobody_chose_them(tmp_path: Path) -> None:
    """The key's file may list an item's options; another letter than these is refused."""
    key = file(tmp_path, "item,key,options\nq1,A,ABCD\n", "key.csv")
    assert read_responses(file(tmp_path, "q1\nA\nB\n"), key).items[0].options == ("A", "B", "C", "D")
    with pytest.raises(ExamKioskError, match=r"Line 3 of .*, column q1, holds “E”"):
        read_responses(file(tmp_path, "q1\nA\nE\n"), key)


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("q1,q2\n1,0\n,1\n", ("1", "2")),
        ("Candidate,q1,q2\n7,1,0\n9,,1\n", ("7", "9")),
        (',q1,q2\r\n"x, y",1,0\r\nz,NA,1\r\n', ("x, y", "z")),
        ("\ufeffwho;q1;q2\n\nann; 1 ;0\nbob;;1\n", ("ann", "bob")),
        ("who\tgroup\tq1\tq2\nann\tg\t1\t0\nbob\th\t\t1\n", ("ann", "bob")),
    ],
)
def test_0_and_1_need_no_key(tmp_path: Path, text: str, persons: tuple[str, ...]) -> None:
    """Identifiers are found by their heading or because no cell of them could be an answer; a group is no item."""
    found = read_responses(file(tmp_path, text))
    assert found.persons == persons
    assert [item.id for item in found.items] == ["q1", "q2"]
    assert found.scores.tolist() == [[1, 0], [0, 1]]
    assert found.chosen.tolist() == [[1, 0], [OMITTED, 1]]


def test_groups_and_scores_are_read_beside_the_items(tmp_path: Path) -> None:
    """A column by its name, and the only column of numbers of a file of totals."""
    assert read_groups(file(tmp_path, "q1,Group\n1,a\n0,b\n")) == ("a", "b")
    assert read_scores(file(tmp_path, "id,total\n1,30\n2,-1\n")).tolist() == [30, -1]
    assert read_scores(file(tmp_path, "a,score,b\n1,30,5\n")).tolist() == [30]


KEY = "item,key\nq1,A\nq2,B\n"


@pytest.mark.parametrize(
    ("text", "key", "code", "said"),
    [
        ("", None, "responses-empty", "holds no line"),
        ("q1,q2\n", None, "responses-empty", "holds no candidate"),
        ("id\nann\n", None, "responses-empty", "holds no item"),
        ("id,q1\nann,1\nbob,1,0\n", None, "responses-ragged", "Line 3 of responses.csv has 3 cells"),
        ('id,q1\nann,1\n"bob,1"\n', None, "responses-ragged", "Line 3 of responses.csv has 1 cells"),
        ("1,0,1\n0,0,1\n", None, "responses-name-twice", "names 1 more than once"),
        (
            "q1,q2\n1,0\n\n1,2\n",
            None,
            "responses-not-binary",
            "Line 4 of responses.csv, column q2, holds “2”",
        ),
        (
            "q1,q2\n1,0\n1,no\n",
            None,
            "responses-not-binary",
            "Line 3 of responses.csv, column q2, holds “no”",
        ),
        (
            "q1,q2\nA,B\n?,B\n",
            KEY,
            "responses-unknown-option",
            "Line 3 of responses.csv, column q1, holds “?”",
        ),
        (
            "q1,q2\nA,B\nA,3\n",
            KEY,
            "responses-unknown-option",
            "Line 3 of responses.csv, column q2, holds “3”",
        ),
        ("q1,q2,q3\nA,B,A\n", KEY, "key-lacks-item", "no answer for q3"),
        ("q1\nA\n", "item,key\nq1,AB\n", "key-unfit", "not one letter"),
        ("q1\nA\n", "ABC", "key-unfit", "3 answers for 1 items"),
        ("q1\nA\n", "q1\nA\nB\n", "key-unfit", "neither"),
        ("q1\nA\n", "item,key\nq1,A\nq1,B\n", "responses-name-twice", "names q1"),
        (b"q1\n\xff\n", None, "responses-no-table", "not UTF-8"),
        (",".join(f"q{n}" for n in range(2001)), None, "responses-too-large", "2000 columns"),
        ("q" * 200_000, None, "responses-cell-long", "longer than any answer"),
        ('q1\n"' + "1" * 200_000, None, "responses-cell-long", "longer than any answer"),
    ],
)
def test_what_is_no_table_is_refused_by_line_and_column(
    tmp_path: Path, text: str | bytes, key: str | None, code: str, said: str
) -> None:
    """Each fault has its code, and the sentence says where it is."""
    with pytest.raises(ExamKioskError) as refused:
        read_responses(file(tmp_path, text), file(tmp_path, key, "key.csv") if key else None)
    assert said in str(refused.value)
    assert refused.value.diagnostics().code == code


def test_a_score_that_is_no_number_is_refused(tmp_path: Path) -> None:
    """Totals are whole numbers, and a column that is not there is said to be missing."""
    for text, code in (("score\n3.5\n", "responses-not-a-number"), ("a,b\n1,2\n", "responses-no-table")):
        with pytest.raises(ExamKioskError) as refused:
            read_scores(file(tmp_path, text))
        assert refused.value.diagnostics().code == code


def test_a_large_file_reads_as_a_small_one_does(tmp_path: Path) -> None:
    """More lines than are taken at a time come out in their order, each where it was."""
    rng = np.random.default_rng(7)
    cells = rng.integers(0, 2, (20_000, 3))
    text = "id,a,b,c\n" + "".join(f"P{n},{a},{b},{c}\n" for n, (a, b, c) in enumerate(cells))
    found = read_responses(file(tmp_path, text))
    assert (found.scores == cells).all()
    assert found.persons[19_999] == "P19999"
