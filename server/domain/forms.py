"""Forms of issue types: what administrators ask, and the checks of what customers answer (S-10..S-24)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from server.domain.texts import Lines

FieldKind = Literal["text", "long_text", "choice", "number", "file"]
FieldKey = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,62}$")]
"""Stays when labels change; exports and integrations know a field by it."""


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the answers of a choice."""

    key: FieldKey
    labels: Lines


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of a form."""

    key: FieldKey
    kind: FieldKind
    labels: Lines
    help: Lines = {}
    required: bool = False
    options: Annotated[list[Option], Meta(max_length=100)] = []
    """choice: what can be chosen, in this order"""
    least: float | None = None
    """number: not below this"""
    most: float | None = None
    """number: not above this"""


class Answer(msgspec.Struct, frozen=True):
    """What a customer answered, kept with the ticket in the words of that day, whatever the form becomes."""

    key: str
    kind: FieldKind
    label: str
    """in the customer's language"""
    value: str
    """text and number as typed; of a choice the option's key; of files their names, one in a line"""
    shown: str
    """of a choice the option's label; else the value"""
