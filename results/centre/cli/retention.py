"""`exam-kiosk results retention plan | apply | erased`: personal data goes on schedule, the statistics stay."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keys.carrier import read_file
from keys.clock import SystemClock, utc
from keys.errors import ExamKioskError
from keys.prompt import emit
from keys.text import sanitise
from results.centre.cli.asking import Folder, Json, Key, LedgerAt, PassphraseFd, group, opened_centre

if TYPE_CHECKING:
    from results.centre.retention.rules import Held, Rules

RULES = "retention.toml"
MAX_RULES = 64 * 1024


class RetentionRulesMissingError(ExamKioskError):
    """No rule file."""

    code = "retention-rules-missing"
    what = "There is no {name}, which says what goes when. Nothing was erased."
    next_step = "Write it as docs/formats/retention.md shows, or name the file with --rules."


app = group()
retention = group()
app.add_typer(retention, name="retention", help="Erase personal data on schedule and keep the statistics.")

RuleFile = Annotated[
    Path | None,
    typer.Option("--rules", help="The rule file; retention.toml in the centre's folder if not given."),
]


@retention.command()
def plan(
    centre: Folder,
    rules: RuleFile = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Show what `apply` would erase now, and what is due and stays. Nothing is changed."""
    from results.centre.retention.planning import make_plan

    told = _rules(centre, rules)
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    with opened.ledger.reading() as books:
        found = make_plan(books, told, SystemClock().now().wall)
    emit(
        as_json,
        {"due": [_values(one) for one in found.due], "stays": [_values(one) for one in found.kept]},
        "\n".join([_sum("Due", found.due), *_kept(found.kept)]),
    )


@retention.command()
def apply(
    *,
    centre: Folder,
    by: Annotated[str, typer.Option("--by", help="The name of the person who does it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in words.")],
    rules: RuleFile = None,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """Erase for good what is due, once its statistics are kept; each thing is noted with rule, name and reason."""
    from results.centre.retention.erasing import apply as erase

    told = _rules(centre, rules)
    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    words = (sanitise(by, limit=200).strip(), sanitise(reason, limit=2_000).strip())
    done = erase(opened, told, *words, SystemClock().now())
    kept = [f"  statistics of {_persons(count)} of {run} were kept" for run, count in done.kept.items()]
    emit(
        as_json,
        {
            "erased": [_values(one) for one in done.plan.due],
            "stays": [_values(one) for one in done.plan.kept],
            "statistics": done.kept,
        },
        "\n".join([_sum("Erased", done.plan.due), *kept, *_kept(done.plan.kept)]),
    )


@retention.command()
def erased(
    centre: Folder,
    ledger: LedgerAt = None,
    key: Key = None,
    passphrase_fd: PassphraseFd = None,
    as_json: Json = False,
) -> None:
    """List what was erased, by which rule and whom, and the statistics that were kept."""
    from results.centre.retention.listing import gone, statistics_kept

    opened = opened_centre(centre, key, passphrase_fd, ledger=ledger)
    with opened.ledger.reading() as books:
        things, kept = gone(books), statistics_kept(books)
    emit(
        as_json,
        {"erased": things, "statistics": kept},
        "\n".join(
            f"{one['at']}  {one['kind']} {one['thing']}: {one['rule']}. By {one['by']}: {one['reason']}"
            for one in things
        )
        or "Nothing was erased yet.",
    )


def _rules(centre: Path, named: Path | None) -> Rules:
    from results.centre.retention.rules import read_rules

    path = named or centre / RULES
    if not path.exists():
        raise RetentionRulesMissingError(name=path)
    return read_rules(read_file(path, limit=MAX_RULES), str(path))


def _values(one: Held) -> dict[str, object]:
    return {
        "kind": one.kind,
        "thing": one.thing,
        "sitting": one.sitting,
        "candidate": one.candidate,
        "since": utc(one.since),
        "rows": one.rows,
        "stays": one.kept,
    }


def _sum(word: str, found: tuple[Held, ...]) -> str:
    counted = Counter(one.kind for one in found)
    return f"{word}: " + (
        ", ".join(f"{count} of {kind}" for kind, count in sorted(counted.items())) or "nothing"
    )


def _persons(count: int) -> str:
    return "1 candidate" if count == 1 else f"{count} candidates"


def _kept(found: tuple[Held, ...]) -> list[str]:
    """What is due and stays, each by its sitting and the candidate on whose account."""
    lines = []
    for one in found:
        sitting = f"sitting {sanitise(one.sitting, limit=80)}" if one.sitting else ""
        candidate = f"candidate {sanitise(one.candidate, limit=80)}" if one.candidate else ""
        whose = ", ".join(part for part in (sitting, candidate) if part)
        lines.append(f"  stays: {one.kind} {one.thing[:24]}{f' ({whose})' if whose else ''}: {one.kept}")
    return lines
