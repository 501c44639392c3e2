"""How fast texts are translated, with a model of the usual size and random weights: ``python -m bench.translation``.

So many clients each have one sentence under way all the time. The stall is how late the event loop of the chat came
round meanwhile. With ``--libretranslate PYTHON``, of an environment that has it, LibreTranslate runs the same model
with the same beam, and one thread for each of two translations at once, which is the best that it does on two cores;
both have their turns one after the other. Its way over HTTP is in its figures, which ours does not have to go.
Processor time is of Deskwire's loop and worker, and of LibreTranslate's process alone.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import cycle
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
WARM: Final = 64
TICKS: Final = os.sysconf("SC_CLK_TCK")
Translate = Callable[[str], Awaitable[None]]
Subject = tuple[Translate, list[int]]
"""What translates, and the processes whose time counts."""


class Row(msgspec.Struct):
    """One line of the table."""

    waiting: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """Of one sentence."""
    stall_p99_ms: float
    """How late a timer of a millisecond was, of the loop that asks."""
    stall_ms: float
    """The same at most."""


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

    stalls: list[float] = []
    watching = asyncio.create_task(watch(stalls))
    used, began = cpu_seconds(pids), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(waiting)))
    wall, used = time.perf_counter() - began, cpu_seconds(pids) - used
    watching.cancel()
    cuts = statistics.quantiles(took, n=100)
    late = statistics.quantiles(stalls, n=100)[98]
    return Row(
        waiting=waiting,
        per_second=len(took) / wall,
        p50_ms=cuts[49] * 1000,
        p99_ms=cuts[98] * 1000,
        cpu_ms=used / len(took) * 1000,
        stall_p99_ms=late * 1000,
        stall_ms=max(stalls) * 1000,
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


@asynccontextmanager
async def ours(packages: Path, options: Options) -> AsyncIterator[Subject]:
    """Deskwire's engine, from a text to its outcome."""
    engine = Engine(packages, options)
    await engine.start()

    async def translate(text: str) -> None:
        outcome = await engine.translate(text, "en", "fr")
        if outcome.status != "done":
            raise RuntimeError(f"{text!r} was not translated: {outcome}")

    try:
        yield await warmed(translate), [os.getpid(), *engine.pids]
    finally:
        await engine.close()


@asynccontextmanager
async def theirs(python: str, packages: Path, beam: int) -> AsyncIterator[Subject]:
    """LibreTranslate, over HTTP on loopback."""
    async with libretranslate(python, packages, beam) as (client, pid):

        async def translate(text: str) -> None:
            answer = await client.post("/translate", json={"q": text, "source": "en", "target": "fr"})
            if not answer.json().get("translatedText"):
                raise RuntimeError(f"{text!r} was not translated: {answer.text}")

        yield await warmed(translate), [pid]


async def warmed(translate: Translate) -> Translate:
    """Models are loaded then. By other texts than those that are measured, which would be remembered."""
    for text in base_model.sentences(WARM, seed=1):
        await translate(text)
    return translate


async def run(subjects: Sequence[AbstractAsyncContextManager[Subject]], seconds: float) -> list[list[Row]]:
    """The rows of each; they have their turns one after the other, so that what else the machine does meets all."""
    found: list[list[Row]] = [[] for _ in subjects]
    async with AsyncExitStack() as stack:
        ready = [await stack.enter_async_context(subject) for subject in subjects]
        texts = [cycle(base_model.sentences(20_000)) for _ in ready]
        for waiting in WAITING:
            for (translate, pids), own, rows in zip(ready, texts, found, strict=True):
                rows.append(await measure(translate, own, waiting, seconds, pids))
    return found


@asynccontextmanager
async def libretranslate(python: str, packages: Path, beam: int) -> AsyncIterator[tuple[httpx2.AsyncClient, int]]:
    """A running one."""
    port = free_port()
    environment = {
        **{"PATH": os.defpath, "OMP_NUM_THREADS": "1", "ARGOS_INTER_THREADS": "2", "ARGOS_INTRA_THREADS": "1"},
        **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(packages.parent / "home")),
        "ARGOS_PACKAGES_DIR": str(packages),
        "ARGOS_BEAM_SIZE": str(beam),
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
            else:
                raise RuntimeError(f"LibreTranslate ended with {process.returncode}")
            yield client, process.pid
    finally:
        process.kill()
        process.wait()


def show(rows: list[Row]) -> None:
    """As a table."""
    names = ("waiting", "per s", "p50 ms", "p99 ms", "CPU ms", "stall p99", "stall ms")
    print(" ".join(f"{name:>9}" for name in names))
    for row in rows:
        values = (row.per_second, row.p50_ms, row.p99_ms, row.cpu_ms, row.stall_p99_ms, row.stall_ms)
        print(" ".join([f"{row.waiting:>9}", *(f"{value:>9.1f}" for value in values)]))


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
    parser.add_argument("--beam", type=int, default=1, help="of both")
    parser.add_argument("--libretranslate", metavar="PYTHON", help="of an environment that has it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="deskwire-bench-") as place:
        packages = Path(place) / "packages"
        install(base_model.write(Path(place), "en", "fr"), packages)
        options = Options(workers=given.workers, beam=given.beam, deadline_seconds=60)
        print(f"stall of an idle loop: {asyncio.run(idle_ms(5)):.1f} ms")
        subjects: list[AbstractAsyncContextManager[Subject]] = [ours(packages, options)]
        if given.libretranslate:
            install(base_model.write(Path(place), "fr", "en"), packages)  # with one package it asks the network
            subjects.append(theirs(given.libretranslate, packages, given.beam))
        rows, *others = asyncio.run(run(subjects, given.seconds))
        show(rows)
        for other in others:
            print("LibreTranslate")
            show(other)
            compare(rows, other)


if __name__ == "__main__":
    main()
