"""The OpenAPI document tells the truth: whatever is asked, by whoever may and by others, is answered as it says."""

from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from requests.adapters import HTTPAdapter
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.http.routes import ROUTES
from server.store import technicians
from tests.security.town import Company, an_item, found
from tests.support.server import DeskServer

DOCUMENT = Path(__file__).parents[2] / "docs/protocol/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_path(DOCUMENT)
at_random = schemathesis.openapi.from_path(DOCUMENT)
"""Without the dozens of requests that look at each field in turn."""
at_random.config.phases.coverage.enabled = False


FRAMING = ("Content-Length", "Transfer-Encoding")
"""What is made up there is no HTTP, which is answered before there is a route: tests/wire has that."""


class FromElsewhere(HTTPAdapter):
    """Requests from an address of their own: their wrong passwords must not delay the sign-ins of other tests."""

    def init_poolmanager(self, *args: Any, **more: Any) -> Any:
        return super().init_poolmanager(*args, source_address=("127.0.0.8", 0), **more)


@pytest.fixture(scope="module")
def session() -> requests.Session:
    one = requests.Session()
    one.mount("http://", FromElsewhere())
    return one


@pytest.fixture(scope="module")
async def acme(server: DeskServer) -> Company:
    company = await found(server, "Acme")
    company.office.write(lambda conn: technicians.set_availability(conn, company.lena.id, "available"))
    return company


def examples(number: int) -> settings:
    """The same ones each time."""
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


class Asking:
    """Sends what was generated, as somebody, about Acme's own things."""

    def __init__(self, server: DeskServer, acme: Company, session: requests.Session) -> None:
        self._url, self._acme, self._session = server.url, acme, session
        self._tokens = {
            "a customer": acme.ada["token"],
            "a technician": acme.lena.token,
            "an administrator": acme.office.worker("Olga", "administrator").token,
        }

    def ask(self, case: Any, who: str) -> None:
        """And compare the answer with the document."""
        token = self._tokens.get(who)
        if token is not None:
            case.path_parameters |= self._ids(case)
        for name in FRAMING:
            (case.headers or {}).pop(name, None)
        self._session.cookies.clear()
        headers = {"authorization": f"Bearer {token}"} if token else {}
        case.call_and_validate(base_url=self._url, session=self._session, headers=headers, checks=CHECKS)

    def _ids(self, case: Any) -> dict[str, str]:
        real = {"ticket": self._acme.ticket, "portal": self._acme.office.portal}
        route = next(one for one in ROUTES if one.path == case.path)
        if "{item}" in route.path and "/admin/" in route.path:
            real["item"] = an_item(route, self._acme)
        return {name: real[name] for name in case.path_parameters or {} if name in real}


@pytest.fixture(scope="module")
def asking(server: DeskServer, acme: Company, session: requests.Session) -> Asking:
    return Asking(server, acme, session)


def who_may(path: str) -> str:
    """Whoever the route is for."""
    if path.startswith("/api/v1/admin/"):
        return "an administrator"
    if path.startswith("/api/v1/customer/"):
        return "a customer"
    return "nobody" if path.startswith("/api/v1/portals/") else "a technician"


@schema.parametrize()
@examples(12)
def test_the_server_does_what_its_document_says(case: Any, asking: Asking) -> None:
    asking.ask(case, who_may(case.path))


@pytest.mark.parametrize("who", ["nobody", "a customer", "a technician"])
@at_random.parametrize()
@examples(3)
def test_so_it_does_to_others(case: Any, asking: Asking, who: str) -> None:
    asking.ask(case, who)
