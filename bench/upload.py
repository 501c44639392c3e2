"""How much memory a large upload costs the server, and how fast it is against a plain write of the same bytes.

    .venv/bin/python bench/upload.py [MIB]

Starts a server of its own on loopback with a portal that takes such files, sends one text of this size (1,024 MiB), and
looks at the server's memory in /proc while it comes, is looked at, and is downloaded again. The reference is a process
that writes the same bytes in the same pieces, with one fsync at the end, on the same disk. Sender and server share the
machine.
"""

import asyncio
import os
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from server.domain.files import MIB, FileRules, SenderRules  # noqa: E402 - the path comes first
from server.domain.portal import PortalSettings  # noqa: E402
from tests.support.office import open_office  # noqa: E402
from tests.support.people import http, open_ticket  # noqa: E402
from tests.support.server import DeskServer  # noqa: E402

PIECE = 262_144
LINES = b"".join(b"2026-03-04 05:06:07 host app[%5d]: a message of a log\n" % n for n in range(6_000))
TEXT = (LINES * (MIB // len(LINES) + 1))[:MIB]


async def body(mib: int) -> AsyncIterator[bytes]:
    for _ in range(mib):
        for start in range(0, MIB, PIECE):
            yield TEXT[start : start + PIECE]


def plain(directory: Path, mib: int) -> float:
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


def memory_mib(pid: int) -> float:
    """Resident memory now."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


class Watch:
    """The highest memory since it began."""

    def __init__(self, pid: int) -> None:
        self.peak = memory_mib(pid)
        self._pid = pid
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while True:
            self.peak = max(self.peak, memory_mib(self._pid))
            await asyncio.sleep(0.02)

    def stop(self) -> float:
        self._task.cancel()
        return self.peak


async def main(mib: int) -> None:
    with tempfile.TemporaryDirectory(prefix="deskwire-bench-") as name:
        directory = Path(name)
        reference = min(plain(directory, mib) for _ in range(2))
        server = DeskServer(directory / "data").migrate().start()
        try:
            await measure(server, mib, reference)
        finally:
            server.stop()


async def measure(server: DeskServer, mib: int, reference: float) -> None:
    rules = FileRules(customers={"linux": SenderRules(max_bytes=mib * MIB)}, customer_day_bytes=4 * mib * MIB)
    office = open_office(server.store, PortalSettings(files=rules))
    opened = await open_ticket(server, office, device={"device_class": "linux"})
    base = f"/api/v1/customer/tickets/{opened['ticket']['id']}"
    assert server.process is not None
    pid = server.process.pid
    async with http(server, opened["token"]) as client:
        client.timeout = 600
        small = {"client_id": str(uuid.uuid4()), "name": "warm.log"}
        (await client.put(f"{base}/files", params=small, content=TEXT)).raise_for_status()
        before = memory_mib(pid)
        begun = {"client_id": str(uuid.uuid4()), "name": "large.log", "size": mib * MIB}
        upload = (await client.post(f"{base}/uploads", json=begun)).raise_for_status().json()["id"]
        watch, begin = Watch(pid), time.perf_counter()
        headers = {"upload-offset": "0", "content-length": str(mib * MIB)}
        answer = await client.patch(f"{base}/uploads/{upload}", content=body(mib), headers=headers)
        seconds, peak = time.perf_counter() - begin, watch.stop()
        answer.raise_for_status()
        while answer.json()["state"] == "checking":
            await asyncio.sleep(0.1)
            answer = await client.get(f"{base}/uploads/{upload}")
        assert answer.json()["state"] == "done", answer.text
        watch, begin, size = Watch(pid), time.perf_counter(), 0
        async with client.stream("GET", f"{base}/files/{upload}") as download:
            async for piece in download.aiter_raw():
                size += len(piece)
        down, peak_down = time.perf_counter() - begin, watch.stop()
        assert size == mib * MIB
    print(f"{mib} MiB")
    print(f"memory of the server   before {before:.0f} MiB, peak up {peak:.0f} MiB, peak down {peak_down:.0f} MiB")
    print(f"plain write and fsync  {reference:.2f} s, {mib / reference:.0f} MiB/s")
    print(f"upload with checks     {seconds:.2f} s, {mib / seconds:.0f} MiB/s, {seconds / reference:.2f} x plain")
    print(f"download               {down:.2f} s, {mib / down:.0f} MiB/s")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1024))
