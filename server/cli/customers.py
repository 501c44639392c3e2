"""``deskwire customer``: the words of all nouns, and the link with which a customer chooses a password."""

import click

from server.cli.common import load_settings
from server.cli.nouns import BY_NAME, Names, add_words, work
from server.clock import now_ms
from server.desk import inviting
from server.desk.administration.editing import COMMAND_LINE
from server.protocol.administration import CustomerAccount
from server.store.base import Tx


@click.group()
def customer() -> None:
    """Customers who sign in."""


@customer.command()
@click.argument("email")
@click.option("--company", help="slug of a company")
def link(email: str, company: str | None) -> None:
    """Print a link with which a customer chooses a password, once, within seven days.

    The password and the links of before are void at once, and the customer is signed in nowhere any more.
    """
    url = load_settings().url

    def unit(tx: Tx) -> CustomerAccount:
        names = Names(tx.conn)
        of = names.id_of("company", company) if company else None
        account_id = names.id_of("customer_account", email, of)
        return inviting.linked(tx, COMMAND_LINE, account_id, url, now_ms())

    click.echo(work(unit).link)


add_words(customer, BY_NAME["customer_account"])
