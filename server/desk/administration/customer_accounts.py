"""Customers who sign in: the rows. Passwords, links and sessions stand in ``server.accounts.customer_accounts``."""

from typing import Final

from sqlalchemy import Connection

from server.accounts.passwords import normal_email
from server.desk.administration.noun import TableNoun, company_must_be_there
from server.protocol.administration import CustomerAccount, CustomerAccountDraft, CustomerAccounts
from server.store import customer_accounts
from server.store.base import Tx
from server.store.set_up import Rows, Values, drop
from server.store.tables import customer_accounts as table
from server.store.tables import customer_links

PAGE: Final = 100


class CustomerAccountNoun(TableNoun[CustomerAccountDraft, CustomerAccount]):
    """One that somebody has used stays, disabled if need be: tickets point at it."""

    name = "customer_account"
    plural = "customers"
    draft = CustomerAccountDraft
    item = CustomerAccount
    rows = Rows(table, table.c.email)

    def page(self, conn: Connection, company_id: str | None, search: str, after: str | None) -> CustomerAccounts:
        """By address: those with these letters in address or name, after this one. There may be any number of them."""
        wanted = [customer_accounts.matches(word) for word in search.split()]
        if after is not None:
            wanted.append(customer_accounts.follows(after))
        rows = self.rows.all(conn, company_id, *wanted, most=PAGE + 1)
        more = self.more(conn, rows)
        return CustomerAccounts([self._item(values, more) for values in rows[:PAGE]], more=len(rows) > PAGE)

    def called(self, item: CustomerAccount) -> str:
        """The address."""
        return item.email

    def check(self, conn: Connection, draft: CustomerAccountDraft, _before: CustomerAccount | None, _now: int) -> None:
        """Of a company that there is."""
        company_must_be_there(conn, draft.company)

    def values(self, conn: Connection, draft: CustomerAccountDraft) -> Values:
        """The address in the one spelling that is looked up."""
        return {**super().values(conn, draft), "email": normal_email(draft.email)}

    def first(self, now: int) -> Values:
        """When it was made."""
        return {"created_at": now}

    def more(self, _conn: Connection, rows: list[Values]) -> dict[str, Values]:
        """Whether they have come."""
        return {row["id"]: {"has_password": row["password_hash"] is not None} for row in rows}

    def written(self, tx: Tx, item_id: str, draft: CustomerAccountDraft) -> None:
        """Whoever is disabled is signed in nowhere any more."""
        if draft.disabled:
            customer_accounts.drop_tokens(tx.conn, item_id)

    def removing(self, tx: Tx, item_id: str) -> None:
        """Invitations that nobody has followed."""
        drop(tx.conn, customer_links.c.account_id, item_id)


CUSTOMER_ACCOUNTS: Final = CustomerAccountNoun()
