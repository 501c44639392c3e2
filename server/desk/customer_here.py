"""Whether a ticket's customer is connected right now, told to the technicians who look at it.

Nothing is stored: each process speaks for the sockets it has (channels/connected.py), again with every heartbeat, and
whenever somebody asks. Whose last socket ends says so and asks, because the customer may have another one elsewhere.
"""

from typing import Final

from server.bus import topics
from server.bus.control import WhoIsHere
from server.protocol import codec
from server.protocol.technician import CustomerHere
from server.store.base import Announcement

_WHO: Final = codec.encode(WhoIsHere())


def here(ticket_id: str) -> list[Announcement]:
    """The customer is connected."""
    return [Announcement(topics.staff(ticket_id), 0, codec.encode(CustomerHere(ticket_id, here=True)))]


def left(ticket_id: str) -> list[Announcement]:
    """The customer's last socket on this process has ended; if he has none elsewhere, he is gone."""
    gone = Announcement(topics.staff(ticket_id), 0, codec.encode(CustomerHere(ticket_id, here=False)))
    return [gone, *asked(ticket_id)]


def asked(ticket_id: str) -> list[Announcement]:
    """A technician begins to look: whether the customer is connected will be said in a moment, or not at all."""
    return [Announcement(topics.customer(ticket_id), 0, _WHO)]
