"""What a sender is told when no host can be asked."""

import pytest

from domain.matching import Ranking, Rule
from domain.relaxing import HELPS_AGAINST, WHY, Relaxation, what_would_help, why_nobody


def nobody(counts: dict[Rule, int], alone: dict[Rule, int] | None = None) -> Ranking:
    return Ranking(hosts=(), excluded=(), counts=counts, alone=alone or {})


@pytest.mark.parametrize("rule", Rule)
def test_every_broken_rule_is_told_in_words_for_one_host_and_for_several(rule: Rule) -> None:
    [one], [many] = why_nobody(nobody({rule: 1})), why_nobody(nobody({rule: 1200}))

    assert "1 " in one.said
    assert "1,200 " in many.said
    assert one.said != many.said.replace("1,200", "1")


def test_rules_are_told_in_their_order_and_only_those_that_are_broken() -> None:
    told = why_nobody(nobody({Rule.LANGUAGE: 2, Rule.DATES: 1, Rule.GROUP: 0}))

    assert [line.said for line in told] == [
        "1 host is not open on all days of the visit",
        "2 hosts speak none of the languages asked for well enough",
    ]


def test_what_helps_most_is_told_first_and_dates_help_against_all_that_hangs_on_days() -> None:
    alone = {Rule.DATES: 2, Rule.CAPACITY: 1, Rule.LANGUAGE: 4}

    told = what_would_help(nobody({Rule.LANGUAGE: 9}, alone))

    assert [line.said for line in told] == [
        "4 hosts could be asked if another language or a lower level were enough",
        "3 hosts could be asked if the visit were on other dates",
    ]


def test_hosts_that_something_else_keeps_out_too_are_no_help() -> None:
    assert what_would_help(nobody(dict.fromkeys(Rule, 7))) == ()


@pytest.mark.parametrize("rule", [Rule.OWN, Rule.PAUSED, Rule.ELIGIBILITY, Rule.DECLINED])
def test_nothing_is_proposed_against_rules_a_sender_cannot_change(rule: Rule) -> None:
    assert what_would_help(nobody({rule: 3}, {rule: 3})) == ()


def test_every_rule_has_words_and_every_relaxation_a_rule() -> None:
    assert set(WHY) == set(Rule)
    assert set(HELPS_AGAINST) == set(Relaxation)
