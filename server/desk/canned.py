"""Canned replies as technicians read them; what they say is set up by administrators (desk/administration)."""

from sqlalchemy import Connection

from server.desk.administration.canned_replies import CannedReplies
from server.desk.desk import Desk, current
from server.domain.people import Technician
from server.errors import NotFound
from server.protocol.administration import CannedReply

_NOUN = CannedReplies()


async def of_company(desk: Desk, technician: Technician, company_id: str) -> list[CannedReply]:
    """By category and title. Raises NotFound for a company that this technician may not see."""

    def query(conn: Connection) -> list[CannedReply]:
        if company_id not in current(conn, technician.id).companies:
            raise NotFound
        return _NOUN.items(conn, company_id)

    return await desk.store.read(query)
