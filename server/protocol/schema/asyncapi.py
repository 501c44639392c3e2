"""docs/protocol/asyncapi.json: both sockets with all their messages (AsyncAPI 3.1).

Seen from the server, as AsyncAPI wants it: it receives commands and sends frames. What answers a command stands in the
command's docstring (“Answered by ``page``”) and is read from there.
"""

import json
import re
import typing
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from server.domain import limits
from server.protocol import close, customer, shared, technician
from server.protocol.schema import catalog, components, docs

_ANSWER = re.compile(r"Answered by `(\w+)`")

_LIMITS = f"Text messages of at most {limits.FRAME_BYTES} bytes; the first one, hello, of at most {limits.HELLO_BYTES}."


class Channel(msgspec.Struct, frozen=True):
    """One socket."""

    name: str
    about: str
    commands: tuple[catalog.Struct, ...]
    frames: tuple[catalog.Struct, ...]

    @property
    def messages(self) -> tuple[catalog.Struct, ...]:
        """Both directions."""
        return (*self.commands, *self.frames)


CHANNELS = (
    Channel(
        "customer",
        f"A customer's socket: portal page, widget, phone. Who it is says the token in hello, or the cookie. {_LIMITS}",
        typing.get_args(customer.CustomerCommand),
        typing.get_args(customer.CustomerFrame),
    ),
    Channel(
        "console",
        f"A technician's socket. Who it is says the session cookie, or a bearer token in the handshake. {_LIMITS}",
        typing.get_args(technician.TechnicianCommand),
        typing.get_args(technician.TechnicianFrame),
    ),
)


def document() -> str:
    """The whole file."""
    messages = {components.name_of(cls): _message(cls) for channel in CHANNELS for cls in channel.messages}
    whole = {
        "asyncapi": "3.1.0",
        "info": _info(),
        "defaultContentType": "application/json",
        "servers": {"desk": _server()},
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {name: told for channel in CHANNELS for name, told in _operations(channel)},
        "components": {
            "messages": messages,
            "schemas": {name: _draft7(schema) for name, schema in components.needed_by(messages).items()},
        },
    }
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def answers(command: catalog.Struct) -> list[str]:
    """Types of the frames that may answer the command; what carries a ``ref`` can also be refused."""
    texts = [catalog.doc(cls) for cls in command.__mro__ if cls.__module__ == command.__module__]
    found = [match[1] for text in texts if (match := _ANSWER.search(text))][:1]
    return [*found, "refused"] if "ref" in command.__struct_fields__ else found


def _info() -> dict[str, Any]:
    return {
        "title": "Deskwire sockets",
        "version": str(shared.VERSION),
        "description": "The live protocol of customers and technicians. How to use it: docs/protocol.md.",
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{host}",
        "protocol": "wss",
        "description": "Your own desk. On the same machine also ws, without TLS.",
        "variables": {"host": {"default": "127.0.0.1:8000", "description": "Host and port of the public address."}},
    }


def _channel(channel: Channel) -> dict[str, Any]:
    names = [components.name_of(cls) for cls in channel.messages]
    return {
        "address": f"/ws/v{shared.VERSION}/{channel.name}",
        "description": channel.about,
        "servers": [{"$ref": "#/servers/desk"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        "x-close-codes": {
            str(code): {"name": word, "description": docs.of_module(close).get(word, "")}
            for word, code in vars(close).items()
            if word.isupper()
        },
    }


def _message(cls: catalog.Struct) -> dict[str, Any]:
    return {
        "name": cls.__struct_config__.tag,
        "title": components.name_of(cls),
        "summary": catalog.doc(cls),
        "payload": components.ref(cls),
    }


def _operations(channel: Channel) -> Iterator[tuple[str, dict[str, Any]]]:
    """One operation per command, with its answers, and one for all that the server sends."""
    frames = {cls.__struct_config__.tag: cls for cls in channel.frames}
    here = {"$ref": f"#/channels/{channel.name}"}

    def messages(classes: Iterable[catalog.Struct]) -> list[dict[str, str]]:
        return [{"$ref": f"#/channels/{channel.name}/messages/{components.name_of(cls)}"} for cls in classes]

    for cls in channel.commands:
        told: dict[str, Any] = {"action": "receive", "channel": here, "messages": messages([cls])}
        if replies := [frames[answer] for answer in answers(cls)]:
            told["reply"] = {"channel": here, "messages": messages(replies)}
        yield f"{channel.name}.{cls.__struct_config__.tag}", told
    yield f"{channel.name}.frames", {"action": "send", "channel": here, "messages": messages(channel.frames)}


def _draft7(value: Any) -> Any:
    """AsyncAPI's discriminator is the name of the property alone."""
    if isinstance(value, dict):
        return {
            key: inner["propertyName"] if key == "discriminator" else _draft7(inner) for key, inner in value.items()
        }
    return [_draft7(inner) for inner in value] if isinstance(value, list) else value
