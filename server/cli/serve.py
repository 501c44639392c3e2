"""``deskwire serve``: the server itself."""

import contextlib
import os
import resource
import socket
import ssl
import sys
from typing import Any

import click
import uvicorn

from server.cli import lock
from server.cli.common import await_database, check_schema, fail, load_settings, make_data_dir
from server.settings import Settings
from server.wire.config import Config
from server.wire.http import HttpProtocol
from server.wire.websocket import SocketProtocol

BACKLOG = 2_048
OPEN_FILES = 65_536
"""Wanted; each socket is one open file, and the usual soft limit is 1,024."""


def options(command: Any) -> Any:
    """Options that override settings."""
    for name, text in (
        ("--tls-key", "PEM file of the key"),
        ("--tls-cert", "PEM file; with --tls-key the server speaks TLS itself"),
        ("--data-dir", "where everything is kept"),
        ("--port", "port to listen on; 0 takes a free one"),
        ("--host", "address to listen on"),
    ):
        command = click.option(name, default=None, help=f"{text} (setting {name[2:].replace('-', '_')})")(command)
    return command


@click.command()
@options
def serve(**overrides: str | None) -> None:
    """Run the server."""
    settings = load_settings(**overrides)
    make_data_dir(settings)
    await_database(settings)
    check_schema(settings)
    with lock.take(settings, "to start another one"), bind(settings) as listener:
        run_server(with_port_of(settings, listener), listener)


def bind(settings: Settings) -> socket.socket:
    """The listening socket, made before anything else starts, so that a taken port is one clear sentence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with contextlib.suppress(AttributeError):  # Linux has it; elsewhere the pings find out, more slowly
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, settings.dead_peer_seconds * 1000)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        fail(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}."
            " Choose another with --port or DESKWIRE_PORT."
        )
    return listener


def run_server(settings: Settings, listener: socket.socket) -> None:
    """Serve until a signal ends it."""
    raise_file_limit()
    config = Config(
        settings,
        http=HttpProtocol,
        ws=SocketProtocol,
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        ws_ping_interval=settings.ping_seconds,
        ws_ping_timeout=settings.ping_seconds,
        timeout_graceful_shutdown=settings.graceful_seconds,
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
    _check_tls_files(settings)
    try:
        config.load()  # also makes the application
    except ssl.SSLError as error:
        fail(f"tls_cert and tls_key cannot be used together: {error}.")
    except FileNotFoundError as error:
        fail(str(error))
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return  # Ctrl-C is how people end it: no error
    if not server.started:
        sys.exit(3)


def _check_tls_files(settings: Settings) -> None:
    for name in ("tls_cert", "tls_key"):
        file = getattr(settings, name)
        if file and not os.access(file, os.R_OK):
            fail(f"{name}: {file} does not exist or cannot be read.")


def raise_file_limit() -> None:
    """As far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def with_port_of(settings: Settings, listener: socket.socket) -> Settings:
    """Port 0 becomes the port that the system chose, for addresses that are printed and compared."""
    return settings if settings.port else load_settings(port=str(listener.getsockname()[1]))
