"""docs/protocol/openapi.json is fresh, valid, and says of every route what routing.py does with it."""

import json
import re
from pathlib import Path
from typing import Any

import openapi_spec_validator
import pytest

from server.http import openapi
from server.http.routes import ROUTES
from server.http.routing import Endpoint, Permission
from server.protocol.schema import __main__ as files

PUBLIC = [route for route in ROUTES if route.public_document]
every_route = pytest.mark.parametrize("route", PUBLIC, ids=lambda route: f"{route.method} {route.path}")


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(openapi.document(ROUTES))


def test_the_committed_document_is_fresh() -> None:
    files.check({openapi.FILE: openapi.document(ROUTES)})


def test_it_is_valid(document: Any) -> None:
    openapi_spec_validator.validate(document)


def test_pages_and_health_are_not_part_of_the_api(document: Any) -> None:
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert {route.path for route in PUBLIC} == set(document["paths"])


def test_no_two_operations_have_the_same_name(document: Any) -> None:
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names) == len(PUBLIC)


@every_route
def test_each_route_is_told_as_it_is(document: Any, route: Endpoint) -> None:
    told = document["paths"][route.path][route.method.lower()]
    assert told["summary"] == route.summary != ""
    assert bool(told["security"]) is (route.permission is not Permission.PUBLIC)
    assert ("requestBody" in told) is (route.body is not None or route.bytes_in)
    assert str(route.status) in told["responses"]
    in_path = [parameter["name"] for parameter in told["parameters"] if parameter["in"] == "path"]
    assert in_path == re.findall(r"{(\w+)}", route.path)
    in_query = [parameter["name"] for parameter in told["parameters"] if parameter["in"] == "query"]
    assert in_query == list(route.query.__struct_fields__ if route.query else ())


@every_route
def test_each_error_stands_under_its_status(document: Any, route: Endpoint) -> None:
    told = document["paths"][route.path][route.method.lower()]["responses"]
    for error in openapi.errors_of(route):
        name = told[str(error.status)]["$ref"].rpartition("/")[2]
        described = document["components"]["responses"][name]
        words = ("`code` is its name", "`code` says why", f"`{error.code}`")
        assert any(word in described["description"] for word in words)
        assert described["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_the_command_writes_and_checks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["openapi"])
    openapi.main()
    assert (tmp_path / openapi.FILE).read_text() == openapi.document(ROUTES)
    monkeypatch.setattr("sys.argv", ["openapi", "--check"])
    openapi.main()
    (tmp_path / openapi.FILE).write_text("{}")
    with pytest.raises(SystemExit, match="openapi"):
        openapi.main()
