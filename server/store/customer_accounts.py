"""Statements about customers who sign in: their accounts, the links with which they choose a password, and shares."""

from typing import Final

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from server.domain.ids import new_id
from server.domain.people import Customer
from server.store import dialect
from server.store.tables import (
    customer_accounts,
    customer_links,
    customer_tokens,
    customers,
    handovers,
    ticket_shares,
    tickets,
)


class Account(msgspec.Struct, frozen=True):
    """An account. ``password_hash`` None: invited, and has not come yet."""

    id: str
    company_id: str
    email: str
    name: str
    password_hash: str | None
    disabled: bool


_account = select(*(customer_accounts.c[name] for name in Account.__struct_fields__))


def by_email(conn: Connection, company_id: str, email: str) -> Account | None:
    """The account with this address."""
    mine = (customer_accounts.c.company_id == company_id) & (customer_accounts.c.email == email)
    row = conn.execute(_account.where(mine)).one_or_none()
    return Account(**row._mapping) if row else None


def by_id(conn: Connection, account_id: str) -> Account | None:
    """The account with this id."""
    row = conn.execute(_account.where(customer_accounts.c.id == account_id)).one_or_none()
    return Account(**row._mapping) if row else None


def matches(words: str) -> ColumnElement[bool]:
    """Condition on accounts: somebody's address or name has these letters."""
    spellings = {words, words.lower(), words.capitalize()}  # SQLite knows small letters of English only
    return or_(
        customer_accounts.c.email.contains(words.lower(), autoescape=True),
        func.lower(customer_accounts.c.name).contains(words.lower(), autoescape=True),
        *(customer_accounts.c.name.contains(one, autoescape=True) for one in sorted(spellings)),
    )


def follows(account_id: str) -> ColumnElement[bool]:
    """Condition on accounts: by address, it comes after this one."""
    other = customer_accounts.alias("other")
    later = or_(
        customer_accounts.c.email > other.c.email,
        and_(customer_accounts.c.email == other.c.email, customer_accounts.c.id > other.c.id),
    )
    return exists().where(other.c.id == account_id, later).correlate(customer_accounts)


def may_come_in(conn: Connection, customer: Customer) -> bool:
    """Whether no disabled account stands behind this customer."""
    account = by_id(conn, customer.account_id) if customer.account_id else None
    return account is None or not account.disabled


def add(conn: Connection, company_id: str, email: str, name: str, password_hash: str, now: int) -> str | None:
    """A new account with a password; its id, or None where the address has one."""
    account_id = new_id()
    values = {
        "id": account_id,
        "company_id": company_id,
        "email": email,
        "name": name,
        "password_hash": password_hash,
        "disabled": False,
        "created_at": now,
    }
    made = conn.execute(dialect.insert(conn, customer_accounts).values(**values).on_conflict_do_nothing())
    return account_id if made.rowcount == 1 else None


def set_password(conn: Connection, account_id: str, password_hash: str) -> None:
    """From now on this one."""
    conn.execute(
        update(customer_accounts).where(customer_accounts.c.id == account_id).values(password_hash=password_hash)
    )


def void_password(conn: Connection, account_id: str) -> None:
    """None is right until another one has been chosen."""
    conn.execute(update(customer_accounts).where(customer_accounts.c.id == account_id).values(password_hash=None))


# --- who is signed in -------------------------------------------------------------------------------------------------


def customer(conn: Connection, account: Account, portal_id: str, now: int) -> Customer:
    """The account as a customer of a portal, under today's name; made where it has not been there before."""
    values = {
        "id": new_id(),
        "company_id": account.company_id,
        "portal_id": portal_id,
        "account_id": account.id,
        "name": account.name,
        "email": account.email,
        "verified": False,
        "created_at": now,
    }
    conn.execute(dialect.insert(conn, customers).values(**values).on_conflict_do_nothing())
    here = (customers.c.portal_id == portal_id) & (customers.c.account_id == account.id)
    customer_id = conn.execute(
        update(customers).where(here).values(name=account.name, email=account.email).returning(customers.c.id)
    ).scalar_one()
    return Customer(
        customer_id, account.company_id, portal_id, account.name, account.email, verified=False, account_id=account.id
    )


def drop_tokens(conn: Connection, account_id: str, keep: str | None = None) -> None:
    """The account is signed in nowhere any more, but with the token whose hash is kept.

    Keys for another device, which whoever was signed in may have made, are worth nothing, either.
    """
    mine = select(customers.c.id).where(customers.c.account_id == account_id)
    gone = delete(customer_tokens).where(customer_tokens.c.customer_id.in_(mine))
    conn.execute(gone.where(customer_tokens.c.hash != keep) if keep is not None else gone)
    chats = select(tickets.c.id).where(tickets.c.customer_id.in_(mine))
    conn.execute(delete(handovers).where(handovers.c.ticket_id.in_(chats)))


_tokens: Final = dialect.given("asked_tokens", hash=String())
_living: Final = (
    select(customer_tokens.c.hash)
    .join(_tokens, _tokens.c.hash == customer_tokens.c.hash)
    .join(customers, customers.c.id == customer_tokens.c.customer_id)
    .join(customer_accounts, customer_accounts.c.id == customers.c.account_id)
    .where(~customer_accounts.c.disabled, customer_tokens.c.expires_at > bindparam("now", type_=BigInteger))
)


def living(conn: Connection, hashes: list[str], now: int) -> set[str]:
    """Which of these tokens still mean an account that may sign in."""
    given = {"asked_tokens": dialect.rows((one,) for one in hashes), "now": now}
    return set(conn.execute(_living, given).scalars())


# --- links ------------------------------------------------------------------------------------------------------------


def put_link(conn: Connection, account: Account, link_hash: str, expires_at: int) -> None:
    """The one link of this account; one before it is void."""
    conn.execute(delete(customer_links).where(customer_links.c.account_id == account.id))
    conn.execute(
        customer_links.insert().values(
            hash=link_hash, company_id=account.company_id, account_id=account.id, expires_at=expires_at
        )
    )


def link(conn: Connection, link_hash: str, now: int) -> Account | None:
    """Whose link this is, while it can be used."""
    known = (customer_links.c.hash == link_hash) & (customer_links.c.expires_at > now)
    account_id = conn.execute(select(customer_links.c.account_id).where(known)).scalar_one_or_none()
    return by_id(conn, account_id) if account_id else None


def take_link(conn: Connection, link_hash: str, now: int) -> Account | None:
    """As ``link``, and nobody can use it again."""
    known = (customer_links.c.hash == link_hash) & (customer_links.c.expires_at > now)
    account_id = conn.execute(
        delete(customer_links).where(known).returning(customer_links.c.account_id)
    ).scalar_one_or_none()
    return by_id(conn, account_id) if account_id else None


def drop_links(conn: Connection, now: int) -> None:
    """Forget links that nobody can use any more."""
    conn.execute(delete(customer_links).where(customer_links.c.expires_at <= now))


# --- shares (S-23) ----------------------------------------------------------------------------------------------------


def share(conn: Connection, company_id: str, ticket_id: str, account_id: str, now: int) -> bool:
    """Let somebody of the company read and comment. False: he could already."""
    values = {"ticket_id": ticket_id, "account_id": account_id, "company_id": company_id, "created_at": now}
    made = conn.execute(dialect.insert(conn, ticket_shares).values(**values).on_conflict_do_nothing())
    return made.rowcount == 1


def unshare(conn: Connection, ticket_id: str, account_id: str) -> Account | None:
    """No longer; whose it was, or None where it was not shared with him."""
    mine = (ticket_shares.c.ticket_id == ticket_id) & (ticket_shares.c.account_id == account_id)
    gone = conn.execute(delete(ticket_shares).where(mine)).rowcount
    return by_id(conn, account_id) if gone else None


def shares(conn: Connection, ticket_id: str) -> list[Account]:
    """With whom a ticket is shared, by name."""
    rows = conn.execute(
        _account.join(ticket_shares, ticket_shares.c.account_id == customer_accounts.c.id)
        .where(ticket_shares.c.ticket_id == ticket_id)
        .order_by(customer_accounts.c.name, customer_accounts.c.id)
    )
    return [Account(**row._mapping) for row in rows]


def lent(conn: Connection, account_id: str, ticket_ids: list[str]) -> set[str]:
    """Which of these tickets are colleagues', who share them with this account."""
    mine = (ticket_shares.c.account_id == account_id) & ticket_shares.c.ticket_id.in_(ticket_ids)
    return set(conn.execute(select(ticket_shares.c.ticket_id).where(mine)).scalars())


_tickets: Final = dialect.given("asked_tickets", id=String())
_owners: Final = (
    select(tickets.c.id, customers.c.account_id)
    .join(_tickets, _tickets.c.id == tickets.c.id)
    .join(customers, customers.c.id == tickets.c.customer_id)
)
_let_in: Final = select(ticket_shares.c.ticket_id, ticket_shares.c.account_id).join(
    _tickets, _tickets.c.id == ticket_shares.c.ticket_id
)


def readers(conn: Connection, ticket_ids: list[str]) -> set[tuple[str, str]]:
    """(ticket, account) of everybody with an account who reads these tickets: their owners, and who was let in."""
    given = {"asked_tickets": dialect.rows((one,) for one in ticket_ids)}
    return {(ticket, account) for query in (_owners, _let_in) for ticket, account in conn.execute(query, given)}


def owner(conn: Connection, ticket_id: str) -> Account | None:
    """The account whose ticket this is; None: of somebody who has not signed in with a password."""
    row = conn.execute(
        _account.join(customers, customers.c.account_id == customer_accounts.c.id)
        .join(tickets, tickets.c.customer_id == customers.c.id)
        .where(tickets.c.id == ticket_id)
    ).one_or_none()
    return Account(**row._mapping) if row else None
