"""The candidate's calculator: one line of four-function arithmetic in, one number out. Pure.

Rules.
1. The text is read by Python's own grammar and worked out by `simpleeval`, which is left only numbers, brackets and
   + - * /; no name, call, power, comparison or text is reachable, and no other character gets so far.
2. Numbers are fractions: 0.1 + 0.2 is 0.3, and 1 / 3 * 3 is 1. Only the result is rounded, to `DIGITS`.
3. A result is never shown with an exponent; what would need one is refused.
"""

from __future__ import annotations

import ast
import operator
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from simpleeval import InvalidExpression, SimpleEval

from keys.errors import ExamKioskError
from kiosk.protocol import MAX_EXPRESSION

DIGITS = 12
"""Significant digits of a result."""
LARGEST, SMALLEST = Fraction(10**12), Fraction(1, 10**12)
"""A result is smaller than the one, and 0 or at least the other."""

_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", ":": "/", "−": "-", "–": "-", ",": "."})
_KNOWN = re.compile(r"[0-9+\-*/(). ]*")
_UNSURE = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])")
_LEADING = re.compile(r"(?<![0-9.])0+(?=[0-9])")


class CalculationRefusedError(ExamKioskError):
    """What was typed cannot be worked out."""

    code = "calculation-refused"
    what = "This is not a calculation that can be worked out."
    next_step = "Use numbers, + - * / and brackets, such as 2*(3+4.5)."


class CalculationTooLongError(CalculationRefusedError):
    """More was typed than the calculator takes."""

    code = "calculation-too-long"
    what = "This calculation is longer than {limit} characters."
    next_step = "Work it out in two steps."


class DivisionByZeroError(CalculationRefusedError):
    """Something was divided by zero."""

    code = "calculation-by-zero"
    what = "Nothing can be divided by zero."
    next_step = "Look at what stands behind the division sign."


class OutOfRangeError(CalculationRefusedError):
    """The result has more digits than the calculator shows."""

    code = "calculation-out-of-range"
    what = "The result is too large or too small for this calculator."
    next_step = "It shows 12 digits: work in larger or smaller units."


class UnclearCommaError(CalculationRefusedError):
    """A comma before three digits: a decimal comma to some, a thousand to others."""

    code = "calculation-comma-unclear"
    what = "A comma before three digits can mean two things."
    next_step = "For thousands leave the comma out; for a decimal use a point."


def work_out(expression: str) -> str:
    """The result of `expression` in plain digits with a decimal point: "2*(3+4,5)" gives "15".

    Raises `CalculationRefusedError`.
    """
    if len(expression) > MAX_EXPRESSION:
        raise CalculationTooLongError(limit=MAX_EXPRESSION)
    if _UNSURE.search(expression):
        raise UnclearCommaError
    plain = _LEADING.sub("", expression.translate(_SIGNS)).strip(" ")
    if not _KNOWN.fullmatch(plain) or not plain:
        raise CalculationRefusedError
    try:
        result: object = _evaluator(plain).eval(plain)
    except ZeroDivisionError as error:
        raise DivisionByZeroError from error
    except (InvalidExpression, SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise CalculationRefusedError from error
    if not isinstance(result, Fraction):
        raise CalculationRefusedError
    return _shown(result)


def _evaluator(source: str) -> SimpleEval:
    """An evaluator of nothing but numbers and four operations; a number is read from its text, never as a float."""

    def number(node: ast.Constant) -> Fraction:
        return Fraction(ast.get_source_segment(source, node) or "")

    evaluator = SimpleEval(
        operators={
            ast.Add: operator.add,
            ast.Sub: operator.sub,
            ast.Mult: operator.mul,
            ast.Div: operator.truediv,
            ast.UAdd: operator.pos,
            ast.USub: operator.neg,
        },
        functions={},
        names={},
    )
    kept = (ast.Expr, ast.BinOp, ast.UnaryOp)
    evaluator.nodes = {kind: evaluator.nodes[kind] for kind in kept} | {ast.Constant: number}
    return evaluator


def _shown(result: Fraction) -> str:
    if result and abs(result) < SMALLEST:
        raise OutOfRangeError
    context = Context(prec=DIGITS, rounding=ROUND_HALF_UP)
    rounded = context.divide(Decimal(result.numerator), Decimal(result.denominator))
    if abs(rounded) >= LARGEST:
        raise OutOfRangeError
    whole = rounded.to_integral_value()
    return f"{whole if rounded == whole else rounded.normalize(context):f}"
