"""How much memory a large upload costs the server, and how fast it is against a plain write of the same bytes.

One text of this size is sent to a portal that takes such files; the server's memory is looked at while it comes, is
looked at, and is downloaded again. The reference is a process that writes the same bytes in the same pieces, with one
fsync at the end, on the same disk. Sender and server share the machine.
"""

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec

from bench.figures import Figure, Results
from bench.ours import Desk
from bench.session import Session
from server.domain.files import MIB, FileRules, SenderRules
from server.domain.portal import PortalSettings
from tests.support.office import Office, open_office
from tests.support.people import http, open_ticket

SCENARIO: Final = "upload"
PIECE: Final = 262_144
LINES: Final = b"".join(b"2026-03-04 05:06:07 host app[%5d]: a message of a log\n" % n for n in range(6_000))
TEXT: Final = (LINES * (MIB // len(LINES) + 1))[:MIB]
LOOK_S: Final = 0.02
"""Between two looks at the memory."""


class Sample(msgspec.Struct):
    """One file, up and down."""

    scenario: str
    mib: int
    plain_s: float
    up_s: float
    down_s: float
    before_mib: float
    peak_up_mib: float
    peak_down_mib: float


def run(session: Session, results: Results) -> None:
    """One file."""
    mib = session.options.mib
    session.say(f"{SCENARIO} of {mib} MiB")
    desk = session.desk()
    rules = FileRules(customers={"linux": SenderRules(max_bytes=mib * MIB)}, customer_day_bytes=4 * mib * MIB)
    office = open_office(desk.server.store, PortalSettings(files=rules))
    plain_s = min(_plain(desk.server.data, mib) for _ in range(2))
    with session.running(desk):
        found = asyncio.run(_measured(desk, office, mib, plain_s))
    results.samples.append(found)
    scenario = f"{SCENARIO} of {mib} MiB"
    compared = {"plain write and fsync": mib / found.plain_s}
    results.figures += [
        Figure(scenario, "sent, checked and stored", "MiB/s", mib / found.up_s, compared),
        Figure(scenario, "downloaded", "MiB/s", mib / found.down_s),
        Figure(scenario, "more memory while it comes", "MiB", found.peak_up_mib - found.before_mib),
        Figure(scenario, "more memory while it goes", "MiB", found.peak_down_mib - found.before_mib),
    ]


def _plain(directory: Path, mib: int) -> float:
    """Seconds for a plain write."""
    path = directory / "plain"
    begin = time.perf_counter()
    with path.open("wb", buffering=0) as file:
        for _ in range(mib):
            for start in range(0, MIB, PIECE):
                file.write(TEXT[start : start + PIECE])
        os.fsync(file.fileno())
    seconds = time.perf_counter() - begin
    path.unlink()
    return seconds


async def _measured(desk: Desk, office: Office, mib: int, plain_s: float) -> Sample:
    opened = await open_ticket(desk.server, office, device={"device_class": "linux"})
    base = f"/api/v1/customer/tickets/{opened['ticket']['id']}"
    async with http(desk.server, opened["token"]) as client:
        client.timeout = 600
        small = {"client_id": str(uuid.uuid4()), "name": "warm.log"}
        (await client.put(f"{base}/files", params=small, content=TEXT)).raise_for_status()
        before = desk.memory_kib() / 1024
        begun = {"client_id": str(uuid.uuid4()), "name": "large.log", "size": mib * MIB}
        upload = (await client.post(f"{base}/uploads", json=begun)).raise_for_status().json()["id"]
        watch, begin = Watch(desk), time.perf_counter()
        headers = {"upload-offset": "0", "content-length": str(mib * MIB)}
        answer = await client.patch(f"{base}/uploads/{upload}", content=_body(mib), headers=headers)
        answer.raise_for_status()
        while answer.json()["state"] == "checking":
            await asyncio.sleep(LOOK_S)
            answer = await client.get(f"{base}/uploads/{upload}")
        up_s, peak_up = time.perf_counter() - begin, watch.stop()
        if answer.json()["state"] != "done":
            raise RuntimeError(answer.text)
        watch, begin, size = Watch(desk), time.perf_counter(), 0
        async with client.stream("GET", f"{base}/files/{upload}") as download:
            async for piece in download.aiter_raw():
                size += len(piece)
        down_s, peak_down = time.perf_counter() - begin, watch.stop()
        if size != mib * MIB:
            raise RuntimeError(f"{size} bytes came back")
    return Sample(SCENARIO, mib, plain_s, up_s, down_s, before, peak_up, peak_down)


async def _body(mib: int) -> AsyncIterator[bytes]:
    for _ in range(mib):
        for start in range(0, MIB, PIECE):
            yield TEXT[start : start + PIECE]


class Watch:
    """The highest memory since it began, in MiB."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._peak = desk.memory_kib() / 1024
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while True:
            self._peak = max(self._peak, self._desk.memory_kib() / 1024)
            await asyncio.sleep(LOOK_S)

    def stop(self) -> float:
        """How high it was."""
        self._task.cancel()
        return self._peak
