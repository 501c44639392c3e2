"""The checker finds what it is there to find: one doctored run for each verdict, and none in an honest one."""

import copy
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.checker import Participant, Run, check


def honest() -> Run:
    """Two people, five messages, one note."""
    rows: list[dict[str, Any]] = []
    journals: dict[str, list[dict[str, Any]]] = {
        "ada": [{"what": "start", "after": 0}],
        "lena": [{"what": "start", "after": 0}],
    }
    customer_seq = 0
    written = [("ada", "message"), ("lena", "message"), ("lena", "note"), ("ada", "message"), ("lena", "message")]
    counts = {"ada": 0, "lena": 0}
    for staff_seq, (author, kind) in enumerate(written, start=1):
        counts[author] += 1
        visible = kind == "message"
        customer_seq += visible
        row: dict[str, Any] = {
            "id": f"e{staff_seq}",
            "ticket_id": "t",
            "staff_seq": staff_seq,
            "customer_seq": customer_seq if visible else None,
            "kind": kind,
            "author_id": author,
            "client_id": f"{author}-{counts[author]}",
            "body": f"text {staff_seq}",
        }
        rows.append(row)
        seq = staff_seq if author == "lena" else customer_seq
        digest = hashlib.sha256(row["body"].encode()).hexdigest()[:16]
        own = journals[author]
        own.append({"what": "sent", "n": counts[author], "client_id": row["client_id"], "hash": digest})
        own.append({"what": "acked", "client_id": row["client_id"], "seq": seq, "id": row["id"]})
        journals["lena"].append({"what": "received", "seq": staff_seq, "id": row["id"], "kind": kind})
        if visible:
            journals["ada"].append({"what": "received", "seq": customer_seq, "id": row["id"], "kind": kind})
    people = [
        Participant("ada", "t", "customer", "ada", journals["ada"]),
        Participant("lena", "t", "staff", "lena", journals["lena"]),
    ]
    transcripts = {
        ("t", "staff"): [(row["staff_seq"], row["id"]) for row in rows],
        ("t", "customer"): [(row["customer_seq"], row["id"]) for row in rows if row["customer_seq"]],
    }
    return Run(people, rows, transcripts)


def received(run: Run, name: str) -> list[dict[str, Any]]:
    """The journal lines of what somebody received."""
    journal = next(person.journal for person in run.participants if person.name == name)
    return [line for line in journal if line["what"] == "received"]


def lose_a_row(run: Run) -> None:
    del run.rows[3]


def store_twice(run: Run) -> None:
    run.rows.append({**run.rows[0], "id": "e9", "staff_seq": 6, "customer_seq": 5})


def renumber_after_ack(run: Run) -> None:
    run.rows[0]["staff_seq"], run.rows[1]["staff_seq"] = 2, 1
    run.rows[0]["customer_seq"], run.rows[1]["customer_seq"] = 2, 1


def skip_a_delivery(run: Run) -> None:
    journal = run.participants[0].journal
    journal.remove(received(run, "ada")[1])


def deliver_twice(run: Run) -> None:
    journal = run.participants[0].journal
    journal.append({**received(run, "ada")[0]})


def stop_short(run: Run) -> None:
    run.participants[1].journal.remove(received(run, "lena")[-1])


def reorder_a_sender(run: Run) -> None:
    for line in run.participants[0].journal:
        if line["what"] == "sent":
            line["n"] = 3 - line["n"]


def leave_a_gap(run: Run) -> None:
    for row in run.rows[3:]:
        row["staff_seq"] += 1


def invent_a_message(run: Run) -> None:
    run.rows.append({**run.rows[4], "id": "e6", "staff_seq": 6, "customer_seq": 5, "client_id": "nobody"})


def change_a_text(run: Run) -> None:
    run.rows[1]["body"] = "something else"


def show_a_note(run: Run) -> None:
    run.rows[2]["customer_seq"] = 5


def deliver_a_note_to_the_customer(run: Run) -> None:
    received(run, "ada")[2]["kind"] = "note"


def tell_another_transcript(run: Run) -> None:
    run.transcripts["t", "customer"].pop()


def forget_an_ack_but_store_twice(run: Run) -> None:
    journal = run.participants[0].journal
    journal[:] = [line for line in journal if not (line["what"] == "acked" and line["client_id"] == "ada-1")]
    store_twice(run)


PLANTED: list[tuple[str, Callable[[Run], None]]] = [
    ("V1", lose_a_row),
    ("V1", store_twice),
    ("V1", renumber_after_ack),
    ("V2", skip_a_delivery),
    ("V7", deliver_twice),
    ("V2", stop_short),
    ("V3", reorder_a_sender),
    ("V4", leave_a_gap),
    ("V4", invent_a_message),
    ("V6", change_a_text),
    ("V8", show_a_note),
    ("V8", deliver_a_note_to_the_customer),
    ("V6", tell_another_transcript),
    ("V5", forget_an_ack_but_store_twice),
]


def test_an_honest_run_has_no_violations() -> None:
    assert check(honest()) == []


@pytest.mark.parametrize(("verdict", "doctor"), PLANTED, ids=[doctor.__name__ for _v, doctor in PLANTED])
def test_each_planted_bug_is_found(verdict: str, doctor: Callable[[Run], None]) -> None:
    run = copy.deepcopy(honest())
    doctor(run)
    assert any(violation.startswith(verdict) for violation in check(run)), check(run)
