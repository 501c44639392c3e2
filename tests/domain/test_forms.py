"""Forms: what can be asked, and what is taken as an answer."""

import pytest

from server.domain.forms import Answer, Field, Option, addresses, answered, asked, check_form
from server.errors import BadInput

IMPACT = Field(
    "impact",
    "choice",
    {"en": "Impact", "nl": "Gevolgen"},
    required=True,
    options=[Option("low", {"en": "Low"}), Option("high", {"en": "High", "nl": "Hoog"})],
)
STEPS = Field("steps", "long_text", {"en": "Steps"}, required=True)
VERSION = Field("version", "text", {"en": "Version"})
USERS = Field("users", "number", {"en": "Users"}, least=0, most=99.5)
LOG = Field("log", "file", {"en": "Log"})
READERS = Field("readers", "colleagues", {"en": "Share with"})
BUG = [IMPACT, STEPS, VERSION, USERS, LOG]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ([STEPS, STEPS], "fields.1.key"),
        ([Field("a", "text", {})], "fields.0.labels"),
        ([Field("a", "choice", {"en": "A"})], "fields.0.options"),
        ([Field("a", "choice", {"en": "A"}, options=[Option("x", {"en": "X"})] * 2)], "fields.0.options"),
        ([Field("a", "choice", {"en": "A"}, options=[Option("x", {})])], "fields.0.options"),
        ([Field("a", "text", {"en": "A"}, options=[Option("x", {"en": "X"})])], "fields.0.options"),
        ([Field("a", "text", {"en": "A"}, most=3)], "fields.0.least"),
        ([Field("a", "number", {"en": "A"}, least=3, most=2)], "fields.0.most"),
        ([Field("a", "colleagues", {"en": "A"}, required=True)], "fields.0.required"),
    ],
)
def test_a_form_that_cannot_be_filled_in_is_refused_where_it_is_wrong(fields: list[Field], place: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_form(fields)
    assert refused.value.field == place


def test_colleagues_are_asked_for_where_people_share_and_are_addresses() -> None:
    """S-13"""
    form = [VERSION, READERS]
    check_form(form)
    assert asked(form, shares=True) == form
    assert asked(form, shares=False) == [VERSION]
    [answer] = answered(form, {"readers": " bob@x.org, Cleo@x.org;\n dan@x.org "}, [])
    assert answer == Answer("readers", "colleagues", "Share with", answer.shown, "bob@x.org\nCleo@x.org\ndan@x.org")
    assert addresses(answer.value) == ["bob@x.org", "Cleo@x.org", "dan@x.org"]
    for typed in ("Bob", "bob@", "bob@x.org, Cleo", f"{'b' * 250}@x.org"):
        with pytest.raises(BadInput) as refused:
            answered(form, {"readers": typed}, [])
        assert refused.value.field == "answers.readers"
    assert answered(form, {"readers": " ,; "}, []) == []


def test_answers_are_kept_apart_in_the_order_of_the_form_and_in_the_customers_words() -> None:
    """S-16, S-22: each in a field of its own, with the label of the day; what was left empty is not there."""
    check_form(BUG)
    given = {"steps": " one\ntwo ", "impact": "high", "version": "  ", "users": "12,5", "log": "a.txt\nb.txt"}
    assert answered(BUG, given, ["nl"]) == [
        Answer("impact", "choice", "Gevolgen", "high", "Hoog"),
        Answer("steps", "long_text", "Steps", "one\ntwo", "one\ntwo"),
        Answer("users", "number", "Users", "12,5", "12,5"),
        Answer("log", "file", "Log", "a.txt\nb.txt", "a.txt\nb.txt"),
    ]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"steps": " "}, "answers.steps"),
        ({"impact": "none"}, "answers.impact"),
        ({"version": "a\nb"}, "answers.version"),
        ({"version": "x" * 301}, "answers.version"),
        ({"users": "-1"}, "answers.users"),
        ({"users": "99.6"}, "answers.users"),
        ({"users": "many"}, "answers.users"),
        ({"users": "nan"}, "answers.users"),
        ({"users": "1e3"}, "answers.users"),
        ({"secret": "x"}, "answers.secret"),
    ],
)
def test_what_a_field_does_not_take_is_refused_by_its_name(more: dict[str, str], place: str) -> None:
    with pytest.raises(BadInput) as refused:
        answered(BUG, {"impact": "low", "steps": "s", **more}, [])
    assert refused.value.field == place
