import pytest

from domain import events as e
from domain.case_view import view_of
from domain.errors import AlreadyDone, MergeNotAcceptable
from domain.events import Outcome, Phase
from domain.facts import PersonId
from domain.hearing import check_may, hear
from domain.letters import Purpose, letters_after
from domain.lifecycle import BEFORE_VISIT
from domain.messages import Cause, MergeMobility, TakeInMobility, WithdrawParticipant
from tests.builders import (
    ANOTHER,
    COORDINATOR,
    EMELIE,
    FRIDA,
    HOST,
    OFFICE,
    REFERENCE,
    Journey,
    in_agreement,
    in_matching,
    in_phase,
    in_preparation,
    ready_to_go,
)

THERE = {FRIDA: PersonId("p-frida-there"), EMELIE: PersonId("p-emelie-there")}
HEAD = "a" * 64


def merge(by: PersonId = COORDINATOR, **changes: object) -> MergeMobility:
    given = {"by": by, "into": ANOTHER, "people": THERE} | changes
    return MergeMobility.model_validate(given)


@pytest.mark.parametrize("by", [COORDINATOR, OFFICE])
@pytest.mark.parametrize("phase", BEFORE_VISIT)
def test_a_duplicate_ends_as_merged_and_says_where_it_goes_on(phase: Phase, by: PersonId) -> None:
    journey = in_phase(phase)

    journey.say(merge(by))

    *_, merged, ended = (entry.event() for entry in journey.journal)
    assert merged == e.MobilityMerged(into=ANOTHER, people=THERE)
    assert ended == e.MobilityEnded(outcome=Outcome.CANCELLED, cause=Cause.MERGED, note=None)
    assert {entry.by for entry in journey.journal[-2:]} == {by}
    view = view_of(journey.mobility)
    assert (view.outcome, view.cause, view.merged_into) == ("cancelled", Cause.MERGED, ANOTHER)
    assert view.questions == ()


def test_everybody_who_had_a_part_in_a_duplicate_is_told_once() -> None:
    journey = in_preparation()
    before = journey.mobility.n

    journey.say(merge())

    fresh = [entry for entry in journey.journal if entry.n > before]
    orders = [order for entry in fresh for order in letters_after(entry, journey.mobility)]
    assert {order.purpose for order in orders} == {Purpose.MOBILITY_ENDED}
    assert [order.to for order in orders] == [COORDINATOR, HOST, OFFICE, FRIDA, EMELIE]


def test_whoever_has_withdrawn_need_not_take_part_in_the_other() -> None:
    journey = in_agreement()
    journey.say(WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))

    journey.say(merge(people={FRIDA: THERE[FRIDA]}))

    assert journey.mobility.outcome is Outcome.CANCELLED


def instalment_is_paid() -> Journey:
    journey = ready_to_go()
    assert journey.mobility.grant.instalment_paid_on
    return journey


@pytest.mark.parametrize(
    ("journey", "message", "sentence"),
    [
        (in_matching, merge(people={FRIDA: FRIDA}), f"{EMELIE} takes part in {REFERENCE} and not"),
        (in_matching, merge(people={}), "so that visit would be lost: merge the other way round"),
        (in_matching, merge(into=REFERENCE), f"{REFERENCE} cannot be merged with itself"),
        (
            instalment_is_paid,
            merge(),
            "has been paid, and would be lost sight of: merge the other",
        ),
    ],
)
def test_nothing_is_lost_by_merging(journey: object, message: MergeMobility, sentence: str) -> None:
    assert callable(journey)
    standing: Journey = journey()
    before = standing.mobility.model_dump_json()

    with pytest.raises(MergeNotAcceptable, match=sentence) as refused:
        check_may(standing.mobility, message, at=standing.now)

    assert str(refused.value).endswith(".")
    assert standing.mobility.model_dump_json() == before


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.CLOSED])
def test_what_goes_on_holds_the_head_of_the_other_and_nothing_else_changes(phase: Phase) -> None:
    journey = in_phase(phase)
    before, waits = view_of(journey.mobility), journey.mobility.model_copy(deep=True).waits

    journey.say(TakeInMobility(by=COORDINATOR, reference=ANOTHER, head=HEAD))

    entry = journey.journal[-1]
    assert entry.event() == e.MobilityTakenIn(reference=ANOTHER, head=HEAD)
    assert letters_after(entry, journey.mobility) == []
    after = view_of(journey.mobility)
    assert after == before.model_copy(update={"n": before.n + 1, "taken_in": (ANOTHER,)})
    assert journey.mobility.waits == waits


def test_a_mobility_is_taken_in_once_and_never_by_itself() -> None:
    journey = in_matching()
    message = TakeInMobility(by=COORDINATOR, reference=ANOTHER, head=HEAD)
    first = hear(journey.mobility, message, at=journey.now, message_id="once")

    assert hear(journey.mobility, message, at=journey.now, message_id="once") == first
    with pytest.raises(AlreadyDone, match=f"{ANOTHER} has been merged with {REFERENCE} already"):
        check_may(journey.mobility, message, at=journey.now)
    itself = message.model_copy(update={"reference": REFERENCE})
    with pytest.raises(MergeNotAcceptable, match="cannot be merged with itself"):
        check_may(journey.mobility, itself, at=journey.now)
