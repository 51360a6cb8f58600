"""What `results salvage` and `results receipts` say, as lines and as JSON: plain facts, nothing of any answer."""

from __future__ import annotations

from exam_packages.receipt import Standing
from keys.clock import utc
from keys.encoding import grouped
from keys.text import sanitise
from results.centre.receipts import Made
from results.centre.salvaged import Found


def salvaged_values(found: Found) -> dict[str, object]:
    """A salvaged file for a program."""
    values: dict[str, object] = {
        "source": found.source,
        "digest": found.digest,
        "code": found.reason.code,
        "what": found.reason.what,
        "new": found.new,
    }
    one = found.session
    if one is None:
        return values
    return values | {
        "sitting": one.sitting,
        "mode": one.mode,
        "kiosk": one.kiosk,
        "session": one.session,
        "candidate": one.candidate,
        "attempt": one.attempt,
        "outcome": one.outcome,
        "answered": one.answered,
        "entries": one.head.count,
        "head": one.head.digest,
        "last": utc(one.last),
        "whole": one.whole,
        "against": one.against,
    }


def salvaged_text(found: Found) -> str:
    """A salvaged file for a person."""
    lines = [f"{found.source}: held in quarantine{'' if found.new else ', as before'}."]
    lines += [
        f"  [{found.reason.code}] {sanitise(found.reason.what, limit=400)}",
        f"  {found.reason.next_step}",
    ]
    one = found.session
    if one is not None:
        who = f"candidate {one.candidate}, attempt {one.attempt}" if one.candidate else "nobody signed in"
        lines += [
            f"  Sitting {one.sitting}, kiosk {grouped(one.kiosk, 4)}: {who}.",
            f"  {one.head.count} entries to {utc(one.last)}, {one.answered} answered, {one.outcome}.",
            f"  {one.against[0].upper()}{one.against[1:]}.",
        ]
    return "\n".join(lines)


def receipt_values(made: Made) -> dict[str, object]:
    """A receipt for a program."""
    standings = [one.standing for one in made.receipt.records]
    return {
        "sitting": made.receipt.sitting,
        "new": made.new,
        "made_at": made.receipt.made_at,
        "confirmed": standings.count(Standing.CONFIRMED),
        "held": standings.count(Standing.HELD),
        "desks": len(made.receipt.desks),
    }


def receipt_text(made: Made) -> str:
    """A receipt for a person."""
    values = receipt_values(made)
    what = "staged and signed" if made.new else "says the same as before"
    return (
        f"Receipt of {made.receipt.sitting}: {values['confirmed']} records confirmed, {values['held']} held, "
        f"{values['desks']} desk journal{'' if values['desks'] == 1 else 's'}; {what}."
    )
