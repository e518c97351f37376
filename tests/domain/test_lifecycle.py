from itertools import product

import pytest

from domain import messages as m
from domain.errors import CauseNotAcceptable, OutOfPhase, WrongRole
from domain.events import Phase
from domain.hearing import check_may, hear
from domain.lifecycle import PERMISSIONS, STEPS, STOPS, Step, check_permission
from domain.messages import Cause
from domain.people import SYSTEM, Role
from tests.builders import IN_ROLE, Journey, a_message, in_phase
from tests.domain.scenarios import EVERY_SCENARIO, STEPS_DRIVEN, transitions

EVERY_COMBINATION = list(product(m.Message.__subclasses__(), Phase, Role))
ALLOWED = [
    (kind, phase, role)
    for kind, phase, role in EVERY_COMBINATION
    if phase in PERMISSIONS[kind].phases and role in PERMISSIONS[kind].roles
]
ON_A_CONDITION = [
    (kind, Phase.MATCHING, Role.RECEIVING) for kind in (m.CorrectAddress, m.MoveVisit)
]
"""What the table allows and another rule does not, as long as the host has not said yes."""
FORBIDDEN = [combination for combination in EVERY_COMBINATION if combination not in ALLOWED]


def is_a_sentence(text: str) -> bool:
    return text[0].isupper() and text.endswith(".") and len(text.split()) >= 5


def standing_where_it_can_be_said(kind: type[m.Message], phase: Phase) -> Journey:
    journey = in_phase(phase)
    if phase is Phase.PREPARATION and kind is m.ConfirmInstalment:
        journey.award()
    if kind in (m.AcceptAgenda, m.ReturnAgenda) and phase is Phase.PREPARATION:
        journey.put_agenda()
    if kind is m.ConfirmDeparture and phase is Phase.VISIT:
        frida = IN_ROLE[Role.PARTICIPANT]
        today = journey.now.date()
        journey.say(m.ConfirmArrival(by=IN_ROLE[Role.RECEIVING], participants=(frida,), on=today))
    if kind in (m.AcceptOtherDates, m.DeclineOtherDates) and phase is Phase.MATCHING:
        journey.put_forward_dates()
    if kind is m.CorrectAddress:
        for person in (IN_ROLE[Role.PARTICIPANT], IN_ROLE[Role.SENDING]):
            journey.lose(person)
    if kind is m.ConfirmInstalment and phase in (Phase.VISIT, Phase.EVALUATION):
        journey.mobility.grant.instalment_paid_on = None
    return journey


def test_every_kind_of_message_stands_in_the_table_once() -> None:
    assert set(PERMISSIONS) == set(m.Message.__subclasses__())


def test_no_message_is_for_nobody_or_for_a_closed_mobility() -> None:
    for permission in PERMISSIONS.values():
        assert permission.roles
        assert permission.phases
        assert Role.SYSTEM not in permission.roles
        assert Phase.CLOSED not in permission.phases


@pytest.mark.parametrize(
    ("kind", "phase", "role"), [found for found in ALLOWED if found not in ON_A_CONDITION]
)
def test_what_the_table_allows_is_heard(kind: type[m.Message], phase: Phase, role: Role) -> None:
    journey = standing_where_it_can_be_said(kind, phase)
    message = a_message(kind, IN_ROLE[role], journey)
    before = journey.mobility.n

    check_permission(kind, phase, (role,))
    number = hear(journey.mobility, message, at=journey.now, message_id="once")

    assert before < number <= journey.mobility.n
    assert journey.journal[number - 1].by == message.by


@pytest.mark.parametrize(("kind", "phase", "role"), FORBIDDEN)
def test_what_the_table_does_not_allow_is_refused_with_the_right_reason(
    kind: type[m.Message], phase: Phase, role: Role
) -> None:
    journey = in_phase(phase)
    message = a_message(kind, IN_ROLE[role], journey)
    reason = OutOfPhase if role in PERMISSIONS[kind].roles else WrongRole

    with pytest.raises(reason) as by_table:
        check_permission(kind, phase, (role,))
    with pytest.raises(reason) as by_mobility:
        check_may(journey.mobility, message, at=journey.now)

    assert type(by_table.value) is reason
    assert type(by_mobility.value) is reason
    assert is_a_sentence(str(by_table.value))
    assert is_a_sentence(str(by_mobility.value))


def test_the_refusal_says_who_could_and_as_what_you_came() -> None:
    with pytest.raises(WrongRole) as refusal:
        check_permission(m.DecideGrant, Phase.PREPARATION, (Role.SENDING,))

    assert str(refusal.value) == (
        "To decide on the grant is for the programme office; you act as sending coordinator: "
        "ask them to do it."
    )


def test_one_of_several_roles_is_enough() -> None:
    check_permission(m.DecideGrant, Phase.PREPARATION, (Role.SENDING, Role.OFFICE))


def test_whoever_has_no_role_may_say_nothing() -> None:
    for kind, permission in PERMISSIONS.items():
        with pytest.raises(WrongRole):
            check_permission(kind, permission.phases[0], ())


def test_a_closed_mobility_says_that_it_is_closed() -> None:
    with pytest.raises(OutOfPhase, match="closed: nothing about it can be changed"):
        check_permission(m.CancelMobility, Phase.CLOSED, (Role.OFFICE,))


def test_every_step_is_driven_by_a_journey() -> None:
    assert set(STEPS_DRIVEN) == {step.condition for step in STEPS}
    assert len({step.condition for step in STEPS}) == len(STEPS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.condition)
def test_every_step_of_the_table_can_be_taken(step: Step) -> None:
    journey = STEPS_DRIVEN[step.condition]()

    assert transitions(journey.journal)[-1] == (step.source, step.target)
    assert journey.mobility.phase is step.target


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.condition)
def test_every_step_is_taken_by_whom_the_table_names(step: Step) -> None:
    journey = STEPS_DRIVEN[step.condition]()
    journal = journey.journal
    place = max(
        n for n, entry in enumerate(journal) if entry.kind in ("PhaseEntered", "MobilityEnded")
    )
    spoke = [entry.by for entry in journal[:place] if entry.by != SYSTEM]

    if step.target is Phase.CLOSED:
        by = journal[place].by
        assert set(journey.mobility.roles_of(by) or (Role.SYSTEM,)) <= set(step.by)
    else:
        assert journal[place].by == SYSTEM
        opened_by = journey.mobility.roles_of(spoke[-1])
        assert step.by == (Role.SYSTEM,) or set(opened_by) <= set(step.by)


def test_no_journey_takes_a_step_outside_the_table() -> None:
    taken = {step for drive in EVERY_SCENARIO for step in transitions(drive().journal)}

    assert taken == {(step.source, step.target) for step in STEPS}


def test_every_phase_but_the_last_can_be_stopped_and_evaluation_by_an_operator_only() -> None:
    stopped = {phase for stop in STOPS for phase in stop.sources}
    by_people = {phase for stop in STOPS if stop.by for phase in stop.sources}

    assert stopped == set(Phase) - {Phase.CLOSED}
    assert by_people == stopped - {Phase.EVALUATION}


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause not in m.CAUSES_OF_PEOPLE])
def test_people_give_no_cause_that_only_silence_can_have(cause: Cause) -> None:
    journey = in_phase(Phase.AGREEMENT)

    with pytest.raises(CauseNotAcceptable, match="is for the engine to find"):
        journey.say(m.CancelMobility(by=IN_ROLE[Role.SENDING], cause=cause))

    assert journey.mobility.outcome is None


def test_no_step_leads_out_of_a_closed_mobility() -> None:
    assert Phase.CLOSED not in {step.source for step in STEPS}


def test_every_phase_but_the_first_can_be_reached_and_every_phase_can_end() -> None:
    ways = {(step.source, step.target) for step in STEPS}

    assert {target for _source, target in ways} == set(Phase) - {Phase.MATCHING}
    assert {source for source, target in ways if target is Phase.CLOSED} == (
        set(Phase) - {Phase.CLOSED}
    )
