"""Files as they come back on carriers, good and bad, with what tests of importing do with them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from keys.encoding import Instant
from results.centre.imported import Report
from results.centre.importing import import_files
from results.centre.intake import Office
from results.centre.ledger import Ledger
from results.centre.tables import bundles, closing_lines, records
from results.wire import events as e
from tests.results import builders as b

W = b.world()
NOW = Instant(b.START + 24 * b.HOUR)
WHOLE = [b.sitting_record(W, n, n + 1) for n in range(3)]
PART = b.seal(W, 1, b.chain(b.session(W, 1, b.right(W, 2), end=False))[:-2])
AGAIN = b.seal(W, 0, b.chain(b.session(W, 0, b.right(W, 1))))
FORK = b.seal(W, 2, b.chain(b.session(W, 2, b.right(W, 4))))
SECOND = b.seal(W, 1, b.chain([*b.opening(W, 1, session="f" * 32), e.HandedIn(0, 0, 1)]))
DAMAGED = WHOLE[0][:-40] + b"\0" + WHOLE[0][-39:]
FOREIGN = b.seal(W, 0, b.chain(b.session(W, 0, {})), signer=W.stranger)
BUNDLE = b.bundle(W, {0: WHOLE[0], 1: WHOLE[1]})
TORN = b.bundle(W, {0: WHOLE[0], 1: WHOLE[1], 2: WHOLE[2]})[:-2_000]
FILES = {
    "0.ekr": WHOLE[0],
    "1.ekr": WHOLE[1],
    "2.ekr": WHOLE[2],
    "part.ekr": PART,
    "again.ekr": AGAIN,
    "fork.ekr": FORK,
    "second.ekr": SECOND,
    "damaged.ekr": DAMAGED,
    "foreign.ekr": FOREIGN,
    "bundle.ekb": BUNDLE,
    "torn.ekb": TORN,
}


def write(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """The files written in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in files]


def take(ledger: Ledger, paths: Iterable[Path], office: Office | None = None) -> Report:
    """Import files."""
    return import_files(paths, ledger, office or W.office(), NOW, lambda _: None)


def snapshot(ledger: Ledger) -> dict[str, Any]:
    """All that an import may decide; not from where and when a file came first."""
    with ledger.transaction() as books:
        connection = books._connection

        def rows(table: sa.Table, names: str) -> list[tuple[Any, ...]]:
            columns = [table.c[name] for name in names.split()]
            return sorted(tuple(row) for row in connection.execute(sa.select(*columns)))

        return {
            "records": rows(records, "digest state reason session candidate outcome head entries"),
            "bundles": rows(bundles, "digest state reason sitting entries"),
            "lines": rows(closing_lines, "bundle candidate state session record head"),
            "in force": {
                seat: line.state if line else "disputed" for seat, line in books.lines(W.plan.sitting).items()
            },
        }
