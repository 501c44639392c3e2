"""What we use of the libraries beneath, beyond what those document: an upgrade that takes it away is met here."""

import inspect
import re
from importlib.metadata import version

import pytest
from redis.asyncio.client import PubSub
from redis.asyncio.connection import AbstractConnection
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.server import ServerProtocol

from server.wire.frames import CountedFrames
from server.wire.http import HttpProtocol
from server.wire.server import Server as OurServer
from server.wire.websocket import SocketProtocol

OWN = {
    HttpProtocol: {
        "_let_go",
        "_leave",
        "_rest",
        "_watch",
        "_seconds",
        "_late",
        "_answered",
        "_owed",
        "_refuse",
        "_close",
    }
    | {"_cut", "on_response_complete"},
    SocketProtocol: {
        "_message",
        "_queue_message",
        "listen",
        "take",
        "_whole",
        "_never_whole",
        "_read_on",
        "_end_within",
    }
    | {"_end", "_counted"},
    CountedFrames: {"in_message", "text", "whole_text", "_too_much"},
    OurServer: {"end", "_served"},
}
"""Methods that nobody beneath calls; all others replace one of the library's."""
STATE = {
    HttpToolsProtocol: {"pipeline", "cycle", "flow", "connections", "headers", "url", "transport", "client"},
    RequestResponseCycle: {"response_complete", "response_started", "disconnected", "message_event", "keep_alive"},
    WebSocketsSansIOProtocol: {"queue", "frames", "curr_msg_data_type", "read_paused", "writable", "disconnected"}
    | {"close_sent", "handshake_complete", "close_timer", "close_timeout", "conn", "transport", "request", "response"},
}
"""Attributes that ASGI does not show."""


@pytest.mark.parametrize("ours", OWN, ids=lambda ours: str(ours.__qualname__))
def test_what_we_replace_is_there_to_be_replaced(ours: type) -> None:
    base = ours.__mro__[1]
    replaced = {name for name in vars(ours) if not name.startswith("__")} - OWN[ours]
    missing = {name for name in replaced if callable(getattr(ours, name)) and not hasattr(base, name)}
    library = base.__module__.partition(".")[0]
    assert not missing, f"{library} {version(library)}: {base.__qualname__} calls no {missing} any more"


@pytest.mark.parametrize("kind", STATE, ids=lambda kind: str(kind.__qualname__))
def test_what_we_look_at_is_there(kind: type) -> None:
    set_ = set(re.findall(r"self\.(\w+)(?:: [^=\n]+)? = ", inspect.getsource(kind)))
    missing = STATE[kind] - set_
    assert not missing, f"uvicorn {version('uvicorn')}: {kind.__qualname__} has no {missing} any more"


def test_what_a_parser_of_frames_shows_is_there() -> None:
    sansio = ServerProtocol()
    missing = {name for name in ("current_size", "reader", "parser_exc", "close_sent") if not hasattr(sansio, name)}
    assert not missing, f"websockets {version('websockets')}: ServerProtocol has no {missing} any more"
    assert hasattr(sansio.reader, "buffer"), f"websockets {version('websockets')}: its reader has another buffer"


def test_uvicorn_uses_no_more_of_its_queue_than_ours_has() -> None:
    source = inspect.getsource(WebSocketsSansIOProtocol)
    used = {part.split("(")[0] for part in source.split("self.queue.")[1:]}
    assert used <= {"put_nowait", "get", "empty", "qsize"}, f"server/wire/mailbox.py lacks {used}"


def test_redis_can_be_read_past_its_client() -> None:
    """As bus/link.py does."""
    library = f"redis {version('redis')}"
    parameters = inspect.signature(AbstractConnection.read_response).parameters
    assert {"timeout", "disconnect_on_error", "push_request"} <= set(parameters), (
        f"{library}: read_response has changed"
    )
    for kind, names in {
        AbstractConnection: ("pack_commands", "send_packed_command"),
        PubSub: ("handle_message",),
    }.items():
        for name in names:
            assert callable(getattr(kind, name, None)), f"{library}: {kind.__qualname__} has no {name} any more"
    assert "push_handler_func" in inspect.signature(PubSub.__init__).parameters, f"{library}: PubSub takes no handler"
