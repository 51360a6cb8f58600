"""The published test keys, by digest, and the refusal of whoever brings one.

The vectors under tests/vectors/ are signed and sealed with keys that anybody can derive from `person` in
tests/vectors/vector.py. Believing one would let anybody sign in its holder's name and read what is sealed to it.
"""

from __future__ import annotations

from keys.encoding import digest
from keys.errors import ExamKioskError

PUBLISHED = frozenset(
    {
        # centre another elsewhere
        "a4c21ff1b2e62777b14fdb5296025dec2458d0d73e8a37a1c647a030c644e95e",
        "fd7e0ae63d37d7b1e8bd769185337cbe851160b3f39e5d8871aee96ce234eae8",
        # centre centre centre
        "3a4b11b75a4647a345c50a00157cd926e0caff1359988330b73183e8c0145dbd",
        "90f7f2e205a8efb7e1f5d600b5ee00f88687468f8eab1fac6268144fe4736c28",
        # intake intake centre
        "c7ae6700951f9c66913640a460694359397fc605a6c6733c80f3a94ce0e34c08",
        "73eded4121c2baffb5894f4c4a63326fbf7336d12e30872fd2a1e2cf3aa20b5d",
        # kiosk kiosk-01 west
        "ab451fec863e8c0c6b4500829b862cdc6fb6ed2f6ec94f9ba0cecb27445fb817",
        "e91b29124042ce085f2266a6cb7bcd9aef7b2dea0eb2e385f65d737c2b8ff000",
        # kiosk kiosk-02 west
        "e75edf62ae47184e4ac93cda0216c1cad86cc4937058a21b3a7655206198a198",
        "745d07653fb4eb787e6b99e3c2ac2f357b55d8c9d6f8ad61adfe7b3dec63bf73",
        # kiosk kiosk-03 west
        "637c841944ff51d131ea7a655713ac9bd83a06741f09eeba40654cc5eaaab6ff",
        "71e69dfca6a9b8c2ec93110ef02569690fc4c9a4491e0d560d95634dc2b19cb3",
        # kiosk kiosk-99 east
        "311e07796eb8beb2b78bc954939d66fa3ee0c86f7779832ec6689dd7499cbd80",
        "15c96661b7d96f54dca806959d85386dbd7217c47c2f2c35576de87d5b29d111",
        # packager packager centre
        "806a75c2eac88c154b46c1c094bd6c174a2e095a3edb5d331c95ba979a64884d",
        "2ba355f028b0c5cbd9c614b55cff39de3ff2e9f730e9b2796b18757e6be73775",
        # packager stranger centre
        "94398e26c8b4b00319cdda279fdd4b565a35d09c2d180dda35e43c7f3003821a",
        "0a401086b850fa6515bf176f988040a0215aca24371aeb91b1828779f40fa395",
        # proctor rivera west
        "4e8ce942dc490021e30b24201eac3ced01413665ccc13c1de20b5645d10592a5",
        "c8014e2bc583b092222c9d76f9b9af553e70675f8e1f1211a4d883baf9e7af40",
        # proctor stranger west
        "2270c839e3350eaf8679d6364469bd73af9ecd177e3b7d1a13e848875f312450",
        "a99fc250404d2f3802f4ab25ccc3c64984f0fa108590fd4ed83d767fe65cdc90",
        # registrar registrar centre
        "dfb57a6cafaf6e45106f43494bffaf421a3f25899e7a19918ff81db2ed46f1c1",
        "9a6f103dc6c2ef4968fde434d07674a349343619fc0c7ffd5276ee7a9f26237f",
        # scoring scoring centre
        "6cee6ba28f579a05710e1c5b8cb67120eca78f51c9ee5480d0dfc3b21aa8dca6",
        "9e9cc974076de4cf929bb9deea8cac50cf39352a15f7d2837726d952bc113429",
    }
)
"""SHA-256 of each public half: first the signing, then the sealing key of a holder (role, name, site)."""


class PublishedKeyError(ExamKioskError):
    """A key that anybody can derive."""

    code = "key-published"
    what = "The key of {name} is a published test key, which anybody can make."
    next_step = "Make a new key for {name}; a test key is for tests alone."


def refuse_published(name: str, *public: bytes) -> None:
    """Raise `PublishedKeyError` where one of these public halves belongs to a published test key."""
    if any(digest(half) in PUBLISHED for half in public):
        raise PublishedKeyError(name=name)
