"""Fills the search index from the outbox, within 2 s of the message: little at a time, for it shares the event loop."""

import asyncio
from typing import Final

from server.desk.desk import Desk
from server.errors import DeskwireError
from server.store import outbox, search
from server.store.base import Announcement, Tx

INTERVAL: Final = 0.2
"""Seconds in which messages gather; in a second of them the chats would feel it."""


class Indexer:
    """Removes outbox rows of kind ``search`` in the transaction that indexes what they point at: each exactly once.

    Messages from sockets are stored together with what search compares; of these, only the words may be missing.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
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
        most = self._desk.store.rows_at_once

        def unit(tx: Tx) -> tuple[int, bool]:
            rows = outbox.remove(tx.conn, "search", most)
            search.index(tx.conn, rows)
            return max(len(rows), search.words(tx.conn, most)), search.merge(tx.conn)

        done, untidy = await self._desk.store.write(unit, patient=True)
        if untidy:
            self._something.set()  # nothing that anybody waits for: it has until the next time
        return done == most
