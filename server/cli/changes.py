"""``deskwire changes``: the audit log, who changed what in the set-up."""

from datetime import UTC, datetime

import click
import msgspec

from server.cli.common import ready, run, visible
from server.cli.nouns import Names
from server.store import audit
from server.store.base import Store
from server.store.tables import AnyRow


@click.command()
@click.option("--company", help="slug of a company: only what is about it")
@click.option("--last", default=50, show_default=True, type=click.IntRange(1, 10_000), help="so many lines")
def changes(company: str | None, last: int) -> None:
    """Who changed what in the set-up, newest first. Times are UTC."""

    async def read(store: Store) -> list[AnyRow]:
        company_id = None
        if company is not None:
            company_id = await store.read(lambda conn: Names(conn).id_of("company", company))
        return await store.read(
            lambda conn: audit.page(conn, before=None, company_id=company_id, object_id=None, limit=last)
        )

    for row in run(ready(), read):
        at = datetime.fromtimestamp(row.at / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
        click.echo(visible(f"{at}  {row.actor}  {row.action} the {row.noun.replace('_', ' ')} {row.object}"))
        if row.action == "changed":
            for field, (before, after) in row.changes.items():
                click.echo(visible(f"    {field}: {_told(before)} -> {_told(after)}"))


def _told(value: object) -> str:
    return "-" if value is None else msgspec.json.encode(value).decode()
