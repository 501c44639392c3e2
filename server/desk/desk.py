"""Desk: what every use case is handed. It holds parts and has no behaviour of its own."""

from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from server.accounts.customer_accounts import CustomerAccounts
from server.accounts.customers import Customers
from server.accounts.technicians import Technicians
from server.clock import Clock
from server.desk.hosts import Hosts
from server.desk.onlookers import Onlookers
from server.desk.slow_path import SlowPaths
from server.desk.translators import Translators
from server.desk.waiting import Waiting
from server.domain.people import Technician
from server.errors import NotFound, Unauthenticated
from server.rates import Rates
from server.settings import Settings
from server.store import technicians
from server.store.base import Store
from server.store.scope import CustomerScope, StaffScope
from server.uploads.filing import Filing

T = TypeVar("T")


class Desk(msgspec.Struct):
    """The parts of a running Deskwire. ``epoch`` is new after each restore."""

    settings: Settings
    store: Store
    technicians: Technicians
    customers: Customers
    accounts: CustomerAccounts
    clock: Clock
    epoch: str
    rates: Rates
    waiting: Waiting
    slow_paths: SlowPaths
    filing: Filing
    translators: Translators
    hosts: Hosts
    onlookers: Onlookers


def staff(technician: Technician) -> StaffScope:
    """What this technician may see now."""
    return StaffScope(technician.id, technician.companies, technician.available)


def current(conn: Connection, technician_id: str) -> Technician:
    """The technician as the database knows him now, not as a socket remembers him. Raises Unauthenticated."""
    account = technicians.by_id(conn, technician_id)
    if account is None or account.disabled:
        raise Unauthenticated
    return account.technician


def found(ticket: T | None) -> T:
    """The ticket, or the one answer to everything unknown and out of reach."""
    if ticket is None:
        raise NotFound("There is no such ticket, or it is not yours to see.")
    return ticket


__all__ = ["CustomerScope", "Desk", "StaffScope", "current", "found", "staff"]
