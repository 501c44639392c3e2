"""One process that serves: alone, or as one of several workers. What both do, and what only the lonely one does."""

import os
import signal
import socket
import sys

import structlog

from server.app import House, create_app
from server.cli import reload
from server.cli.common import fail
from server.cli.ground import BACKLOG, Ground, raise_file_limit
from server.settings import Settings
from server.wire.config import Config
from server.wire.http import HttpProtocol
from server.wire.server import Server
from server.wire.websocket import SocketProtocol

log = structlog.get_logger(__name__)


def make_server(settings: Settings, listener: socket.socket) -> Server:
    """A server that is ready to run; ends the command where it could not."""
    raise_file_limit()
    reload.check_tls(settings)
    house = House(settings)
    try:
        app = create_app(house)
    except FileNotFoundError as error:
        fail(str(error))
    config = Config(
        settings,
        app,
        http=HttpProtocol,
        ws=SocketProtocol,
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        ws_ping_interval=settings.ping_seconds,
        ws_ping_timeout=settings.ping_seconds,
        timeout_keep_alive=settings.keep_alive_seconds,
        backlog=BACKLOG,
        proxy_headers=bool(settings.forwarded_allow_ips),
        forwarded_allow_ips=settings.forwarded_allow_ips or None,
        server_header=False,
        ssl_certfile=settings.tls_cert or None,
        ssl_keyfile=settings.tls_key or None,
        log_config=None,
        access_log=False,
    )
    config.load()
    return Server(config, listener, house.farewell)


def run(server: Server) -> None:
    """Serve until something ends it."""
    try:
        server.run()
    except KeyboardInterrupt:
        return  # Ctrl-C is how people end it: no error
    if not server.started:
        sys.exit(3)


def run_alone(settings: Settings, ground: Ground) -> None:
    """One process. SIGHUP restarts it in place: the socket stays open, and who comes meanwhile waits a moment."""
    server = make_server(settings, ground.listener)
    again = False

    def hang_up() -> None:
        nonlocal again
        if reload.allowed(settings):
            log.info("restarting in place")
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])  # the next one waits for the next program
            again = True
            server.end(goes_on=True)

    if reload.on_hang_up():
        server.on_hang_up = hang_up
    run(server)
    if again:
        ground.bequeath()
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - this very program
