"""Looks at a Redis or Valkey from outside: what it is, what this user may do there, and how quick it is.

RESP2 here, where the bus speaks RESP3: every answer then comes in its turn, and nothing has to be sorted. Only the
greeting is RESP3, because it says which server this is without any right to ask.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec
from redis import Connection, ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError, RedisError, ResponseError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

WAIT_S: Final = 2.0
ROUNDS: Final = 50
SETTINGS: Final = ("client-output-buffer-limit", "maxmemory-clients", "timeout")
"""What a server may cut connections for."""
GRANT: Final = "resetchannels &deskwire:* +hello +client|setname +subscribe +unsubscribe +publish"
"""Everything that the bus does, as words of ACL SETUSER. ``resetchannels``: a pattern cannot follow an older ``*``."""


class Facts(msgspec.Struct, frozen=True):
    """What was found."""

    kind: str
    """redis or valkey"""
    version: str
    mode: str
    """standalone, cluster or sentinel"""
    role: str
    """master or replica"""
    forbidden: tuple[str, ...]
    """what the bus does and this user may not"""
    answered_ms: tuple[float, ...] = ()
    """a PUBLISH and its answer, the quickest first; empty where the user may not"""
    heard_ms: tuple[float, ...] = ()
    """a PUBLISH and its arrival at a subscriber"""
    settings: dict[str, str] | None = None
    """None: this user may not ask, as it should be"""
    open: bool = False
    """Anybody who connects may listen without a password."""


def facts(url: str, channels: str) -> Facts:
    """Ask. ``channels``: what the bus's channels begin with. Raises RedisError when there is no answer."""
    channel = f"{channels}doctor/{secrets.token_hex(4)}"
    with _connected(url, protocol=3) as first:
        greeting = {_text(key): value for key, value in first.handshake_metadata.items()}
    with _connected(url) as speaker, _connected(url) as listener:
        forbidden = tuple(_forbidden(speaker, listener, channel))
        answered, heard = ((), ()) if forbidden else _timed(speaker, listener, channel)
        settings = _settings(speaker)
    return Facts(
        kind=_text(greeting["server"]),
        version=_text(greeting["version"]),
        mode=_text(greeting["mode"]),
        role=_text(greeting["role"]),
        forbidden=forbidden,
        answered_ms=answered,
        heard_ms=heard,
        settings=settings,
        open=_open_to_all(url, channel),
    )


@contextmanager
def _connected(url: str, *, protocol: int = 2, anonymous: bool = False) -> Iterator[Connection]:
    """One connection, tried once."""
    pool = ConnectionPool.from_url(
        url,
        protocol=protocol,
        socket_connect_timeout=WAIT_S,
        socket_timeout=WAIT_S,
        retry=Retry(NoBackoff(), 0, ()),
        driver_info=None,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    if anonymous:
        for name in ("username", "password"):
            pool.connection_kwargs.pop(name, None)
    connection = pool.make_connection()
    try:
        connection.connect()  # type: ignore[no-untyped-call]
        yield connection  # type: ignore[misc]
    finally:
        connection.disconnect()  # type: ignore[no-untyped-call]


def _ask(connection: Connection, *command: str) -> Any:
    connection.send_command(*command)  # type: ignore[no-untyped-call]
    return connection.read_response()


def _forbidden(speaker: Connection, listener: Connection, channel: str) -> Iterator[str]:
    """Do everything that the bus does; the listener is subscribed afterwards, where it may be."""
    subscribe, unsubscribe = ("SUBSCRIBE", channel), ("UNSUBSCRIBE", channel)
    steps = [
        (speaker, ("CLIENT", "SETNAME", "deskwire-doctor")),
        (speaker, ("PUBLISH", channel, "")),
        (listener, subscribe),
        (listener, unsubscribe),
        (listener, subscribe),
    ]
    told: set[str] = set()
    for connection, command in steps:
        try:
            _ask(connection, *command)
        except NoPermissionError as error:
            what = f"{command[0]} on {channel.rpartition('doctor/')[0]}*" if "channel" in str(error) else command[0]
            if what not in told:
                told.add(what)
                yield what


def _timed(speaker: Connection, listener: Connection, channel: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    answered, heard = [], []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        _ask(speaker, "PUBLISH", channel, "")
        answered.append((time.perf_counter() - before) * 1000)
        listener.read_response()
        heard.append((time.perf_counter() - before) * 1000)
    return tuple(sorted(answered)), tuple(sorted(heard))


def _settings(connection: Connection) -> dict[str, str] | None:
    """One by one: those that an older server does not know are not there. Some services hide CONFIG altogether."""
    found: dict[str, str] = {}
    for name in SETTINGS:
        try:
            pair = _ask(connection, "CONFIG", "GET", name)
        except ResponseError:
            return None
        if pair:
            found[name] = _text(pair[1])
    return found


def _open_to_all(url: str, channel: str) -> bool:
    try:
        with _connected(url, anonymous=True) as stranger:
            _ask(stranger, "SUBSCRIBE", channel)
    except RedisError:
        return False
    return True


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
