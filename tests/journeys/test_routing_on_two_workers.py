"""Automatic routing while people on two workers do whatever they do, over their sockets (C-07, C-15, X-9).

The two routers know nothing of each other. After each burst, as soon as nobody writes any more and nothing is left to
do, the journal of the whole run is told again: ``tests/support/journal.py`` has the rules.
"""

import os
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from tests.faults.cluster import Cluster
from tests.journeys.shift import Shift, together
from tests.support import journal
from tests.support.postgres import Postgres
from tests.support.server import DeskServer

SEED: Final = int(os.environ.get("ROUTING_SEED", "7"))
BURSTS: Final = 6
SHORT_LEASE: Final = {"DESKWIRE_PING_SECONDS": "2", "DESKWIRE_PRESENCE_SECONDS": "3"}


@pytest.fixture
def crew(tmp_path: Path, postgres: Postgres) -> Iterator[DeskServer]:
    """One server with two workers, which soon sees who is gone."""
    made = Cluster(tmp_path, postgres, servers=1, DESKWIRE_WORKERS="2", **SHORT_LEASE)
    try:
        made.start()
        yield made.servers[0]
    finally:
        made.close()


@pytest.fixture
async def shift(crew: DeskServer) -> AsyncIterator[Shift]:
    journal.install(str(crew.store))
    engine = create_async_engine(str(crew.store))
    made = Shift(crew, engine, random.Random(SEED))
    await made.begin()
    yield made
    await made.leave()
    await engine.dispose()


async def test_whatever_people_on_two_workers_do(shift: Shift) -> None:
    """C-07, C-15, X-9: see the module."""
    print(f"ROUTING_SEED={SEED}")
    people = list(shift.people.values())
    await together(shift.ticket_comes() for _ in range(12))  # to people who are all away
    await shift.quiet()
    await together(one.call("availability", state="available") for one in people)
    await shift.quiet()
    some: list[Callable[[], Coroutine[Any, Any, None]]] = [
        *[shift.ticket_comes] * 4,
        *[shift.owner_acts] * 6,
        *[shift.owner_transfers] * 2,
        *[shift.availability_changes] * 3,
        shift.somebody_vanishes,
        *[shift.somebody_comes] * 2,
        shift.somebody_takes_one,
        shift.customer_ends,
    ]
    for _burst in range(BURSTS):
        await together(shift.dice.choice(some)() for _ in range(10))
        await shift.quiet()

    await together(one.call("availability", state="available") for one in people)
    await shift.leave()
    await shift.quiet(gone=True)
    await together(shift.ticket_comes() for _ in range(12))  # to people who are available and gone
    await shift.quiet()
    await shift.spread()
    await shift.quiet()
    await together(one.call("availability", state="available") for one in people)
    await shift.quiet()
    await shift.told()
    turn = 0
    while owned := shift.owned():  # everything is done, by people of one worker at a time: they are given the next
        await shift.spread()  # a starved machine may have cut somebody's line
        acting = {one.worker.id for one in people[turn % 2 :: 2]}
        await together(shift.owner_is_done(one) for one in owned if one.assignee_id in acting)
        await shift.quiet()
        turn += 1
    story = shift.story
    print(f"{len(story.tickets)} tickets, {story.given} given, {story.overtakable} might have overtaken another")
    assert story.given > 10
    assert story.overtakable > 10
