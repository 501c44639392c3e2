"""The words for what administrators set up, the same for each noun: list, show, add, set, remove.

Fields are those of the drafts (protocol/administration.py). What a draft points at by id has a name here: companies and
portals their address, technicians their e-mail address, teams, forms and schedules their name.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from sqlalchemy import Connection

from server.cli.common import fail, load_settings, print_table, ready, run
from server.clock import now_ms
from server.desk.administration import editing
from server.desk.administration.editing import COMMAND_LINE, AnyNoun
from server.desk.administration.forms import FORMS, bug_report
from server.desk.administration.nouns import NOUNS
from server.domain.ids import is_id
from server.errors import BadInput, Conflict, NotFound, Refused
from server.protocol import codec
from server.protocol.administration import NounName
from server.protocol.shared import In
from server.store.base import Store, Tx

Values = dict[str, Any]
BY_NAME: Final[dict[NounName, AnyNoun]] = {noun.name: noun for noun in NOUNS}
POINTS_AT: Final[dict[str, NounName]] = {
    "company": "company",
    "companies": "company",
    "portal": "portal",
    "portals": "portal",
    "technician": "technician",
    "team": "team",
    "fallback_team": "team",
    "form": "form",
    "schedule": "schedule",
}
"""Fields that hold the id of something, or several."""
BY_EMAIL: Final[tuple[NounName, ...]] = ("technician", "customer_account")
"""Nouns called by an address, which is kept in small letters."""
CELL_CHARS: Final = 40


class Names:
    """What is called how, as the database knows it now."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def find(self, noun: NounName, name: str, company: str | None = None) -> Any:
        """What is called so, or has this id; fails with a sentence. ``company``: its id, where it is known."""
        items = BY_NAME[noun].items(self._conn, company)
        if noun in BY_EMAIL:
            name = name.lower()
        found = [one for one in items if name in (called(BY_NAME[noun], one), one.id)]
        what = noun.replace("_", " ")
        if not found:
            fail(f"There is no {what} {name}.")
        if len(found) > 1:
            ids = ", ".join(one.id for one in found)
            fail(f"There is more than one {what} {name}: say --company, or one of these ids instead: {ids}.")
        return found[0]

    def id_of(self, noun: NounName, name: str, company: str | None = None) -> str:
        """The id of it."""
        return str(self.find(noun, name, company).id)

    def ids(self, given: Values, company: str | None) -> Values:
        """The same fields, with ids for names. ``company``: whose things they are, where the fields do not say it."""
        if isinstance(given.get("company"), str):
            company = self.id_of("company", given["company"])
        elif isinstance(given.get("portal"), str):
            company = self.find("portal", given["portal"]).company
        found = {name: self._ids(name, value, company) for name, value in given.items()}
        if isinstance(found.get("members"), list):
            found["members"] = [
                {name: self._ids(name, value, company) for name, value in one.items()} if isinstance(one, dict) else one
                for one in found["members"]
            ]
        return found

    def told(self, value: Any, field: str = "") -> Any:
        """The same, with names for ids."""
        if isinstance(value, dict):
            return {name: self.told(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [self.told(part, field) for part in value]
        if field in POINTS_AT and isinstance(value, str) and is_id(value):
            noun = BY_NAME[POINTS_AT[field]]
            item = noun.get(self._conn, value)
            return called(noun, item) if item is not None else value
        return value

    def _ids(self, field: str, value: Any, company: str | None) -> Any:
        noun = POINTS_AT.get(field)
        if noun is None:
            return value
        within = company if noun in ("team", "form", "schedule") else None
        if isinstance(value, list):
            return [self._ids(field, one, company) for one in value]
        return self.id_of(noun, value, within) if isinstance(value, str) else value


def called(noun: AnyNoun, item: Any) -> str:
    """What this command line calls it."""
    return str(item.slug) if noun.name == "company" else noun.called(item)


def given_by(assignments: tuple[str, ...], file: str | None) -> Values:
    """Fields from a JSON file, and those that were written as FIELD=VALUE; ``a.b=VALUE`` is a part of ``a``."""
    given: Values = {}
    if file is not None:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text()
            given = msgspec.json.decode(text, type=dict[str, Any])
        except (OSError, UnicodeError, msgspec.DecodeError) as error:
            fail(f"{file} cannot be read as a JSON object: {error}.")
    for text in assignments:
        path, sign, value = text.partition("=")
        if not sign or not path:
            fail(f"{text!r} is not FIELD=VALUE.")
        given[path] = _value(path, value)
    return given


def with_parts(before: Values, given: Values) -> Values:
    """The fields, with what was given in its place."""
    after: Values = msgspec.json.decode(msgspec.json.encode(before))
    for path, value in given.items():
        *way, last = path.split(".")
        place = after
        for step in way:
            inner = place.setdefault(step, {})
            if not isinstance(inner, dict):
                fail(f"{path}: {step} has no parts.")
            place = inner
        place[last] = value
    return after


def draft_of(noun: AnyNoun, given: Values) -> In:
    """The draft, checked as one that comes over HTTP. Raises BadInput."""
    try:
        plain = msgspec.json.encode(msgspec.convert(given, noun.draft, strict=False))
    except msgspec.ValidationError as error:
        raise BadInput(str(error)) from None
    draft = codec.body(plain, noun.draft)
    noun.suits(draft, load_settings().url)
    return draft


def fields_of(noun: AnyNoun, item: Any) -> Values:
    """What of an item is its draft."""
    return {name: getattr(item, name) for name in noun.draft.__struct_fields__}


def work(unit: Callable[[Tx], Any]) -> Any:
    """Run it on the database; what is refused becomes a sentence that names the field."""

    async def write(store: Store) -> Any:
        try:
            return await store.write(unit)
        except BadInput as error:
            fail(f"{error.field}: {error.message}" if error.field else error.message)
        except (Conflict, NotFound, Refused) as error:
            fail(error.message)

    return run(ready(), write)


def add_words(group: click.Group, noun: AnyNoun) -> click.Group:
    """Give a group the words that it does not have in a form of its own."""
    for command in (_list(noun), _show(noun), _add(noun), _set(noun), _remove(noun)):
        if command.name not in group.commands:
            group.add_command(command)
    return group


def group_of(noun: AnyNoun) -> click.Group:
    """``deskwire issue-type …``"""
    many = noun.plural.replace("-", " ").capitalize()
    group = click.Group(noun.name.replace("_", "-"), help=f"{many}.")
    if noun is FORMS:
        group.add_command(bug_report_form)
    return add_words(group, noun)


# --- the words --------------------------------------------------------------------------------------------------------


@click.command("template")
@click.argument("company")
def bug_report_form(company: str) -> None:
    """Give a company the product's form for bug reports, to change it."""
    now = now_ms()
    added = work(
        lambda tx: editing.added(tx, FORMS, COMMAND_LINE, bug_report(Names(tx.conn).id_of("company", company)), now)
    )
    click.echo(f"Added {added.name} ({added.id}).")


_ASSIGNMENTS = click.Argument(["assignments"], nargs=-1, metavar="[FIELD=VALUE]...")
_JSON = click.Option(["--json", "file"], metavar="FILE|-", help="fields as a JSON object; - reads what comes in")
_COMPANY = click.Option(["--company"], help="slug of a company")


def _list(noun: AnyNoun) -> click.Command:
    def list_(company: str | None) -> None:
        async def read(store: Store) -> list[tuple[str, ...]]:
            def rows(conn: Connection) -> list[tuple[str, ...]]:
                names = Names(conn)
                of = names.id_of("company", company) if company else None
                return [
                    tuple(_cell(names.told(value, name)) for name, value in fields_of(noun, one).items())
                    for one in noun.items(conn, of)
                ]

            return await store.read(rows)

        head = tuple(name.upper().replace("_", " ") for name in noun.draft.__struct_fields__)
        print_table(head, run(ready(), read))

    return click.Command("list", callback=list_, params=[_COMPANY], help="All, or those of a company.")


def _show(noun: AnyNoun) -> click.Command:
    def show(name: str, company: str | None) -> None:
        async def read(store: Store) -> Values:
            def one(conn: Connection) -> Values:
                item = _item(conn, noun, name, company)
                return {"id": item.id, **Names(conn).told(msgspec.to_builtins(fields_of(noun, item)))}

            return await store.read(one)

        shown = msgspec.json.encode(run(ready(), read))
        click.echo(msgspec.json.format(shown, indent=2).decode())

    params = [click.Argument(["name"]), _COMPANY]
    return click.Command("show", callback=show, params=params, help="All about one, as JSON that --json takes.")


def _add(noun: AnyNoun) -> click.Command:
    def add(assignments: tuple[str, ...], file: str | None) -> None:
        given = with_parts({}, given_by(assignments, file))
        given.pop("id", None)

        def unit(tx: Tx) -> Any:
            draft = draft_of(noun, Names(tx.conn).ids(given, None))
            return editing.added(tx, noun, COMMAND_LINE, draft, now_ms())

        added = work(unit)
        click.echo(f"Added {called(noun, added)} ({added.id}).")

    fields = ", ".join(noun.draft.__struct_fields__)
    return click.Command("add", callback=add, params=[_ASSIGNMENTS, _JSON], help=f"Add one. Fields: {fields}.")


def _set(noun: AnyNoun) -> click.Command:
    def set_(name: str, assignments: tuple[str, ...], file: str | None, company: str | None) -> None:
        changed = change(noun, name, company, given_by(assignments, file))
        click.echo(f"Changed {called(noun, changed)}.")

    params = [click.Argument(["name"]), _ASSIGNMENTS, _JSON, _COMPANY]
    return click.Command("set", callback=set_, params=params, help="Change one; what is not named stays.")


def _remove(noun: AnyNoun) -> click.Command:
    def remove(name: str, company: str | None) -> None:
        def unit(tx: Tx) -> bool:
            return editing.removed(tx, noun, COMMAND_LINE, _item(tx.conn, noun, name, company).id, now_ms())

        while not work(unit):
            pass  # whatever the server writes goes in between
        click.echo(f"Removed {name}.")

    params = [click.Argument(["name"]), _COMPANY]
    return click.Command("remove", callback=remove, params=params, help="Remove one that nothing needs.")


def change(noun: AnyNoun, name: str, company: str | None, given: Values) -> Any:
    """Change what is called so; returns it as it is now."""

    def unit(tx: Tx) -> Any:
        names = Names(tx.conn)
        item = _item(tx.conn, noun, name, company)
        after = with_parts(fields_of(noun, item), names.ids(given, noun.company(item)))
        after.pop("id", None)
        return editing.changed(tx, noun, COMMAND_LINE, item.id, draft_of(noun, after), None, now_ms())

    return work(unit)


def _item(conn: Connection, noun: AnyNoun, name: str, company: str | None) -> Any:
    names = Names(conn)
    return names.find(noun.name, name, names.id_of("company", company) if company else None)


def _value(path: str, text: str) -> Any:
    """null, lists and objects are JSON; all else is what was typed, and becomes a number where one is wanted."""
    if text == "null":
        return None
    if text.startswith(("[", "{")):
        try:
            return msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            fail(f"{path}: this is not JSON: {error}.")
    if path == "expires_at" and not text.isdigit():
        try:
            return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1_000)
        except (ValueError, OverflowError):  # also: in UTC it would be in the year 0 or 10000
            fail(f"{path}: write a time as 2031-12-24T18:00+01:00.")
    return text


def _cell(value: Any) -> str:
    if value is None or value in ([], {}):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = " ".join(value)
    elif isinstance(value, list):
        value = len(value)
    elif isinstance(value, dict):
        value = value.get("en") if isinstance(value.get("en"), str) else " ".join(value)
    elif isinstance(value, msgspec.Struct):
        return "…"
    text = " ".join(str(value).split())
    return text if len(text) <= CELL_CHARS else f"{text[: CELL_CHARS - 1]}…"
