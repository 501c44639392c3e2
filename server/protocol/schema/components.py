"""JSON schemas of the Structs, under the catalog's names: the ``components.schemas`` of both documents."""

import functools
from collections.abc import Iterator
from typing import Any

import msgspec

from server.protocol.schema import catalog, docs

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"
REF_TEMPLATE = _PREFIX + "{name}"


def ref(cls: catalog.Struct) -> Schema:
    """A reference to the Struct's component."""
    return {"$ref": _PREFIX + name_of(cls)}


@functools.cache
def name_of(cls: catalog.Struct) -> str:
    """The Struct's name in the catalog."""
    return next(name for name, known in catalog.structs().items() if known is cls)


def needed_by(document: Any) -> dict[str, Schema]:
    """The components that a document refers to, and what those refer to."""
    everything = components()
    found: dict[str, Schema] = {}
    waiting = list(_refs(document))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = everything[name]
            waiting += _refs(everything[name])
    return found


@functools.cache
def components() -> dict[str, Schema]:
    """Every Struct and enum of the protocol."""
    structs = catalog.structs()
    refs, raw = msgspec.json.schema_components(list(structs.values()), ref_template=REF_TEMPLATE)
    given = (schema["$ref"].removeprefix(_PREFIX) for schema in refs)
    names = dict(zip(given, structs, strict=True))
    renamed = {names.get(name, name): _renamed(schema, names) for name, schema in raw.items()}
    for name, schema in renamed.items():
        schema["title"] = name
        schema["description"] = catalog.doc((structs | catalog.enums())[name])
        if name in structs:
            _describe(schema, structs[name])
    return renamed


def _describe(schema: Schema, cls: catalog.Struct) -> None:
    """Add the texts below the fields. What the server sends is always there, so it needs no default."""
    for name, field in schema["properties"].items():
        text = docs.of_field(cls, name)
        if text:
            field["description"] = text
    if not catalog.is_incoming(cls):
        schema["required"] = list(schema["properties"])
        for field in schema["properties"].values():
            field.pop("default", None)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same schema with references to the catalog's names."""
    if isinstance(value, dict):
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    if isinstance(value, str) and value.startswith(_PREFIX):
        name = value.removeprefix(_PREFIX)
        return _PREFIX + names.get(name, name)
    return value


def _refs(value: Any) -> Iterator[str]:
    """Names of the components that a document refers to."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref" and inner.startswith(_PREFIX):
                yield inner.removeprefix(_PREFIX)
            else:
                yield from _refs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _refs(inner)
