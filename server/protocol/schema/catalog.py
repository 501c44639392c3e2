"""The Structs, enums and named types of the protocol, under the names that documents and TypeScript use.

A name that customer and technician both use gets the prefix Customer or Technician; a name of rest that is taken
already gets the prefix Rest.
"""

import functools
import inspect
import types
import typing
from collections import Counter
from enum import StrEnum
from types import ModuleType
from typing import Annotated, Any, Literal

import msgspec

from server.domain import estimate, files, forms, portal, schedule, ticket
from server.protocol import administration, customer, rest, shared, technician
from server.protocol.schema import docs

MODULES = (shared, customer, technician, rest, administration)
PARTS = (
    files.SenderRules,
    files.FileRules,
    portal.FieldSetting,
    portal.Ways,
    portal.PortalTexts,
    portal.PortalSetup,
    estimate.Wait,
    forms.Option,
    forms.Field,
    forms.Answer,
    schedule.Hours,
    schedule.Span,
    schedule.ExceptionalDays,
)
"""Parts of what crosses the wire that stand in domain/, since rules read them."""

Struct = type[msgspec.Struct]


def enums() -> dict[str, type[StrEnum]]:
    """The words of the state tables."""
    return {cls.__name__: cls for cls in vars(ticket).values() if _is_own(cls, ticket) and issubclass(cls, StrEnum)}


@functools.cache
def structs() -> dict[str, Struct]:
    """Every Struct that crosses the wire, by name, in the order of the source. Bases of others are left out.

    A draft is the base of its item, and crosses the wire itself.
    """
    own = [cls for module in MODULES for cls in vars(module).values() if _is_own(cls, module) and _is_struct(cls)]
    bases = {base for cls in own for base in cls.__mro__[1:] if not _is_draft(base)}
    leaves = [*(cls for cls in own if cls not in bases), *PARTS]
    uses = Counter(cls.__name__ for cls in leaves)
    named: dict[str, Struct] = {}
    for cls in leaves:
        name = cls.__name__
        audience = cls.__module__.rpartition(".")[2].capitalize()
        if uses[name] > 1 or (audience == "Rest" and name in aliases()):
            name = audience + name
        if name in named:
            raise ValueError(f"Two Structs would be called {name}.")
        named[name] = cls
    return named


@functools.cache
def aliases() -> dict[str, Any]:
    """Named types that are no classes: ``Id``, ``Availability``, ``CustomerFrame`` … by name.

    Two names for the same bounds (``Subject``, ``Name``) cannot be told apart in a field, so both are left out.
    """
    named = {
        name: value
        for module in MODULES
        for name, value in vars(module).items()
        if typing.get_origin(value) in (Annotated, Literal, types.UnionType)
    }
    values = list(named.values())
    return {name: value for name, value in named.items() if values.count(value) == 1}


def alias_of(hint: Any) -> str | None:
    """The name of a type that has one."""
    return next((name for name, value in aliases().items() if value == hint), None)


def alias_doc(name: str) -> str:
    """What is written below the alias, or in its Meta."""
    below = [docs.of_module(module).get(name, "") for module in MODULES]
    meta = getattr(aliases()[name], "__metadata__", ())
    described = [m.description for m in meta if isinstance(m, msgspec.Meta) and m.description]
    return next((text for text in [*below, *described] if text), "")


def is_incoming(cls: Struct) -> bool:
    """Whether clients send it."""
    return issubclass(cls, shared.In) and not cls.outgoing


def doc(cls: type) -> str:
    """The class's own docstring."""
    return docs.flat(cls.__dict__.get("__doc__") or "")


def _is_own(value: object, module: ModuleType) -> bool:
    return inspect.isclass(value) and value.__module__ == module.__name__


def _is_struct(value: type) -> bool:
    return issubclass(value, msgspec.Struct)


def _is_draft(value: type) -> bool:
    return value.__module__ == administration.__name__
