"""An administrator invites a customer, or lets him choose a new password: a link that works once (S-01, S-02)."""

import msgspec

from server.accounts import customer_accounts
from server.desk.administration import editing
from server.desk.administration.customer_accounts import CUSTOMER_ACCOUNTS
from server.desk.administration.editing import Editor
from server.desk.desk import Desk
from server.domain.people import Technician
from server.domain.set_up import refuse
from server.errors import NotFound
from server.protocol.administration import CustomerAccount
from server.store import customer_accounts as table
from server.store import portals
from server.store.base import Tx


async def new_link(desk: Desk, technician: Technician, account_id: str) -> CustomerAccount:
    """The account, with the link; password and sessions of before are void. Raises NotFound, Refused."""
    now = desk.clock()
    return await desk.store.write(
        lambda tx: linked(tx, editing.administrator(tx, technician), account_id, desk.settings.url, now)
    )


def linked(tx: Tx, editor: Editor, account_id: str, url: str, now: int) -> CustomerAccount:
    """``new_link``, by whomever."""
    account = table.by_id(tx.conn, account_id)
    before = CUSTOMER_ACCOUNTS.get(tx.conn, account_id)
    if account is None or before is None:
        raise NotFound
    portal = next((one for one in portals.all_portals(tx.conn) if _offers(one, account.company_id)), None)
    if portal is None:
        raise refuse("no_sign_in")
    secret = customer_accounts.new_link(tx, account, now)
    after = CUSTOMER_ACCOUNTS.get(tx.conn, account_id)
    editing.tell(tx, CUSTOMER_ACCOUNTS, editor, before, after, now, also={"password": [None, "link"]})
    return msgspec.structs.replace(after or before, link=f"{url}/p/{portal.slug}#invitation={secret}")


def _offers(portal: portals.PortalRecord, company_id: str) -> bool:
    return portal.company_id == company_id and portal.settings.sign_in != "off" and not portal.disabled
