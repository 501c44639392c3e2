"""What a run left with the servers: tables, read past the servers, and transcripts, as they tell and save them."""

import asyncio
import re
from html.parser import HTMLParser
from typing import Any

from sqlalchemy import Connection, bindparam, text

from server.store.sqlite import engine_for
from tests.faults.evidence import Line, Participant, Run, digest
from tests.support.office import Worker, written
from tests.support.people import Frame, http
from tests.support.server import DeskServer

PATIENCE_S = 15.0
"""For what is left to be done; a lease of a server that was killed is over by then."""
STAMP = re.compile(r"^\[[^\]]+ UTC\] ")


class Records:
    """Of the tickets of one run. ``opened``: each ticket, as its customer was told, with its technician."""

    def __init__(self, server: DeskServer) -> None:
        self._server = server
        self.opened: list[tuple[Frame, Worker]] = []

    def ends(self) -> dict[tuple[str, str], int]:
        """(ticket, audience) -> the last number in the table."""
        ends: dict[tuple[str, str], int] = {}
        for row in self._table("events", "ticket_id"):
            for audience, column in (("staff", "staff_seq"), ("customer", "customer_seq")):
                key = (row["ticket_id"], audience)
                ends[key] = max(ends.get(key, 0), row[column] or 0)
        return ends

    async def all_done(self, patience_s: float) -> None:
        """Nothing waits any more; what is done late still adds to transcripts."""
        left = await self._left_to_do(patience_s)
        assert left == 0, f"{left} rows wait to be done"

    async def gather(self, participants: list[Participant]) -> Run:
        """Everything but the journals."""
        left = await self._left_to_do()
        run = await asyncio.to_thread(self._from_tables, participants)
        run.left_to_do = left
        for opened, worker in self.opened:
            ticket = opened["ticket"]["id"]
            await self._told(run, ticket, "staff", f"/api/v1/tickets/{ticket}/transcript?notes=1", worker.token)
            path = f"/api/v1/customer/tickets/{ticket}/transcript?"
            await self._told(run, ticket, "customer", path, opened["token"])
        return run

    # --- tables ---------------------------------------------------------------------------------------------------

    def _from_tables(self, participants: list[Participant]) -> Run:
        run = Run(participants, self._table("events", "ticket_id"))
        run.tickets = self._table("tickets", "id")
        run.indexed = [(row["ticket_id"], row["event_id"]) for row in self._table("search", "ticket_id")]
        return run

    def _table(self, name: str, column: str) -> list[Line]:
        ids = [opened["ticket"]["id"] for opened, _worker in self.opened]
        query = text(f"SELECT * FROM {name} WHERE {column} IN :ids").bindparams(bindparam("ids", expanding=True))

        def read(conn: Connection) -> list[Line]:
            return [dict(row._mapping) for row in conn.execute(query, {"ids": ids})]

        store = self._server.store
        if isinstance(store, str):
            return written(store, read)
        with engine_for(store, write=False).connect() as conn:  # a writer would wait for its turn, or take it away
            return read(conn)

    def _left(self) -> list[Line]:
        """Of the outbox; on SQLite texts without words too."""
        left = self._table("outbox", "ticket_id")
        if isinstance(self._server.store, str):
            return left
        words = "(SELECT * FROM search WHERE id NOT IN (SELECT id FROM search_words_docsize)) AS s"
        return left + self._table(words, "ticket_id")

    async def _left_to_do(self, patience_s: float = PATIENCE_S) -> int:
        deadline = asyncio.get_running_loop().time() + patience_s
        while True:
            left = len(await asyncio.to_thread(self._left))
            if left == 0 or asyncio.get_running_loop().time() > deadline:
                return left
            await asyncio.sleep(0.1)

    # --- transcripts ----------------------------------------------------------------------------------------------

    async def _told(self, run: Run, ticket: str, audience: str, path: str, token: str) -> None:
        async with http(self._server, token) as client:
            answers = {kind: await client.get(f"{path}&format={kind}") for kind in ("json", "html", "text")}
        bad = {kind: answer.status_code for kind, answer in answers.items() if answer.status_code != 200}
        if bad:
            raise RuntimeError(f"no transcript: {bad}")
        events = answers["json"].json()["events"]
        run.transcripts[ticket, audience] = [_link(line["seq"], line["event"]) for line in events]
        run.downloads[ticket, audience, "html"] = _lines_of_page(answers["html"].text)
        body = answers["text"].text.partition("\n\n")[2]
        run.downloads[ticket, audience, "text"] = [STAMP.sub("", line) for line in body.splitlines()]


def _link(seq: int, event: dict[str, Any]) -> tuple[int, str, str | None]:
    return seq, event["id"], digest(event["text"]) if "text" in event else None


def _lines_of_page(page: str) -> list[str]:
    parser = _Paragraphs()
    parser.feed(page)
    return parser.lines


class _Paragraphs(HTMLParser):
    """The paragraph of each list item."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._depth: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._depth.append(tag)
        if self._depth[-2:] == ["li", "p"]:
            self.lines.append("")

    def handle_endtag(self, _tag: str) -> None:
        self._depth.pop()

    def handle_data(self, data: str) -> None:
        if self._depth[-2:] == ["li", "p"]:
            self.lines[-1] += data
