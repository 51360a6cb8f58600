"""The languages of the candidate's program: complete, in step with what is said, and fit for the screen."""

from __future__ import annotations

import gettext
import io
import string

import pytest
from babel.messages.catalog import Message

from exam_packages.glyphs import unfit
from terminal import language
from tests.languages import catalogue
from tests.languages.catalogue import LANGUAGES


def fields(text: str) -> set[str]:
    """The named fields of a text."""
    return {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each English text of a message with its translation."""
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    told = (message.string or "",) if isinstance(message.string, str | None) else tuple(message.string)
    return [(ids[min(place, len(ids) - 1)], text) for place, text in enumerate(told)]


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> str:
    """Each language besides English."""
    return str(request.param)


@pytest.mark.docs
def test_the_catalogues_hold_exactly_what_is_said(spoken: str) -> None:
    """No text is missing, none is left over, and the file is what `make words` writes."""
    assert catalogue.path(spoken).read_bytes() == catalogue.as_po(catalogue.current(spoken)), (
        "run `make words`"
    )


@pytest.mark.docs
def test_the_program_reads_what_people_wrote(spoken: str) -> None:
    """The compiled catalogue is the compiled text, byte for byte."""
    assert catalogue.compiled(spoken).read_bytes() == catalogue.as_mo(catalogue.load(spoken)), (
        "run `make words`"
    )


def test_every_text_is_translated(spoken: str) -> None:
    """A language is complete: every text, in every plural form, and none marked as a guess."""
    missing = [
        message.id
        for message in catalogue.load(spoken)
        if message.id and (message.fuzzy or not all(text for _english, text in pairs(message)))
    ]
    assert not missing, f"{len(missing)} texts, the first: {missing[:3]}"


def test_a_translation_has_the_fields_of_its_text(spoken: str) -> None:
    """What is worked into a sentence is the same in every language: no field is lost, none invented."""
    wrong = [
        (english, text)
        for message in catalogue.load(spoken)
        if message.id
        for english, text in pairs(message)
        if text and fields(english) != fields(text)
    ]
    assert not wrong, wrong[:3]


def test_a_translation_can_be_shown(spoken: str) -> None:
    """Every letter is one that every terminal shows in the same cells, and the ends of a text stay as they are."""
    wrong = [
        (text, unfit(text, newlines=True))
        for message in catalogue.load(spoken)
        if message.id
        for english, text in pairs(message)
        if text
        and (
            unfit(text, newlines=True)
            or (english[:1] == " ") != (text[:1] == " ")
            or (english[-1:] in ".:!?") != (text[-1:] in ".:!?")
        )
    ]
    assert not wrong, wrong[:3]


def test_a_language_is_used_until_another_is() -> None:
    """`use` changes what `_` says; English and a language without a catalogue say the text itself."""
    try:
        language.use("es")
        assert language._("Call the proctor.") != "Call the proctor."
        assert language.plural("{n} hour", "{n} hours", 2).format(n=2) == "2 horas"
        language.use("fr")
        assert language.plural("{n} hour", "{n} hours", 0).format(n=0) == "0 heure"
        for other in ("", "en", "xx"):
            language.use(other)
            assert language._("Call the proctor.") == "Call the proctor."
    finally:
        language.use("")


def test_a_catalogue_that_cannot_be_read_is_seen() -> None:
    """The compiled form is read by the standard library, which refuses what is none."""
    gettext.GNUTranslations(io.BytesIO(catalogue.compiled("es").read_bytes()))
    with pytest.raises(OSError, match="magic"):
        gettext.GNUTranslations(io.BytesIO(b"no catalogue"))


def test_no_text_reaches_the_catalogue_twice_by_accident() -> None:
    """Two texts that differ only in case or white space are one text, written twice."""
    every = [
        text for message in catalogue.said() for text in ([message] if isinstance(message, str) else message)
    ]
    folded: dict[str, set[str]] = {}
    for text in every:
        folded.setdefault(" ".join(text.split()), set()).add(text)
    assert not [texts for texts in folded.values() if len(texts) > 1]
