"""Changes of which everybody hears: somebody takes a ticket of the shared list, or writes in a room of two hundred."""

from bench.driver.act import Act, Times
from bench.driver.orders import Change, Spread, Talked
from bench.driver.seat import Frame, Named, Said, Seat
from bench.driver.tally import Place


class Spreading(Act):
    """Change k is made by one seat and heard of by all, that one included."""

    def __init__(self, seats: list[Seat], order: Change) -> None:
        super().__init__(seats, order.rate, len(order.commands))
        self._seats = seats
        self._commands = [command.replace('"{ref}"', str(k)).encode() for k, command in enumerate(order.commands)]
        self._actors = [seats[number] for number in order.actors]
        self._number = {mark: k for k, mark in enumerate(order.marks)}
        self._places = {seat.number: Place(-1) for seat in seats}
        self._heard_by: list[set[int]] = [set() for _ in order.commands]
        self._doubled = 0
        self._disordered = 0
        self._to_each = Times(self)
        self._to_all = Times(self)

    def make(self, k: int) -> None:
        """By the one whose turn it is."""
        self._actors[k % len(self._actors)].send(self._commands[k])

    def hearers(self, k: int) -> int:  # noqa: ARG002 - of one change as of another
        """Everybody."""
        return len(self._seats)

    def came(self, seat: Seat, frame: Frame, now: float) -> None:
        """A ticket's summary, or an event."""
        if isinstance(frame.ticket, Named):
            mark = frame.ticket.id
        elif isinstance(frame.event, Said):
            mark = frame.event.client_id or ""
        else:
            return
        k = self._number.get(mark)
        if k is None or frame.type not in ("ticket", "event"):
            return
        place, heard_by = self._places[seat.number], self._heard_by[k]
        if seat.number in heard_by:
            self._doubled += 1
            return
        heard_by.add(seat.number)
        self._disordered += frame.seq <= place.seq
        place.seq = max(place.seq, frame.seq)
        self._to_each.add(k, now)
        if len(heard_by) == len(self._seats):
            self._to_all.add(k, now)
        self.settle()

    def judged(self, late: Spread) -> Talked:
        """By every seat."""
        made = self.pace.next
        wanted = (made - len(self.answers.refused)) * len(self._seats)
        delivered = sum(len(heard_by) for heard_by in self._heard_by)
        return Talked(
            sent=made,
            acknowledged=self.answers.acknowledged,
            refused=len(self.answers.refused),
            delivered=delivered,
            lost=wanted - delivered,
            doubled=self.answers.doubled + self._doubled,
            disordered=self._disordered,
            strayed=0,
            unanswered=made - self.answers.acknowledged - len(self.answers.refused),
            codes=self.answers.codes,
            late=late,
            to_other=self._to_each.spread(),
            to_ack=self.to_ack.spread(),
            to_all=self._to_all.spread(),
        )
