"""Forms: what issue types ask. What customers answer is checked in ``server.domain.forms``."""

from typing import Final

from sqlalchemy import Connection

from server.desk.administration import editing
from server.desk.administration.noun import TableNoun, company_must_be_there
from server.desk.desk import Desk
from server.domain import bug_report as template
from server.domain.forms import check_form
from server.domain.people import Technician
from server.protocol.administration import Form, FormDraft
from server.store.set_up import Rows
from server.store.tables import forms as table


class Forms(TableNoun[FormDraft, Form]):
    """Issue types point at them; answers are kept with the tickets, in the words of their day."""

    name = "form"
    plural = "forms"
    draft = FormDraft
    item = Form
    rows = Rows(table, table.c.name)

    def called(self, item: Form) -> str:
        """Its name."""
        return item.name

    def check(self, conn: Connection, draft: FormDraft, _before: Form | None, _now: int) -> None:
        """Each question can be told from the others, and be answered."""
        company_must_be_there(conn, draft.company)
        check_form(draft.fields)


FORMS: Final = Forms()


async def add_bug_report(desk: Desk, technician: Technician, company_id: str) -> Form:
    """The product's bug report becomes a form of this company, which changes it as it likes."""
    form: Form = await editing.add(desk, technician, FORMS, bug_report(company_id))
    return form


def bug_report(company_id: str) -> FormDraft:
    """The template as a draft."""
    return FormDraft(company=company_id, name=template.NAME, fields=list(template.FIELDS))
