"""docs/protocol/openapi.json from the declared routes: ``python -m server.http.openapi [--check]`` (OpenAPI 3.1)."""

import argparse
import inspect
import json
import re
import typing
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from server import errors
from server.domain import ticket
from server.errors import (
    BadInput,
    Busy,
    DeskwireError,
    FileRefused,
    Forbidden,
    NotFound,
    Refused,
    StorageFull,
    TooLarge,
    TooMany,
    Unauthenticated,
)
from server.http.routes import ROUTES
from server.http.routing import CSRF_HEADER, Endpoint, Permission
from server.origin import SESSION_COOKIE, cookie_name, customer_cookie
from server.protocol import rest, shared
from server.protocol.schema import __main__ as files
from server.protocol.schema import catalog, components, docs

FILE: Final = "docs/protocol/openapi.json"
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"

_STAFF: Final[list[dict[str, list[str]]]] = [{"technicianToken": []}, {"technicianCookie": []}]
SECURITY: Final[dict[Permission, list[dict[str, list[str]]]]] = {
    Permission.PUBLIC: [],
    Permission.CUSTOMER: [{"customerToken": []}, {"customerCookie": []}],
    Permission.SESSION: _STAFF,
    Permission.TECHNICIAN: _STAFF,
    Permission.ADMINISTRATOR: _STAFF,
}

_ABOUT_ERRORS: Final = dict(re.findall(r"[├└]── (\w+) +\w+ +\d{3} +(.+)", errors.__doc__ or ""))
"""What the tree at the top of errors.py says of each class."""


def document(routes: Iterable[Endpoint]) -> str:
    """The whole file."""
    public = [route for route in routes if route.public_document]
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in public:
        paths[route.path][route.method.lower()] = _operation(route)
    responses = _error_responses(public)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Deskwire HTTP API",
            "version": str(shared.VERSION),
            "description": "The same use cases as on the sockets, for integrations and phones: see docs/protocol.md.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "Your own desk."}],
        "tags": [{"name": name, "description": about} for name, about in sorted({_tag(route) for route in public})],
        "paths": paths,
        "components": {
            "schemas": components.needed_by([paths, responses]),
            "responses": responses,
            "securitySchemes": _security_schemes(),
        },
    }
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def errors_of(route: Endpoint) -> set[type[DeskwireError]]:
    """What the route declares, and what can happen before its handler is called (see routing.answer)."""
    found = {*route.errors}
    if route.body is not None:
        found |= {BadInput, TooLarge}
    if route.query is not None:
        found |= {BadInput}
    if route.unsafe:
        found |= {Forbidden, Busy, StorageFull}
    if route.permission is not Permission.PUBLIC:
        found |= {Unauthenticated}
    if route.permission in (Permission.TECHNICIAN, Permission.ADMINISTRATOR):
        found |= {Forbidden}
    if route.permission is Permission.ADMINISTRATOR:
        found |= {NotFound}
    return found


def _operation(route: Endpoint) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [_tag(route)[0]],
        "security": SECURITY[route.permission],
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": _responses(route),
    }
    more = docs.flat(route.handler.__doc__ or "").partition("\n\n")[2]
    if more:
        told["description"] = more
    if route.body is not None:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": components.ref(route.body)}}}
    if route.bytes_in:
        told["requestBody"] = {"required": True, "content": {BYTES: {"schema": {"type": "string"}}}}
    return told


def _operation_id(route: Endpoint) -> str:
    """The handler's name; one that serves both sides says which, below customers' paths."""
    tag = _tag(route)[0]
    both = route.permission is Permission.CUSTOMER and tag != "customers"
    return f"{tag}_{'customer_' if both else ''}{route.handler.__name__}"


def _tag(route: Endpoint) -> tuple[str, str]:
    """The handler's module, and what it says of itself."""
    module = inspect.getmodule(route.handler)
    about = docs.flat(module.__doc__ or "") if module else ""
    return route.handler.__module__.rpartition(".")[2], about


def _path_parameters(route: Endpoint) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", route.path):
        _, bounds = typing.get_args(shared.Slug if name == "portal" else shared.Id)
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": bounds.pattern}}


def _query_parameters(route: Endpoint) -> Iterator[dict[str, Any]]:
    if route.query is None:
        return
    _, raw = msgspec.json.schema_components([route.query], ref_template=components.REF_TEMPLATE)
    schema = raw[route.query.__name__]
    for name, field in schema["properties"].items():
        told = {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": field}
        text = docs.of_field(route.query, name)
        yield told | ({"description": text} if text else {})


def _header_parameters(route: Endpoint) -> Iterator[dict[str, Any]]:
    if route.unsafe:
        yield {
            "name": CSRF_HEADER,
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "Any value. Needed where a cookie says who is calling.",
        }
    for header in route.headers:
        told = {"name": header.name, "in": "header", "required": header.required, "schema": header.schema}
        yield told | {"description": header.about}


def _responses(route: Endpoint) -> dict[str, Any]:
    told: dict[str, Any] = {str(route.status): _success(route), "default": {"$ref": "#/components/responses/Problem"}}
    if route.bytes_out:
        told |= {"206": _file("The range."), "304": {"description": "Not changed."}}
        told |= {"416": {"$ref": "#/components/responses/Problem"}}
    for status, classes in _by_status(route).items():
        told[str(status)] = {"$ref": f"#/components/responses/{_response_name(classes)}"}
    return told


def _by_status(route: Endpoint) -> dict[int, list[type[DeskwireError]]]:
    found: dict[int, list[type[DeskwireError]]] = defaultdict(list)
    for error in sorted(errors_of(route), key=lambda cls: cls.__name__):
        found[error.status].append(error)
    return found


def _response_name(classes: list[type[DeskwireError]]) -> str:
    return "Or".join(cls.__name__ for cls in classes)


def _error_responses(routes: Iterable[Endpoint]) -> dict[str, dict[str, Any]]:
    """Each combination of errors once, for ``components.responses``."""
    told = {"Problem": _problem("Any other error.")}
    for route in routes:
        for status, classes in _by_status(route).items():
            response = told[_response_name(classes)] = _problem("\n\n".join(map(_about, classes)))
            if status in (TooMany.status, Busy.status):
                response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return told


def _success(route: Endpoint) -> dict[str, Any]:
    if route.bytes_out:
        return _file("The file.")
    if route.answer is None:
        return {"description": "Done."}
    schema = {JSON: components.ref(route.answer)}
    content = {media: {"schema": schema.get(media, {"type": "string"})} for media in route.media}
    return {"description": catalog.doc(route.answer), "content": content}


def _file(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": components.ref(rest.Problem)}}}


def _about(error: type[DeskwireError]) -> str:
    if error is Refused:
        return f"A rule says no, and `code` is its name: {', '.join(f'`{rule}`' for rule in ticket.RULES)} …"
    if error is FileRefused:
        return "The file is not taken, and `code` says why: `file_type_not_allowed`, `file_content` with `reason` …"
    return f"`{error.code}`: {_ABOUT_ERRORS[error.__name__]}"


def _security_schemes() -> dict[str, dict[str, str]]:
    def bearer(description: str) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": description}

    def cookie(name: str) -> dict[str, str]:
        about = "Without the prefix where the desk is served over plain HTTP."
        return {"type": "apiKey", "in": "cookie", "name": cookie_name(name, secure=True), "description": about}

    return {
        "technicianToken": bearer("A technician's token, for integrations; made at POST /api/v1/me/tokens."),
        "technicianCookie": cookie(SESSION_COOKIE),
        "customerToken": bearer("A customer's token, for native clients; it comes with the first ticket."),
        "customerCookie": cookie(customer_cookie("<portal>")),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m server.http.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the committed file is stale")
    (files.check if parser.parse_args().check else files.write)({FILE: document(ROUTES)})


if __name__ == "__main__":
    main()
