"""``deskwire demo``: a company with a portal and a technician, to see the product at once."""

from typing import Final

import click
import msgspec

from server.cli import ground, serve
from server.cli.common import await_database, load_settings, make_data_dir, prepare, run
from server.cli.database import prepare_offline
from server.cli.nouns import fields_of
from server.clock import now_ms
from server.desk.administration import editing
from server.desk.administration.companies import COMPANIES
from server.desk.administration.editing import COMMAND_LINE
from server.desk.administration.portals import PORTALS, setup_of
from server.desk.administration.roster import Roster
from server.domain.portal import PortalSetup
from server.errors import DeskwireError
from server.protocol.administration import CompanyDraft, PortalDraft
from server.settings import Settings
from server.store import portals
from server.store import technicians as table
from server.store.base import Store, Tx
from server.translation import phrasebook
from server.translation.base import available

SLUG: Final = "demo"
EMAIL: Final = "demo@example.com"
LANGUAGE: Final = "en"
"""What the technician reads; a customer whose page is French has something to see."""


@click.command()
@click.option("--serve", "serve_too", is_flag=True, help="then run the server")
@serve.options
def demo(serve_too: bool, **overrides: str | None) -> None:
    """Set up a demo company, portal and technician; what is there already stays as it is."""
    settings = load_settings(**overrides)
    if serve_too:
        serve.check_workers(settings)
    make_data_dir(settings)
    await_database(settings)
    if not serve_too:
        prepare_offline(settings)
        set_up(settings)
        click.echo("\nStart it with: deskwire serve")
        return
    with ground.taken(settings) as own:
        settings = ground.with_port_of(settings, own.listener)
        prepare(settings)
        set_up(settings)
        click.echo("\nThe server starts; Ctrl-C ends it.")
        serve.run(settings, own)


def set_up(settings: Settings) -> None:
    """Make what is missing, and say how to get in."""

    async def work(store: Store) -> str | None:
        await store.write(lambda tx: _ensure_portal(tx, settings))
        if await store.read(lambda conn: table.by_email(conn, EMAIL)) is not None:
            return None
        roster = Roster(store)
        password = await roster.add(EMAIL, "Tess Holm", "Tess", "administrator", (SLUG,))
        await roster.set_language(EMAIL, LANGUAGE)
        return password

    password = run(settings, work)
    lines = [
        ("Portal", f"{settings.url}/p/{SLUG}"),
        ("Widget demo", f"{settings.url}/demo/widget"),
        ("Console", f"{settings.url}/console"),
        ("Sign in as", EMAIL),
        ("Password", password or "was printed at the first start"),
        ("Translation", translation(settings)),
    ]
    click.echo("Deskwire demo\n")
    for name, value in lines:
        click.echo(f"  {name:<12} {value}")
    if password:
        click.echo(f"\n  {'':<12} The console asks for one of your own at the first sign-in.")
    else:
        click.echo(f"\n  {'':<12} A new one: deskwire technician password {EMAIL}")


def translation(settings: Settings) -> str:
    """Install the phrasebook where no better models are; what to say about it."""
    if not available():
        return "off: the packages of the extra 'translate' are not installed"
    try:
        added = phrasebook.install_missing(settings.translation_packages)
    except DeskwireError as error:
        return f"off: {error}"
    pairs = " and ".join(f"{one.source} to {one.target}" for one in added)
    return f"demo phrasebook, {pairs}" if pairs else "as installed: deskwire translate list"


def _ensure_portal(tx: Tx, settings: Settings) -> None:
    """By the command line, like everybody's: the audit log says so, and open pages learn of it."""
    company, portal = portals.company_by_slug(tx.conn, SLUG), portals.by_slug(tx.conn, SLUG)
    scheme = settings.url.partition(":")[0]
    origins = [f"{scheme}://{host}:{settings.port}" for host in ("localhost", "127.0.0.1")]
    if portal is None:
        new = CompanyDraft(slug=SLUG, name="Demo")
        company_id = company.id if company else editing.added(tx, COMPANIES, COMMAND_LINE, new, now_ms()).id
        setup = PortalSetup(origins=origins, translation=available())
        draft = PortalDraft(company=company_id, slug=SLUG, name="Demo", key_prefix="DEMO", setup=setup)
        editing.added(tx, PORTALS, COMMAND_LINE, draft, now_ms())
    elif missing := [origin for origin in origins if origin not in portal.settings.origins]:
        item = PORTALS.get(tx.conn, portal.id)
        setup = setup_of(portal.settings)
        setup = msgspec.structs.replace(setup, origins=setup.origins + missing)
        draft = PortalDraft(**fields_of(PORTALS, item) | {"setup": setup})
        editing.changed(tx, PORTALS, COMMAND_LINE, portal.id, draft, None, now_ms())
