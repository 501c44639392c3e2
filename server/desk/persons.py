"""Customers and technicians where they do the same thing: send files, read them, hand a chat over to another device."""

from typing import Final

from sqlalchemy import Connection

from server.desk import helping
from server.desk.desk import current, staff
from server.desk.messages import as_actor, customer_as_actor, scope_of
from server.domain.devices import DeviceClass
from server.domain.people import Customer, Side, Technician
from server.domain.ticket import check_customer_may_write
from server.errors import Unauthenticated
from server.store import customer_accounts, customers
from server.store.scope import Scope
from server.store.tickets import Brief
from server.store.transcript import Actor

Person = Customer | Technician

STAFF: Final[DeviceClass] = "unknown"
"""What stands for a technician's device, which no rule asks about."""


def side(person: Person) -> Side:
    """Which side of a chat this is."""
    return "customer" if isinstance(person, Customer) else "technician"


def scope(person: Person, *, shared: bool = True) -> Scope:
    """What this person may see; of customers with or without what others share with them."""
    return scope_of(person, shared=shared) if isinstance(person, Customer) else staff(person)


def actor(person: Person, ticket: Brief) -> Actor:
    """This person as the author of an event."""
    if isinstance(person, Customer):
        return customer_as_actor(person, ticket)
    return as_actor(person)


def check_may_write(conn: Connection, ticket: Brief, person: Person) -> None:
    """Raises Refused with the rule that keeps this person from writing into a chat."""
    if isinstance(person, Customer):
        check_customer_may_write(ticket.state)
    else:
        helping.check_may_write(conn, ticket.id, ticket.state, person.id)


def device_class(person: Person, of_ticket: DeviceClass) -> DeviceClass:
    """The device that a file comes from: what the token knows of it, else what the ticket was opened with."""
    return (person.device_class or of_ticket) if isinstance(person, Customer) else STAFF


def again(conn: Connection, role: Side, person_id: str) -> Person:
    """The same person as the database knows him now. Raises Unauthenticated."""
    if role == "technician":
        return current(conn, person_id)
    customer = customers.get(conn, person_id)
    if customer is None or not customer_accounts.may_come_in(conn, customer):
        raise Unauthenticated
    return customer
