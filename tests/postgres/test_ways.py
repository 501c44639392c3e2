"""Ways in on PostgreSQL: the same places and forms as on SQLite, and who can be reached."""

import uuid

from sqlalchemy import update

from server.desk import front, opening
from server.desk.administration import editing
from server.desk.administration.editing import COMMAND_LINE
from server.desk.administration.forms import FORMS, bug_report
from server.desk.administration.issue_types import IssueTypes
from server.desk.administration.teams import Teams
from server.domain.portal import Ways
from server.protocol.administration import IssueTypeDraft, Member, TeamDraft
from server.protocol.rest import OpenTicket
from server.store import queues, tickets, ways
from server.store.base import Tx
from server.store.tables import technicians
from tests.desk.workshop import SOURCE
from tests.postgres.conftest import OpenWorker


async def test_a_type_a_form_and_a_name(worker: OpenWorker) -> None:
    """B-05, B-33, S-22"""
    shop = await worker()
    portal = await shop.portal("Acme", ways=Ways(technicians=True))
    lena = await shop.technician("Lena", portal.company_id)

    def set_up(tx: Tx) -> tuple[str, str]:
        tx.conn.execute(update(technicians).where(technicians.c.id == lena.id).values(listed=True))
        team = TeamDraft(company=portal.company_id, name="Bugs", members=[Member(lena.id)])
        team_id = editing.added(tx, Teams(), COMMAND_LINE, team, shop.clock()).id
        form = editing.added(tx, FORMS, COMMAND_LINE, bug_report(portal.company_id), shop.clock())
        draft = IssueTypeDraft(portal=portal.id, names={"en": "A bug"}, form=form.id, team=team_id, priority=1)
        return team_id, editing.added(tx, IssueTypes(), COMMAND_LINE, draft, shop.clock()).id

    team_id, bug = await shop.store.write(set_up)
    told = await front.look(shop.desk, portal, "fr")
    assert [person.id for person in told.people] == [lena.id]
    [kind] = told.issue_types
    answers = {
        field.key: field.options[0].key if field.kind == "choice" else "quokka"
        for field in kind.fields
        if field.required or field.kind == "long_text"
    }
    form = OpenTicket(str(uuid.uuid4()), "Crash", "It broke", name="Ada", issue_type=bug, answers=answers)
    opened = await opening.open_ticket(shop.desk, portal, None, form, SOURCE)
    assert (opened.ticket.issue_type, opened.ticket.priority, opened.ticket.answered) == ("A bug", 1, True)
    kept = await shop.store.read(lambda conn: tickets.answers(conn, opened.ticket))
    assert {answer.key: answer.value for answer in kept} == answers
    queue = await shop.store.read(lambda conn: queues.get(conn, opened.ticket.queue_id))
    assert (queue.kind, queue.owner_id) == ("team", team_id)

    by_name = OpenTicket(str(uuid.uuid4()), "Hello", "Lena?", name="Ada", technician=lena.id)
    plain = (await opening.open_ticket(shop.desk, portal, None, by_name, SOURCE)).ticket
    assert (plain.way, plain.answered) == ("technician", False)
    [(listed, place)] = (await shop.store.read(lambda conn: ways.names(conn, {portal.company_id})))[portal.company_id]
    assert (listed.id, listed.reachable, place) == (lena.id, True, 100)
