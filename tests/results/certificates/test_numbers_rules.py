"""Numbers that cannot be guessed, and rules that say what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_packages.complaint import ComplaintsError
from keys.encoding import CROCKFORD, Instant
from results.centre.certificates.days import day
from results.centre.certificates.numbers import (
    ENTROPY,
    NUMBER,
    CertificateNumberError,
    new_number,
    read_number,
)
from results.centre.certificates.rules import read_rules
from tests.results.certificates import holders as h

BYTES = st.binary(min_size=ENTROPY, max_size=ENTROPY)


@given(BYTES, st.sampled_from(["CETL", "AB", "ABCDEFGH"]), st.integers(2000, 2999))
def test_a_number_is_read_however_it_is_typed(entropy: bytes, prefix: str, year: int) -> None:
    """Small letters, spaces for dashes, O for 0 and L for 1: one number."""
    number = new_number(prefix, year, entropy)
    assert NUMBER.fullmatch(number)
    digits = number[len(prefix) :].replace("0", "o").replace("1", "l").replace("-", " ")
    assert read_number(f" {prefix.lower()}{digits} ") == number


@given(BYTES, st.data())
def test_one_wrong_character_is_never_another_number(entropy: bytes, data: st.DataObject) -> None:
    """Any one character after the prefix changed, or two neighbours swapped, and the number is refused."""
    number = new_number("CETL", 2027, entropy)
    places = [place for place in range(5, len(number)) if number[place] != "-"]
    place = data.draw(st.sampled_from(places))
    wrong = data.draw(st.sampled_from([one for one in CROCKFORD if one != number[place]]))
    with pytest.raises(CertificateNumberError):
        read_number(number[:place] + wrong + number[place + 1 :])
    at = data.draw(st.sampled_from([one for one in places[:-1] if number[one + 1] != "-"]))
    if number[at] != number[at + 1]:
        with pytest.raises(CertificateNumberError):
            read_number(number[:at] + number[at + 1] + number[at] + number[at + 2 :])


@given(BYTES, BYTES)
def test_a_number_has_55_random_bits(one: bytes, other: bytes) -> None:
    """Two numbers are the same only where the first 55 bits of their entropy are."""
    bits = [int.from_bytes(each, "big") >> 9 for each in (one, other)]
    assert (new_number("CETL", 2027, one) == new_number("CETL", 2027, other)) == (bits[0] == bits[1])


@pytest.mark.parametrize("typed", ["", "CETL", "CETL-2027", "7K3M-9Q2X-T4BC", "C-2027-AAAA-AAAA-AAAA", "\0"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    """Too short, without a prefix, or nothing."""
    with pytest.raises(CertificateNumberError):
        read_number(typed)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (1_799_625_600_000, "2030-01-11"),  # 2027-01-11 00:00
        (1_835_395_200_000 + 0, "2031-02-28"),  # 2028-02-29 00:00
        (1_835_481_599_999, "2031-02-28"),  # its last millisecond
    ],
)
def test_a_term_ends_with_a_day(begins: int, ends: str) -> None:
    """Three years later to the end of the day, in UTC; of a leap day with 28 February."""
    last = h.rules().ends(Instant(begins))
    assert day(last) == ends
    assert day(Instant(last + 1)) != ends


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("years = 3", "years = 0", "“years” is from 1"),
        ("years = 3", "year = 3", "“year” is not known here"),
        ('prefix = "CETL"', 'prefix = "cetl"', "capital letters"),
        ("https://", "http://", "https address"),
        ("hours = 60", "hours = 20", "together no more"),
        ("1 = 20", "1 = -1", "no less than 0"),
        ("hours = 60", 'hours = "60"', "“hours” is not right"),
        ("[renewal.areas]", "[other]", "“areas” is missing"),
        ('exam = "cetl-practice"', "exam =", "not TOML"),
    ],
)
def test_rules_that_are_not_in_order_are_named(before: str, after: str, told: str) -> None:
    """Every fault is a sentence with its line."""
    assert before in h.TEXT
    with pytest.raises(ComplaintsError) as caught:
        read_rules("certificates.toml", h.TEXT.replace(before, after))
    assert any(told in str(one) for one in caught.value.complaints)
