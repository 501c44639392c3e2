"""``deskwire doctor``: looks at what can go wrong around the program, and says what to change.

machine   Python, packages, open files          data      directory, disk, database file, accounts
address   TLS, and the way through the public address to a WebSocket
proxy     what is done to requests on that way: addresses, bodies, long answers, quiet sockets
postgres  instead of the file: version, latency, settings that lose data, connections, tables
redis     between processes: whether it answers, rights, latency, who may listen
files     the storage of files, several hosts, the virus scanner
translation   whether anybody translates where portals want it, and what is missing

A check is a function of the settings that returns findings; it changes nothing.
"""

import sys

import click
import msgspec

from server.cli.common import load_settings
from server.cli.doctor import address, data, files, machine, postgres, redis, translation
from server.cli.doctor.finding import Finding

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="for programs")
@click.option("--quick", is_flag=True, help="without what takes half a minute: the proxy's patience")
def doctor(as_json: bool, quick: bool) -> None:
    """Check the installation; exit code 1 when something does not work."""
    settings = load_settings()
    findings = [
        *machine.check(settings),
        *data.check(settings),
        *postgres.check(settings),
        *redis.check(settings),
        *files.check(settings),
        *translation.check(settings),
        *address.check(settings, quick=quick),
    ]
    failed = any(finding.level == "fail" for finding in findings)
    if as_json:
        click.echo(msgspec.json.encode({"ok": not failed, "findings": findings}).decode())
    else:
        _show(findings)
    sys.exit(1 if failed else 0)


def _show(findings: list[Finding]) -> None:
    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        click.echo(f"{MARKS[finding.level]}  {finding.check:<{width}}  {finding.text}")
        for line in finding.advice.splitlines():
            click.echo(f"{'':<{width + 6}}  -> {line}")
