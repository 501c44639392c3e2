"""``deskwire portal``: the public doors of a company, and what an administrator can set about them."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

import click
import msgspec

from server.cli.common import fail, print_table, ready, run
from server.cli.companies import checked_name, checked_slug
from server.cli.nouns import Names, add_words, draft_of, fields_of, given_by, with_parts, work
from server.cli.portal_files import files
from server.clock import now_ms
from server.desk.administration import editing
from server.desk.administration.editing import COMMAND_LINE
from server.desk.administration.portals import PORTALS, add_secret, drop_old_secret, new_secret, setup_of
from server.domain.portal import FIELDS, PAGE_LANGUAGES, FieldName, FieldSetting, PortalSettings, ReturnSeconds
from server.protocol.administration import PortalDraft
from server.store import portals
from server.store.base import Tx

PREFIX: Final = re.compile("[A-Z][A-Z0-9]{1,9}")
HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]")
STATES: Final = {
    "hidden": FieldSetting(shown=False),
    "shown": FieldSetting(),
    "required": FieldSetting(required=True),
}


@click.group()
def portal() -> None:
    """Portals."""


portal.add_command(files)


def setting_options(command: Any) -> Any:
    """What ``add`` and ``set`` have in common."""
    for option in (
        click.option(
            "--field",
            "fields",
            multiple=True,
            metavar="NAME=STATE",
            help=f"a field of the form ({', '.join(FIELDS)}): {', '.join(STATES)}",
        ),
        click.option(
            "--origin", "origins", multiple=True, help="a site that may embed the widget: https://www.example.com"
        ),
        click.option("--remove-origin", "gone", multiple=True, help="a site that may not embed it any more"),
        click.option("--accent", metavar="#RRGGBB", help="colour of buttons"),
        click.option(
            "--language", "languages", multiple=True, type=click.Choice(PAGE_LANGUAGES), help="languages offered"
        ),
        click.option(
            "--return-to-queue",
            "return_after",
            metavar="SECONDS|never",
            help="when the ticket of a technician who is gone goes back to the queue; else colleagues may take it over",
        ),
        click.option(
            "--translation/--no-translation",
            default=None,
            help="whether messages are translated where customer and technician have different languages",
        ),
    ):
        command = option(command)
    return command


@portal.command("add")
@click.argument("slug")
@click.option("--company", "company_slug", required=True, help="slug of the company")
@click.option("--name", required=True, help="what customers read")
@click.option("--prefix", required=True, help="what ticket keys begin with: ACME gives ACME-1, ACME-2 …")
@setting_options
def add(slug: str, company_slug: str, name: str, prefix: str, **changes: Any) -> None:
    """Add a portal. SLUG is its address: /p/SLUG."""
    settings = ready()
    slug, name = checked_slug(slug), checked_name(name)
    if not PREFIX.fullmatch(prefix):
        fail(f"{prefix!r} is no key prefix: use 2 to 10 capital letters and digits, a letter first.")
    portal_settings = changed(PortalSettings(), **changes)

    def unit(tx: Tx) -> None:
        company = portals.company_by_slug(tx.conn, company_slug)
        if company is None:
            fail(f"There is no company {company_slug}. Add it: deskwire company add {company_slug} NAME")
        if portals.by_slug(tx.conn, slug) is not None:
            fail(f"There is a portal {slug} already.")
        setup = setup_of(portal_settings)
        draft = PortalDraft(company=company.id, slug=slug, name=name, key_prefix=prefix, setup=setup)
        editing.added(tx, PORTALS, COMMAND_LINE, draft, now_ms())

    run(settings, lambda store: store.write(unit))
    click.echo(f"Added the portal {settings.url}/p/{slug}")
    click.echo(f'Widget for your sites: <script src="{settings.url}/w/{slug}.js" async></script>')


@portal.command("list")
def list_() -> None:
    """All portals."""
    found = run(ready(), lambda store: store.read(portals.all_portals))
    print_table(
        ("SLUG", "COMPANY", "NAME", "KEYS", "FIELDS", "SITES", "IDENTITY", "TRANSLATION", "BACK TO QUEUE"),
        [
            (
                one.slug,
                one.company,
                one.name,
                f"{one.key_prefix}-…",
                _fields_text(one.settings),
                " ".join(one.settings.origins) or "-",
                "signed" if one.settings.identity_secrets else "-",
                "on" if one.settings.translation else "off",
                f"after {one.settings.return_to_queue_seconds} s" if one.settings.return_to_queue_seconds else "never",
            )
            for one in found
        ],
    )


@portal.command("set")
@click.argument("slug")
@click.argument("assignments", nargs=-1, metavar="[FIELD=VALUE]...")
@setting_options
@click.option("--new-identity-secret", is_flag=True, help="for signed identities; the one before it stays valid")
@click.option("--drop-old-identity-secret", is_flag=True, help="only the newest stays valid")
def set_(
    slug: str,
    assignments: tuple[str, ...],
    new_identity_secret: bool,
    drop_old_identity_secret: bool,
    **changes: Any,
) -> None:
    """Change a portal; what is not named stays. Fields are those of 'portal show': setup.ways.technicians=true."""
    secret = new_secret() if new_identity_secret else None
    given = given_by(assignments, None)

    def unit(tx: Tx) -> None:
        found = portals.by_slug(tx.conn, slug)
        item = PORTALS.get(tx.conn, found.id) if found else None
        if found is None or item is None:
            fail(f"There is no portal {slug}.")
        setup = setup_of(changed(found.settings, **changes))
        after = with_parts(fields_of(PORTALS, item) | {"setup": setup}, Names(tx.conn).ids(given, item.company))
        draft = draft_of(PORTALS, after)
        if fields_of(PORTALS, draft) != fields_of(PORTALS, item):
            editing.changed(tx, PORTALS, COMMAND_LINE, item.id, draft, None, now_ms())
        if secret:
            add_secret(tx, COMMAND_LINE, item.id, secret, now_ms())
        if drop_old_identity_secret:
            drop_old_secret(tx, COMMAND_LINE, item.id, now_ms())

    work(unit)
    click.echo(f"Changed the portal {slug}.")
    if secret:
        click.echo(f"\nSecret for signed identities (JWT, HS256), shown once: {secret}")


def changed(
    before: PortalSettings,
    fields: tuple[str, ...],
    origins: tuple[str, ...],
    gone: tuple[str, ...],
    accent: str | None,
    languages: tuple[str, ...],
    return_after: str | None,
    translation: bool | None,
) -> PortalSettings:
    """The settings after the options of the command line."""
    accent = (accent or before.accent).lower()
    if not re.fullmatch("#[0-9a-f]{6}", accent):
        fail(f"{accent!r} is no colour; write it as #2456c9.")
    removed = {checked_origin(origin) for origin in gone}
    sites = [*before.origins, *(checked_origin(origin) for origin in origins)]
    return msgspec.structs.replace(
        before,
        fields=before.fields | dict(_field_setting(text) for text in fields),
        accent=accent,
        origins=[site for site in dict.fromkeys(sites) if site not in removed],
        languages=list(dict.fromkeys(languages)) or before.languages,
        return_to_queue_seconds=_return_seconds(return_after, before.return_to_queue_seconds),
        translation=before.translation if translation is None else translation,
    )


def _return_seconds(text: str | None, before: int | None) -> int | None:
    if text is None or text == "never":
        return before if text is None else None
    try:
        return msgspec.convert(text, ReturnSeconds, strict=False)
    except msgspec.ValidationError:
        fail(f"{text!r} is no time to wait: 45 to 86400 seconds (it takes up to 45 to be sure), or never.")


def checked_origin(text: str) -> str:
    """A site as browsers name it: scheme, host and port. It ends up in a header, so nothing else may be in it."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        fail(f"{text!r} is no address of a site.")
    extra = parts.path.rstrip("/") or parts.query or parts.fragment or parts.username
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{port}")
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(host) or extra:
        fail(f"{text!r} is no address of a site; write it as https://www.example.com, without a path.")
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, default) else "")


def _field_setting(text: str) -> tuple[FieldName, FieldSetting]:
    given, _, state = text.partition("=")
    name = next((field for field in FIELDS if field == given), None)
    if name is None or state not in STATES:
        fail(f"{text!r} is not NAME=STATE; names: {', '.join(FIELDS)}; states: {', '.join(STATES)}.")
    return name, STATES[state]


def _fields_text(settings: PortalSettings) -> str:
    shown = []
    for name in FIELDS:
        setting = settings.fields.get(name, FieldSetting(shown=False))
        if setting.shown:
            shown.append(f"{name}*" if setting.required else name)
    return " ".join(shown)


add_words(portal, PORTALS)
