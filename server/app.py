"""The composition root: settings -> backends -> doors -> one ASGI application. The only file that names a backend."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount

from server import backends, background, logs, process
from server.accounts.customer_accounts import CustomerAccounts
from server.accounts.customers import Customers
from server.accounts.technicians import Technicians
from server.bus import topics
from server.channels.connected import Connected
from server.channels.customer import CustomerDoor
from server.channels.door import Endpoint, Rooms
from server.channels.farewell import farewell
from server.channels.hub import Hub
from server.channels.limits import Admission
from server.channels.positions import Positions
from server.channels.presences import Presences
from server.channels.setup import SetupTeller
from server.channels.socket import Receive, Scope, Send
from server.channels.technician import TechnicianDoor
from server.channels.translation import TranslationTeller
from server.clock import now_ms
from server.desk import reading
from server.desk.accepting import Pending
from server.desk.administration.news import News
from server.desk.bell import Bell
from server.desk.desk import Desk
from server.desk.hints import Hints
from server.desk.hosts import Hosts
from server.desk.indexing import Indexer
from server.desk.interpreting import Interpreter
from server.desk.moments import Moments
from server.desk.onlookers import Onlookers
from server.desk.routing import Router
from server.desk.slow_path import SlowPaths
from server.desk.sweeping import Sweeper
from server.desk.translators import Translators
from server.desk.waiting import Waiting
from server.http import pages, routes
from server.http.middleware import Secure
from server.http.routing import http_error
from server.http.static import Bundle
from server.loops import Loops
from server.metrics import EVENTS, WORKER_STARTS, WORKERS
from server.protocol import close
from server.rates import rates_of
from server.settings import Settings
from server.store import installation
from server.store.base import Announcement, Tx
from server.tasks import Tasks

log = structlog.get_logger(__name__)


Front = Callable[[Scope, Receive, Send], Awaitable[None]]


class House:
    """Everything that lives from start-up to shutdown."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tasks = Tasks()
        self._rooms: Rooms | None = None
        self._interpreter: Interpreter | None = None

    def rooms(self) -> Rooms:
        """What doors need."""
        if self._rooms is None:
            raise RuntimeError("not started")
        return self._rooms

    def desk(self) -> Desk:
        """What use cases need."""
        return self.rooms().desk

    async def start(self) -> None:
        """Backends first, then what uses them."""
        settings, tasks = self.settings, self.tasks
        store = backends.open_store(settings, on_commit=lambda _announcements: None)

        def prepare(tx: Tx) -> tuple[str, str]:
            installation.ensure(tx.conn)
            return installation.get(tx.conn, "epoch"), installation.get(tx.conn, "secret")

        epoch, secret = await store.write(prepare)
        keys = installation.Keys(secret)
        customers = Customers(store, settings, keys)
        desk = Desk(
            settings=settings,
            store=store,
            technicians=Technicians(store, settings),
            customers=customers,
            accounts=CustomerAccounts(store, customers),
            clock=now_ms,
            epoch=epoch,
            rates=rates_of(settings),
            waiting=Waiting(lambda topic: hub.place(topic), settings.sockets),  # noqa: PLW0108 - the hub is made below
            slow_paths=SlowPaths(lambda told: bus.publish(told)),  # noqa: PLW0108 - and so is the bus
            filing=backends.open_filing(settings),
            translators=Translators(store, now_ms),
            hosts=Hosts(store),
            onlookers=Onlookers(store, settings.sockets, settings.sockets_per_address),
        )
        await asyncio.gather(desk.hosts.load(), desk.filing.parts.make_directory())
        bus = backends.open_bus(settings, keys, epoch)
        hub = Hub(bus, partial(reading.missed, desk), partial(reading.tails, desk), tasks)
        positions = Positions(desk, hub)
        hints = Hints(desk, bus.publish)
        hub.on_fill = hints.notice
        indexer = Indexer(desk)
        router = Router(desk)
        bell = Bell(bus.publish)

        def on_commit(announcements: list[Announcement]) -> None:
            announcements = bell.take(announcements)
            bus.publish(announcements)
            count_events(announcements)
            hints.notice(announcements)
            indexer.notice(announcements)
            router.notice(announcements)

        store.on_commit = on_commit
        self._rooms = Rooms(
            desk=desk,
            hub=hub,
            bus=bus,
            tasks=tasks,
            admission=Admission(settings),
            positions=positions,
            connected=Connected(bus, tasks),
            settings=settings,
            open=set(),
        )
        loops = Loops(tasks)
        self._tell_of_set_up(self._rooms, loops, router)
        loops.add("hints", hints.run)
        loops.add("search index", indexer.run)
        loops.add("routing", router.run)
        loops.add("queue positions", positions.run)
        loops.add("presence", Presences(self._rooms).run)
        loops.add("heartbeats", partial(background.heartbeats, self._rooms))
        loops.add("position checks", partial(background.position_checks, self._rooms))
        loops.add("account checks", partial(background.account_checks, self._rooms))
        loops.add("customer checks", partial(background.customer_checks, self._rooms))
        loops.add("undecided files", Pending(desk).run)
        loops.add("sweeper", Sweeper(desk).run)
        loops.add("translators", desk.translators.run)
        hub.listen(topics.CONTROL, desk.translators.hear)
        self._translate(self._rooms, loops)
        loops.add("lag probe", background.lag_probe)
        loops.add("gauges", partial(background.gauges, self._rooms))
        WORKERS.set(1)
        WORKER_STARTS.inc()
        log.info("started", url=settings.url, data=str(settings.data))

    def _translate(self, rooms: Rooms, loops: Loops) -> None:
        """In this process, unless it is one of several: those share one (cli/supervisor)."""
        translator = None if process.NAME else backends.open_translator(self.settings)
        if translator is None:
            return
        self._interpreter = backends.open_interpreter(
            self.settings, rooms.desk.store, translator, lambda: rooms.bus.healthy
        )
        rooms.hub.listen(topics.CONTROL, self._interpreter.hear)
        for name, loop in self._interpreter.loops.items():
            loops.add(name, loop)

    @staticmethod
    def _tell_of_set_up(rooms: Rooms, loops: Loops, router: Router) -> None:
        """Whoever looks at something learns that an administrator has changed it."""
        news = News(rooms.desk.store)
        news.listen(SetupTeller(rooms).tell)
        translation = TranslationTeller(rooms)
        news.listen(translation.hear)
        rooms.desk.translators.listen(translation.tell)
        news.listen(rooms.desk.onlookers.hear)
        news.listen(rooms.desk.hosts.hear)
        news.listen(router.hear)
        rooms.hub.listen(topics.CONTROL, news.hear)
        moments = Moments(rooms.desk.store, rooms.desk.clock, news.tell)
        news.listen(moments.hear)
        loops.add("set-up news", news.run)
        loops.add("hosts of portals", rooms.desk.hosts.run)
        loops.add("opening hours", moments.run)
        loops.add("onlookers", rooms.desk.onlookers.run)

    async def farewell(self, goes_on: bool) -> None:
        """Let everybody go who is connected, as long as everything still works."""
        await farewell(self.rooms(), goes_on)

    async def stop(self) -> None:
        """What sockets are left, loops, the store, and the bus last: what the store still commits wants to be told."""
        rooms = self.rooms()
        rooms.desk.waiting.stop()
        rooms.desk.onlookers.stop()
        for door in list(rooms.open):
            door.socket.cut(close.GOING_AWAY, "the server stops")
        await self.tasks.close()
        if self._interpreter is not None:
            await self._interpreter.close()
        await rooms.desk.filing.close()
        await rooms.desk.store.close()
        await rooms.bus.close()
        log.info("stopped")


def create_app(house: House) -> Front:
    """The ASGI application: sockets go straight to their doors, all else through Starlette.

    The database must have been migrated.
    """
    settings = house.settings
    logs.configure(settings)
    routes.check(routes.ROUTES)
    pages.manifest()  # fails now rather than at the first visitor

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await house.start()
        try:
            yield
        finally:
            await house.stop()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            *(route.starlette(house.desk) for route in routes.ROUTES),
            Mount("/static", Bundle(directory=pages.DIST)),
        ],
        exception_handlers={HTTPException: http_error},
        # inside of Starlette's own last resort, which would answer a fault in its own words
        middleware=[Middleware(Secure, tls=settings.url.startswith("https:"))],
    )
    app.router.redirect_slashes = False  # it would send people to whatever Host they came with
    doors = {
        "/ws/v1/customer": Endpoint(CustomerDoor, house.rooms),
        "/ws/v1/console": Endpoint(TechnicianDoor, house.rooms),
    }

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        """Each layer of Starlette costs a socket at its opening, and every frame once more."""
        door = doors.get(scope["path"]) if scope["type"] == "websocket" else None
        await (door or app)(scope, receive, send)

    return front


def count_events(announcements: list[Announcement]) -> None:
    """For metrics: what has just become part of a transcript."""
    counted = Counter(
        told.topic.rpartition("/")[2] for told in announcements if told.seq and told.topic[:7] == "ticket/"
    )
    for audience, count in counted.items():
        EVENTS.labels(audience=audience).inc(count)
