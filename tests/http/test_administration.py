"""What administrators set up, over HTTP: who may, what is refused, what the audit log says, and who learns of it."""

from typing import Any

import httpx2

from server.clock import now_ms
from server.desk.administration import editing
from server.desk.administration.teams import Teams
from server.protocol.administration import TeamDraft
from server.store.base import Tx
from tests.support.office import Office
from tests.support.people import console, customer, http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"


def team(office: Office, name: str = "Billing", *members: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"company": office.company, "name": name, "members": list(members), **more}


async def made(admin: httpx2.AsyncClient, noun: str, draft: dict[str, Any]) -> dict[str, Any]:
    answer = await admin.post(f"{ADMIN}/{noun}", json=draft)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refused(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    assert (answer.status_code, found["code"]) == (status, code), found
    return found


async def test_a_team_is_added_changed_and_removed(admin: httpx2.AsyncClient, office: Office) -> None:
    ada = office.worker("Ada")
    one = await made(admin, "teams", team(office, "Billing", {"technician": ada.id, "supervisor": True}))
    assert one["members"] == [{"technician": ada.id, "supervisor": True}]

    answer = await admin.put(f"{ADMIN}/teams/{one['id']}", json=team(office, "Invoices", automatic=True))
    changed = answer.json()
    assert (changed["name"], changed["automatic"], changed["members"]) == ("Invoices", True, [])
    assert answer.headers["etag"] == f'"{changed["version"]}"' == '"2"'
    listed = (await admin.get(f"{ADMIN}/teams", params={"company": office.company})).json()
    assert listed == {"items": [changed]}

    assert (await admin.delete(f"{ADMIN}/teams/{one['id']}")).status_code == 204
    refused(await admin.get(f"{ADMIN}/teams/{one['id']}"), 404, "not_found")


async def test_who_has_not_seen_the_last_change_does_not_undo_it(admin: httpx2.AsyncClient, office: Office) -> None:
    one = await made(admin, "teams", team(office))
    where, seen = f"{ADMIN}/teams/{one['id']}", {"if-match": f'"{one["version"]}"'}
    assert (await admin.put(where, json=team(office, "First"), headers=seen)).status_code == 200
    for tag in (seen["if-match"], f"W/{seen['if-match']}"):  # a proxy that compresses makes it weak
        headers = {"if-match": tag}
        refused(await admin.put(where, json=team(office, "Second"), headers=headers), 409, "changed_meanwhile")
    assert (await admin.get(where)).json()["name"] == "First"


async def test_only_administrators_know_of_it(server: DeskServer, admin: httpx2.AsyncClient, office: Office) -> None:
    one = await made(admin, "teams", team(office))
    async with http(server, office.worker("Tom").token) as tom:
        for answer in (
            await tom.get(f"{ADMIN}/teams"),
            await tom.post(f"{ADMIN}/teams", json=team(office, "Mine")),
            await tom.put(f"{ADMIN}/teams/{one['id']}", json=team(office, "Mine")),
            await tom.delete(f"{ADMIN}/teams/{one['id']}"),
            await tom.get(f"{ADMIN}/changes"),
        ):
            refused(answer, 404, "not_found")
    assert (await admin.get(f"{ADMIN}/teams/{one['id']}")).json() == one


async def test_what_is_of_another_company_is_not_taken(
    admin: httpx2.AsyncClient, office: Office, other_office: Office
) -> None:
    stranger = other_office.worker("Eve")
    answer = await admin.post(f"{ADMIN}/teams", json=team(office, "Billing", {"technician": stranger.id}))
    assert refused(answer, 400, "bad_input")["field"] == "members"
    one = await made(admin, "teams", team(office))
    answer = await admin.put(f"{ADMIN}/teams/{one['id']}", json=team(other_office))
    assert refused(answer, 400, "bad_input")["field"] == "company"


async def test_a_name_is_there_once_in_a_company(
    admin: httpx2.AsyncClient, office: Office, other_office: Office
) -> None:
    await made(admin, "teams", team(office))
    refused(await admin.post(f"{ADMIN}/teams", json=team(office)), 409, "name_taken")
    await made(admin, "teams", team(other_office))


async def test_the_audit_log_says_who_changed_what(admin: httpx2.AsyncClient, office: Office) -> None:
    one = await made(admin, "teams", team(office))
    await admin.put(f"{ADMIN}/teams/{one['id']}", json=team(office, "Invoices"))
    await admin.delete(f"{ADMIN}/teams/{one['id']}")
    changes = (await admin.get(f"{ADMIN}/changes", params={"object": one["id"]})).json()["changes"]
    assert [(line["action"], line["actor"], line["name"]) for line in changes] == [
        ("removed", "Olga", "Invoices"),
        ("changed", "Olga", "Invoices"),
        ("added", "Olga", "Billing"),
    ]
    assert changes[1]["changes"] == [{"field": "name", "before": '"Billing"', "after": '"Invoices"'}]


async def test_open_pages_learn_of_it(
    server: DeskServer, admin: httpx2.AsyncClient, office: Office, other_office: Office
) -> None:
    async with (
        console(server, office.worker("Ada"), available=False) as ada,
        console(server, other_office.worker("Eve"), available=False) as eve,
        customer(server, office) as bob,
    ):
        one = await made(admin, "teams", team(office))
        told = await ada.next("setup_changed")
        assert (told["noun"], told["id"], told["company"]) == ("team", one["id"], office.company)
        await made(admin, "teams", team(other_office))
        assert (await eve.next("setup_changed"))["company"] == other_office.company
        assert len(ada.of("setup_changed")) == 1
        draft = {"email": f"{one['id']}@example.com", "name": "Pia", "public_name": "Pia", "listed": True}
        await made(admin, "technicians", draft | {"companies": [office.company]})
        await made(admin, "issue-types", {"portal": office.portal_id, "names": {"en": "Printer"}})
        await bob.next("portal_changed")
        assert len(bob.of("portal_changed")) == 1, "of teams and technicians a customer's chat shows nothing"


async def test_they_also_learn_of_what_another_program_changed(server: DeskServer, office: Office) -> None:
    async with console(server, office.worker("Ada"), available=False) as ada:
        draft = TeamDraft(company=office.company, name="From elsewhere")
        made = office.write(lambda conn: editing.added(Tx(conn), Teams(), editing.COMMAND_LINE, draft, now_ms()))
        assert (await ada.next("setup_changed"))["id"] == made.id
