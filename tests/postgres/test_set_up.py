"""What administrators set up, on PostgreSQL: two at once, what is needed, and names that are there once."""

import asyncio
import uuid
from typing import Any

import msgspec
import pytest

from server.desk.administration import editing, roster, technicians
from server.desk.administration.companies import COMPANIES
from server.desk.administration.editing import COMMAND_LINE
from server.desk.administration.forms import FORMS, bug_report
from server.desk.administration.issue_types import IssueTypes
from server.desk.administration.notices import MOST, Notices
from server.desk.administration.portals import PORTALS
from server.desk.administration.technicians import TECHNICIANS
from server.domain.portal import PortalSetup
from server.errors import DeskwireError, Refused
from server.protocol.administration import (
    CompanyDraft,
    IssueTypeDraft,
    NoticeDraft,
    PortalDraft,
    TechnicianDraft,
    TechnicianItem,
)
from server.store import pictures
from server.store import technicians as accounts
from tests.desk.workshop import Workshop, code_of
from tests.postgres.conftest import OpenWorker


async def administrator(shop: Workshop, name: str) -> TechnicianItem:
    draft = TechnicianDraft(
        email=f"{uuid.uuid4()}@example.com", name=name, public_name=name, role="administrator", companies=[]
    )
    password = technicians.Password("once", "no hash")
    made = await shop.store.write(lambda tx: technicians.added(tx, COMMAND_LINE, draft, password, shop.clock()))
    return msgspec.structs.replace(made, one_time_password=None)


async def test_of_two_administrators_who_shut_each_other_out_one_stays(worker: OpenWorker) -> None:
    """Each asks a worker of its own, at the same moment, again and again."""
    here, there = await worker(), await worker()
    first, second = await administrator(here, "First"), await administrator(here, "Second")

    async def demote(shop: Workshop, actor: TechnicianItem, other: TechnicianItem) -> str:
        account = await shop.person(actor.id)
        draft = msgspec.convert(
            {name: getattr(other, name) for name in roster.FIELDS} | {"role": "technician"}, TechnicianDraft
        )
        return await code_of(editing.change(shop.desk, account, TECHNICIANS, other.id, draft, None))

    for _ in range(5):
        done = await asyncio.gather(demote(here, first, second), demote(there, second, first))
        assert sorted(done) in (["last_administrator", "ok"], ["not_found", "ok"]), done
        assert await here.store.read(accounts.administrators) == 1
        for one in (first, second):
            await roster.Roster(here.store, here.clock).set_role(one.email, "administrator")


async def test_two_notices_at_once_are_not_one_too_many(worker: OpenWorker) -> None:
    """B-51"""
    here, there = await worker(), await worker()
    portal, boss = await here.portal("Acme"), await administrator(here, "Boss")
    draft = NoticeDraft(company=portal.company_id, portals=[portal.id], name="Mail", lang="en", text="We know.")
    account = await here.person(boss.id)
    shops = [here, there] * MOST
    done = await asyncio.gather(*(code_of(editing.add(shop.desk, account, Notices(), draft)) for shop in shops))
    assert sorted(done) == ["ok"] * MOST + ["too_many_notices"] * MOST


async def test_of_two_portals_that_want_a_host_at_once_one_has_it(worker: OpenWorker) -> None:
    """B-08, and the same for whatever is there once or has just gone."""
    here, there = await worker(), await worker()
    portal, boss = await here.portal("Acme"), await administrator(here, "Boss")
    account = await here.person(boss.id)

    async def add(shop: Workshop, slug: str, host: str) -> str:
        draft = PortalDraft(company=portal.company_id, slug=slug, name=slug, key_prefix="ACME", hosts=[host])
        return await code_of(editing.add(shop.desk, account, PORTALS, draft))

    for turn in range(5):
        host = f"help{turn}.example.com"
        done = await asyncio.gather(add(here, f"a{turn}", host), add(there, f"b{turn}", host))
        assert sorted(done) == ["name_taken", "ok"]
        form = await here.store.write(
            lambda tx: editing.added(tx, FORMS, COMMAND_LINE, bug_report(portal.company_id), here.clock())
        )
        kind = IssueTypeDraft(portal=portal.id, names={"en": "Bug"}, form=form.id)
        added, removed = await asyncio.gather(
            code_of(editing.add(here.desk, account, IssueTypes(), kind)),
            code_of(editing.remove(there.desk, account, FORMS, form.id)),
        )
        assert (added, removed) in (("ok", "in_use"), ("changed_meanwhile", "ok"), ("bad_input", "ok")), turn
        if removed == "in_use":
            break


async def test_refusals_of_the_database_become_sentences(worker: OpenWorker) -> None:
    shop = await worker()

    async def add(noun: Any, draft: Any) -> Any:
        return await shop.store.write(lambda tx: editing.added(tx, noun, COMMAND_LINE, draft, shop.clock()))

    async def remove(noun: Any, item_id: str) -> None:
        await shop.store.write(lambda tx: editing.removed(tx, noun, COMMAND_LINE, item_id, shop.clock()))

    company = await add(COMPANIES, CompanyDraft(slug="acme", name="Acme"))
    portal = await add(PORTALS, PortalDraft(company=company.id, slug="help", name="Help", key_prefix="ACME"))
    form = await add(FORMS, bug_report(company.id))
    with pytest.raises(Refused, match="already"):
        await add(FORMS, bug_report(company.id))
    kind = await add(IssueTypes(), IssueTypeDraft(portal=portal.id, names={"en": "Bug"}, form=form.id))
    for noun, item_id in ((FORMS, form.id), (COMPANIES, company.id)):
        with pytest.raises(DeskwireError, match="in use"):
            await remove(noun, item_id)
    await remove(IssueTypes(), kind.id)
    await remove(FORMS, form.id)
    logo = await shop.store.write(lambda tx: pictures.add(tx.conn, "image/webp", b"RIFF", shop.clock()))
    draft = PortalDraft(company=company.id, slug="help", name="Help", key_prefix="ACME", setup=PortalSetup(logo=logo))
    await shop.store.write(lambda tx: editing.changed(tx, PORTALS, COMMAND_LINE, portal.id, draft, 1, shop.clock()))
    assert await shop.store.write(lambda tx: pictures.sweep(tx.conn, shop.clock() + 1)) == 0
    with pytest.raises(DeskwireError, match="in use"):
        await remove(COMPANIES, company.id)
    await remove(PORTALS, portal.id)
    await remove(COMPANIES, company.id)
    assert await shop.store.write(lambda tx: pictures.sweep(tx.conn, shop.clock() + 1)) == 1
