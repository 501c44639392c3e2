"""Every command on PostgreSQL, and the sentences of those that cannot work there."""

import pytest
from sqlalchemy import make_url

from tests.cli.conftest import Place, password_in, place, sign_in
from tests.support.postgres import Postgres

__all__ = ["place"]


@pytest.fixture
def there(place: Place, postgres: Postgres) -> Place:
    """A place whose settings name an empty database."""
    place.environment["DESKWIRE_DATABASE_URL"] = postgres.database()
    return place


def test_an_installation_from_nothing(there: Place) -> None:
    """As docs/operations.md tells it; the last word is a person who signs in."""
    assert "revision" in there.done("migrate")
    assert "up to date" in there.done("migrate")
    there.done("company", "add", "acme", "Acme SA")
    there.done("portal", "add", "help", "--company", "acme", "--name", "Acme help", "--prefix", "ACME")
    role = ("--role", "administrator", "--company", "acme")
    password = password_in(there.done("technician", "add", "lena@acme.example", "--name", "Lena Young", *role))
    assert "lena@acme.example" in there.done("technician", "list")
    assert "help" in there.done("portal", "list")
    server = there.start()
    with server.client() as client:
        sign_in(client, "lena@acme.example", password)
        assert client.get("/readyz").status_code == 200
    assert "takes 100 connections" in server.text
    assert server.stop() in (0, -15)
    assert sorted(path.name for path in there.data.iterdir()) == ["deskwire.lock", "files"]


def test_commands_without_tables(there: Place) -> None:
    for arguments in (("serve",), ("technician", "list"), ("backup", "/tmp/never")):
        assert "Make one with 'deskwire migrate'" in there.refused(*arguments)


@pytest.mark.parametrize("arguments", [("serve",), ("technician", "list"), ("migrate",), ("demo",)])
def test_a_database_that_is_not_there(there: Place, arguments: tuple[str, ...]) -> None:
    url = make_url(there.environment["DESKWIRE_DATABASE_URL"]).set(database="nothing")
    there.environment["DESKWIRE_DATABASE_URL"] = url.render_as_string(hide_password=False)
    assert "nothing" in there.refused(*arguments)


@pytest.mark.parametrize("arguments", [("technician", "list"), ("migrate",), ("backup", "/tmp/never")])
def test_a_server_that_is_not_there(there: Place, arguments: tuple[str, ...]) -> None:
    there.environment["DESKWIRE_DATABASE_URL"] = "postgresql+asyncpg://desk:secret@/desk?host=/nowhere"
    sentence = there.refused(*arguments)
    assert "cannot be used" in sentence
    assert "secret" not in sentence
