"""The command line: ``deskwire`` or ``python -m server``.

A command is imported when it is called: most need half of what all of them do, and a process that is replaced while
people chat takes no more from them than it must.
"""

import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Final

import click

from server.protocol.administration import NounName

NOUNS: Final[tuple[NounName, ...]] = (
    "team",
    "issue_type",
    "form",
    "schedule",
    "notice",
    "canned_reply",
)
"""Whose words are all made of their drafts."""


def _command(module: str, name: str | None = None) -> click.Command:
    """Of ``server.cli``, where it is called like its module unless there is another name."""
    found = getattr(import_module(f"server.cli.{module}"), name or module)
    if not isinstance(found, click.Command):
        raise TypeError(f"{module} has no such command")
    return found


def _group(noun: NounName) -> click.Command:
    from server.cli.nouns import BY_NAME, group_of

    return group_of(BY_NAME[noun])


COMMANDS: Final[dict[str, Callable[[], click.Command]]] = {
    "serve": partial(_command, "serve"),
    "worker": partial(_command, "worker"),
    "translator": partial(_command, "translator"),
    "demo": partial(_command, "demo"),
    "migrate": partial(_command, "database", "migrate_command"),
    "company": partial(_command, "companies", "company"),
    "portal": partial(_command, "portals", "portal"),
    "technician": partial(_command, "technicians", "technician"),
    "customer": partial(_command, "customers", "customer"),
    **{noun.replace("_", "-"): partial(_group, noun) for noun in NOUNS},
    "changes": partial(_command, "changes"),
    "translate": partial(_command, "translate"),
    "backup": partial(_command, "database", "backup"),
    "restore": partial(_command, "database", "restore"),
    "doctor": partial(_command, "doctor"),
}


class Commands(click.Group):
    """Made when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Their names."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """One of them."""
        made = COMMANDS.get(cmd_name)
        return made() if made else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="deskwire")
def main() -> None:
    """Deskwire, a support desk of your own. Settings: DESKWIRE_* and docs/operations.md."""
    os.umask(0o077)  # what is made here (database, backups) is for this user only


if __name__ == "__main__":
    main(prog_name="deskwire")
