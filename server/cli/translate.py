"""``deskwire translate``: the language pairs that this host can translate.

They are looked after on the host that translates: its server, or ``deskwire translator``, notices a change by itself.
"""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from server.cli.common import LIBRARIES, fail, load_settings, make_data_dir, print_table
from server.domain.language import name
from server.errors import DeskwireError
from server.settings import Settings
from server.translation import base, index, inquiry, routes
from server.translation.install import SUFFIX, checksum, has, install, remove
from server.translation.orders import Scan, Scanned

PAIR: Final = re.compile("([a-z]{2,3})-([a-z]{2,3})")
MIB: Final = 1_048_576


@click.group()
def translate() -> None:
    """Live translation: language pairs of this host."""


@translate.command("install")
@click.argument("what")
@click.option("--version", metavar="VERSION", help="another one than the newest of the index")
@click.option("--sha256", metavar="HEX", help="what the file's checksum has to be")
def install_(what: str, version: str | None, sha256: str | None) -> None:
    """Install a language pair, in place of another version of it.

    WHAT is a pair, such as fr-en, that is fetched from the index of packages (setting translation_index_url), or the
    path of an .argosmodel file.
    """
    settings = _ready()
    if PAIR.fullmatch(what):
        with _explained(), tempfile.TemporaryDirectory(prefix="deskwire-") as place:
            file, told = _fetched(settings, what, version, Path(place))
            told = told if sha256 is None else sha256
            pair, came = install(file, settings.translation_packages, told, _codes(what)), checksum(file)
    elif what.endswith(SUFFIX):
        file = Path(what)
        if not file.is_file():
            fail(f"There is no file {file}.")
        with _explained():
            pair, came = install(file, settings.translation_packages, sha256), checksum(file)
    else:
        fail(f"{what!r} is neither a pair such as fr-en nor a file whose name ends with {SUFFIX}.")
    click.echo(f"Installed {_told(pair.source, pair.target)}, version {pair.version}. SHA-256 {came}")
    if not has(settings.translation_packages, pair.target, pair.source):
        click.echo(f"For what is said the other way, {pair.target}-{pair.source} is missing.")


@translate.command("list")
@click.option("--available", is_flag=True, help="what the index of packages has, instead")
def list_(available: bool) -> None:
    """The installed language pairs."""
    settings = _ready()
    with _explained():
        if available:
            offers = index.offers(settings.translation_index_url)
            print_table(
                ("PAIR", "VERSION", "LANGUAGES"),
                [
                    (
                        f"{one.from_code}-{one.to_code}",
                        one.package_version,
                        f"{name(one.from_code)} → {name(one.to_code)}",
                    )
                    for one in offers
                ],
            )
            return
        scanned = inquiry.ask(settings.translation_packages, Scan())[0]
    if not isinstance(scanned, Scanned):
        fail(f"{settings.translation_packages} cannot be read.")
    print_table(
        ("PAIR", "VERSION", "MIB", "LANGUAGES"),
        [
            (f"{pair.source}-{pair.target}", pair.version, f"{pair.bytes / MIB:.1f}", _told(pair.source, pair.target))
            for pair in scanned.pairs
        ],
    )
    direct = {(pair.source, pair.target) for pair in scanned.pairs}
    sources = sorted({source for source, _target in direct})
    reached = {(source, target) for source in sources for target in routes.targets(scanned.pairs, source)} - direct
    if through := ", ".join(f"{source}-{target}" for source, target in sorted(reached)):
        click.echo(f"Through English: {through}.")
    for directory, why in scanned.wrong.items():
        click.echo(f"{directory} is not used: {why}.", err=True)


@translate.command("remove")
@click.argument("pair")
def remove_(pair: str) -> None:
    """Remove a language pair, such as fr-en."""
    settings = _ready()
    source, target = _codes(pair)
    with _explained():
        gone = remove(settings.translation_packages, source, target)
    if not gone:
        fail(f"{pair} is not installed. 'deskwire translate list' says what is.")
    click.echo(f"Removed {pair}.")


def _fetched(settings: Settings, what: str, version: str | None, place: Path) -> tuple[Path, str | None]:
    """The package of a pair, and the checksum that the index gives, if it does."""
    source, target = _codes(what)
    offer = index.choose(index.offers(settings.translation_index_url), source, target, version)
    click.echo(f"Fetching {what}, version {offer.package_version} …")
    file = place / f"{what}{SUFFIX}"
    index.fetch(offer, file)
    return file, offer.sha256 or None


def _ready() -> Settings:
    if not base.available():
        fail(f"The libraries for translating are not installed. {LIBRARIES}")
    settings = load_settings()
    make_data_dir(settings)
    return settings


def _codes(pair: str) -> tuple[str, str]:
    match = PAIR.fullmatch(pair)
    if match is None:
        fail(f"{pair!r} is no language pair; write it as fr-en.")
    return match[1], match[2]


def _told(source: str, target: str) -> str:
    return f"{name(source)} → {name(target)}"


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DeskwireError as error:
        fail(error.message)
    except OSError as error:
        fail(f"The packages cannot be written or read: {error.strerror}: {error.filename}.")
