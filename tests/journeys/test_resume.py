"""Coming back: after one missed event, after many, after too many, with a number or an epoch that cannot be (C-01)."""

from sqlalchemy import Connection

from server.store import transcript
from server.store.transcript import Actor
from tests.support.office import Office
from tests.support.people import Customer, Frame, Person, console, customer
from tests.support.server import DeskServer


def meanwhile(office: Office, ticket: str, count: int, *, notes: int = 0) -> None:
    """Events that are written while nobody looks: messages of a technician, and notes between them."""

    def work(conn: Connection) -> None:
        actor = Actor("technician", "f" * 32, "Lena", "Lena")
        for number in range(count + notes):
            kind = "note" if number < notes else "message"
            transcript.append(
                conn,
                company_id=office.company,
                ticket_id=ticket,
                kind=kind,
                actor=actor,
                now=1_800_000_000_000 + number,
                visible=kind == "message",
                body=f"{kind} {number}",
            )

    office.write(work)


def numbers(pages: list[Frame]) -> list[int]:
    return [line["seq"] for page in pages for line in page["events"]]


async def back(ada: Customer, office: Office, server: DeskServer, after: int, epoch: str) -> list[Frame]:
    """The pages that a second window gets which has everything up to a number."""
    async with customer(server, office, opened=ada.opened, watch=False) as again:
        return await again.watch(ada.ticket, after=after, epoch=epoch)


async def test_one_missed_event(server: DeskServer, office: Office) -> None:
    async with customer(server, office) as ada:
        epoch = ada.of("page")[0]["epoch"]
        meanwhile(office, ada.ticket, 1, notes=3)
        (page,) = await back(ada, office, server, 1, epoch)
        assert (page["recovered"], numbers([page]), page["tail"]) == (True, [2], 2)


async def test_many_missed_events_come_in_pages(server: DeskServer, office: Office) -> None:
    """What a note took is no hole in the customer's numbers; live events go on behind the last page."""
    async with customer(server, office) as ada, console(server, office.worker("Lena")) as lena:
        epoch = ada.of("page")[0]["epoch"]
        meanwhile(office, ada.ticket, 150, notes=20)
        async with customer(server, office, opened=ada.opened, watch=False) as again:
            pages = await again.watch(ada.ticket, after=1, epoch=epoch)
            assert len(pages) == 2
            assert all(page["recovered"] for page in pages)
            assert numbers(pages) == list(range(2, 152))
            await lena.call("assign", ticket=ada.ticket)
            assert (await again.event("status"))["seq"] == 152


async def test_too_many_missed_events_are_a_fresh_start_with_older_ones_on_demand(
    server: DeskServer, office: Office
) -> None:
    async with customer(server, office) as ada:
        epoch = ada.of("page")[0]["epoch"]
        meanwhile(office, ada.ticket, 1_001)
        (page,) = await back(ada, office, server, 1, epoch)
        assert (page["recovered"], page["older"], page["more"]) == (False, True, False)
        assert numbers([page]) == list(range(953, 1_003))
        older = await ada.call("older", ticket=ada.ticket, before=953)
        assert ([line["seq"] for line in older["events"]], older["older"]) == (list(range(903, 953)), True)
        first = await ada.call("older", ticket=ada.ticket, before=20)
        assert ([line["seq"] for line in first["events"]], first["older"]) == (list(range(1, 20)), False)


async def test_another_epoch_or_a_number_that_was_never_given_is_a_fresh_start(
    server: DeskServer, office: Office
) -> None:
    """After a restore from a backup a client may know more than the server does."""
    async with customer(server, office) as ada:
        epoch = ada.of("page")[0]["epoch"]
        for after, said in ((1, "0000000000000000"), (7, epoch)):
            (page,) = await back(ada, office, server, after, said)
            assert (page["recovered"], numbers([page])) == (False, [1])


async def test_who_comes_back_in_the_middle_of_a_talk_misses_and_repeats_nothing(
    server: DeskServer, office: Office
) -> None:
    """Twenty times: leave, miss what is said, come back while more is being said."""
    async with customer(server, office) as ada, console(server, office.worker("Lena")) as lena:
        await lena.watch(ada.ticket)
        await lena.call("assign", ticket=ada.ticket)
        await lena.call("join", ticket=ada.ticket)
        tail, epoch, heard = 1, ada.of("page")[0]["epoch"], [1]
        for turn in range(20):
            await lena.say(ada.ticket, f"missed {turn}")
            async with customer(server, office, opened=ada.opened, watch=False) as again:
                pages = again.watch(ada.ticket, after=tail, epoch=epoch)
                said = lena.say(ada.ticket, f"meanwhile {turn}")
                got, _ack = [await pages, await said]
                heard += numbers(got)
                await until(again, heard, f"meanwhile {turn}")
            tail = heard[-1]
        assert heard == list(range(1, tail + 1))
        assert tail == 3 + 40


async def until(again: Person, heard: list[int], text: str) -> None:
    """Live events, up to and including this message, unless a page had it."""
    if any(line["event"].get("text") == text for page in again.of("page") for line in page["events"]):
        return
    while True:
        frame = await again.next("event")
        heard.append(frame["seq"])
        if frame["event"].get("text") == text:
            return
