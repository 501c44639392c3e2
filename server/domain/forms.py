"""Forms of issue types: what administrators ask, and the checks of what customers answer (S-10..S-24)."""

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from server.domain import limits
from server.domain.set_up import must
from server.domain.texts import Lines, pick
from server.errors import BadInput

FieldKind = Literal["text", "long_text", "choice", "number", "file", "colleagues"]
"""colleagues: e-mail addresses of people who read along from the beginning; only who can share is asked (S-13)"""
FieldKey = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,62}$")]
"""Stays when labels change; exports and integrations know a field by it."""

LONGEST: Final[dict[FieldKind, int]] = {
    "text": limits.SUBJECT_CHARS,
    "long_text": limits.TEXT_CHARS,
    "choice": 63,
    "number": 40,
    "file": 2_000,
    "colleagues": limits.TEXT_CHARS,
}
"""Characters of an answer."""
ADDRESS: Final = re.compile(rf"(?=.{{3,{limits.EMAIL_CHARS}}}\Z)[^@\s]+@[^@\s]+\Z")
NUMBER: Final = re.compile(r"[+-]?\d{1,15}([.,]\d{1,15})?\Z", re.ASCII)


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
    """text and number as typed; of a choice the option's key; of files names, of colleagues addresses, one in a line"""
    shown: str
    """of a choice the option's label; else the value"""


# --- what administrators define ---------------------------------------------------------------------------------------


def check_form(fields: list[Field]) -> None:
    """A form that can be filled in. Raises BadInput that names the field: ``fields.2.options``, counted from 0."""
    for at, field in enumerate(fields):
        place = f"fields.{at}"
        must(field.key not in {earlier.key for earlier in fields[:at]}, "key_twice", f"{place}.key")
        must(field.labels, "no_text", f"{place}.labels")
        must(field.kind != "colleagues" or not field.required, "share_required", f"{place}.required")
        _check_options(field, f"{place}.options")
        _check_bounds(field, place)


def _check_options(field: Field, place: str) -> None:
    keys = [option.key for option in field.options]
    if field.kind != "choice":
        must(not keys, "no_choice", place)
        return
    must(keys, "no_options", place)
    must(len(keys) == len(set(keys)), "option_twice", place)
    must(all(option.labels for option in field.options), "no_text", place)


def _check_bounds(field: Field, place: str) -> None:
    if field.kind != "number":
        must(field.least is None and field.most is None, "no_number", f"{place}.least")
    elif field.least is not None and field.most is not None:
        must(field.least <= field.most, "bounds_order", f"{place}.most")


# --- what customers answer --------------------------------------------------------------------------------------------


def asked(fields: list[Field], *, shares: bool) -> list[Field]:
    """The questions of a form at a portal: whom to share with only where people share."""
    return [field for field in fields if shares or field.kind != "colleagues"]


def addresses(value: str) -> list[str]:
    """Of colleagues, however they are set apart."""
    return [one for one in re.split(r"[\s,;]+", value) if one]


def answered(fields: list[Field], given: dict[str, str], langs: Iterable[str]) -> list[Answer]:
    """The answers of a form, in its order, without those that were left empty.

    Raises BadInput that names the field, ``answers.<key>``: what nobody asked, a required one that is empty, and what
    its kind does not take.
    """
    langs = list(langs)
    asked = {field.key for field in fields}
    for key in given:
        _must(key in asked, "This portal does not ask that.", f"answers.{key}")
    answers = []
    for field in fields:
        value = given.get(field.key, "").strip()
        if field.kind == "colleagues":
            value = "\n".join(addresses(value))
        place = f"answers.{field.key}"
        _must(value or not field.required, "This field is required.", place)
        if value:
            _must(len(value) <= LONGEST[field.kind], f"At most {LONGEST[field.kind]} characters.", place)
            shown = _SHOWN[field.kind](field, value, langs, place)
            answers.append(Answer(field.key, field.kind, pick(field.labels, langs) or field.key, value, shown))
    return answers


def _text(field: Field, value: str, langs: list[str], place: str) -> str:  # noqa: ARG001 - one shape for all kinds
    _must("\n" not in value, "This is one line.", place)
    return value


def _long_text(field: Field, value: str, langs: list[str], place: str) -> str:  # noqa: ARG001
    return value


def _choice(field: Field, value: str, langs: list[str], place: str) -> str:
    for option in field.options:
        if option.key == value:
            return pick(option.labels, langs) or value
    raise BadInput("This cannot be chosen.", field=place)


def _number(field: Field, value: str, langs: list[str], place: str) -> str:  # noqa: ARG001
    _must(NUMBER.match(value), "This is not a number.", place)
    number = float(value.replace(",", "."))
    if field.least is not None:
        _must(number >= field.least, f"At least {field.least:g}.", place)
    if field.most is not None:
        _must(number <= field.most, f"At most {field.most:g}.", place)
    return value


def _colleagues(field: Field, value: str, langs: list[str], place: str) -> str:  # noqa: ARG001
    _must(all(ADDRESS.match(one) for one in value.split("\n")), "This is no list of e-mail addresses.", place)
    return value


_SHOWN: Final[dict[FieldKind, Callable[[Field, str, list[str], str], str]]] = {
    "text": _text,
    "long_text": _long_text,
    "choice": _choice,
    "number": _number,
    "file": _long_text,
    "colleagues": _colleagues,
}


def _must(condition: object, message: str, field: str) -> None:
    if not condition:
        raise BadInput(message, field=field)
