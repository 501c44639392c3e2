"""Places at which a server dies as by kill -9, between insert, commit, announcement and ack: at the k-th passage, or at
the first one after a file has appeared.

before-insert after-insert before-commit after-commit     messages on SQLite; a unit of writing on both
before-statement within-statement after-statement         the one statement that stores messages on PostgreSQL
before-announce after-announce                            what was committed is told within the process
before-redis after-redis                                  … and to the other processes
before-ack after-ack                                      the frame goes into the sender's connection
before-index after-index index-committed                  what was left to be done for search
"""

import asyncio
import inspect
import os
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from server.bus import link
from server.channels.socket import Socket
from server.store import (
    appender,
    postgres,
    search,
    sqlite,
    sqlite_appending,
    sqlite_indexing,
    sqlite_writer,
    transcript,
)
from server.wire.websocket import SocketProtocol

Hook = Callable[..., None]
ACK = '{"type":"ack"'
UNDER_WAY_S = 0.001
"""The statement has left, and its answer may or may not have come into being."""


class Passages:
    """One of them is the last thing that this process does. ``last``: which, or the name of a file."""

    def __init__(self, last: str) -> None:
        self._left = int(last) if last.isdecimal() else None
        self._file = last

    def __call__(self, *_arguments: Any) -> None:
        if self._left is None:
            over = os.path.exists(self._file)
        else:
            self._left -= 1
            over = self._left == 0
        if over:
            os._exit(9)


def wrap(owner: Any, name: str, *, before: Hook | None = None, after: Hook | None = None) -> None:
    """Call the hooks with the arguments of a function of a module or class, around it."""
    original = getattr(owner, name)

    def ask(hook: Hook | None, *arguments: Any) -> None:
        if hook is not None:
            hook(*arguments)

    async def waiting(*arguments: Any, **named: Any) -> Any:
        ask(before, *arguments)
        result = await original(*arguments, **named)
        ask(after, *arguments)
        return result

    def straight(*arguments: Any, **named: Any) -> Any:
        ask(before, *arguments)
        result = original(*arguments, **named)
        ask(after, *arguments)
        return result

    setattr(owner, name, waiting if inspect.iscoroutinefunction(original) else straight)


INSERTS = ((transcript, "append"), (sqlite_appending, "append"))


def _inserts(*, before: Hook | None = None, after: Hook | None = None) -> None:
    for owner, name in INSERTS:
        wrap(owner, name, before=before, after=after)


def _driver(connection: Any) -> Any:
    """Its driver's own connection, whatever it is wrapped in."""
    connection = getattr(connection, "connection", connection)
    return getattr(connection, "driver_connection", connection)


def _commits_of(*owners: tuple[Any, str], before: Hook | None = None, after: Hook | None = None) -> None:
    """Around COMMIT of those transactions in which one of these statements ran (a read commits too)."""
    theirs: set[int] = set()

    def hook(wanted: Hook | None, connection: Any, *, last: bool) -> None:
        if id(_driver(connection)) in theirs and wanted is not None:
            wanted()
        if last:
            theirs.discard(id(_driver(connection)))

    for owner, name in owners:
        wrap(owner, name, after=lambda conn, *_rest: theirs.add(id(_driver(conn))))
    for commits, name in ((DefaultDialect, "do_commit"), (sqlite_writer, "commit")):
        wrap(
            commits,
            name,
            before=lambda *arguments: hook(before, arguments[-1], last=False),
            after=lambda *arguments: hook(after, arguments[-1], last=True),
        )


def _tell(*, before: Hook | None = None, after: Hook | None = None) -> None:
    """Announcements of events: those of counts and marks may be lost at any time."""

    def events_only(hook: Hook | None) -> Hook | None:
        if hook is None:
            return None
        return lambda _on_commit, told: hook() if any(t.seq and t.topic.startswith("ticket/") for t in told) else None

    for module in (sqlite, postgres, appender):
        wrap(module, "tell", before=events_only(before), after=events_only(after))


def _redis(*, before: Hook | None = None, after: Hook | None = None) -> None:
    def no_beat(hook: Hook | None) -> Hook | None:
        if hook is None:
            return None
        return lambda _link, messages: hook() if any(payload for _channel, payload in messages) else None

    wrap(link.Link, "_send", before=no_beat(before), after=no_beat(after))


def _ack(*, before: Hook | None = None, after: Hook | None = None) -> None:
    def acks_only(hook: Hook | None) -> Hook | None:
        if hook is None:
            return None
        return lambda _socket, message: hook() if str(message.get("text", "")).startswith(ACK) else None

    def acks_on_the_line(hook: Hook | None) -> Hook | None:
        return None if hook is None else lambda _line, frame: hook() if frame.startswith(ACK.encode()) else None

    wrap(Socket, "_transmit", before=acks_only(before), after=acks_only(after))
    wrap(SocketProtocol, "take", before=acks_on_the_line(before), after=acks_on_the_line(after))


def _within_statement(die: Passages) -> None:
    original = appender.Appender._store

    async def store(self: appender.Appender, work: Any) -> Any:
        running = asyncio.ensure_future(original(self, work))
        await asyncio.wait([running], timeout=UNDER_WAY_S)
        die()
        return await running

    appender.Appender._store = store  # type: ignore[method-assign]  # that is the point of it


def _index(*, before: Hook | None = None, after: Hook | None = None) -> None:
    def texts_only(hook: Hook | None) -> Hook | None:
        return None if hook is None else lambda _conn, rows: hook() if rows else None

    wrap(search, "index", before=texts_only(before), after=texts_only(after))
    wrap(sqlite_indexing, "add_words", before=before, after=after)


POINTS: dict[str, Callable[[Passages], None]] = {
    "before-insert": lambda die: _inserts(before=die),
    "after-insert": lambda die: _inserts(after=die),
    "before-commit": lambda die: _commits_of(*INSERTS, before=die),
    "after-commit": lambda die: _commits_of(*INSERTS, after=die),
    "before-statement": lambda die: wrap(appender.Appender, "_store", before=die),
    "within-statement": _within_statement,
    "after-statement": lambda die: wrap(appender.Appender, "_store", after=die),
    "before-announce": lambda die: _tell(before=die),
    "after-announce": lambda die: _tell(after=die),
    "before-redis": lambda die: _redis(before=die),
    "after-redis": lambda die: _redis(after=die),
    "before-ack": lambda die: _ack(before=die),
    "after-ack": lambda die: _ack(after=die),
    "before-index": lambda die: _index(before=die),
    "after-index": lambda die: _index(after=die),
    "index-committed": lambda die: _commits_of((search, "index"), (sqlite_indexing, "add_words"), after=die),
}
ONLY_POSTGRES = ("before-statement", "within-statement", "after-statement", "before-redis", "after-redis")
ONLY_UNITS = ("before-insert", "after-insert", "before-commit", "after-commit")
"""On PostgreSQL messages from sockets do not come here, unless they are sent again."""


def arm(name: str, last: str) -> None:
    """From now on this process dies at this point; see Passages."""
    POINTS[name](Passages(last))
