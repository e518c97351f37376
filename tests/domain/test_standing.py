"""What hosts did counts less the longer ago it was, and newcomers stand in between."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.standing import (
    UNIT,
    Answer,
    Standing,
    answer_points,
    balance_points,
    decayed,
    quickness_points,
    standing_from,
)
from tests.builders import WEIGHTS

TODAY = date(2026, 5, 1)
HALF_LIFE = WEIGHTS.answers.half_life_days

some_answers = st.lists(
    st.builds(
        Answer,
        st.integers(0, 3000).map(lambda ago: TODAY - timedelta(ago)),
        st.none() | st.integers(0, 60),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (-3, UNIT), (0, UNIT), (90, 768), (180, 512), (270, 384), (360, 256), (1799, 2), (1800, 0),
        (100_000, 0),
    ],
)  # fmt: skip
def test_what_happened_a_half_life_ago_counts_half(age: int, counts: int) -> None:
    assert decayed(age, 180) == counts


@given(age=st.integers(0, 5000), half_life=st.integers(1, 400))
def test_what_is_older_never_counts_more(age: int, half_life: int) -> None:
    assert decayed(age, half_life) >= decayed(age + 1, half_life) >= 0


@settings(max_examples=30)
@given(answers=some_answers, data=st.data())
def test_points_keep_within_what_the_weights_say_whatever_the_order(
    answers: list[Answer], data: st.DataObject
) -> None:
    standing = standing_from(tuple(answers), WEIGHTS, on=TODAY)
    shuffled = tuple(data.draw(st.permutations(answers)))

    assert standing_from(shuffled, WEIGHTS, on=TODAY) == standing
    assert abs(answer_points(standing, WEIGHTS)) <= WEIGHTS.answers.points // 2
    assert abs(quickness_points(standing, WEIGHTS)) <= WEIGHTS.quickness.points


@settings(max_examples=40)
@given(answers=some_answers)
def test_one_more_answer_is_never_worse_than_one_more_silence(answers: list[Answer]) -> None:
    answered = standing_from((*answers, Answer(TODAY, 30)), WEIGHTS, on=TODAY)
    silent = standing_from((*answers, Answer(TODAY, None)), WEIGHTS, on=TODAY)

    assert answer_points(answered, WEIGHTS) >= answer_points(silent, WEIGHTS)


def test_a_newcomer_has_no_points_for_or_against() -> None:
    newcomer = standing_from((), WEIGHTS, on=TODAY)

    assert newcomer == Standing()
    assert answer_points(newcomer, WEIGHTS) == quickness_points(newcomer, WEIGHTS) == 0
    assert balance_points(newcomer, WEIGHTS) == 0


def test_what_a_host_did_is_forgotten_in_time() -> None:
    def points(ago: int) -> int:
        silences = (Answer(TODAY - timedelta(ago), None),) * 6
        return answer_points(standing_from(silences, WEIGHTS, on=TODAY), WEIGHTS)

    assert [points(n * HALF_LIFE) for n in (0, 1, 2, 10)] == [-4, -3, -2, 0]


def test_a_very_late_answer_counts_as_late_and_no_worse() -> None:
    late, later = (
        standing_from((Answer(TODAY, days),), WEIGHTS, on=TODAY) for days in (10, 300)
    )  # fmt: skip

    assert late == later
