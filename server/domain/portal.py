"""What an administrator can set about a portal, and the checks of what a customer fills in."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from server.domain.files import FileRules
from server.domain.ids import ID_PATTERN
from server.domain.texts import Lines, Paragraphs
from server.errors import BadInput

FieldName = Literal["name", "email", "company", "company_code"]
FIELDS: Final[tuple[FieldName, ...]] = ("name", "email", "company", "company_code")

PAGE_LANGUAGES: Final = ("en", "fr", "ru", "nl")
"""What our pages have texts in."""

Origin = Annotated[str, Meta(pattern=r"^https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[0-9]{1,5})?\Z")]
"""Scheme, host and port, as a browser writes them. It becomes part of a Content-Security-Policy."""
IdentitySecret = Annotated[str, Meta(min_length=32)]
"""HS256 wants 256 bits (RFC 7518, 3.2)."""
PictureId = Annotated[str, Meta(pattern=ID_PATTERN)]
ReturnSeconds = Annotated[int, Meta(ge=45, le=86_400)]
"""It takes up to 45 s to be sure that somebody is gone."""


class FieldSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a field of the form is shown, and insisted on (B-31, B-32)."""

    shown: bool = True
    required: bool = False


class Ways(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which doors a portal has (B-02). Session keys work while it is closed, too (B-61)."""

    form: bool = True
    """describe a problem"""
    technicians: bool = False
    """choose a technician's name from the list (B-33)"""
    only_available: bool = True
    """The list shows only who can be reached now."""
    keys: bool = True
    """type a session key"""


class PortalTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a portal says in its own words, by language; empty: our words, or nothing."""

    title: Lines = {}
    """above the form"""
    welcome: Paragraphs = {}
    """below the title"""
    closed: Paragraphs = {}
    """while closed; ``{opens}`` stands for the next opening"""
    greeting: Paragraphs = {}
    """first line of a chat; ``{name}``, ``{key}`` and ``{portal}`` stand for the customer's, the ticket's and ours"""
    waiting: Paragraphs = {}
    """beside the place in the queue"""


class PortalSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What administrators see and set of a portal. Part of PortalSettings: what is said there of fields holds here."""

    fields: dict[FieldName, FieldSetting] = msgspec.field(
        default_factory=lambda: {
            "name": FieldSetting(required=True),
            "email": FieldSetting(),
            "company": FieldSetting(),
            "company_code": FieldSetting(shown=False),
        }
    )
    accent: Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}\Z")] = "#2456c9"
    languages: list[str] = msgspec.field(default_factory=lambda: [*PAGE_LANGUAGES])
    origins: list[Origin] = msgspec.field(default_factory=list)
    """Sites that may embed the widget, as origins: https://www.example.com"""
    files: FileRules = FileRules()
    return_to_queue_seconds: ReturnSeconds | None = None
    """A ticket whose assignee has been gone this long goes back to the queue; None: it stays, and can be taken over."""
    translation: bool = False
    """Messages are translated where customer and technician have different languages."""
    ways: Ways = Ways()
    texts: PortalTexts = PortalTexts()
    logo: PictureId | None = None
    sign_in: Literal["off", "offered", "required"] = "off"
    """Accounts of customers, with e-mail address and password (S-01)."""
    self_registration: bool = False
    """Whether newcomers make their account themselves; else they are invited."""
    share_with: bool = True
    """Whether a customer may let a colleague of the same company read and comment (S-23)."""
    key_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 10
    """How long a session key can be used, where whoever makes it says nothing else (G-36)."""
    amber_minutes: Annotated[int, Meta(ge=1, le=1_440)] = 5
    """A customer who waits longer than this for an answer is marked in the console."""
    red_minutes: Annotated[int, Meta(ge=1, le=1_440)] = 15
    tell_later: bool = False
    """Whoever waits is offered to leave and to be told by e-mail later."""
    automatic: bool = False
    """Tickets that wait in the portal's own queue are given to whoever has been idle longest (C-07)."""

    @property
    def shares(self) -> bool:
        """Whether somebody can share a ticket here: it takes an account."""
        return self.share_with and self.sign_in != "off"


class PortalSettings(PortalSetup, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Settings of one portal. Stored as JSON: new fields need defaults, and no field ever changes its meaning."""

    identity_secrets: Annotated[list[IdentitySecret], Meta(max_length=2)] = msgspec.field(default_factory=list)
    """Secrets that sign identities (JWT, HS256): two, so that one can be replaced while in use. Never shown again."""


def check_fields(settings: PortalSettings, given: dict[FieldName, str | None]) -> dict[FieldName, str | None]:
    """What the customer filled in, without the fields that the portal does not show.

    Raises BadInput naming the first required field that is empty.
    """
    kept: dict[FieldName, str | None] = {}
    for name in FIELDS:
        setting = settings.fields.get(name, FieldSetting(shown=False))
        value = (given.get(name) or "").strip() or None
        if not setting.shown:
            value = None
        elif setting.required and value is None:
            raise BadInput("This field is required.", field=name)
        kept[name] = value
    return kept
