"""Who has to know that an administrator has changed something, and how they learn it, whoever changed it where.

Processes that hear each other tell at once. What was not heard (the command line, a bus that is down) stands in the
audit log, which is looked at every few seconds.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from server.bus.control import SetupChanged, control_of
from server.store import audit
from server.store.base import Announcement, Store

EVERY_S: Final = 5.0
AT_ONCE: Final = 200
"""Lines of the log that are read at a time."""

Listener = Callable[[SetupChanged], None]


class News:
    """What has changed in the set-up, told once for each line of the audit log."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: list[Listener] = []
        self._last: int | None = None
        self._told: set[int] = set()

    def listen(self, listener: Listener) -> None:
        """From now on."""
        self._listeners.append(listener)

    def hear(self, told: Announcement) -> None:
        """A listener of the topic ``control``."""
        changed = control_of(told.frame)
        if not isinstance(changed, SetupChanged):
            return
        if not changed.audit:
            self.tell(changed)
        elif changed.audit > (self._last or 0) and changed.audit not in self._told:
            self._told.add(changed.audit)
            self.tell(changed)

    async def run(self) -> None:
        """For ever: look at what was not heard."""
        if self._last is None:
            self._last = await self._store.read(audit.last)
        while True:
            await asyncio.sleep(EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Tell what stands in the log and was not heard."""
        known = self._last or 0
        for row in await self._store.read(lambda conn: audit.after(conn, known, AT_ONCE)):
            self._last = int(row.id)
            if row.id not in self._told:
                self.tell(SetupChanged(row.id, row.noun, row.object_id, row.company_id))
            self._told.discard(row.id)

    def tell(self, changed: SetupChanged) -> None:
        """To whoever listens in this process."""
        for listener in self._listeners:
            listener(changed)
