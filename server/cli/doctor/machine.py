"""Python, packages, bundled pages, open files."""

import platform
import re
import resource
from importlib import metadata

from server.cli.doctor.finding import Finding, bad, ok, warn
from server.cli.ground import OPEN_FILES
from server.http import pages
from server.settings import Settings

SPARE_FILES = 256
"""Open files besides sockets: database, logs, static files, libraries."""
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*>=\s*([0-9.]+)")


def check(settings: Settings) -> list[Finding]:
    """All of them."""
    return [_python(), _packages(), _pages(), _open_files(settings)]


def _python() -> Finding:
    return ok("python", f"Python {platform.python_version()} on {platform.system()} {platform.release()}")


def _packages() -> Finding:
    """What is installed against what the program asks for."""
    wrong = []
    required = [text for text in metadata.requires("deskwire") or [] if "extra ==" not in text]
    for text in required:
        found = _REQUIREMENT.match(text)
        if found is None:
            continue
        name, least = found.groups()
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if _numbers(version) < _numbers(least):
            wrong.append(f"{name} is {version}, needed {least}")
    if wrong:
        return bad("packages", "; ".join(wrong), "Run scripts/setup: it installs exactly what requirements.lock says.")
    return ok("packages", f"deskwire {metadata.version('deskwire')}, {len(required)} packages new enough")


def _pages() -> Finding:
    try:
        entries = pages.manifest()
    except FileNotFoundError:
        return bad("pages", "the front end was not bundled", "Run scripts/setup (or npm run build).")
    return ok("pages", ", ".join(sorted(entries)))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])


def _open_files(settings: Settings) -> Finding:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    needed = settings.sockets + SPARE_FILES
    if limit < needed:
        return warn(
            "open files",
            f"at most {limit}, and {settings.sockets} sockets need {needed}",
            f"Raise the limit (systemd: LimitNOFILE={needed}; shell: ulimit -Hn), or lower the setting sockets.",
        )
    return ok("open files", f"at most {limit}")
