"""HTTP for canned replies, as technicians read them."""

import msgspec

from server.desk import canned
from server.errors import BadInput, NotFound
from server.http.routing import Call, Endpoint, Permission
from server.protocol.administration import CannedReplies
from server.protocol.shared import Id


class OfCompany(msgspec.Struct, forbid_unknown_fields=True):
    """Whose."""

    company: Id


async def list_replies(call: Call) -> CannedReplies:
    """Canned replies of a company of mine, by category and title."""
    return CannedReplies(await canned.of_company(call.desk, call.technician, call.query(OfCompany).company))


ROUTES: list[Endpoint] = [
    Endpoint(
        method="GET",
        path="/api/v1/canned-replies",
        permission=Permission.TECHNICIAN,
        handler=list_replies,
        answer=CannedReplies,
        query=OfCompany,
        errors=(BadInput, NotFound),
    ),
]
"""Every route of this module."""
