"""Every command but serve, backup and doctor, which have files of their own."""

import re
import stat

import pytest

from tests.cli.conftest import Place, password_in

PASSWORD = re.compile(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}")


@pytest.fixture
def acme(ready: Place) -> Place:
    """A company with a portal."""
    ready.call("company", "add", "acme", "Acme SA")
    ready.call("portal", "add", "help", "--company", "acme", "--name", "Acme help", "--prefix", "ACME")
    return ready


def test_help_names_every_command(place: Place) -> None:
    for arguments in (["--help"], ["portal", "set", "-h"], ["technician", "--help"]):
        assert "Usage: deskwire" in place.done(*arguments)
    text = place.done("--help")
    for command in ("serve", "migrate", "demo", "company", "portal", "technician", "backup", "restore", "doctor"):
        assert f"  {command} " in text
    assert not place.data.exists(), "help makes nothing"


def test_migrate_makes_a_private_database_and_can_be_repeated(place: Place) -> None:
    assert "Made the database" in place.done("migrate")
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.database.stat().st_mode) == 0o600
    assert "is up to date" in place.done("migrate")


@pytest.mark.parametrize("command", [["company", "list"], ["technician", "list"], ["backup", "x"], ["serve"]])
def test_without_a_database_each_command_says_how_to_make_one(place: Place, command: list[str]) -> None:
    assert "deskwire migrate" in place.refused(*command)


def test_companies(ready: Place) -> None:
    assert ready.done("company", "list") == "None yet.\n"
    ready.done("company", "add", "acme", "Acme  SA")
    assert ready.done("company", "list") == "SLUG  NAME\nacme  Acme SA\n"
    assert "already" in ready.refused("company", "add", "acme", "Another")
    for slug in ("Acme", "a b", "-a", "a/b", "é", "", "a" * 64):
        assert "cannot stand in an address" in ready.refused("company", "add", "--", slug, "Name")
    assert "A name has" in ready.refused("company", "add", "empty", "  ")


def test_adding_portals(acme: Place) -> None:
    add = ["portal", "add", "x", "--company", "acme", "--name", "X", "--prefix", "ACME"]
    text = acme.done(*add)
    assert "/p/x" in text
    assert '<script src="http://127.0.0.1:8000/w/x.js" async></script>' in text
    assert "already" in acme.refused(*add)
    acme.done("company", "add", "globex", "Globex")
    other = ["portal", "add", "y", "--name", "Y", "--company"]
    assert "Keys of another company begin with ACME" in acme.refused(*other, "globex", "--prefix", "ACME")
    assert "no key prefix" in acme.refused(*other, "globex", "--prefix", "acme-1")
    assert "There is no company" in acme.refused(*other, "umbrella", "--prefix", "UMB")


def test_portal_settings(acme: Place) -> None:
    """G-10, B-31, B-32: which fields the form shows and insists on."""
    acme.done("portal", "set", "help", "--field", "email=required", "--field", "company=hidden")
    acme.done("portal", "set", "help", "--origin", "https://WWW.Acme.example:443/", "--origin", "http://intranet:8080")
    acme.done("portal", "set", "help", "--accent", "#A1B2C3", "--language", "fr", "--language", "en")
    (line,) = [line for line in acme.done("portal", "list").splitlines() if line.startswith("help")]
    assert "name* email* " in line
    assert "https://www.acme.example http://intranet:8080" in line
    acme.done("portal", "set", "help", "--remove-origin", "http://intranet:8080")
    assert "intranet" not in acme.done("portal", "list")


def test_when_a_ticket_goes_back_to_the_queue(acme: Place) -> None:
    """C-08: never, unless the portal says after how long; a portal can be made with it, and change its mind."""

    def listed(slug: str) -> str:
        (line,) = [line for line in acme.done("portal", "list").splitlines() if line.startswith(slug)]
        return line

    assert listed("help").endswith(" never")
    acme.done("portal", "set", "help", "--return-to-queue", "60")
    acme.done("portal", "set", "help", "--accent", "#a1b2c3")
    assert listed("help").endswith(" after 60 s")
    acme.done("portal", "set", "help", "--return-to-queue", "never")
    assert listed("help").endswith(" never")
    made = ("--company", "acme", "--name", "Quick", "--prefix", "ACMEQ", "--return-to-queue", "45")
    acme.done("portal", "add", "quick", *made)
    assert listed("quick").endswith(" after 45 s")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--return-to-queue", "44"],
        ["--return-to-queue", "86401"],
        ["--return-to-queue", "soon"],
        ["--return-to-queue", ""],
        ["--field", "email"],
        ["--field", "email=maybe"],
        ["--field", "phone=shown"],
        ["--accent", "red"],
        ["--accent", "#fff;}"],
        ["--origin", "www.acme.example"],
        ["--origin", "ftp://acme.example"],
        ["--origin", "https://acme.example/shop"],
        ["--origin", "https://acme.example; script-src *"],
        ["--origin", "https://*"],
        ["--origin", "https://a.example:99999"],
        ["--origin", "https://user@acme.example"],
        ["--language", "tlh"],
    ],
)
def test_settings_that_make_no_sense_are_refused(acme: Place, arguments: list[str]) -> None:
    before = acme.call("portal", "list")
    acme.refused("portal", "set", "help", *arguments)
    assert acme.call("portal", "list") == before


def test_identity_secrets_rotate(acme: Place) -> None:
    """Two are valid at a time, so that the site can change over."""
    secrets = [acme.done("portal", "set", "help", "--new-identity-secret").split()[-1] for _ in range(3)]
    assert len(set(secrets)) == 3
    assert all(len(secret) == 43 for secret in secrets)
    assert "signed" in acme.done("portal", "list")
    acme.done("portal", "set", "help", "--drop-old-identity-secret")
    assert "There is no portal" in acme.refused("portal", "set", "nowhere", "--new-identity-secret")


def test_languages(acme: Place) -> None:
    """B-21: a portal translates when it is told to; what a technician reads can be said without the console."""

    def translates() -> str:
        (line,) = [line for line in acme.done("portal", "list").splitlines() if line.startswith("help")]
        return re.split(r"\s{2,}", line)[-2]

    assert translates() == "off"
    acme.done("portal", "set", "help", "--translation")
    acme.done("portal", "set", "help", "--accent", "#a1b2c3")
    assert translates() == "on"
    acme.done("portal", "set", "help", "--no-translation")
    assert translates() == "off"
    acme.done("technician", "add", "lena@example.com", "--name", "Lena Young", "--company", "acme")
    assert "Français" in acme.done("technician", "language", "lena@example.com", "fr-CA")
    assert re.search(r"acme +fr +off", acme.done("technician", "list"))
    assert "no language" in acme.refused("technician", "language", "lena@example.com", "1")
    assert "no technician" in acme.refused("technician", "language", "nobody@example.com", "fr")


def test_technicians(acme: Place) -> None:
    text = acme.done("technician", "add", "Lena@Example.com", "--name", "Lena Young", "--company", "acme")
    assert PASSWORD.fullmatch(password_in(text))
    assert "There is no administrator" in text
    (line,) = [line for line in acme.done("technician", "list").splitlines() if "lena" in line]
    cells = ["lena@example.com", "Lena Young", "Lena", "technician", "acme", "-", "off", "offline (away)"]
    assert re.split(r"\s{2,}", line) == cells
    assert "already" in acme.refused("technician", "add", "lena@example.com", "--name", "Another")
    assert "no e-mail address" in acme.refused("technician", "add", "lena", "--name", "Lena")
    assert "There is no company" in acme.refused(
        "technician", "add", "x@example.com", "--name", "X", "--company", "umbrella"
    )

    assert "administrator" in acme.done("technician", "role", "lena@example.com", "administrator")
    assert "sees no company" in acme.done("technician", "access", "lena@example.com", "--remove", "acme")
    assert "sees acme" in acme.done("technician", "access", "lena@example.com", "--add", "acme")
    assert PASSWORD.fullmatch(password_in(acme.done("technician", "password", "lena@example.com").splitlines()[1]))
    assert "last administrator" in acme.refused("technician", "disable", "lena@example.com")
    assert "last administrator" in acme.refused("technician", "role", "lena@example.com", "technician")
    acme.done("technician", "add", "omar@example.com", "--name", "Omar", "--role", "administrator")
    acme.done("technician", "disable", "lena@example.com")
    assert " disabled" in acme.done("technician", "list")
    acme.done("technician", "enable", "lena@example.com")
    acme.done("technician", "totp-off", "lena@example.com")
    assert " offline (away)" in acme.done("technician", "list")


@pytest.mark.parametrize("command", ["password", "disable", "enable", "totp-off", "access", "token"])
def test_unknown_technicians_are_named(ready: Place, command: str) -> None:
    assert "There is no technician nobody@example.com" in ready.refused("technician", command, "nobody@example.com")


def test_api_tokens_are_shown_once(acme: Place) -> None:
    acme.done("technician", "add", "bot@example.com", "--name", "Bot", "--company", "acme")
    text = acme.done("technician", "token", "bot@example.com", "--new", "import")
    assert re.search(r"dwt_[\w-]{43}\n", text)
    listed = acme.done("technician", "token", "bot@example.com")
    assert "dwt_" not in listed
    token_id = listed.splitlines()[1].split()[0]
    assert acme.done("technician", "token", "bot@example.com", "--revoke", token_id) == "None yet.\n"
    acme.refused("technician", "token", "bot@example.com", "--revoke", token_id)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"port": "eighty"}, "port"),
        ({"port": "70000"}, "port"),
        ({"tls_cert": "cert.pem"}, "go together"),
        ({"forwarded_allow_ips": "*"}, "must name the proxies"),
        ({"public_url": "desk.example.com"}, "begins with http"),
        ({"public_url": "https://"}, "names a host"),
        ({"public_url": "HTTPS://desk.example.com"}, "begins with http"),
        ({"public_url": "https://desk..example.com"}, "names a host"),
        ({"public_url": "https://[::1"}, "names a host"),
        ({"public_url": "https://example.com/desk"}, "has no path"),
        ({"config": "/nowhere/deskwire.toml"}, "No such file"),
        ({"data_dir": "/proc/deskwire"}, "cannot be made"),
        ({"redis_url": "redis://:secret@127.0.0.1:port"}, "redis_url is no address"),
        ({"redis_url": "redis://:sec#ret@127.0.0.1"}, "redis_url is no address"),
        ({"redis_url": "redis://:secret@127.0.0.1?colour=blue"}, "colour"),
        ({"database_url": "postgresql+asyncpg://u:secret@h:port/d"}, "database_url is no address"),
        ({"database_url": "postgresql+asyncpg://u:secret@h/d?sslmode=require"}, "PGSSLMODE"),
    ],
)
def test_wrong_settings_are_one_sentence(place: Place, settings: dict[str, str], sentence: str) -> None:
    told = place.refused("migrate", **settings)
    assert sentence in told
    assert "sec" not in told, "half of a password is one, too"


def test_a_settings_file_that_is_no_text(place: Place) -> None:
    file = place.data.parent / "deskwire.toml"
    file.write_bytes(b"public_url = '\xff'")
    assert "deskwire.toml" in place.refused("migrate", config=str(file))


@pytest.mark.parametrize(
    "command",
    [
        ["company", "add", "x", "\udcff"],
        ["team", "add", "company=acme", "name=\udcff"],
        ["technician", "add", "a@example.com", "--name", "\udcff"],
        ["technician", "password", "\udcff"],
    ],
)
def test_bytes_that_are_no_text_are_one_sentence(acme: Place, command: list[str]) -> None:
    """A terminal that does not speak UTF-8."""
    assert "not text in UTF-8" in acme.refused(*command)


def test_an_address_is_the_same_in_capitals(acme: Place) -> None:
    """For every word, and not only for those that technicians have of their own."""
    acme.done("technician", "add", "Bot@Example.com", "--name", "Bot", "--company", "acme")
    assert '"bot@example.com"' in acme.done("technician", "show", "BOT@example.com")
    acme.done("team", "add", "company=acme", "name=First", 'members=[{"technician": "Bot@Example.com"}]')
    acme.done("customer", "add", "company=acme", "email=Ada@Example.com", "name=Ada")
    assert '"ada@example.com"' in acme.done("customer", "show", "ADA@example.com")


def test_a_table_does_what_names_say_to_no_terminal(acme: Place) -> None:
    acme.done("technician", "add", "bot@example.com", "--name", "Bot \x1b[31mred")
    for text in (acme.done("technician", "list"), acme.done("changes")):
        assert "\x1b" not in text
    assert "Bot \ufffd[31mred" in acme.done("technician", "list")


def test_a_settings_file_and_unknown_names(place: Place) -> None:
    """Unknown keys of the file are errors, unknown variables a warning, and the environment wins."""
    file = place.data.parent / "deskwire.toml"
    file.write_text('public_url = "https://desk.example.com/"\n')
    place.done("migrate", config=str(file))
    result = place.run("demo", config=str(file), prot="1")
    assert "https://desk.example.com/p/demo" in result.out
    assert "DESKWIRE_PROT is not a setting" in result.err
    assert "https://other.example.com/p/demo" in place.done(
        "demo", config=str(file), public_url="https://other.example.com"
    )
    file.write_text("prot = 1\n")
    assert "prot" in place.refused("migrate", config=str(file))


def test_a_file_that_is_no_database(place: Place) -> None:
    place.data.mkdir()
    place.database.write_bytes(b"this is not a database, it is only a text " * 100)
    for command in (["migrate"], ["company", "list"], ["serve"], ["backup", "x"]):
        assert "deskwire doctor" in place.refused(*command)
