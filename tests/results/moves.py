"""A candidate of the tests of results/ who was moved from kiosk 1 to kiosk 2, with their answers or without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from exam_packages.interactions import ChosenOptions, ItemId, OptionId
from keys import container
from keys.codes import checkpoint_code, kiosk_key, kiosk_keys
from keys.encoding import digest
from keys.identities import PrivateIdentity
from results.wire import events as e
from results.wire import journal
from results.wire.journal import Head
from results.wire.mirror import KIND, MirrorHeader, cut, seal_segment
from tests.results import builders as b
from tests.results.centres import SECRET

KEY = b"m" * 32


def checkpoint(w: b.World, raws: Sequence[bytes], n: int = 0) -> str:
    """The checkpoint code that kiosk `n` showed after these lines."""
    opened = b.opening(w, n)[0]
    assert isinstance(opened, e.SessionOpened)
    key = kiosk_key(SECRET, w.plan.sitting, w.plan.mode.value, w.kiosks[n].identity.fingerprint)
    return checkpoint_code(kiosk_keys(key), opened.session, digest(raws[-1]), len(raws))


def segments(
    w: b.World, raws: Sequence[bytes], n: int = 0, signer: PrivateIdentity | None = None, **changes: object
) -> list[bytes]:
    """The mirror of these lines as kiosk `n` writes it; `changes` are lies in its headers."""
    opened = b.opening(w, n)[0]
    assert isinstance(opened, e.SessionOpened)
    made: list[bytes] = []
    before: list[bytes] = []
    for one in cut(raws):
        before += one.raws
        header = MirrorHeader(
            opened.session,
            w.plan.sitting,
            w.plan.mode.value,
            w.kiosks[n].identity.fingerprint,
            digest(w.plan_file),
            w.plan.package_digest,
            b.candidate(n),
            1,
            0,
            0,
            one.end.digest,
            one.end.count,
            checkpoint(w, before, n),
            b.START,
        )
        header = msgspec.structs.replace(header, **changes)
        made.append(seal_segment(one, header, KEY, w.plan, (signer or w.kiosks[n]).signer()))
    return made


def carried(w: b.World, raws: Sequence[bytes], n: int = 0) -> e.SessionCarried:
    """What kiosk 2 writes down of these lines."""
    statement, _ = container.split(segments(w, raws, n)[-1], kind=KIND)
    opened = b.opening(w, n)[0]
    assert isinstance(opened, e.SessionOpened)
    kiosk = w.kiosks[n].identity.fingerprint
    head = Head(digest(raws[-1]), len(raws))
    return e.SessionCarried(kiosk, opened.session, head.digest, head.count, tuple(raws), statement)


def left(w: b.World, answers: Mapping[str, str]) -> list[bytes]:
    """The lines of the session at kiosk 1, up to some moment."""
    return b.chain(b.session(w, 0, answers, end=False))


def arrived(
    w: b.World,
    source: Sequence[bytes],
    answers: Mapping[str, str],
    *,
    along: bool,
    code: str = "",
    n: int = 1,
) -> bytes:
    """The record of the next kiosk: the source's journal came `along` or not, then these answers, and handed in."""
    events = going_on(w, source, answers, along=along, code=code, n=n)
    ended = [*events, e.HandedIn(0, 0, (20_000 if along else 0) + 60_000)]
    return b.seal(w, n, b.chain(ended, begin=n * 120_000))


def going_on(
    w: b.World,
    source: Sequence[bytes],
    answers: Mapping[str, str],
    *,
    along: bool,
    code: str = "",
    n: int = 1,
) -> list[e.SessionEvent]:
    """What kiosk `n` (from 0) writes down so far of a candidate who left the one before."""
    opened = b.opening(w, n)[0]
    moved = e.CandidateMovedIn(b.candidate(0), 1, 3, code or checkpoint(w, source, n - 1), 60)
    began = 20_000 if along else 0
    events: list[e.SessionEvent] = [opened, moved, *((carried(w, source, n - 1),) if along else ())]
    agreed = () if along else (e.AgreementAccepted("terms", digest(b"terms")),)
    events += [e.IdentityConfirmed(), *agreed, e.InstructionsRead(), e.TestStarted(began + b.LIMIT, "seed")]
    for at, (item, option) in enumerate(answers.items()):
        chosen = ChosenOptions((OptionId(option),) if option else ())
        events += [
            e.ItemPresented(ItemId(item), b.OPTIONS, began + at * 2_000),
            e.ResponseRecorded(ItemId(item), chosen, began + at * 2_000 + 1_000),
        ]
    return events


def read(raws: Sequence[bytes]) -> tuple[journal.SessionEntry, ...]:
    """These lines as entries."""
    return journal.read(raws, journal.SessionEntry)[0]
