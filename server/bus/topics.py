"""All topics of the bus."""

from typing import Final

CONTROL: Final = "control"
"""For every process: queues that changed, people who must be looked at again. Never reaches a client as it is."""


def numbered(topic: str) -> bool:
    """Whether its announcements have numbers, so that a feed sees what is missing."""
    return topic.startswith(("ticket/", "list/"))


def staff(ticket_id: str) -> str:
    """A ticket's transcript as technicians see it. Numbered by staff_seq."""
    return f"ticket/{ticket_id}/staff"


def customer(ticket_id: str) -> str:
    """A ticket's transcript as its customer sees it. Numbered by customer_seq."""
    return f"ticket/{ticket_id}/customer"


def company_list(company_id: str) -> str:
    """Summaries of a company's tickets; joined only while Available. Numbered by companies.list_seq."""
    return f"list/{company_id}"


def person(technician_id: str) -> str:
    """What concerns one technician whether available or not: own tickets, access, sign-out. Not numbered."""
    return f"person/{technician_id}"
