"""Opening a package, from its bytes to the decoded form, against decrypting the same bytes by secretstream alone."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import Ratio, paired
from exam_packages.bank import load
from exam_packages.mastering import master
from exam_packages.package import pack, unpack
from keys import primitives
from keys.encoding import Instant, encode
from keys.statement import Holder, Keyring, Role, Signer

SAMPLE = Path(__file__).parents[1] / "exam_packages/samples/cetl-practice"
MEDIA = 8 * 1024 * 1024


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

        found.append(paired(f"open {name}", ours, "secretstream of the same bytes", alone, rounds=60))
    return found
