"""Statements about customers and their tokens."""

from typing import Final

from sqlalchemy import Connection, String, delete, select, update

from server.domain.devices import DeviceClass
from server.domain.ids import new_id
from server.domain.people import Customer
from server.store import dialect
from server.store.tables import customer_tokens, customers

_columns = (
    customers.c.id,
    customers.c.company_id,
    customers.c.portal_id,
    customers.c.name,
    customers.c.email,
    customers.c.verified,
    customers.c.account_id,
)


def get(conn: Connection, customer_id: str) -> Customer | None:
    """The customer with this id."""
    row = conn.execute(select(*_columns).where(customers.c.id == customer_id)).one_or_none()
    return Customer(**row._mapping) if row else None


def by_subject(conn: Connection, portal_id: str, subject: str) -> Customer | None:
    """The customer with this signed identity."""
    row = conn.execute(
        select(*_columns).where(customers.c.portal_id == portal_id, customers.c.subject == subject)
    ).one_or_none()
    return Customer(**row._mapping) if row else None


def add(
    conn: Connection,
    company_id: str,
    portal_id: str,
    name: str | None,
    email: str | None,
    subject: str | None,
    now: int,
) -> Customer:
    """A new customer; verified exactly when ``subject`` is there."""
    customer = Customer(new_id(), company_id, portal_id, name, email, subject is not None)
    conn.execute(
        customers.insert().values(
            id=customer.id,
            company_id=company_id,
            portal_id=portal_id,
            subject=subject,
            name=name,
            email=email,
            verified=customer.verified,
            created_at=now,
        )
    )
    return customer


def rename(conn: Connection, customer_id: str, name: str | None, email: str | None) -> None:
    """What the customer, or his signed identity, says now."""
    conn.execute(update(customers).where(customers.c.id == customer_id).values(name=name, email=email))


def add_token(
    conn: Connection,
    customer: Customer,
    token_hash: str,
    now: int,
    expires_at: int,
    device_class: DeviceClass | None,
) -> None:
    """Remember a browser or app; the same again only moves the expiry."""
    moved = conn.execute(
        update(customer_tokens).where(customer_tokens.c.hash == token_hash).values(expires_at=expires_at)
    )
    if moved.rowcount == 0:
        conn.execute(
            customer_tokens.insert().values(
                hash=token_hash,
                company_id=customer.company_id,
                customer_id=customer.id,
                created_at=now,
                expires_at=expires_at,
                device_class=device_class,
            )
        )


_asked: Final = dialect.given("asked", hash=String())


_of_tokens: Final = (
    select(*_columns, customer_tokens.c.device_class, customer_tokens.c.hash, customer_tokens.c.expires_at)
    .join(customer_tokens, customer_tokens.c.customer_id == customers.c.id)
    .join(_asked, _asked.c.hash == customer_tokens.c.hash)
)


def by_tokens(conn: Connection, hashes: list[str]) -> list[tuple[Customer, int] | None]:
    """(customer, expires_at) of each token, expired or not."""
    rows = conn.execute(_of_tokens, {"asked": dialect.rows((one,) for one in set(hashes))})
    found = {row.hash: (Customer(*row[:-2]), row.expires_at) for row in rows}
    return [found.get(one) for one in hashes]


def has_token(conn: Connection, customer_id: str, token_hash: str) -> bool:
    """Whether this token is remembered for this customer."""
    return (
        conn.execute(
            select(customer_tokens.c.hash).where(
                customer_tokens.c.hash == token_hash, customer_tokens.c.customer_id == customer_id
            )
        ).first()
        is not None
    )


def drop_token(conn: Connection, token_hash: str) -> None:
    """Forget this browser or app."""
    conn.execute(delete(customer_tokens).where(customer_tokens.c.hash == token_hash))
