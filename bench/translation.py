"""How fast texts are translated, with a model of the usual size and random weights: ``python -m bench.translation``.

So many clients each have one sentence under way all the time. Processor time is of all processes that take part. The
stall is the longest time that the event loop of the chat did not come round, beside what the machine does by itself.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import msgspec

from bench import base_model
from server.translation.base import Options
from server.translation.engine import Engine
from server.translation.install import install

WAITING: Final = (1, 8, 32)
TICKS: Final = os.sysconf("SC_CLK_TCK")
Translate = Callable[[str], Awaitable[None]]


class Row(msgspec.Struct):
    """One line of the table."""

    waiting: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """Of one sentence."""
    stall_ms: float


def cpu_seconds(pids: list[int]) -> float:
    """What these processes have used, and this one."""
    used = time.process_time()
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / TICKS
    return used


async def measure(translate: Translate, texts: Iterator[str], waiting: int, seconds: float, pids: list[int]) -> Row:
    """So many clients, for so long."""
    took: list[float] = []
    end = time.perf_counter() + seconds

    async def client() -> None:
        while time.perf_counter() < end:
            began = time.perf_counter()
            await translate(next(texts))
            took.append(time.perf_counter() - began)

    stalls: list[float] = [0.0]
    watching = asyncio.create_task(watch(stalls))
    used, began = cpu_seconds(pids), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(waiting)))
    wall, used = time.perf_counter() - began, cpu_seconds(pids) - used
    watching.cancel()
    cuts = statistics.quantiles(took, n=100)
    return Row(
        *(waiting, len(took) / wall, cuts[49] * 1000, cuts[98] * 1000, used / len(took) * 1000, max(stalls) * 1000)
    )


async def watch(stalls: list[float]) -> None:
    """How late a timer of a millisecond is."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        stalls.append(time.perf_counter() - began - 0.001)


async def idle_ms(seconds: float) -> float:
    """The stall of a loop that does nothing else."""
    stalls: list[float] = []
    watching = asyncio.create_task(watch(stalls))
    await asyncio.sleep(seconds)
    watching.cancel()
    return max(stalls) * 1000


async def ours(packages: Path, options: Options, seconds: float) -> list[Row]:
    """Deskwire's engine, from a text to its outcome."""
    engine = Engine(packages, options)
    await engine.start()

    async def translate(text: str) -> None:
        outcome = await engine.translate(text, "en", "fr")
        if outcome.status != "done":
            raise RuntimeError(f"{text!r} was not translated: {outcome}")

    texts = cycle(base_model.sentences(20_000))
    for text in islice(texts, 64):  # models are loaded by then
        await translate(text)
    rows = [await measure(translate, texts, waiting, seconds, engine.pids) for waiting in WAITING]
    await engine.close()
    return rows


def show(rows: list[Row]) -> None:
    """As a table."""
    print(f"{'waiting':>8} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'stall ms':>8}")
    for row in rows:
        values = (row.per_second, row.p50_ms, row.p99_ms, row.cpu_ms, row.stall_ms)
        print(f"{row.waiting:>8} " + " ".join(f"{value:>8.1f}" for value in values))


def main() -> None:
    """One run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15, help="for each number of clients")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--beam", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="deskwire-bench-") as place:
        packages = Path(place) / "packages"
        install(base_model.write(Path(place), "en", "fr"), packages)
        options = Options(workers=given.workers, beam=given.beam, deadline_seconds=60)
        print(f"stall of an idle loop: {asyncio.run(idle_ms(5)):.1f} ms")
        show(asyncio.run(ours(packages, options, given.seconds)))


if __name__ == "__main__":
    main()
