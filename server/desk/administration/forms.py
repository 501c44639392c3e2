"""Forms: what issue types ask. What customers answer is checked in ``server.domain.forms``."""

from sqlalchemy import Connection

from server.desk.administration.noun import TableNoun, company_must_be_there, must
from server.domain.forms import Field
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
        keys = [field.key for field in draft.fields]
        must(len(keys) == len(set(keys)), "Two fields have the same key.", "fields")
        for place, field in enumerate(draft.fields):
            _check_field(field, f"fields.{place}")


def _check_field(field: Field, where: str) -> None:
    must(field.labels, "A field has a label in at least one language.", f"{where}.labels")
    options = [option.key for option in field.options]
    if field.kind == "choice":
        must(options, "A choice has something to choose from.", f"{where}.options")
    must(len(options) == len(set(options)), "Two options have the same key.", f"{where}.options")
    must(all(option.labels for option in field.options), "An option has a label.", f"{where}.options")
    bounds = field.least is None or field.most is None or field.least <= field.most
    must(bounds, "The least is more than the most.", f"{where}.least")
