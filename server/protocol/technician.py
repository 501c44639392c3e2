"""Frames of the console's socket, ``/ws/v1/console``."""

from typing import Annotated, Literal

from msgspec import Meta

from server.domain import limits
from server.domain.devices import DeviceClass
from server.domain.forms import Answer
from server.domain.people import Availability, Role
from server.domain.routing import Way
from server.domain.ticket import Chat, Outcome, Status, Step, View
from server.protocol.shared import (
    Ack,
    Author,
    Came,
    ChatEnded,
    ChatResumed,
    ClientId,
    Closed,
    DeviceJoined,
    Done,
    Email,
    Entry,
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

Comment = Annotated[str, Meta(min_length=1, max_length=limits.TEXT_CHARS)]
Sort = Literal["time", "key", "customer", "company", "status", "assignee"]


class Note(Entry, tag="note", kw_only=True):
    """Internal: never reaches a customer, on any path."""

    author: Author
    text: str
    client_id: str | None = None


class Assigned(StateEntry, tag="assigned"):
    """A technician took the ticket."""


class Unassigned(StateEntry, tag="unassigned"):
    """The technician gave the ticket back without having been in the chat."""


class TakenOver(StateEntry, tag="taken_over", kw_only=True):
    """A technician took the ticket over from a colleague who was gone. Whoever had been in the chat has left it."""

    previous: str
    """The colleague's name."""


class Returned(StateEntry, tag="returned", kw_only=True):
    """The assignee was gone for as long as the portal waits: the ticket is back in the queue, in its old place."""

    previous: str
    """Who had it."""


class Transferred(StateEntry, tag="transferred", kw_only=True):
    """``author`` has accepted the ticket from a colleague, who has left the chat if there was one (G-33)."""

    previous: str


class Given(StateEntry, tag="given", kw_only=True):
    """A supervisor, or (``system``) automatic routing, has assigned the ticket to somebody."""

    to: str
    previous: str | None
    """Who had it."""


class TakenAway(StateEntry, tag="taken_away", kw_only=True):
    """A supervisor has put the ticket back into its queue, in its old place."""

    previous: str
    """Who had it."""


class Offered(Entry, tag="offered", kw_only=True):
    """The ticket is offered to a colleague or a team."""

    author: Author
    to: str
    comment: str | None
    """Never reaches a customer."""


class OfferDeclined(Entry, tag="offer_declined", kw_only=True):
    """``author`` does not take the ticket. Of a team that was asked, others may still accept it."""

    author: Author
    to: str


class OfferWithdrawn(Entry, tag="offer_withdrawn", kw_only=True):
    """The ticket is not on offer any more: ``author`` keeps it."""

    author: Author
    to: str


class Invited(Entry, tag="invited", kw_only=True):
    """A colleague is asked into the chat (G-34)."""

    author: Author
    who: str
    comment: str | None
    """Never reaches a customer."""


class Uninvited(Entry, tag="uninvited", kw_only=True):
    """Whoever was invited had not come, and will not: by his own word, or by the owner's."""

    author: Author
    who: str


StaffEntry = (
    Message
    | Note
    | Transferred
    | Given
    | TakenAway
    | Offered
    | OfferDeclined
    | OfferWithdrawn
    | Invited
    | Uninvited
    | Came
    | Went
    | FileSent
    | DeviceJoined
    | Assigned
    | Unassigned
    | TakenOver
    | Returned
    | PortalClosed
    | WaitsForNews
    | News
    | Joined
    | Left
    | ChatEnded
    | ChatResumed
    | Closed
    | Reopened
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
    """First message, within 5 s; the session cookie of the handshake (or bearer token) says who it is.

    Answered by ``welcome``.
    """

    lang: Lang | None = None
    """Of the page. It becomes mine (``Me.language``) where I have not chosen one yet."""


class SetAvailability(Command, tag="availability"):
    """Available: the shared list reaches this person. Away: nothing of it does. Answered by ``done``."""

    ref: Ref
    state: Availability


class Only(In):
    """Part of the shared list: what has one of these queues, or is assigned to one of these people."""

    queues: Annotated[list[Id], Meta(max_length=limits.ONLY)] = []
    assignees: Annotated[list[Id], Meta(max_length=limits.ONLY)] = []


class ListTickets(Command, tag="list"):
    """A window of the shared list. Refused with ``not_available`` while away. Answered by ``list``."""

    ref: Ref
    view: View = View.ALL
    sort: Sort = "time"
    descending: bool = True
    offset: Annotated[int, Meta(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=limits.LIST_PAGE)] = 50
    only: Only | None = None
    """None: all of it. ``counts`` are always of everything."""


class ListMine(Command, tag="mine"):
    """My tickets, newest first; those that are older than ``before``. Answered by ``mine``."""

    ref: Ref
    before: Id | None = None


class Watch(Command, tag="watch"):
    """Open or resume a ticket's transcript, as on the customer's socket. At most 128 at once. Answered by ``page``."""

    ref: Ref
    ticket: Id
    after: Seq | None = None
    epoch: str | None = None


class Unwatch(Command, tag="unwatch"):
    """Stop the live events of a ticket. No answer."""

    ticket: Id


class Older(Command, tag="older"):
    """Up to 50 events before this number. Answered by ``older``."""

    ref: Ref
    ticket: Id
    before: Seq


class Send(Command, tag="send"):
    """Write to the customer. Answered by ``ack`` once stored."""

    ref: Ref
    ticket: Id
    client_id: ClientId
    stream: Stream
    n: StreamNumber
    text: Text


class SendNote(Command, tag="note"):
    """Write an internal note; it shares the stream's numbers with ``send``. Answered by ``ack``."""

    ref: Ref
    ticket: Id
    client_id: ClientId
    stream: Stream
    n: StreamNumber
    text: Text


class TicketCommand(Command):
    """Base of the commands that change one ticket's state. Answered by ``done``."""

    ref: Ref
    ticket: Id


class Assign(TicketCommand, tag="assign"):
    """Assign to me. Exactly one of several wins; the others are refused with ``already_assigned`` and a name.

    A ticket whose assignee is gone (``absent_since``) is taken over in this way.
    """


class Unassign(TicketCommand, tag="unassign"):
    """Give the ticket back to the queue."""


class Join(TicketCommand, tag="join"):
    """Join the chat; the customer is told."""


class EndChat(TicketCommand, tag="end_chat"):
    """End the chat; the ticket stays. ``undo`` takes it back within 5 s."""


class Close(TicketCommand, tag="close"):
    """Close the ticket. ``undo`` takes it back within 5 s."""

    outcome: Outcome | None = None


class Reopen(TicketCommand, tag="reopen"):
    """Open a closed ticket again."""


class UndoCommand(TicketCommand, tag="undo"):
    """Take back my own End chat or Close of less than 5 s ago."""


class Target(In):
    """A team or a technician; exactly one of the two."""

    team: Id | None = None
    technician: Id | None = None


class Offer(TicketCommand, tag="offer"):
    """Offer my ticket to a team or a colleague; it stays mine until somebody accepts. The first one has it."""

    to: Target
    comment: Comment | None = None


class WithdrawOffer(TicketCommand, tag="withdraw_offer"):
    """Keep the ticket."""


class AcceptOffer(TicketCommand, tag="accept_offer"):
    """Take the ticket that I was offered, and go on with its chat. ``already_assigned`` names who was faster."""


class DeclineOffer(TicketCommand, tag="decline_offer"):
    """Do not take it. Of a team, the others are still asked."""


class Give(TicketCommand, tag="give"):
    """Supervisors: assign the ticket to a member of my teams."""

    technician: Id


class TakeAway(TicketCommand, tag="take_away"):
    """Supervisors: put a member's ticket back into its queue."""


class Invite(TicketCommand, tag="invite"):
    """Ask a colleague into the chat of my ticket, at most seven."""

    technician: Id
    comment: Comment | None = None


class Uninvite(TicketCommand, tag="uninvite"):
    """Do without a colleague whom I have invited, whether he has come or not."""

    technician: Id


class Come(TicketCommand, tag="come"):
    """Join the chat that I was invited into; the customer is told."""


class Leave(TicketCommand, tag="leave"):
    """Leave that chat, or do not come."""


class TypingCommand(Command, tag="typing"):
    """I am typing to the customer; at most every 3 s. No answer."""

    ticket: Id


class ReadCommand(Command, tag="read"):
    """I have read up to this event. No answer."""

    ticket: Id
    event: Id


class SetLanguage(Command, tag="set_language"):
    """The customer of this ticket writes and reads this language. Answered by ``done``."""

    ref: Ref
    ticket: Id
    lang: Lang


class Ping(Command, tag="ping"):
    """Answered by ``pong``."""


TechnicianCommand = (
    Hello
    | SetAvailability
    | ListTickets
    | ListMine
    | Watch
    | Unwatch
    | Older
    | Send
    | SendNote
    | Assign
    | Unassign
    | Join
    | EndChat
    | Close
    | Reopen
    | UndoCommand
    | Offer
    | WithdrawOffer
    | AcceptOffer
    | DeclineOffer
    | Give
    | TakeAway
    | Invite
    | Uninvite
    | Come
    | Leave
    | TypingCommand
    | ReadCommand
    | SetLanguage
    | Ping
)

# --- out ------------------------------------------------------------------------------------------------------------


class Person(Out):
    """A technician, named for colleagues."""

    id: Id
    name: str


class Me(Out):
    """The signed-in technician."""

    id: Id
    name: str
    email: Email
    role: Role
    availability: Availability
    totp: bool
    language: Lang | None
    """What I read and write; None: I have not chosen yet, and nothing is translated for me."""
    public_name: str
    """What customers read."""


class Company(Out):
    """A company this technician has access to."""

    id: Id
    name: str


class UndoOffer(Out):
    """End chat or Close that ``by`` can still take back until ``until``."""

    step: Step
    by: Id
    until: Time


class OfferMade(Out):
    """A ticket on offer: whoever is in ``to`` can accept it."""

    by: Person
    name: str
    """of the colleague or the team that was asked"""
    team: Id | None
    to: list[Id]
    comment: str | None
    at: Time


class Helper(Out):
    """A colleague who was invited into the chat; ``joined``: and has come."""

    id: Id
    name: str
    joined: bool


class Summary(Out):
    """A ticket in a list: whole, and unchanged by a plain message."""

    id: Id
    key: str
    company: Company
    portal: str
    customer: str
    verified: bool
    subject: str
    subjects: dict[Lang, str]
    """What machines made of the subject, by the languages of technicians who have opened the ticket."""
    status: Status
    chat: Chat
    view: View
    assignee: Person | None
    absent_since: Time | None
    """Since when the assignee is gone; None while that person is there, or nobody is meant to be."""
    joined: bool
    """The assignee is in the chat."""
    created_at: Time
    device_class: DeviceClass
    issue_type: str | None
    """What the customer chose, in the customer's language."""
    priority: int
    """-1 low, 0 normal, 1 high, 2 urgent: by the issue type."""
    queue: Id
    """Where it waits, or would wait again. Names stand in ``GET /api/v1/directory``."""
    waits_for: Id | None
    """In whose own queue it waits now: under that person's tickets, too."""
    routed_at: Time | None
    """Since when it waits for the assignee, to whom it was given automatically, to join; None: it does not."""
    offer: OfferMade | None
    helpers: list[Helper]
    tell_later: bool
    """The customer has left, and wants to be told by e-mail."""
    undo: UndoOffer | None
    news: bool
    """The customer waits for news of a notice, and not in the queue."""


class Hint(Out):
    """What messages touch: travels at most once a second per ticket, carries no number, stands in every snapshot."""

    ticket: Id
    last_activity_at: Time
    waiting_since: Time | None
    """First unanswered message of the customer."""
    unread: int
    """Customer's messages after the assignee's read mark (0 without an assignee)."""


class Row(Out):
    """A ticket in a list, with its hint."""

    ticket: Summary
    hint: Hint


class Source(Out):
    """Where the ticket came from (G-17)."""

    ip: str
    device_class: DeviceClass
    os: str
    browser: str
    user_agent: str


class Details(Out):
    """A ticket in the details pane."""

    summary: Summary
    email: str | None
    company_name: str | None
    """As the customer typed it."""
    company_code: str | None
    language: str | None
    """The customer's, as far as it is known."""
    translates: bool
    """Messages are translated where customer and technician have different languages."""
    languages: list[Lang]
    """Into these, because technicians who read them have opened the ticket (the last four)."""
    source: Source
    way: Way
    """How the customer came in."""
    answers: list[Answer]
    """Of the issue type's form, in its order."""
    hint: Hint


class Numbered(Out):
    """An event with its number for this audience."""

    seq: Seq
    event: StaffEntry


class Frame(Out, tag_field="type"):
    """Base of the frames."""


class Welcome(Frame, tag="welcome"):
    """Answer to hello. ``mine`` and, while available, ``list`` and ``counts`` follow the commands that ask for them."""

    epoch: str
    me: Me
    companies: list[Company]
    absent_since: Time | None
    """Until this hello I counted as gone, since then; None: I did not."""
    languages: Reached
    """Into which languages something can be translated now, from each; empty while no translator is there."""


class MeFrame(Frame, tag="me"):
    """What my account says of me is something else from now on, whoever changed it where: my language, my name."""

    me: Me


class Translates(Frame, tag="translates"):
    """Whether a watched ticket is translated from now on. Who watches it then anew gets his own language, too."""

    ticket: Id
    translates: bool


class AvailabilityFrame(Frame, tag="availability"):
    """My availability, on every one of my sockets. After ``away`` forget every ticket that is not mine."""

    state: Availability


class ListPage(Frame, tag="list"):
    """A window of the shared list. Apply later ``ticket`` frames whose ``seq`` is above ``positions[company]``."""

    ref: Ref
    view: View
    offset: int
    rows: list[Row]
    total: int
    """Rows in this view, exact."""
    positions: dict[str, Seq]


class MineFrame(Frame, tag="mine"):
    """My tickets, newest first, and on the first page whatever waits for a word of mine.

    ``ref`` is None when the server sends it by itself. ``before``: as it was asked for; without it, the page replaces
    what was there. ``more``: ask for those before this one; None: that is all.
    """

    ref: Ref | None
    rows: list[Row]
    before: Id | None = None
    more: Id | None = None


class TicketFrame(Frame, tag="ticket"):
    """A ticket's summary changed, or it is new. Number ``seq`` of this company's list; strictly ascending."""

    company: Id
    seq: Seq
    ticket: Summary
    fresh: bool
    """True when the ticket has just been opened: worth a sound."""


class MyTicket(Frame, tag="my_ticket"):
    """A ticket that is, or a moment ago was, under mine.

    It is while it is not done and it is assigned to me, waits for me, is offered to me, or I am one of its helpers.

    Reaches me whether available or not.
    """

    ticket: Summary
    hint: Hint


class HintFrame(Frame, tag="hint"):
    """What messages changed on a ticket of the shared list or of mine."""

    hint: Hint


class Counts(Frame, tag="counts"):
    """Tickets of one company per view; ``completed`` and ``all`` stop at 1,001 ("1,000+"), the others at
    10,001. At most once a second."""

    company: Id
    new: int
    active: int
    completed: int
    all: int


class Page(Frame, tag="page"):
    """A stretch of the transcript, ending at ``tail`` when ``more`` is false; live events follow from there."""

    ref: Ref
    ticket: Details
    epoch: str
    recovered: bool
    events: list[Numbered]
    more: bool
    older: bool
    tail: Seq
    read: ReadMarks


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
    event: StaffEntry


class SlowPath(Frame, tag="slow_path"):
    """The customer of a watched ticket chats without a WebSocket, over HTTP. Told again every 20 to 30 s meanwhile."""

    ticket: Id


class CustomerHere(Frame, tag="customer_here"):
    """Whether the customer of a watched ticket is connected. Told again every 25 s meanwhile; may be lost."""

    ticket: Id
    here: bool


class Back(Frame, tag="back"):
    """Until now I counted as gone, since then: my tickets may have been taken over, or gone back to the queue."""

    absent_since: Time


class Gone(Frame, tag="gone"):
    """A watched ticket is out of reach from now on (away, access taken): forget it."""

    ticket: Id


class AccessChanged(Frame, tag="access"):
    """My companies changed: ask for the lists again."""

    companies: list[Company]


class SignedOut(Frame, tag="signed_out"):
    """This session has ended; the socket closes."""


class SetupChanged(Frame, tag="setup_changed"):
    """An administrator has changed something: whoever shows it asks for it again. Null: not of one company."""

    noun: str
    id: Id
    company: Id | None


TechnicianFrame = (
    Welcome
    | MeFrame
    | Languages
    | Translates
    | SetupChanged
    | AvailabilityFrame
    | ListPage
    | MineFrame
    | TicketFrame
    | MyTicket
    | HintFrame
    | Counts
    | Page
    | OlderPage
    | EventFrame
    | SlowPath
    | CustomerHere
    | Back
    | Gone
    | AccessChanged
    | SignedOut
    | Ack
    | Done
    | RefusedFrame
    | Typing
    | Read
    | Heartbeat
    | Pong
    | GoingAway
)
