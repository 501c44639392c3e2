"""Session keys (B-02 to B-07, G-36): a technician lets one customer in, through one portal, once.

A key is read out, or sent as a link. It opens a ticket that waits in its maker's own queue, also while the portal is
closed. It is worth nothing once it is used, revoked or over, once its maker may not see the company any more, or where
the portal takes no keys; the answer to all of that, and to a guess, is the same: ``key_invalid``.
"""

from typing import Final

import msgspec
from sqlalchemy import Connection

from server.accounts import guesses
from server.desk.desk import Desk, current
from server.domain.keys import new_key, plain
from server.domain.people import Technician
from server.errors import NotFound, Refused
from server.store import handovers, portals, tickets
from server.store import session_keys as table
from server.store.base import Tx
from server.store.portals import PortalRecord
from server.store.session_keys import KeyRecord, SessionKey

MINUTE_MS: Final = 60_000
LIVING: Final = 50
"""Keys of one technician that can be used at the same time: what is living can be guessed."""
SHOWN_MS: Final = 3_600_000
"""A key that was used is shown to its maker for so long, with the ticket that came of it."""


class Made(msgspec.Struct, frozen=True):
    """``key`` is to be shown, and stored nowhere."""

    key: str
    record: KeyRecord


class Listed(msgspec.Struct, frozen=True):
    """What a technician has made, and for which portals there can be more."""

    keys: list[KeyRecord]
    portals: list[PortalRecord]


class Typed(msgspec.Struct, frozen=True):
    """What a key is: of a technician (``key``), or for another device of somebody who is here already (None)."""

    key: SessionKey | None


# --- the technician's side --------------------------------------------------------------------------------------------


async def make(desk: Desk, technician: Technician, slug: str, minutes: int | None, note: str | None) -> Made:
    """A new key. Raises NotFound, and Refused (keys_off, too_many_keys)."""
    now = desk.clock()

    def unit(tx: Tx) -> Made:
        portal = portals.by_slug(tx.conn, slug)
        if portal is None or portal.company_id not in current(tx.conn, technician.id).companies:
            raise NotFound("There is no such portal, or it is not yours to see.")
        if not _takes_keys(portal):
            raise Refused("keys_off", "This portal takes no session keys.")
        if table.living(tx.conn, technician.id, now) >= LIVING:
            raise Refused("too_many_keys", f"You have {LIVING} keys that can be used. Revoke some first.")
        life_ms = (minutes or portal.settings.key_minutes) * MINUTE_MS
        while True:
            key = new_key()
            record = table.add(
                tx.conn,
                key_hash=desk.customers.session_key_hash(portal.id, key),
                company_id=portal.company_id,
                portal_id=portal.id,
                technician_id=technician.id,
                note=note,
                now=now,
                expires_at=now + life_ms,
            )
            if record is not None:
                return Made(key, record)

    return await desk.store.write(unit)


async def mine(desk: Desk, technician: Technician) -> Listed:
    """My keys, and the portals of my companies that take some."""
    now = desk.clock()

    def query(conn: Connection) -> Listed:
        known = table.of_technician(conn, technician.id, now, now - SHOWN_MS)
        open_to_me = [one for one in portals.all_portals(conn) if one.company_id in technician.companies]
        return Listed(known, [one for one in open_to_me if _takes_keys(one)])

    return await desk.store.read(query)


async def revoke(desk: Desk, technician: Technician, key_id: str) -> None:
    """The key is worth nothing any more. Raises NotFound where it was not worth anything, or is not mine."""
    now = desk.clock()
    if not await desk.store.write(lambda tx: table.revoke(tx.conn, technician.id, key_id, now)):
        raise NotFound("There is no such key, or it cannot be used any more.")


# --- the customer's side ----------------------------------------------------------------------------------------------


async def look(desk: Desk, portal: PortalRecord, typed: str, network: str) -> Typed:
    """What kind of key this is, without using it up. A wrong one counts as a guess. Raises Refused, TooMany."""
    key_hash, now = desk.customers.handover_hash(portal.id, plain(typed)), desk.clock()

    def unit(tx: Tx) -> Typed | None:
        guesses.check(tx.conn, network, now)
        key = _usable(tx, desk, portal, typed, now)
        joins = handovers.known(tx.conn, portal.id, key_hash, now)
        if key is None and not joins:
            guesses.wrong(tx.conn, network, now)
            return None  # and no error, which would undo the counting
        return Typed(key)

    found = await desk.store.write(unit)
    if found is None:
        raise invalid()
    return found


async def admit(desk: Desk, portal: PortalRecord, typed: str, network: str, client_id: str) -> None:
    """Before a ticket is opened with a key: a wrong one counts as a guess. Raises Refused, TooMany.

    It has a transaction of its own, since the one that opens the ticket is rolled back with its refusal. Whoever
    repeats a request that has opened a ticket already gets his answer from there.
    """
    now = desk.clock()

    def unit(tx: Tx) -> bool:
        if tickets.by_client_id(tx.conn, portal.id, client_id) is not None:
            return True
        guesses.check(tx.conn, network, now)
        if _usable(tx, desk, portal, typed, now) is not None:
            return True
        guesses.wrong(tx.conn, network, now)
        return False

    if not await desk.store.write(unit):
        raise invalid()


def redeem(tx: Tx, desk: Desk, portal: PortalRecord, typed: str, now: int) -> SessionKey:
    """Use a key up, inside the transaction that opens its ticket. Of two who come at once one gets it; Refused."""
    key = _usable(tx, desk, portal, typed, now)
    if key is None or not table.take(tx.conn, key.id, now):
        raise invalid()
    return key


def opened(tx: Tx, key: SessionKey, ticket_id: str) -> None:
    """The ticket that ``redeem`` was for is there."""
    table.opened(tx.conn, key.id, ticket_id)


def invalid() -> Refused:
    """The one answer to a key that is unknown, used, over, revoked, or of another portal."""
    return Refused("key_invalid", "This key is not valid, or not any more. Ask for a new one.")


def _usable(tx: Tx, desk: Desk, portal: PortalRecord, typed: str, now: int) -> SessionKey | None:
    key = table.usable(tx.conn, portal.id, desk.customers.session_key_hash(portal.id, plain(typed)), now)
    return key if _takes_keys(portal) else None


def _takes_keys(portal: PortalRecord) -> bool:
    return portal.settings.ways.keys and not portal.disabled
