"""Schedules: when portals are open. The rules stand in ``server.domain.schedule``."""

from sqlalchemy import Connection

from server.desk.administration.noun import TableNoun, company_must_be_there
from server.domain.schedule import Timetable
from server.domain.schedule import check as check_timetable
from server.protocol.administration import Schedule, ScheduleDraft
from server.store.set_up import Rows
from server.store.tables import schedules as table


class Schedules(TableNoun[ScheduleDraft, Schedule]):
    """Portals point at them."""

    name = "schedule"
    plural = "schedules"
    draft = ScheduleDraft
    item = Schedule
    rows = Rows(table, table.c.name)

    def called(self, item: Schedule) -> str:
        """Its name."""
        return item.name

    def check(self, conn: Connection, draft: ScheduleDraft, _before: Schedule | None, _now: int) -> None:
        """A time zone that there is, and times that make sense."""
        company_must_be_there(conn, draft.company)
        check_timetable(Timetable(draft.time_zone, draft.hours, draft.exceptions))
