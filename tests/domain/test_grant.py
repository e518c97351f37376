import tomllib
from datetime import date, timedelta
from decimal import Decimal
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import messages as m
from domain.deadlines import Asked
from domain.errors import AlreadyDone, GrantNotAcceptable, NotAwaited, OutOfPhase, WrongRole
from domain.events import (
    GrantDecided,
    GrantReduced,
    InstalmentFellDue,
    InstalmentOverdue,
    InstalmentReclaimed,
    Outcome,
    Phase,
)
from domain.grant import (
    BASE_RATE_DAYS,
    Category,
    Grant,
    GrantDecision,
    GrantLine,
    GrantRates,
    RateStatus,
    compute_grant,
    first_instalment,
    instalment_due,
    read_rates,
)
from domain.messages import Cause
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    OFFICE,
    OPENED,
    RATES,
    Journey,
    a_funding,
    a_rate,
    a_request,
    in_agreement,
    in_preparation,
    in_visit,
    ready_to_go,
    writing,
)
from tests.domain.scenarios import instalment_is_late, one_does_not_come

SHIPPED = resources.files("domain.rates").joinpath("travel.toml").read_text("utf-8")
TRAVEL = read_rates(SHIPPED)

BANDS = [
    # lower limit in km, standard, green; calls 2024 and 2025
    (0, 0, 0),
    (10, 28, 56),
    (100, 211, 285),
    (500, 309, 417),
    (2000, 395, 535),
    (3000, 580, 785),
    (4000, 1188, 1188),
    (8000, 1735, 1735),
]
BORDERS = [
    (km, standard, green)
    for (lower, standard, green), upper in zip(
        BANDS, [lower for lower, _standard, _green in BANDS[1:]] + [20001], strict=True
    )
    for km in (lower, upper - 1)
]


def travel_for(km: int, *, green: bool = False, call_year: int = 2025) -> Decimal | None:
    funding = a_funding(distance_km=km, green_travel=green, call_year=call_year)
    rate = TRAVEL.find(Category.TRAVEL, a_request(funding=funding), "ES")
    return rate.amount if rate else None


def a_line(name: str, amount: str | None, person: str | None = None) -> GrantLine:
    return GrantLine.model_validate(
        {
            "id": name, "category": Category.TRAVEL, "participant": person, "units": 1,
            "amount": amount, "basis": "no rate on file: travel", "source": "", "status": None,
        }
    )  # fmt: skip


def decide(journey: Journey, decision: GrantDecision, **contents: object) -> None:
    facts = {"by": OFFICE, "decision": decision, "reason": writing("reason")}
    journey.say(m.DecideGrant.model_validate(facts | contents))


# Rates.


@pytest.mark.parametrize(("km", "standard", "green"), BORDERS)
def test_each_distance_band_holds_from_its_lower_limit_to_the_next(
    km: int, standard: int, green: int
) -> None:
    assert travel_for(km) == standard
    assert travel_for(km, green=True) == green


@pytest.mark.parametrize("call_year", [2023, 2026])
def test_a_call_without_rates_on_file_has_no_rate(call_year: int) -> None:
    assert travel_for(1970, call_year=call_year) is None


def test_the_rate_goes_by_the_call_year_and_not_by_the_date_of_the_visit() -> None:
    rates = GrantRates(
        rates=(
            a_rate(Category.TRAVEL, "275", call_years=(2023,)),
            a_rate(Category.TRAVEL, "309", call_years=(2025,)),
        ),
        country_groups={},
    )
    request = a_request(funding=a_funding(call_year=2023))
    years_later = request.model_copy(
        update={"first_day": date(2029, 5, 5), "last_day": date(2029, 5, 7)}
    )

    for asked in (request, years_later):
        found = rates.find(Category.TRAVEL, asked, "ES")
        assert found is not None
        assert found.amount == 275


@pytest.mark.parametrize(
    "changes",
    [
        {"call_years": (2024,)},
        {"sectors": ("VET",)},
        {"national_agency": "PL"},
        {"green": True},
        {"from_km": 1971},
        {"group": 1},
    ],
)
def test_a_rate_for_other_cases_does_not_apply(changes: dict[str, object]) -> None:
    rates = GrantRates(rates=(a_rate(Category.TRAVEL, "1", **changes),), country_groups={"ES": 2})

    assert rates.find(Category.TRAVEL, a_request(), "ES") is None


def test_a_rate_of_a_country_group_does_not_apply_to_a_country_without_group() -> None:
    rates = GrantRates(rates=(a_rate(Category.TRAVEL, "1", group=2),), country_groups={"ES": 2})

    assert rates.find(Category.TRAVEL, a_request(), "ES") is not None
    assert rates.find(Category.TRAVEL, a_request(), "XX") is None


def test_a_rate_the_office_has_added_replaces_the_one_we_ship() -> None:
    annex = """
    [common]
    category = "travel"
    call_years = [2025]
    source = "Annex of the sending agency"
    status = "official"
    [[rate]]
    from_km = 500
    green = false
    amount = 310
    """

    found = read_rates(SHIPPED, annex).find(Category.TRAVEL, a_request(), "ES")

    assert found is not None
    assert found.amount == 310
    assert found.status is RateStatus.OFFICIAL


def test_every_rate_we_ship_has_a_source_and_a_status_and_none_claims_to_be_official() -> None:
    rows = tomllib.loads(SHIPPED)["rate"]

    assert len(TRAVEL.rates) == len(rows) == 2 * len(BANDS)
    for rate in TRAVEL.rates:
        assert rate.source.strip()
        assert rate.status is RateStatus.THIRD_PARTY
        assert rate.category is Category.TRAVEL


def test_every_country_we_know_is_in_one_of_three_groups() -> None:
    assert set(TRAVEL.country_groups.values()) == {1, 2, 3}
    assert TRAVEL.country_groups["ES"] == 2
    assert TRAVEL.country_groups["SE"] == 1
    assert all(len(country) == 2 and country.isupper() for country in TRAVEL.country_groups)


# Lines.


def test_a_grant_has_travel_and_support_per_person_and_support_for_the_organisations() -> None:
    lines = compute_grant(a_request(), (FRIDA, EMELIE), RATES, "ES")

    assert {line.id: (line.units, line.amount) for line in lines} == {
        "travel/p-frida": (1, Decimal(309)),
        "individual-support/p-frida": (5, Decimal(850)),
        "travel/p-emelie": (1, Decimal(309)),
        "individual-support/p-emelie": (5, Decimal(850)),
        "organisational-support": (2, Decimal(700)),
    }


def test_a_category_without_rate_is_shown_as_such_and_never_guessed() -> None:
    lines = compute_grant(a_request(), (FRIDA,), TRAVEL, "ES")

    assert [(line.id, line.amount) for line in lines] == [
        ("travel/p-frida", 309),
        ("individual-support/p-frida", None),
        ("organisational-support", None),
    ]
    assert lines[1].basis == "no rate on file: 3 days of activity and 2 of travel"
    assert lines[1].source == ""
    assert lines[1].status is None


def test_every_line_with_an_amount_names_its_source() -> None:
    for line in compute_grant(a_request(), (FRIDA, EMELIE), RATES, "ES"):
        assert line.source == "made up for tests"
        assert line.status is RateStatus.ILLUSTRATION


def test_the_basis_of_travel_says_who_read_the_distance_where_and_when() -> None:
    [travel, *_] = compute_grant(a_request(), (FRIDA,), RATES, "ES")

    assert travel.basis == (
        "1 x 309 euro: 1970 km one way, read in the distance calculator on 2026-01-15"
    )


@pytest.mark.parametrize(
    ("days", "amount"), [(BASE_RATE_DAYS - 2, Decimal(2380)), (BASE_RATE_DAYS - 1, None)]
)
def test_days_beyond_the_base_rate_are_left_to_the_office(
    days: int, amount: Decimal | None
) -> None:
    request = a_request(last_day=FIRST_DAY + timedelta(days=days - 1))

    support = compute_grant(request, (FRIDA,), RATES, "ES")[1]

    assert support.amount == amount


# Decision.


def test_an_award_takes_the_computed_amounts() -> None:
    journey = in_preparation()

    journey.award()

    assert journey.mobility.grant.decision is GrantDecision.AWARDED
    assert journey.mobility.grant.total == 3018


def test_a_line_without_rate_needs_an_amount() -> None:
    grant = Grant(lines=(a_line("a", "10"), a_line("b", None)))

    with pytest.raises(GrantNotAcceptable, match=r"No rate is on file for b: give its amount"):
        grant.decide(GrantDecision.AWARDED, {})

    assert grant.decide(GrantDecision.AWARDED, {"b": Decimal(5)}) == {"a": 10, "b": 5}


@pytest.mark.parametrize(
    ("decision", "given", "sentence"),
    [
        ("awarded", {"a": "9"}, "below the computed one: call the decision 'awarded in part'"),
        ("awarded in part", {}, "No amount is below the computed one"),
        ("awarded in part", {"a": "10"}, "No amount is below the computed one"),
        ("awarded", {"a": "10.01"}, "what the rates give: 0 to 10"),
        ("awarded in part", {"a": "-1"}, "what the rates give: 0 to 10"),
        ("awarded", {"c": "1"}, "no line c in this grant: it has a, b"),
        ("rejected", {"a": "0"}, "rejected grant has no amounts"),
    ],
)
def test_a_decision_that_is_not_what_its_amounts_say_is_refused(
    decision: str, given: dict[str, str], sentence: str
) -> None:
    grant = Grant(lines=(a_line("a", "10"), a_line("b", "20")))
    amounts = {name: Decimal(amount) for name, amount in given.items()}

    with pytest.raises(GrantNotAcceptable, match=sentence):
        grant.decide(GrantDecision(decision), amounts)


def test_an_award_in_part_lowers_a_line_and_keeps_the_others() -> None:
    grant = Grant(lines=(a_line("a", "10"), a_line("b", "20")))

    assert grant.decide(GrantDecision.AWARDED_IN_PART, {"a": Decimal(0)}) == {"a": 0, "b": 20}


def test_asking_what_a_decision_comes_to_decides_nothing() -> None:
    grant = Grant(lines=(a_line("a", "10"),))

    grant.decide(GrantDecision.AWARDED, {})

    assert grant == Grant(lines=(a_line("a", "10"),))


@pytest.mark.parametrize("decision", [GrantDecision.AWARDED_IN_PART, GrantDecision.REJECTED])
def test_a_decision_against_somebody_needs_a_reason(decision: GrantDecision) -> None:
    lowered = {"travel/p-frida": "1"} if decision is GrantDecision.AWARDED_IN_PART else {}

    with pytest.raises(GrantNotAcceptable, match="needs a reason"):
        decide(in_preparation(), decision, amounts=lowered, reason=None)


def test_a_grant_is_decided_once() -> None:
    journey = in_preparation()
    journey.award()

    with pytest.raises(AlreadyDone, match="The grant is awarded already"):
        decide(journey, GrantDecision.REJECTED)


def test_a_grant_cannot_be_decided_before_it_is_computed() -> None:
    journey = in_agreement()
    journey.mobility.enter(Phase.PREPARATION, at=journey.now)

    with pytest.raises(OutOfPhase, match="still being computed"):
        journey.tell(m.DecideGrant(by=OFFICE, decision=GrantDecision.AWARDED))


def test_a_rejected_grant_ends_the_mobility_and_awards_nothing() -> None:
    journey = in_preparation()

    decide(journey, GrantDecision.REJECTED)

    assert journey.mobility.outcome is Outcome.DECLINED
    assert journey.mobility.cause is Cause.GRANT_REJECTED
    assert journey.mobility.grant.total == 0
    assert "InstalmentFellDue" not in journey.kinds()


@given(
    computed=st.lists(st.decimals(0, 10**6, places=2) | st.none(), min_size=1, max_size=9),
    data=st.data(),
)
def test_what_is_awarded_is_the_sum_of_its_lines(
    computed: list[Decimal | None], data: st.DataObject
) -> None:
    lines = tuple(a_line(f"l{n}", None if a is None else str(a)) for n, a in enumerate(computed))
    given_amounts = {
        line.id: data.draw(st.decimals(0, line.amount or 10**6, places=2))
        for line in lines
        if line.amount is None or data.draw(st.booleans())
    }
    lowered = any(
        line.amount is not None and given_amounts.get(line.id, line.amount) < line.amount
        for line in lines
    )
    decision = GrantDecision.AWARDED_IN_PART if lowered else GrantDecision.AWARDED

    grant = Grant(lines=lines)
    grant.amounts = grant.decide(decision, given_amounts)

    assert set(grant.amounts) == {line.id for line in lines}
    assert grant.total == sum(
        given_amounts.get(line.id, line.amount or Decimal(0)) for line in lines
    )
    other = {GrantDecision.AWARDED, GrantDecision.AWARDED_IN_PART} - {decision}
    with pytest.raises(GrantNotAcceptable):
        grant.decide(other.pop(), given_amounts)


def test_the_journal_keeps_amounts_and_total_of_the_decision() -> None:
    journey = in_preparation()

    decide(journey, GrantDecision.AWARDED_IN_PART, amounts={"travel/p-frida": "100.50"})

    [decided] = [event for event in journey.events if isinstance(event, GrantDecided)]
    assert decided.amounts["travel/p-frida"] == Decimal("100.50")
    assert decided.total == sum(decided.amounts.values()) == Decimal("2809.50")


def test_a_grant_nobody_decides_lapses_the_mobility() -> None:
    journey = in_preparation()
    journey.put_agenda()
    journey.accept_agenda()

    journey.wait_out(Asked.GRANT_DECISION)

    assert journey.mobility.outcome is Outcome.LAPSED
    assert journey.mobility.cause is Cause.GRANT_UNDECIDED


# First instalment.


@pytest.mark.parametrize(
    ("signed_on", "due"),
    [
        (FIRST_DAY - timedelta(days=40), FIRST_DAY - timedelta(days=10)),
        (FIRST_DAY - timedelta(days=31), FIRST_DAY - timedelta(days=1)),
        (FIRST_DAY - timedelta(days=30), FIRST_DAY),
        (FIRST_DAY - timedelta(days=29), FIRST_DAY),
        (FIRST_DAY - timedelta(days=1), FIRST_DAY),
    ],
)
def test_the_first_instalment_is_due_after_thirty_days_or_at_the_start_if_sooner(
    signed_on: date, due: date
) -> None:
    assert instalment_due(signed_on=signed_on, first_day=FIRST_DAY) == due


@pytest.mark.parametrize(
    ("amounts", "percent", "paid"),
    [
        (("309", "850"), 80, "927.20"),
        (("309", "850"), 100, "1159.00"),
        (("0.01", "0"), 99, "0.00"),
        (("33.33", "0"), 70, "23.33"),
        (("0.99", "0.98"), 75, "1.47"),
    ],
)
def test_the_first_instalment_is_rounded_down_to_the_cent(
    amounts: tuple[str, str], percent: int, paid: str
) -> None:
    grant = Grant(
        lines=(a_line("a", None, FRIDA), a_line("b", None, FRIDA), a_line("c", None, EMELIE)),
        amounts={"a": Decimal(amounts[0]), "b": Decimal(amounts[1]), "c": Decimal(77)},
    )

    instalment = first_instalment(grant, FRIDA, percent)

    assert str(instalment) == paid


@given(own=st.decimals(0, 10**6, places=2), percent=st.integers(70, 100))
def test_the_first_instalment_is_never_more_than_the_share_and_less_than_a_cent_below(
    own: Decimal, percent: int
) -> None:
    grant = Grant(lines=(a_line("a", None, FRIDA),), amounts={"a": own})

    below = own * percent / 100 - first_instalment(grant, FRIDA, percent)

    assert 0 <= below < Decimal("0.01")


def test_an_award_sets_the_instalment_of_each_who_travels() -> None:
    journey = in_preparation()
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    journey.award()

    [due] = [event for event in journey.events if isinstance(event, InstalmentFellDue)]
    assert due.due == OPENED.date() + timedelta(days=30)
    assert due.amounts == {FRIDA: Decimal("927.20")}


def test_an_instalment_that_is_paid_is_not_asked_for_any_more() -> None:
    journey = in_preparation()
    journey.award()
    assert journey.mobility.waits["instalment"].awaited == [COORDINATOR]

    journey.pay()
    journey.wait(40)

    assert "instalment" not in journey.mobility.waits
    assert "InstalmentOverdue" not in journey.kinds()


def test_no_instalment_can_be_confirmed_before_the_award() -> None:
    with pytest.raises(NotAwaited, match="the grant has not been awarded"):
        in_preparation().pay()


@pytest.mark.parametrize("days", [-1, 1])
def test_an_instalment_is_paid_between_award_and_today(days: int) -> None:
    journey = in_preparation()
    journey.award()
    paid_on = journey.now.date() + timedelta(days=days)

    with pytest.raises(GrantNotAcceptable, match="is not between the award"):
        journey.say(m.ConfirmInstalment(by=COORDINATOR, paid_on=paid_on))


def test_an_instalment_is_confirmed_once() -> None:
    with pytest.raises(AlreadyDone, match="was paid on 2026-02-02 already"):
        ready_to_go().pay()


def test_the_host_cannot_confirm_the_instalment() -> None:
    journey = in_preparation()
    journey.award()

    with pytest.raises(WrongRole):
        journey.say(m.ConfirmInstalment(by=HOST, paid_on=journey.now.date()))


def test_a_late_instalment_is_reported_and_stops_nobody() -> None:
    journey = instalment_is_late()

    assert [event for event in journey.events if isinstance(event, InstalmentOverdue)] == [
        InstalmentOverdue(due=OPENED.date() + timedelta(days=30))
    ]
    assert journey.mobility.phase is Phase.VISIT
    journey.pay()
    assert journey.mobility.grant.instalment_paid_on == FIRST_DAY


def test_money_paid_to_one_who_withdraws_before_travelling_is_asked_back() -> None:
    journey = ready_to_go()

    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    assert journey.kinds()[-3:] == ["ParticipantWithdrew", "InstalmentReclaimed", "GrantReduced"]
    assert journey.events[-2:] == [
        InstalmentReclaimed(amounts={EMELIE: Decimal("927.20")}),
        GrantReduced(participant=EMELIE, fallen=Decimal(1159), total=Decimal(1859)),
    ]
    assert journey.mobility.grant.total == Decimal(1859)


def test_money_that_was_never_paid_is_not_asked_back() -> None:
    journey = in_preparation()
    journey.award()

    journey.say(m.CancelMobility(by=OFFICE, cause=Cause.FORCE_MAJEURE))

    assert "InstalmentReclaimed" not in journey.kinds()


def test_money_paid_to_one_who_never_came_is_asked_back_although_the_visit_took_place() -> None:
    journey = one_does_not_come()

    assert journey.mobility.outcome is Outcome.COMPLETED
    assert [entry.facts for entry in journey.journal if entry.kind == "InstalmentReclaimed"] == [
        {"amounts": {EMELIE: "927.20"}}
    ]


def test_nobody_who_arrived_pays_back_when_the_visit_breaks_off() -> None:
    journey = in_visit()
    journey.say(m.ConfirmArrival(by=HOST, participants=(FRIDA,), on=FIRST_DAY))

    journey.say(m.DeclineMobility(by=HOST, cause=Cause.FORCE_MAJEURE))

    assert [entry.facts for entry in journey.journal if entry.kind == "InstalmentReclaimed"] == [
        {"amounts": {EMELIE: "927.20"}}
    ]


def test_a_grant_is_put_before_the_office_anew_when_somebody_withdraws_before_the_decision() -> (
    None
):
    journey = in_preparation()

    journey.say(m.WithdrawParticipant(by=FRIDA, participant=FRIDA, cause=Cause.ILLNESS))
    journey.award()

    assert journey.kinds().count("GrantComputed") == 2
    assert not [line for line in journey.mobility.grant.lines if line.participant == FRIDA]
    assert not [name for name in journey.mobility.grant.amounts if FRIDA in name]
    shared = journey.mobility.grant.lines[-1]
    assert shared.participant is None
    assert shared.units == 1


def test_the_first_instalment_is_counted_from_the_signature_and_not_from_the_award() -> None:
    journey = in_preparation()
    signed_on = journey.mobility.agreement.in_force_on
    assert signed_on is not None
    journey.wait(10)

    journey.award()

    assert journey.mobility.grant.instalment_due == signed_on + timedelta(days=30)


def test_an_award_after_that_makes_the_instalment_due_the_day_after() -> None:
    journey = in_preparation()
    journey.wait(40)

    journey.award()

    assert journey.mobility.grant.instalment_due == journey.now.date() + timedelta(days=1)
