"""One of several processes that serve, started by the supervisor (supervisor.py), which it tells that it lives."""

import os
import shutil
import socket
import sys

import click

from server.cli import serving
from server.cli.channel import Channel
from server.cli.common import await_database, check_schema, load_settings
from server.metrics import DIRECTORY_VARIABLE


@click.command(hidden=True)
@click.option("--channel", type=int, required=True, help="socket pair with the supervisor")
@click.option("--listener", type=int, required=True, help="listening socket")
@click.option("--held", type=int, required=True, help="lock of the data directory, kept open as long as this runs")
def worker(channel: int, listener: int, held: int) -> None:
    """Serve as one of several processes; started by serve."""
    for file in (channel, listener, held):
        os.set_inheritable(file, False)
    supervisor = Channel(channel)
    try:
        settings = load_settings()
        await_database(settings, tell=lambda _line: None)  # the supervisor has said it
        check_schema(settings, settings.database_wait_seconds)
        server = serving.make_server(settings, socket.socket(fileno=listener))
    except click.ClickException as error:
        supervisor.fail(error.message)
        sys.exit(1)
    server.on_life = supervisor.live
    server.on_hang_up = lambda: None  # it is the supervisor's to say
    supervisor.end = lambda goes_on: server.end(goes_on=goes_on)
    try:
        serving.run(server)
    finally:
        if supervisor.orphaned:
            shutil.rmtree(os.environ[DIRECTORY_VARIABLE], ignore_errors=True)
