"""All routes of the HTTP side, in one list. Nothing is served that is not an Endpoint with a permission."""

from collections.abc import Iterable

from server.http import (
    accounts,
    administration,
    canned,
    changes,
    credentials,
    customer_accounts,
    customers,
    files,
    handover,
    health,
    languages,
    leaving,
    notices,
    pages,
    pictures,
    probe,
    session_keys,
    tickets,
    uploads,
    working_together,
)
from server.http.routing import Endpoint, Permission

ROUTES: list[Endpoint] = [
    *accounts.ROUTES,
    *administration.ROUTES,
    *credentials.ROUTES,
    *pictures.ROUTES,
    *customers.ROUTES,
    *customer_accounts.ROUTES,
    *changes.ROUTES,
    *tickets.ROUTES,
    *languages.ROUTES,
    *notices.ROUTES,
    *uploads.ROUTES,
    *files.ROUTES,
    *handover.ROUTES,
    *working_together.ROUTES,
    *session_keys.ROUTES,
    *leaving.ROUTES,
    *canned.ROUTES,
    *health.ROUTES,
    *probe.ROUTES,
    *pages.ROUTES,
]


def check(routes: Iterable[object]) -> None:
    """Start-up refuses a route without a permission, and two routes for one address."""
    seen: set[tuple[str, str]] = set()
    for route in routes:
        if not isinstance(route, Endpoint) or not isinstance(route.permission, Permission):
            raise TypeError(f"{route!r} does not say who may call it")
        if (route.method, route.path) in seen:
            raise TypeError(f"{route.method} {route.path} is declared twice")
        seen.add((route.method, route.path))
