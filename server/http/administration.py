"""HTTP for administrators: the same five routes for each noun of a set-up, and the audit log."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.responses import Response

from server.desk.administration import editing, forms, technicians
from server.desk.administration.customer_accounts import CUSTOMER_ACCOUNTS
from server.desk.administration.noun import Noun
from server.desk.administration.nouns import NOUNS
from server.desk.administration.technicians import TECHNICIANS
from server.domain.ids import is_id
from server.domain.limits import EMAIL_CHARS
from server.errors import BadInput, NotFound, Refused
from server.http.routing import Call, Endpoint, Handler, Header, Permission
from server.protocol import codec
from server.protocol.administration import LISTS, Change, Changes, CustomerAccounts, FieldChange, Form
from server.protocol.shared import Id
from server.store import audit
from server.store.tables import AnyRow

ADMIN = "/api/v1/admin"
IF_MATCH = Header(
    "If-Match",
    "The version that you have seen; refused with changed_meanwhile where it is another one.",
    {"type": "string"},
)
PAGE = 50


class OfCompany(msgspec.Struct, forbid_unknown_fields=True):
    """Which ones."""

    company: Id | None = None
    """of this company only"""


class AccountsQuery(OfCompany):
    """Which ones; of customers there may be any number, so they come in pages of 100."""

    search: Annotated[str, Meta(max_length=EMAIL_CHARS)] = ""
    """whose address or name has all these words in it"""
    after: Id | None = None
    """after this one, the last of the page before"""


class ForCompany(msgspec.Struct, forbid_unknown_fields=True):
    """Whose it becomes."""

    company: Id


class AuditQuery(msgspec.Struct, forbid_unknown_fields=True):
    """Which lines."""

    company: Id | None = None
    object: Id | None = None
    """of this thing only"""
    before: Annotated[int, Meta(ge=1)] | None = None
    """older than the line with this number"""


async def list_changes(call: Call) -> Changes:
    """Who changed what, newest first."""
    q = call.query(AuditQuery)
    rows = await call.desk.store.read(
        lambda conn: audit.page(conn, before=q.before, company_id=q.company, object_id=q.object, limit=PAGE + 1)
    )
    return Changes([_change(row) for row in rows[:PAGE]], len(rows) > PAGE)


def _change(row: AnyRow) -> Change:
    def said(value: Any) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    changes = [FieldChange(field, said(before), said(after)) for field, (before, after) in row.changes.items()]
    return Change(
        id=row.id,
        at=row.at,
        actor=row.actor,
        noun=row.noun,
        object=row.object_id,
        name=row.object,
        action=row.action,
        company=row.company_id,
        changes=changes,
    )


def version_of(call: Call) -> int | None:
    """What If-Match says: a number, quoted or not, also one that a proxy has marked as weak. Raises BadInput."""
    given = call.request.headers.get("if-match")
    if given is None:
        return None
    match = re.fullmatch(r'(?:W/)?"?(\d{1,15})"?', given.strip())
    if match is None:
        raise BadInput("If-Match is the number of a version.")
    return int(match[1])


def with_version(item: Any, status: int = 200) -> Response:
    """The item, with its version as an ETag."""
    headers = {"etag": f'"{item.version}"', "cache-control": "no-store"}
    return Response(codec.encode(item), status_code=status, media_type="application/json", headers=headers)


def item_id(call: Call) -> str:
    """The id in the path. Raises NotFound for what is none."""
    given = call.path("item")
    if not is_id(given):
        raise NotFound
    return given


async def list_customers(call: Call) -> CustomerAccounts:
    """A page of them."""
    q = call.query(AccountsQuery)
    return await call.desk.store.read(lambda conn: CUSTOMER_ACCOUNTS.page(conn, q.company, q.search, q.after))


def routes_of(noun: Noun[Any, Any]) -> list[Endpoint]:
    """List, look, add, change, remove."""
    path, one, what = f"{ADMIN}/{noun.plural}", f"{ADMIN}/{noun.plural}/{{item}}", noun.name.replace("_", " ")
    many = noun.plural.replace("-", " ")

    async def list_(call: Call) -> msgspec.Struct:
        found = await editing.items(call.desk, noun, call.query(OfCompany).company)
        return LISTS[noun.name](found)

    async def look(call: Call) -> Response:
        return with_version(await editing.item(call.desk, noun, item_id(call)))

    async def add(call: Call) -> Response:
        if noun is TECHNICIANS:  # whose answer has a password
            return with_version(await technicians.add(call.desk, call.technician, call.body), 201)
        return with_version(await editing.add(call.desk, call.technician, noun, call.body), 201)

    async def change(call: Call) -> Response:
        changed = await editing.change(call.desk, call.technician, noun, item_id(call), call.body, version_of(call))
        return with_version(changed)

    async def remove(call: Call) -> None:
        await editing.remove(call.desk, call.technician, noun, item_id(call))

    def route(method: str, where: str, handler: Callable[[Call], Awaitable[Any]], about: str, **more: Any) -> Endpoint:
        return Endpoint(
            method=method, path=where, permission=Permission.ADMINISTRATOR, handler=_said(handler, about), **more
        )

    lists, which = (list_customers, AccountsQuery) if noun is CUSTOMER_ACCOUNTS else (list_, OfCompany)
    answer, errors = noun.item, (BadInput, Refused)
    return [
        route("GET", path, lists, f"All {many}.", answer=LISTS[noun.name], query=which),
        route("POST", path, add, f"Add a {what}.", body=noun.draft, answer=answer, status=201, errors=errors),
        route("GET", one, look, f"One {what}.", answer=answer, errors=(NotFound,)),
        route(
            "PUT",
            one,
            change,
            f"Change a {what}.",
            body=noun.draft,
            answer=answer,
            errors=(*errors, NotFound),
            headers=(IF_MATCH,),
        ),
        route("DELETE", one, remove, f"Remove a {what}.", status=204, errors=(NotFound, Refused)),
    ]


def _said(handler: Callable[[Call], Awaitable[Any]], about: str) -> Handler:
    """What the document calls it."""
    handler.__doc__ = about
    handler.__name__ = re.sub(r"\W+", "_", about.lower()).strip("_")
    return handler


async def add_bug_report(call: Call) -> Response:
    """The product's form for bug reports, as a company's own."""
    company = call.query(ForCompany).company
    return with_version(await forms.add_bug_report(call.desk, call.technician, company), 201)


ROUTES: list[Endpoint] = [
    *(route for noun in NOUNS for route in routes_of(noun)),
    Endpoint(
        method="POST",
        path=f"{ADMIN}/forms/templates/bug-report",
        permission=Permission.ADMINISTRATOR,
        handler=add_bug_report,
        query=ForCompany,
        answer=Form,
        status=201,
        errors=(BadInput, Refused),
    ),
    Endpoint(
        method="GET",
        path=f"{ADMIN}/changes",
        permission=Permission.ADMINISTRATOR,
        handler=list_changes,
        answer=Changes,
        query=AuditQuery,
        errors=(BadInput,),
    ),
]
"""Every route of this module."""
