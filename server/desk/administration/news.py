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
AT_ONCE: Final = 500
"""Lines of the log that are read at a time."""
LATE: Final = 100
"""So many are looked at again: PostgreSQL numbers a line before it is committed, so that a lower one may come later."""

Listener = Callable[[SetupChanged], None]


class News:
    """What has changed in the set-up, told once for each line of the audit log."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: list[Listener] = []
        self._begun: int | None = None
        """Lines up to this one are older than all who listen."""
        self._last = 0
        self._told: set[int] = set()

    def listen(self, listener: Listener) -> None:
        """From now on."""
        self._listeners.append(listener)

    def hear(self, told: Announcement) -> None:
        """A listener of the topic ``control``."""
        changed = control_of(told.frame)
        if not isinstance(changed, SetupChanged):
            return
        if changed.audit:
            self._tell_once(changed)
        else:
            self.tell(changed)

    async def run(self) -> None:
        """For ever: look at what was not heard."""
        if self._begun is None:
            self._begun = self._last = await self._store.read(audit.last)
        while True:
            await asyncio.sleep(EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Tell what stands in the log and was not heard."""
        known = max(self._last - LATE, self._begun or 0)
        for row in await self._store.read(lambda conn: audit.after(conn, known, AT_ONCE)):
            self._tell_once(SetupChanged(row.id, row.noun, row.object_id, row.company_id))
            self._last = max(self._last, row.id)
        self._told = {number for number in self._told if number > self._last - LATE}

    def _tell_once(self, changed: SetupChanged) -> None:
        if changed.audit > self._last - LATE and changed.audit not in self._told:
            self._told.add(changed.audit)
            self.tell(changed)

    def tell(self, changed: SetupChanged) -> None:
        """To whoever listens in this process."""
        for listener in self._listeners:
            listener(changed)
