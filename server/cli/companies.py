"""``deskwire company``: companies, each with portals, customers and tickets of its own."""

import re
from typing import Final

import click

from server.cli.common import fail, print_table, ready, run
from server.cli.nouns import add_words
from server.clock import now_ms
from server.desk.administration import editing
from server.desk.administration.companies import COMPANIES
from server.desk.administration.editing import COMMAND_LINE
from server.domain.limits import NAME_CHARS
from server.protocol.administration import CompanyDraft
from server.store import portals
from server.store.base import Tx

SLUG: Final = re.compile("[a-z0-9][a-z0-9-]{0,62}")


@click.group()
def company() -> None:
    """Companies."""


@company.command("add")
@click.argument("slug")
@click.argument("name")
def add(slug: str, name: str) -> None:
    """Add a company. SLUG is its short name on this command line."""
    settings = ready()
    slug, name = checked_slug(slug), checked_name(name)

    def unit(tx: Tx) -> None:
        if portals.company_by_slug(tx.conn, slug) is not None:
            fail(f"There is a company {slug} already.")
        editing.added(tx, COMPANIES, COMMAND_LINE, CompanyDraft(slug=slug, name=name), now_ms())

    run(settings, lambda store: store.write(unit))
    click.echo(f"Added the company {slug} ({name}). Give it a portal: deskwire portal add SLUG --company {slug} …")


@company.command("list")
def list_() -> None:
    """All companies."""
    found = run(ready(), lambda store: store.read(portals.all_companies))
    print_table(("SLUG", "NAME"), [(one.slug, one.name) for one in found])


def checked_slug(slug: str) -> str:
    """What may stand in an address."""
    if not SLUG.fullmatch(slug):
        fail(f"{slug!r} cannot stand in an address: use small letters, digits and hyphens, at most 63.")
    return slug


def checked_name(name: str) -> str:
    """What people read."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_CHARS:
        fail(f"A name has 1 to {NAME_CHARS} characters.")
    return name


add_words(company, COMPANIES)
