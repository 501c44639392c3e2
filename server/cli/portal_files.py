"""``deskwire portal files``: which files may be sent at a portal, by whom, and how large (G-48)."""

from typing import Any, Final, get_args

import click
import msgspec

from server.cli.common import fail, print_table, ready, run
from server.cli.nouns import draft_of, fields_of
from server.clock import now_ms
from server.desk.administration import editing
from server.desk.administration.editing import COMMAND_LINE
from server.desk.administration.portals import PORTALS
from server.domain.devices import DeviceClass
from server.domain.files import ALL, MIB, TYPES, FileRules, SenderRules, allowed, sender_rules
from server.domain.people import Side
from server.store import portals
from server.store.base import Tx

TECHNICIANS: Final = "technicians"
DEVICES: Final[tuple[DeviceClass, ...]] = get_args(DeviceClass)
WHO: Final = (TECHNICIANS, *DEVICES)


@click.command("files")
@click.argument("slug")
@click.option(
    "--types", multiple=True, metavar="WHO=LIST", help="such as ios=.png,.jpeg; default: the usual list; none"
)
@click.option("--mib", multiple=True, metavar="WHO=MIB", help="largest file")
@click.option("--image-mib", multiple=True, metavar="WHO=MIB", help="largest picture")
@click.option("--day-mib", type=click.IntRange(0), help="what one customer may send within 24 hours")
@click.option("--megapixels", type=click.IntRange(1), help="largest picture, width times height")
def files(slug: str, **changes: Any) -> None:
    """Show which files may be sent at a portal, and change that.

    WHO is technicians, or a customer's device: windows, macos, linux, chromeos, android, ios, unknown. What is not
    named stays as it is.
    """

    def unit(tx: Tx) -> FileRules:
        found = portals.by_slug(tx.conn, slug)
        if found is None:
            fail(f"There is no portal {slug}.")
        after = changed(found.settings.files, **changes)
        item = PORTALS.get(tx.conn, found.id)
        if item is not None and after != found.settings.files:
            setup = msgspec.structs.replace(item.setup, files=after)
            draft = draft_of(PORTALS, fields_of(PORTALS, item) | {"setup": setup})
            editing.changed(tx, PORTALS, COMMAND_LINE, item.id, draft, None, now_ms())
        return after

    show(run(ready(), lambda store: store.write(unit)))


def changed(
    before: FileRules,
    types: tuple[str, ...],
    mib: tuple[str, ...],
    image_mib: tuple[str, ...],
    day_mib: int | None,
    megapixels: int | None,
) -> FileRules:
    """The rules after the options of the command line."""
    rules: dict[str, Any] = msgspec.to_builtins(before)
    for text in types:
        who, value = _pair(text)
        _of(rules, who)["types"] = _list(value)
    for texts, name in ((mib, "max_bytes"), (image_mib, "image_max_bytes")):
        for text in texts:
            who, value = _pair(text)
            _of(rules, who)[name] = _mib(value)
    if day_mib is not None:
        rules["customer_day_bytes"] = day_mib * MIB
    if megapixels is not None:
        rules["max_pixels"] = megapixels * 1_000_000
    try:
        return msgspec.convert(rules, FileRules)
    except msgspec.ValidationError as error:
        fail(f"This is out of bounds: {error}.")


def show(rules: FileRules) -> None:
    """As a table."""
    rows: list[tuple[str, ...]] = []
    for who in WHO:
        side: Side = "technician" if who == TECHNICIANS else "customer"
        device: DeviceClass = next((one for one in DEVICES if one == who), "unknown")
        sender, types = sender_rules(rules, side, device), allowed(rules, side, device)
        said = "all" if types == ALL else " ".join(types) or "none"
        rows.append((who, _text(sender.max_bytes), _text(min(sender.image_max_bytes, sender.max_bytes)), said))
    print_table(("WHO", "FILE", "PICTURE", "TYPES"), rows)
    click.echo(f"\nA customer may send {_text(rules.customer_day_bytes)} within 24 hours.")
    click.echo(f"Pictures may have {rules.max_pixels / 1_000_000:.4g} megapixels.")


def _of(rules: dict[str, Any], who: str) -> dict[str, Any]:
    """The rules of one kind of sender, to be changed."""
    if who == TECHNICIANS:
        found: dict[str, Any] = rules[TECHNICIANS]
        return found
    of_device: dict[str, Any] = rules["customers"].setdefault(who, msgspec.to_builtins(SenderRules()))
    return of_device


def _pair(text: str) -> tuple[str, str]:
    who, sign, value = text.partition("=")
    if who not in WHO or not sign:
        fail(f"{text!r} is not WHO=…; WHO is one of {', '.join(WHO)}.")
    return who, value


def _list(value: str) -> list[str] | None:
    if value == "default":
        return None
    named = {alias: extension for extension, kind in TYPES.items() for alias in (extension, *kind.aliases)}
    found = []
    for part in [] if value == "none" else value.lower().replace(",", " ").split():
        extension = named.get(part if part.startswith(".") else f".{part}")
        if extension is None:
            fail(f"{part} is no type that can be sent; there are {' '.join(ALL)}.")
        found.append(extension)
    return list(dict.fromkeys(found))


def _mib(value: str) -> int:
    try:
        return int(float(value) * MIB)
    except (ValueError, OverflowError):
        fail(f"{value!r} is no number of MiB.")


def _text(size: int) -> str:
    return f"{size / MIB:.4g} MiB"
