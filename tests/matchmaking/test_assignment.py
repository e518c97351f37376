"""The assignment against trying everything, and the proof against a checker of fifty lines."""

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.assignment import Instance, Kind, Mode, Solution
from domain.facts import OfferId, Reference
from matchmaking import check_certificate
from matchmaking.assignment import assign, greedy
from matchmaking.check_certificate import check
from tests.matchmaking.events import (
    a_candidate,
    a_group,
    a_table,
    all_assignments,
    an_open_offer,
    best_by_trying,
    blocking_pairs,
    is_within_capacity,
    points,
)

Published = Any
"""A solution as it is published: nobody knows yet whether it is true."""
TABLES = st.integers(1, 7).flatmap(
    lambda offers: st.tuples(
        st.lists(
            st.lists(st.none() | st.integers(0, 9), min_size=offers, max_size=offers),
            min_size=1, max_size=7,
        ),
        st.lists(st.integers(0, 3), min_size=offers, max_size=offers),
    )
)  # fmt: skip


def as_published(solution: Solution) -> Published:
    return json.loads(solution.model_dump_json())


def verdict(solution: Solution) -> str:
    said: str = check(as_published(solution))
    return said


def best_of_table(event: Instance) -> int:
    """The best total of a table by dynamic programming over what is left of the places."""
    offers = [o.offer for o in event.offers]
    score = {(c.group, c.offer): c.score for c in event.candidates}
    best = {tuple(o.places for o in event.offers): 0}
    for group in event.groups:
        after = dict(best)
        for left, value in best.items():
            for n, offer in enumerate(offers):
                if left[n] and (group.name, offer) in score:
                    then = (*left[:n], left[n] - 1, *left[n + 1 :])
                    after[then] = max(after.get(then, 0), value + score[group.name, offer])
        best = after
    return max(best.values())


@settings(max_examples=70)
@given(TABLES)
def test_nothing_up_to_seven_by_seven_beats_the_total_and_the_prices_prove_it(
    table: tuple[list[list[int | None]], list[int]],
) -> None:
    event = a_table(*table)

    found = assign(event)

    assert found.assignment.total == best_of_table(event) == found.certificate.bound
    assert found.certificate.kind is Kind.OPTIMUM
    assert f"none can have more than {found.assignment.total}." in verdict(found)
    assert greedy(event).total <= found.assignment.total


def test_every_table_of_two_by_two_with_few_points() -> None:
    few = (None, 0, 1)
    for scores in product(few, repeat=4):
        event = a_table([scores[:2], scores[2:]], (1, 1))
        found = assign(event)
        assert found.assignment.total == best_by_trying(event) == found.certificate.bound
        verdict(found)


@settings(max_examples=70)
@given(TABLES, st.randoms(use_true_random=False))
def test_no_request_and_host_would_both_rather_have_each_other(
    table: tuple[list[list[int | None]], list[int]], draw: random.Random
) -> None:
    event = a_table(*table)
    both = tuple(c._replace(host_score=draw.randrange(5)) for c in event.candidates)
    event = event.model_copy(update={"mode": Mode.STABLE, "candidates": both})

    found = assign(event)

    assert blocking_pairs(event, found.assignment.pairs) == []
    assert is_within_capacity(event, found.assignment.pairs)
    assert "none would rather change" in verdict(found)


def small_events(seeds: int) -> Iterator[Instance]:
    """Events of every kind: sizes, days, shared organisations, places taken, fixed and refused."""
    for seed in range(seeds):
        draw = random.Random(seed)
        offers = [
            an_open_offer(
                f"o{n}", draw.randint(1, 4), draw.choice(["", "", "x", "y"]),
                draw.sample(range(3), draw.choice([0, 0, 1])),
            )
            for n in range(draw.randint(1, 4))
        ]  # fmt: skip
        sizes, days = draw.choice([(1,), (2,), (1, 2, 3)]), draw.choice([1, 1, 4])
        groups = [
            a_group(
                f"r{n}", draw.choice(sizes), draw.randrange(days), draw.randint(1, 3),
                *([f"r{n}b"] if draw.random() < 0.2 else []),
            )
            for n in range(draw.randint(1, 5))
        ]  # fmt: skip
        pairs = [(g.name, o.offer) for g in groups for o in offers if draw.random() < 0.8]
        yield Instance(
            mode=Mode.BEST_TOTAL, groups=tuple(groups), offers=tuple(offers),
            candidates=tuple(
                a_candidate(*pair, draw.randrange(20), draw.randrange(5)) for pair in pairs
            ),
            fixed=dict(draw.sample(pairs, 1)) if pairs and draw.random() < 0.3 else {},
            forbidden=tuple(draw.sample(pairs, 1)) if pairs and draw.random() < 0.3 else (),
        )  # fmt: skip


def test_sizes_days_organisations_fixed_and_refused_pairs_agree_with_trying_everything() -> None:
    proved = 0
    for event in small_events(100):
        found = assign(event)
        assert found.assignment.total == best_by_trying(event), event
        assert found.assignment.total <= found.certificate.bound
        proved += found.certificate.kind is Kind.OPTIMUM
        verdict(found)
        verdict(assign(event.model_copy(update={"mode": Mode.STABLE})))
    assert proved > 90  # where the relaxation leaves a gap, the certificate says so


@pytest.mark.parametrize("mode", Mode)
def test_the_order_of_rows_makes_no_difference(mode: Mode) -> None:
    for small in small_events(40):
        event = small.model_copy(update={"mode": mode})
        draw = random.Random(1)
        shuffled = event.model_copy(
            update={
                part: tuple(draw.sample(rows := getattr(event, part), len(rows)))
                for part in ("groups", "offers", "candidates", "forbidden")
            }
        )
        assert assign(shuffled).model_dump_json() == assign(event).model_dump_json()


@pytest.mark.parametrize("mode", Mode)
def test_accepted_pairs_never_change_however_often_others_refuse(mode: Mode) -> None:
    for seed in range(12):
        draw = random.Random(seed)
        scores = [[draw.randrange(20) for _ in range(4)] for _ in range(7)]
        event = a_table(scores, (1, 2, 1, 2), mode=mode)
        accepted: dict[Reference, OfferId] = {}
        for _ in range(5):
            pairs = assign(event).assignment.pairs
            assert accepted.items() <= pairs.items()
            new = {r: o for r, o in pairs.items() if r not in accepted}
            said_yes = {r: o for r, o in new.items() if draw.random() < 0.4}
            refused = tuple(pair for pair in new.items() if pair[0] not in said_yes)
            accepted |= said_yes
            event = event.model_copy(
                update={"fixed": accepted, "forbidden": (*event.forbidden, *refused)}
            )
            assert not set(assign(event).assignment.pairs.items()) & set(event.forbidden)


# An organisation that hoards: it writes down what it has more than once.


@settings(max_examples=40)
@given(TABLES, st.integers(2, 4), st.sampled_from(Mode))
def test_writing_the_same_places_down_again_brings_an_organisation_nothing(
    table: tuple[list[list[int | None]], list[int]], times: int, mode: Mode
) -> None:
    honest = a_table(*table, mode=mode)
    first = honest.offers[0]
    again = [OfferId(f"{first.offer}-{n}") for n in range(times)]
    hoarding = honest.model_copy(
        update={
            "offers": (*honest.offers, *(first.model_copy(update={"offer": o}) for o in again)),
            "candidates": (
                *honest.candidates,
                *(c._replace(offer=o) for c in honest.candidates if c.offer == first.offer
                  for o in again),
            ),
        }
    )  # fmt: skip

    fair, greedy_for_guests = assign(honest), assign(hoarding)

    mine = {first.offer, *again}
    assert greedy_for_guests.assignment.total == fair.assignment.total
    assert sum(o in mine for o in greedy_for_guests.assignment.pairs.values()) <= first.places
    verdict(greedy_for_guests)


# Whoever tampers with an answer or its proof is found out.


def _an_answer(mode: Mode = Mode.BEST_TOTAL) -> Published:
    event = a_table(
        [[9, 5, None], [8, 7, 3], [7, 6, 2], [4, None, 1]], (1, 3, 1), mode=mode,
        groups=[a_group("r0"), a_group("r1"), a_group("r2", 1, 0, 3, "r2b"), a_group("r3")],
        fixed={"r3": "o2"}, forbidden=[("r0", "o1")],
    )  # fmt: skip
    return as_published(assign(event))


def _move(request: str, offer: str | None) -> Callable[[Published], None]:
    def tamper(answer: Published) -> None:
        answer["assignment"]["pairs"].pop(request, None)
        if offer is not None:
            answer["assignment"]["pairs"][request] = offer

    return tamper


def _say(part: str, name: str, value: object) -> Callable[[Published], None]:
    def tamper(answer: Published) -> None:
        answer[part][name] = value

    return tamper


def _cheaper(answer: Published) -> None:
    answer["certificate"]["prices"] = [[*p[:3], p[3] - 1] for p in answer["certificate"]["prices"]]


def _worse_but_said_to_be_best(answer: Published) -> None:
    """Both give way to nobody, the total is what it is, and the old proof goes with it."""
    gone = next(r for r in ("r0", "r1") if r in answer["assignment"]["pairs"])
    offer = answer["assignment"]["pairs"].pop(gone)
    score = {(g, o): s for g, o, s, _ in answer["instance"]["candidates"]}
    answer["assignment"]["total"] -= score[gone, offer]


@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (_move("r3", None), "r3 is moved or parted"),
        (_move("r3", "o1"), "r3 is moved or parted"),
        (_move("r2b", None), "r2 is moved or parted"),
        (_move("r0", "o1"), "a pair is not allowed"),
        (_move("r1", "o0"), "too many guests"),
        (_move("stranger", "o0"), "the points are not those of the pairs"),
        (_say("assignment", "total", 99), "the points are not those of the pairs"),
        (_say("certificate", "bound", 0), "the prices prove another bound"),
        (_say("certificate", "prices", []), "the prices prove another bound"),
        (_cheaper, "the prices prove another bound"),
        (_worse_but_said_to_be_best, "the prices prove another bound"),
        (_say("certificate", "unit", 2), "the prices prove another bound"),
    ],
)
def test_whoever_tampers_is_found_out(tamper: Callable[[Published], None], sentence: str) -> None:
    answer = _an_answer()
    check(json.loads(json.dumps(answer)))
    tamper(answer)

    with pytest.raises(SystemExit, match=f"NOT VERIFIED: .*{sentence}"):
        check(answer)


def test_an_unstable_answer_is_found_out_even_if_every_pair_is_allowed() -> None:
    answer = _an_answer(Mode.STABLE)
    assert "none would rather change" in check(json.loads(json.dumps(answer)))
    _worse_but_said_to_be_best(answer)

    with pytest.raises(SystemExit, match="would both rather"):
        check(answer)


def test_every_other_answer_to_small_events_is_turned_down() -> None:
    """Whatever pairs are put under a proof of the best: only those as good as the best pass."""
    for event in small_events(20):
        found = assign(event)
        if found.certificate.kind is not Kind.OPTIMUM or any(
            len(g.requests) > 1 for g in event.groups
        ):
            continue
        for pairs in all_assignments(event):
            answer = as_published(found)
            answer["assignment"] = {"pairs": dict(pairs), "total": points(event, pairs)}
            if points(event, pairs) == found.assignment.total:
                check(answer)
            else:
                with pytest.raises(SystemExit):
                    check(answer)


def test_the_checker_is_fifty_lines_and_runs_by_itself(tmp_path: Path) -> None:
    checker = Path(check_certificate.__file__)
    text = checker.read_text("utf-8")
    assert len(text.splitlines()) <= 50
    imported = {line.split()[1].rstrip(",") for line in text.splitlines() if "import " in line[:20]}
    assert imported <= {"json", "collections", "datetime", "itertools"}
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(answer := _an_answer()), "utf-8")
    answer["assignment"]["total"] += 1
    bad.write_text(json.dumps(answer), "utf-8")

    says = [
        subprocess.run(
            [sys.executable, "-I", str(checker), str(file)], capture_output=True, text=True,
            check=False, cwd=tmp_path,
        )
        for file in (good, bad)
    ]  # fmt: skip

    assert [said.returncode for said in says] == [0, 1]
    assert says[0].stdout.startswith("VERIFIED: 5 placed")
    assert says[1].stderr.startswith("NOT VERIFIED: the points")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"groups": [a_group("r0"), a_group("r0")]}, "stands there twice"),
        ({"offers": [an_open_offer("o0"), an_open_offer("o0")]}, "stands there twice"),
        ({"candidates": [a_candidate("r0", "o0", 1)] * 2}, "stands there twice"),
        ({"candidates": [a_candidate("r9", "o0", 1)]}, "takes no part"),
        ({"fixed": {"r0": "o9"}}, "takes no part"),
    ],
)
def test_a_question_that_makes_no_sense_is_not_asked(
    change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        a_table([[1]], [1], **change)


def test_nobody_and_nothing_is_a_question_too() -> None:
    empty = Instance(mode=Mode.BEST_TOTAL, groups=(), offers=(), candidates=())
    alone = a_table([[None]], [1])

    assert "0 placed" in verdict(assign(empty))
    assert "0 placed" in verdict(assign(alone))
