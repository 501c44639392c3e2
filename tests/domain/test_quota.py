"""The quota that fills up again all the time."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain.quota import taken

DAY = 86_400_000
amounts = st.integers(1, 1_000)


@given(st.lists(st.tuples(st.integers(0, DAY // 4), amounts), max_size=60))
def test_within_any_period_at_most_twice_as_much_and_at_once_no_more_than_there_is(
    steps: list[tuple[int, int]],
) -> None:
    most, now, whole_at = 1_000, 0, 0
    given_out: list[tuple[int, int]] = []
    for wait, amount in steps:
        now += wait
        answer = taken(whole_at, now, amount, most, DAY)
        if answer is not None:
            whole_at = answer
            given_out.append((now, amount))
        assert sum(amount for at, amount in given_out if at == now) <= most
        assert sum(amount for at, amount in given_out if at > now - DAY) <= 2 * most


def test_all_of_it_at_once_and_again_after_the_period() -> None:
    whole_at = taken(0, 7, 1_000, 1_000, DAY)
    assert whole_at == 7 + DAY
    assert taken(whole_at, 8, 1, 1_000, DAY) is None
    assert taken(whole_at, 7 + DAY, 1_000, 1_000, DAY) == 7 + 2 * DAY
    assert taken(0, 7, 1_001, 1_000, DAY) is None
