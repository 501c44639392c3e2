"""Chats: everybody in turn writes a message when it is due, and everybody hears what is written in his ticket.

Message k is the ``k // writers + 1``-th of writer ``k % writers`` and was due at a moment that follows from k, so
nothing has to be remembered of it: its ref is k, and its client_id says k.

First all first sides write, then all second ones: in a chat the answer comes halfway between two questions.
"""

import json
import random
import secrets
from collections import Counter
from typing import Final

from bench.driver.act import Act, Times
from bench.driver.orders import ChatPlan, Spread, Talk, Talked
from bench.driver.seat import Frame, Said, Seat
from bench.driver.tally import Ear, Place

WORDS: Final = """
the printer screen keyboard network login password update error after since yesterday morning please could you try
restart it again cable server does not work any more thank check this window opens closes slowly version number
"""
TEXTS: Final = 512
MARK_S: Final = 1.0
"""Between two read marks of a seat: the server takes one a second."""


def texts() -> list[str]:
    """What people write: the same for everybody and in every run, 20 to 180 characters."""
    dice, words = random.Random(7), WORDS.split()
    return [" ".join(dice.choices(words, k=dice.randint(4, 32))) for _ in range(TEXTS)]


class Writer:
    """One side of one chat."""

    def __init__(self, seat: Seat, ticket: str, run: str) -> None:
        self._seat = seat
        head = {"type": "send", "ticket": ticket, "stream": secrets.token_hex(16)}
        # what differs from message to message is filled in by %: encoding anew would cost as much as the rest
        fields = f'"client_id":"%08x-0000-4000-8000-{run}","ref":%d,"n":%d,"text":"%s"'
        self._form = f"{json.dumps(head)[:-1]},{fields}}}".encode()

    def write(self, k: int, n: int, text: bytes) -> None:
        """Message k, the n-th of this writer."""
        self._seat.send(self._form % (k, k, n, text))


class Conversation(Act):
    """All chats."""

    def __init__(self, seats: list[Seat], order: Talk) -> None:
        super().__init__(seats, order.rate)
        self._run = secrets.token_hex(6)
        self._marks = order.marks
        self._one_by_one = order.one_by_one
        self._marked: dict[tuple[int, str], float] = {}
        self._texts = [[json.dumps(text)[1:-1].encode() for text in side] for side in order.texts or [texts()] * 2]
        self._translated: dict[int, str] = {}
        """what became of messages, by their numbers"""
        self._originals: dict[str, int] = {}
        """id of an event -> number, where translations are owed"""
        self._owed_translations = int(order.translated)
        self._writers: list[Writer] = []
        self._hearers: list[int] = []
        self._ears: dict[int, dict[int, tuple[Ear, bool]]] = {seat.number: {} for seat in seats}
        """seat -> writer -> (ear, whether it is the other side's)"""
        self._to_other = Times(self)
        self._to_translation = Times(self)
        self._strayed = 0
        self._firsts = len(order.chats)
        speaks: list[dict[int, int]] = [{} for _ in order.chats]
        for side in (0, 1):
            for chat, spoken in zip(order.chats, speaks, strict=True):
                self._seat(seats, chat, side, spoken)
        for chat, spoken in zip(order.chats, speaks, strict=True):
            self._listen(seats, chat.ticket, spoken)

    def _seat(self, seats: list[Seat], chat: ChatPlan, side: int, speaks: dict[int, int]) -> None:
        """The next writer: this side of a chat, where it has one. ``speaks``: seat -> writer."""
        sides = sorted({chat.first, chat.second})
        if side < len(sides):
            speaks[sides[side]] = len(self._writers)
            self._writers.append(Writer(seats[sides[side]], chat.ticket, self._run))
            self._hearers.append(len(sides))

    def _listen(self, seats: list[Seat], ticket: str, speaks: dict[int, int]) -> None:
        """Both sides of a chat hear both."""
        for number in speaks:
            place = Place(seats[number].tails.get(ticket, 0))
            for speaker, who in speaks.items():
                self._ears[number][who] = (Ear(place), number != speaker or len(speaks) == 1)

    def make(self, k: int) -> None:
        """The writer whose turn it is."""
        round_, who = divmod(k, len(self._writers))
        side = self._texts[who >= self._firsts]
        self._writers[who].write(k, round_ + 1, side[k % len(side)])

    def hearers(self, k: int) -> int:
        """Both sides; an echo has one. And one of the translation, where that is owed."""
        return self._hearers[k % len(self._writers)] + self._owed_translations

    def came(self, seat: Seat, frame: Frame, now: float) -> None:
        """An event, or an echo."""
        event = frame.event
        if isinstance(event, Said) and event.kind == "translation":
            self._hear_translation(event, now)
            return
        client_id = event.client_id if isinstance(event, Said) else frame.client_id
        if client_id is None or not client_id.endswith(self._run):
            return
        k = int(client_id[:8], 16)
        if self._owed_translations and isinstance(event, Said):
            self._originals[event.id] = k
        round_, who = divmod(k, len(self._writers))
        ear, other = self._ears[seat.number].get(who, (None, False))
        if ear is None:
            self._strayed += 1
        elif ear.hear(round_ + 1, frame.seq or ear.place.seq + 1):  # an echo has no numbers
            if other:
                self._to_other.add(k, now)
                self._mark(seat, frame, now)
            self.settle()

    def _hear_translation(self, event: Said, now: float) -> None:
        """The first one of a message counts; of several seats that hear it, the first that does."""
        k = self._originals.get(event.of or "")
        if k is None or k in self._translated:
            return
        self._translated[k] = event.state
        if event.state == "done":
            self._to_translation.add(k, now)
        self.settle()

    def _mark(self, seat: Seat, frame: Frame, now: float) -> None:
        if not (self._marks and isinstance(frame.ticket, str) and isinstance(frame.event, Said)):
            return
        key = (seat.number, frame.ticket)
        if now - self._marked.get(key, 0.0) >= MARK_S:
            self._marked[key] = now
            seat.send(json.dumps({"type": "read", "ticket": frame.ticket, "event": frame.event.id}).encode())

    def judged(self, late: Spread) -> Talked:
        """By every ear."""
        writers, written = len(self._writers), self.pace.next
        refused: list[set[int]] = [set() for _ in range(writers)]
        for k in self.answers.refused:
            refused[k % writers].add(k // writers + 1)
        ears = [(ear, who) for heard in self._ears.values() for who, (ear, _other) in heard.items()]
        return Talked(
            sent=written,
            acknowledged=self.answers.acknowledged,
            refused=len(self.answers.refused),
            delivered=sum(ear.heard for ear, _who in ears),
            lost=sum(ear.lost(turns(written, who, writers), refused[who]) for ear, who in ears),
            doubled=self.answers.doubled + sum(ear.doubled for ear, _who in ears),
            disordered=sum(ear.disordered for ear, _who in ears),
            strayed=self._strayed,
            unanswered=written - self.answers.acknowledged - len(self.answers.refused),
            codes=self.answers.codes,
            late=late,
            to_other=self._to_other.spread(),
            to_other_ms=self._to_other.by_second() if self._one_by_one else [],
            to_ack=self.to_ack.spread(),
            to_translation=self._to_translation.spread(),
            translations=dict(Counter(self._translated.values())),
        )


def turns(written: int, who: int, writers: int) -> int:
    """How many of so many messages were this writer's."""
    return (written - who + writers - 1) // writers
