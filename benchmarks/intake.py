"""Importing sealed records, against the bare cost of the same: verify, open, decode and insert, on one core.

The bare cost is what nobody can leave out, with the same libraries: the signature, the digests of the file and of its
part, the envelope, the content, every line decoded into its entry and held in its chain, and the same row, sixty-four
of them in a transaction. The row holds what was opened, as an import's does; what that is was worked out before and
costs the bare run nothing. What an import does beyond that is its own: it holds header against journal and plan, looks
for what cannot have happened, folds, gathers the facts, and settles what counts. Costs are milliseconds on the
processor, of all processes together, a record. What was made for the measuring is kept from the collector, as in the
processes that judge.
"""

from __future__ import annotations

import dataclasses
import functools
import gc
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import sqlalchemy as sa

from benchmarks.measure import Ratio
from keys import container
from keys.encoding import Digest, Instant, digest
from keys.identities import PrivateIdentity
from keys.sealing import Context, open_content, open_envelope
from keys.statement import SEALED_RECORD, Keyring, verify
from results.centre.imported import report
from results.centre.importing import import_all, sources
from results.centre.intake import KnownPlan, Office
from results.centre.judging.pool import Here
from results.centre.judging.verdicts import Kind, SoundRecord, verdict
from results.centre.ledger import Ledger, open_ledger
from results.centre.tables import records
from results.wire.bundle import JOURNAL, RecordHeader, record_name
from results.wire.events import HandedIn
from results.wire.journal import ROOT, JournalBrokenError, SessionEntry
from tests.results import builders as b

ITEMS = 100
SEATS = 100
RECORDS = 400
ROUNDS = 3
TOGETHER = 64
SIZES = (1_000, 10_000, 100_000)
SHORT_SIZES = SIZES[:2]
NOW = Instant(b.START + b.HOUR)
_decoder = msgspec.json.Decoder(SessionEntry)


def ratios() -> list[Ratio]:
    """Loose records and a bundle against the bare cost, a second import against the first, and memory as it grows."""
    found: list[Ratio] = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        place = Path(name)
        w = b.world(RECORDS, ITEMS)
        raws = [b.sitting_record(w, n, ITEMS // 2) for n in range(RECORDS)]
        figures: list[tuple[float, ...]] = []
        for at in range(ROUNDS + 1):
            here = place / str(at)
            costs = _round(here, w, raws)
            if at:  # the first one warms up
                figures.append(costs)
    bare, loose, again, bundled = (tuple(some) for some in zip(*figures, strict=True))
    against = "verify, open, decode, insert"
    found.append(Ratio("import of loose records", loose, bare, against, "1.43", "ms a record"))
    found.append(Ratio("import of a bundle", bundled, bare, against, "1.43", "ms a record"))
    found.append(Ratio("second import of the same", again, loose, "the first", "0.05", "ms a record"))
    return [*found, *_growth()]


def _round(place: Path, w: b.World, raws: list[bytes]) -> tuple[float, float, float, float]:
    """One figure each, in ms a record: bare, loose, loose again, bundle."""
    loose, bundle = place / "loose", place / "bundle"
    for folder in (loose, bundle):
        folder.mkdir(parents=True)
    for n, raw in enumerate(raws):
        (loose / record_name(f"kiosk-{n}", "1")).write_bytes(raw)
    (bundle / "one.ekb").write_bytes(b.bundle(w, dict(enumerate(raws))))
    ledgers = [open_ledger(place / name, w.centre, make=True) for name in ("bare", "own", "other")]
    ring = w.keyring.and_also(one.identity.holder() for one in w.kiosks)
    kept = [(found.facts, found.heads) for found in _verdicts(loose, w)]
    gc.collect()
    gc.freeze()
    bare = _cost(lambda: _bare(loose, ledgers[0], w.centre, ring, kept))
    first = _cost(lambda: _import(loose, ledgers[1], w))
    again = _cost(lambda: _import(loose, ledgers[1], w))
    bundled = _cost(lambda: _import(bundle, ledgers[2], w))
    return bare / len(raws), first / len(raws), again / len(raws), bundled / len(raws)


def _verdicts(place: Path, w: b.World) -> Iterator[SoundRecord]:
    """The verdicts on these records, all of which are sound."""
    office = w.office()
    for path in sorted(place.iterdir()):
        found = verdict(Kind.RECORD, path.read_bytes(), office)
        if isinstance(found, SoundRecord):
            yield found


def _import(place: Path, ledger: Ledger, w: b.World) -> None:
    office = w.office()
    report(ledger, import_all(sources([place]), ledger, Here(office), office.plan, NOW, lambda _: None))


def _bare(
    place: Path, ledger: Ledger, centre: PrivateIdentity, ring: Keyring, kept: list[tuple[bytes, bytes]]
) -> None:
    """What nobody can leave out; `kept` are the facts and heads of each record."""
    rows: list[dict[str, object]] = []
    for path, (facts, heads) in zip(sorted(place.iterdir()), kept, strict=True):
        raw = path.read_bytes()
        envelope, body = container.split(raw, kind="record")
        header = msgspec.json.decode(verify(envelope, SEALED_RECORD, ring).payload, type=RecordHeader)
        hashlib.sha256(body).hexdigest()
        context = Context(
            f"record {header.session}",
            header.sitting,
            header.mode,
            plan=header.plan_digest,
            package=header.package_digest,
        )
        who = centre.identity.fingerprint
        key = open_envelope(header.envelopes, who, centre.sealing, context, kind="record")
        lines = open_content(key, JOURNAL, body, context, kind="record").split(b"\n")[:-1]
        head, count = str(ROOT), 0
        for line in lines:
            entry = _decoder.decode(line)
            if (entry.seq, entry.prev) != (count, head):
                raise JournalBrokenError(seq=count, detail="the chain is broken")
            head, count = hashlib.sha256(line).hexdigest(), count + 1
        rows.append({**_row(digest(raw), header, raw), "facts": facts, "heads": heads})
        if len(rows) == TOGETHER:
            _insert(ledger, rows)
            rows = []
    _insert(ledger, rows)


def _row(found: Digest, header: RecordHeader, raw: bytes) -> dict[str, object]:
    names = ("session", "sitting", "mode", "kiosk", "candidate", "attempt", "outcome", "form_digest", "head")
    row = {name: getattr(header, name) for name in names}
    return {**row, "digest": found, "state": "admitted", "file": raw}


def _insert(ledger: Ledger, rows: list[dict[str, object]]) -> None:
    if rows:
        with ledger.transaction() as books:
            books.connection.execute(sa.insert(records), rows)


def _cost(act: Callable[[], object]) -> float:
    """Milliseconds on the processor."""
    before = _spent()
    act()
    return _spent() - before


def _spent() -> float:
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found) * 1_000


def _growth() -> Iterator[Ratio]:
    """The most memory that an import held and what a record cost, against the smallest import; bundles of a hundred."""
    sizes = SIZES if os.environ.get("EXAM_KIOSK_FAULTS") == "long" else SHORT_SIZES
    found = [_grown(size) for size in sizes]
    for size, (peak, cost) in zip(sizes[1:], found[1:], strict=True):
        name, against = f"an import of {size:,} small records", f"of {sizes[0]:,}"
        yield Ratio(f"memory of {name}", (peak,), (found[0][0],), against, "1.2", "MiB")
        yield Ratio(f"cost of {name}", (cost,), (found[0][1],), against, "1.2", "ms a record")


def _grown(size: int) -> tuple[float, float]:
    """MiB of a fresh process at its most, and ms on the processor a record."""
    command = [sys.executable, "-m", "benchmarks.intake", str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    peak, cost = done.stdout.split()
    return float(peak), float(cost)


def sitting_of(w: b.World, number: int) -> b.World:
    """The same people in another sitting, under a plan of its own."""
    plan = msgspec.structs.replace(w.plan, sitting=f"sitting-{number:06}")
    return dataclasses.replace(w, plan=plan, plan_file=plan.sitting.encode())


def _small(w: b.World, n: int, number: int) -> bytes:
    """A record of a short session of its own."""
    opening = b.opening(w, n, session=f"{number * SEATS + n:032x}")
    return b.seal(w, n, b.chain([*opening, *b.answers({"i0": "A"}), HandedIn(3, 0, 60_000)]))


def main(size: int) -> None:
    """Make and import so many records, a hundred a sitting; print the most memory in MiB, and ms to import one."""
    w = b.world(SEATS, 4)

    @functools.lru_cache(maxsize=8)
    def plan(sitting: str) -> KnownPlan | None:
        return sitting_of(w, int(sitting.removeprefix("sitting-"))).office().plan(sitting)

    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        place = Path(name)
        (place / "in").mkdir()
        for number in range(-(-size // SEATS)):
            here = sitting_of(w, number)
            made = {n: _small(here, n, number) for n in range(min(SEATS, size - number * SEATS))}
            (place / "in" / f"{number:06}.ekb").write_bytes(b.bundle(here, made))
        ledger = open_ledger(place, w.centre, make=True)
        office = Office(w.centre, plan)
        gc.freeze()
        before = _spent()
        found = sources([place / "in"])
        told = report(ledger, import_all(found, ledger, Here(office), plan, NOW, lambda _: None))
        cost = (_spent() - before) / size
        if told.records.admitted != size:
            raise SystemExit(f"{told.records} of {size}: {told.quarantined[:1]}")
    print(_most(), cost)


def _most() -> float:
    """The most memory that this program held, MiB; the usage that wait(2) tells begins with that of the starter."""
    (line,) = (one for one in Path("/proc/self/status").read_text("utf-8").splitlines() if "VmHWM" in one)
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
