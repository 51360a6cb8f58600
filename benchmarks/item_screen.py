"""The kiosk's own screen process on the sample items, with a session that answers from memory beside it."""

from __future__ import annotations

import asyncio
import os

from kiosk.app import main
from kiosk.protocol import Phase
from tests.kiosk.fake_session import FakeSession, sample_items


async def _serve(session: FakeSession) -> None:
    session.attach()
    await asyncio.sleep(600)


if __name__ == "__main__":
    fake = FakeSession(sample_items(), Phase.TESTING)
    if os.fork() == 0:
        fake.screen.close()
        asyncio.run(_serve(fake))
        os._exit(0)
    main(fake.screen)
