"""Where a ticket waits, who is given it, and who may order that: pure rules.

A ticket waits in the queue of a person, of a team, or of its portal, and never nowhere (B-71, B-72): what cannot take
it is passed over, and the portal's own queue always can. Automatic routing gives what waits to whoever has been idle
longest (C-07), and to nobody who could not answer it (C-15).
"""

from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

Way = Literal["form", "technician", "key", "api"]
"""How a ticket came."""
TOLD_A_NAME: tuple[Way, ...] = ("technician", "key")
"""Ways on which the customer knows whom he waits for."""


class Person(msgspec.Struct, frozen=True):
    """A technician, as far as it matters where tickets wait."""

    id: str
    sees: bool
    """may see the company, and the account is not disabled"""
    present: bool
    available: bool


class Team(msgspec.Struct, frozen=True):
    """A team with those of its members whose accounts are not disabled."""

    id: str
    members: Collection[str]


class Place(msgspec.Struct, frozen=True):
    """A queue, by what it belongs to."""

    kind: Literal["portal", "team", "technician"]
    owner: str


def may_wait_for(person: Person, way: Way) -> bool:
    """Whether a ticket may wait, or go on waiting, in this person's own queue.

    Whoever clicked on a name was shown somebody available; other ways reach a person who is away, too (B-05, B-06).
    """
    return person.sees and person.present and (person.available or way != "technician")


def in_vain(person: Person, way: Way, since: int | None, after_s: int | None, now: int) -> bool:
    """Whether a ticket waits for somebody who will not come, or not take it.

    ``since``: when it was given to him automatically; None: it waits in his own queue. ``after_s``: how long its portal
    waits for him. Times in ms since 1970.
    """
    if since is None:
        return not may_wait_for(person, way)
    late = after_s is not None and now - since >= after_s * 1000
    return late or not (person.sees and person.present and person.available)


def target(portal: str, wanted: Person | Team | None, way: Way, fallback: Team | None = None) -> Place:
    """Where a new ticket waits: where it was wanted, else with the fallback team, else in the portal's own queue."""
    if isinstance(wanted, Person) and may_wait_for(wanted, way):
        return Place("technician", wanted.id)
    for team in (wanted, fallback):
        if isinstance(team, Team) and team.members:
            return Place("team", team.id)
    return Place("portal", portal)


# --- automatic routing ------------------------------------------------------------------------------------------------


class Waiting(msgspec.Struct, frozen=True):
    """A ticket in a queue that is emptied automatically. ``may_take``: technicians who may be given it."""

    ticket: str
    priority: int
    queued_at: int
    may_take: frozenset[str]


class Free(msgspec.Struct, frozen=True):
    """Somebody available and there. ``held``: chats that he has and that have not ended."""

    id: str
    idle_since: int
    held: int
    capacity: int


def in_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """The more urgent first, then first come, first served."""
    return sorted(waiting, key=lambda one: (-one.priority, one.queued_at, one.ticket))


def assignments(waiting: Iterable[Waiting], technicians: Iterable[Free]) -> list[tuple[str, str]]:
    """(ticket, technician): each ticket in its turn goes to whoever may take it and has been idle longest.

    Who was just given one counts as idle from now on, behind all others; of several such the one with fewer chats
    comes first. When it ends, whatever still waits has nobody who could take it.
    """
    given: list[tuple[str, str]] = []
    rank = {one.id: (0, one.idle_since, one.held, one.id) for one in technicians}
    room = {one.id: one.capacity - one.held for one in technicians}
    for turn, ticket in enumerate(in_order(waiting), start=1):
        able = [who for who in ticket.may_take if room.get(who, 0) > 0]
        if not able:
            continue
        chosen = min(able, key=lambda who: rank[who])
        given.append((ticket.ticket, chosen))
        room[chosen] -= 1
        rank[chosen] = (turn, 0, 0, chosen)
    return given
