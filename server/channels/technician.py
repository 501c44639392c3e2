"""The door of the console: each command of a technician, and the use case behind it. ``/ws/v1/console``."""

from typing import Any, ClassVar, Final

import msgspec

from server.bus import topics
from server.channels.console import Console
from server.channels.door import PONG, Permission, Rooms, handles
from server.channels.socket import Scope, Socket
from server.desk import (
    availability,
    customer_here,
    invitations,
    languages,
    marks,
    messages,
    reading,
    shapes,
    steps,
    supervising,
    transfers,
)
from server.desk.messages import Written
from server.domain.people import Technician
from server.domain.ticket import Outcome, Step
from server.protocol import technician as t
from server.protocol.shared import Ack, Done
from server.rates import Bucket
from server.store.lists import Only

TYPING_SECONDS: Final = 2


class TechnicianDoor(Console):
    """One console's socket."""

    union: ClassVar[Any] = t.TechnicianCommand
    watched = 128
    """Centrifugo's client.channel_limit."""

    def __init__(self, rooms: Rooms, scope: Scope, socket: Socket) -> None:
        super().__init__(rooms, scope, socket)
        self._typing = Bucket(1 / TYPING_SECONDS, 3)

    # --- lists ----------------------------------------------------------------------------------------------------

    @handles(t.Hello, Permission.ANYBODY)
    async def hello(self, _command: t.Hello) -> None:
        """Once is enough."""

    @handles(t.SetAvailability, Permission.TECHNICIAN)
    async def set_availability(self, command: t.SetAvailability) -> Done:
        """For all sockets of this person."""
        await availability.set_availability(self.desk, self.technician, command.state)
        return Done(command.ref)

    @handles(t.ListTickets, Permission.TECHNICIAN)
    async def list_tickets(self, command: t.ListTickets) -> None:
        """A window of the shared list, with the counts behind it."""

        async def read(person: Technician) -> tuple[reading.Window, list[t.Counts]]:
            window = await reading.shared_list(
                self.desk,
                person,
                command.view,
                command.sort,
                descending=command.descending,
                offset=command.offset,
                limit=command.limit,
                only=Only(command.only.queues, command.only.assignees) if command.only else None,
            )
            return window, await reading.counts(self.desk, sorted(window.positions))

        with self._list_frames.reading():
            window, all_counts = await self._fresh(read)
            for company, seq in window.positions.items():
                self.rooms.hub.stand_at(topics.company_list(company), seq)
            rows, total = window.rows, window.total
            self.send(t.ListPage(command.ref, command.view, command.offset, rows, total, window.positions))
            for counts in all_counts:
                self.send(counts)

    @handles(t.ListMine, Permission.TECHNICIAN)
    async def list_mine(self, command: t.ListMine) -> None:
        """My tickets, page by page."""
        with self._mine_frames.reading():
            mine = await self._fresh(lambda person: reading.my_tickets(self.desk, person, command.before))
            self.send(t.MineFrame(command.ref, mine.rows, command.before, mine.more))

    # --- one ticket -----------------------------------------------------------------------------------------------

    @handles(t.Watch, Permission.TECHNICIAN)
    async def watch_ticket(self, command: t.Watch) -> None:
        """Listen first, then read, then let the numbers decide."""
        watch = self.watch(command.ticket, topics.staff(command.ticket))
        try:
            page = await self._fresh(
                lambda person: reading.staff_page(self.desk, person, command.ticket, command.after, command.epoch)
            )
        except BaseException:
            self.unwatch(command.ticket)
            raise
        self.send(
            t.Page(
                command.ref,
                shapes.details(page.ticket, page.answers),
                self.desk.epoch,
                page.recovered,
                reading.staff_numbered(page.events),
                page.more,
                page.older,
                page.tail,
                page.read,
            )
        )
        if page.more:
            self.unwatch(command.ticket)
        else:
            watch.go(page.tail)
            if command.ticket in self.rooms.connected:
                self.send(t.CustomerHere(command.ticket, here=True))
            else:  # perhaps to another process
                self.rooms.bus.publish(customer_here.asked(command.ticket))
            await languages.opens(self.desk, self.technician, page.ticket)

    @handles(t.Unwatch, Permission.TECHNICIAN)
    async def unwatch_ticket(self, command: t.Unwatch) -> None:
        """No more events of this ticket."""
        self.unwatch(command.ticket)

    @handles(t.Older, Permission.TECHNICIAN)
    async def older(self, command: t.Older) -> t.OlderPage:
        """Events before a number."""
        events, more = await self._fresh(
            lambda person: reading.staff_older(self.desk, person, command.ticket, command.before)
        )
        return t.OlderPage(command.ref, command.ticket, events, more)

    @handles(t.Send, Permission.TECHNICIAN)
    async def send_message(self, command: t.Send) -> Ack:
        """Acknowledged after COMMIT."""
        self.check_message_rate()
        event = await messages.technician_writes(self.desk, self.technician, command.ticket, _written(command))
        return Ack(command.ref, event.id, event.staff_seq)

    @handles(t.SendNote, Permission.TECHNICIAN)
    async def send_note(self, command: t.SendNote) -> Ack:
        """Acknowledged after COMMIT."""
        self.check_message_rate()
        event = await messages.technician_notes(self.desk, self.technician, command.ticket, _written(command))
        return Ack(command.ref, event.id, event.staff_seq)

    async def _step(self, command: t.TicketCommand, step: Step, outcome: Outcome | None = None) -> Done:
        await steps.take_step(self.desk, self.technician, command.ticket, step, outcome)
        return Done(command.ref)

    @handles(t.Assign, Permission.TECHNICIAN)
    async def assign(self, command: t.Assign) -> Done:
        """Assign to me."""
        return await self._step(command, Step.ASSIGN)

    @handles(t.Join, Permission.TECHNICIAN)
    async def join(self, command: t.Join) -> Done:
        """Join the chat."""
        return await self._step(command, Step.JOIN)

    @handles(t.Unassign, Permission.TECHNICIAN)
    async def unassign(self, command: t.Unassign) -> Done:
        """Give it back."""
        return await self._step(command, Step.UNASSIGN)

    @handles(t.EndChat, Permission.TECHNICIAN)
    async def end_chat(self, command: t.EndChat) -> Done:
        """End the chat."""
        return await self._step(command, Step.END_CHAT)

    @handles(t.Close, Permission.TECHNICIAN)
    async def close_ticket(self, command: t.Close) -> Done:
        """Close the ticket."""
        return await self._step(command, Step.CLOSE, command.outcome)

    @handles(t.Reopen, Permission.TECHNICIAN)
    async def reopen(self, command: t.Reopen) -> Done:
        """Open it again."""
        return await self._step(command, Step.REOPEN)

    @handles(t.UndoCommand, Permission.TECHNICIAN)
    async def undo(self, command: t.UndoCommand) -> Done:
        """Take the last End or Close back."""
        await steps.undo(self.desk, self.technician, command.ticket)
        return Done(command.ref)

    @handles(t.Offer, Permission.TECHNICIAN)
    async def offer(self, command: t.Offer) -> Done:
        """Offer my ticket."""
        await transfers.offer(self.desk, self.technician, command.ticket, command.to, command.comment)
        return Done(command.ref)

    @handles(t.WithdrawOffer, Permission.TECHNICIAN)
    async def withdraw_offer(self, command: t.WithdrawOffer) -> Done:
        """Keep it."""
        await transfers.withdraw(self.desk, self.technician, command.ticket)
        return Done(command.ref)

    @handles(t.AcceptOffer, Permission.TECHNICIAN)
    async def accept_offer(self, command: t.AcceptOffer) -> Done:
        """Take what I was offered."""
        await transfers.accept(self.desk, self.technician, command.ticket)
        return Done(command.ref)

    @handles(t.DeclineOffer, Permission.TECHNICIAN)
    async def decline_offer(self, command: t.DeclineOffer) -> Done:
        """Do not take it."""
        await transfers.decline(self.desk, self.technician, command.ticket)
        return Done(command.ref)

    @handles(t.Give, Permission.TECHNICIAN)
    async def give(self, command: t.Give) -> Done:
        """To a member of my teams."""
        await supervising.give(self.desk, self.technician, command.ticket, command.technician)
        return Done(command.ref)

    @handles(t.TakeAway, Permission.TECHNICIAN)
    async def take_away(self, command: t.TakeAway) -> Done:
        """From a member of my teams."""
        await supervising.take_away(self.desk, self.technician, command.ticket)
        return Done(command.ref)

    @handles(t.Invite, Permission.TECHNICIAN)
    async def invite(self, command: t.Invite) -> Done:
        """Ask a colleague in."""
        await invitations.invite(self.desk, self.technician, command.ticket, command.technician, command.comment)
        return Done(command.ref)

    @handles(t.Uninvite, Permission.TECHNICIAN)
    async def uninvite(self, command: t.Uninvite) -> Done:
        """Do without him."""
        await invitations.remove(self.desk, self.technician, command.ticket, command.technician)
        return Done(command.ref)

    @handles(t.Come, Permission.TECHNICIAN)
    async def come(self, command: t.Come) -> Done:
        """Into the chat that I was invited into."""
        await invitations.come(self.desk, self.technician, command.ticket)
        return Done(command.ref)

    @handles(t.Leave, Permission.TECHNICIAN)
    async def leave_chat(self, command: t.Leave) -> Done:
        """Out of it."""
        await invitations.leave(self.desk, self.technician, command.ticket)
        return Done(command.ref)

    @handles(t.TypingCommand, Permission.TECHNICIAN)
    async def typing(self, command: t.TypingCommand) -> None:
        """Told to the customer, unless too often."""
        if command.ticket in self.watches and self._typing.wait() == 0:
            self.rooms.bus.publish(await marks.technician_types(self.desk, self.technician, command.ticket))

    @handles(t.ReadCommand, Permission.TECHNICIAN)
    async def read(self, command: t.ReadCommand) -> None:
        """At most once a second per ticket."""
        self._marks.put(command.ticket, command.event)

    @handles(t.SetLanguage, Permission.TECHNICIAN)
    async def set_language(self, command: t.SetLanguage) -> Done:
        """Which language the customer writes and reads; as often as one may write, since all is translated anew."""
        self.check_message_rate()
        await languages.set_customers(self.desk, self.technician, command.ticket, command.lang)
        return Done(command.ref)

    @handles(t.Ping, Permission.ANYBODY)
    async def ping(self, _command: t.Ping) -> msgspec.Struct:
        """Alive."""
        return PONG


def _written(command: t.Send | t.SendNote) -> Written:
    return Written(command.client_id, command.text, command.stream, command.n)
