"""What messages touch, told at most once a second: waiting since, last activity, unread; and the counts of views.

Nothing here is stored: what changed is learned from the announcements that pass by, looked up once, and told. A
database that lost its last seconds in a crash knows some of it no more: feeds and epochs find that, here it is skipped.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

import structlog
from sqlalchemy import Connection

from server.bus import topics
from server.desk import reading, shapes
from server.desk.desk import Desk
from server.errors import DeskwireError
from server.protocol import codec
from server.protocol import technician as t
from server.store import lists
from server.store.base import Announcement

log = structlog.get_logger(__name__)

INTERVAL = 1.0
"""Seconds between two looks."""
TOGETHER = 50
"""Tickets, or companies, in one read."""

Publish = Callable[[list[Announcement]], None]


class Hints:
    """Collects what changed and tells it once a second."""

    def __init__(self, desk: Desk, publish: Publish) -> None:
        self._desk = desk
        self._publish = publish
        self._tickets: set[str] = set()
        self._companies: set[str] = set()
        self._something = asyncio.Event()

    def notice(self, announcements: list[Announcement]) -> None:
        """These were committed here."""
        for told in announcements:
            kind, _, rest = told.topic.partition("/")
            if kind == "ticket" and rest.endswith("/staff"):
                self._tickets.add(rest.partition("/")[0])
            elif kind == "list":
                self._companies.add(rest)
            else:
                continue
            self._something.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._something.wait()
            await self.flush()
            await asyncio.sleep(INTERVAL)

    async def flush(self) -> None:
        """Tell what has gathered."""
        self._something.clear()
        changed, self._tickets = self._tickets, set()
        companies, self._companies = self._companies, set()
        try:
            await self._tell(changed, companies)
        except DeskwireError:
            self._tickets |= changed  # looked up again when the store answers
            self._companies |= companies
            self._something.set()
            raise

    async def _tell(self, changed: set[str], companies: set[str]) -> None:
        for some in _portions(changed):
            self._publish(await self._desk.store.read(partial(_hints, ticket_ids=some)))
        for some in _portions(companies):
            frames = await reading.counts(self._desk, some)
            self._publish([Announcement(topics.company_list(f.company), 0, codec.encode(f)) for f in frames])


def _portions(ids: set[str]) -> Iterator[list[str]]:
    """Others get their turn in between: what is told of thousands at once would keep the event loop."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), TOGETHER):
        yield ordered[start : start + TOGETHER]


def _hints(conn: Connection, ticket_ids: list[str]) -> list[Announcement]:
    """For everybody who hears the list, and for those under whose tickets it is, Available or not."""
    told = []
    records = lists.hints(conn, ticket_ids)
    if len(records) < len(ticket_ids):
        log.warning("the database does not know tickets of which was told", count=len(ticket_ids) - len(records))
    for record in records:
        frame = codec.encode(t.HintFrame(shapes.hint(record)))
        told.append(Announcement(topics.company_list(record.company_id), 0, frame))
        told += [Announcement(topics.person(listener), 0, frame) for listener in record.listeners]
    return told
