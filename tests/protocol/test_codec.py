"""Whatever bytes arrive: a command comes out, or BadInput. Nothing else, ever."""

import inspect
import json
import types
import typing
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import limits
from server.errors import BadInput
from server.protocol import codec, customer, rest, shared, technician
from tests.protocol.strategies import instances

Decode = Callable[[bytes | str], object]

COMMANDS: list[tuple[Decode, type[msgspec.Struct]]] = [
    *((codec.customer_command, cls) for cls in typing.get_args(customer.CustomerCommand)),
    *((codec.technician_command, cls) for cls in typing.get_args(technician.TechnicianCommand)),
]
BODIES = [
    cls
    for cls in vars(rest).values()
    if inspect.isclass(cls) and issubclass(cls, shared.In) and cls.__module__ == rest.__name__
]
INCOMING: list[tuple[Decode, type[msgspec.Struct]]] = [
    *COMMANDS,
    *((lambda data, cls=cls: codec.body(_bytes(data), cls), cls) for cls in BODIES),
]
NAMES = [f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}" for _, cls in INCOMING]

every_incoming = pytest.mark.parametrize(("decode", "cls"), INCOMING, ids=NAMES)


def _bytes(data: bytes | str) -> bytes:
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data


# --- round trips ------------------------------------------------------------------------------------------------------


@every_incoming
@settings(max_examples=20)
@given(data=st.data())
def test_what_a_client_sends_is_what_the_server_reads(
    decode: Decode, cls: type[msgspec.Struct], data: st.DataObject
) -> None:
    sent = data.draw(instances(cls))
    assert decode(codec.encode(sent)) == sent
    assert decode(codec.encode(sent).decode()) == sent


@pytest.mark.parametrize("union", [customer.CustomerFrame, technician.TechnicianFrame], ids=["customer", "technician"])
@settings(max_examples=60)
@given(data=st.data())
def test_what_the_server_sends_is_what_a_client_reads(union: Any, data: st.DataObject) -> None:
    frame = data.draw(st.one_of([instances(cls) for cls in typing.get_args(union)]))
    assert msgspec.json.decode(codec.encode(frame), type=union) == frame


# --- one wrong field --------------------------------------------------------------------------------------------------

WRONG_TEXTS: list[tuple[str, object]] = [
    ("dict", {}),
    ("list", ["a"]),
    ("int", 1),
    ("float", 0.5),
    ("bool", True),
    ("NUL", "a\0b"),
    ("lone surrogate", "a\ud800b"),
    ("lone low surrogate", "\udc00"),
    ("too long", "a" * (limits.TEXT_BYTES + 1)),
]
WRONG_NUMBERS: list[tuple[str, object]] = [
    ("text", "1"),
    ("float", 1.5),
    ("bool", True),
    ("negative", -1),
    ("too large", 2**53),
    ("much too large", 10**400),
    ("list", [1]),
    ("dict", {}),
]
LINE_END: list[tuple[str, object]] = [("line end", "\n"), ("carriage return", "\r")]


def minimal(cls: type[msgspec.Struct]) -> dict[str, Any]:
    """A valid command with only what must be there."""
    values: dict[str, Any] = {
        "to": {"technician": "0" * 32},
        "ref": 1,
        "before": 1,
        "n": 1,
        "size": 1,
        "client_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
        "stream": "0" * 32,
        "ticket": "0" * 32,
        "event": "0" * 32,
        "lang": "fr",
        "portal": "demo",
        "state": "away",
        "code": "123456",
        "email": "ada@example.com",
        "notice": "0" * 32,
        "technician": "0" * 32,
        "link": "0" * 64,
        "new": "correct horse battery",
        "password": "correct horse battery",
    }
    config = cls.__struct_config__
    command: dict[str, Any] = {config.tag_field: config.tag} if config.tag_field else {}
    for field in msgspec.structs.fields(cls):
        if field.required:
            command[field.name] = values.get(field.name, "a")
    return command


def bases(hint: Any) -> set[Any]:
    """The plain types that a hint allows."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return bases(args[0])
    if origin in (typing.Union, types.UnionType):
        return set().union(*map(bases, args))
    return {origin} if origin is Literal else {hint}


def is_struct(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, msgspec.Struct)


def wrong_fields() -> list[Any]:
    """Every field of everything that comes in, with every kind of value that it must refuse."""
    cases = []
    for decode, cls in INCOMING:
        hints = typing.get_type_hints(cls, include_extras=True)
        for field in msgspec.structs.fields(cls):
            allowed = bases(hints[field.name])
            wrong = WRONG_NUMBERS if int in allowed else WRONG_TEXTS
            if bool in allowed:
                wrong = [("text", "true"), ("int", 1), ("list", [True])]
            if shared.DeviceHints in allowed:
                wrong = [("text", "{}"), ("list", [{}]), ("unknown field", {"imei": "1"}), ("deep", {"os": {"a": {}}})]
            if str in allowed and field.name not in ("text", "description"):
                wrong = [*wrong, *((name, minimal(cls).get(field.name, "a") + str(end)) for name, end in LINE_END)]
            if any(one is dict or typing.get_origin(one) is dict or is_struct(one) for one in allowed):
                wrong = [(name, value) for name, value in wrong if name != "dict"]
            if field.name in getattr(cls, "cleaned", ()):
                wrong = [(name, value) for name, value in wrong if name not in ("NUL", *dict(LINE_END))]
            label = f"{cls.__module__.rpartition('.')[2]}.{cls.__name__}.{field.name}"
            cases += [pytest.param(decode, cls, field.name, value, id=f"{label}-{name}") for name, value in wrong]
    return cases


@pytest.mark.parametrize(("decode", "cls", "field", "value"), wrong_fields())
def test_a_wrong_value_is_refused(decode: Decode, cls: type[msgspec.Struct], field: str, value: object) -> None:
    """A dict where a text is expected, a number as text, NUL, half a surrogate pair, a line end in a name …"""
    good = minimal(cls)
    assert isinstance(decode(json.dumps(good)), cls)
    bad = json.dumps(good | {field: value})
    with pytest.raises(BadInput):
        decode(bad)
    with pytest.raises(BadInput):
        decode(bad.encode())


@every_incoming
def test_unknown_fields_are_refused(decode: Decode, cls: type[msgspec.Struct]) -> None:
    with pytest.raises(BadInput):
        decode(json.dumps(minimal(cls) | {"surprise": 1}))


@every_incoming
def test_missing_fields_are_refused_by_name(decode: Decode, cls: type[msgspec.Struct]) -> None:
    good = minimal(cls)
    for name in good:
        with pytest.raises(BadInput, match=name):
            decode(json.dumps({key: value for key, value in good.items() if key != name}))


def test_the_error_names_the_field() -> None:
    with pytest.raises(BadInput) as refused:
        codec.customer_command(json.dumps(minimal(customer.Send) | {"text": {}}))
    assert refused.value.field == "text"
    with pytest.raises(BadInput) as refused:
        codec.customer_command(json.dumps(minimal(customer.Send) | {"text": " \n "}))
    assert refused.value.field == "text"
    with pytest.raises(BadInput) as refused:
        codec.customer_command(json.dumps({"type": "hello", "portal": "demo", "device": {"platform": 1}}))
    assert refused.value.field == "device.platform"


# --- not even JSON ----------------------------------------------------------------------------------------------------

PING = '{"type":"ping"}'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("", id="nothing"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + PING.encode(), id="byte order mark"),
        pytest.param(PING + PING, id="two commands"),
        pytest.param('{"type":"ping","type":"hello","portal":"demo"}', id="two types"),
        pytest.param("NaN", id="NaN alone"),
        pytest.param('{"type":"older","ref":NaN,"ticket":"' + "0" * 32 + '","before":1}', id="NaN"),
        pytest.param('{"type":"older","ref":Infinity,"ticket":"' + "0" * 32 + '","before":1}', id="Infinity"),
        pytest.param('{"type":"older","ref":1e999,"ticket":"' + "0" * 32 + '","before":1}', id="overflow"),
        pytest.param("[" * 100_000, id="deep lists"),
        pytest.param('{"type":' * 20_000, id="deep objects"),
        pytest.param('{"type":"hello","portal":"demo","device":' + "[" * 17 + "]" * 17 + "}", id="just too deep"),
        pytest.param('{"type":"ping\\ud800"}', id="half a surrogate pair, escaped"),
        pytest.param('{"type":"ping\ud800"}', id="half a surrogate pair, as text"),
        pytest.param(b'{"type":"ping\xed\xa0\x80"}', id="half a surrogate pair, as bytes"),
        pytest.param('{"type":["ping"]}', id="type is a list"),
        pytest.param('{"type":null}', id="type is null"),
        pytest.param('{"TYPE":"ping"}', id="type in capitals"),
        pytest.param('["ping"]', id="a list"),
    ],
)
@pytest.mark.parametrize("decode", [codec.customer_command, codec.technician_command])
def test_no_command(decode: Decode, data: bytes | str) -> None:
    with pytest.raises(BadInput):
        decode(data)


def test_brackets_in_a_text_are_not_nesting() -> None:
    text = '[{"' * 1_000 + "\\"
    sent = codec.customer_command(json.dumps(minimal(customer.Send) | {"text": text}))
    assert isinstance(sent, customer.Send)
    assert sent.text == text


def test_of_a_field_given_twice_the_last_counts() -> None:
    """One parser reads what is checked and what is stored, so both see the same value."""
    command = json.dumps(minimal(customer.Send)).replace('"text": "a"', '"text": "first", "text": "last"')
    sent = codec.customer_command(command)
    assert isinstance(sent, customer.Send)
    assert sent.text == "last"
    with pytest.raises(BadInput):
        codec.customer_command(command.replace('"last"', "1"))


def test_the_longest_message_fits() -> None:
    """8,000 characters of four bytes pass, one more does not; inside the frame limit even when escaped as UTF-16."""
    text = "\U0001f600" * limits.TEXT_CHARS
    command = codec.encode(msgspec.convert(minimal(customer.Send) | {"text": text}, customer.Send))
    assert len(command) < limits.FRAME_BYTES
    sent = codec.customer_command(command)
    assert isinstance(sent, customer.Send)
    assert sent.text == text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(data=st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    never_anything_else(data)


@given(value=anything)
def test_any_json(value: object) -> None:
    never_anything_else(json.dumps(value))


@given(data=st.data())
def test_any_command_with_anything_in_it(data: st.DataObject) -> None:
    """A valid command in which some fields are replaced, added or cut off."""
    _, cls = data.draw(st.sampled_from(INCOMING))
    command = minimal(cls)
    names = st.sampled_from([*command, "text", "ref", "token", "device", "limit", "x"])
    text = json.dumps(command | data.draw(st.dictionaries(names, anything, max_size=3)))
    never_anything_else(text[: data.draw(st.integers(0, len(text)))])
    never_anything_else(text)


def never_anything_else(data: bytes | str) -> None:
    """A command that can be encoded again, or BadInput."""
    for decode, _ in INCOMING:
        try:
            command = decode(data)
        except BadInput:
            continue
        assert isinstance(command, msgspec.Struct)
        assert decode(codec.encode(command)) == command
