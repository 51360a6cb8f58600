"""Opening a package, from its bytes to the decoded form, against decrypting the same bytes by secretstream alone."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import Ratio, milliseconds, paired, timed
from benchmarks.sitting import form
from exam_packages import route
from exam_packages.bank import load
from exam_packages.form import StageLimits
from exam_packages.mastering import master
from exam_packages.package import pack, unpack
from keys import primitives
from keys.encoding import Instant, encode
from keys.statement import Holder, Keyring, Role, Signer
from kiosk.navigation import lay_out
from kiosk.protocol import Phase, Question, View, frame
from tests.kiosk.forms import small_front

SAMPLE = Path(__file__).parents[1] / "exam_packages/samples/cetl-practice"
MEDIA = 8 * 1024 * 1024
LONG, SHORT = 300, 30
SEED = route.new_seed(bytes(route.SEED_BYTES))


def ratios() -> list[Ratio]:
    """The sample form alone, where fixed costs show, and with 8 MiB of media, where bytes do."""
    mastered = master(load(SAMPLE))
    signer = Signer(Role.PACKAGER, "packager", primitives.entropy(32))
    keyring = Keyring((Holder(Role.PACKAGER, "packager", signer.public),))
    key = primitives.entropy(32)
    found: list[Ratio] = []
    for name, media in (
        ("the sample form", {}),
        ("the sample form with 8 MiB of media", {"m": bytes(MEDIA)}),
    ):
        packed = pack(
            "bench-1",
            "cetl-practice",
            mastered.front,
            mastered.form,
            media,
            content_key=key,
            made_at=Instant(0),
            signer=signer,
        )
        clear = [encode(mastered.front), encode(mastered.form), *media.values()]
        streams = [primitives.stream_seal(key, part, b"") for part in clear]

        def ours(packed: bytes = packed, names: tuple[str, ...] = tuple(media)) -> None:
            package = unpack(packed, keyring)
            package.front(key)
            package.form(key)
            for part in names:
                package.open_part(part, key)

        def alone(streams: list[bytes] = streams) -> None:
            for stream in streams:
                primitives.stream_open(key, stream, b"", kind="stream")

        found.append(
            paired(f"open {name}", timed(ours), "secretstream of the same bytes", timed(alone), rounds=60)
        )
    return [*found, _long(signer, keyring, key)]


def _long(signer: Signer, keyring: Keyring, key: bytes) -> Ratio:
    """From a package's bytes to the first question as the screen is told it, of a long form and a short one."""

    def opening(count: int) -> Callable[[], float]:
        long = form(count)
        front = small_front(long, StageLimits(), tutorial=False)
        packed = pack("bench-2", "bench", front, long, {}, content_key=key, made_at=Instant(0), signer=signer)

        def act() -> None:
            package = unpack(packed, keyring)
            package.front(key)
            layout = lay_out(package.form(key), SEED)
            first = layout.places[0]
            question = Question(0, first.item, first.order, None, flagged=False, struck=())
            frame(View(Phase.TESTING, question=question, marks="." * count))

        return lambda: milliseconds(act) / count

    gc.collect()
    gc.freeze()  # what the other rows made is not in a kiosk's memory
    return paired(
        f"open a form of {LONG} items, an item",
        opening(LONG),
        f"an item of a form of {SHORT}",
        opening(SHORT),
        rounds=40,
        target="1",
    )
