"""From a bank to a practice form: what mastering makes, with the key and the reasons put back beside each item.

Authors only: it reads authored items. What a candidate's machine reads is `practice.py`.
"""

from __future__ import annotations

from exam_packages.items import AuthoredTest
from exam_packages.mastering import master
from exam_packages.practice import PracticeAnswer, PracticeArea, PracticeForm


def practice_form(test: AuthoredTest) -> PracticeForm:
    """The practice form of a whole bank, not signed yet. Raises what mastering raises."""
    mastered = master(test)
    reasons = {item.id: item.rationale for item in test.items}
    key = mastered.scoring_key
    answers = tuple(
        PracticeAnswer(
            one.item, one.area, one.correct, reasons[one.item], one.accepted, one.tolerance, one.fold_case
        )
        for one in key.keys
    )
    areas = tuple(PracticeArea(area.code, area.title) for area in key.areas)
    front = mastered.front
    return PracticeForm(key.exam, front.title, front.notice, b"", mastered.form, areas, answers)
