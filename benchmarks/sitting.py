"""`python -m benchmarks.sitting FOLDER`: the whole kiosk on a sitting of 100 items with a long stimulus, by `prepare`.

Supervisor, zygote, screen and session are the real ones; only Argon2id does its least, as the sitting was made so.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import msgspec

from exam_packages.form import DeliveryForm, ItemRef, Section, Stimulus, TestPart
from exam_packages.interactions import Paragraph
from kiosk import launch
from terminal import supervisor
from tests.kiosk.fake_session import sample_items
from tests.kiosk.forms import small_form
from tests.kiosk.world import World

ITEMS, WORDS = 100, 2_000
SESSION = (
    "import sys; from keys.primitives import MINIMUM; from kiosk.serving import run; "
    "sys.exit(run(sys.argv[1:], cost=MINIMUM))"
)
SENTENCE = (
    "the",
    "district",
    "plans",
    "its",
    "network",
    "and",
    "says",
    "who",
    "decides",
    "when",
    "money",
    "is",
    "short",
)


def form(count: int, *, words: int = 0) -> DeliveryForm:
    """A form of so many sample items, all of them about one stimulus of so many words."""
    sample = sample_items()
    stimulus = "s1" if words else ""
    items = tuple(
        msgspec.structs.replace(sample[number % len(sample)], id=f"I-{number:03}", stimulus=stimulus)
        for number in range(count)
    )
    text = [SENTENCE[number % len(SENTENCE)] for number in range(words)]
    blocks = tuple(Paragraph(" ".join(text[start : start + 100])) for start in range(0, words, 100))
    parts = (TestPart("p1", "", (Section("s1", "", tuple(ItemRef(item.id) for item in items)),)),)
    return msgspec.structs.replace(
        small_form(),
        parts=parts,
        items=items,
        stimuli=(Stimulus("s1", "The plan", blocks),) if words else (),
        exhibits=(),
    )


def prepare(folder: Path) -> World:
    """A centre, a carrier and an enrolled kiosk in `folder`, with nothing begun."""
    return World(folder, form=form(ITEMS, words=WORDS)).build()


def begin(world: World) -> str:
    """Let the candidate begin and the session process end; the code that resumes it."""
    world.testing().close()
    return world.resume_code(world.runner().view().resume_n)


def main(folder: Path) -> int:
    """Run the kiosk of `folder` on this terminal."""
    plan = launch.plan(folder / "station", folder / "carrier", ())
    session = (plan.session[0], "-P", "-c", SESSION, *plan.session[4:])
    return supervisor.run(replace(plan, session=session))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
