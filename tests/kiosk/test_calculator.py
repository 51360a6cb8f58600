"""The candidate's calculator: right to the last digit, and nothing but arithmetic."""

from __future__ import annotations

import ast
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.calculator import (
    DIGITS,
    LARGEST,
    SMALLEST,
    CalculationRefusedError,
    CalculationTooLongError,
    DivisionByZeroError,
    OutOfRangeError,
    UnclearCommaError,
    work_out,
)
from kiosk.protocol import MAX_EXPRESSION

Sum = tuple[str, Fraction]
"""An expression, bracketed throughout, and what it is."""


@st.composite
def numbers(draw: st.DrawFn) -> Sum:
    """A number as it is typed."""
    text = str(draw(st.integers(0, 9999)))
    if draw(st.booleans()):
        text += "." + str(draw(st.integers(0, 999)))
    return text, Fraction(text)


def joined(parts: st.SearchStrategy[Sum]) -> st.SearchStrategy[Sum]:
    """A sum of two parts, or one with its sign turned."""

    def work(one: Sum, sign: str, two: Sum) -> Sum:
        assume(sign != "/" or two[1] != 0)
        value = {
            "+": lambda: one[1] + two[1],
            "-": lambda: one[1] - two[1],
            "*": lambda: one[1] * two[1],
            "/": lambda: one[1] / two[1],
        }[sign]()
        return f"({one[0]} {sign} {two[0]})", value

    turned = parts.map(lambda one: (f"-{one[0]}", -one[1]))
    return turned | st.builds(work, parts, st.sampled_from("+-*/"), parts)


@given(st.recursive(numbers(), joined, max_leaves=6))
def test_a_result_is_right_to_its_last_digit(made: Sum) -> None:
    """What is shown differs from the exact fraction by at most half of the last of 12 digits."""
    expression, exact = made
    assume(len(expression) <= MAX_EXPRESSION)
    assume(not exact or SMALLEST <= abs(exact) < LARGEST - 1)
    shown = work_out(expression)
    digits = Decimal(shown).as_tuple().digits
    assert "E" not in shown.upper()
    assert len(digits) <= DIGITS
    assert abs(Fraction(shown) - exact) <= abs(exact) * Fraction(1, 2 * 10 ** (DIGITS - 1))
    if exact.denominator == 1:
        assert Fraction(shown) == exact


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("0.1+0.2", "0.3"),
        ("1/3", "0.333333333333"),
        ("2/3", "0.666666666667"),
        ("1/3*3", "1"),
        ("2*(3+4,5)", "15"),
        ("1-0.9", "0.1"),
        ("-(-3)", "3"),
        ("--3", "3"),
        ("+7", "7"),
        ("-0", "0"),
        ("0*-5", "0"),
        ("3 - 5", "-2"),
        ("007", "7"),
        ("1.50", "1.5"),
        (".5*4", "2"),
        ("5.", "5"),
        ("1,5", "1.5"),
        ("0,125*8", "1"),
        ("(1,2)", "1.2"),
        ("12÷4×2", "6"),
        ("12:4", "3"),
        ("7−2", "5"),
        ("100", "100"),
        ("999999*1000000", "999999000000"),
        ("1/1000000000000", "0.000000000001"),
        ("2-2", "0"),
        ("(" * 39 + "1" + ")" * 39, "1"),
        ("-" * 79 + "1", "-1"),
    ],
)
def test_what_is_typed_is_worked_out(expression: str, result: str) -> None:
    """Plain digits, no exponent, no rest of binary fractions; brackets, signs, decimal point and comma."""
    assert work_out(expression) == result


@pytest.mark.parametrize(
    "expression",
    [
        *("", " ", "(", ")", "()", "1+", "*2", "1 2", "1..2", "1.2.3", "...", ".", "(1)(2)", "1(2)", "2(3)"),
        *("9**9**9", "2**2", "7//2", "7%2", "1e9", "1_000", "0x10", "1j", "1if 1 else 2", "1or 2"),
        *("__import__('os').system('ls')", "abs(-1)", "x", "True", "'a'*9", "[1]", "{1}", "1<2"),
        *(
            "1==1",
            "not 1",
            "~1",
            "1&1",
            "1<<9",
            "lambda:1",
            "a:=1",
            "1;2",
            "1\n2",
            "\n1",
            "1\t+1",
            "1#2",
            "1\\",
        ),
        *(
            "\u0663+\u0663",
            "\u0967",
            "\u00b2",
            "\uff11+\uff11",
            "\u2167",
            "1\u202e2",
            "\x1b[2J1",
            "1\x00",
            "\u221e",
        ),
    ],
)
def test_whatever_is_not_arithmetic_is_refused(expression: str) -> None:
    """Names, calls, powers, comparisons, texts, other digits, other lines: refused, and nothing runs."""
    with pytest.raises(CalculationRefusedError) as refused:
        work_out(expression)
    assert refused.value.code == "calculation-refused"


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("1/0", DivisionByZeroError),
        ("1/(2-2)", DivisionByZeroError),
        ("0/0", DivisionByZeroError),
        ("1" * 81, CalculationTooLongError),
        ("(" * 5_000_000, CalculationTooLongError),
        ("9" * 80, OutOfRangeError),
        ("999999999999.9", OutOfRangeError),
        ("1000000*1000000", OutOfRangeError),
        ("1/1000000/10000000", OutOfRangeError),
        ("1,000+1", UnclearCommaError),
        ("12,345,678", UnclearCommaError),
    ],
)
def test_a_refusal_says_which(expression: str, error: type[CalculationRefusedError]) -> None:
    """Each refusal has its own code and tells in words what to do, without what was typed."""
    with pytest.raises(error) as refused:
        work_out(expression)
    said = refused.value.diagnostics()
    assert said.code == error.code
    assert expression[:20] not in said.what + said.next_step


@given(st.text(max_size=90) | st.text("0123456789+-*/()., ", max_size=90))
def test_any_text_is_worked_out_or_refused(text: str) -> None:
    """No other exception ever leaves the calculator."""
    try:
        shown = work_out(text)
    except CalculationRefusedError:
        return
    assert Decimal(shown).is_finite()


def test_the_evaluator_is_left_nothing_else() -> None:
    """Of all the kinds of expression Python has, four are worked out; a new one of the library is not let in."""
    from kiosk.calculator import _evaluator

    evaluator = _evaluator("1")
    assert set(evaluator.nodes) == {ast.Expr, ast.BinOp, ast.UnaryOp, ast.Constant}
    assert set(evaluator.operators) == {ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UAdd, ast.USub}
    assert (evaluator.functions, evaluator.names) == ({}, {})
