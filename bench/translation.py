"""How fast texts are translated, with a model of the usual size and random weights: ``python -m bench.translation``.

So many clients each have one sentence under way all the time. The stall is the longest time that the event loop of the
chat did not come round meanwhile. With ``--libretranslate PYTHON``, of an environment that has it, LibreTranslate runs
the same model: with its own defaults but for the threads, one for each of two translations at once, which is the best
that it does on two cores. Processor time is of Deskwire's loop and worker, and of LibreTranslate's process alone.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import httpx2
import msgspec

from bench import base_model
from server.translation.base import Options
from server.translation.engine import Engine
from server.translation.install import install
from tests.support.server import free_port

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
    """What these processes have used."""
    used = 0.0
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
    pids = [os.getpid(), *engine.pids]
    rows = [await measure(translate, texts, waiting, seconds, pids) for waiting in WAITING]
    await engine.close()
    return rows


async def theirs(python: str, packages: Path, seconds: float) -> list[Row]:
    """LibreTranslate, over HTTP on loopback."""
    async with libretranslate(python, packages) as (client, pid):

        async def translate(text: str) -> None:
            answer = await client.post("/translate", json={"q": text, "source": "en", "target": "fr"})
            if not answer.json().get("translatedText"):
                raise RuntimeError(f"{text!r} was not translated: {answer.text}")

        texts = cycle(base_model.sentences(20_000))
        for text in islice(texts, 8):
            await translate(text)
        return [await measure(translate, texts, waiting, seconds, [pid]) for waiting in WAITING]


@asynccontextmanager
async def libretranslate(python: str, packages: Path) -> AsyncIterator[tuple[httpx2.AsyncClient, int]]:
    """A running one."""
    port = free_port()
    environment = {
        **{"PATH": os.defpath, "OMP_NUM_THREADS": "1", "ARGOS_INTER_THREADS": "2", "ARGOS_INTRA_THREADS": "1"},
        **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(packages.parent / "home")),
        "ARGOS_PACKAGES_DIR": str(packages),
    }
    process = subprocess.Popen(  # noqa: ASYNC220 - before anything is measured
        [
            *(python, str(Path(__file__).with_name("libretranslate_server.py")), "--host", "127.0.0.1"),
            *("--port", str(port), "--load-only", "en,fr", "--disable-web-ui", "--disable-files-translation"),
        ],
        env=environment,
        cwd=packages.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # it tells every text
    )
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
            while process.poll() is None:
                try:
                    await client.get("/languages")
                    break
                except httpx2.ConnectError:
                    await asyncio.sleep(0.2)
            yield client, process.pid
    finally:
        process.kill()
        process.wait()


def show(rows: list[Row]) -> None:
    """As a table."""
    print(f"{'waiting':>8} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'stall ms':>8}")
    for row in rows:
        values = (row.per_second, row.p50_ms, row.p99_ms, row.cpu_ms, row.stall_ms)
        print(f"{row.waiting:>8} " + " ".join(f"{value:>8.1f}" for value in values))


def compare(rows: list[Row], others: list[Row]) -> None:
    """How many times as fast, and at how much of the cost."""
    for row, other in zip(rows, others, strict=True):
        faster, sooner = row.per_second / other.per_second, row.p50_ms / other.p50_ms
        print(f"{row.waiting:>8} {faster:.1f} × per s, {sooner:.2f} × p50, {row.cpu_ms / other.cpu_ms:.2f} × CPU")


def main() -> None:
    """One run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15, help="for each number of clients")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--libretranslate", metavar="PYTHON", help="of an environment that has it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="deskwire-bench-") as place:
        packages = Path(place) / "packages"
        install(base_model.write(Path(place), "en", "fr"), packages)
        options = Options(workers=given.workers, beam=given.beam, deadline_seconds=60)
        print(f"stall of an idle loop: {asyncio.run(idle_ms(5)):.1f} ms")
        rows = asyncio.run(ours(packages, options, given.seconds))
        show(rows)
        if given.libretranslate:
            install(base_model.write(Path(place), "fr", "en"), packages)  # with one package it asks the network
            others = asyncio.run(theirs(given.libretranslate, packages, given.seconds))
            print("LibreTranslate")
            show(others)
            compare(rows, others)


if __name__ == "__main__":
    main()
