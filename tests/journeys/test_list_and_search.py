"""The shared list in pages and orders, and the search over everything a person may see."""

import asyncio

import pytest
from sqlalchemy import Connection

from server.domain.ticket import View
from server.domain.words import search_text
from server.store import customers, portals, tickets
from tests.support.office import Office
from tests.support.people import Console, Frame, RefusedError, console, customer, http, open_ticket
from tests.support.server import DeskServer

ROWS = 300


def fill(office: Office) -> None:
    """Tickets with equal names and equal times among them, which is where pages come apart."""

    def work(conn: Connection) -> None:
        portal = portals.by_id(conn, office.portal_id)
        if portal is None:
            raise LookupError(office.portal_id)
        person = customers.add(conn, office.company, office.portal_id, "Somebody", None, None, 0)
        for number in range(ROWS):
            name = f"Customer {number % 7}"
            tickets.insert(
                conn,
                1_800_000_000_000 + number // 5,
                company_id=office.company,
                portal_id=office.portal_id,
                queue_id=portal.queue_id,
                customer_id=person.id,
                key_prefix=portal.key_prefix,
                key_no=portals.next_key_no(conn, portal.key_prefix),
                client_id=f"00000000-0000-4000-8000-{number:012}",
                client_hash="",
                subject=f"Problem {number}",
                customer_name=name,
                customer_sort=search_text(name),
                verified=False,
                ip="127.0.0.1",
                user_agent="",
                device_class="unknown",
                os="",
                browser="",
            )

    office.write(work)


async def pages(lena: Console, **order: object) -> list[Frame]:
    """All rows, a page of 70 after the other."""
    rows: list[Frame] = []
    while True:
        page = await lena.call("list", offset=len(rows), limit=70, **order)
        rows += page["rows"]
        if len(rows) >= page["total"]:
            return [row["ticket"] for row in rows]


@pytest.mark.parametrize("sort", ["time", "key", "customer", "company", "status", "assignee"])
async def test_pages_fit_together_in_every_order(server: DeskServer, office: Office, sort: str) -> None:
    """G-12: the second click reverses; no row twice, none missing, in any order, across pages."""
    fill(office)
    async with console(server, office.worker("Lena")) as lena:
        up = await pages(lena, sort=sort, descending=False)
        down = await pages(lena, sort=sort, descending=True)
    assert len(up) == len({ticket["id"] for ticket in up}) == ROWS
    assert [ticket["id"] for ticket in down] == [ticket["id"] for ticket in reversed(up)]
    if sort == "key":
        assert [ticket["key"] for ticket in up] == [f"{office.prefix}-{number + 1}" for number in range(ROWS)]
    if sort == "customer":
        assert [ticket["customer"] for ticket in up] == sorted(ticket["customer"] for ticket in up)


async def test_views_and_counts_follow_a_ticket(server: DeskServer, office: Office) -> None:
    """G-11: New, Active, Completed, with their counts, live."""
    async with console(server, office.worker("Lena")) as lena, customer(server, office) as ada:

        async def told(**expected: int) -> None:
            await lena.next("counts", lambda f: all(f[view] == number for view, number in expected.items()))

        await lena.call("list")
        await told(new=1, active=0, completed=0, all=1)
        await lena.call("assign", ticket=ada.ticket)
        await told(new=0, active=1)
        await lena.call("close", ticket=ada.ticket)
        await told(active=0, completed=1)
        await lena.call("reopen", ticket=ada.ticket)
        await told(active=1, completed=0)
        for view, number in ((View.NEW, 0), (View.ACTIVE, 1), (View.COMPLETED, 0), (View.ALL, 1)):
            assert (await lena.call("list", view=view))["total"] == number


async def found(server: DeskServer, token: str, query: str) -> list[Frame]:
    async with http(server, token) as client:
        answer = await client.get("/api/v1/search", params={"q": query})
    assert answer.status_code == 200, answer.text
    hits: list[Frame] = answer.json()["hits"]
    return hits


async def finds(server: DeskServer, token: str, query: str, key: str) -> None:
    """The index follows within 2 s."""
    async with asyncio.timeout(10):
        while key not in [hit["ticket"]["key"] for hit in await found(server, token, query)]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_search_finds_words_by_their_beginning_without_accents_and_case(
    server: DeskServer, office: Office, other_office: Office
) -> None:
    """G-06, S-34, C-35: keys, customers, subjects, messages and notes, the same on both databases."""
    lena_works = office.worker("Lena")
    stranger = other_office.worker("Nora")
    async with console(server, lena_works) as lena, console(server, stranger):
        opened = await open_ticket(
            server, office, name="Émile Zola", subject="Imprimante éteinte", description="Das Gerät heißt Größe 3"
        )
        ticket, key = opened["ticket"]["id"], opened["ticket"]["key"]
        await lena.call("assign", ticket=ticket)
        await lena.say(ticket, "Siehe https://example.com/a_b?c=d und Ошибка №5", kind="note")
        for query in ("emile zo", "IMPRIMANTE ETE", "grosse", "gerat", "ошиб", key.lower(), "example com a b"):
            await finds(server, lena_works.token, query, key)
        assert (await found(server, lena_works.token, key))[0]["ticket"]["key"] == key
        assert await found(server, lena_works.token, "zola emilia") == []
        assert await found(server, stranger.token, "emile") == []
        for nothing in ("''", '"* OR 1', "& | !", "x' & y", "\x01\x02", "   zz   "):
            assert await found(server, lena_works.token, nothing) == [], nothing
        async with http(server, lena_works.token) as client:
            short = await client.get("/api/v1/search", params={"q": " e "})
        assert (short.status_code, short.json()["code"]) == (400, "bad_input")


async def test_away_search_and_list_show_own_tickets_only(server: DeskServer, office: Office) -> None:
    """G-02..G-04"""
    lena_works = office.worker("Lena")
    async with console(server, lena_works) as lena:
        mine = await open_ticket(server, office, subject="Wanted one")
        shared = await open_ticket(server, office, subject="Wanted two")
        await lena.call("assign", ticket=mine["ticket"]["id"])
        await finds(server, lena_works.token, "wanted", shared["ticket"]["key"])
        await lena.call("availability", state="away")
        hits = await found(server, lena_works.token, "wanted")
        assert {hit["ticket"]["key"] for hit in hits} == {mine["ticket"]["key"]}
        with pytest.raises(RefusedError, match="not_available"):
            await lena.call("list")
        assert [row["ticket"]["key"] for row in (await lena.call("mine"))["rows"]] == [mine["ticket"]["key"]]
