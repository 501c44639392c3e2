"""Who acts: technicians and customers, as the rest of the program knows them."""

from typing import Literal

import msgspec

Availability = Literal["available", "away"]
Role = Literal["technician", "administrator"]
Side = Literal["customer", "technician"]
"""The two sides of a chat."""
AuthorRole = Literal["customer", "technician", "system"]


class Technician(msgspec.Struct, frozen=True):
    """A person who answers. ``companies``: ids this person has access to; the role gives none by itself."""

    id: str
    email: str
    name: str
    public_name: str
    role: Role
    availability: Availability
    companies: frozenset[str]
    totp: bool

    @property
    def available(self) -> bool:
        """Whether the shared list is open to this person now (G-02)."""
        return self.availability == "available"


class Customer(msgspec.Struct, frozen=True):
    """A person who asks. ``verified``: the name comes from a signed identity."""

    id: str
    company_id: str
    portal_id: str
    name: str | None
    email: str | None
    verified: bool
