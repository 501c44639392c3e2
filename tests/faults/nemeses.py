"""What is done to servers and their workers while people write; and everything together."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Sequence

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.faults.battlefield import Battlefield, Nemesis, name_of
from tests.faults.nemeses_behind import POSTGRES, REDIS, lock_sqlite
from tests.support.server import DeskServer

# --- servers --------------------------------------------------------------------------------------------------------


async def kill_a_server(field: Battlefield) -> None:
    """kill -9, and a new one after a moment."""
    server = field.dice.choice(field.servers)
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(field.dice.uniform(0, 0.5))
    await asyncio.to_thread(server.start)


async def kill_all_servers(field: Battlefield) -> None:
    """At the same moment."""
    for server in field.servers:
        server.kill()
    await asyncio.gather(*(asyncio.to_thread(server.start) for server in field.servers))


async def stop_a_server(field: Battlefield) -> None:
    """SIGTERM, as in an upgrade."""
    server = field.dice.choice(field.servers)
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)


async def freeze_a_server(field: Battlefield) -> None:
    """SIGSTOP: its people leave, and then it wakes up with what they had sent to it."""
    server = field.dice.choice(field.servers)
    server.freeze()
    try:
        await asyncio.sleep(field.seconds(3, 60))
    finally:
        server.thaw()


async def noisy_neighbours(field: Battlefield) -> None:
    """Sockets that send without end, and sockets that read nothing, on the servers of everybody else."""
    _opened, worker = field.cast.records.opened[0]
    headers = {"authorization": f"Bearer {worker.token}"}
    ticket = field.cast.members[0][0].ticket

    async def one(flood: bool) -> None:
        url = f"{field.dice.choice(field.servers).ws}/ws/v1/console"
        with contextlib.suppress(OSError, ConnectionClosed, TimeoutError):
            async with connect(url, additional_headers=headers, max_queue=1, close_timeout=0.1) as socket:
                await socket.send(json.dumps({"type": "hello"}))
                await socket.send(json.dumps({"type": "watch", "ref": 1, "ticket": ticket}))
                while flood:
                    await socket.send(json.dumps({"type": "typing", "ticket": ticket}))
                await asyncio.Event().wait()

    crowd = [asyncio.create_task(one(number % 2 == 0)) for number in range(10)]
    await asyncio.sleep(field.seconds(2, 20))
    for task in crowd:
        task.cancel()
    await asyncio.wait(crowd)


# --- workers of one server ------------------------------------------------------------------------------------------


async def kill_a_worker(field: Battlefield) -> None:
    """kill -9 of one of several, whether it serves yet or not; the supervisor starts another."""
    server = field.dice.choice(field.servers)
    pid = await _one_of(server, field)
    os.kill(pid, signal.SIGKILL)
    await _replaced(server, pid)


async def freeze_a_worker(field: Battlefield) -> None:
    """SIGSTOP of one of several. After 30 s of silence the supervisor does not wait any longer."""
    server = field.dice.choice(field.servers)
    pid = await _one_of(server, field)
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(field.seconds(3, 60))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


async def renew_the_workers(field: Battlefield) -> None:
    """SIGHUP: each is replaced, one after the other."""
    server = field.dice.choice(field.servers)
    old = server.workers()
    server.hang_up()
    for pid in old:
        await _replaced(server, pid)


async def _one_of(server: DeskServer, field: Battlefield) -> int:
    """A worker; when several have died at once, as soon as there is a new one."""
    async with asyncio.timeout(60):
        while not (workers := server.workers()):
            if not server.runs:
                raise RuntimeError(f"the supervisor has ended:\n{server.log()[-6000:]}")
            await asyncio.sleep(0.05)
    return field.dice.choice(workers)


async def _replaced(server: DeskServer, pid: int) -> None:
    try:
        async with asyncio.timeout(240):
            while pid in server.workers() or not server.workers():  # noqa: ASYNC110 - other processes
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise RuntimeError(f"worker {pid} is not replaced:\n{server.log()[-6000:]}") from None


SERVERS: tuple[Nemesis, ...] = (kill_a_server, kill_all_servers, stop_a_server, freeze_a_server, noisy_neighbours)
WORKERS: tuple[Nemesis, ...] = (kill_a_worker, freeze_a_worker, renew_the_workers)
SQLITE_ALONE: tuple[Nemesis, ...] = (stop_a_server, freeze_a_server, lock_sqlite)
SQLITE: tuple[Nemesis, ...] = (*SERVERS, lock_sqlite)


async def together(field: Battlefield, seconds: float) -> int:
    """Three at once, each with its own victims; returns how many strikes there were."""
    strikes, until = 0, time.monotonic() + seconds

    async def family(kinds: Sequence[Nemesis]) -> None:
        nonlocal strikes
        while time.monotonic() < until:
            nemesis = field.dice.choice(kinds)
            print(f"  {name_of(nemesis)}")
            await nemesis(field)
            strikes += 1
            await asyncio.sleep(field.dice.uniform(0.2, 1))

    async with asyncio.TaskGroup() as tasks:
        for kinds in (SERVERS, REDIS, POSTGRES):
            tasks.create_task(family(kinds))
    return strikes
