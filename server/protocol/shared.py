"""Types that both audiences use. Nothing here may hold what only a technician may see."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from server.domain import limits, texts
from server.domain.devices import DeviceClass
from server.domain.ids import ID_PATTERN
from server.domain.people import AuthorRole, Side
from server.domain.ticket import Chat, Outcome, Status

VERSION = 1
"""Version of the protocol; it is in the socket's path (``/ws/v1/…``)."""

Id = Annotated[str, Meta(pattern=ID_PATTERN)]
ClientId = Annotated[
    str,
    Meta(
        pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        description="UUID that the client makes once for what it creates; the same again gives the same answer.",
    ),
]
Ref = Annotated[int, Meta(ge=0, le=2**53 - 1, description="Client's number of this command; the reply carries it.")]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1, description="Position in a ticket's transcript, per audience, gap-free.")]
LAST_TIME = 253_402_300_799_999
"""The end of the year 9999: neither Python nor the databases know a later one, and a larger number fits nowhere."""
Time = Annotated[int, Meta(ge=0, le=LAST_TIME, description="Milliseconds since 1970, UTC.")]
Text = Annotated[str, Meta(min_length=1, max_length=limits.TEXT_CHARS)]
Subject = Annotated[str, Meta(min_length=1, max_length=limits.SUBJECT_CHARS)]
Name = Annotated[str, Meta(min_length=1, max_length=limits.NAME_CHARS)]
Email = Annotated[str, Meta(max_length=limits.EMAIL_CHARS, pattern=r"^[^@\s]+@[^@\s]+$")]
Slug = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
Lang = texts.Lang
Reached = dict[Lang, list[Lang]]
Stream = Annotated[
    str,
    Meta(
        pattern="^[0-9a-f]{32}$",
        description="Random id made by one tab; its messages carry n = 1, 2, 3 … without holes.",
    ),
]
StreamNumber = Annotated[int, Meta(ge=1, le=2**53 - 1)]


class In(msgspec.Struct, forbid_unknown_fields=True):
    """Base of what comes in: unknown fields are errors.

    ``cleaned``: names of files, which are somebody else's: taken as they are, and made plain by whoever reads them.
    """

    cleaned: ClassVar[tuple[str, ...]] = ()
    outgoing: ClassVar[bool] = False
    """What goes out with all that came in, and more."""


class Out(msgspec.Struct):
    """Base of what goes out: receivers ignore fields they do not know."""


class DeviceHints(In):
    """What the page or a native client knows of its device and a user agent does not tell."""

    max_touch_points: Annotated[int, Meta(ge=0, le=256)] = 0
    platform: Annotated[str, Meta(max_length=64)] = ""
    """navigator.platform or userAgentData.platform"""
    mobile: bool = False
    """userAgentData.mobile"""
    device_class: DeviceClass | None = None
    """Declared by native clients only; a browser's declaration is ignored."""
    os: Annotated[str, Meta(max_length=64)] = ""
    app: Annotated[str, Meta(max_length=64)] = ""


class Author(Out):
    """Who wrote or did something. ``id`` is filled for technicians' eyes only."""

    role: AuthorRole
    name: str
    id: str | None = None


# --- one line of a transcript; `kind` says which --------------------------------------------------------------------


class Entry(Out, tag_field="kind", kw_only=True):
    """Base of the lines of a transcript. ``id`` is the same for both audiences."""

    id: Id
    at: Time


class Message(Entry, tag="message"):
    """Somebody wrote to the other side."""

    author: Author
    text: str
    client_id: str | None = None
    """The sender's own id, so that a client recognises what it sent."""


class File(Out, kw_only=True):
    """A file that was accepted. Where its bytes are: ``…/tickets/<ticket>/files/<id>``."""

    id: Id
    name: str
    media_type: str
    size: int
    width: int | None = None
    """Of a picture, which can be shown: ``…/picture``."""
    height: int | None = None
    thumbnail: bool = False
    """Whether there is a small one: ``…/thumbnail``."""
    scanned: bool | None = None
    """False: the virus scanner did not answer, and files may pass without it. None: there is no scanner."""
    original_of: Id | None = None
    """The picture, sent before, that was made smaller of this one."""


class FileSent(Entry, tag="file"):
    """Somebody sent a file to the other side."""

    author: Author
    file: File
    client_id: str | None = None
    """The sender's own id, so that a client recognises what it sent."""


class DeviceJoined(Entry, tag="device_joined"):
    """The customer goes on with this chat on one more device, by a key."""

    author: Author
    device_class: DeviceClass
    key_by: Side
    """Which side had made the key."""


class StateEntry(Entry, kw_only=True):
    """A line that changed the ticket's state; it carries the state after it."""

    author: Author
    status: Status
    chat: Chat
    reader: Lang | None = None
    """The language of the technician who is in the chat after it, where messages are translated."""


class Joined(StateEntry, tag="joined"):
    """A technician joined the chat."""


class Left(StateEntry, tag="left"):
    """The technician left the chat by giving the ticket back."""


class Came(Entry, tag="came", kw_only=True):
    """Another technician, whom the one in the chat has invited, has come."""

    author: Author


class Went(Entry, tag="went", kw_only=True):
    """A technician who was invited has left the chat."""

    author: Author


class ChatEnded(StateEntry, tag="chat_ended"):
    """The chat was ended by ``author``."""


class ChatResumed(StateEntry, tag="chat_resumed"):
    """The customer goes on with an ended chat, or a technician undid End chat."""


class Closed(StateEntry, tag="closed", kw_only=True):
    """The ticket was closed."""

    outcome: Outcome | None = None


class Reopened(StateEntry, tag="reopened"):
    """The ticket was opened again."""


class PortalClosed(StateEntry, tag="portal_closed", kw_only=True):
    """The portal has closed while the customer waits in a queue; the ticket keeps its place (B-63)."""

    opens_at: Time | None
    """When it opens next; None: nobody knows."""


class WaitsForNews(StateEntry, tag="waits_for_news", kw_only=True):
    """The customer has found his problem in a notice and has left the queue; he can go on at any time (B-50)."""

    notice: Id


class News(StateEntry, tag="news", kw_only=True):
    """Of the notice for whose news the customer waits: it says something else, or it is over. Is the problem, too?"""

    notice: Id
    change: Literal["changed", "over"]


class StatusChanged(StateEntry, tag="status"):
    """The status changed, and nothing else that this audience may know."""


TranslationState = Literal["done", "skipped", "failed"]
"""skipped: there is nothing to translate, or nobody who could; failed: the original has to do."""
WhyNot = Literal[
    "same_language",
    "nothing_to_translate",
    "unknown_language",
    "no_pair",
    "busy",
    "too_long",
    "bad_output",
    "engine",
]
"""Why there is no translation: the first four are of skipped ones, the others of failed ones."""


class Translation(Entry, tag="translation", kw_only=True):
    """What a machine made of an earlier message, or of the subject, in one language.

    Of several with the same ``of`` and ``lang`` the last one counts. The text is as little trusted as any message.
    """

    author: Author
    """``system``"""
    of: Id | None
    """The message; None: the ticket's subject."""
    lang: Lang
    source: Lang | None
    """The language that the original was taken for."""
    state: TranslationState
    text: str = ""
    """Only of what is done."""
    via: Lang | None = None
    """Translated twice, by way of this language."""
    reason: WhyNot | None = None
    """Only of what is not done."""


class LanguageChanged(Entry, tag="language", kw_only=True):
    """The customer reads and writes ``lang`` from here on: somebody said so, or (``system``) his messages did."""

    author: Author
    lang: Lang


class Shared(Entry, tag="shared", kw_only=True):
    """From here on a colleague of the customer reads and comments this ticket, or does so no more."""

    author: Author
    name: str
    """the colleague's"""
    on: bool


class TellLater(Entry, tag="tell_later", kw_only=True):
    """The customer leaves, and wants to be told by e-mail."""

    author: Author


class Stays(Entry, tag="stays", kw_only=True):
    """The customer, who had wanted to leave, waits here after all."""

    author: Author


# --- frames that both audiences get ---------------------------------------------------------------------------------


class Ack(Out, tag_field="type", tag="ack"):
    """What command ``ref`` sent is stored for good: as event ``id`` with number ``seq`` of the receiver's audience."""

    ref: Ref
    id: Id
    seq: Seq


class Done(Out, tag_field="type", tag="done"):
    """Command ``ref`` was carried out."""

    ref: Ref


class RefusedFrame(Out, tag_field="type", tag="refused"):
    """Command ``ref`` was not carried out and changed nothing. ``code`` is stable, ``message`` is for people."""

    ref: Ref
    code: str
    message: str
    who: str | None = None
    """already_assigned: the public name of who was faster"""
    resend_from: StreamNumber | None = None
    """resend_from: the first number that is missing"""
    retry_after_ms: int | None = None
    field: str | None = None


class Typing(Out, tag_field="type", tag="typing"):
    """Somebody is typing; it holds for 6 s or until that person's next message."""

    ticket: Id
    author: Author


class Languages(Out, tag_field="type", tag="languages"):
    """What can be translated is something else from now on: as ``languages`` in ``welcome``."""

    languages: Reached


class Read(Out, tag_field="type", tag="read"):
    """A side has read up to and including this event. Monotone."""

    ticket: Id
    by: Side
    event: Id
    seq: Seq
    """that event's number for the receiver's audience"""


class Heartbeat(Out, tag_field="type", tag="heartbeat"):
    """Every 25 s, with the last number of each watched ticket: a client that is behind watches again."""

    tails: dict[str, Seq]


class Pong(Out, tag_field="type", tag="pong"):
    """Answer to ping."""


class GoingAway(Out, tag_field="type", tag="going_away"):
    """The server stops: come back after this delay (already jittered)."""

    retry_after_ms: int


class ReadMarks(Out):
    """How far each side has read: event ids, or None."""

    customer: Id | None = None
    technician: Id | None = None


class SharedWith(Out):
    """A colleague of the customer who reads and comments a ticket (S-23)."""

    account: Id
    name: str
    email: str
