"""How a route is declared, and what happens to every request before and after its handler.

A route says who may call it. One that does not cannot be written down (the field has no default), and
``all_routes`` in http/routes.py refuses to start with anything that is not an Endpoint.
"""

from collections.abc import Awaitable, Callable, Collection
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from server.accounts.technicians import Session
from server.accounts.throttle import network_of
from server.desk import presence
from server.desk.desk import Desk
from server.domain.people import Customer, Technician
from server.errors import BadInput, DeskwireError, Forbidden, NotFound, TooLarge, Unauthenticated
from server.origin import SESSION_COOKIE, bearer, cookie, customer_cookies, portal_origin, same_origin
from server.protocol import codec
from server.protocol.rest import Problem

T = TypeVar("T")

CSRF_HEADER = "x-deskwire"
"""A header that a foreign site cannot add without asking first; its value does not matter."""


class Permission(StrEnum):
    """Who may call a route."""

    PUBLIC = "public"
    CUSTOMER = "customer"
    SESSION = "session"
    """a signed-in technician, also one who still has to choose a password"""
    TECHNICIAN = "technician"
    ADMINISTRATOR = "administrator"


class Call(msgspec.Struct):
    """One request, as its handler sees it."""

    request: Request
    desk: Desk
    permission: Permission = Permission.PUBLIC
    body: Any = None
    session: Session | None = None
    _technician: Technician | None = None
    _customer: Customer | None = None

    @property
    def technician(self) -> Technician:
        """The caller of a TECHNICIAN, SESSION or ADMINISTRATOR route."""
        if self._technician is None:
            raise Unauthenticated
        return self._technician

    @property
    def customer(self) -> Customer:
        """The caller of a CUSTOMER route."""
        if self._customer is None:
            raise Unauthenticated
        return self._customer

    @property
    def person(self) -> Customer | Technician:
        """The caller of a CUSTOMER route, or of a technician's, where both do the same thing."""
        return self.customer if self.permission is Permission.CUSTOMER else self.technician

    @property
    def address(self) -> str:
        """The caller's IP address (behind a trusted proxy, the one it names)."""
        return self.request.client.host if self.request.client else ""

    @property
    def network(self) -> str:
        """Whom limits count the caller as: of IPv6 everybody has 2^64 addresses."""
        return network_of(self.address)

    @property
    def user_agent(self) -> str:
        """Hostile text; at most 512 characters of it."""
        return self.request.headers.get("user-agent", "")[:512]

    def path(self, name: str) -> str:
        """A part of the path. Raises NotFound for what PostgreSQL could not even look for."""
        part = str(self.request.path_params[name])
        if "\0" in part:
            raise NotFound
        return part

    def query(self, kind: type[T]) -> T:
        """The query string as a Struct. Raises BadInput for unknown names and wrong values.

        ``cleaned`` of the Struct: names of files, which are taken as they are, as in bodies (protocol.shared.In).
        """
        given = dict(self.request.query_params)
        for name, text in given.items():
            if "\0" in text and name not in getattr(kind, "cleaned", ()):
                raise BadInput("NUL is not text.", field=name)
        try:
            return msgspec.convert(given, kind, strict=False)
        except msgspec.ValidationError as error:
            raise BadInput(str(error)) from None


Handler = Callable[[Call], Awaitable[msgspec.Struct | Response | None]]


class Header(msgspec.Struct, frozen=True):
    """A header of the request that the document tells of."""

    name: str
    about: str
    schema: dict[str, Any]
    required: bool = False


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A route, with all that the OpenAPI document says of it."""

    method: str
    path: str
    """in Starlette's style: /api/v1/tickets/{ticket}"""
    permission: Permission
    handler: Handler
    body: type[msgspec.Struct] | None = None
    answer: type[msgspec.Struct] | None = None
    status: int = 200
    query: type[msgspec.Struct] | None = None
    errors: tuple[type[DeskwireError], ...] = ()
    media: tuple[str, ...] = ("application/json",)
    """what the answer may be; as JSON it is the Struct"""
    bytes_in: bool = False
    """the body is bytes, which the handler reads as they come"""
    bytes_out: bool = False
    """the answer is the bytes of a file, or a range of them"""
    headers: tuple[Header, ...] = ()
    public_document: bool = True
    """False: not part of the API (pages, health)."""

    @property
    def summary(self) -> str:
        """First line of the handler's docstring."""
        return (self.handler.__doc__ or "").strip().partition("\n")[0]

    @property
    def unsafe(self) -> bool:
        """Whether it may change something."""
        return self.method not in ("GET", "HEAD")

    def starlette(self, desk_of: Callable[[], Desk]) -> Route:
        """The route that Starlette serves."""

        async def serve(request: Request) -> Response:
            return await answer(self, Call(request, desk_of(), self.permission))

        return Route(self.path, serve, methods=[self.method], name=f"{self.method} {self.path}")


async def answer(endpoint: Endpoint, call: Call) -> Response:
    """Authenticate, check, decode, handle, encode."""
    try:
        await _admit(endpoint, call)
        if endpoint.body is not None:
            call.body = codec.body(await read_body(call.request, call.desk.settings.body_bytes), endpoint.body)
        result = await endpoint.handler(call)
    except DeskwireError as error:
        return problem(error)
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    return Response(codec.encode(result), status_code=endpoint.status, media_type="application/json")


def problem(error: DeskwireError) -> Response:
    """The answer to an expected error."""
    retry = getattr(error, "retry_after", None)
    body = Problem(
        code=error.code,
        message=error.message,
        field=getattr(error, "field", None),
        who=getattr(error, "who", None),
        retry_after_ms=None if retry is None else int(retry * 1000),
        offset=getattr(error, "offset", None),
        types=list(getattr(error, "types", ())) or None,
        reason=getattr(error, "reason", None),
        values=dict(getattr(error, "values", None) or {}) or None,
    )
    headers = {"cache-control": "no-store"}
    if retry is not None:
        headers["retry-after"] = str(max(1, round(retry)))
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return Response(codec.encode(body), status_code=error.status, media_type="application/json", headers=headers)


def http_error(request: Request, error: Exception) -> Response:
    """Starlette's own errors (unknown path, wrong method) in our shape."""
    if not isinstance(error, HTTPException) or error.status_code != 405:
        return problem(NotFound("There is nothing at this address."))
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    here = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in here for method in route.methods or ()}
    body = Problem("method_not_allowed", "This address does not take this method.")
    headers = {"cache-control": "no-store", "allow": ", ".join(sorted(methods)) or "GET, HEAD"}
    return Response(codec.encode(body), status_code=405, media_type="application/json", headers=headers)


async def read_body(request: Request, limit: int) -> bytes:
    """The body, up to ``limit`` bytes. Raises TooLarge before more than that is in memory."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit:
        raise TooLarge(f"At most {limit} bytes.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"At most {limit} bytes.")
    return bytes(body)


# --- who is calling -------------------------------------------------------------------------------------------------


async def _admit(endpoint: Endpoint, call: Call) -> None:
    """Fill the caller in, or raise."""
    call.desk.rates.addresses.check(call.network)
    permission, url = endpoint.permission, call.desk.settings.url
    portals = call.desk.hosts.names if permission in (Permission.PUBLIC, Permission.CUSTOMER) else ()
    if permission is Permission.PUBLIC:
        if endpoint.unsafe:
            check_csrf(call.request, url, portals, by_cookie=True)
        return
    token = bearer(call.request.headers.get("authorization", ""))
    if endpoint.unsafe:
        check_csrf(call.request, url, portals, by_cookie=token is None)
    if permission is Permission.CUSTOMER:
        call._customer = await customer_of(call)
        call.desk.rates.callers.check(call.customer.id)
        return
    call._technician = await technician_of(call)
    must_change = call.session is not None and call.session.must_change_password
    if must_change and permission is not Permission.SESSION:
        raise Forbidden("Choose a password of your own first.")
    if permission is Permission.ADMINISTRATOR and call.technician.role != "administrator":
        raise NotFound
    call.desk.rates.callers.check(call.technician.id)
    await presence.calls(call.desk, call.technician.id)


async def customer_of(call: Call) -> Customer:
    """The caller as the database knows him now; a handler that has waited asks again. Raises Unauthenticated."""
    headers = call.request.headers
    token = bearer(headers.get("authorization", ""))
    if token is not None:
        return await call.desk.customers.by_token(token)
    cookies = customer_cookies(headers, call.desk.settings.url)
    ticket = call.path("ticket") if "ticket" in call.request.path_params else ""
    return await call.desk.customers.of_ticket(cookies, ticket)


async def technician_of(call: Call) -> Technician:
    """As ``customer_of``, for technicians."""
    headers = call.request.headers
    token = bearer(headers.get("authorization", ""))
    if token is not None:
        return await call.desk.technicians.by_api_token(token)
    call.session = await call.desk.technicians.session(cookie(headers, SESSION_COOKIE, call.desk.settings.url))
    return call.session.technician


def check_csrf(request: Request, url: str, portals: Collection[str], *, by_cookie: bool) -> None:
    """What changes something must come from our own pages, unless it carries a bearer token.

    ``portals``: host names whose pages are ours, too.

    A browser that is made to send a request by a foreign site tells so (Sec-Fetch-Site, Origin) and cannot add the
    header. Programs send neither header nor cookie and have nothing to forge.
    """
    if not by_cookie:
        return
    origin = request.headers.get("origin")
    foreign = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    host = request.headers.get("host", "")
    ours = origin is None or same_origin(origin, url, host) or portal_origin(origin, url, host, portals)
    if foreign or not ours:
        raise Forbidden("This request came from another site.")
    if "cookie" in request.headers and CSRF_HEADER not in request.headers:
        raise Forbidden(f"The header {CSRF_HEADER} is missing.")
