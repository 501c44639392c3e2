"""Messages between the parts of the server. They travel on the bus, and never reach a client."""

from typing import Final

import msgspec

UNSEEN: Final = frozenset({"technician", "team", "canned_reply", "customer_account"})
"""Nouns of a set-up that portals do not show. Of technicians they show names: ``desk.onlookers`` looks at those."""


class PersonChanged(msgspec.Struct, frozen=True, tag_field="type", tag="person_changed"):
    """Look at this technician again: sessions ended, or access, role or availability of the account changed."""

    technician: str
    ended_credentials: list[str] | None = None
    """Hashes of the sessions that ended, or of the token that was revoked."""
    all_sessions: bool = False
    """Every session ended, also those that ``ended_credentials`` does not name."""
    access: bool = False
    """Companies, role or the account itself (disabled) changed."""
    profile: bool = False
    """What the person reads and writes changed."""


class WhoIsHere(msgspec.Struct, frozen=True, tag_field="type", tag="who_is_here"):
    """On ``ticket/<id>/customer``: whoever has a socket of this customer says so to the technicians who look."""


class LeaseEnded(msgspec.Struct, frozen=True, tag_field="type", tag="lease_ended"):
    """On ``control``: a technician has let go of being there (the last session ended); look who is gone."""


class QueueChanged(msgspec.Struct, frozen=True, tag_field="type", tag="queue_changed"):
    """On topic ``control``: places in this queue moved; look at the positions of open chats."""

    queue: str


class ToTranslate(msgspec.Struct, frozen=True, tag_field="type", tag="to_translate"):
    """On ``control``: there is something for translators to do, in a conversation or in one that is behind."""

    behind: bool = False


class TranslatorsChanged(msgspec.Struct, frozen=True, tag_field="type", tag="translators_changed"):
    """On ``control``: a translator has come, gone, or learned something; look who translates what."""


class AbilityChanged(msgspec.Struct, frozen=True, tag_field="type", tag="ability_changed"):
    """On ``control``: this technician can take tickets now, or cannot any more; look what waits."""

    technician: str


class SharesChanged(msgspec.Struct, frozen=True, tag_field="type", tag="shares_changed"):
    """On ``ticket/<id>/customer``: somebody reads this ticket no more; each socket looks whether it is his."""

    ticket: str


class SetupChanged(msgspec.Struct, frozen=True, tag_field="type", tag="setup_changed"):
    """On ``control``: an administrator has changed something; look at it again. ``audit``: number in the audit log."""

    audit: int
    noun: str
    id: str
    company: str | None
    staff: bool = False
    """Only technicians see it. Of what is no set-up (how many wait for news) there is no line, and ``audit`` is 0."""

    def seen_by_customers(self, company_id: str) -> bool:
        """Whether portals of this company may show something else now."""
        return not self.staff and self.noun not in UNSEEN and self.company == company_id


class AvailabilityChanged(msgspec.Struct, frozen=True, tag_field="type", tag="availability_changed"):
    """On ``person/<id>``: the technician is available, or away, from now on."""

    state: str


class Gap(msgspec.Struct, frozen=True, tag_field="type", tag="gap"):
    """On a topic without numbers, within this process only: anything may have been missed until now."""


Control = (
    PersonChanged
    | WhoIsHere
    | LeaseEnded
    | QueueChanged
    | ToTranslate
    | TranslatorsChanged
    | AbilityChanged
    | SharesChanged
    | SetupChanged
    | AvailabilityChanged
    | Gap
)
_decoder: msgspec.json.Decoder[Control] = msgspec.json.Decoder(Control)
_MARKS = (
    b'{"type":"person_changed"',
    b'{"type":"who_is_here"',
    b'{"type":"lease_ended"',
    b'{"type":"queue_changed"',
    b'{"type":"to_translate"',
    b'{"type":"translators_changed"',
    b'{"type":"ability_changed"',
    b'{"type":"shares_changed"',
    b'{"type":"setup_changed"',
    b'{"type":"availability_changed"',
    b'{"type":"gap"',
)
GAP = msgspec.json.encode(Gap())


def control_of(frame: bytes) -> Control | None:
    """The control message, or None for a frame that is meant for clients."""
    return _decoder.decode(frame) if frame.startswith(_MARKS) else None
