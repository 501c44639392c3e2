"""What administrators are shown once: one-time passwords of technicians, secrets of portals that sign identities."""

from starlette.responses import Response

from server.desk.administration import portals, technicians
from server.errors import NotFound, Refused
from server.http.administration import ADMIN, item_id, with_version
from server.http.routing import Call, Endpoint, Permission
from server.protocol.administration import IdentitySecret, TechnicianItem


async def new_password(call: Call) -> Response:
    """A new one-time password for a technician, whose sessions end."""
    return with_version(await technicians.new_password(call.desk, call.technician, item_id(call)))


async def new_identity_secret(call: Call) -> IdentitySecret:
    """Another secret for signed identities of a portal; the one before it stays valid, an older one does not."""
    return IdentitySecret(await portals.new_identity_secret(call.desk, call.technician, item_id(call)))


async def drop_old_identity_secret(call: Call) -> None:
    """Only the newest secret of a portal stays valid."""
    await portals.drop_old_identity_secret(call.desk, call.technician, item_id(call))


_A = Permission.ADMINISTRATOR
ROUTES: list[Endpoint] = [
    Endpoint(
        method="POST",
        path=f"{ADMIN}/technicians/{{item}}/password",
        permission=_A,
        handler=new_password,
        answer=TechnicianItem,
        errors=(NotFound,),
    ),
    Endpoint(
        method="POST",
        path=f"{ADMIN}/portals/{{item}}/identity-secret",
        permission=_A,
        handler=new_identity_secret,
        answer=IdentitySecret,
        errors=(NotFound, Refused),
    ),
    Endpoint(
        method="DELETE",
        path=f"{ADMIN}/portals/{{item}}/identity-secret",
        permission=_A,
        handler=drop_old_identity_secret,
        status=204,
        errors=(NotFound, Refused),
    ),
]
"""Every route of this module."""
