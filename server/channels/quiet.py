"""A socket for the doctor, on which nothing is said: how long do those in between let it be?"""

import asyncio
from contextlib import suppress
from typing import Final

from server.channels.socket import Receive, Send

LONGEST_S: Final = 60
"""The doctor looks for half of it."""


async def hold(receive: Receive, send: Send) -> None:
    """Until the peer leaves. Pings come and go, as on any socket."""
    with suppress(OSError):
        await send({"type": "websocket.accept"})
        try:
            async with asyncio.timeout(LONGEST_S):
                while (await receive())["type"] != "websocket.disconnect":
                    pass
        except TimeoutError:
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
