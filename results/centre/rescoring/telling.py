"""A comparison of two runs as text, as JSON values, and as a table (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import io

from results.centre.rescoring.comparison import CHANGED, GONE, NEW, SAME, Comparison, Line, Mark

COLUMNS = (
    "sitting",
    "candidate",
    "attempt",
    "change",
    "scaled_before",
    "scaled_after",
    "difference",
    "points_before",
    "points_after",
    "passed_before",
    "passed_after",
    "standing",
    "why",
)


def text(found: Comparison) -> str:
    """Who changed, in words; who did not is only counted."""
    now, no_more = (
        sum(one.passes_now for one in found.lines),
        sum(one.passes_no_more for one in found.lines),
    )
    lines = [f"{found.before} and {found.after}, form {found.form}:"]
    lines += [f"  {name}: {how}" for name, how in found.differs]
    lines.append(
        f"  {found.count(SAME)} as before, {found.count(CHANGED)} changed, {found.count(NEW)} new, "
        f"{found.count(GONE)} gone; {now} pass now who did not, {no_more} pass no more."
    )
    lines += [_line(one) for one in found.lines if one.kind != SAME or one.why]
    return "\n".join(lines)


def values(found: Comparison) -> dict[str, object]:
    """The same for a program, with every line."""
    return {
        "before": found.before,
        "after": found.after,
        "form": found.form,
        "differs": [{"what": name, "how": how} for name, how in found.differs],
        **{kind: found.count(kind) for kind in (SAME, CHANGED, NEW, GONE)},
        "pass_now": [_name(one) for one in found.lines if one.passes_now],
        "pass_no_more": [_name(one) for one in found.lines if one.passes_no_more],
        "results": [
            {
                **_name(one),
                "change": one.kind,
                "told": one.told,
                "difference": one.difference,
                "before": _mark(one.before),
                "after": _mark(one.after),
                "standing": one.standing,
                "why": list(one.why),
            }
            for one in found.lines
        ],
    }


def table(found: Comparison) -> str:
    """One row a result; points are whole points with three places, what is not there is empty."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(COLUMNS)
    for one in found.lines:
        before, after = _cells(one.before), _cells(one.after)
        difference = one.difference if one.before and one.after else ""
        writer.writerow(
            (
                _safe(one.sitting),
                _safe(one.candidate),
                one.attempt,
                one.kind,
                before[0],
                after[0],
                difference,
                before[1],
                after[1],
                before[2],
                after[2],
                one.standing,
                _safe("; ".join(one.why)),
            )
        )
    return made.getvalue()


def _line(one: Line) -> str:
    passes = ", passes now" if one.passes_now else ", passes no more" if one.passes_no_more else ""
    why = f": {'; '.join(one.why)}" if one.why else ""
    stands = f" ({one.standing})" if one.standing else ""
    return f"  {one.candidate}, attempt {one.attempt}, sitting {one.sitting}: {one.told}{passes}{stands}{why}"


def _name(one: Line) -> dict[str, object]:
    return {"sitting": one.sitting, "candidate": one.candidate, "attempt": one.attempt}


def _mark(one: Mark | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {"scaled": one.scaled, "raw": one.raw, "points": one.points, "passed": one.passed}


def _cells(one: Mark | None) -> tuple[object, object, object]:
    return (one.scaled, f"{one.points / 1000:.3f}", int(one.passed)) if one else ("", "", "")


def _safe(word: str) -> str:
    """A cell that a spreadsheet takes for no formula."""
    return f"'{word}" if word.startswith(("=", "+", "-", "@", "\t", "\r")) else word
