"""Who acts: technicians and customers, as the rest of the program knows them."""

from typing import Literal

import msgspec

from server.domain.devices import DeviceClass

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
    absent_since: int | None = None
    """Since when this person is gone, whatever the chosen availability; None: there."""
    language: str | None = None
    """What this person reads and writes; None: not chosen yet."""

    @property
    def available(self) -> bool:
        """Whether the shared list is open to this person now (G-02). The choice: it outlives a lost connection."""
        return self.availability == "available"

    @property
    def reachable(self) -> bool:
        """What others may count on: available, and there."""
        return self.available and self.absent_since is None


class Customer(msgspec.Struct, frozen=True):
    """A person who asks. ``verified``: the name comes from a signed identity.

    ``account_id``: of somebody who has signed in with a password. ``device_class``: of the browser or app that asks
    now, where its token knows.
    """

    id: str
    company_id: str
    portal_id: str
    name: str | None
    email: str | None
    verified: bool
    account_id: str | None = None
    device_class: DeviceClass | None = None
