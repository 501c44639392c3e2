"""The storage of files, the room for uploads, the virus scanner."""

import asyncio
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from server import backends
from server.cli.doctor.finding import Finding, bad, ok, warn
from server.errors import DeskwireError
from server.origin import LOOPBACK
from server.settings import Settings
from server.uploads.scan import ScannerDown

HERE: Final = ("", *LOOPBACK)
"""Hosts of a database or a Redis that only this machine reaches."""


def check(settings: Settings) -> list[Finding]:
    """All of them; without a data directory there is nothing to look at."""
    if not settings.data.is_dir():
        return []
    return [*asyncio.run(_look(settings)), *_hosts(settings)]


async def _look(settings: Settings) -> list[Finding]:
    filing = backends.open_filing(settings)
    try:
        findings = []
        try:
            findings.append(ok("files", f"{await filing.storage.look()}, written, read and deleted"))
        except (DeskwireError, OSError) as error:
            findings.append(_storage_fails(settings, error))
        if filing.checks.scanner is not None:
            try:
                findings.append(ok("virus scanner", await filing.checks.scanner.ping()))
            except ScannerDown as error:
                findings.append(_scanner_fails(settings, str(error)))
        return findings
    finally:
        await filing.close()


def _storage_fails(settings: Settings, error: Exception) -> Finding:
    if settings.storage_url:
        advice = (
            "Does the bucket exist, and do AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for another"
            " service than AWS, AWS_ENDPOINT_URL stand in the server's environment? The log names the cause."
        )
        return bad("files", f"{settings.storage_url} cannot be used: {error}", advice)
    advice = f"Give {settings.files} to the user that runs Deskwire, and make room on its disk."
    return bad("files", f"{settings.files} cannot be used: {error}", advice)


def _scanner_fails(settings: Settings, error: str) -> Finding:
    advice = "Start clamd (systemctl start clamav-daemon), or correct the setting clamd."
    if settings.scanner_down == "hold":
        return bad("virus scanner", f"{settings.clamd} does not answer ({error}); files wait for it", advice)
    return warn("virus scanner", f"{settings.clamd} does not answer ({error}); files pass with a mark", advice)


def _hosts(settings: Settings) -> Iterator[Finding]:
    """Files in a directory are for one host. Whether there are several shows in what they share."""
    elsewhere = [
        name
        for name, url in (("database", settings.database_url), ("Redis", settings.redis_url))
        if url and not url.startswith("unix:") and (urlsplit(url).hostname or "") not in HERE
    ]
    if elsewhere and not settings.storage_url:
        yield warn(
            "files and hosts",
            f"{' and '.join(elsewhere)} can be used by several hosts, and files are in a directory of this one",
            "With several hosts set storage_url=s3://bucket/prefix on each of them; with one host all is well.",
        )
