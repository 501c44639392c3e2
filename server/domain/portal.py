"""What an administrator can set about a portal, and the checks of what a customer fills in."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from server.domain.files import FileRules
from server.errors import BadInput

FieldName = Literal["name", "email", "company", "company_code"]
FIELDS: Final[tuple[FieldName, ...]] = ("name", "email", "company", "company_code")

Origin = Annotated[str, Meta(pattern=r"^https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[0-9]{1,5})?\Z")]
"""Scheme, host and port, as a browser writes them. It becomes part of a Content-Security-Policy."""
IdentitySecret = Annotated[str, Meta(min_length=32)]
"""HS256 wants 256 bits (RFC 7518, 3.2)."""
ReturnSeconds = Annotated[int, Meta(ge=45, le=86_400)]
"""It takes up to 45 s to be sure that somebody is gone."""


class FieldSetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a field of the form is shown, and insisted on (B-31, B-32)."""

    shown: bool = True
    required: bool = False


class PortalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of one portal. Stored as JSON: new fields need defaults, and no field ever changes its meaning."""

    fields: dict[FieldName, FieldSetting] = msgspec.field(
        default_factory=lambda: {
            "name": FieldSetting(required=True),
            "email": FieldSetting(),
            "company": FieldSetting(),
            "company_code": FieldSetting(shown=False),
        }
    )
    accent: Annotated[str, Meta(pattern=r"^#[0-9a-f]{6}\Z")] = "#2456c9"
    languages: list[str] = msgspec.field(default_factory=lambda: ["en", "fr", "ru", "nl"])
    origins: list[Origin] = msgspec.field(default_factory=list)
    """Sites that may embed the widget, as origins: https://www.example.com"""
    identity_secrets: Annotated[list[IdentitySecret], Meta(max_length=2)] = msgspec.field(default_factory=list)
    """Secrets that sign identities (JWT, HS256): two, so that one can be replaced while in use."""
    files: FileRules = FileRules()
    return_to_queue_seconds: ReturnSeconds | None = None
    """A ticket whose assignee has been gone this long goes back to the queue; None: it stays, and can be taken over."""
    translation: bool = False
    """Messages are translated where customer and technician have different languages."""


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
