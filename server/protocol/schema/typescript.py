"""static/shared/protocol.d.ts: one interface per Struct, one type per union and enum.

Fields with a default are optional where the client sends them and present where it receives them.
"""

import inspect
import json
import types
import typing
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec

from server.protocol.schema import catalog, docs

HEADER = "// Generated from server/ by scripts/generate. Do not edit."

_SCALARS = {str: "string", int: "number", float: "number", bool: "boolean", types.NoneType: "null"}


def declarations() -> str:
    """The whole file."""
    parts = [HEADER]
    parts += [_exported(catalog.doc(cls), name, _enum(cls)) for name, cls in catalog.enums().items()]
    parts += [
        _exported(catalog.alias_doc(name), name, _type(hint, named=False)) for name, hint in catalog.aliases().items()
    ]
    parts += [_interface(name, cls) for name, cls in catalog.structs().items()]
    return "\n\n".join(parts) + "\n"


def comment(text: str, indent: str = "") -> str:
    """The text as a documentation comment with its line end, or nothing."""
    if not text:
        return ""
    lines = text.replace("*/", "* /").split("\n")
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def literal(*values: str) -> str:
    """A union of string literals."""
    return " | ".join(json.dumps(value) for value in values)


def _enum(cls: type[StrEnum]) -> str:
    return literal(*(member.value for member in cls))


def _exported(text: str, name: str, body: str) -> str:
    return f"{comment(text)}export type {name} = {body};"


def _interface(name: str, cls: catalog.Struct) -> str:
    lines = [f"{comment(catalog.doc(cls))}export interface {name} {{"]
    config = cls.__struct_config__
    if config.tag_field is not None:
        lines.append(f"  {config.tag_field}: {json.dumps(config.tag)};")
    hints = typing.get_type_hints(cls, include_extras=True)
    for field in msgspec.structs.fields(cls):
        optional = "?" if catalog.is_incoming(cls) and not field.required else ""
        text = comment(docs.of_field(cls, field.name), "  ")
        lines.append(f"{text}  {field.encode_name}{optional}: {_type(hints[field.name])};")
    return "\n".join([*lines, "}"])


def _type(hint: Any, named: bool = True) -> str:
    """A type in TypeScript. ``named``: by its own name where it has one."""
    if named and (name := catalog.alias_of(hint)):
        return name
    if hint in _SCALARS:
        return _SCALARS[hint]
    if inspect.isclass(hint):
        return _class(hint)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return _type(args[0])
    if origin is Literal:
        return literal(*args)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(_type(arg) for arg in args)
    if origin is list:
        inner = _type(args[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin is dict:
        record = f"Record<{_type(args[0])}, {_type(args[1])}>"
        few = typing.get_origin(args[0]) is Literal  # of a few names each may be missing
        return f"Partial<{record}>" if few else record
    raise TypeError(f"No TypeScript for {hint}.")


def _class(cls: type) -> str:
    for name, known in (catalog.structs() | catalog.enums()).items():
        if known is cls:
            return name
    raise TypeError(f"{cls} is not part of the protocol.")
