"""The people of a fault run, in processes with journals, and what is read from the servers when they are done."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.checker import check
from tests.faults.evidence import Participant, Run
from tests.faults.journal import Counting
from tests.faults.records import Records
from tests.support.office import Office, Worker, open_office
from tests.support.people import Frame, console, open_ticket
from tests.support.server import ROOT, DeskServer

PROCESSES = 2
"""That the clients are spread over: as many as a small machine has cores."""


class Cast:
    """Chats in which everybody writes up to ``messages`` with pauses of up to ``pause_s``, on any of the servers.

    ``apart``: customers on the first, technicians on the others; nobody hears the other side but through the bus.
    """

    def __init__(
        self,
        folder: Path,
        servers: Sequence[DeskServer],
        *,
        messages: int,
        pause_s: float,
        seed: int,
        silence_s: float = 20.0,
        stay_s: float | None = None,
        apart: bool = False,
    ) -> None:
        self.folder = folder
        self.servers = servers
        self.messages = messages
        self.pause_s = pause_s
        self.seed = seed
        self.silence_s = silence_s
        self.stay_s = stay_s
        self.apart = apart
        self.greeting = ""
        """what every message begins with"""
        self.members: list[tuple[Participant, Path]] = []
        self.records = Records(servers[0])
        self._countings: list[Counting] = []
        self._waiting: list[Path] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True, exist_ok=True)

    # --- who is there ---------------------------------------------------------------------------------------------

    async def chat(self, office: Office, worker: Worker, colleagues: Sequence[Worker] = ()) -> None:
        """A ticket with its customer and its technician, both writing, and colleagues who look on and leave notes."""
        number = len(self.records.opened)
        opened = await open_ticket(self.servers[0], office, name=f"Customer {number}", lang="en")
        ticket = opened["ticket"]["id"]
        async with console(self.servers[0], worker) as desk:
            page = (await desk.watch(ticket))[0]
            author = page["events"][0]["event"]["author"]["id"]
            await desk.call("assign", ticket=ticket)
            await desk.call("join", ticket=ticket)
        self.records.opened.append((opened, worker))
        customer = Participant(f"customer-{number}", ticket, "customer", author, [], office.company, "customer")
        slow = number == 1  # one of them has a network that lets no socket through
        hello = {"type": "hello", "portal": office.portal}
        self._add(customer, opened["token"], hello, "/ws/v1/customer", notes=0.0, without_socket=slow)
        technician = Participant(f"technician-{number}", ticket, "staff", worker.id, [], office.company, "technician")
        self._add(technician, worker.token, {"type": "hello"}, "/ws/v1/console", notes=0.3)
        for place, colleague in enumerate(colleagues):
            name = f"colleague-{number}-{place}"
            async with console(self.servers[0], colleague):
                pass  # Available from now on, and may look on
            looker = Participant(name, ticket, "staff", colleague.id, [], office.company)
            self._add(looker, colleague.token, {"type": "hello"}, "/ws/v1/console", notes=1.0)

    def _add(
        self,
        participant: Participant,
        token: str,
        hello: dict[str, Any],
        path: str,
        notes: float,
        without_socket: bool = False,
    ) -> None:
        servers = self._servers_for(participant)
        api = [f"{server.url}/api/v1/customer/tickets/{participant.ticket}" for server in servers]
        journal = self.folder / f"{participant.name}.jsonl"
        plan = {
            "name": participant.name,
            "urls": [f"{server.ws}{path}" for server in servers],
            "http": api if without_socket else None,
            "headers": {"authorization": f"Bearer {token}"},
            "hello": {**hello, "token": token} if "portal" in hello else hello,
            "ticket": participant.ticket,
            "side": participant.side,
            "lists": participant.audience == "staff",
            "messages": self.messages,
            "notes": notes,
            "greeting": self.greeting,
            "pause_s": self.pause_s,
            "silence_s": self.silence_s,
            "stay_s": self.stay_s,
            "seed": f"{self.seed} {participant.name}",
            "journal": str(journal),
            "enough": str(self.folder / "enough"),
            "finish": str(self.folder / f"{participant.name}.finish"),
        }
        file = self.folder / f"{participant.name}.plan"
        file.write_text(json.dumps(plan))
        self.members.append((participant, journal))
        self._countings.append(Counting(journal))
        self._waiting.append(file)

    def _servers_for(self, participant: Participant) -> Sequence[DeskServer]:
        if not self.apart:
            return self.servers
        return self.servers[:1] if participant.audience == "customer" else self.servers[1:]

    def start(self) -> None:
        """Those who have been added begin."""
        for first in range(PROCESSES):
            files = [str(file) for file in self._waiting[first::PROCESSES]]
            if files:
                command = [sys.executable, "-m", "tests.faults.client", *files]
                self.processes.append(subprocess.Popen(command, cwd=ROOT))
        self._waiting.clear()

    # --- while they write -----------------------------------------------------------------------------------------

    def lines(self, what: str) -> int:
        """How often something stands in the journals so far."""
        return sum(counting.look()[what] for counting in self._countings)

    async def more(self, messages: int, patience_s: float = 60) -> None:
        """So many more are acknowledged, or everybody has written everything."""
        wanted = self.lines("acked") + messages
        async with asyncio.timeout(patience_s):
            while self.lines("acked") < wanted and not self._answered():  # noqa: ASYNC110 - files of other processes
                await asyncio.sleep(0.05)

    def enough(self) -> None:
        """Nobody writes anything more."""
        (self.folder / "enough").touch()

    async def quiet(self, patience_s: float = 120) -> None:
        """Everybody has written everything and has an answer for it."""
        async with asyncio.timeout(patience_s):
            while not self._answered():  # noqa: ASYNC110 - it waits for files of other processes
                await asyncio.sleep(0.05)

    def _answered(self) -> bool:
        return self.lines("stopped") == len(self.members) and self.lines("acked") >= self.lines("sent")

    # --- afterwards -----------------------------------------------------------------------------------------------

    async def verdict(self) -> Run:
        """Wait until everything is written, read and done; nothing may be wrong with it."""
        await self.quiet()
        run = await self.evidence(patience_s=60)
        assert check(run) == []
        assert count(run, "acked") == count(run, "sent")
        assert count(run, "done") == len(self.members), "somebody has not come to an end"
        return run

    async def evidence(self, patience_s: float) -> Run:
        """What is there once everybody has read to the end, or has had ``patience_s`` for it."""
        for (ticket, audience), end in (await asyncio.to_thread(self.records.ends)).items():
            for participant, _journal in self.members:
                if (participant.ticket, participant.audience) == (ticket, audience):
                    (self.folder / f"{participant.name}.finish").write_text(str(end))
        deadline = time.monotonic() + patience_s
        while not self.over() and time.monotonic() < deadline:  # noqa: ASYNC110 - it waits for other processes
            await asyncio.sleep(0.05)
        self.kill()
        for participant, journal in self.members:
            participant.journal = [json.loads(line) for line in journal.read_text().splitlines()]
        return await self.records.gather([participant for participant, _journal in self.members])

    def over(self) -> bool:
        """Everybody has gone."""
        return all(process.poll() is not None for process in self.processes)

    def kill(self) -> None:
        """However the test ended."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def count(run: Run, what: str) -> int:
    """How often something stands in the journals."""
    return sum(len(participant.lines(what)) for participant in run.participants)


@contextmanager
def people(
    folder: Path,
    *servers: DeskServer,
    messages: int = 100_000,
    pause_s: float,
    seed: int,
    silence_s: float = 20.0,
    stay_s: float | None = None,
    apart: bool = False,
) -> Iterator[Cast]:
    """They end with the block, however it ends."""
    cast = Cast(
        folder,
        servers,
        messages=messages,
        pause_s=pause_s,
        seed=seed,
        silence_s=silence_s,
        stay_s=stay_s,
        apart=apart,
    )
    try:
        yield cast
    finally:
        cast.kill()


async def chats(cast: Cast, many: int, *, colleagues: int = 0, elsewhere: int = 0, begin: bool = True) -> list[Frame]:
    """So many, in an office of their own, one of them with colleagues; and some in another company."""
    office = open_office(cast.servers[0].store)
    worker = office.worker("Lena")
    for number in range(many):
        others = [office.worker(f"Colleague{n}") for n in range(colleagues)] if number == 0 else []
        await cast.chat(office, worker, others)
    if elsewhere:
        other = open_office(cast.servers[0].store, name="Other")
        foreigner = other.worker("Paul")
        for _ in range(elsewhere):
            await cast.chat(other, foreigner)
    if begin:
        cast.start()
    return [opened for opened, _worker in cast.records.opened]
