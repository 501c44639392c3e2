"""What administrators read and write: the nouns of a set-up, each as a draft (written) and an item (read).

``version`` of an item is raised by each change; the header If-Match may carry the one that was seen.

The routes are the same for all of them: ``/api/v1/admin/<nouns>`` (http/administration.py), and so are the words of the
command line (cli/nouns.py). Nested parts with rules of their own stand in domain/: portal, forms, schedule.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from server.domain.forms import Field
from server.domain.people import Role
from server.domain.portal import PortalSetup
from server.domain.schedule import ExceptionalDays, Hours
from server.domain.texts import Lines, Paragraphs
from server.protocol.shared import Email, Id, In, Lang, Name, Out, Slug, Time

NounName = Literal[
    "company",
    "portal",
    "technician",
    "team",
    "issue_type",
    "form",
    "schedule",
    "notice",
    "canned_reply",
    "customer_account",
]
Host = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$",
        max_length=253,
        description="A host name in small letters, without port: help.example.com.",
    ),
]
KeyPrefix = Annotated[str, Meta(pattern="^[A-Z][A-Z0-9]{1,9}$")]
Label = Annotated[str, Meta(min_length=1, max_length=120)]
NoticeText = Annotated[str, Meta(min_length=1, max_length=1_020, description="B-51.")]


class CompanyDraft(In, kw_only=True):
    """A company: customers, tickets and set-up of one do not know of another."""

    slug: Slug
    name: Name


class Company(CompanyDraft, kw_only=True):
    """A company."""

    outgoing = True

    id: Id
    version: int


class PortalDraft(In, kw_only=True):
    """A portal: the public door of a company."""

    company: Id
    """Cannot be changed later."""
    slug: Slug
    """Its address: /p/<slug>."""
    name: Name
    key_prefix: KeyPrefix
    """What keys of new tickets begin with."""
    hosts: Annotated[list[Host], Meta(max_length=20)] = []
    """Host names whose first page is this portal (B-08)."""
    disabled: bool = False
    """Nobody can open a ticket; running chats go on."""
    schedule: Id | None = None
    """None: always open."""
    fallback_team: Id | None = None
    """Where a ticket waits whose team or person cannot take it; None: in the portal's own queue (B-72)."""
    setup: PortalSetup = PortalSetup()


class PortalItem(PortalDraft, kw_only=True):
    """A portal."""

    outgoing = True

    id: Id
    version: int
    identity_secrets: int
    """How many secrets sign identities; they are never shown again."""


class TechnicianDraft(In, kw_only=True):
    """A person who answers."""

    email: Email
    name: Name
    """what colleagues read"""
    public_name: Name
    """what customers read"""
    role: Role = "technician"
    companies: list[Id] = []
    """whose tickets this person may see"""
    disabled: bool = False
    language: Lang | None = None
    """what this person reads and writes"""
    listed: bool = False
    """whether portals that show names show this one (B-33)"""
    display_no: Annotated[int, Meta(ge=0, le=9_999)] = 100
    """place in that list: small numbers first, then names"""
    picture: Id | None = None
    capacity: Annotated[int, Meta(ge=1, le=50)] = 3
    """chats at a time that are given to this person automatically"""


class TechnicianItem(TechnicianDraft, kw_only=True):
    """A person who answers."""

    outgoing = True

    id: Id
    version: int
    second_factor: bool
    one_time_password: str | None = None
    """Only in the answer that made the account, or a new password for it. It is shown once."""


class Member(msgspec.Struct, forbid_unknown_fields=True):
    """Somebody in a team."""

    technician: Id
    supervisor: bool = False
    """sees and reassigns the team's tickets"""


class TeamDraft(In, kw_only=True):
    """A team, with a queue of its own."""

    company: Id
    """Cannot be changed later."""
    name: Label
    automatic: bool = False
    """Tickets in the team's queue are given to the member who has been idle longest (C-07)."""
    members: Annotated[list[Member], Meta(max_length=500)] = []
    """Technicians with access to the company."""


class Team(TeamDraft, kw_only=True):
    """A team, with a queue of its own."""

    outgoing = True

    id: Id
    version: int


class IssueTypeDraft(In, kw_only=True):
    """What a customer chooses from, before the form (B-30)."""

    portal: Id
    """Cannot be changed later."""
    names: Lines
    """by language"""
    position: Annotated[int, Meta(ge=0, le=9_999)] = 100
    hidden: bool = False
    priority: Annotated[int, Meta(ge=-1, le=2, description="-1 low, 0 normal, 1 high, 2 urgent.")] = 0
    form: Id | None = None
    team: Id | None = None
    technician: Id | None = None
    """Where its tickets wait: with a team or a person, not both; neither: in the portal's own queue."""


class IssueType(IssueTypeDraft, kw_only=True):
    """What a customer chooses from, before the form (B-30)."""

    outgoing = True

    id: Id
    version: int
    company: Id


class FormDraft(In, kw_only=True):
    """Questions that an issue type asks."""

    company: Id
    """Cannot be changed later."""
    name: Label
    fields: Annotated[list[Field], Meta(max_length=50)] = []


class Form(FormDraft, kw_only=True):
    """Questions that an issue type asks."""

    outgoing = True

    id: Id
    version: int


class ScheduleDraft(In, kw_only=True):
    """When portals are open."""

    company: Id
    """Cannot be changed later."""
    name: Label
    time_zone: Annotated[str, Meta(min_length=1, max_length=64)]
    """As in the IANA database: Europe/Amsterdam."""
    hours: Annotated[list[Hours], Meta(max_length=50)] = []
    exceptions: Annotated[list[ExceptionalDays], Meta(max_length=200)] = []


class Schedule(ScheduleDraft, kw_only=True):
    """When portals are open."""

    outgoing = True

    id: Id
    version: int


class NoticeDraft(In, kw_only=True):
    """An important message of portals (B-50)."""

    company: Id
    """Cannot be changed later."""
    portals: Annotated[list[Id], Meta(max_length=100)] = []
    name: Label
    """for colleagues; customers do not see it"""
    lang: Lang
    """in which the text is written"""
    text: NoticeText
    """``**bold**``, ``*italic*``, ``- `` lists and ``[words](https://…)``; all else is plain text."""
    texts: dict[Lang, NoticeText] = {}
    """in other languages, where somebody has written it; the rest is translated, where the portal translates"""
    expires_at: Time | None = None
    """None: never"""


class Notice(NoticeDraft, kw_only=True):
    """An important message of portals (B-50)."""

    outgoing = True

    id: Id
    version: int
    created_at: Time
    waiting: int
    """How many customers have said that this is their problem, and wait for news."""


class CannedReplyDraft(In, kw_only=True):
    """Words that technicians use again and again."""

    company: Id
    """Cannot be changed later."""
    category: Label
    title: Label
    texts: Paragraphs
    """By language. ``{customer}``, ``{me}``, ``{key}`` and ``{portal}`` are filled in."""


class CannedReply(CannedReplyDraft, kw_only=True):
    """Words that technicians use again and again."""

    outgoing = True

    id: Id
    version: int


class CustomerAccountDraft(In, kw_only=True):
    """A customer who signs in with a password (S-01)."""

    company: Id
    """Cannot be changed later."""
    email: Email
    name: Name
    disabled: bool = False


class CustomerAccount(CustomerAccountDraft, kw_only=True):
    """A customer who signs in with a password (S-01)."""

    outgoing = True

    id: Id
    version: int
    has_password: bool
    """false: invited, and has not come yet"""
    link: str | None = None
    """Only in the answer that made it: the address where the person chooses a password, once. It is shown once."""


class Picture(Out):
    """A picture that was taken, small and made anew: ``/pictures/<id>``. Who uses it within a day keeps it."""

    id: Id


class IdentitySecret(Out):
    """A secret that signs identities (JWT, HS256). It is shown once."""

    secret: str


class FieldChange(Out):
    """One field that was changed, as JSON. Null: there was none before, or is none now."""

    field: str
    before: str | None
    after: str | None


class Change(Out):
    """A line of the audit log."""

    id: int
    at: Time
    actor: str
    """Name of the technician, or ``command line``."""
    noun: str
    object: Id
    name: str
    """Of what was changed, as it was called then."""
    action: Literal["added", "changed", "removed"]
    company: Id | None
    changes: list[FieldChange]


class Changes(Out):
    """Newest first."""

    changes: list[Change]
    more: bool


class Companies(Out):
    """By name."""

    items: list[Company]


class Portals(Out):
    """By address."""

    items: list[PortalItem]


class Technicians(Out):
    """By name."""

    items: list[TechnicianItem]


class Teams(Out):
    """By name."""

    items: list[Team]


class IssueTypes(Out):
    """By portal and position."""

    items: list[IssueType]


class Forms(Out):
    """By name."""

    items: list[Form]


class Schedules(Out):
    """By name."""

    items: list[Schedule]


class Notices(Out):
    """Newest first."""

    items: list[Notice]


class CannedReplies(Out):
    """By category and title."""

    items: list[CannedReply]


class CustomerAccounts(Out):
    """A page, by address."""

    items: list[CustomerAccount]
    more: bool
    """whether there are others after the last one: ask with its id as ``after``"""


LISTS: Final[dict[NounName, type[Out]]] = {
    "company": Companies,
    "portal": Portals,
    "technician": Technicians,
    "team": Teams,
    "issue_type": IssueTypes,
    "form": Forms,
    "schedule": Schedules,
    "notice": Notices,
    "canned_reply": CannedReplies,
    "customer_account": CustomerAccounts,
}
"""How a list of a noun's items is told."""
