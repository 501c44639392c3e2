"""Tells open pages that an administrator has changed something they show."""

from server.bus.control import SetupChanged
from server.channels.customer import CustomerDoor
from server.channels.door import Rooms
from server.channels.technician import TechnicianDoor
from server.protocol import codec
from server.protocol import customer as c
from server.protocol import technician as t


class SetupTeller:
    """Consoles of those who may see the company, all consoles of administrators, and customers who may see it."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def tell(self, changed: SetupChanged) -> None:
        """A listener of ``News``. A frame says what to look at again, never what it says now: each asks for himself."""
        staff = codec.encode(t.SetupChanged(changed.noun, changed.id, changed.company))
        customers = codec.encode(c.PortalChanged())
        for door in list(self._rooms.open):
            if isinstance(door, TechnicianDoor) and self._concerns(changed, door):
                door.socket.push(staff)
            elif isinstance(door, CustomerDoor) and door.known is not None:
                if changed.seen_by_customers(door.known.company_id):
                    door.socket.push(customers)
                if changed.id == door.known.account_id:
                    door.look_again()

    @staticmethod
    def _concerns(changed: SetupChanged, door: TechnicianDoor) -> bool:
        person = door.known
        return person is not None and (person.role == "administrator" or changed.company in person.companies)
