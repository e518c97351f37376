import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import Entry
from domain.journal import GENESIS, Break, body_of, find_breaks, link
from tests.builders import completed

Line = tuple[int, str, str]


def written(entries: list[Entry]) -> list[Line]:
    lines: list[Line] = []
    head = GENESIS
    for entry in entries:
        body = body_of(entry)
        head = link(head, body)
        lines.append((entry.n, body, head))
    return lines


JOURNAL = completed().journal
LINES = written(JOURNAL)
PLACES = st.integers(0, len(LINES) - 1)


def swapped(one: int, other: int) -> list[Line]:
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def replaced(place: int, line: Line) -> list[Line]:
    return [*LINES[:place], line, *LINES[place + 1 :]]


def test_a_journal_as_it_was_written_has_no_breaks() -> None:
    assert find_breaks(LINES) == []


def test_an_empty_journal_has_no_breaks() -> None:
    assert find_breaks([]) == []


@given(place=PLACES, cut=st.integers(0, 10_000), text=st.text(max_size=5))
def test_any_change_of_any_text_is_found_at_its_place(place: int, cut: int, text: str) -> None:
    n, body, chain = LINES[place]
    at = cut % (len(body) + 1)
    changed = body[:at] + text + body[at + 1 :]

    breaks = find_breaks(replaced(place, (n, changed, chain)))

    expected = [] if changed == body else [Break(n=n, what="the text does not match its hash")]
    assert breaks == expected


@given(place=PLACES, chain=st.text("0123456789abcdef", min_size=64, max_size=64))
def test_any_change_of_any_hash_is_found(place: int, chain: str) -> None:
    n, body, right = LINES[place]

    breaks = find_breaks(replaced(place, (n, body, chain)))

    assert [found.n for found in breaks] == (
        [] if chain == right else [n, n + 1] if n < len(LINES) else [n]
    )


@given(place=PLACES, n=st.integers(-5, 100))
def test_any_change_of_any_number_is_found(place: int, n: int) -> None:
    right, body, chain = LINES[place]

    breaks = find_breaks(replaced(place, (n, body, chain)))

    expected = [] if n == right else [Break(n=n, what=f"entry {right} is missing")]
    assert breaks == expected


@given(first=PLACES, length=st.integers(1, len(LINES)))
def test_any_gap_is_found_and_the_first_missing_entry_named(first: int, length: int) -> None:
    left = LINES[:first] + LINES[first + length :]
    cut_off_at_the_end = first + length >= len(LINES)

    breaks = find_breaks(left)

    if cut_off_at_the_end:
        # The chain alone cannot know how long it was: its head is kept elsewhere as well.
        assert breaks == []
        assert [line[2] for line in left[-1:]] != [LINES[-1][2]]
    else:
        n = LINES[first + length][0]
        assert breaks == [Break(n=n, what=f"entry {first + 1} is missing")]


@given(one=PLACES, other=PLACES)
def test_any_exchange_of_two_lines_is_found(one: int, other: int) -> None:
    assert bool(find_breaks(swapped(one, other))) is (one != other)


@given(order=st.permutations(range(len(LINES))))
def test_any_other_order_is_found(order: list[int]) -> None:
    breaks = find_breaks([LINES[place] for place in order])

    assert bool(breaks) is (order != sorted(order))


@given(one=PLACES, other=PLACES)
def test_two_texts_exchanged_under_their_numbers_are_found(one: int, other: int) -> None:
    lines = list(LINES)
    lines[one] = (LINES[one][0], *LINES[other][1:])
    lines[other] = (LINES[other][0], *LINES[one][1:])

    assert bool(find_breaks(lines)) is (one != other)


@given(place=PLACES)
def test_a_line_added_in_the_middle_or_at_the_end_is_found(place: int) -> None:
    lines = [*LINES[: place + 1], LINES[place], *LINES[place + 1 :]]

    assert [found.n for found in find_breaks(lines)][:1] == [place + 1]


@pytest.mark.parametrize("body", ["", "not json", "[]", "null", '{"n": 2}'])
def test_a_line_chained_rightly_that_is_not_the_entry_of_its_number_is_found(body: str) -> None:
    forged = [(1, body, link(GENESIS, body))]

    assert find_breaks(forged) == [Break(n=1, what="the entry carries another number")]


def test_what_is_hashed_does_not_depend_on_the_order_in_which_facts_were_given() -> None:
    entry = JOURNAL[2]
    turned = entry.model_copy(update={"facts": dict(reversed(entry.facts.items()))})

    assert list(turned.facts) != list(entry.facts)
    assert body_of(turned) == body_of(entry)


def test_the_text_that_is_kept_is_the_entry() -> None:
    for entry in JOURNAL:
        assert Entry.model_validate(json.loads(body_of(entry))) == entry


def test_the_chain_is_the_sha_256_of_the_hash_before_and_the_text() -> None:
    # printf '%064d\n{}' 0 | sha256sum
    assert link(GENESIS, "{}") == (
        "5649d09ed68c17156095d175eef152856c5b1a81c117c409c1e00f096aa6838e"
    )
