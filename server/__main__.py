"""The command line: ``deskwire`` or ``python -m server``."""

import os
from typing import Final

import click

from server.cli.changes import changes
from server.cli.companies import company
from server.cli.customers import customer
from server.cli.database import backup, migrate_command, restore
from server.cli.demo import demo
from server.cli.doctor import doctor
from server.cli.nouns import BY_NAME, group_of
from server.cli.portal_files import files
from server.cli.portals import portal
from server.cli.serve import serve
from server.cli.technicians import technician
from server.cli.translate import translate
from server.cli.translator import translator
from server.cli.worker import worker
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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="deskwire")
def main() -> None:
    """Deskwire, a support desk of your own. Settings: DESKWIRE_* and docs/operations.md."""
    os.umask(0o077)  # what is made here (database, backups) is for this user only


for command in (
    serve,
    worker,
    translator,
    demo,
    migrate_command,
    company,
    portal,
    technician,
    customer,
    *(group_of(BY_NAME[name]) for name in NOUNS),
    changes,
    translate,
    backup,
    restore,
    doctor,
):
    main.add_command(command)
portal.add_command(files)

if __name__ == "__main__":
    main(prog_name="deskwire")
