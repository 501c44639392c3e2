"""All the nouns of a set-up."""

from typing import Any, Final

from server.desk.administration.canned_replies import CannedReplies
from server.desk.administration.companies import COMPANIES
from server.desk.administration.customer_accounts import CUSTOMER_ACCOUNTS
from server.desk.administration.forms import FORMS
from server.desk.administration.issue_types import IssueTypes
from server.desk.administration.notices import Notices
from server.desk.administration.noun import Noun
from server.desk.administration.portals import PORTALS
from server.desk.administration.schedules import Schedules
from server.desk.administration.teams import Teams
from server.desk.administration.technicians import TECHNICIANS

NOUNS: Final[tuple[Noun[Any, Any], ...]] = (
    COMPANIES,
    PORTALS,
    TECHNICIANS,
    Teams(),
    IssueTypes(),
    FORMS,
    Schedules(),
    Notices(),
    CannedReplies(),
    CUSTOMER_ACCOUNTS,
)
"""In the order in which people read of them."""
