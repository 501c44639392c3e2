"""What both doors share: handshake, hello, commands with their permissions, watching tickets, heartbeat.

A door that misses a handler for a command of its union, or a permission for a handler, does not import.
"""

import asyncio
import typing
from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import cache, partial
from typing import Any, ClassVar, Final

import msgspec
import structlog
from prometheus_client import Counter

from server.accounts import probe
from server.bus.base import Bus
from server.channels.connected import Connected
from server.channels.hub import Hub, Listener
from server.channels.limits import Admission
from server.channels.positions import Positions
from server.channels.quiet import hold
from server.channels.socket import LINE, Closed, Inbox, Receive, Scope, Send, Socket, fault_id
from server.desk.desk import Desk
from server.domain import limits
from server.errors import BadInput, Busy, DeskwireError, StorageFull, TooMany, Unauthenticated
from server.metrics import COMMANDS, SOCKETS
from server.origin import cookie, portal_origin, same_origin
from server.protocol import close, codec
from server.protocol.shared import GoingAway, Heartbeat, Pong, RefusedFrame
from server.rates import Bucket
from server.settings import Settings
from server.store.base import Announcement
from server.tasks import Tasks

log = structlog.get_logger(__name__)

COMMANDS_PER_SECOND: Final = 20
COMMAND_BURST: Final = 120
"""All commands of one socket together; more is no person."""


class Permission(StrEnum):
    """Who may send a command. The use case behind it looks at the ticket itself, each time."""

    ANYBODY = "anybody"
    CUSTOMER = "customer"
    TECHNICIAN = "technician"


class Rooms(msgspec.Struct):
    """What sockets need of the process they live in."""

    desk: Desk
    hub: Hub
    bus: Bus
    tasks: Tasks
    admission: Admission
    positions: Positions
    connected: Connected
    settings: Settings
    open: set["Door"]
    stopping: bool = False
    """No socket is accepted any more."""


Handler = Callable[[Any, Any], Awaitable[msgspec.Struct | None]]
_HANDLER: Final = "_handles"


def handles(command: type[msgspec.Struct], permission: Permission) -> Callable[[Handler], Handler]:
    """Marks the method that carries out a command."""

    def mark(method: Handler) -> Handler:
        setattr(method, _HANDLER, (command, permission))
        return method

    return mark


class Watch:
    """A socket's place in one feed. Frames are held back until the page that leads up to them is out."""

    def __init__(self, hub: Hub, topic: str, push: Callable[[bytes], None]) -> None:
        self.topic = topic
        self._hub = hub
        self._push = push
        self._position = 0
        self._started = False
        self._held: list[Announcement] | None = []
        self.feed = hub.listen(topic, self._hear)

    def _hear(self, told: Announcement) -> None:
        if self._held is not None:
            self._held.append(told)
        elif told.seq == 0:
            self._push(told.frame)
        elif told.seq > self._position:  # the feed may be behind the page that this socket was given
            self._position = told.seq
            self._push(told.frame)

    def go(self, tail: int) -> None:
        """The client has everything up to ``tail``: from here on live."""
        self.feed.stand_at(tail)
        self._position = tail
        self._started = True
        self.go_on()

    def pause(self) -> None:
        """Hold everything back: whether this person may still hear it is being looked up."""
        if self._started and self._held is None:
            self._held = []

    def go_on(self) -> None:
        """Live again, with what was held back. Nothing before ``go``."""
        if not self._started:
            return
        held, self._held = self._held or [], None
        for told in held:
            self._hear(told)

    def stop(self) -> None:
        """Hear no more."""
        self._hub.leave(self.topic, self._hear)


class Door:
    """One connection of one kind of person."""

    name: ClassVar[str]
    union: ClassVar[Any]
    handlers: ClassVar[dict[type[msgspec.Struct], tuple[Permission, Handler]]]
    watched: ClassVar[int]
    """Tickets that one such socket may watch."""
    at_portals: ClassVar[bool] = False
    """Whether pages at the host name of a portal use it, too."""

    def __init_subclass__(cls) -> None:
        if not hasattr(cls, "union"):  # half a door, which another one goes on with
            return
        found: dict[type[msgspec.Struct], tuple[Permission, Handler]] = {}
        for method in vars(cls).values():
            if hasattr(method, _HANDLER):
                command, permission = getattr(method, _HANDLER)
                found[command] = (permission, method)
        missing = set(typing.get_args(cls.union)) ^ set(found)
        if missing:
            raise TypeError(f"{cls.__name__}: no handler with a permission for {missing}")
        cls.handlers = found

    def __init__(self, rooms: Rooms, scope: Scope, socket: Socket) -> None:
        self.rooms = rooms
        self.desk = rooms.desk
        self.socket = socket
        self.headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope.get("headers", [])}
        self.address = (scope.get("client") or ("", 0))[0]
        self.person: str | None = None
        self.watches: dict[str, Watch] = {}
        self._inbox = Inbox(self._carry_out, rooms.settings.inbox_frames, rooms.tasks)
        self._all = Bucket(COMMANDS_PER_SECOND, COMMAND_BURST)
        self.messages = self.message_bucket()
        self._listening: list[tuple[str, Listener]] = []
        self._leaving = False

    # --- what each door says for itself ---------------------------------------------------------------------------

    def decode(self, data: bytes | str) -> msgspec.Struct:
        """A command of this door's union."""
        raise NotImplementedError

    def message_bucket(self) -> Bucket:
        """How fast this kind of person may write."""
        raise NotImplementedError

    async def greet(self, hello: Any) -> msgspec.Struct:
        """Find out who it is; the answer is the welcome. Sets ``person``. Raises Unauthenticated."""
        raise NotImplementedError

    async def ready(self) -> None:
        """Commands wait for this."""

    def push_of(self, ticket_id: str, frame: bytes) -> None:  # noqa: ARG002 - for doors that look closer
        """A frame of a watched ticket."""
        self.socket.push(frame)

    def tails(self) -> dict[str, int]:
        """Last numbers of the watched tickets, for the heartbeat."""
        return {ticket: watch.feed.last for ticket, watch in self.watches.items() if watch.feed.last is not None}

    # --- the connection's life ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until the peer is gone."""
        SOCKETS.labels(door=self.name).inc()
        self.rooms.open.add(self)
        try:
            if await self._hello():
                await self.socket.deliver(self._hear)
        except Closed:
            pass
        except Exception:  # noqa: BLE001 - it is logged
            self._failed()
        finally:
            self.rooms.open.discard(self)
            self.stop_listening()
            self.rooms.admission.leave(self.address, self.person)
            SOCKETS.labels(door=self.name).dec()
            await self._inbox.finished()
            self.stop_listening()  # what was accepted before may have begun to listen
            await self.socket.finished()

    async def _hello(self) -> bool:
        try:
            async with asyncio.timeout(self.rooms.settings.first_message_seconds):
                data = await self.socket.receive()
        except TimeoutError:
            self.socket.cut(close.NO_HELLO, "say hello first")
            return False
        try:
            if len(data.encode() if isinstance(data, str) else data) > limits.HELLO_BYTES:
                raise BadInput("A hello is small.")
            hello = self.decode(data)
            if type(hello).__struct_config__.tag != "hello":
                raise BadInput("Say hello first.")
            welcome = await self.greet(hello)
        except Unauthenticated as error:
            self.socket.cut(close.UNAUTHENTICATED, error.message)
            return False
        except (Busy, StorageFull) as error:
            self.socket.cut(close.TRY_LATER, error.message)
            return False
        except DeskwireError as error:
            self.socket.cut(close.NO_HELLO, error.message)
            return False
        self.headers = {}  # they have said who it is
        self.send(welcome)
        return True

    def identified(self, person: str, limit: int) -> None:
        """Count the socket for the person. Raises TooMany."""
        self.person = person
        if not self.rooms.admission.identified(self.address, person, limit):
            self.socket.cut(close.TOO_MANY_SOCKETS, "too many open windows")
            raise TooMany(60)

    def _failed(self) -> None:
        fault = fault_id()
        log.exception("a socket failed", fault=fault, door=self.name)
        self.socket.cut(close.INTERNAL, fault)

    def _hear(self, data: bytes | str) -> None:
        """A message from the peer, perhaps straight from the network, where nobody knows what a fault of ours means."""
        try:
            self._take(data)
        except Exception:  # noqa: BLE001 - it is logged
            self._failed()

    def _take(self, data: bytes | str) -> None:
        """Never waits."""
        if self._leaving:  # not accepted, and not answered: the client sends it again when it is back
            return
        try:
            command = self.decode(data)
        except BadInput as error:
            self.socket.cut(close.BAD_FRAME, error.message)
            return
        if self._all.wait() > 0:
            self.socket.cut(close.FLOOD, "too many commands")
        elif not self._inbox.put(command) and (ref := getattr(command, "ref", None)) is not None:
            self.send(RefusedFrame(ref, "busy", "Too many commands at once.", retry_after_ms=1000))

    async def _carry_out(self, command: msgspec.Struct) -> None:
        _permission, handler = self.handlers[type(command)]
        tag = str(type(command).__struct_config__.tag)
        ref = getattr(command, "ref", None)
        try:
            await self.ready()
            reply = await handler(self, command)
        except DeskwireError as error:
            _counted(self.name, tag, error.code).inc()
            if ref is not None:
                self.send(refused(ref, error))
            if isinstance(error, Unauthenticated):
                self.socket.cut(close.UNAUTHENTICATED, error.message)
            return
        except Exception:
            fault = fault_id()
            _counted(self.name, tag, "fault").inc()
            log.exception("a command failed", fault=fault, door=self.name, command=tag)
            self.socket.cut(close.INTERNAL, fault)
            return
        _counted(self.name, tag, "ok").inc()
        if reply is not None:
            self.send(reply)

    async def go_away(self, retry_after_ms: int) -> None:
        """The server stops: say when to come back, carry out and answer what was accepted, close."""
        self._leaving = True
        self.send(GoingAway(retry_after_ms))
        await self._inbox.finished()
        self.socket.cut(close.GOING_AWAY, "the server stops")

    # --- helpers for doors ----------------------------------------------------------------------------------------

    def cookie(self, name: str) -> str | None:
        """Our cookie of the handshake."""
        return cookie(self.headers, name, self.rooms.settings.url)

    def send(self, frame: msgspec.Struct) -> None:
        """Queue a frame."""
        self.socket.push(codec.encode(frame))

    def check_message_rate(self) -> None:
        """Raises TooMany."""
        wait = self.messages.wait()
        if wait > 0:
            raise TooMany(wait)

    def listen(self, topic: str, listener: Listener) -> None:
        """Until the socket is gone."""
        if self not in self.rooms.open:
            return
        self.rooms.hub.listen(topic, listener)
        self._listening.append((topic, listener))

    def unlisten(self, topic: str) -> None:
        """Stop listening to this topic."""
        for entry in [entry for entry in self._listening if entry[0] == topic]:
            self.rooms.hub.leave(*entry)
            self._listening.remove(entry)

    def watch(self, ticket_id: str, topic: str) -> Watch:
        """Start watching anew. Raises TooMany."""
        if ticket_id not in self.watches and len(self.watches) >= self.watched:
            raise TooMany(60)
        self.unwatch(ticket_id)
        watch = self.watches[ticket_id] = Watch(self.rooms.hub, topic, partial(self.push_of, ticket_id))
        return watch

    def unwatch(self, ticket_id: str) -> None:
        """Stop watching."""
        watch = self.watches.pop(ticket_id, None)
        if watch is not None:
            watch.stop()

    def stop_listening(self) -> None:
        """Hear nothing any more."""
        for ticket_id in list(self.watches):
            self.unwatch(ticket_id)
        for topic, listener in self._listening:
            self.rooms.hub.leave(topic, listener)
        self._listening = []

    def heartbeat(self) -> None:
        """Tell where the feeds stand."""
        if self.person is not None:
            self.send(Heartbeat(self.tails()))


@cache
def _counted(door: str, command: str, result: str) -> Counter:
    """The counter of such commands: finding it anew costs as much as decoding a command."""
    return COMMANDS.labels(door=door, command=command, result=result)


def refused(ref: int, error: DeskwireError) -> RefusedFrame:
    """The frame for an expected error."""
    retry = getattr(error, "retry_after", None)
    return RefusedFrame(
        ref,
        error.code,
        error.message,
        who=getattr(error, "who", None),
        resend_from=getattr(error, "resend_from", None),
        retry_after_ms=None if retry is None else int(retry * 1000) + 1,
        field=getattr(error, "field", None),
    )


PONG: Final = Pong()


class Endpoint:
    """The ASGI application of one door: checks the handshake before it is accepted."""

    def __init__(self, door: type[Door], rooms_of: Callable[[], Rooms]) -> None:
        self._door = door
        self._rooms_of = rooms_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        await receive()  # websocket.connect
        rooms = self._rooms_of()
        line = scope.get("extensions", {}).get(LINE)
        door = self._door(rooms, scope, Socket(receive, send, rooms.settings, rooms.tasks, line))
        if not self._origin_allowed(door):
            await _deny(send, 403, b"origin")
            return
        if rooms.stopping:
            await _deny(send, 503, b"stopping", 1)
            return
        full = rooms.admission.enter(door.address)
        if full is not None:
            await _deny(send, 503, full.reason.encode(), full.retry_after)
            return
        if probe.HEADER in door.headers:
            try:
                await self._hold(door, receive, send)
            finally:
                rooms.admission.leave(door.address, None)
            return
        try:
            await send({"type": "websocket.accept"})
        except OSError:  # gone before it was let in
            rooms.admission.leave(door.address, None)
            return
        await door.run()

    @staticmethod
    async def _hold(door: Door, receive: Receive, send: Send) -> None:
        try:
            allowed = await probe.known(door.desk.store, door.headers[probe.HEADER], door.desk.clock())
        except DeskwireError as error:
            await _deny(send, error.status, error.code.encode())
            return
        await (hold(receive, send) if allowed else _deny(send, 404, b"not_found"))

    @staticmethod
    def _origin_allowed(door: Door) -> bool:
        """Ours, exactly. No Origin means no browser: such a client must bring a token, a cookie does not count."""
        origin = door.headers.get("origin")
        if origin is None:
            door.headers.pop("cookie", None)
            return True
        url, host = door.rooms.settings.url, door.headers.get("host", "")
        portals = door.desk.hosts.names if door.at_portals else ()
        return same_origin(origin, url, host) or portal_origin(origin, url, host, portals)


async def _deny(send: Send, status: int, body: bytes, retry_after: int | None = None) -> None:
    headers = [(b"content-type", b"text/plain")]
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
