"""People on different workers see the same desk, and go on while workers are replaced under them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.journey import from_the_first_word_to_the_reopened_ticket
from tests.browser.people import People
from tests.faults.cluster import Cluster
from tests.support.office import open_office
from tests.support.postgres import Postgres
from tests.support.server import DeskServer, alive


@pytest.fixture
def cluster(tmp_path: Path, postgres: Postgres) -> Iterator[Cluster]:
    """Two servers on one PostgreSQL and one Valkey, each at an address of its own: who is on which is certain."""
    made = Cluster(tmp_path, postgres, servers=2)
    try:
        made.start()
        yield made
    finally:
        made.close()


async def test_the_whole_journey_on_two_workers(cluster: Cluster, people: People) -> None:
    """C-01: the customer is on one, the technician who answers on the other, the one who takes over on the first."""
    here, there = cluster.servers
    office = open_office(here.store)
    await from_the_first_word_to_the_reopened_ticket(people, office, customer_at=here, first_at=there, second_at=here)


@pytest.fixture
def crew(tmp_path: Path, postgres: Postgres) -> Iterator[DeskServer]:
    """One server with two workers."""
    made = Cluster(tmp_path, postgres, servers=1, DESKWIRE_WORKERS="2")
    try:
        made.start()
        yield made.servers[0]
    finally:
        made.close()


async def test_both_go_on_writing_while_all_workers_are_replaced(crew: DeskServer, people: People) -> None:
    """C-01, C-06: nobody has to wait with the next message, and each of them arrives once and in order."""
    office = open_office(crew.store)
    lena = await people.technician(crew, office.worker("Lena"))
    ada = await people.visitor(crew, office)
    key = await ada.open_ticket()
    await lena.open(key)
    await lena.act("Assign to me")
    await lena.act("Join chat")
    await ada.hears("Lena of support joined the chat")
    old = crew.workers()
    crew.hang_up()
    said: list[str] = []
    while set(crew.workers()) & set(old) or any(alive(pid) for pid in old):
        said += [f"question {len(said)}", f"answer {len(said)}"]
        await expect(ada.composer).to_be_editable()
        await ada.say(said[-2])
        await expect(lena.composer).to_be_editable()
        await lena.say(said[-1])
    await ada.say("the last question")
    await lena.hears("the last question")
    for text in said:
        await ada.hears(text)
        await expect(lena.conversation.get_by_text(text, exact=True)).to_have_count(1)
        await expect(ada.conversation.get_by_text(text, exact=True)).to_have_count(1)
    assert len(said) > 2
    await expect(ada.page.get_by_text("Connecting again")).to_be_hidden()
