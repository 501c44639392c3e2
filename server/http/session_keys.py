"""HTTP for session keys: technicians make and revoke them, customers ask what the key is that they have typed."""

from server.desk import session_keys
from server.domain.ids import is_id
from server.domain.keys import written
from server.errors import BadInput, NotFound, Refused, TooMany
from server.http.customers import PORTAL, portal_of
from server.http.routing import Call, Endpoint, Permission
from server.protocol import rest
from server.store.session_keys import KeyRecord

KEYS = "/api/v1/session-keys"


async def list_keys(call: Call) -> rest.SessionKeys:
    """My session keys, newest first, and the portals for which I can make some."""
    listed = await session_keys.mine(call.desk, call.technician)
    return rest.SessionKeys(
        keys=[_shown(record) for record in listed.keys],
        portals=[
            rest.KeyPortal(
                slug=portal.slug,
                name=portal.name,
                company=portal.company,
                minutes=portal.settings.key_minutes,
                languages=portal.settings.languages,
            )
            for portal in listed.portals
        ],
    )


async def make_key(call: Call) -> rest.MadeKey:
    """A session key for one customer of a portal. It is shown once."""
    draft: rest.NewSessionKey = call.body
    made = await session_keys.make(call.desk, call.technician, draft.portal, draft.minutes, draft.note)
    url = f"{call.desk.settings.url}/p/{made.record.portal}#key={made.key}"
    return rest.MadeKey(key=written(made.key), url=url, session_key=_shown(made.record))


async def revoke_key(call: Call) -> None:
    """A session key of mine is worth nothing any more."""
    key = call.path("key")
    if not is_id(key):
        raise NotFound
    await session_keys.revoke(call.desk, call.technician, key)


async def check_key(call: Call) -> rest.KeyFound:
    """What the key is that somebody has typed, without using it up."""
    portal = await portal_of(call)
    call.desk.rates.guesses.check(call.network)
    found = await session_keys.look(call.desk, portal, call.body.key, call.network)
    if found.key is None:
        return rest.KeyFound(kind="device", technician=None, expires_at=None)
    return rest.KeyFound(kind="session", technician=found.key.public_name, expires_at=found.key.expires_at)


def _shown(record: KeyRecord) -> rest.SessionKey:
    return rest.SessionKey(
        id=record.id,
        portal=record.portal,
        portal_name=record.portal_name,
        note=record.note,
        created_at=record.created_at,
        expires_at=record.expires_at,
        used_at=record.used_at,
        ticket_id=record.ticket_id,
        ticket=record.ticket,
    )


ROUTES: list[Endpoint] = [
    Endpoint(method="GET", path=KEYS, permission=Permission.TECHNICIAN, handler=list_keys, answer=rest.SessionKeys),
    Endpoint(
        method="POST",
        path=KEYS,
        permission=Permission.TECHNICIAN,
        handler=make_key,
        body=rest.NewSessionKey,
        answer=rest.MadeKey,
        status=201,
        errors=(BadInput, NotFound, Refused),
    ),
    Endpoint(
        method="DELETE",
        path=f"{KEYS}/{{key}}",
        permission=Permission.TECHNICIAN,
        handler=revoke_key,
        status=204,
        errors=(NotFound,),
    ),
    Endpoint(
        method="POST",
        path=f"{PORTAL}/session-keys/check",
        permission=Permission.PUBLIC,
        handler=check_key,
        body=rest.TypedKey,
        answer=rest.KeyFound,
        errors=(BadInput, NotFound, Refused, TooMany),
    ),
]
"""Every route of this module."""
