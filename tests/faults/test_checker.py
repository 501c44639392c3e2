"""The checker finds what it is there to find: one doctored run for each verdict, and none in an honest one."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.checker import check
from tests.faults.evidence import Participant, Run, chain, digest, said, seen_by


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
            "company_id": "acme",
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
        own = journals[author]
        sent = {"n": counts[author], "client_id": row["client_id"], "hash": digest(row["body"]), "kind": kind}
        own.append({"what": "sent", **sent})
        own.append({"what": "acked", "client_id": row["client_id"], "seq": seq, "id": row["id"]})
        journals["lena"].append({"what": "received", "seq": staff_seq, "id": row["id"], "kind": kind})
        if visible:
            journals["ada"].append({"what": "received", "seq": customer_seq, "id": row["id"], "kind": kind})
    for name, audience in (("ada", "customer"), ("lena", "staff")):
        links = [(n, row["id"], said(row)) for n, row in seen_by(rows, audience)]
        last = rows[-1]
        journals[name] += [
            {"what": "mark", "by": "customer", "id": last["id"], "seq": links[-1][0]},
            {"what": "marks", "customer": last["id"], "technician": last["id"]},
            {"what": "saw", "ids": [row["id"] for row in rows if audience == "staff" or row["customer_seq"]]},
            {"what": "done", "chain": chain(links)},
        ]
    people = [
        Participant("ada", "t", "customer", "ada", journals["ada"], "acme", "customer"),
        Participant("lena", "t", "staff", "lena", journals["lena"], "acme", "technician"),
    ]
    run = Run(people, rows)
    run.tickets = [
        {"id": "t", "company_id": "acme", "staff_seq": 5, "customer_seq": 4, "customer_read": 5, "technician_read": 5}
        | {"translate": False},
        {"id": "x", "company_id": "rival", "staff_seq": 0, "customer_seq": 0, "customer_read": 0, "technician_read": 0}
        | {"translate": False},
    ]
    run.indexed = [("t", row["id"]) for row in rows] + [("t", "")]
    for audience in ("staff", "customer"):
        known = seen_by(rows, audience)
        run.transcripts["t", audience] = [(n, row["id"], said(row)) for n, row in known]
        for kind in ("html", "text"):
            run.downloads["t", audience, kind] = [f"{row['author_id']}: {row['body']}" for _n, row in known]
    return run


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


def save_another_transcript(run: Run) -> None:
    run.downloads["t", "customer", "html"].reverse()


def save_a_shorter_transcript(run: Run) -> None:
    run.downloads["t", "staff", "text"].pop()


def break_a_chain(run: Run) -> None:
    run.participants[0].lines("done")[0]["chain"] = "0"


def run_ahead_of_the_table(run: Run) -> None:
    run.tickets[0]["staff_seq"] = 6


def move_a_mark_back(run: Run) -> None:
    run.participants[1].journal.append({"what": "marks", "customer": "e1", "technician": "e5"})


def mark_beyond_the_end(run: Run) -> None:
    run.tickets[0]["technician_read"] = 6


def forget_a_mark(run: Run) -> None:
    run.tickets[0]["customer_read"] = 1


def mark_what_is_not_there(run: Run) -> None:
    run.participants[0].lines("mark")[0]["seq"] = 9


def tell_of_another_company(run: Run) -> None:
    run.participants[1].lines("saw")[0]["ids"].append("x")


def tell_a_customer_of_a_note(run: Run) -> None:
    run.participants[0].lines("saw")[0]["ids"].append("e3")


def make_a_note_a_message(run: Run) -> None:
    run.rows[2]["kind"] = "message"


def store_again_under_another_name(run: Run) -> None:
    run.rows.append({**run.rows[4], "id": "e6", "staff_seq": 6, "customer_seq": 5, "client_id": None})


def leave_something_to_do(run: Run) -> None:
    run.left_to_do = 1


def index_twice(run: Run) -> None:
    assert run.indexed is not None
    run.indexed.append(("t", "e1"))


def never_index(run: Run) -> None:
    run.indexed = []


def forget_an_ack_but_store_twice(run: Run) -> None:
    journal = run.participants[0].journal
    journal[:] = [line for line in journal if not (line["what"] == "acked" and line["client_id"] == "ada-1")]
    store_twice(run)


def translate_nothing(run: Run) -> None:
    run.tickets[0]["translate"] = True


def translate_twice(run: Run) -> None:
    run.tickets[0]["translate"] = True
    messages = [row for row in run.rows if row["kind"] == "message"]
    for number, row in enumerate([*messages, messages[0]]):
        told = {"of": row["id"], "lang": "fr", "state": "done"}
        made = {"id": f"t{number}", "kind": "translation", "client_id": f"t{number}", "author_id": "translator"}
        run.rows.append(row | made | {"staff_seq": 6 + number, "customer_seq": None, "data": told})


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
    ("V8", make_a_note_a_message),
    ("V8", tell_of_another_company),
    ("V8", tell_a_customer_of_a_note),
    ("V1", store_again_under_another_name),
    ("V4", run_ahead_of_the_table),
    ("V6", tell_another_transcript),
    ("V6", save_another_transcript),
    ("V6", save_a_shorter_transcript),
    ("V6", break_a_chain),
    ("V7", move_a_mark_back),
    ("V7", mark_beyond_the_end),
    ("V7", forget_a_mark),
    ("V7", mark_what_is_not_there),
    ("V9", leave_something_to_do),
    ("V9", index_twice),
    ("V9", never_index),
    ("V5", forget_an_ack_but_store_twice),
    ("V10 e1 has no translation", translate_nothing),
    ("V10 e1 was translated into fr 2 times", translate_twice),
]


def test_an_honest_run_has_no_violations() -> None:
    assert check(honest()) == []


@pytest.mark.parametrize(("verdict", "doctor"), PLANTED, ids=[doctor.__name__ for _v, doctor in PLANTED])
def test_each_planted_bug_is_found(verdict: str, doctor: Callable[[Run], None]) -> None:
    run = copy.deepcopy(honest())
    doctor(run)
    assert any(violation.startswith(verdict) for violation in check(run)), check(run)
