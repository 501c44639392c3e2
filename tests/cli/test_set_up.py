"""The set-up from the command line: the same words for every noun, names instead of ids, sentences instead of codes."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Place


@pytest.fixture
def acme(ready: Place) -> Place:
    """A company with a portal, and Lena, who may see it."""
    for arguments in (
        ["company", "add", "acme", "Acme SA"],
        ["portal", "add", "help", "--company", "acme", "--name", "Acme help", "--prefix", "ACME"],
        ["technician", "add", "lena@example.com", "--name", "Lena Young", "--company", "acme"],
    ):
        assert ready.call(*arguments).code == 0
    return ready


def said(place: Place, *arguments: str) -> str:
    result = place.call(*arguments)
    assert result.code == 0, result
    return result.out


def shown(place: Place, noun: str, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(said(place, noun, "show", name))
    return found


def test_a_desk_is_set_up_without_a_file_or_an_id(acme: Place) -> None:
    """B-08, B-30, B-51, S-01: everything that the console can set up."""
    members = '[{"technician": "lena@example.com", "supervisor": true}]'
    said(acme, "team", "add", "company=acme", "name=Billing", f"members={members}", "automatic=true")
    assert shown(acme, "team", "Billing")["members"] == json.loads(members)
    said(acme, "form", "template", "acme")
    hours = '[{"from_day": 0, "from_time": "09:00", "to_day": 0, "to_time": "17:00"}]'
    said(acme, "schedule", "add", "company=acme", "name=Office hours", "time_zone=Europe/Amsterdam", f"hours={hours}")
    said(
        acme,
        "issue-type",
        "add",
        "portal=help",
        "names.en=A bug",
        "names.fr=Un bogue",
        "form=Bug report",
        "team=Billing",
    )
    kind = shown(acme, "issue-type", "A bug")
    assert (kind["form"], kind["team"], kind["names"]) == ("Bug report", "Billing", {"en": "A bug", "fr": "Un bogue"})
    said(acme, "issue-type", "set", "A bug", "team=null", "technician=lena@example.com", "priority=2")
    assert shown(acme, "issue-type", "A bug")["technician"] == "lena@example.com"

    notice = ["company=acme", 'portals=["help"]', "name=Mail", "lang=en", "text=Mail is slow."]
    said(acme, "notice", "add", *notice, "expires_at=2031-12-24T18:00+01:00")
    assert shown(acme, "notice", "Mail")["expires_at"] == 1_955_898_000_000
    said(acme, "canned-reply", "add", "company=acme", "category=All", "title=Hello", "texts.en=Hello {customer}")
    said(acme, "customer", "add", "company=acme", "email=Ada@Example.com", "name=Ada")
    assert "ada@example.com" in said(acme, "customer", "list", "--company", "acme")
    assert "No portal of this company offers sign-in" in acme.refused("customer", "link", "ada@example.com")
    said(acme, "portal", "set", "help", "setup.sign_in=offered")
    link = said(acme, "customer", "link", "Ada@example.com", "--company", "acme").strip()
    assert "/p/help#invitation=" in link
    assert link.partition("=")[2] not in said(acme, "changes")

    changes = (
        "schedule=Office hours",
        "fallback_team=Billing",
        'hosts=["help.example.com"]',
        "setup.ways.technicians=true",
    )
    said(acme, "portal", "set", "help", "name=Help & more", *changes, "setup.texts.title.nl=Hulp")
    portal = shown(acme, "portal", "help")
    assert (portal["name"], portal["schedule"], portal["fallback_team"]) == ("Help & more", "Office hours", "Billing")
    setup = portal["setup"]
    assert isinstance(setup, dict)
    assert setup["ways"]["technicians"]
    assert setup["texts"]["title"] == {"nl": "Hulp"}
    assert said(acme, "company", "set", "acme", "name=Acme NV") == "Changed acme.\n"
    assert "in use" in acme.refused("team", "remove", "Billing")
    assert said(acme, "issue-type", "remove", "A bug") == "Removed A bug.\n"


def test_what_is_shown_can_be_given_back(acme: Place, tmp_path: Path) -> None:
    file = tmp_path / "team.json"
    file.write_text(json.dumps({"company": "acme", "name": "Billing", "members": [{"technician": "lena@example.com"}]}))
    said(acme, "team", "add", "--json", str(file))
    before = said(acme, "team", "show", "Billing")
    file.write_text(before)
    said(acme, "team", "set", "Billing", "--json", str(file))
    assert said(acme, "team", "show", "Billing") == before
    assert "cannot be read" in acme.refused("team", "add", "--json", str(tmp_path / "missing"))


WRONG = [
    (["team", "add", "name=X"], "company"),
    (["team", "add", "company=umbrella", "name=X"], "There is no company umbrella."),
    (["team", "add", "company=acme", "name=X", "members=[1"], "members: this is not JSON"),
    (["team", "add", "company=acme", "name=X", "colour=red"], "colour"),
    (["team", "add", "company=acme", "name"], "is not FIELD=VALUE"),
    (["team", "set", "Nobody", "name=X"], "There is no team Nobody."),
    (["team", "show", "Nobody", "--company", "acme"], "There is no team Nobody."),
    (
        ["schedule", "add", "company=acme", "name=X", "time_zone=Mars/North"],
        "time_zone: There is no such time zone.",
    ),
    (["notice", "add", "company=acme", "name=X", "lang=en", "text=X", "expires_at=soon"], "write a time as"),
    (
        ["notice", "add", "company=acme", "name=X", "lang=en", "text=X", "expires_at=9999-12-31T23:59-10:00"],
        "write a time as",
    ),
    (
        ["notice", "add", "company=acme", "name=X", "lang=en", "text=X", "expires_at=99999999999999999999"],
        "expires_at",
    ),
    (["portal", "set", "help", "setup.accent=red"], "setup.accent"),
    (["portal", "set", "help", "name.first=X"], "name has no parts"),
    (["portal", "set", "help", "company=acme", "slug=NO"], "slug"),
    (["technician", "set", "lena@example.com", "capacity=0"], "capacity"),
    (["portal", "set", "help", 'hosts=["127.0.0.1"]'], "hosts: 127.0.0.1 is the address of the desk itself."),
]


def test_what_is_wrong_is_said_in_a_sentence(acme: Place) -> None:
    for arguments, sentence in WRONG:
        error = acme.refused(*arguments)
        assert sentence in error, (arguments, error)
        assert "Traceback" not in error


def test_the_audit_log_is_read_there_too(acme: Place) -> None:
    said(acme, "portal", "set", "help", "--new-identity-secret")
    secret = said(acme, "portal", "set", "help", "--new-identity-secret").split()[-1]
    said(acme, "technician", "set", "lena@example.com", "role=administrator")
    assert "last administrator" in acme.refused("technician", "remove", "lena@example.com")
    log = said(acme, "changes", "--last", "3")
    assert "command line  changed the technician lena@example.com" in log
    assert 'role: "technician" -> "administrator"' in log
    assert "identity_secrets: 1 -> 2" in log
    assert secret not in said(acme, "changes"), "no secret is in the log"
    assert "technician" not in said(acme, "changes", "--company", "acme")


def test_the_demo_is_set_up_like_everything_else(place: Place) -> None:
    """Each step stands in the audit log; what is there already stays, and another port is one more site."""
    for port in ("8123", "8123", "8124"):
        assert place.call("demo", port=port).code == 0
    log = [line.split("  ", 1)[1] for line in said(place, "changes").splitlines() if not line.startswith(" ")]
    assert log == [
        "command line  changed the portal demo",
        "command line  changed the technician demo@example.com",
        "command line  added the technician demo@example.com",
        "command line  added the portal demo",
        "command line  added the company Demo",
    ]
    setup = shown(place, "portal", "demo")["setup"]
    assert isinstance(setup, dict)
    hosts = ("localhost", "127.0.0.1")
    assert setup["origins"] == [f"http://{host}:{port}" for port in (8123, 8124) for host in hosts]
    assert shown(place, "technician", "demo@example.com")["language"] == "en"
