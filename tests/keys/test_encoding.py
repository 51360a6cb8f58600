"""One document, one byte string: everything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import (
    CROCKFORD,
    Digest,
    Document,
    Instant,
    crockford,
    decode,
    decode_all,
    digest,
    digests,
    encode,
    grouped,
    normalise,
    uncrockford,
)
from keys.errors import DocumentError, DocumentTooLargeError


class Inner(Document, frozen=True, tag="inner/1"):
    """A value inside a document."""

    words: tuple[str, ...]


class Sample(Document, frozen=True, tag="sample/1"):
    """A document with one of everything that documents hold."""

    name: str
    count: int
    share: float
    raw: bytes
    sha256: Digest
    when: Instant
    inner: Inner
    maybe: str | None = None


ONE = Sample("Zoë", 7, 0.5, b"\x00\xff", digest(b"x"), Instant(1), Inner(("a", "b")))


def test_a_document_survives_the_way_to_bytes_and_back() -> None:
    """Decoding what was encoded gives the same document, with its type's name in front."""
    assert decode(encode(ONE), Sample, name="sample") == ONE
    assert encode(ONE).startswith(b'{"type":"sample/1","name":')


@given(
    st.text(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), st.binary()
)
def test_any_value_has_one_byte_string(name: str, count: int, share: float, raw: bytes) -> None:
    """Whatever the values, encoding what was decoded gives the very same bytes."""
    try:
        encoded = encode(Sample(name, count, share, raw, ONE.sha256, ONE.when, ONE.inner, name))
    except UnicodeEncodeError:  # hypothesis never draws surrogates, but a keyboard may
        return
    assert encode(decode(encoded, Sample, name="sample")) == encoded


CANONICAL = encode(Inner(("a",)))

NOT_CANONICAL = {
    "white space": b'{"type":"inner/1", "words":["a"]}',
    "a newline at the end": CANONICAL + b"\n",
    "a key twice": b'{"type":"inner/1","words":["b"],"words":["a"]}',
    "another order of keys": b'{"words":["a"],"type":"inner/1"}',
    "an escape that is not needed": b'{"type":"inner/1","words":["\\u0061"]}',
    "a lone surrogate": b'{"type":"inner/1","words":["\\ud800"]}',
    "bytes that are not UTF-8": b'{"type":"inner/1","words":["\xff"]}',
    "an unknown field": b'{"type":"inner/1","words":["a"],"more":1}',
    "no type": b'{"words":["a"]}',
    "another type": b'{"type":"sample/1","words":["a"]}',
    "a number where text should be": b'{"type":"inner/1","words":[1]}',
    "nothing": b"",
    "half of it": CANONICAL[: len(CANONICAL) // 2],
    "a second document behind it": CANONICAL + CANONICAL,
    "ten thousand brackets": b'{"type":"inner/1","words":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "a byte order mark": b"\xef\xbb\xbf" + CANONICAL,
}


@pytest.mark.parametrize("raw", NOT_CANONICAL.values(), ids=NOT_CANONICAL)
def test_any_other_spelling_is_refused(raw: bytes) -> None:
    """There is one byte string for a document, and what reads like it is not it."""
    assert decode(CANONICAL, Inner, name="inner") == Inner(("a",))
    with pytest.raises(DocumentError) as caught:
        decode(raw, Inner, name="inner")
    assert caught.value.code == "document-malformed"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"0.50", b"5e-1", b"1", b"-0"])
def test_a_number_has_one_spelling(number: bytes) -> None:
    """NaN, infinities and other spellings of a number are refused."""
    raw = encode(ONE).replace(b'"share":0.5', b'"share":' + number)
    assert raw != encode(ONE)
    with pytest.raises(DocumentError):
        decode(raw, Sample, name="sample")


@pytest.mark.parametrize(
    "number",
    [
        b"9223372036854775808000",
        b"9223372036854775808",
        b"-9223372036854775809",
        b"1.0",
        b"7.5",
        b'"7"',
        b"true",
    ],
)
def test_an_integer_is_an_integer(number: bytes) -> None:
    """Big integers, fractions, text and booleans are no integers."""
    raw = encode(ONE).replace(b'"count":7', b'"count":' + number)
    with pytest.raises(DocumentError):
        decode(raw, Sample, name="sample")


def test_a_document_over_its_limit_is_refused_unread() -> None:
    """The size is checked before anything is parsed, and the limit is said."""
    with pytest.raises(DocumentTooLargeError) as caught:
        decode(b"[" * 11, Inner, name="inner", limit=10)
    assert "10 bytes" in caught.value.diagnostics().what


def test_a_complaint_names_the_place_and_no_value() -> None:
    """The words say where the fault is without repeating what is written there."""
    raw = encode(ONE).replace(b'"count":7', b'"count":"top secret"')
    with pytest.raises(DocumentError) as caught:
        decode(raw, Sample, name="sample")
    assert "$.count" in str(caught.value)
    assert "secret" not in str(caught.value)


@given(st.integers(0, 32**10 - 1))
def test_crockford_goes_there_and_back(value: int) -> None:
    """Ten characters hold fifty bits, whatever their value."""
    assert uncrockford(crockford(value, 10)) == value


def test_crockford_refuses_what_does_not_fit() -> None:
    """A number too large for its characters, and a letter that codes never use, are refused."""
    with pytest.raises(DocumentError):
        crockford(32, 1)
    with pytest.raises(DocumentError):
        uncrockford("U")


def test_what_a_person_types_is_read_kindly() -> None:
    """Lower case, spaces, dashes and the letters O, I and L are read as what was meant."""
    assert normalise("ab-cd ef") == "ABCDEF"
    assert normalise("oil") == "011"
    assert set("OILU").isdisjoint(CROCKFORD)
    assert grouped("ABCDEFGH") == "ABC DEF GH"


@pytest.mark.parametrize("count", [2**63 - 1, -(2**63), 10**18])
def test_the_largest_integers_that_fit_are_kept(count: int) -> None:
    """Sixty-four bits are enough for every number of ours, and all of them can be used; so can long digits in text."""
    one = Sample("a:12345678901234567890", count, 0.5, b"", ONE.sha256, ONE.when, ONE.inner)
    assert decode(encode(one), Sample, name="sample") == one


_RAW = encode(ONE)
_OTHER = encode(Inner(("c, d", "e\nf")))


def _is_one(raw: bytes) -> bool:
    try:
        decode(raw, Sample, name="sample")
    except DocumentError:
        return False
    return True


@pytest.mark.parametrize(
    "raws",
    [
        [_RAW[:8], _RAW[8:]],
        [_RAW + b"," + _RAW[: _RAW.index(b",")], _RAW[_RAW.index(b",") + 1 :]],
        [_RAW + b"\n" + _RAW],
        [_RAW + b"\n" + _RAW, b""],
        [_RAW, b""],
        [b"", _RAW],
        [_RAW + b" "],
        [_RAW.replace(b":7,", b":" + str(2**63).encode() + b",")],
        [_RAW, _RAW.replace(b":7,", b":-" + str(2**63 + 1).encode() + b",")],
    ],
)
def test_many_documents_at_once_are_as_strict_as_one_by_one(raws: list[bytes]) -> None:
    """Whatever is no document by itself is refused among others, also where all of them together would be some."""
    assert not all(_is_one(raw) for raw in raws)
    with pytest.raises(DocumentError):
        decode_all(raws, Sample, name="sample")


def test_many_documents_at_once_are_those_one_by_one() -> None:
    """The same documents and digests come of them, also of none and of texts with commas and line ends."""
    raws = [_OTHER, _OTHER]
    assert decode_all(raws, Inner, name="inner") == tuple(decode(raw, Inner, name="inner") for raw in raws)
    assert digests(raws) == [digest(raw) for raw in raws]
    assert decode_all([], Inner, name="inner") == ()
