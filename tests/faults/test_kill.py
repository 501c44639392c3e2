"""kill -9 of the server while people write: what was acknowledged is there once, in order, on both sides (X-2)."""

import asyncio
import json
import random
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import Participant, Run, check
from tests.support.office import Office, Worker, open_office
from tests.support.people import Frame, console, http, open_ticket
from tests.support.server import ROOT, DeskServer

pytestmark = pytest.mark.faults

KILLS = 20
CHATS = 6
MESSAGES = 60
SEED = 20261122


class Cast:
    """The people of a run, each a process with a journal."""

    def __init__(self, folder: Path, server: DeskServer) -> None:
        self.folder = folder
        self.server = server
        self.finish = folder / "finish"
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
            "messages": MESSAGES,
            "notes": notes,
            "pause_s": 0.8,
            "seed": f"{SEED} {participant.name}",
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


def rows(database: Path) -> list[dict[str, Any]]:
    """The table, read by SQLite itself."""
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        return [dict(row) for row in db.execute("SELECT * FROM events")]


async def transcript(server: DeskServer, path: str, token: str) -> list[tuple[int, str]]:
    """(number, id) of each line, as the download tells it."""
    async with http(server, token) as client:
        answer = await client.get(path)
    assert answer.status_code == 200
    return [(line["seq"], line["event"]["id"]) for line in answer.json()["events"]]


async def chat(server: DeskServer, office: Office, worker: Worker, cast: Cast, number: int) -> Frame:
    """A ticket with its customer and its technician, both writing."""
    opened = await open_ticket(server, office, name=f"Customer {number}")
    ticket = opened["ticket"]["id"]
    async with console(server, worker) as desk:
        page = (await desk.watch(ticket))[0]
        author = page["events"][0]["event"]["author"]["id"]
        await desk.call("assign", ticket=ticket)
        await desk.call("join", ticket=ticket)
    customer = Participant(f"customer-{number}", ticket, "customer", author, [])
    hello = {"type": "hello", "portal": office.portal}
    cast.add(customer, opened["token"], hello, "/ws/v1/customer", notes=0.0)
    technician = Participant(f"technician-{number}", ticket, "staff", worker.id, [])
    cast.add(technician, worker.token, {"type": "hello"}, "/ws/v1/console", notes=0.3)
    return opened


@pytest.mark.timeout(240)
async def test_twenty_kills_lose_double_and_reorder_nothing(tmp_path: Path) -> None:
    """V1-V6 and V8 of the checker after 20 kills of the whole server at random moments under load."""
    dice = random.Random(SEED)
    server = DeskServer(tmp_path / "data").migrate().start()
    cast = Cast(tmp_path, server)
    with ExitStack() as stack:
        stack.callback(server.kill)
        stack.callback(cast.kill)
        office = open_office(server.database)
        worker = office.worker("Lena")
        opened = [await chat(server, office, worker, cast, number) for number in range(CHATS)]
        for kill in range(KILLS):
            before = cast.written()
            await asyncio.sleep(dice.uniform(0.05, 0.9))
            server.kill()
            server.start()
            if kill % 5 == 0:
                await cast.quiet(before)  # and on: the point is only that they are back
        await cast.quiet(2 * CHATS * MESSAGES)
        stored = rows(server.database)
        tails: dict[tuple[str, str], int] = {}
        for row in stored:
            for audience, column in (("staff", "staff_seq"), ("customer", "customer_seq")):
                key = (row["ticket_id"], audience)
                tails[key] = max(tails.get(key, 0), row[column] or 0)
        cast.dismiss(tails)
        run = Run(cast.participants(), stored)
        for frame in opened:
            ticket = frame["ticket"]["id"]
            run.transcripts[ticket, "staff"] = await transcript(
                server, f"/api/v1/tickets/{ticket}/transcript?format=json&notes=1", worker.token
            )
            run.transcripts[ticket, "customer"] = await transcript(
                server, f"/api/v1/customer/tickets/{ticket}/transcript?format=json", frame["token"]
            )
        assert check(run) == []
        lines = [line for participant in run.participants for line in participant.journal]
        acked = sum(line["what"] == "acked" for line in lines)
        assert acked == 2 * CHATS * MESSAGES
        assert sum(line["what"] == "disconnected" for line in lines) >= KILLS, "the kills met nobody"
        print(f"{KILLS} kills, {acked} acknowledged, lost 0, doubled 0, reordered 0")
