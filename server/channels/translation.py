"""Tells open pages what can be translated now, and which of the tickets that they show are."""

from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from server.bus.control import SetupChanged
from server.channels.door import Rooms
from server.desk import announce
from server.errors import DeskwireError
from server.protocol import codec
from server.protocol.shared import Languages
from server.store import tickets
from server.store.tickets import TicketRecord

log = structlog.get_logger(__name__)

NOUNS: Final = frozenset({"portal", "technician"})
"""Of a portal the switch says whether its open tickets are translated; of a technician the language what he reads."""
AT_ONCE: Final = 200
"""Tickets that are read at a time."""


class TranslationTeller:
    """For the sockets of this process."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def tell(self) -> None:
        """A listener of ``Translators``: what comes and goes is told to all, once encoded."""
        frame = codec.encode(Languages(self._rooms.desk.translators.languages))
        for door in list(self._rooms.open):
            if door.person is not None:
                door.socket.push(frame)

    def hear(self, changed: SetupChanged) -> None:
        """A listener of ``News``, so that it does not matter who changed it where."""
        if changed.noun in NOUNS:
            self._rooms.tasks.spawn(self._look(changed.id), "look which tickets are translated")

    async def _look(self, changed_id: str) -> None:
        """At the watched tickets of this portal, or of this technician."""
        watched = sorted({ticket_id for door in self._rooms.open for ticket_id in door.watches})
        try:
            for start in range(0, len(watched), AT_ONCE):
                for ticket in await self._rooms.desk.store.read(partial(_known, watched[start : start + AT_ONCE])):
                    if changed_id in (ticket.portal_id, ticket.state.assignee):
                        for told in announce.translates(ticket):
                            self._rooms.hub.accept(told)
        except DeskwireError as error:
            log.warning("pages learn late which tickets are translated: when they watch them anew", code=error.code)


def _known(ticket_ids: list[str], conn: Connection) -> list[TicketRecord]:
    return tickets.known(conn, ticket_ids)
