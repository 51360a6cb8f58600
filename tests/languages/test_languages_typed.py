"""The words that are typed in the linear reading mode, in the other languages: each can be typed, none is another."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from keys.errors import WrongCodeError
from kiosk.letters import NAMES
from kiosk.linear.commands import COMMANDS, found
from kiosk.linear.stages import is_no, is_word, is_yes, plain
from terminal import language
from tests.languages.catalogue import LANGUAGES

STAGES = (
    ("yes", "no"),
    ("accept", "decline", "again"),
    ("ready",),
    ("begin",),
    ("move",),
    ("start",),
    ("leave",),
)
"""What may be typed at one place outside the questions."""
NAMED = (
    ("Type accept or decline. Type again to hear the terms once more.", ("accept", "decline", "again")),
    ("Type accept or decline.", ("accept", "decline")),
    ("Not declined. Type accept or decline.", ("accept", "decline")),
    ("Type yes or no.", ("yes", "no")),
    ("Hand in now? Type yes or no.", ("yes", "no")),
    (
        "Type next, previous, or go 12 to move. Type again to hear a question once more.",
        ("next", "previous", "go", "again"),
    ),
    ("Type go and the number of a question, such as go 12.", ("go",)),
    (
        "Type flag to mark a question for later, strike B to strike out an option, clear to take an answer back.",
        ("flag", "strike", "clear"),
    ),
    (
        "Type time for the time left, list for all questions, help for every command.",
        ("time", "list", "help"),
    ),
    ("When you are done, type finish. Type ready to leave this lesson.", ("finish", "ready")),
    ("There is no such question. Type finish when you are done.", ("finish",)),
    ("Type begin to start the clock.", ("begin",)),
    ("Candidate: raise your hand. Proctor: look at the machine, then type start.", ("start",)),
    ("Type the number of an area, or leave.", ("leave",)),
    ("Proctor: type leave to leave this screen.", ("leave",)),
    ("The minutes are a whole number. Type the word move to begin again.", ("move",)),
    ("Type answer and a number.", ("answer",)),
    (
        "Type answer before your answer, or write for a long text. Type help for all commands.",
        ("answer", "write", "help"),
    ),
    ("Type write to write your text, paragraph by paragraph.", ("write",)),
    ("This question belongs to the text “{title}”. Type text to hear it.", ("text",)),
    ("Exhibit {number}: {title}. Type exhibit {number} to hear it.", ("exhibit",)),
    ("Type language and en, es or fr.", ("language",)),
    ("Type strike and a letter, such as strike B.", ("strike",)),
    ("Type proctor and the code.", ("proctor",)),
    (
        "Type clear alone, clear note, clear comment or clear scratchpad.",
        ("clear", "note", "comment", "scratchpad"),
    ),
    (
        "Type again to hear the question, or help for the commands; your answer is as it was.",
        ("again", "help"),
    ),
    ("with an expression, work it out, such as calculate 12 * 3", ("calculate",)),
)
"""Sentences that tell what to type, and the words in them that are typed."""


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language besides English, in use."""
    language.use(request.param)
    yield request.param
    language.use("")


@pytest.mark.usefixtures("spoken")
def test_a_word_is_typed_as_one_word() -> None:
    """No space, nothing but letters, and not what might be an answer: letters of options alone."""
    typed = [row[0] for row in COMMANDS] + [word for words in STAGES for word in words]
    wrong = [
        language._(word)
        for word in typed
        if not re.fullmatch("[a-z]{2,}", plain(language._(word)))
        or set(plain(language._(word))) <= set(NAMES[:8].lower())
    ]
    assert not wrong


@pytest.mark.usefixtures("spoken")
def test_a_word_means_one_command() -> None:
    """Each command answers to its word in this language, with capitals and without accents; none to another's."""
    for word, short, _what, act in COMMANDS:
        told = language._(word)
        assert {found(told), found(told.upper()), found(plain(told)), found(word)} == {act}, told
        assert not short or found(short) is act
    for words in STAGES:
        answers = {
            word: [other for other in words if is_word(language._(word).upper(), other)] for word in words
        }
        assert answers == {word: [word] for word in words}
    assert is_yes(language._("yes"))
    assert is_no(language._("no"))
    assert not is_no(language._("yes"))


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize(("sentence", "words"), NAMED)
def test_a_sentence_names_the_words_that_are_typed(sentence: str, words: tuple[str, ...]) -> None:
    """What a sentence tells to type is what the command answers to, letter for letter."""
    told = language._(sentence)
    assert told != sentence
    missing = [word for word in words if not re.search(rf"(?<!\w){re.escape(language._(word))}(?!\w)", told)]
    assert not missing, told


@pytest.mark.usefixtures("spoken")
def test_a_refused_code_is_named_in_the_language() -> None:
    """The name of what was typed is translated with the sentence that it stands in."""
    told = WrongCodeError(kind="start code").diagnostics(language._)
    assert language._("start code") in told.what
    assert "start code" not in told.what
