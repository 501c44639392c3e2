"""Deskwire, as it is measured."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection

from bench import filling
from bench.driver.orders import ChatPlan, SeatPlan
from bench.filling import Person
from bench.rows import Place
from bench.target import Crowd, Target
from server.domain.ticket import Status
from tests.support.office import written
from tests.support.server import DeskServer

T = TypeVar("T")
LIMITS: Final = {
    "DESKWIRE_CUSTOMER_BURST": "100000000",
    "DESKWIRE_TECHNICIAN_BURST": "100000000",
    "DESKWIRE_UPLOAD_MIB_PER_ADDRESS_DAY": "100000000",
    "DESKWIRE_SOCKETS": "20000",
    "DESKWIRE_SOCKETS_PER_ADDRESS": "20000",
    "DESKWIRE_CONNECTIONS": "20000",
    "DESKWIRE_HANDSHAKES_PER_SECOND": "100000",
    "DESKWIRE_HANDSHAKES_PER_SECOND_ADDRESS": "100000",
}
"""One machine plays all customers at once. Everything else is as it comes."""


class Desk(Target):
    """Deskwire."""

    COMPANY: Final = 10
    """Technicians of one company."""

    def __init__(self, data: Path, workers: int = 1, **environment: str) -> None:
        super().__init__("Deskwire", workers)
        self.server = DeskServer(data, **{**LIMITS, **environment})
        if workers > 1:
            self.server.options = ("--workers", str(workers))
        self.server.migrate()
        self.places: list[Place] = []

    @property
    def port(self) -> int:
        """On loopback."""
        return self.server.port

    @property
    def root(self) -> int:
        """The supervisor, or the only process."""
        if self.server.process is None:
            raise RuntimeError("not started")
        return self.server.process.pid

    def start(self) -> None:
        """Returns when all its workers serve."""
        self.server.start()

    def stop(self) -> None:
        """In order, and quickly where it does not."""
        try:
            self.server.stop()
        except subprocess.TimeoutExpired:
            self.server.kill()

    def write(self, work: Callable[[Connection], T]) -> T:
        """In its database, in one transaction."""
        return written(self.server.store, work)

    def place(self) -> Place:
        """A new company."""
        self.places.append(self.write(lambda conn: filling.open_place(conn, len(self.places) + 1)))
        return self.places[-1]

    def people(self, place: Place, count: int, *, available: bool) -> list[Person]:
        """Technicians."""
        return self.write(lambda conn: filling.add_people(conn, place, count, available=available))

    def tickets(self, place: Place, first: int, last: int, events: int, status: Status) -> None:
        """Stored ones."""
        filling.add_tickets(self.write, place, first, last, events=events, status=status)

    def chats(self, count: int, per_console: int = 1, history: int = 20, *, available: bool = False) -> Crowd:
        """In companies of ten technicians."""
        customers: list[SeatPlan] = []
        consoles: list[SeatPlan] = []
        for first in range(0, count, per_console * self.COMPANY):
            several = min(count - first, per_console * self.COMPANY)
            place, people = self._company(several, per_console, history, available=available)
            customers += [customer(place, number) for number in range(1, several + 1)]
            for i, person in enumerate(people):
                numbers = range(i * per_console + 1, min((i + 1) * per_console, several) + 1)
                consoles.append(console(person, [place.ticket(number) for number in numbers], available=available))
        chats = [ChatPlan(seat.tickets[0], i, count + i // per_console) for i, seat in enumerate(customers)]
        return Crowd(customers + consoles, chats)

    def _company(self, chats: int, per_console: int, history: int, *, available: bool) -> tuple[Place, list[Person]]:
        place = self.place()
        people = self.people(place, -(-chats // per_console), available=available)
        self.tickets(place, 1, chats, history, Status.OPEN)
        talks = {number: people[(number - 1) // per_console] for number in range(1, chats + 1)}
        self.write(lambda conn: filling.join(conn, place, talks))
        return place, people


def customer(place: Place, number: int) -> SeatPlan:
    """The customer of a ticket that was joined."""
    hello = {"type": "hello", "portal": place.slug, "token": place.token(number), "lang": "en"}
    return SeatPlan("/ws/v1/customer", [place.ticket(number)], hello=hello)


def console(person: Person, tickets: list[str], *, available: bool = False) -> SeatPlan:
    """A technician; with the shared list open, or away."""
    return SeatPlan(
        "/ws/v1/console",
        tickets,
        headers={"Authorization": f"Bearer {person.token}"},
        hello={"type": "hello"},
        list={"type": "list", "view": "new"} if available else None,
    )
