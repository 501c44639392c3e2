"""The driver's process: orders in, answers out, one line of JSON each."""

import asyncio
import gc
import resource
import sys

import msgspec
import uvloop

from bench.driver import orders
from bench.driver.crowd import Crowd
from bench.driver.orders import Answer

LINE_BYTES = 64 * 1024 * 1024
"""Ten thousand seats in one order."""


async def serve() -> None:
    """Until told to leave, or until nobody is there to tell."""
    reader = asyncio.StreamReader(LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    decoder: msgspec.json.Decoder[orders.AnyOrder] = msgspec.json.Decoder(orders.AnyOrder)
    crowd = Crowd()
    while line := await reader.readline():
        order = decoder.decode(line)
        try:
            answer = await crowd.carry_out(order)
        except Exception as error:  # noqa: BLE001 - whoever gave the order is told, and ends the run
            answer = Answer(failed=f"{type(error).__name__}: {error}")
        sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
        sys.stdout.buffer.flush()
        if isinstance(order, orders.Leave):
            return


def main() -> None:
    """Files for all seats, and no pauses to look for garbage: there are no cycles in what a message leaves behind."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    gc.disable()
    uvloop.run(serve())


if __name__ == "__main__":
    main()
