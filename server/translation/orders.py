"""What the engine tells a worker process and what comes back: Structs in msgpack, each behind its length."""

import struct
from typing import BinaryIO, Final

import msgspec

from server.domain.language import Guess
from server.translation.base import Pair

LENGTH: Final = struct.Struct(">I")
MOST_BYTES: Final = 16 * 1_048_576
"""A frame of more is no frame."""
TOO_MUCH: Final = 3
"""What a worker ends with that has taken more memory than it may."""


class Terms(msgspec.Struct, frozen=True):
    """What a worker gets to know when it is started, and never again."""

    packages: str
    beam: int
    threads: int
    memory_mib: int


class Scan(msgspec.Struct, frozen=True, tag=True):
    """Look at what is installed."""


class Translate(msgspec.Struct, frozen=True, tag=True):
    """Sentences for one package."""

    directory: str
    stamp: int
    texts: list[str]


class Prose(msgspec.Struct, frozen=True):
    """A text without what stays, and the languages it may be in."""

    text: str
    candidates: list[str]


class Detect(msgspec.Struct, frozen=True, tag=True):
    """Texts of whose language nothing is known."""

    several: list[Prose]


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The first frame of a worker: the libraries are there."""


class Loading(msgspec.Struct, frozen=True, tag=True):
    """No answer yet: what the order needs is not in memory, and comes as fast as the disk and the processors are."""


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """No answer yet: now it is there."""


class Scanned(msgspec.Struct, frozen=True, tag=True):
    """What is installed, and what is wrong with the rest."""

    pairs: list[Pair]
    wrong: dict[str, str]


class Translated(msgspec.Struct, frozen=True, tag=True):
    """The sentences in their order. None: nobody should see what came out."""

    texts: list[str | None]
    full: bool = False
    """The process needs more memory than it may: it wants to be replaced."""


class Detected(msgspec.Struct, frozen=True, tag=True):
    """A guess for each."""

    guesses: list[Guess]


class Fault(msgspec.Struct, frozen=True, tag=True):
    """The order could not be carried out. ``what`` goes to the log: it never holds a text."""

    what: str


Order = Scan | Translate | Detect
Answer = Ready | Scanned | Translated | Detected | Fault
Message = Answer | Loading | Loaded
ORDERS: Final[msgspec.msgpack.Decoder[Order]] = msgspec.msgpack.Decoder(Order)
MESSAGES: Final[msgspec.msgpack.Decoder[Message]] = msgspec.msgpack.Decoder(Message)


def frame(message: Order | Message) -> bytes:
    """A message as it goes over the pipe."""
    body = msgspec.msgpack.encode(message)
    return LENGTH.pack(len(body)) + body


def length(head: bytes) -> int:
    """Of the frame behind these four bytes. Raises ValueError when it cannot be one."""
    (size,) = LENGTH.unpack(head)
    if size > MOST_BYTES:
        raise ValueError(f"a frame of {size} bytes")
    return int(size)


def read(pipe: BinaryIO) -> Order | None:
    """The next order; None at the end."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = length(head)
    body = pipe.read(size)
    return ORDERS.decode(body) if len(body) == size else None
