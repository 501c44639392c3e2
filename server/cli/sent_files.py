"""Files that people sent, beside a backup of the database: copied out of their storage, or back into it."""

from collections.abc import Callable
from pathlib import Path

import click

from server import backends
from server.cli.common import fail, run
from server.desk.copying import Copied, Copier
from server.settings import Settings
from server.store.base import Store
from server.uploads.disk import Disk

MIB = 1024 * 1024
PART = "copying"


def copy_out(settings: Settings, directory: Path) -> None:
    """Into a directory; what is in it already stays as it is."""

    def copier(disk: Disk) -> Copier:
        source, target = backends.open_storage(settings, disk), backends.open_directory(directory, disk)
        return Copier(source, target, disk, directory / PART)

    _tell(_copied(settings, directory, copier), str(directory))


def copy_back(settings: Settings, directory: Path) -> None:
    """From that directory into the storage of this installation, whichever it is."""

    def copier(disk: Disk) -> Copier:
        source, target = backends.open_directory(directory, disk), backends.open_storage(settings, disk)
        return Copier(source, target, disk, settings.files / PART)

    _tell(_copied(settings, settings.files, copier), settings.storage_url or str(settings.files))


def _copied(settings: Settings, place: Path, copier: Callable[[Disk], Copier]) -> Copied:
    async def work(store: Store) -> Copied:
        disk = Disk()
        try:
            return await copier(disk).run(store)
        except OSError as error:
            fail(f"Files cannot be copied: {error}.")
        finally:
            disk.close()

    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        fail(f"The directory {place} cannot be made: {error.strerror}.")
    return run(settings, work)


def _tell(done: Copied, where: str) -> None:
    click.echo(f"Copied {done.copied} files ({done.size / MIB:.1f} MiB) to {where}; {done.there} were there already.")
    if done.lost:
        fail(f"{len(done.lost)} files are missing where they should be, or damaged: {', '.join(done.lost[:5])} …")
