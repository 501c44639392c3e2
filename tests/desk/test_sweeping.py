"""What the sweeper forgets of people. Of files it is tested with the storage."""

import pytest
from sqlalchemy import func, select

from server.accounts.customer_accounts import LINK_MS, Browser
from server.desk import inviting
from server.desk.administration import editing
from server.desk.administration.customer_accounts import CUSTOMER_ACCOUNTS
from server.desk.administration.editing import COMMAND_LINE
from server.desk.sweeping import Sweeper
from server.errors import NotFound
from server.protocol.administration import CustomerAccountDraft
from server.store.tables import customer_links
from tests.desk.workshop import Workshop

PASSWORD = "seven lanterns over the harbour"


async def test_links_that_nobody_can_follow_any_more_go(shop: Workshop) -> None:
    """S-02: seven days; what is left of one that was not followed is nothing, and others stay."""
    portal = await shop.portal("Acme", sign_in="required")

    async def invited(name: str) -> str:
        draft = CustomerAccountDraft(company=portal.company_id, email=f"{name}@example.com", name=name)
        now, url = shop.clock(), shop.desk.settings.url
        account = await shop.store.write(lambda tx: editing.added(tx, CUSTOMER_ACCOUNTS, COMMAND_LINE, draft, now))
        linked = await shop.store.write(lambda tx: inviting.linked(tx, COMMAND_LINE, account.id, url, now))
        return str(linked.link).partition("=")[2]

    async def links() -> int:
        await Sweeper(shop.desk).rows()
        count = select(func.count()).select_from(customer_links)
        return await shop.store.read(lambda conn: conn.execute(count).scalar_one())

    old = await invited("ada")
    shop.clock.now += LINK_MS - 1
    young = await invited("bob")
    assert await links() == 2
    shop.clock.now += 1
    accounts, browser = shop.desk.accounts, Browser("192.0.2.1", None)
    with pytest.raises(NotFound):  # also before anybody sweeps
        await accounts.choose_password(portal, old, PASSWORD, browser)
    assert await links() == 1
    customer, _token = await accounts.choose_password(portal, young, PASSWORD, browser)
    assert (customer.name, await links()) == ("bob", 0)
