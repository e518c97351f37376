"""How a search went, read from the journal: each host in its turn, and what came of asking it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain import messages as m
from domain.host_search import HostSaid, HostSearch, host_search
from domain.matching import DeclineReason
from tests.builders import (
    FIRST_DAY,
    HOST,
    LAST_DAY,
    SOC,
    SOC_OFFER,
    VESTLAND,
    Journey,
    in_matching,
)
from tests.domain.scenarios import (
    first_host_declines,
    other_dates_are_declined,
    other_dates_stay_unanswered,
    to_the_end,
)

LATER = (FIRST_DAY + timedelta(days=35), LAST_DAY + timedelta(days=35))


def _searched(journey: Journey) -> HostSearch:
    return host_search(journey.events)


def _dates_put_forward() -> Journey:
    journey = in_matching()
    journey.put_forward_dates()
    return journey


@pytest.mark.parametrize(
    ("drive", "said"),
    [
        (in_matching, [HostSaid.NOTHING_YET]),
        (_dates_put_forward, [HostSaid.OTHER_DATES]),
        (other_dates_are_declined, [HostSaid.DATES_DECLINED, HostSaid.NOTHING_YET]),
        (other_dates_stay_unanswered, [HostSaid.DATES_UNANSWERED, HostSaid.DATES_UNANSWERED]),
        (lambda: to_the_end(in_matching()), [HostSaid.NOTHING, HostSaid.NOTHING]),
    ],
)
def test_each_host_is_told_of_in_its_turn(
    drive: Callable[[], Journey], said: list[HostSaid]
) -> None:
    search = _searched(drive())

    assert [host.said for host in search.asked] == said
    assert [host.organisation for host in search.asked] == [SOC, VESTLAND][: len(said)]
    dates = [host.other_dates for host in search.asked if host.other_dates]
    assert set(dates) <= {LATER}
    assert len(dates) == sum("other dates" in one for one in said)


def test_the_reason_of_a_no_is_kept() -> None:
    first, *_ = _searched(first_host_declines()).asked

    assert (first.said, first.reason) == (HostSaid.NO, DeclineReason.DATES)


def test_hosts_for_which_no_time_was_left_are_counted() -> None:
    journey = in_matching()
    journey.now += timedelta(days=80)
    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.STAFF))

    assert _searched(journey).not_asked == 1
    assert _searched(other_dates_stay_unanswered()).not_asked == 0


def test_a_move_begins_the_search_anew_and_the_acceptance_of_dates_does_not() -> None:
    journey = in_matching()
    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.DATES))
    journey.move()

    assert [host.said for host in _searched(journey).asked] == [HostSaid.NOTHING_YET]
    accepted = _dates_put_forward()
    accepted.say(m.AcceptOtherDates(by=accepted.mobility.request.coordinator, offer=SOC_OFFER))
    assert [host.other_dates for host in _searched(accepted).asked] == [LATER]


def test_nothing_is_read_from_nothing() -> None:
    assert host_search(()) == HostSearch()
    assert HostSearch().not_asked == 0
