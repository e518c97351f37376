"""The benchmark of joint assignment measures what it says, on an event of a few requests."""

from benchmarks.assignment import an_event, measure


def test_a_small_event_is_measured_whole() -> None:
    figures = measure(20)

    assert figures.bare > 0
    assert figures.proved > 0
    assert figures.by_greedy <= figures.total
    assert an_event(20) == an_event(20)
