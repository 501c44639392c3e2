"""What a kind of thing that administrators set up knows of itself; REST, command line and audit log come from it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar, Generic, TypeVar, cast

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from server.domain.set_up import must, refuse
from server.protocol.administration import NounName
from server.protocol.shared import In
from server.store import pictures, portals
from server.store.base import Tx
from server.store.set_up import Rows, Values, dangles

D = TypeVar("D", bound=In)
"""What is written."""
I = TypeVar("I", bound=In)  # noqa: E741 - D and I, draft and item
"""What is read: the draft, with id and version."""


class Noun(ABC, Generic[D, I]):
    """One kind of thing. Called inside a unit of writing; the caller writes the audit log and announces."""

    name: ClassVar[NounName]
    plural: ClassVar[str]
    """In addresses: ``issue-types``."""
    draft: ClassVar[type[In]]
    item: ClassVar[type[In]]
    fixed: ClassVar[tuple[str, ...]] = ("company",)
    """Fields that cannot be changed later."""

    @abstractmethod
    def items(self, conn: Connection, company_id: str | None) -> list[I]:
        """Of a company, or all."""

    @abstractmethod
    def get(self, conn: Connection, item_id: str) -> I | None:
        """One, or None."""

    @abstractmethod
    def add(self, tx: Tx, draft: D, now: int) -> str:
        """A new one; returns its id. Raises BadInput, Refused."""

    @abstractmethod
    def change(self, tx: Tx, before: I, draft: D, version: int, now: int) -> bool:
        """Another draft in its place. False: it is not of this version any more. Raises BadInput, Refused."""

    def let_go(self, tx: Tx, item: I, now: int) -> bool:  # noqa: ARG002 - most have nothing that is so much
        """Before it is removed: as much of what hangs on it as one transaction can bear. False: there is more."""
        return True

    @abstractmethod
    def remove(self, tx: Tx, item: I) -> None:
        """Away with it. Raises Refused where something needs it."""

    @abstractmethod
    def called(self, item: I) -> str:
        """What people call it, for the audit log."""

    def suits(self, draft: D, url: str) -> None:
        """Whether a desk at this address can have it. Raises BadInput."""

    def company(self, item: I) -> str | None:
        """Whose it is; None: of the whole desk."""
        company: str | None = getattr(item, "company", None)
        return company


class TableNoun(Noun[D, I]):
    """A noun whose table has a column for each field of its draft."""

    rows: ClassVar[Rows]

    def items(self, conn: Connection, company_id: str | None) -> list[I]:
        """Of a company, or all."""
        rows = self.rows.all(conn, company_id)
        more = self.more(conn, rows)
        return [self._item(values, more) for values in rows]

    def get(self, conn: Connection, item_id: str) -> I | None:
        """One, or None."""
        values = self.rows.get(conn, item_id)
        return self._item(values, self.more(conn, [values])) if values else None

    def add(self, tx: Tx, draft: D, now: int) -> str:
        """A new one, checked."""
        self.check(tx.conn, draft, None, now)
        with taken():
            item_id = self.rows.add(tx.conn, {**self.values(tx.conn, draft), **self.first(now)})
            self.written(tx, item_id, draft)
        return item_id

    def change(self, tx: Tx, before: I, draft: D, version: int, now: int) -> bool:
        """Another draft, checked."""
        self.check(tx.conn, draft, before, now)
        item_id: str = before.id  # type: ignore[attr-defined] # every item has one
        values = self.values(tx.conn, draft)
        with taken():
            changed = self.rows.change(
                tx.conn, item_id, version, {k: v for k, v in values.items() if k not in self.fixed}
            )
            if changed:
                self.written(tx, item_id, draft)
        return changed

    def remove(self, tx: Tx, item: I) -> None:
        """The row; what belongs to it first."""
        item_id: str = item.id  # type: ignore[attr-defined] # every item has one
        with needed():
            self.removing(tx, item_id)
            self.rows.remove(tx.conn, item_id)

    def check(self, conn: Connection, draft: D, before: I | None, now: int) -> None:
        """What the Struct cannot say of itself. None before: it is new. Raises BadInput, Refused."""

    def values(self, conn: Connection, draft: D) -> Values:  # noqa: ARG002 - for those that add some
        """The draft as a row."""
        values: Values = msgspec.to_builtins(draft)
        return values

    def first(self, now: int) -> Values:  # noqa: ARG002 - as above
        """Columns that are written once."""
        return {}

    def written(self, tx: Tx, item_id: str, draft: D) -> None:
        """Rows of other tables that belong to it."""

    def removing(self, tx: Tx, item_id: str) -> None:
        """Rows of other tables that go with it."""

    def more(self, conn: Connection, rows: list[Values]) -> dict[str, Values]:  # noqa: ARG002 - most are one row
        """By id, fields of the items that are no columns: one look for all of them."""
        return {}

    def _item(self, values: Values, more: dict[str, Values]) -> I:
        known = {name: value for name, value in values.items() if name in self.item.__struct_fields__}
        return cast("I", msgspec.convert(known | more.get(values["id"], {}), self.item))


@contextmanager
def taken() -> Iterator[None]:
    """A name that somebody else has, or something to point at that somebody has just removed: checks come too early."""
    try:
        yield
    except IntegrityError as error:
        if dangles(error):
            raise refuse("gone_meanwhile", code="changed_meanwhile") from error
        raise refuse("name_taken") from error


@contextmanager
def needed() -> Iterator[None]:
    """Something that cannot go, since something else points at it."""
    try:
        yield
    except IntegrityError as error:
        raise refuse("in_use") from error


def company_must_be_there(conn: Connection, company_id: str) -> None:
    """Raises BadInput."""
    must(portals.company_exists(conn, company_id), "no_company", "company")


def picture_must_be_there(conn: Connection, picture_id: str | None, field: str) -> None:
    """Raises BadInput."""
    must(picture_id is None or pictures.exists(conn, picture_id), "no_picture", field)
