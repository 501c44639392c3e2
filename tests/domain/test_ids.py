"""Ids: names that grow, and nothing else looks like one."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.ids import ID_PATTERN, is_id, new_id


def test_ids_are_alike_in_shape_and_never_the_same() -> None:
    made = {new_id() for _ in range(10_000)}
    assert len(made) == 10_000
    assert all(is_id(one) and re.fullmatch(ID_PATTERN, one) for one in made)


def test_an_id_begins_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So an index grows at its end; milliseconds stay in 48 bits until the year 10889."""
    monkeypatch.setattr(time, "time_ns", lambda: 1_760_000_000_123_456_789)
    assert int(new_id()[:12], 16) == 1_760_000_000_123
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000)
    assert len(new_id()) == 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0" * 31,
        "0" * 33,
        "G" * 32,
        "A" * 32,
        "0" * 32 + "\n",
        "\n" + "0" * 32,
        " " + "0" * 31,
        "٠" * 32,
        "0" * 31 + "\0",
        "../" + "0" * 29,
        "%00" + "0" * 29,
    ],
)
def test_what_is_no_id(text: str) -> None:
    assert not is_id(text)


@given(st.text(max_size=40))
def test_only_32_hex_digits_are_an_id(text: str) -> None:
    assert is_id(text) == (len(text) == 32 and set(text) <= set("0123456789abcdef"))
