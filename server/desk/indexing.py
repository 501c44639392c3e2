"""Fills the search index from the outbox, within 2 s of the message."""

import asyncio

from server.desk.desk import Desk
from server.domain.ids import new_id
from server.errors import DeskwireError
from server.store import outbox, search
from server.store.base import Announcement, Tx

INTERVAL = 1.0
LEASE_MS = 30_000


class Indexer:
    """Takes outbox rows of kind ``search``; taking and doing share a transaction, so a row is done exactly once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._owner = new_id()
        self._something = asyncio.Event()
        self._something.set()  # whatever a killed process left behind

    def notice(self, _announcements: list[Announcement]) -> None:
        """Something was committed; there may be texts to index."""
        self._something.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._something.wait()
            self._something.clear()
            try:
                while await self.step():
                    pass
            except DeskwireError:
                self._something.set()  # it is still to be done
                raise
            await asyncio.sleep(INTERVAL)

    async def step(self) -> bool:
        """Index a batch; whether there may be more."""
        now, most = self._desk.clock(), self._desk.store.rows_at_once

        def unit(tx: Tx) -> int:
            rows = outbox.take(tx.conn, "search", self._owner, now, LEASE_MS, most)
            search.index(tx.conn, rows)
            outbox.done(tx.conn, [row.id for row in rows])
            return len(rows)

        return await self._desk.store.write(unit, patient=True) == most
