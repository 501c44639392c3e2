"""What the relays say: the frames of Deskwire that a chat cannot do without, with the same fields."""

import time
from typing import Any

import msgspec


class Watch(msgspec.Struct, tag_field="type", tag="watch"):
    """Hear of this chat, and read what came after a number."""

    ref: int
    ticket: str
    after: int | None = None


class Send(msgspec.Struct, tag_field="type", tag="send"):
    """Write."""

    ref: int
    ticket: str
    client_id: str
    stream: str
    n: int
    text: str


class Author(msgspec.Struct):
    """Who wrote."""

    role: str
    name: str
    id: str | None = None


class Message(msgspec.Struct, tag_field="kind", tag="message", kw_only=True):
    """What was written."""

    id: str
    at: int
    author: Author
    text: str
    client_id: str | None


class Event(msgspec.Struct, tag_field="type", tag="event"):
    """A message, to everybody who watches."""

    ticket: str
    seq: int
    event: Message


class Ack(msgspec.Struct, tag_field="type", tag="ack"):
    """Stored."""

    ref: int
    id: str
    seq: int


class Numbered(msgspec.Struct):
    """A message of a page."""

    seq: int
    event: Message


class Page(msgspec.Struct, tag_field="type", tag="page"):
    """What came after a number."""

    ref: int
    events: list[Numbered]
    tail: int
    more: bool = False
    epoch: str = "1"


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Watch | Send).decode
AUTHOR = Author("customer", "Ada Byron")

Stored = tuple[int, str, str, int]
"""(number, client_id, text, at): a row"""


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def event(command: Send, seq: int, at: int) -> bytes:
    """The frame for everybody."""
    return encode(Event(command.ticket, seq, _message(seq, command.client_id, command.text, at)))


def ack(command: Send, seq: int) -> bytes:
    """The frame for who wrote it."""
    return encode(Ack(command.ref, f"{seq:032x}", seq))


def page(command: Watch, rows: list[Any], tail: int) -> bytes:
    """The frame for who begins to watch."""
    events = [Numbered(seq, _message(seq, client_id, text, at)) for seq, client_id, text, at in rows]
    return encode(Page(command.ref, events, tail))


def _message(seq: int, client_id: str, text: str, at: int) -> Message:
    return Message(id=f"{seq:032x}", at=at, author=AUTHOR, text=text, client_id=client_id)
