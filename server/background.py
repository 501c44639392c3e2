"""What a process that serves does beside the requests, again and again: each is a loop (``loops``)."""

import asyncio
import itertools
from collections.abc import AsyncIterator

from server.channels.customer import CustomerDoor
from server.channels.door import Rooms
from server.channels.technician import TechnicianDoor
from server.metrics import BUS_HEALTHY, LOOP_LAG, TASKS

PACE = 1.0
"""Seconds between two looks at the store while other processes are not heard."""
LOOK_EVERY = 5
"""Otherwise one of so many is enough, for what the bus may have lost."""
LAG_PROBE = 0.5
GAUGES_EVERY = 2
"""Seconds between two looks at what nobody counts; a look at 10,000 tasks takes 3 ms."""
TOUCH_EVERY = 60
"""Seconds between two notes that a console is open."""
SWEEP_EVERY = 3_600
"""Seconds between two clean-ups of ended sessions."""


async def heartbeats(rooms: Rooms) -> None:
    """Tell every socket where its feeds stand, spread over the interval so that they do not all wake at once."""
    while True:
        pause = rooms.settings.heartbeat_seconds
        doors = list(rooms.open)
        if not doors:
            await asyncio.sleep(pause)
            continue
        for door in doors:
            door.heartbeat()
            await asyncio.sleep(pause / len(doors))


async def looks(rooms: Rooms) -> AsyncIterator[int]:
    """When to look at the store for what the bus did not tell.

    Yields the seconds since the first look; multiples of LOOK_EVERY always come.
    """
    for second in itertools.count(1):
        await asyncio.sleep(PACE)
        if second % LOOK_EVERY == 0 or not rooms.bus.healthy:
            yield second - LOOK_EVERY


async def position_checks(rooms: Rooms) -> None:
    """Compare open feeds with the store, and the places in queues."""
    async for _ in looks(rooms):
        rooms.positions.look_again()
        await rooms.hub.check_positions()


async def account_checks(rooms: Rooms) -> None:
    """Look at the accounts behind open consoles: sessions that ran out, and changes made by another process.

    Announcements tell most of it at once; this finds the rest within five seconds (ASVS 8.3.2).
    """
    async for second in looks(rooms):
        doors = [door for door in rooms.open if isinstance(door, TechnicianDoor) and door.known is not None]
        if doors:
            ids = sorted({door.technician.id for door in doors})
            hashes = sorted({door.credential for door in doors})
            found, living = await rooms.desk.technicians.look(ids, hashes, touch=second % TOUCH_EVERY == 0)
            for door in doors:
                door.seen(found.get(door.technician.id), living)
                if not rooms.bus.healthy:
                    await door.tell_mine()
        if second % SWEEP_EVERY == 0:
            await rooms.desk.technicians.sweep()


async def customer_checks(rooms: Rooms) -> None:
    """The same for customers who have signed in with a password, and for what colleagues share with them (S-23)."""
    async for _ in looks(rooms):
        doors = [(door, door.signed_in) for door in rooms.open if isinstance(door, CustomerDoor)]
        known = [(door, signed_in) for door, signed_in in doors if signed_in is not None]
        if known:
            hashes = sorted({signed_in.token_hash for _, signed_in in known})
            tickets = sorted({ticket for door, _ in known for ticket in door.watches})
            living, readers = await rooms.desk.accounts.look(hashes, tickets)
            for door, _ in known:
                door.seen(living, readers)


async def lag_probe() -> None:
    """Measure how late the event loop runs."""
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(LAG_PROBE)
        LOOP_LAG.observe(max(0.0, loop.time() - before - LAG_PROBE))


async def gauges(rooms: Rooms) -> None:
    """Put down what can only be looked at: another worker may be asked for the sum."""
    while True:
        BUS_HEALTHY.set(rooms.bus.healthy)
        TASKS.set(len(asyncio.all_tasks()))
        await asyncio.sleep(GAUGES_EVERY)
