"""SIGHUP: whether it means a restart that nobody notices, and whether a new process would start at all."""

import os
import signal
from typing import Final

import click
import structlog

from server import backends
from server import settings as settings_module
from server.cli import tls
from server.cli.common import fail
from server.errors import BadInput
from server.settings import Settings

log = structlog.get_logger(__name__)

FIXED: Final = ("host", "port", "data_dir", "database_url", "workers")
"""What needs a stop and a start: the socket, the lock and the number of processes stay as they are."""


def on_hang_up() -> bool:
    """Not on a terminal, which says the same when it is closed, and not where SIGHUP is ignored (nohup)."""
    return signal.getsignal(signal.SIGHUP) != signal.SIG_IGN and not os.isatty(0)


def allowed(settings: Settings) -> bool:
    """Whether the settings as they are now would do for a new process; the log says why not."""
    try:
        new = settings_module.load()
        backends.check_bus(new)
        check_tls(new)
    except (BadInput, click.ClickException) as error:
        log.error("not restarted: the settings are wrong", reason=error.message)  # noqa: TRY400 - no fault of ours
        return False
    changed = [name for name in FIXED if getattr(new, name) != getattr(settings, name)]
    if changed:
        log.error("not restarted: these settings need a stop and a start", changed=changed)
    return not changed


def check_tls(settings: Settings) -> None:
    """Certificate and key can be used; ends the command where not."""
    wrong = tls.fault(settings)
    if wrong:
        fail(wrong)
