"""Who has a console open, and what that person may hear: rights and availability change while a socket lives."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import msgspec

from server.accounts.bearer import hash_of
from server.bus import topics
from server.bus.control import AvailabilityChanged, Gap, PersonChanged, control_of
from server.channels.door import Door, Rooms
from server.channels.held import Held
from server.channels.marks import Marks
from server.channels.socket import Scope, Socket
from server.desk import languages, marks, presence, reading, shapes
from server.domain.people import Technician
from server.errors import DeskwireError, NotFound, Unauthenticated
from server.origin import SESSION_COOKIE, bearer
from server.protocol import close, codec
from server.protocol import technician as t
from server.rates import TECHNICIAN_PER_SECOND, Bucket
from server.store import portals
from server.store.base import Announcement

T = TypeVar("T")

_MY_TICKET: Final = b'{"type":"my_ticket"'
_HINT: Final = b'{"type":"hint"'
"""Frames about one's own tickets that the door has to tell apart, without decoding them."""


class Console(Door):
    """One console's socket, as far as it is about the person. Its commands are those of ``TechnicianDoor``."""

    name = "console"

    def __init__(self, rooms: Rooms, scope: Scope, socket: Socket) -> None:
        super().__init__(rooms, scope, socket)
        self._technician: Technician | None = None
        self.credential = ""
        """hash of the session or the API token that this socket lives by; known after hello"""
        self._by_token = False
        self._change = 0
        """counts the news about this person"""
        self._looks = 0
        """how many of them are still being looked up"""
        self._looking = asyncio.Lock()
        self._looked_up = asyncio.Event()
        self._looked_up.set()
        self._mine: reading.MyTickets | None = None
        self._list_frames = Held(self.socket.push)
        self._mine_frames = Held(self.socket.push)
        self._marks = Marks(self._store_read, rooms.tasks)

    @property
    def technician(self) -> Technician:
        """Known after hello; looked up again whenever the account changes."""
        if self._technician is None:
            raise Unauthenticated
        return self._technician

    @property
    def known(self) -> Technician | None:
        """None before hello."""
        return self._technician

    def decode(self, data: bytes | str) -> msgspec.Struct:
        """A TechnicianCommand."""
        return codec.technician_command(data)

    def message_bucket(self) -> Bucket:
        """Five messages a second in the long run."""
        return Bucket(TECHNICIAN_PER_SECOND, self.rooms.settings.technician_burst)

    async def greet(self, hello: t.Hello) -> t.Welcome:
        """By the session cookie or the bearer token of the handshake."""
        token = bearer(self.headers.get("authorization", ""))
        if token is not None:
            technician = await self.desk.technicians.by_api_token(token)
            self.credential, self._by_token = hash_of(token), True
        else:
            session = await self.desk.technicians.session(self.cookie(SESSION_COOKIE))
            technician = session.technician
            self.credential = session.hash
            if session.must_change_password:
                raise Unauthenticated("Choose a password of your own first.")
        self.identified(f"technician/{technician.id}", self.rooms.settings.sockets_per_technician)
        self.listen(topics.person(technician.id), self._hear_person)
        # heard first, looked at second: what changed in between is not missed
        absent_since = await presence.arrive(self.desk, technician.id)
        self._technician = await self._current(technician.id)
        if hello.lang is not None and self._technician.language is None:
            self._technician = await languages.choose_own(self.desk, technician.id, hello.lang)
        self._join_lists()
        return t.Welcome(
            self.desk.epoch,
            shapes.me(self.technician),
            await self._companies(),
            absent_since,
            self.desk.translators.languages,
        )

    def stop_listening(self) -> None:
        """Also drop marks that are not stored yet."""
        self._marks.stop()
        super().stop_listening()

    async def _store_read(self, ticket_id: str, event_id: str) -> None:
        await marks.technician_read(self.desk, self.technician, ticket_id, event_id)

    async def _current(self, technician_id: str) -> Technician:
        """As the database knows this person now; read again where it changed while it was read."""
        while True:
            change = self._change
            technician = await self.desk.technicians.technician(technician_id)
            if technician is None:
                raise Unauthenticated
            if change == self._change:
                return technician

    async def ready(self) -> None:
        """Commands wait while this person is looked up again."""
        await self._looked_up.wait()

    async def _fresh(self, read: Callable[[Technician], Awaitable[T]]) -> T:
        """What this person may see; read again where the rights changed while it was read."""
        while True:
            change = self._change
            found = await read(self.technician)
            if change == self._change:
                return found
            await self.ready()

    async def _companies(self) -> list[t.Company]:
        named = await self.desk.store.ask(portals.company_names, self.technician.companies)
        return [t.Company(company_id, name) for company_id, name in named]

    # --- the shared list, and what this person may hear -----------------------------------------------------------

    def _join_lists(self) -> None:
        """Hear the lists of one's companies while Available, and none while away (G-02..G-04)."""
        wanted = set()
        if self.technician.available:
            wanted = {topics.company_list(company) for company in self.technician.companies}
        heard = {topic for topic, _listener in self._listening if topic.startswith("list/")}
        for topic in heard - wanted:
            self.unlisten(topic)
        for topic in wanted - heard:
            self.listen(topic, self._hear_list)

    def _hear_list(self, told: Announcement) -> None:
        self._list_frames.hear(told.frame)

    def _hear_person(self, told: Announcement) -> None:
        control = control_of(told.frame)
        if control is None:
            self._hear_of_mine(told.frame)
        elif isinstance(control, AvailabilityChanged):
            self._share_anew(control)
        elif isinstance(control, Gap):
            self.rooms.tasks.spawn(self._catch_up(), "catch up after a gap")
        elif isinstance(control, PersonChanged):
            if self._ends(control):
                self.sign_out()
            elif control.access:
                self._share_anew(control)
            elif control.profile:
                self.rooms.tasks.spawn(self._look_at_me(), "look at a technician's profile")

    def _hear_of_mine(self, frame: bytes) -> None:
        if self._technician is None:
            return
        self._mine = None  # the client knows more now than what was told as a whole
        if not self.technician.available:
            self._mine_frames.hear(frame)
            if frame.startswith(_MY_TICKET):  # it may be mine no more, and out of reach
                self._pause_watches()
                self.rooms.tasks.spawn(self._look_at_watches(), "look at watched tickets again")
        elif not frame.startswith(_HINT):  # the shared list has told this hint
            self._mine_frames.hear(frame)

    def seen(self, current: Technician | None, living: set[str]) -> None:
        """What a regular look at the accounts found, for changes that no announcement told of."""
        if self._technician is None:
            return
        if current is None or self.credential not in living:
            self.sign_out()
            return
        before = self._technician
        if (current.availability, current.companies) == (before.availability, before.companies):
            self._technician = current
            self._introduce(before)
        else:
            self._share_anew(PersonChanged(before.id, access=True))

    def _introduce(self, before: Technician) -> None:
        """Where the account says something else of this person now: to this page. Of availability it hears anyway."""
        me = shapes.me(self.technician)
        if me != msgspec.structs.replace(shapes.me(before), availability=me.availability):
            self.send(t.MeFrame(me))

    async def _look_at_me(self) -> None:
        if self._technician is None:
            return
        me = self._technician.id
        found, living = await self.desk.technicians.look([me], [self.credential], touch=False)
        self.seen(found.get(me), living)

    async def _catch_up(self) -> None:
        """Anything about this person may have been missed."""
        await self._look_at_me()
        await self.tell_mine()

    async def tell_mine(self) -> None:
        """The first page of My tickets, when it is not what was told so; for changes that no announcement told of."""
        if self._technician is None:
            return
        with self._mine_frames.reading():
            mine = await self._fresh(lambda person: reading.my_tickets(self.desk, person))
            if mine == self._mine:
                return
            self._mine = mine
            self.send(t.MineFrame(None, mine.rows, more=mine.more))
        if not self.technician.available:  # what is mine no more may be out of reach
            self._pause_watches()
            await self._look_at_watches()

    def sign_out(self) -> None:
        """This session has ended, or this token was revoked."""
        self.send(t.SignedOut())
        self.socket.cut(close.UNAUTHENTICATED, "signed out")

    def _ends(self, change: PersonChanged) -> bool:
        """An API token survives the end of all sessions; a disabled account is met when looked at again."""
        return (change.all_sessions and not self._by_token) or self.credential in (change.ended_credentials or [])

    def _share_anew(self, control: AvailabilityChanged | PersonChanged) -> None:
        """Not one more frame of the shared list goes out before the technician was looked up again.

        The client is told and asks for its lists anew, so it does not matter what it missed meanwhile.
        """
        self._change += 1
        if self._technician is None:
            return
        for topic in [topic for topic, _listener in self._listening if topic.startswith("list/")]:
            self.unlisten(topic)
        self._list_frames.forget()
        self._pause_watches()
        self._looks += 1
        self._looked_up.clear()
        self.rooms.tasks.spawn(self._look_again(control), "look at a technician again")

    def _pause_watches(self) -> None:
        for watch in self.watches.values():
            watch.pause()

    async def _look_again(self, control: AvailabilityChanged | PersonChanged) -> None:
        async with self._looking:  # in turn: what was read last must be what counts
            try:
                await self._look(control)
            except Unauthenticated:
                self.sign_out()
            except DeskwireError:
                self._come_back()
            finally:
                self._looks -= 1
                if self._looks == 0:
                    self._looked_up.set()

    async def _look(self, control: AvailabilityChanged | PersonChanged) -> None:
        before = self.technician
        self._technician = await self._current(before.id)
        change = self._change
        if isinstance(control, AvailabilityChanged) or self.technician.availability != before.availability:
            self.send(t.AvailabilityFrame(self.technician.availability))
        self._introduce(before)
        if isinstance(control, PersonChanged):
            self.send(t.AccessChanged(await self._companies()))
        await self._drop_unreachable()
        if change == self._change:  # else the next look joins
            self._join_lists()

    async def _look_at_watches(self) -> None:
        async with self._looking:
            try:
                await self._drop_unreachable()
            except DeskwireError:
                self._come_back()

    def _come_back(self) -> None:
        """Nobody knows what this person may hear now, and nothing may go out: the client connects again, and asks."""
        self.socket.cut(close.TRY_LATER, "come back in a moment")

    async def _drop_unreachable(self) -> None:
        """Watched tickets that this person may not see any more."""
        change = self._change
        for ticket_id, watch in list(self.watches.items()):
            try:
                await reading.ticket(self.desk, self.technician, ticket_id)
            except NotFound:
                self.unwatch(ticket_id)
                self.send(t.Gone(ticket_id))
            else:
                if change != self._change:  # the next look decides
                    return
                watch.go_on()
