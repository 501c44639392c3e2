"""Notes are for technicians, on every path there is (C-13)."""

from tests.support.office import Office
from tests.support.people import console, customer, http
from tests.support.server import DeskServer


async def test_notes_never_reach_a_customer(server: DeskServer, office: Office) -> None:
    """C-13, and line for line: socket, resume, older lines, HTTP, downloads, numbers; nor do names and ids of staff."""
    secret = "the-customer-is-always-wrong"
    async with (
        console(server, office.worker("Lena")) as lena,
        console(server, office.worker("Tom")) as tom,
        customer(server, office) as ada,
    ):
        epoch = ada.of("page")[0]["epoch"]
        await lena.call("assign", ticket=ada.ticket)
        await lena.call("join", ticket=ada.ticket)
        for number in range(5):
            await lena.say(ada.ticket, f"{secret} {number}", kind="note")
            await tom.say(ada.ticket, f"{secret} {number} indeed", kind="note")
            await lena.say(ada.ticket, f"answer {number}")
        await ada.event("message", text="answer 4")
        await ada.settled()
        async with customer(server, office, opened=ada.opened, watch=False) as again:
            pages = await again.watch(ada.ticket, after=1, epoch=epoch)
            assert [line["seq"] for page in pages for line in page["events"]] == list(range(2, 9))
            await again.call("older", ticket=ada.ticket, before=9)
            seen = str(ada.frames) + str(again.frames)
        async with http(server, ada.token) as client:
            for path in ("events", "events?after=0", "transcript?format=json", "transcript?format=html"):
                answer = await client.get(f"/api/v1/customer/tickets/{ada.ticket}/{path}")
                assert answer.status_code == 200, path
                seen += answer.text
            seen += (await client.get("/api/v1/customer/session", params={"portal": office.portal})).text
        async with http(server, lena.worker.token) as client:
            without = await client.get(f"/api/v1/tickets/{ada.ticket}/transcript", params={"format": "text"})
            assert secret not in without.text
        assert secret not in seen
        for worker in (lena.worker, tom.worker):
            assert worker.id not in seen
            assert worker.email not in seen
        assert "Tom" not in seen
        assert seen.count("answer 4") >= 5
