"""Which topics Redis is asked for: whatever the order of events, the set is right in the end."""

from hypothesis import given
from hypothesis import strategies as st

from server.bus.subscriptions import LINGER, Subscriptions

TOPICS = [f"t{number}" for number in range(5)]


def test_a_topic_is_asked_for_once_and_given_up_late() -> None:
    known = Subscriptions()
    known.want("a")
    known.want("a")
    assert known.joins(10) == ["a"]
    assert known.joins(10) == []
    known.drop("a", now=100)
    known.drop("a", now=103)
    assert known.leaves(100 + LINGER - 0.01) == []
    assert known.leaves(100 + LINGER) == ["a"]
    assert known.leaves(1_000) == []


def test_who_comes_back_in_time_never_left() -> None:
    known = Subscriptions()
    known.want("a")
    known.joins(10)
    known.drop("a", now=0)
    known.want("a")
    assert known.joins(10) == []
    assert known.leaves(1_000) == []


def test_what_was_wanted_for_a_moment_is_not_asked_for() -> None:
    known = Subscriptions()
    known.want("a")
    known.drop("a", now=0)
    assert known.joins(10) == []
    assert known.leaves(1_000) == []


def test_topics_are_asked_for_in_chunks() -> None:
    known = Subscriptions()
    for topic in TOPICS:
        known.want(topic)
    assert known.joins(3) == TOPICS[:3]
    assert known.something_to_join.is_set()
    assert known.joins(3) == TOPICS[3:]
    assert not known.something_to_join.is_set()


steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["want", "drop"]), st.sampled_from(TOPICS)),
        st.tuples(st.sampled_from(["join", "leave", "new connection"]), st.just("")),
        st.tuples(st.just("wait"), st.floats(0, 2 * LINGER)),
    )
)


@given(steps)
def test_redis_knows_what_is_wanted_after_any_steps(taken: list[tuple[str, str | float]]) -> None:
    known = Subscriptions()
    wanted: set[str] = set()
    redis: set[str] = set()
    now = 0.0
    for step, value in [*taken, ("wait", LINGER), ("leave", ""), ("join", "")]:
        topic = str(value)
        if step == "want":
            known.want(topic)
            wanted.add(topic)
        elif step == "drop":
            known.drop(topic, now)
            wanted.discard(topic)
        elif step == "wait":
            now += float(value)
        elif step == "new connection":
            known.start_over()
            redis = set()
        elif step == "join":
            joins = known.joins(100)
            assert not redis & set(joins), "asked for twice"
            redis |= set(joins)
        else:
            leaves = known.leaves(now)
            assert set(leaves) <= redis - wanted
            redis -= set(leaves)
        assert known.something_to_join.is_set() or wanted <= redis
    assert redis == wanted
