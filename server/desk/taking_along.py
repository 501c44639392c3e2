"""Somebody signs in, and what he has opened at this portal without signing in becomes his account's (S-01).

Whatever he wrote before is his as well: a message that arrives again under the new name is the one that is there.
"""

from server.bus import topics
from server.bus.control import SharesChanged
from server.desk import announce
from server.domain.people import Customer
from server.domain.words import search_text
from server.protocol import codec
from server.store import customer_accounts, handovers, outbox, tickets
from server.store import taking_along as table
from server.store.base import Tx


def take_along(tx: Tx, to: Customer, *, before: Customer) -> None:
    """In the transaction in which he signs in. ``before``: whom his browser was until then.

    Nobody writes meanwhile: what came before is taken along, what comes later is refused to whom he was. Pages that
    are still open as him hear that the ticket is gone, and consoles whose it is. A key for another device that was made
    before there was an account does not open the account.
    """
    if before.account_id is not None or before.verified or before.portal_id != to.portal_id:
        return
    for record in tickets.known(tx.conn, table.lock(tx.conn, before.id, to.portal_id)):
        name = to.name or record.customer_name
        table.give(tx.conn, record.id, before.id, to, name=name, sort=search_text(name))
        handovers.drop(tx.conn, record.id)
        customer_accounts.unshare(tx.conn, record.id, to.account_id or "")
        announce.summary(tx, record.id, before=record)
        outbox.add(tx.conn, "search", record.company_id, record.id)
        tx.announce(topics.customer(record.id), 0, codec.encode(SharesChanged(record.id)))
