"""A technician vanishes in the middle of a chat: what colleagues, the customer and the technician see of it."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect
from sqlalchemy import update

from server.domain.portal import PortalSettings
from server.store.tables import technicians
from tests.browser.looks import fits_everybody
from tests.browser.people import People
from tests.conftest import stopped_well
from tests.support.office import Office, Worker, open_office
from tests.support.server import DeskServer

CUT = r"ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed"
GRACE_S = 45


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server that misses people after three seconds instead of 35."""
    short = {"DESKWIRE_PRESENCE_SECONDS": "3", "DESKWIRE_PING_SECONDS": "2"}
    running = DeskServer(tmp_path_factory.mktemp("quick"), **short).migrate().start()
    yield running
    stopped_well(running)


@pytest.fixture
def desk(quick: DeskServer) -> Office:
    """Its tickets go back to the queue."""
    return open_office(quick.store, PortalSettings(return_to_queue_seconds=GRACE_S))


def long_gone(desk: Office, worker: Worker) -> None:
    """As if this person had vanished a minute earlier."""
    earlier = technicians.c.absent_since - GRACE_S * 1000
    desk.write(
        lambda conn: conn.execute(update(technicians).where(technicians.c.id == worker.id).values(absent_since=earlier))
    )


async def test_a_technician_vanishes(quick: DeskServer, desk: Office, people: People) -> None:
    """C-08, X-9, C-28: marked, taken over, told; and back in the queue when the next one vanishes too."""
    lena = await people.technician(quick, desk.worker("Lena"))
    second = desk.worker("Nora")
    nora = await people.technician(quick, second)
    ada = await people.visitor(quick, desk)
    for window in (lena, nora):
        window.expect_trouble(CUT)
    await ada.open_ticket()
    await expect(lena.row("Ada")).to_be_visible()
    await lena.row("Ada").click()
    await lena.act("Assign to me")
    await lena.act("Join chat")
    await expect(ada.stands("Lena of support")).to_be_visible()
    await expect(lena.ticket.get_by_role("img", name="The customer is connected")).to_be_visible()

    await nora.row("Ada").click()
    await nora.may()
    await lena.context.set_offline(True)
    await nora.may("Take over")
    await expect(nora.row("Ada").get_by_role("gridcell", name="offline: Lena")).to_be_visible()
    await expect(nora.page.get_by_text("Lena has been offline since")).to_be_visible()
    await expect(nora.ticket.get_by_text("Lena is offline and does not answer.")).to_be_visible()
    await fits_everybody(nora)
    await nora.act("Take over")
    await nora.hears("Nora took the ticket over from Lena")
    await expect(ada.conversation.get_by_text("Lena of support left the chat")).to_be_visible()
    await nora.act("Join chat")
    await expect(ada.stands("Nora of support")).to_be_visible()

    await lena.context.set_offline(False)
    banner = lena.page.get_by_role("alert").filter(has_text="Colleagues saw you as offline")
    await expect(banner).to_contain_text(f"{desk.prefix}-1")
    await expect(lena.mine.get_by_role("link")).to_have_count(0)
    await fits_everybody(lena)
    await banner.get_by_role("button", name="Close").click()
    await expect(banner).to_be_hidden()

    await nora.context.close()  # another way to be gone; and Chromium sometimes leaves a second window's socket alive
    await lena.may("Take over")
    long_gone(desk, second)
    await lena.hears("Nora is offline: the ticket went back to the queue")
    await lena.may("Assign to me")
    await expect(ada.conversation.get_by_text("You are back in the queue, in your old place.")).to_be_visible()
    await expect(ada.stands("You are next")).to_be_visible()
    await fits_everybody(ada)
    await ada.context.close()
    await expect(lena.ticket.get_by_role("img", name="The customer is not connected")).to_be_visible()
