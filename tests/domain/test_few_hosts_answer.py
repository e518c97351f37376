"""Hosts answer 17 % of the time, as they do elsewhere: every request gets its answer all the same.

Immersion Facilitée counts that share of requests to hosts that get any answer. Here hundreds of
requests go down their rankings by the real rules, under clocks of their own.
"""

import random
from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

import pytest

from domain import messages as m
from domain.deadlines import Asked
from domain.events import (
    Event,
    OtherDatesProposed,
    Outcome,
    Phase,
    PlaceAccepted,
    ProposalDeclined,
    ProposalLapsed,
    ProposalMade,
)
from domain.facts import OfferId, OrganisationId, PersonId, Reference
from domain.hosting import HostingOffer
from domain.letters import Purpose
from domain.messages import Cause
from tests.builders import OPENED, Journey, a_message, a_request, a_second_offer, an_offer

ANSWERED = 0.17
"""The share of requests that hosts answer at all (see above)."""
SAY = ((m.AcceptProposal, 50), (m.DeclineProposal, 30), (m.ProposeOtherDates, 20))
"""What they say when they answer, and how often of a hundred times: our own guess."""
DATES = ((m.AcceptOtherDates, 40), (m.DeclineOtherDates, 30), (None, 30))
"""What sending coordinators say to other dates; our own guess too."""
REQUESTS, HOSTS = 200, 36
TODAY = OPENED.date()


class Told(NamedTuple):
    """How one search ended."""

    journey: Journey
    wanted: date


def _offers(chance: random.Random) -> tuple[HostingOffer, ...]:
    """Some dozens of hosts, open for some months each, half of them with little room."""
    made = []
    for n in range(HOSTS):
        opens = TODAY + timedelta(days=chance.randrange(0, 200))
        changes: dict[str, object] = {
            "id": OfferId(f"o-{n}"), "organisation": OrganisationId(f"org-{n}"),
            "coordinator": PersonId(f"p-host-{n}"), "opens": opens,
            "closes": opens + timedelta(days=chance.randrange(60, 400)),
            "places": chance.choice((1, 2, 4, 8)),
        }  # fmt: skip
        made.append(chance.choice((an_offer, a_second_offer))(**changes))
    return tuple(made)


def _search(n: int, offers: tuple[HostingOffer, ...], chance: random.Random) -> Told:
    """One request, from its first host to an agreement or to its end."""
    first = TODAY + timedelta(days=chance.randrange(45, 330))
    request = a_request(
        reference=Reference(f"M-2026-{n:04}"), first_day=first, last_day=first + timedelta(days=2)
    )
    journey = Journey(request, offers)
    while journey.phase() is Phase.MATCHING:
        _next_answer(journey, chance)
    return Told(journey, first)


def _next_answer(journey: Journey, chance: random.Random) -> None:
    [wait] = journey.mobility.waits.values()
    said = None
    if wait.asked is Asked.OTHER_DATES:
        said = _one_of(DATES, chance)
    elif chance.random() < ANSWERED:
        said = _one_of(SAY, chance)
    if said is None:
        journey.wait_out(wait.asked)
        return
    journey.wait_until(journey.now + chance.random() * (wait.due - journey.now))
    journey.say(a_message(said, wait.awaited[0], journey))


def _one_of(
    said: tuple[tuple[type[m.Message] | None, int], ...], chance: random.Random
) -> type[m.Message] | None:
    kinds = [kind for kind, _share in said]
    return chance.choices(kinds, [share for _kind, share in said])[0]


@pytest.fixture(scope="module")
def searches() -> list[Told]:
    chance = random.Random(20261125)
    offers = _offers(chance)
    return [_search(n, offers, chance) for n in range(1, REQUESTS + 1)]


def _count(searches: list[Told]) -> Counter[str]:
    return Counter(str(told.journey.mobility.cause or "match") for told in searches)


def test_every_request_comes_to_an_agreement_or_to_no_host_found(searches: list[Told]) -> None:
    ends = [
        told for told in searches
        if told.journey.phase() is Phase.AGREEMENT
        or (told.journey.mobility.outcome, told.journey.mobility.cause)
        == (Outcome.LAPSED, Cause.NO_HOST)
    ]  # fmt: skip

    assert len(ends) == len(searches) == REQUESTS, _count(searches)
    assert set(_count(ends)) == {"match", Cause.NO_HOST}, "both ways are tried"


def test_every_request_has_its_answer_before_its_visit_was_to_begin(searches: list[Told]) -> None:
    late = [told for told in searches if told.journey.now.date() >= told.wanted]

    assert late == []


def test_every_sender_hears_which_it_is(searches: list[Told]) -> None:
    for told in searches:
        sender = told.journey.mobility.request.coordinator
        told_of = {order.purpose for order in told.journey.letters() if order.to == sender}

        assert len(told_of & {Purpose.MATCH_MADE, Purpose.NO_HOST_FOUND}) == 1


def _is_answer_of_host(event: Event) -> bool:
    match event:
        case ProposalDeclined() | OtherDatesProposed():
            return True
        case PlaceAccepted():
            return event.instead_of is None  # else it has answered with its dates before
    return False


def test_no_host_is_asked_twice_and_none_while_another_one_is(searches: list[Told]) -> None:
    for told in searches:
        asked = [event.offer for event in told.journey.events if isinstance(event, ProposalMade)]
        is_open = [
            isinstance(event, ProposalMade) for event in told.journey.events
            if isinstance(event, ProposalMade | ProposalLapsed) or _is_answer_of_host(event)
        ]  # fmt: skip

        assert len(set(asked)) == len(asked)
        assert is_open == [True, False] * len(asked)


def test_it_is_played_as_it_is_meant_to_be(searches: list[Told]) -> None:
    """The share of answers is that of the field, and everybody says all that they may."""
    events = [event for told in searches for event in told.journey.events]
    asked = sum(isinstance(event, ProposalMade) for event in events)
    answers = sum(_is_answer_of_host(event) for event in events)
    kinds = {type(event).__name__ for event in events}

    assert 0.14 < answers / asked < 0.20
    assert {"OtherDatesAccepted", "OtherDatesDeclined", "OtherDatesLapsed"} <= kinds
