"""The door of customers: portal page, widget, native clients. ``/ws/v1/customer``."""

from typing import Any, ClassVar

import msgspec

from server.accounts.customers import hashed
from server.bus import topics
from server.bus.control import SharesChanged, WhoIsHere, control_of
from server.channels.door import PONG, Door, Permission, Rooms, handles
from server.channels.marks import Marks
from server.channels.socket import Scope, Socket
from server.desk import languages, marks, messages, reading, steps
from server.desk.messages import Written
from server.domain.estimate import Wait
from server.domain.people import Customer
from server.domain.ticket import Step
from server.errors import DeskwireError, Unauthenticated
from server.origin import bearer, customer_cookie
from server.protocol import close, codec
from server.protocol import customer as c
from server.protocol.shared import Ack, Done
from server.rates import CUSTOMER_PER_SECOND, Bucket

TYPING_SECONDS = 2


class SignedIn(msgspec.Struct, frozen=True):
    """The account behind a socket, and the token that it came with."""

    account: str
    token_hash: str


class CustomerDoor(Door):
    """One customer's socket."""

    name = "customer"
    union: ClassVar[Any] = c.CustomerCommand
    watched = 8
    at_portals = True

    def __init__(self, rooms: Rooms, scope: Scope, socket: Socket) -> None:
        super().__init__(rooms, scope, socket)
        self._customer: Customer | None = None
        self._token: str | None = None
        self.signed_in: SignedIn | None = None
        """with a password; None for everybody else"""
        self._typing = Bucket(1 / TYPING_SECONDS, 3)
        self._marks = Marks(self._store_read, rooms.tasks)
        self._here: set[str] = set()
        """tickets whose technicians were told that the customer is connected"""

    @property
    def customer(self) -> Customer:
        """Known after hello."""
        if self._customer is None:
            raise Unauthenticated
        return self._customer

    @property
    def known(self) -> Customer | None:
        """None before hello."""
        return self._customer

    def decode(self, data: bytes | str) -> msgspec.Struct:
        """A CustomerCommand."""
        return codec.customer_command(data)

    def message_bucket(self) -> Bucket:
        """One message a second in the long run."""
        return Bucket(CUSTOMER_PER_SECOND, self.rooms.settings.customer_burst)

    async def greet(self, hello: c.Hello) -> c.Welcome:
        """By token in the message, else by the cookie or Authorization header of the handshake."""
        token = (
            hello.token or bearer(self.headers.get("authorization", "")) or self.cookie(customer_cookie(hello.portal))
        )
        customer = await self.desk.customers.by_token(token)
        self._token = token
        greeting = await reading.greeting(self.desk, customer)
        if greeting.portal.slug != hello.portal:
            raise Unauthenticated("This chat is not known here any more.")
        self.identified(f"customer/{customer.id}", self.rooms.settings.sockets_per_customer)
        self._customer = customer
        if customer.account_id is not None:
            self.signed_in = SignedIn(customer.account_id, hashed(token or ""))
        return c.Welcome(
            self.desk.epoch,
            greeting.portal.name,
            customer.name,
            customer.verified,
            greeting.tickets,
            self.desk.translators.languages,
        )

    def stop_listening(self) -> None:
        """Also leave the queue's displays, and the technicians'."""
        self.rooms.positions.hide(self._tell_position)
        self._marks.stop()
        super().stop_listening()
        gone, self._here = self._here, set()
        for ticket_id in gone:
            self.rooms.connected.went(ticket_id)

    def heartbeat(self) -> None:
        """Also tell technicians again that the customer is connected: they forget it."""
        super().heartbeat()
        for ticket_id in self._here:
            self.rooms.connected.tell(ticket_id)

    def push_of(self, ticket_id: str, frame: bytes) -> None:
        """What is asked of us is not for the customer."""
        control = control_of(frame)
        if control is None:
            self.socket.push(frame)
        elif isinstance(control, SharesChanged):
            self.look_at(ticket_id)
        elif isinstance(control, WhoIsHere) and ticket_id in self._here:
            self.rooms.connected.tell(ticket_id)

    # --- whether it is still open to this customer --------------------------------------------------------------------

    def look_at(self, ticket_id: str) -> None:
        """Not one more frame of this ticket goes out before somebody has looked whether it is still his, or shared."""
        watch = self.watches.get(ticket_id)
        if watch is not None:
            watch.pause()
            self.rooms.tasks.spawn(self._look_at(ticket_id), "look whether a ticket is still open to a customer")

    async def _look_at(self, ticket_id: str) -> None:
        try:
            reached = await reading.reaches(self.desk, self.customer, ticket_id)
        except DeskwireError:  # nobody knows, and nothing may go out: the client comes back and asks
            self.socket.cut(close.TRY_LATER, "come back in a moment")
            return
        if reached:
            if ticket_id in self.watches:
                self.watches[ticket_id].go_on()
            return
        self.unwatch(ticket_id)
        self.rooms.positions.hide(self._tell_position, ticket_id)
        if ticket_id in self._here:
            self._here.remove(ticket_id)
            self.rooms.connected.went(ticket_id)
        self.send(c.Gone(ticket_id))

    def seen(self, living: set[str], readers: set[tuple[str, str]]) -> None:
        """What a look at all accounts has found; a ticket that is missing there is looked at by itself."""
        if self.signed_in is None:
            return
        if self.signed_in.token_hash not in living:
            self.socket.cut(close.UNAUTHENTICATED, "signed out")
            return
        for ticket_id in self.watches:
            if (ticket_id, self.signed_in.account) not in readers:
                self.look_at(ticket_id)

    def look_again(self) -> None:
        """An administrator has changed this customer's account: perhaps it is signed in no more."""
        self.rooms.tasks.spawn(self._look_again(), "look whether a customer is still signed in")

    async def _look_again(self) -> None:
        if await self.desk.customers.known(self._token) is None:
            self.socket.cut(close.UNAUTHENTICATED, "signed out")

    def _tell_position(self, ticket_id: str, ahead: int | None, wait: Wait | None) -> None:
        self.send(c.Position(ticket_id, ahead, wait))

    async def _store_read(self, ticket_id: str, event_id: str) -> None:
        await marks.customer_read(self.desk, self.customer, ticket_id, event_id)

    # --- commands -------------------------------------------------------------------------------------------------

    @handles(c.Hello, Permission.ANYBODY)
    async def hello(self, _command: c.Hello) -> None:
        """Once is enough."""

    @handles(c.Watch, Permission.CUSTOMER)
    async def watch_ticket(self, command: c.Watch) -> None:
        """Listen first, then read, then let the numbers decide."""
        watch, news = self.watch(command.ticket, topics.customer(command.ticket)), self.rooms.positions.news
        try:
            page = await reading.customer_page(self.desk, self.customer, command.ticket, command.after, command.epoch)
            seen = await reading.as_seen(self.desk, self.customer, page.ticket)
        except BaseException:
            self.unwatch(command.ticket)
            raise
        self.send(
            c.Page(
                command.ref,
                seen,
                self.desk.epoch,
                page.recovered,
                reading.customer_numbered(page.events),
                page.more,
                page.older,
                page.tail,
                page.read,
                page.answers,
            )
        )
        if page.more:
            self.unwatch(command.ticket)
            return
        watch.go(page.tail)
        if command.ticket not in self._here:
            self._here.add(command.ticket)
            self.rooms.connected.came(command.ticket)
        await self.rooms.positions.show(page.ticket, self._tell_position, news)

    @handles(c.Older, Permission.CUSTOMER)
    async def older(self, command: c.Older) -> c.OlderPage:
        """Events before a number."""
        events, more = await reading.customer_older(self.desk, self.customer, command.ticket, command.before)
        return c.OlderPage(command.ref, command.ticket, events, more)

    @handles(c.Send, Permission.CUSTOMER)
    async def send_message(self, command: c.Send) -> Ack:
        """Acknowledged after COMMIT."""
        self.check_message_rate()
        written = Written(command.client_id, command.text, command.stream, command.n)
        event = await messages.customer_writes(self.desk, self.customer, command.ticket, written)
        return Ack(command.ref, event.id, event.customer_seq or 0)

    @handles(c.TypingCommand, Permission.CUSTOMER)
    async def typing(self, command: c.TypingCommand) -> None:
        """Told to the technicians, unless too often."""
        if command.ticket in self.watches and self._typing.wait() == 0:
            self.rooms.bus.publish(await marks.customer_types(self.desk, self.customer, command.ticket))

    @handles(c.ReadCommand, Permission.CUSTOMER)
    async def read(self, command: c.ReadCommand) -> None:
        """At most once a second per ticket."""
        self._marks.put(command.ticket, command.event)

    @handles(c.EndChat, Permission.CUSTOMER)
    async def end_chat(self, command: c.EndChat) -> Done:
        """The customer ends the chat."""
        await steps.customer_step(self.desk, self.customer, command.ticket, Step.CUSTOMER_END)
        return Done(command.ref)

    @handles(c.ResumeChat, Permission.CUSTOMER)
    async def resume_chat(self, command: c.ResumeChat) -> Done:
        """The customer goes on."""
        await steps.customer_step(self.desk, self.customer, command.ticket, Step.CUSTOMER_RESUME)
        return Done(command.ref)

    @handles(c.SetLanguage, Permission.CUSTOMER)
    async def set_language(self, command: c.SetLanguage) -> Done:
        """The customer says which language is his; as often as he may write, since all is translated anew."""
        self.check_message_rate()
        await languages.customer_speaks(self.desk, self.customer, command.ticket, command.lang)
        return Done(command.ref)

    @handles(c.Ping, Permission.ANYBODY)
    async def ping(self, _command: c.Ping) -> msgspec.Struct:
        """Alive."""
        return PONG
