"""What a customer hears while he waits: the place, and how long that usually takes, as soon as enough was measured."""

from server.domain.estimate import ENOUGH
from tests.support.office import Office
from tests.support.people import console, customer, open_ticket
from tests.support.server import DeskServer


async def test_the_range_comes_with_the_place(server: DeskServer, office: Office) -> None:
    """B-70: nothing at first; after five pickups, all of them within a minute, those who wait are told so."""
    async with console(server, office.worker("Lena")) as lena, customer(server, office) as ada:
        first = await ada.next("position")
        assert (first["ahead"], first["wait"]) == (0, None)
        await lena.call("assign", ticket=ada.ticket)
        for _ in range(ENOUGH - 1):
            opened = await open_ticket(server, office)
            await lena.call("assign", ticket=opened["ticket"]["id"])
        async with customer(server, office, name="Eve") as eve:
            told = await eve.next("position", lambda frame: frame["wait"] is not None)
            assert (told["ahead"], told["wait"]) == (0, {"from_minutes": 1, "to_minutes": 1})
