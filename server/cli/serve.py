"""``deskwire serve``: the server itself, in one process or in several."""

from typing import Any

import click

from server.cli import ground, reload, serving
from server.cli.common import await_database, check_schema, fail, load_settings, make_data_dir
from server.cli.ground import Ground
from server.cli.supervisor import Supervisor
from server.settings import Settings


def options(command: Any) -> Any:
    """Options that override settings."""
    for name, text in (
        ("--workers", "processes that serve; more than one need Redis"),
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
    check_workers(settings)
    make_data_dir(settings)
    await_database(settings)
    check_schema(settings, settings.database_wait_seconds)
    with ground.taken(settings) as own:
        run(ground.with_port_of(settings, own.listener), own)


def check_workers(settings: Settings) -> None:
    """Several workers have to hear each other."""
    if settings.workers == 1:
        return
    if not settings.redis_url:
        fail(
            f"{settings.workers} workers need Redis to tell each other what happens: set DESKWIRE_REDIS_URL"
            " (redis://, rediss:// or unix://), or run one worker."
        )
    if not settings.database_url:
        click.echo(
            f"deskwire: {settings.workers} workers on SQLite wait for each other's writes."
            " PostgreSQL (DESKWIRE_DATABASE_URL) is meant for several.",
            err=True,
        )


def run(settings: Settings, own: Ground) -> None:
    """Serve until a signal ends it."""
    reload.check_tls(settings)
    if settings.workers == 1:
        serving.run_alone(settings, own)
    else:
        Supervisor(settings, own).run()
