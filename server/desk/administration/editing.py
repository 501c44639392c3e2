"""The one way in which a set-up changes: checked, in the audit log, and told to everybody who looks at it."""

from functools import partial
from typing import Any

import msgspec

from server.bus import topics
from server.bus.control import SetupChanged
from server.desk.administration.noun import Noun
from server.desk.desk import Desk, current
from server.domain.people import Technician
from server.domain.set_up import refuse, wrong
from server.errors import NotFound
from server.protocol import codec
from server.protocol.shared import In
from server.store import audit
from server.store.base import Tx

AnyNoun = Noun[Any, Any]


class Editor(msgspec.Struct, frozen=True):
    """Who changes something."""

    id: str | None
    name: str


COMMAND_LINE = Editor(None, "command line")


async def add(desk: Desk, technician: Technician, noun: AnyNoun, draft: In) -> Any:
    """An administrator adds something; returns it as it is now. Raises BadInput, Refused, NotFound."""
    noun.suits(draft, desk.settings.url)
    now = desk.clock()
    return await desk.store.write(lambda tx: added(tx, noun, administrator(tx, technician), draft, now))


async def change(
    desk: Desk, technician: Technician, noun: AnyNoun, item_id: str, draft: In, version: int | None
) -> Any:
    """Put another draft in its place. ``version``: the one that the administrator has seen; None: whatever it is."""
    noun.suits(draft, desk.settings.url)
    now = desk.clock()
    return await desk.store.write(
        lambda tx: changed(tx, noun, administrator(tx, technician), item_id, draft, version, now)
    )


async def remove(desk: Desk, technician: Technician, noun: AnyNoun, item_id: str) -> None:
    """Take it away, where nothing needs it."""
    now = desk.clock()
    while not await desk.store.write(lambda tx: removed(tx, noun, administrator(tx, technician), item_id, now)):
        pass  # whatever others write goes in between


async def items(desk: Desk, noun: AnyNoun, company_id: str | None) -> list[Any]:
    """What there is, of a company or of all."""
    return await desk.store.read(partial(noun.items, company_id=company_id))


async def item(desk: Desk, noun: AnyNoun, item_id: str) -> Any:
    """One of them. Raises NotFound."""
    return _found(await desk.store.read(lambda conn: noun.get(conn, item_id)))


# --- inside a unit: also for the command line -------------------------------------------------------------------------


def administrator(tx: Tx, technician: Technician) -> Editor:
    """Still one, as the database knows him now. Raises NotFound, like the route."""
    person = current(tx.conn, technician.id)
    if person.role != "administrator":
        raise NotFound
    return Editor(person.id, person.name)


def added(tx: Tx, noun: AnyNoun, editor: Editor, draft: In, now: int) -> Any:
    """``add``, by whomever."""
    new = _found(noun.get(tx.conn, noun.add(tx, draft, now)))
    tell(tx, noun, editor, None, new, now)
    return new


def changed(tx: Tx, noun: AnyNoun, editor: Editor, item_id: str, draft: In, version: int | None, now: int) -> Any:
    """``change``, by whomever."""
    before = _found(noun.get(tx.conn, item_id))
    for field in noun.fixed:
        if getattr(draft, field, None) != getattr(before, field, None):
            raise wrong("fixed", field)
    seen = before.version if version is None else version
    if seen != before.version or not noun.change(tx, before, draft, seen, now):
        raise refuse("changed_meanwhile")
    after = _found(noun.get(tx.conn, item_id))
    tell(tx, noun, editor, before, after, now)
    return after


def removed(tx: Tx, noun: AnyNoun, editor: Editor, item_id: str, now: int) -> bool:
    """``remove``, by whomever. False: so much hangs on it that it takes another transaction, or several."""
    before = _found(noun.get(tx.conn, item_id))
    if not noun.let_go(tx, before, now):
        return False
    noun.remove(tx, before)
    tell(tx, noun, editor, before, None, now)
    return True


def tell(
    tx: Tx,
    noun: AnyNoun,
    editor: Editor,
    before: Any,
    after: Any,
    now: int,
    also: dict[str, list[Any]] | None = None,
) -> None:
    """A line in the audit log, and an announcement. None before: it is new; None after: it is gone.

    ``also``: what was changed and is no field of the item.
    """
    known = after if after is not None else before
    action = "added" if before is None else "removed" if after is None else "changed"
    company = noun.company(known)
    number = audit.add(
        tx.conn,
        at=now,
        actor_id=editor.id,
        actor=editor.name,
        company_id=company,
        noun=noun.name,
        object_id=known.id,
        object=noun.called(known),
        action=action,
        changes=differences(before, after) | (also or {}),
    )
    tx.announce(topics.CONTROL, 0, codec.encode(SetupChanged(number, noun.name, known.id, company)))


def differences(before: Any, after: Any) -> dict[str, list[Any]]:
    """field -> [before, after] of what differs, as JSON; ids, versions and secrets say nothing and stay out."""
    old = {} if before is None else msgspec.to_builtins(before)
    new = {} if after is None else msgspec.to_builtins(after)
    fields = [field for field in old | new if field not in ("id", "version", "one_time_password", "link")]
    return {field: [old.get(field), new.get(field)] for field in fields if old.get(field) != new.get(field)}


def _found(found: Any) -> Any:
    if found is None:
        raise NotFound
    return found
