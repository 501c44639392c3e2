"""Available: the shared list is open. Away: nothing of it reaches this person; own tickets stay (G-02..G-04)."""

from server.bus import topics
from server.bus.control import AbilityChanged, AvailabilityChanged
from server.desk.desk import Desk, current
from server.domain.people import Availability, Technician
from server.protocol import codec
from server.store import technicians
from server.store.base import Tx


async def set_availability(desk: Desk, technician: Technician, state: Availability) -> Technician:
    """The technician as he is now. All of his sockets hear of it."""

    now = desk.clock()

    def unit(tx: Tx) -> Technician:
        technicians.set_availability(tx.conn, technician.id, state)
        if state == "available":
            technicians.idle_from(tx.conn, technician.id, now)
        tx.announce(topics.person(technician.id), 0, codec.encode(AvailabilityChanged(state)))
        tx.announce(topics.CONTROL, 0, codec.encode(AbilityChanged(technician.id)))
        return current(tx.conn, technician.id)

    return await desk.store.write(unit)
