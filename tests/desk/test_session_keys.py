"""Session keys: one customer, one portal, once; and what wrong ones cost whoever guesses (B-02 to B-07, G-36)."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.accounts.guesses import FREE
from server.desk import opening, session_keys
from server.domain.devices import Device
from server.domain.people import Technician
from server.domain.portal import PortalSettings, Ways
from server.protocol.rest import OpenTicket
from server.store import portals, queues, technicians
from server.store.base import Tx
from server.store.portals import PortalRecord
from tests.desk.workshop import SOURCE, Workshop, code_of

MINUTE = 60_000


class Doorway:
    """A portal, Lena who makes keys for it, and customers at several addresses."""

    def __init__(self, shop: Workshop, portal: PortalRecord, lena: Technician) -> None:
        self.shop = shop
        self.portal = portal
        self.lena = lena

    async def key(self, minutes: int | None = None) -> session_keys.Made:
        return await session_keys.make(self.shop.desk, self.lena, self.portal.slug, minutes, "for Ada, by phone")

    async def opens(
        self, key: str, address: str = "192.0.2.7", client_id: str | None = None, portal: PortalRecord | None = None
    ) -> opening.OpenedTicket:
        form = OpenTicket(client_id or str(uuid.uuid4()), "Help", "as told", name="Ada", session_key=key)
        source = opening.Source(address, "a browser", Device("linux", "Linux", "Firefox"))
        return await opening.open_ticket(self.shop.desk, portal or self.portal, None, form, source)

    async def tries(self, key: str, address: str = "192.0.2.7", **more: Any) -> str:
        """ "ok", or the code of the refusal."""
        return await code_of(self.opens(key, address, **more))

    async def looks(self, key: str, address: str = "192.0.2.7") -> str:
        return await code_of(session_keys.look(self.shop.desk, self.portal, key, address))

    async def set_up(self, **changed: Any) -> None:
        """The portal as an administrator has changed it."""
        settings = PortalSettings(**changed)
        await self.shop.store.write(lambda tx: portals.set_settings(tx.conn, self.portal.id, settings))
        self.portal = msgspec.structs.replace(self.portal, settings=settings)


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Doorway]:
    shop = await Workshop.open(tmp_path)
    portal = await shop.portal("Acme")
    yield Doorway(shop, portal, await shop.technician("Lena", portal.company_id, available=False))
    await shop.close()


async def test_it_leads_into_its_makers_own_queue_once(door: Doorway) -> None:
    """B-05, B-06, B-07: also while she is away; typed as people type; the list says what came of it."""
    made = await door.key()
    typed = f" {made.key[:4].lower()}-{made.key[4:].lower()} "
    found = await session_keys.look(door.shop.desk, door.portal, typed, "192.0.2.7")
    assert found.key is not None
    assert found.key.public_name == door.lena.public_name
    ticket = (await door.opens(typed)).ticket
    queue = await door.shop.store.read(lambda conn: queues.get(conn, ticket.queue_id))
    assert (queue.kind, queue.owner_id) == ("technician", door.lena.id)
    assert await door.tries(made.key) == "key_invalid"
    assert await door.looks(made.key) == "key_invalid"
    [listed] = (await session_keys.mine(door.shop.desk, door.lena)).keys
    assert (listed.ticket_id, listed.ticket, listed.note) == (ticket.id, ticket.key, "for Ada, by phone")


async def test_two_at_the_same_moment(door: Doorway) -> None:
    made = await door.key()
    tries = [door.tries(made.key, f"192.0.2.{n}") for n in range(5)]
    assert sorted(await asyncio.gather(*tries)) == [*["key_invalid"] * 4, "ok"]


async def test_the_same_request_again_has_the_same_answer(door: Doorway) -> None:
    """The answer got lost: the key is used up, and by this very request."""
    made, client_id = await door.key(), str(uuid.uuid4())
    first = await door.opens(made.key, client_id=client_id)
    again = await door.opens(made.key, client_id=client_id)
    assert (again.ticket.id, again.token) == (first.ticket.id, first.token)


async def test_every_other_key_has_one_answer(door: Doorway) -> None:
    """Expired to the minute, revoked, of another portal, of somebody who is gone or disabled, unwanted, invented."""
    expired, living = await door.key(3), await door.key(4)
    door.shop.clock.now += 3 * MINUTE
    assert await door.tries(expired.key) == "key_invalid"
    elsewhere = await door.shop.portal("Globex")
    assert await door.tries(living.key, portal=elsewhere) == "key_invalid"
    assert await door.looks(living.key) == "ok"

    await session_keys.revoke(door.shop.desk, door.lena, living.record.id)
    assert await door.tries(living.key, "192.0.2.8") == "key_invalid"
    assert await code_of(session_keys.revoke(door.shop.desk, door.lena, living.record.id)) == "not_found"

    orphan = await door.key()
    await door.shop.store.write(lambda tx: technicians.set_access(tx.conn, door.lena.id, frozenset()))
    assert await door.tries(orphan.key, "192.0.2.9") == "key_invalid"
    await door.shop.store.write(
        lambda tx: technicians.set_access(tx.conn, door.lena.id, frozenset([door.portal.company_id]))
    )
    assert await door.looks(orphan.key) == "ok"
    for disabled, answer in ((True, "key_invalid"), (False, "ok")):
        await door.shop.store.write(
            lambda tx, now=disabled: technicians.set_disabled(tx.conn, door.lena.id, disabled=now)  # type: ignore[misc]
        )
        assert await door.looks(orphan.key) == answer
    await door.set_up(ways=Ways(keys=False))
    assert await door.looks(orphan.key) == "key_invalid"
    assert await code_of(door.key()) == "keys_off"


async def test_who_may_make_and_revoke(door: Doorway) -> None:
    """For portals of one's companies, one's own, and not without end: what lives can be guessed."""
    made = await door.key()
    eve = await door.shop.technician("Eve", (await door.shop.portal("Globex")).company_id)
    tom = await door.shop.technician("Tom", door.portal.company_id)
    assert await code_of(session_keys.make(door.shop.desk, eve, door.portal.slug, None, None)) == "not_found"
    assert await code_of(session_keys.revoke(door.shop.desk, tom, made.record.id)) == "not_found"
    assert (await session_keys.mine(door.shop.desk, tom)).keys == []
    for _ in range(session_keys.LIVING - 1):
        await door.key()
    assert await code_of(door.key()) == "too_many_keys"
    door.shop.clock.now += 10 * MINUTE
    assert await code_of(door.key()) == "ok"


async def test_guesses_are_braked_and_nobody_else_is(door: Doorway) -> None:
    """Looking and opening count alike, a restart does not help, and a true key of a neighbour opens at once."""
    made = await door.key()
    for n in range(FREE + 1):
        assert await (door.looks if n % 2 else door.tries)("WRNGKEYS") == "key_invalid"
    assert [await door.looks(made.key), await door.tries(made.key)] == ["too_many", "too_many"]
    assert await door.looks(made.key, "2001:db8:0:1::1") == "ok"
    door.shop.clock.now += 1_000
    assert await door.tries(made.key) == "ok"


async def test_the_database_and_the_bus_do_not_know_the_key(door: Doorway) -> None:
    made = await door.key()
    await door.opens(made.key)
    told = b"".join(announcement.frame for announcement in door.shop.take())

    def everything(tx: Tx) -> str:
        names = tx.conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return str([tuple(row) for name in names for row in tx.conn.exec_driver_sql(f'SELECT * FROM "{name}"')])

    assert made.key not in await door.shop.store.write(everything)
    assert made.key.encode() not in told
    assert SOURCE.address not in told.decode()
