"""The form for bug reports that a company gets to change."""

from server.domain.bug_report import FIELDS
from server.domain.forms import answered, check_form
from server.domain.portal import PAGE_LANGUAGES

MADE_OF = {
    "error_details": "S-11",
    "attachment": "S-12",
    "share_with": "S-13",
    "project": "S-14",
    "impact": "S-15",
    "steps": "S-16",
    "expected": "S-16",
    "actual": "S-16",
    "operating_system": "S-17",
    "server_type": "S-18",
    "environment": "S-19",
}


def test_the_template_can_be_filled_in_whatever_language_one_reads() -> None:
    """S-11, S-14 to S-19, S-22: each part is a field of its own, its lists are the company's to change."""
    check_form(FIELDS)
    assert [field.key for field in FIELDS] == list(MADE_OF)
    for field in FIELDS:
        for texts in (field.labels, *([field.help] if field.help else [])):
            assert set(texts) == set(PAGE_LANGUAGES), field.key
    lists = {field.key: len(field.options) for field in FIELDS if field.kind == "choice"}
    assert set(lists) == {"impact", "operating_system", "server_type"}
    assert min(lists.values()) >= 4
    given = {"impact": "hinders", "steps": "Print", "expected": "Paper", "actual": "Fire"}
    for lang, label in (("nl", "Gevolgen"), ("ru", "Влияние"), ("de", "Impact")):
        answers = {answer.key: answer for answer in answered(FIELDS, given, [lang])}
        assert answers["impact"].label == label
        assert answers["actual"].value == "Fire"
