"""A running server gives tickets by itself where the portal wants it, and hands them over, by socket and by HTTP."""

from server.domain.portal import PortalSettings
from tests.support.office import open_office
from tests.support.people import console, customer, http
from tests.support.server import DeskServer


async def test_what_comes_is_given_and_handed_over(server: DeskServer) -> None:
    """C-07, G-33: to who is available; when he goes away, to the next one; who is offered it reads that while away."""
    office = open_office(server.store, PortalSettings(automatic=True))
    first, second = office.worker("Lena"), office.worker("Tom")
    async with console(server, first) as lena, customer(server, office) as ada:
        given = await lena.next("my_ticket", lambda f: f["ticket"]["assignee"] is not None)
        assert given["ticket"]["assignee"]["id"] == first.id
        assert given["ticket"]["routed_at"] is not None
        async with console(server, second) as tom:
            await lena.call("availability", state="away")
            taken = await tom.next("my_ticket", lambda f: (f["ticket"]["assignee"] or {}).get("id") == second.id)
            assert taken["ticket"]["id"] == ada.ticket
            await tom.call("join", ticket=ada.ticket)
            async with http(server, second.token) as client:
                path = f"/api/v1/tickets/{ada.ticket}/offer"
                offered = await client.post(path, json={"technician": first.id, "comment": "She knows it"})
                assert offered.json()["summary"]["offer"]["to"] == [first.id]
                names = (await client.get("/api/v1/directory")).json()
                assert {person["id"] for person in names["people"]} == {first.id, second.id}
            await lena.next("my_ticket", lambda f: f["ticket"]["offer"] is not None)
            await lena.call("accept_offer", ticket=ada.ticket)
            joined = await ada.next("event", lambda f: f["event"]["author"]["name"] == "Lena of support")
            assert joined["event"]["kind"] == "joined"
