from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.duplicates import NEAR_DAYS, Days, Likeness, Live, near_match
from domain.events import Phase
from domain.facts import Reference

WANTED = Days(date(2027, 5, 4), date(2027, 5, 6))
SOMEDAY = st.dates(date(2027, 4, 1), date(2027, 6, 30))
VISIT = st.builds(
    lambda first, length: Days(first, first + timedelta(days=length)), SOMEDAY, st.integers(0, 20)
)


def live(days: Days = WANTED, reference: str = "M-2027-0001", **facts: object) -> Live:
    given = {
        "reference": Reference(reference), "phase": Phase.AGREEMENT, "days": days,
        "requested_on": date(2026, 11, 25),
    }  # fmt: skip
    return Live.model_validate(given | facts)


def later(days: int) -> Days:
    """The wanted days so many days on."""
    return Days(*(day + timedelta(days=days) for day in WANTED))


@pytest.mark.parametrize(
    ("days", "in_common", "has_same_words", "likeness"),
    [
        (0, ("Frida",), False, Likeness.IN_TWO_PLACES),
        (2, ("Frida",), False, Likeness.IN_TWO_PLACES),
        (-2, ("Frida",), True, Likeness.IN_TWO_PLACES),
        (3, ("Frida",), False, Likeness.SAME_PEOPLE),
        (2 + NEAR_DAYS, ("Frida",), False, Likeness.SAME_PEOPLE),
        (3 + NEAR_DAYS, ("Frida",), True, Likeness.SAME_PEOPLE),
        (4 + NEAR_DAYS, ("Frida",), True, None),
        (-3 - NEAR_DAYS, (), True, Likeness.SAME_WORDS),
        (-4 - NEAR_DAYS, ("Frida",), True, None),
        (0, (), True, Likeness.SAME_WORDS),
        (0, (), False, None),
    ],
)
def test_what_a_request_has_in_common_and_how_near_it_is_make_a_near_match(
    days: int, in_common: tuple[str, ...], has_same_words: bool, likeness: Likeness | None
) -> None:
    one = live(later(days), in_common=in_common, has_same_words=has_same_words)

    found = near_match(WANTED, [one])

    assert (found and found.likeness) == likeness


@given(VISIT, VISIT)
def test_days_overlap_when_they_share_one_and_are_as_far_apart_either_way(
    one: Days, other: Days
) -> None:
    def days_of(visit: Days) -> set[int]:
        return set(range(visit.first.toordinal(), visit.last.toordinal() + 1))

    gap = min(abs(a - b) for a in days_of(one) for b in days_of(other))

    assert one.overlap(other) == other.overlap(one) == bool(days_of(one) & days_of(other))
    assert one.apart(other) == other.apart(one) == max(0, gap - 1)


@given(
    st.lists(
        st.builds(
            live, VISIT, st.integers(1, 99).map(lambda n: f"M-2027-{n:04d}"),
            in_common=st.sampled_from([(), ("Frida",), ("Frida", "Emelie")]),
            has_same_words=st.booleans(),
        ),
        max_size=6, unique_by=lambda one: one.reference,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_of_several_the_gravest_and_then_the_nearest_is_named_in_whatever_order_they_come(
    several: list[Live], chance: object
) -> None:
    shuffled = list(several)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    alone = [found for one in several if (found := near_match(WANTED, [one]))]

    found = near_match(WANTED, several)

    assert found == near_match(WANTED, shuffled)
    assert (found is None) == (not alone)
    if found:
        assert found.likeness == max(one.likeness for one in alone)
        like = [one for one in alone if one.likeness == found.likeness]
        assert found.apart == min(one.apart for one in like)


@pytest.mark.parametrize(
    ("one", "begins"),
    [
        (
            live(in_common=("Frida", "Emelie")),
            "Frida and Emelie cannot be in two places at once, and this visit shares days",
        ),
        (live(later(5), in_common=("Frida",)), "This request has Frida in common with M-2027-0001"),
        (live(has_same_words=True), "This request has title and objectives in common with M-2027"),
    ],
)
def test_one_sentence_says_what_is_found_and_what_to_do(one: Live, begins: str) -> None:
    found = near_match(WANTED, [one])
    assert found is not None

    said = found.sentence()

    assert said.startswith(begins)
    assert "M-2027-0001, requested on 25 November 2026 for " in said
    assert "now in phase 'agreement'" in said
    assert "'mobility show M-2027-0001'" in said
    assert "--anyway" in said
    assert said.endswith("'mobility merge' makes them one.")
    assert said.count(".") == 1
