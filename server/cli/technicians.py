"""``deskwire technician``: the people who answer. Works beside a running server."""

import click

from server.accounts.own import OwnAccount
from server.accounts.passwords import Passwords
from server.cli.common import print_table, ready, run
from server.cli.nouns import add_words
from server.clock import now_ms
from server.desk.administration.roster import Roster
from server.desk.administration.technicians import TECHNICIANS
from server.domain.language import name as language_name
from server.domain.people import Role
from server.store import portals
from server.store import technicians as table
from server.store.base import Store
from server.store.technicians import Account, TokenRecord

ROLES = click.Choice(["technician", "administrator"])


@click.group()
def technician() -> None:
    """Technicians."""


@technician.command("add")
@click.argument("email")
@click.option("--name", required=True, help="what colleagues read")
@click.option("--public-name", help="what customers read; the first word of the name where it is not given")
@click.option("--role", type=ROLES, default="technician", show_default=True)
@click.option("--company", "companies", multiple=True, help="slug of a company whose tickets this person may see")
def add(email: str, name: str, public_name: str | None, role: Role, companies: tuple[str, ...]) -> None:
    """Add a technician; prints a one-time password."""
    public = public_name or (name.split() or [""])[0]

    async def work(store: Store) -> tuple[str, int]:
        password = await Roster(store).add(email, name, public, role, companies)
        return password, await store.read(table.administrators)

    password, administrators = run(ready(), work)
    click.echo(f"Added {email} ({role}).")
    _print_password(password)
    if not companies:
        click.echo(f"This person sees no company yet: deskwire technician access {email} --add COMPANY")
    _warn_without_administrator(administrators)


@technician.command("list")
def list_() -> None:
    """All technicians."""

    async def work(store: Store) -> tuple[list[Account], dict[str, str]]:
        companies = await store.read(portals.all_companies)
        return await store.read(table.all_accounts), {one.id: one.slug for one in companies}

    accounts, slugs = run(ready(), work)
    print_table(
        ("EMAIL", "NAME", "PUBLIC NAME", "ROLE", "COMPANIES", "LANGUAGE", "SECOND FACTOR", "STATE"),
        [
            (
                one.technician.email,
                one.technician.name,
                one.technician.public_name,
                one.technician.role,
                " ".join(sorted(slugs[company] for company in one.technician.companies)) or "-",
                one.technician.language or "-",
                "on" if one.technician.totp else "off",
                _state(one),
            )
            for one in accounts
        ],
    )


@technician.command("password")
@click.argument("email")
def password(email: str) -> None:
    """Replace a password by a one-time password, and end all sessions."""
    new = run(ready(), lambda store: Roster(store).new_password(email))
    click.echo(f"All sessions of {email} ended.")
    _print_password(new)


@technician.command("access")
@click.argument("email")
@click.option("--add", "give", multiple=True, metavar="COMPANY", help="slug of a company to open")
@click.option("--remove", "take", multiple=True, metavar="COMPANY", help="slug of a company to close")
def access(email: str, give: tuple[str, ...], take: tuple[str, ...]) -> None:
    """Say whose tickets a technician may see."""

    async def work(store: Store) -> list[str]:
        account = await Roster(store).set_access(email, give, take)
        companies = await store.read(portals.all_companies)
        return [one.slug for one in companies if one.id in account.technician.companies]

    companies = run(ready(), work)
    click.echo(f"{email} sees {', '.join(companies) or 'no company'}.")


@technician.command("role")
@click.argument("email")
@click.argument("role", type=ROLES)
def role_(email: str, role: Role) -> None:
    """Make somebody an administrator, or a technician again. One administrator always stays."""
    run(ready(), lambda store: Roster(store).set_role(email, role))
    click.echo(f"{email} is {'an' if role == 'administrator' else 'a'} {role}.")


@technician.command("language")
@click.argument("email")
@click.argument("lang")
def language(email: str, lang: str) -> None:
    """Say what somebody reads and writes (en, fr …): messages of customers are translated into it."""
    account = run(ready(), lambda store: Roster(store).set_language(email, lang))
    click.echo(f"{email} reads and writes {language_name(account.technician.language or '')}.")


@technician.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Shut somebody out: sessions end, tokens stop, sign-in is refused. What the person wrote stays."""
    run(ready(), lambda store: Roster(store).set_disabled(email, disabled=True))
    click.echo(f"{email} is disabled.")


@technician.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let somebody in again who was disabled."""
    run(ready(), lambda store: Roster(store).set_disabled(email, disabled=False))
    click.echo(f"{email} can sign in again.")


@technician.command("totp-off")
@click.argument("email")
def totp_off(email: str) -> None:
    """Switch the second factor off for somebody who lost it."""
    run(ready(), lambda store: Roster(store).totp_off(email))
    click.echo(f"{email} signs in with the password alone, until the second factor is set up again.")


@technician.command("token")
@click.argument("email")
@click.option("--new", "name", metavar="NAME", help="make an API token that can do what this person can")
@click.option("--revoke", metavar="ID", help="a token stops working")
def token(email: str, name: str | None, revoke: str | None) -> None:
    """List, make or revoke the API tokens of a technician."""
    settings = ready()

    async def work(store: Store) -> tuple[str | None, list[TokenRecord]]:
        own = OwnAccount(store, settings, now_ms, Passwords())
        person = await Roster(store).technician_id(email)
        if revoke:
            await own.revoke_token(person, revoke)
        made = (await own.new_token(person, name))[1] if name else None
        return made, await own.tokens(person)

    made, tokens = run(settings, work)
    if made:
        click.echo(f"Token {name}, shown once: {made}\n")
    print_table(("ID", "NAME"), [(one.id, one.name) for one in tokens])


def _state(account: Account) -> str:
    """The choice, and whether it counts: nobody is available who is not there."""
    person = account.technician
    if account.disabled:
        return "disabled"
    return person.availability if person.absent_since is None else f"offline ({person.availability})"


def _warn_without_administrator(left: int) -> None:
    if not left:
        click.echo("There is no administrator: deskwire technician role EMAIL administrator")


def _print_password(password: str) -> None:
    click.echo(f"One-time password: {password}")
    click.echo("The console asks for one of the person's own at the first sign-in.")


add_words(technician, TECHNICIANS)
