"""A result as QTI Results Reporting 3.0 (1EdTech, 2022): one `assessmentResult` an attempt.

Rules.
1. Identifiers are NCNames there; where one of ours is none, it is written with an underscore before it or in place of
   what does not fit, and with letters of its digest at its end, so that no two become one.
2. An item result has the response by option id with its base type, what it earned, and how long it was on the screen.
3. The right responses are never in it: the file leaves the centre.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from exam_packages.interactions import (
    AssociateInteraction,
    ChoiceInteraction,
    ChosenOptions,
    ChosenPairs,
    GapMatchInteraction,
    HotTextInteraction,
    InlineChoiceInteraction,
    Interaction,
    ItemId,
    MatchInteraction,
    OrderInteraction,
    Response,
    SliderInteraction,
)
from exam_packages.scoring_key import POINT
from keys.clock import utc
from keys.encoding import digest
from keys.text import sanitise
from results.centre.facts import ItemFact, SessionFacts
from results.centre.report.datasets import marks
from results.centre.runs import CandidateScore, ScoreRun

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_result_v3p0"
SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_resultv3p0_v1p0.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_UNFIT = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST = 20_000


def assessment_result(
    run: ScoreRun, one: CandidateScore, facts: SessionFacts, interactions: Mapping[ItemId, Interaction]
) -> bytes:
    """The result of one attempt, in UTF-8; `interactions` are the form's, in its order."""
    ET.register_namespace("", NAMESPACE)
    ET.register_namespace("xsi", _XSI)
    root = ET.Element(_q("assessmentResult"), {f"{{{_XSI}}}schemaLocation": f"{NAMESPACE} {SCHEMA}"})
    context = ET.SubElement(root, _q("context"), {"sourcedId": ncname(one.candidate)})
    for source, identifier in (
        ("sitting", one.sitting),
        ("attempt", str(one.attempt)),
        ("session", one.session),
        ("score-run", run.run),
        ("record", one.record),
    ):
        ET.SubElement(
            context,
            _q("sessionIdentifier"),
            {"sourceID": f"urn:exam-kiosk:{source}", "identifier": _clean(identifier)},
        )
    ended = _moment(facts.ended_at)
    test = ET.SubElement(root, _q("testResult"), {"identifier": ncname(run.form), "datestamp": ended})
    for name, kind, values, limits in _outcomes(run, one):
        _outcome(test, name, kind, values, limits)
    scored = marks(run, one)
    seen = {fact.item: fact for fact in facts.items}
    for item in interactions:
        _item(root, item, interactions[item], seen.get(item), scored, ended)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def ncname(text: str) -> str:
    """`text` as an NCName (Namespaces in XML 1.0), itself where it is one of plain letters already; one of its own."""
    plain = _UNFIT.sub("_", _clean(text))
    plain = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
    return plain if plain == text else f"{plain}-{digest(text.encode('utf-8', 'surrogatepass'))[:8]}"


def _outcomes(run: ScoreRun, one: CandidateScore) -> Iterable[tuple[str, str, str, Mapping[str, str]]]:
    score = one.score
    top = {"normalMaximum": str(run.top), "normalMinimum": "0", "masteryValue": str(run.cut)}
    most = {"normalMaximum": _number(score.most), "normalMinimum": "0"}
    yield "SCORE", "float", _number(score.points), most
    yield "RAW_SCORE", "integer", str(score.raw), {}
    yield "SCALED_SCORE", "integer", str(score.scaled), top
    yield "SCORE_ERROR", "float", _number(score.error), {}
    yield "SCALED_SCORE_ERROR", "float", _number(score.scaled_error), {}
    yield "PASSED", "boolean", "true" if score.passed else "false", {}
    for kind, tallies in (("CATEGORY", score.categories), ("AREA", score.areas)):
        for tally in tallies:
            limits = {"normalMaximum": _number(tally.most), "normalMinimum": "0"}
            yield ncname(f"{kind}_{tally.code}"), "float", _number(tally.points), limits


def _item(
    root: ET.Element,
    item: ItemId,
    interaction: Interaction,
    fact: ItemFact | None,
    scored: Mapping[ItemId, tuple[str, float]],
    ended: str,
) -> None:
    found = {"identifier": ncname(item), "datestamp": ended, "sessionStatus": "final" if fact else "initial"}
    result = ET.SubElement(root, _q("itemResult"), found)
    _response(result, interaction, fact.response if fact else None)
    if fact:
        took = {"identifier": "duration", "cardinality": "single", "baseType": "duration"}
        given = ET.SubElement(ET.SubElement(result, _q("responseVariable"), took), _q("candidateResponse"))
        ET.SubElement(given, _q("value")).text = f"{fact.time / 1_000:.3f}"
    if item in scored:
        _outcome(result, "SCORE", "float", f"{scored[item][1]:g}", {})
    if fact and fact.comment:
        ET.SubElement(result, _q("candidateComment")).text = _clean(fact.comment)


def _response(result: ET.Element, interaction: Interaction, response: Response | None) -> None:
    cardinality, kind = _declared(interaction)
    told = {"identifier": "RESPONSE", "cardinality": cardinality, "baseType": kind}
    given = ET.SubElement(ET.SubElement(result, _q("responseVariable"), told), _q("candidateResponse"))
    for value in _values(response):
        ET.SubElement(given, _q("value")).text = value


def _declared(interaction: Interaction) -> tuple[str, str]:
    """Cardinality and base type of the response variable that the interaction is bound to (QTI 3.0, ASI 2.9)."""
    match interaction:
        case ChoiceInteraction(max_choices=1) | HotTextInteraction(max_choices=1):
            return "single", "identifier"
        case ChoiceInteraction() | HotTextInteraction():
            return "multiple", "identifier"
        case OrderInteraction():
            return "ordered", "identifier"
        case AssociateInteraction():
            return "multiple", "pair"
        case MatchInteraction() | GapMatchInteraction() | InlineChoiceInteraction():
            return "multiple", "directedPair"
        case SliderInteraction():
            return "single", "integer"
        case _:
            return "single", "string"


def _values(response: Response | None) -> list[str]:
    match response:
        case None:
            return []
        case ChosenOptions(options=options):
            return [ncname(one) for one in options]
        case ChosenPairs(pairs=pairs):
            return [f"{ncname(one)} {ncname(other)}" for one, other in pairs]
        case _:
            return [_clean(response.text)]


def _outcome(parent: ET.Element, name: str, kind: str, value: str, limits: Mapping[str, str]) -> None:
    told = {"identifier": name, "cardinality": "single", "baseType": kind, **limits}
    ET.SubElement(ET.SubElement(parent, _q("outcomeVariable"), told), _q("value")).text = value


def _moment(at: int) -> str:
    """An instant as xs:dateTime; one that no calendar holds as the beginning of Unix time."""
    day, _, time = utc(at, seconds=True).removesuffix(" UTC").partition(" ")
    return f"{day}T{time}Z" if "-" in day else "1970-01-01T00:00:00Z"


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _number(thousandths: int) -> str:
    return f"{thousandths / POINT:g}"


def _clean(text: str) -> str:
    return sanitise(text, limit=_LONGEST, newlines=True)
