"""A database that stalls: nobody is thrown out for it, and who asks for more than may wait is told."""

import asyncio
import contextlib
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from tests.support.office import Office
from tests.support.people import Customer, RefusedError, customer
from tests.support.server import DeskServer

STALL_S = 5.0
"""A ping goes out within 2 s, and may stay unanswered for 2 s."""


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """Nobody else writes."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as conn:
        conn.execute("BEGIN EXCLUSIVE")
        yield
        conn.execute("ROLLBACK")


async def test_pongs_are_seen_while_the_database_stalls(strict: DeskServer, desk: Office) -> None:
    """The reader of a socket never waits for the database. When it did, everybody was closed with 1011 at once."""
    async with AsyncExitStack() as stack:
        people = [await stack.enter_async_context(customer(strict, desk)) for _ in range(20)]
        with locked(strict.database):
            asked = [asyncio.create_task(outcome(person, 40)) for person in people]
            await asyncio.sleep(STALL_S)
        answers = await asyncio.gather(*asked)
        assert [person.closed for person in people] == [None] * len(people)
        for codes in answers:
            assert codes.count("busy") > 0  # the inbox was full, or the writer gave up
            assert set(codes) <= {"ack", "busy", "resend_from"}
        for person in people:
            await person.settled()


async def outcome(person: Customer, messages: int) -> list[str]:
    """Send them all at once; what became of each."""

    async def one(n: int) -> str:
        try:
            fields = {"ticket": person.ticket, "client_id": str(uuid.uuid4()), "stream": person.stream}
            return str((await person.call("send", n=n, text="are you there?", **fields))["type"])
        except RefusedError as refused:
            return refused.code

    return await asyncio.gather(*(one(n) for n in range(1, messages + 1)))
