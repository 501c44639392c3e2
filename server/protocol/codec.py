"""Bytes to commands and frames to bytes. Built once, reused."""

from typing import TypeVar

import msgspec

from server.domain.limits import TEXT_BYTES
from server.errors import BadInput
from server.protocol import customer, technician
from server.protocol.shared import In

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_customer: msgspec.json.Decoder[customer.CustomerCommand] = msgspec.json.Decoder(customer.CustomerCommand)
_technician: msgspec.json.Decoder[technician.TechnicianCommand] = msgspec.json.Decoder(technician.TechnicianCommand)

MAX_DEPTH = 16
"""Nesting of JSON that is looked at at all; ours needs 3."""

_LONG_TEXTS = ("text", "description")
"""Fields with more than one line. In all others a line end is wrong, also as the last character, which the ``$`` of a
pattern lets through."""


def encode(frame: msgspec.Struct) -> bytes:
    """The JSON of a frame."""
    return _encoder.encode(frame)


def customer_command(data: bytes | str) -> customer.CustomerCommand:
    """Raises BadInput with the path of the first error."""
    return _decode(_customer, data)


def technician_command(data: bytes | str) -> technician.TechnicianCommand:
    """Raises BadInput with the path of the first error."""
    return _decode(_technician, data)


def body(data: bytes, kind: type[T]) -> T:
    """A body of the HTTP API. Raises BadInput with the path of the first error."""
    return _decode(msgspec.json.Decoder(kind), data)


def _decode(decoder: msgspec.json.Decoder[T], data: bytes | str) -> T:
    try:
        _check_depth(data)
        value = decoder.decode(data)
        _check_text(value)
    except msgspec.ValidationError as error:
        text = str(error)
        path = text.rpartition(" - at `$")[2].rstrip("`").lstrip(".") if " - at `$" in text else None
        raise BadInput(text, field=path) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadInput(f"This is not JSON: {error}") from None
    return value


def _check_depth(data: bytes | str) -> None:
    """Cheap: only texts with many brackets are counted."""
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    depth = 0
    in_text = escaped = False
    for char in text:
        if in_text:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_text = False
        elif char == '"':
            in_text = True
        elif char in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                raise BadInput(f"Nested deeper than {MAX_DEPTH}.")
        elif char in "}]":
            depth -= 1


def _check_text(value: object) -> None:
    """No NUL (PostgreSQL refuses it), no lone surrogates, not only blanks, and lines only where they belong."""
    if not isinstance(value, In):
        _check_parts(value)
        return
    for name in value.__struct_fields__:
        if name in value.cleaned:
            continue
        text = getattr(value, name)
        if not isinstance(text, str):
            _check_text(text)
            continue
        if "\0" in text:
            raise BadInput("NUL is not text.", field=name)
        if name not in _LONG_TEXTS and ("\n" in text or "\r" in text):
            raise BadInput("This is one line only.", field=name)
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            raise BadInput("A lone surrogate is not text.", field=name) from None
        if size > TEXT_BYTES:
            raise BadInput(f"Longer than {TEXT_BYTES} bytes.", field=name)
        if name in ("text", "subject", "description") and text and not text.strip():
            raise BadInput("Only blanks.", field=name)


def _check_parts(value: object) -> None:
    """Texts in lists, and in what is part of a thing: what can be stored, and nothing more is asked of them."""
    if isinstance(value, str):
        if "\0" in value:
            raise BadInput("NUL is not text.")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise BadInput("A lone surrogate is not text.") from None
    elif isinstance(value, list):
        for one in value:
            _check_parts(one)
    elif isinstance(value, dict):
        for part in (*value, *value.values()):
            _check_parts(part)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _check_parts(getattr(value, name))
