"""Bodies of the HTTP API (``/api/v1``). The routes that use them stand in server/http/."""

from typing import Annotated, Literal

from msgspec import Meta

from server.domain import limits, people
from server.domain.devices import DeviceClass
from server.domain.estimate import Wait
from server.domain.forms import Answer, FieldKey, FieldKind
from server.domain.ticket import Outcome
from server.protocol import customer, technician
from server.protocol.shared import (
    ClientId,
    DeviceHints,
    Email,
    Id,
    In,
    Lang,
    Name,
    Out,
    Reached,
    ReadMarks,
    Seq,
    SharedWith,
    Slug,
    Subject,
    Text,
    Time,
)
from server.protocol.technician import Comment

# --- errors ---------------------------------------------------------------------------------------------------------


class Problem(Out):
    """Every answer of 400 and above. ``code`` is stable; the same codes stand in ``refused`` frames."""

    code: str
    message: str
    field: str | None = None
    who: str | None = None
    retry_after_ms: int | None = None
    offset: int | None = None
    """offset: so many bytes of the upload are stored"""
    types: list[str] | None = None
    """file_type_not_allowed: what may be sent"""
    reason: str | None = None
    """file_content: mismatch, broken, active, macros, disguise, bomb, climbs, locked, binary, pixels or effort; of a
    set-up: why exactly, by a name that does not change"""
    values: dict[str, str] | None = None
    """of a set-up: what the sentence of the reason names"""


# --- the customer's side --------------------------------------------------------------------------------------------

Answers = Annotated[dict[FieldKey, Annotated[str, Meta(max_length=limits.TEXT_CHARS)]], Meta(max_length=50)]
Storage = Literal["cookie", "token"]
"""cookie: HttpOnly cookie for our own pages; token: in the answer, for native clients and as a fall-back."""


class FormField(Out):
    """One of the fields above the problem: whether the portal shows it and insists on it."""

    name: Literal["name", "email", "company", "company_code"]
    shown: bool
    required: bool


class PortalWays(Out):
    """Which ways in there are now."""

    form: bool
    technicians: bool
    keys: bool


class AskedOption(Out):
    """One of the answers of a choice."""

    key: str
    label: str


class AskedField(Out):
    """One question of an issue type. A file is asked for in the form, and sent as an upload once the ticket exists."""

    key: str
    kind: FieldKind
    label: str
    help: str | None
    required: bool
    options: list[AskedOption]
    least: float | None
    most: float | None


class OfferedType(Out):
    """What a ticket can be about, with what is asked then."""

    id: Id
    name: str
    fields: list[AskedField]


class OfferedPerson(Out):
    """Somebody whom a customer can choose."""

    id: Id
    name: str
    picture: str | None
    """Address of a small square picture."""
    available: bool


class ShownNotice(Out):
    """An important message of a portal. Of markup it has ``**bold**``, ``*italic*``, ``- `` lists, ``[words](https://…)``."""

    id: Id
    text: str
    lang: Lang
    machine_translated: bool
    expires_at: Time | None
    original: str | None
    """Of what a machine has made: what it was made from."""
    original_lang: Lang | None


class Portal(Out):
    """What a portal shows before anybody is known. Its texts are in the language that was asked for, where they can."""

    slug: Slug
    name: str
    company: str
    fields: list[FormField]
    accent: str
    """CSS colour #rrggbb"""
    languages: list[str]
    title: str | None
    """In the portal's own words; None: say what you find right."""
    welcome: str | None
    logo: str | None
    """Address of the picture."""
    ways: PortalWays
    issue_types: list[OfferedType]
    """Where there are any, one of them has to be chosen."""
    people: list[OfferedPerson]
    """In this order."""
    waiting: str | None
    """What it says to those who wait, beside their place."""
    tell_later: bool
    """Whoever waits may leave, and be told by e-mail (``PUT …/tell-later``)."""
    sign_in: Literal["off", "offered", "required"]
    """Accounts with a password. required: nobody else opens a ticket (``sign_in_required``)."""
    self_registration: bool
    """Newcomers make their account themselves."""
    share_with: bool
    """Who has signed in may let colleagues read and comment (S-23)."""
    open: bool
    """Closed: there is no way in but session keys, and no other is taken (``portal_closed``)."""
    opens_at: Time | None
    """While closed; None: nobody knows."""
    closes_at: Time | None
    """While open; None: it stays open."""
    disabled: bool
    """Closed for good; chats that run go on."""
    closed: str | None
    """While closed, in the portal's own words; ``{opens}`` stands for ``opens_at``."""
    notices: list[ShownNotice]
    """Important messages, newest first."""
    simple: bool
    """There is nothing but the form: no words of its own, no types, names, notices or accounts, and it is open."""


class OpenTicket(In):
    """Describe a problem: makes the ticket and, for a newcomer, the customer.

    The way in is what is chosen: ``issue_type`` (where the portal has any), ``technician`` or ``session_key``, at most
    one of them; nothing of it is the plain form.
    """

    client_id: ClientId
    subject: Subject
    description: Text
    name: Name | None = None
    email: Email | None = None
    company: Name | None = None
    company_code: Annotated[str, Meta(max_length=64)] | None = None
    issue_type: Id | None = None
    technician: Id | None = None
    session_key: Annotated[str, Meta(min_length=1, max_length=32)] | None = None
    answers: Answers = {}
    """By key of the field: of a choice the option's key, of files their names, one in a line."""
    lang: Lang | None = None
    device: DeviceHints | None = None
    storage: Storage = "token"


class CustomerSession(Out):
    """Who this browser or app is at a portal. ``known`` is false for a newcomer."""

    known: bool
    name: str | None = None
    verified: bool = False
    tickets: list[customer.CustomerTicket] = []
    languages: Reached = {}
    """Into which languages something can be translated now, from each."""
    token: str | None = None
    """The customer's bearer token; only with storage ``token``, only where it was made."""
    account: Id | None = None
    """Signed in with a password, as this account; ``email`` is its address."""
    email: str | None = None


class Opened(Out):
    """The new ticket. ``resume`` is the secret of its resume link, ``/p/<portal>#resume=<it>``."""

    ticket: customer.CustomerTicket
    ahead: int
    resume: str
    token: str | None = None


class JoinedByKey(Out):
    """The chat that a key opened. ``resume`` is the secret of its resume link, with which this device may come back."""

    ticket: customer.CustomerTicket
    resume: str
    token: str | None = None
    """The customer's bearer token; only with storage ``token``."""


class Identify(In):
    """A signed identity from the embedding site: JWT, HS256; ``sub``, ``exp`` within 1 h, ``name``, ``email``."""

    jwt: Annotated[str, Meta(max_length=4096)]
    device: DeviceHints | None = None
    storage: Storage = "token"


class Resume(In):
    """Come back to a ticket on another device."""

    resume: Annotated[str, Meta(max_length=256)]
    device: DeviceHints | None = None
    storage: Storage = "token"


class JoinByKey(In):
    """Go on with a chat on this device as well, by the key that another one shows."""

    key: Annotated[str, Meta(min_length=1, max_length=32)]
    device: DeviceHints | None = None
    storage: Storage = "token"


# --- customers who sign in --------------------------------------------------------------------------------------------

Password = Annotated[str, Meta(max_length=128, description="A customer's; what it must be is said by the server.")]


class CustomerSignIn(In):
    """E-mail address and password of a customer's account (S-01)."""

    email: Email
    password: Password
    take_along: bool = False
    """Tickets that this browser has opened at this portal without signing in become the account's."""
    device: DeviceHints | None = None
    storage: Storage = "token"


class Register(In):
    """A new account, where the portal lets newcomers make their own."""

    email: Email
    name: Name
    password: Annotated[str, Meta(min_length=12, max_length=128)]
    take_along: bool = False
    device: DeviceHints | None = None
    storage: Storage = "token"


class PasswordLink(In):
    """The secret of a link with which a password is chosen, ``/p/<portal>#invitation=<it>``."""

    link: Annotated[str, Meta(min_length=1, max_length=256)]


class Invitation(Out):
    """Whose link it is."""

    email: str
    name: str


class ChoosePassword(In):
    """Follow such a link, once."""

    link: Annotated[str, Meta(min_length=1, max_length=256)]
    password: Annotated[str, Meta(min_length=12, max_length=128)]
    take_along: bool = False
    device: DeviceHints | None = None
    storage: Storage = "token"


class OwnTicketsQuery(In):
    """Which ones."""

    before: Id | None = None
    """older than this ticket, the last one of the page before"""
    key: Annotated[str, Meta(max_length=40)] | None = None
    """the one with this key: ACME-12"""


class OwnTickets(Out):
    """Newest first."""

    tickets: list[customer.CustomerTicket]
    more: bool


class Share(In):
    """Who is to read and comment: the address of an account of the same company."""

    email: Email


class Shares(Out):
    """Who reads a ticket."""

    owner: SharedWith | None
    """whose ticket it is; None: of somebody who has not signed in with a password"""
    shares: list[SharedWith]
    """by name"""


class ResumeLink(Out):
    """The secret of a ticket's resume link."""

    resume: str


class CustomerMessage(In):
    """Write to the technician."""

    client_id: ClientId
    text: Text


class CustomerRead(In):
    """I have read up to this event."""

    event: Id


class Sent(Out):
    """Stored for good."""

    id: Id
    seq: Seq


class CustomerEvents(Out):
    """Events after a number, in order. ``recovered`` false: ``events`` are the last 50 instead (see protocol.md)."""

    epoch: str
    recovered: bool
    events: list[customer.Numbered]
    more: bool
    tail: Seq
    ticket: customer.CustomerTicket
    ahead: int | None
    """How many wait before this ticket; None when it does not wait (any more)."""
    read: ReadMarks
    wait: Wait | None
    """How long that usually takes; None where too little was measured to say so."""
    languages: Reached
    """Into which languages something can be translated now, from each."""
    answers: list[Answer] = []
    """What I answered in the form."""


class TellLater(In):
    """I leave; this is where to write to. Of somebody whose identity was signed, that address counts."""

    email: Email


class CustomerTranscript(Out):
    """My whole transcript, as JSON."""

    ticket: customer.CustomerTicket
    answers: list[Answer]
    events: list[customer.Numbered]


class WaitForNews(In):
    """This notice is about my problem: I leave the queue, and wait for news of it."""

    notice: Id


# --- languages, for both sides ----------------------------------------------------------------------------------------


class Language(In):
    """What somebody reads and writes; its region does not matter."""

    lang: Lang


# --- files, for both sides ------------------------------------------------------------------------------------------

UploadState = Literal["receiving", "checking", "held", "done", "refused", "cancelled"]
"""held: it waits for the virus scanner."""


class UploadPolicy(Out):
    """What I may send into this ticket from this device."""

    types: list[str]
    """Extensions: .jpeg …"""
    accept: str
    """For the attribute ``accept`` of a file field."""
    converts: bool
    """Whether HEIC, WebP and AVIF are taken too; they become JPEG or PNG."""
    max_bytes: int
    image_max_bytes: int
    max_pixels: int
    device_class: DeviceClass | None
    """What the server takes this device for; None for technicians, whose device does not matter."""
    may_send: bool
    why_not: str | None
    """The rule that would refuse a file now: chat_ended, not_joined …"""
    scanner: bool
    """Whether files are looked at by a virus scanner."""


class NewUpload(In):
    """A file that I am going to send in pieces."""

    cleaned = ("name",)

    client_id: ClientId
    name: Annotated[str, Meta(min_length=1, max_length=1024)]
    """As the device says; what is shown has no path, nothing invisible, and one line."""
    size: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    original_of: Id | None = None
    """The picture, sent before, that was made smaller of this one."""


class Upload(Out):
    """How far an upload is."""

    id: Id
    """Of the file, too, once it is accepted."""
    name: str
    size: int
    offset: int
    """Bytes that are stored for good."""
    state: UploadState
    event: Id | None = None
    """done: the line of the transcript"""
    seq: Seq | None = None
    """done: and its number"""
    code: str | None = None
    """refused: why; the codes of ``Problem``"""
    reason: str | None = None
    """file_content: which of the reasons of ``Problem``"""
    message: str | None = None


class Handover(Out):
    """A key with which another device goes on with this chat: once, within ten minutes."""

    key: str
    """Eight letters and digits that are not mixed up when they are read out; case and blanks do not matter."""
    url: str
    """For a QR code. The key stands in the fragment, which no server and no log gets."""
    expires_at: Time
    life_ms: int
    """The same for a device whose clock is wrong: so long from now."""


# --- the technician's side: what is said to customers ---------------------------------------------------------------


class StaffNotice(Out):
    """An important message that portals show now, as it was written."""

    id: Id
    company: Id
    portals: list[Slug]
    name: str
    text: str
    lang: Lang
    expires_at: Time | None
    waiting: int
    """How many have said that this is their problem, and wait for news."""


class PortalHours(Out):
    """Whether a portal is open, how long somebody may wait there, and whether customers sign in with a password."""

    portal: Slug
    company: Id
    open: bool
    opens_at: Time | None
    closes_at: Time | None
    amber_minutes: int
    """A customer who waits longer than this for an answer is marked."""
    red_minutes: int
    accounts: bool


class DeskNews(Out):
    """What customers of my companies are told now: ask again after ``setup_changed`` of a notice, schedule, portal."""

    notices: list[StaffNotice]
    portals: list[PortalHours]


# --- the technician's side ------------------------------------------------------------------------------------------


class SignIn(In):
    """E-mail and password; ``code`` where the account has TOTP (refused with ``code_required`` until it is there).

    A one-time password that is too old is refused with ``password_expired``.
    """

    email: Annotated[str, Meta(max_length=limits.EMAIL_CHARS)]
    password: Annotated[str, Meta(max_length=128)]
    code: Annotated[str, Meta(pattern="^[0-9]{6}$")] | None = None


class SignedIn(Out):
    """The new session is in the cookie."""

    me: technician.Me
    must_change_password: bool
    """It was a one-time password: only ``POST /api/v1/me/password`` and sign-out are open until it is changed."""


class NewPassword(In):
    """Change my password; every other session of mine ends."""

    current: Annotated[str, Meta(max_length=128)]
    new: Annotated[str, Meta(min_length=12, max_length=128)]


class TotpStart(Out):
    """Show ``uri`` as a QR code or ``secret`` as text; it counts from ``POST /api/v1/me/totp/confirm`` on."""

    secret: str
    uri: str


class TotpCode(In):
    """Six digits from the authenticator."""

    code: Annotated[str, Meta(pattern="^[0-9]{6}$")]


class TotpOff(In):
    """Switch the second factor off."""

    password: Annotated[str, Meta(max_length=128)]


class Availability(In):
    """My availability."""

    state: people.Availability


class StaffMessage(In):
    """Write to the customer, or a note."""

    client_id: ClientId
    text: Text


class CloseTicket(In):
    """Close, with an optional outcome."""

    outcome: Outcome | None = None


class NewOffer(In):
    """Offer a ticket to a team or a technician; exactly one of the two."""

    team: Id | None = None
    technician: Id | None = None
    comment: Comment | None = None


class Colleague(In):
    """A technician."""

    technician: Id


class NewInvitation(In):
    """Ask a colleague into a chat."""

    technician: Id
    comment: Comment | None = None


class DirectoryPerson(Out):
    """A colleague, with those of my companies that he sees. ``reachable``: available, and there."""

    id: Id
    name: str
    companies: list[Id]
    reachable: bool


class DirectoryTeam(Out):
    """A team of one of my companies. ``supervised``: by me."""

    id: Id
    company: Id
    name: str
    members: list[Id]
    supervised: bool


class DirectoryQueue(Out):
    """Where tickets wait: of a portal, a team or a technician; ``name`` is that one's."""

    id: Id
    company: Id
    kind: Literal["portal", "team", "technician"]
    owner: Id
    name: str


class Directory(Out):
    """Who and what there is in my companies."""

    people: list[DirectoryPerson]
    teams: list[DirectoryTeam]
    queues: list[DirectoryQueue]


class Tickets(Out):
    """A window of the shared list."""

    rows: list[technician.Row]
    total: int
    positions: dict[str, Seq]


class MyTickets(Out):
    """My tickets, newest first. ``more``: ask for those before this one; None: that is all."""

    rows: list[technician.Row]
    more: Id | None


class StaffEvents(Out):
    """Events after a number, in order, notes included."""

    epoch: str
    recovered: bool
    events: list[technician.Numbered]
    more: bool
    tail: Seq


class StaffTranscript(Out):
    """The whole transcript, as JSON; with or without notes."""

    ticket: technician.Details
    events: list[technician.Numbered]


class Hit(Out):
    """A ticket that a search found, and where. ``event`` is None when key, customer or subject matched."""

    ticket: technician.Summary
    event: Id | None
    at: Time
    snippet: str
    """Plain text; the matching words stand between U+E000 and U+E001."""


class Hits(Out):
    """Results, exact key first, then newest first; at most 50."""

    hits: list[Hit]
    more: bool


class NewToken(In):
    """Make a bearer token for an integration; it can do what I can, and no more."""

    name: Name


class Token(Out):
    """Shown once."""

    id: Id
    token: str


class TokenInfo(Out):
    """One of my tokens, without the token."""

    id: Id
    name: str
    created_at: Time
    used_at: Time | None
    """Within a minute."""


class Tokens(Out):
    """My tokens, oldest first."""

    tokens: list[TokenInfo]


# --- session keys -----------------------------------------------------------------------------------------------------


class NewSessionKey(In):
    """A key with which one customer comes in through a portal, to me."""

    portal: Slug
    minutes: Annotated[int, Meta(ge=1, le=10_080)] | None = None
    """How long it can be used, at most a week; None: as the portal says. What it opens may last longer."""
    note: Annotated[str, Meta(max_length=200)] | None = None
    """For whom it is; only I read it."""


class SessionKey(Out):
    """A key that I have made; the key itself was shown once."""

    id: Id
    portal: Slug
    portal_name: str
    note: str | None
    created_at: Time
    expires_at: Time
    used_at: Time | None
    ticket_id: Id | None
    ticket: str | None
    """Key of the ticket that came of it."""


class MadeKey(Out):
    """The new key, and all that it was made with. ``key`` and ``url`` are shown once."""

    key: str
    """Eight letters and digits that are not mixed up when they are read out: ``K7MR-2XPD``."""
    url: str
    """For a message. The key stands in the fragment, which no server and no log gets."""
    session_key: SessionKey


class KeyPortal(Out):
    """A portal for which I can make keys."""

    slug: Slug
    name: str
    company: str
    minutes: int
    """How long a key can be used where I say nothing else."""
    languages: list[str]


class SessionKeys(Out):
    """My keys that can be used or were used within the last hour, newest first; and what I can make more for."""

    keys: list[SessionKey]
    portals: list[KeyPortal]


class TypedKey(In):
    """A key as somebody has typed it; case, blanks and hyphens do not matter."""

    key: Annotated[str, Meta(min_length=1, max_length=32)]


class KeyFound(Out):
    """What a key is. It has not been used up."""

    kind: Literal["session", "device"]
    """session: it opens a ticket (``session_key`` there); device: it joins a chat (``POST …/handover``)"""
    technician: str | None
    """session: to whom it leads"""
    expires_at: Time | None
    """session: when it is worth nothing any more, used or not"""
