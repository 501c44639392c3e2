"""The OpenAPI document tells the truth: generated requests by three kinds of callers, answers as the document says."""

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

from server.store import technicians
from tests.security.town import Company, found
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


@pytest.mark.parametrize("who", ["nobody", "a customer", "a technician"])
@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_the_server_does_what_its_document_says(
    case: Any, server: DeskServer, acme: Company, session: requests.Session, who: str
) -> None:
    token = {"nobody": None, "a customer": acme.ada["token"], "a technician": acme.lena.token}[who]
    if token is not None:
        real = {"ticket": acme.ticket, "portal": acme.office.portal}
        case.path_parameters |= {name: real[name] for name in case.path_parameters or {} if name in real}
    session.cookies.clear()
    headers = {"authorization": f"Bearer {token}"} if token else {}
    case.call_and_validate(base_url=server.url, session=session, headers=headers, checks=CHECKS)
