"""Frames of a customer's socket, ``/ws/v1/customer``. Nothing internal may appear in CustomerFrame."""

from typing import Annotated

from msgspec import Meta

from server.domain.estimate import Wait
from server.domain.forms import Answer
from server.domain.ticket import Chat, Status
from server.protocol.shared import (
    Ack,
    Came,
    ChatEnded,
    ChatResumed,
    ClientId,
    Closed,
    DeviceHints,
    DeviceJoined,
    Done,
    FileSent,
    GoingAway,
    Heartbeat,
    Id,
    In,
    Joined,
    Lang,
    LanguageChanged,
    Languages,
    Left,
    Message,
    News,
    Out,
    Pong,
    PortalClosed,
    Reached,
    Read,
    ReadMarks,
    Ref,
    RefusedFrame,
    Reopened,
    Seq,
    Shared,
    Slug,
    StateEntry,
    StatusChanged,
    Stays,
    Stream,
    StreamNumber,
    TellLater,
    Text,
    Time,
    Translation,
    Typing,
    WaitsForNews,
    Went,
)


class Returned(StateEntry, tag="returned"):
    """The technician is gone: the ticket is back in the queue, in its old place."""


CustomerEntry = (
    Message
    | FileSent
    | DeviceJoined
    | Joined
    | Left
    | ChatEnded
    | ChatResumed
    | Closed
    | Reopened
    | Came
    | Went
    | Returned
    | PortalClosed
    | WaitsForNews
    | News
    | StatusChanged
    | LanguageChanged
    | Shared
    | TellLater
    | Stays
    | Translation
)

# --- in -------------------------------------------------------------------------------------------------------------


class Command(In, tag_field="type"):
    """Base of the commands."""


class Hello(Command, tag="hello"):
    """First message, within 5 s. Without ``token`` the cookie of the handshake decides. Answered by ``welcome``."""

    portal: Slug
    token: Annotated[str, Meta(max_length=128)] | None = None
    device: DeviceHints | None = None
    lang: Lang | None = None


class Watch(Command, tag="watch"):
    """Open or resume a ticket's transcript. Answered by ``page``; while ``more`` is true, watch again from its end.

    Without ``after``: the last 50 events. With ``after``: everything after that number, or, where that cannot be had
    whole (other epoch, more than 1,000 missed, a number above the tail), ``recovered: false`` and the last 50.
    """

    ref: Ref
    ticket: Id
    after: Seq | None = None
    epoch: str | None = None


class Older(Command, tag="older"):
    """Up to 50 events before this number. Answered by ``older``."""

    ref: Ref
    ticket: Id
    before: Seq


class Send(Command, tag="send"):
    """Write to the technician. Answered by ``ack`` once stored."""

    ref: Ref
    ticket: Id
    client_id: ClientId
    stream: Stream
    n: StreamNumber
    text: Text


class TypingCommand(Command, tag="typing"):
    """I am typing; at most every 3 s. No answer."""

    ticket: Id


class ReadCommand(Command, tag="read"):
    """I have read up to this event. No answer."""

    ticket: Id
    event: Id


class EndChat(Command, tag="end_chat"):
    """End the chat. Answered by ``done``."""

    ref: Ref
    ticket: Id


class ResumeChat(Command, tag="resume_chat"):
    """Go on with a chat that has ended. Answered by ``done``."""

    ref: Ref
    ticket: Id


class SetLanguage(Command, tag="set_language"):
    """I write and read this language. Answered by ``done``."""

    ref: Ref
    ticket: Id
    lang: Lang


class Ping(Command, tag="ping"):
    """Answered by ``pong``."""


CustomerCommand = Hello | Watch | Older | Send | TypingCommand | ReadCommand | EndChat | ResumeChat | SetLanguage | Ping

# --- out ------------------------------------------------------------------------------------------------------------


class CustomerTicket(Out):
    """A ticket as its customer sees it."""

    id: Id
    key: str
    subject: str
    status: Status
    chat: Chat
    created_at: Time
    issue_type: str | None
    """What I said that it is about."""
    tell_later: bool
    """I have left, and want to be told by e-mail."""
    technician: str | None
    """Public name of the technician in the chat."""
    unread: int
    """Messages of technicians after this customer's read mark."""
    translates: bool
    """Messages are translated where customer and technician have different languages."""
    language: Lang | None
    """Mine, as far as it is known."""
    reader: Lang | None
    """The language of the technician in the chat; None: nobody is there, it is unknown, or nothing is translated."""
    shared: bool = False
    """A colleague's, who lets me read and comment it, and no more (S-23)."""


class Numbered(Out):
    """An event with its number for this audience."""

    seq: Seq
    event: CustomerEntry


class Frame(Out, tag_field="type"):
    """Base of the frames."""


class Welcome(Frame, tag="welcome"):
    """Answer to hello: who you are here, and your tickets, newest first (at most 20)."""

    epoch: str
    portal: str
    name: str | None
    verified: bool
    tickets: list[CustomerTicket]
    languages: Reached
    """Into which languages something can be translated now, from each; empty while no translator is there."""


class Page(Frame, tag="page"):
    """A stretch of the transcript, ending at ``tail`` when ``more`` is false; live events follow from there."""

    ref: Ref
    ticket: CustomerTicket
    epoch: str
    recovered: bool
    events: list[Numbered]
    more: bool
    older: bool
    """Whether there are events before the first one of this page."""
    tail: Seq
    read: ReadMarks
    answers: list[Answer]
    """What I answered in the form."""


class OlderPage(Frame, tag="older"):
    """Events before a number, in ascending order."""

    ref: Ref
    ticket: Id
    events: list[Numbered]
    older: bool


class EventFrame(Frame, tag="event"):
    """One new event of a watched ticket; ``seq`` is always the last one + 1."""

    ticket: Id
    seq: Seq
    event: CustomerEntry


class Position(Frame, tag="position"):
    """How many wait before this ticket, 1,000 for so many or more; None when it does not wait (any more)."""

    ticket: Id
    ahead: int | None
    wait: Wait | None = None
    """How long that usually takes; None where too little was measured to say so."""


class Gone(Frame, tag="gone"):
    """This ticket is not shared with you any more; nothing follows."""

    ticket: Id


class Translates(Frame, tag="translates"):
    """Of a watched ticket: whether it is translated from now on, and what the technician in the chat reads."""

    ticket: Id
    translates: bool
    reader: Lang | None


class PortalChanged(Frame, tag="portal_changed"):
    """What the portal shows may have changed: ask for it again, at most once in a few seconds."""


CustomerFrame = (
    Welcome
    | Languages
    | Translates
    | PortalChanged
    | Gone
    | Page
    | OlderPage
    | EventFrame
    | Position
    | Ack
    | Done
    | RefusedFrame
    | Typing
    | Read
    | Heartbeat
    | Pong
    | GoingAway
)
