from datetime import timedelta

import pytest

from domain.case_view import CaseView, roles_in, view_of
from domain.deadlines import MEANINGS, Asked
from domain.events import Outcome, Phase
from domain.letters import reason_stands
from domain.people import Role
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    OFFICE,
    OPENED,
    SOC,
    SOC_OFFER,
    STRANGER,
    Journey,
    a_request,
    an_offer,
    completed,
    day_of,
    in_agreement,
    in_matching,
    in_phase,
    ready_to_go,
)
from tests.domain.scenarios import ENDINGS, EVERY_SCENARIO


def test_a_page_kept_and_read_back_is_the_same_page() -> None:
    for drive in EVERY_SCENARIO:
        view = view_of(drive().mobility)

        assert CaseView.model_validate_json(view.model_dump_json()) == view


def test_a_page_from_a_newer_worker_can_be_read() -> None:
    view = view_of(in_agreement().mobility)
    newer = view.model_dump(mode="json") | {"mood": "excellent"}

    assert CaseView.model_validate(newer) == view


def test_the_page_shows_what_is_asked_of_whom_until_when_and_what_silence_means() -> None:
    journey = in_agreement()
    journey.sign(HOST)
    view = view_of(journey.mobility)

    [question] = view.questions

    assert question.asked is Asked.SIGNATURES
    assert question.people == (COORDINATOR, FRIDA, EMELIE)
    assert question.since == OPENED
    assert question.due == view.next_due
    assert question.next_reminder is not None
    assert question.next_reminder.date() == OPENED.date() + timedelta(days=7)
    assert question.act == MEANINGS[Asked.SIGNATURES].act
    assert question.silence == "the mobility lapses"
    assert view.signed == (HOST,)


def test_the_reason_of_a_letter_stands_only_while_that_person_is_waited_for() -> None:
    journey = in_agreement()
    orders = {o.to: o for o in journey.letters() if o.while_asked is Asked.SIGNATURES}
    journey.sign(HOST)
    view = view_of(journey.mobility)

    assert reason_stands(orders[FRIDA], view)
    assert not reason_stands(orders[HOST], view)


def test_a_host_that_is_being_asked_is_shown_as_such() -> None:
    view = view_of(in_matching().mobility)

    assert view.pending_offer == SOC_OFFER
    assert view.receiving == SOC


def test_a_mobility_without_any_host_shows_none() -> None:
    view = view_of(Journey(offers=(an_offer(places=1),)).mobility)

    assert view.host is None
    assert view.receiving is None
    assert view.next_due is None


def test_once_a_host_has_accepted_no_offer_is_pending() -> None:
    view = view_of(in_agreement().mobility)

    assert view.pending_offer is None
    assert view.receiving == SOC


def test_the_page_shows_what_was_awarded_paid_and_agreed() -> None:
    view = view_of(ready_to_go().mobility)

    assert view.grant_total == 3018
    assert view.instalment_due == OPENED.date() + timedelta(days=30)
    assert view.instalment_paid_on == OPENED.date()
    assert (view.agenda_version, view.agenda_accepted) == (1, True)
    assert view.agreement_document == "document-1"
    assert view.in_force_on == OPENED.date()


def test_the_page_of_a_completed_mobility_asks_nobody_anything() -> None:
    view = view_of(completed().mobility)

    assert view.questions == ()
    assert view.outcome is Outcome.COMPLETED
    assert view.days_confirmed == (FIRST_DAY, day_of(2), day_of(3))
    assert set(view.evaluated) == {FRIDA, EMELIE, HOST}
    assert view.card == {"card.md": "digest-of-card"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_page_says_how_and_why_it_ended(ending: str) -> None:
    view = view_of(ENDINGS[ending]().mobility)

    assert view.phase is Phase.CLOSED
    assert view.outcome is not None
    assert (view.cause is None) is (view.outcome is Outcome.COMPLETED)


@pytest.mark.parametrize("phase", Phase)
def test_everybody_is_shown_in_their_capacity(phase: Phase) -> None:
    view = view_of(in_phase(phase).mobility)
    request = a_request()

    assert roles_in(request, view, COORDINATOR) == (Role.SENDING,)
    assert roles_in(request, view, HOST) == (Role.RECEIVING,)
    assert roles_in(request, view, OFFICE) == (Role.OFFICE,)
    assert roles_in(request, view, FRIDA) == (Role.PARTICIPANT,)
    assert roles_in(request, view, STRANGER) == ()
