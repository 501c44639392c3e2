"""Colleagues who read and comment a ticket until somebody removes them (S-13, S-23): each database, two workers."""

import io
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from server.clock import now_ms
from server.desk.administration.notices import Notices
from server.protocol.administration import NoticeDraft
from server.store import customer_accounts
from server.store.base import Tx
from tests.faults.cluster import Cluster
from tests.support.accounts import REQUIRED, opened, portal, registered
from tests.support.office import Office, open_office
from tests.support.people import RefusedError, customer, http
from tests.support.postgres import Postgres
from tests.support.server import DeskServer


@pytest.fixture
def closed_shop(server: DeskServer) -> Office:
    """A portal that takes tickets of people it knows only."""
    return open_office(server.store, REQUIRED)


def shown(office: Office) -> str:
    """A notice of the portal."""
    words = NoticeDraft(company=office.company, portals=[office.portal_id], name="Outage", lang="en", text="Slow")
    return office.write(lambda conn: Notices().add(Tx(conn), words, now_ms()))


async def test_a_colleague_reads_and_comments_until_removed(server: DeskServer, closed_shop: Office) -> None:
    office = closed_shop
    ada, bob = await registered(server, office, "Ada"), await registered(server, office, "Bob")
    opening = (await opened(server, office, ada["token"])).json()
    ticket = opening["ticket"]["id"]
    mine = f"/api/v1/customer/tickets/{ticket}"
    async with http(server, ada["token"]) as at_ada, http(server, bob["token"]) as at_bob:
        assert (await at_bob.get(f"{mine}/events")).status_code == 404
        shared = await at_ada.post(f"{mine}/shares", json={"email": "bob@example.com"})
        assert [one["name"] for one in shared.json()["shares"]] == ["Bob"]
        assert shared.json()["owner"]["account"] == ada["account"]
        nobody = await at_ada.post(f"{mine}/shares", json={"email": "eve@example.com"})
        assert nobody.json()["code"] == "cannot_share"
        listed = (await at_bob.get(portal(office, "my-tickets"))).json()["tickets"]
        assert [(one["id"], one["shared"]) for one in listed] == [(ticket, True)]

        async with customer(server, office, opened=opening | {"token": bob["token"]}) as bobs:
            assert (await bobs.watch(ticket))[0]["ticket"]["shared"]
            assert not (await at_ada.get(f"{mine}/events")).json()["ticket"]["shared"]
            assert (await at_bob.get(f"{mine}/events")).json()["ticket"]["shared"]
            await bobs.say(ticket, "I see the same")
            events = (await at_ada.get(f"{mine}/events")).json()["events"]
            assert [e["event"]["author"]["name"] for e in events if e["event"]["kind"] == "message"] == ["Ada", "Bob"]
            picture = io.BytesIO()
            Image.new("RGB", (9, 9), "red").save(picture, "PNG")
            query = {"name": "lamp.png", "client_id": str(uuid.uuid4())}
            sent = await at_bob.put(f"{mine}/files", params=query, content=picture.getvalue())
            assert sent.status_code == 200, sent.text
            events = (await at_ada.get(f"{mine}/events")).json()["events"]
            assert [e["event"]["author"]["name"] for e in events if e["event"]["kind"] == "file"] == ["Bob"]
            for forbidden in ("end_chat", "set_language"):
                with pytest.raises(RefusedError, match="not_found"):
                    await bobs.call(forbidden, ticket=ticket, **({"lang": "fr"} if "lang" in forbidden else {}))
            bodies = {"shares": {"email": "ada@example.com"}, "wait-for-news": {"notice": shown(office)}}
            leaving = await at_bob.put(f"{mine}/tell-later", json={"email": "bob@example.com"})
            assert leaving.status_code == 404, leaving.text
            for path, body in {"resume-link": None, "handover": None, **bodies}.items():
                answer = await at_bob.post(f"{mine}/{path}", json=body)
                assert answer.status_code in (404, 409), (path, answer.text)

            gone = await at_ada.delete(f"{mine}/shares/{bob['account']}")
            assert gone.status_code == 204, gone.text
            assert (await bobs.next("gone"))["ticket"] == ticket
            await at_ada.post(f"{mine}/messages", json={"client_id": str(uuid.uuid4()), "text": "between us"})
            assert not any("between us" in str(frame) for frame in bobs.of("event"))
        assert (await at_bob.get(f"{mine}/events")).status_code == 404


async def test_what_nobody_told_is_found_within_seconds(server: DeskServer, closed_shop: Office) -> None:
    """S-23: a share that is gone and an account that is signed out, by a process whose word did not arrive."""
    office = closed_shop
    ada, bob, cleo = [await registered(server, office, name) for name in ("Ada", "Bob", "Cleo")]
    opening = (await opened(server, office, ada["token"])).json()
    ticket = opening["ticket"]["id"]
    async with http(server, ada["token"]) as client:
        for guest in ("bob", "cleo"):
            shares = f"/api/v1/customer/tickets/{ticket}/shares"
            assert (await client.post(shares, json={"email": f"{guest}@example.com"})).status_code == 200
    async with (
        customer(server, office, opened=opening | {"token": ada["token"]}) as adas,
        customer(server, office, opened=opening | {"token": bob["token"]}) as bobs,
        customer(server, office, opened=opening | {"token": cleo["token"]}) as cleos,
    ):
        office.write(lambda conn: customer_accounts.unshare(conn, ticket, bob["account"]))
        office.write(lambda conn: customer_accounts.drop_tokens(conn, cleo["account"]))
        assert (await bobs.next("gone"))["ticket"] == ticket
        assert (await cleos.wait_closed())[0] == 4502
        await adas.say(ticket, "between us")
        await bobs.settled()
        assert not any("between us" in str(frame) for frame in bobs.of("event"))
        assert not adas.of("gone")


@pytest.fixture
def cluster(tmp_path: Path, postgres: Postgres) -> Iterator[Cluster]:
    """Two servers on one PostgreSQL and one Valkey: who is on which is certain."""
    made = Cluster(tmp_path, postgres, servers=2)
    try:
        made.start()
        yield made
    finally:
        made.close()


async def test_owner_and_colleague_on_different_workers(cluster: Cluster) -> None:
    """C-01, S-23: the colleague hears and writes as if he were on the same one; once he is removed, nothing more."""
    here, there = cluster.servers
    office = open_office(here.store, REQUIRED)
    ada, bob = await registered(here, office, "Ada"), await registered(there, office, "Bob")
    opening = (await opened(here, office, ada["token"])).json()
    ticket = opening["ticket"]["id"]
    shares = f"/api/v1/customer/tickets/{ticket}/shares"
    async with (
        http(here, ada["token"]) as at_here,
        customer(here, office, opened=opening | {"token": ada["token"]}) as adas,
    ):
        for nothing in ("/api/v1/portals/a%00b", "/p/a%00b", "/w/a%00b"):  # PostgreSQL has no NUL, and says so
            assert (await at_here.get(nothing)).status_code == 404, nothing
        assert (await at_here.post(shares, json={"email": "bob@example.com"})).status_code == 200
        async with customer(there, office, opened=opening | {"token": bob["token"]}) as bobs:
            await adas.say(ticket, "Does yours print?")
            await bobs.event("message", ticket, "Does yours print?")
            await bobs.say(ticket, "It does not")
            assert (await adas.event("message", ticket, "It does not"))["event"]["author"]["name"] == "Bob"
            assert (await at_here.delete(f"{shares}/{bob['account']}")).status_code == 204
            assert (await bobs.next("gone"))["ticket"] == ticket
            await adas.say(ticket, "between us")
            await adas.event("message", ticket, "between us")
            with pytest.raises(RefusedError, match="not_found"):
                await bobs.say(ticket, "Still there?")
            await bobs.settled()
            assert not any("between us" in str(frame) for frame in bobs.frames)
