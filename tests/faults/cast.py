"""The people of a fault run, each a process with a journal, and what is read from the server when they are done."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from tests.faults.checker import Participant, Run, check
from tests.support.office import Database, Office, Worker, open_office, written
from tests.support.people import Frame, console, http, open_ticket
from tests.support.server import ROOT, DeskServer

Line = dict[str, Any]


class Cast:
    """Chats with a customer and a technician, both of whom write ``messages`` with pauses of up to ``pause_s``."""

    def __init__(self, folder: Path, server: DeskServer, *, messages: int, pause_s: float, seed: int) -> None:
        self.folder = folder
        self.server = server
        self.messages = messages
        self.pause_s = pause_s
        self.seed = seed
        self.opened: list[Frame] = []
        self.worker: Worker | None = None
        self.members: list[tuple[Participant, Path]] = []
        self.processes: list[subprocess.Popen[bytes]] = []

    def add(self, participant: Participant, token: str, hello: dict[str, Any], path: str, notes: float) -> None:
        """A client process."""
        journal = self.folder / f"{participant.name}.jsonl"
        plan = {
            "name": participant.name,
            "url": f"{self.server.ws}{path}",
            "headers": {"authorization": f"Bearer {token}"},
            "hello": hello,
            "ticket": participant.ticket,
            "messages": self.messages,
            "notes": notes,
            "pause_s": self.pause_s,
            "seed": f"{self.seed} {participant.name}",
            "journal": str(journal),
            "finish": str(self.folder / f"{participant.name}.finish"),
        }
        file = self.folder / f"{participant.name}.plan"
        file.write_text(json.dumps(plan))
        self.members.append((participant, journal))
        self.processes.append(subprocess.Popen([sys.executable, "-m", "tests.faults.client", str(file)], cwd=ROOT))

    def written(self) -> int:
        """Messages that are acknowledged so far."""
        return sum(journal.read_text().count('"acked"') for _p, journal in self.members if journal.exists())

    async def quiet(self, total: int) -> None:
        """Everybody has written everything and has an answer for it."""
        async with asyncio.timeout(120):
            while self.written() < total:  # noqa: ASYNC110 - it waits for files of other processes
                await asyncio.sleep(0.05)

    def dismiss(self, tails: dict[tuple[str, str], int]) -> None:
        """Everybody reads to the end and goes."""
        for participant, _journal in self.members:
            end = tails[participant.ticket, participant.audience]
            (self.folder / f"{participant.name}.finish").write_text(str(end))
        for process in self.processes:
            assert process.wait(timeout=60) == 0

    def participants(self) -> list[Participant]:
        """With their journals read."""
        for participant, journal in self.members:
            participant.journal = [json.loads(line) for line in journal.read_text().splitlines()]
        return [participant for participant, _journal in self.members]

    def kill(self) -> None:
        """However the test ended."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()

    async def chat(self, office: Office, worker: Worker) -> None:
        """A ticket with its customer and its technician, both writing."""
        number, self.worker = len(self.opened), worker
        opened = await open_ticket(self.server, office, name=f"Customer {number}")
        ticket = opened["ticket"]["id"]
        async with console(self.server, worker) as desk:
            page = (await desk.watch(ticket))[0]
            author = page["events"][0]["event"]["author"]["id"]
            await desk.call("assign", ticket=ticket)
            await desk.call("join", ticket=ticket)
        customer = Participant(f"customer-{number}", ticket, "customer", author, [])
        hello = {"type": "hello", "portal": office.portal}
        self.add(customer, opened["token"], hello, "/ws/v1/customer", notes=0.0)
        technician = Participant(f"technician-{number}", ticket, "staff", worker.id, [])
        self.add(technician, worker.token, {"type": "hello"}, "/ws/v1/console", notes=0.3)
        self.opened.append(opened)

    async def verdict(self) -> Run:
        """Wait until everything is written and read; nothing may be wrong with it."""
        await self.quiet(len(self.members) * self.messages)
        stored = rows(self.server.store)
        tails: dict[tuple[str, str], int] = {}
        for row in stored:
            for audience, column in (("staff", "staff_seq"), ("customer", "customer_seq")):
                key = (row["ticket_id"], audience)
                tails[key] = max(tails.get(key, 0), row[column] or 0)
        self.dismiss(tails)
        run = Run(self.participants(), stored)
        for frame in self.opened:
            ticket = frame["ticket"]["id"]
            token = self.worker.token if self.worker else ""
            run.transcripts[ticket, "staff"] = await transcript(
                self.server, f"/api/v1/tickets/{ticket}/transcript?format=json&notes=1", token
            )
            run.transcripts[ticket, "customer"] = await transcript(
                self.server, f"/api/v1/customer/tickets/{ticket}/transcript?format=json", frame["token"]
            )
        assert check(run) == []
        return run


def count(run: Run, what: str) -> int:
    """How often something stands in the journals."""
    return sum(line["what"] == what for participant in run.participants for line in participant.journal)


@contextmanager
def people(folder: Path, server: DeskServer, *, messages: int, pause_s: float, seed: int) -> Iterator[Cast]:
    """They end with the block, however it ends; so does the server."""
    cast = Cast(folder, server, messages=messages, pause_s=pause_s, seed=seed)
    try:
        yield cast
    finally:
        cast.kill()
        server.kill()


async def chats(cast: Cast, many: int) -> None:
    """So many, in an office of their own."""
    office = open_office(cast.server.store)
    worker = office.worker("Lena")
    for _ in range(many):
        await cast.chat(office, worker)


def rows(database: Database) -> list[Line]:
    """The table, past the server."""

    def read(conn: Connection) -> list[Line]:
        return [dict(row._mapping) for row in conn.execute(text("SELECT * FROM events"))]

    return written(database, read)


async def transcript(server: DeskServer, path: str, token: str) -> list[tuple[int, str]]:
    """(number, id) of each line, as the download tells it."""
    async with http(server, token) as client:
        answer = await client.get(path)
    assert answer.status_code == 200
    return [(line["seq"], line["event"]["id"]) for line in answer.json()["events"]]
