"""static/shared/rules.ts: state tables, limits, close codes, how a portal begins: no constant is typed twice."""

import json
from collections.abc import Mapping
from types import ModuleType
from typing import TypeVar

import msgspec

from server.domain import limits, ticket
from server.domain.portal import PortalSetup
from server.protocol import close, shared
from server.protocol.schema import docs
from server.protocol.schema.typescript import HEADER, comment, literal

S = TypeVar("S", ticket.Status, ticket.Chat)


def module() -> str:
    """The whole file."""
    parts = [
        HEADER,
        'import type { Chat, PortalSetup, Status, Step } from "./protocol.d.ts";',
        f"export const VERSION = {shared.VERSION};",
        f"{comment('Name of a rule that refuses a step; `refused` frames carry it as `code`.')}"
        f"export type Rule = {literal(*ticket.RULES)};",
        f"{comment('What a table says instead of the next state. (The state `not_joined` and the rule differ.)')}"
        "export interface RefusedBy {\n  rule: Rule;\n}",
        _table("STATUS_AFTER", "Status", ticket.STATUS_AFTER),
        _table("CHAT_AFTER", "Chat", ticket.CHAT_AFTER),
        _steps("OWNER_STEPS", ticket.OWNER_STEPS),
        _steps("UNDOABLE", ticket.UNDOABLE),
        f"{comment(_doc(ticket, 'UNDO_MS'))}export const UNDO_MS = {ticket.UNDO_MS};",
        _constants("LIMITS", limits),
        _constants("CLOSE", close),
        f"{comment('The set-up with which a portal begins.')}export const NEW_PORTAL: PortalSetup = "
        f"{json.dumps(msgspec.to_builtins(PortalSetup()), indent=2)};",
    ]
    return "\n\n".join(parts) + "\n"


def _doc(source: ModuleType, name: str) -> str:
    return docs.of_module(source).get(name, "")


def _table(name: str, state: str, table: Mapping[ticket.Step, Mapping[S, S | str]]) -> str:
    rows = "".join(f"  {step.value}: {{ {_cells(row)} }},\n" for step, row in table.items())
    kind = f"Record<Step, Record<{state}, {state} | RefusedBy>>"
    return f"{comment(_doc(ticket, name))}export const {name}: {kind} = {{\n{rows}}};"


def _cells(row: Mapping[S, S | str]) -> str:
    return ", ".join(f"{before.value}: {_cell(after)}" for before, after in row.items())


def _cell(after: str) -> str:
    is_state = isinstance(after, ticket.Status | ticket.Chat)
    return json.dumps(after) if is_state else f"{{ rule: {json.dumps(after)} }}"


def _steps(name: str, steps: tuple[ticket.Step, ...]) -> str:
    return (
        f"{comment(_doc(ticket, name))}export const {name}: readonly Step[] = {json.dumps([s.value for s in steps])};"
    )


def _constants(name: str, source: ModuleType) -> str:
    """The module's upper-case numbers as one object."""
    numbers = {key: value for key, value in vars(source).items() if key.isupper() and isinstance(value, int)}
    lines = [f"{comment(docs.flat(source.__doc__ or ''))}export const {name} = {{"]
    lines += [f"{comment(_doc(source, key), '  ')}  {key}: {value}," for key, value in numbers.items()]
    return "\n".join([*lines, "} as const;"])
