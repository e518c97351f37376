"""One journey for every step of the lifecycle and for every way a mobility can end."""

from collections.abc import Callable

from domain import messages as m
from domain.deadlines import Asked
from domain.events import Entry, MobilityEnded, Phase, PhaseEntered
from domain.grant import GrantDecision
from domain.holding import Hindrance, NewPause
from domain.matching import DeclineReason
from domain.messages import Cause
from tests.builders import (
    ANOTHER,
    COORDINATOR,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    OFFICE,
    SECOND_HOST,
    SOC_OFFER,
    VESTLAND,
    VESTLAND_OFFER,
    Journey,
    completed,
    in_agreement,
    in_evaluation,
    in_event,
    in_matching,
    in_preparation,
    in_visit,
    noon,
    ready_to_go,
    writing,
)


def to_the_end(journey: Journey) -> Journey:
    """Everybody keeps silent from now on, until the mobility is closed or a year has gone by."""
    journey.wait(365)
    return journey


def every_host_is_full() -> Journey:
    """One has no room on a day of the visit, the other has enough requests before it."""
    return Journey(full={SOC_OFFER: Hindrance.FULL, VESTLAND_OFFER: Hindrance.BUSY})


def a_place_comes_free() -> Journey:
    """Every host is full, until the second of them has room some days later."""
    journey = every_host_is_full()
    journey.wait(3)
    del journey.full[VESTLAND_OFFER]
    journey.wait(4)
    return journey


def moved_while_every_host_is_full() -> Journey:
    """No host has room, so the sending coordinator chooses other days, for which one has."""
    journey = every_host_is_full()
    journey.full.clear()
    journey.move()
    return journey


def a_host_is_paused() -> Journey:
    """The first host declines, and the other one has not answered anybody for long."""
    journey = in_matching()
    journey.full[VESTLAND_OFFER] = Hindrance.PAUSED
    pause = NewPause(organisation=VESTLAND, coordinator=SECOND_HOST, since=journey.now)
    journey.paused = (pause,)
    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.STAFF))
    return journey


def visit_begins() -> Journey:
    """The office awards, the agenda goes to and fro once, and the first day comes."""
    journey = in_preparation()
    journey.award()
    journey.put_agenda()
    journey.say(m.ReturnAgenda(by=COORDINATOR, version=1, note=writing("note")))
    journey.put_agenda()
    journey.accept_agenda()
    journey.pay()
    journey.wait_until(noon(FIRST_DAY))
    return journey


def agenda_changes() -> Journey:
    """The host changes the accepted agenda, and the sending side accepts that too."""
    journey = ready_to_go()
    journey.put_agenda()
    journey.accept_agenda()
    return journey


def change_stays_unanswered() -> Journey:
    """The host changes the accepted agenda, nobody answers, and the visit begins."""
    journey = ready_to_go()
    journey.put_agenda()
    journey.wait_until(noon(FIRST_DAY))
    return journey


def other_dates_are_accepted() -> Journey:
    """The host puts forward other dates, and the sending coordinator accepts them."""
    journey = in_matching()
    journey.put_forward_dates()
    journey.say(m.AcceptOtherDates(by=COORDINATOR, offer=SOC_OFFER))
    return journey


def other_dates_are_declined() -> Journey:
    """The host puts forward other dates, they do not suit, and the next host is asked."""
    journey = in_matching()
    journey.put_forward_dates()
    journey.say(m.DeclineOtherDates(by=COORDINATOR, offer=SOC_OFFER, note=writing("note")))
    return journey


def other_dates_stay_unanswered() -> Journey:
    """Both hosts put forward other dates, and the sending coordinator answers neither."""
    journey = in_matching()
    for _host in range(2):
        journey.put_forward_dates()
        journey.wait_out(Asked.OTHER_DATES)
    return journey


def visit_is_moved() -> Journey:
    """All is settled, and the host moves the visit: everybody is to sign anew."""
    journey = ready_to_go()
    journey.move(HOST)
    return journey


def moved_while_a_host_is_asked() -> Journey:
    """The host that is asked now is asked for the new days."""
    journey = in_matching()
    journey.move()
    return journey


def moved_and_completed() -> Journey:
    """Moved when all was settled, to as many days: signed anew, planned anew, and lived."""
    journey = visit_is_moved()
    journey.sign(*journey.mobility.signatories)
    journey.put_agenda()
    journey.accept_agenda()
    journey.attend(*journey.mobility.taking_part)
    journey.report()
    journey.answer(*journey.mobility.taking_part, HOST)
    return journey


def nobody_comes() -> Journey:
    """The instalment is paid, and nobody attends."""
    journey = in_visit()
    journey.attend()
    return journey


def host_refuses_to_sign() -> Journey:
    """The receiving coordinator will not sign."""
    journey = in_agreement()
    journey.say(m.RefuseToSign(by=HOST))
    return journey


def grant_is_rejected() -> Journey:
    """The programme office says no."""
    journey = in_preparation()
    decision = GrantDecision.REJECTED
    journey.say(m.DecideGrant(by=OFFICE, decision=decision, reason=writing("reason")))
    return journey


def departure_is_never_confirmed() -> Journey:
    """Two days are confirmed, and then the host says no more."""
    journey = in_visit()
    days = journey.mobility.request.days
    journey.wait_until(noon(days[-1]))
    people = journey.mobility.taking_part
    journey.say(m.ConfirmArrival(by=HOST, participants=people, on=days[0]))
    for day in days[:2]:
        journey.say(m.ConfirmAttendance(by=HOST, day=day, present=people))
    journey.wait(20)
    return journey


STEPS_DRIVEN: dict[str, Callable[[], Journey]] = {
    "a host accepts": in_agreement,
    "the dates that a host has put forward are accepted": other_dates_are_accepted,
    "no host is left: lapsed": lambda: to_the_end(in_matching()),
    "everybody has signed": in_preparation,
    "a party refuses to sign: declined": host_refuses_to_sign,
    "signatures are missing at the deadline: lapsed": lambda: to_the_end(in_agreement()),
    "the grant is awarded, the agenda accepted, and the first day has come": visit_begins,
    "the grant is rejected: declined": grant_is_rejected,
    "no decision or no accepted agenda at the deadline: lapsed": (
        lambda: to_the_end(in_preparation())
    ),
    "the visit is moved": visit_is_moved,
    "every day is confirmed and everybody has left": in_evaluation,
    "nobody attended: cancelled": nobody_comes,
    "no attendance is confirmed at the deadline: lapsed": lambda: to_the_end(in_visit()),
    "some attendance is confirmed at the deadline": departure_is_never_confirmed,
    "the card is published, or its facts stay in contradiction: completed": completed,
}
"""A journey for each condition in the table of steps; its last step is that one."""


def first_host_declines() -> Journey:
    """The first host says no, the second says yes."""
    journey = in_matching()
    journey.say(m.DeclineProposal(by=HOST, offer=SOC_OFFER, reason=DeclineReason.DATES))
    journey.accept_place()
    return journey


def agenda_never_comes() -> Journey:
    """The grant is settled and the host sends no agenda."""
    journey = in_preparation()
    journey.award()
    journey.pay()
    return to_the_end(journey)


def agenda_is_never_accepted() -> Journey:
    """The host sends an agenda and nobody looks at it."""
    journey = in_preparation()
    journey.award()
    journey.pay()
    journey.put_agenda()
    return to_the_end(journey)


def instalment_is_late() -> Journey:
    """The first instalment is not paid before the visit, which goes ahead."""
    journey = in_preparation()
    journey.award()
    journey.put_agenda()
    journey.accept_agenda()
    journey.wait_until(noon(FIRST_DAY))
    return journey


def everybody_withdraws() -> Journey:
    """The instalment is paid, then one participant falls ill and the other is withdrawn."""
    journey = ready_to_go()
    journey.say(m.WithdrawParticipant(by=FRIDA, participant=FRIDA, cause=Cause.ILLNESS))
    journey.say(m.WithdrawParticipant(by=COORDINATOR, participant=EMELIE, cause=Cause.WORK))
    return journey


def host_gives_up() -> Journey:
    """The host can no longer take anybody."""
    journey = ready_to_go()
    journey.say(m.DeclineMobility(by=HOST, cause=Cause.HOST_UNABLE))
    return journey


def office_cancels() -> Journey:
    """The programme office stops it while a host is being asked."""
    journey = in_matching()
    journey.say(m.CancelMobility(by=OFFICE, cause=Cause.FORCE_MAJEURE))
    return journey


def it_was_a_duplicate() -> Journey:
    """While a host is asked somebody notices that the same mobility is on its way already."""
    journey = in_matching()
    people = {p: p for p in journey.mobility.taking_part}
    journey.say(m.MergeMobility(by=COORDINATOR, into=ANOTHER, people=people))
    return journey


def a_duplicate_is_taken_in() -> Journey:
    """Another mobility was merged with this one, which goes on as if nothing had happened."""
    journey = in_preparation()
    journey.say(m.TakeInMobility(by=COORDINATOR, reference=ANOTHER, head="a" * 64))
    return journey


def nobody_evaluates() -> Journey:
    """The visit took place and nobody says anything about it; the card says so."""
    return to_the_end(in_evaluation())


def card_stays_in_contradiction() -> Journey:
    """The follow-up states two days where three were attended, and nobody corrects it."""
    journey = in_evaluation()
    journey.report(stated_days=2)
    journey.answer(FRIDA, EMELIE, HOST)
    return to_the_end(journey)


def card_is_corrected() -> Journey:
    """The follow-up is corrected after the card was stopped."""
    journey = in_evaluation()
    journey.report(stated_days=2)
    journey.answer(FRIDA, EMELIE, HOST)
    journey.report(stated_days=3)
    return journey


def one_does_not_come() -> Journey:
    """The instalment is paid for both, and only one of them travels."""
    journey = in_visit()
    journey.attend(FRIDA)
    journey.report()
    journey.answer(FRIDA, HOST)
    return journey


def address_is_corrected() -> Journey:
    """Letters to the host that is asked do not arrive, and then they do."""
    journey = in_matching()
    journey.lose(HOST)
    journey.wait(2)
    journey.say(m.CorrectAddress(by=COORDINATOR, person=HOST))
    journey.accept_place()
    return journey


def event_assigns_a_host() -> Journey:
    """A matchmaking event says the first host, which is full, then the second, and then is over."""
    journey = in_event()
    journey.full = {SOC_OFFER: Hindrance.FULL}
    journey.event_says(SOC_OFFER)
    journey.event_says(VESTLAND_OFFER, 2)
    journey.full = {}
    journey.say(
        m.DeclineProposal(by=SECOND_HOST, offer=VESTLAND_OFFER, reason=DeclineReason.NO_CAPACITY)
    )
    journey.event_says(None)
    return journey


def address_is_never_corrected() -> Journey:
    """Nobody knows another address of the host that is asked."""
    journey = in_matching()
    journey.lose(HOST)
    return to_the_end(journey)


ENDINGS: dict[str, Callable[[], Journey]] = {
    "no place comes free": lambda: to_the_end(every_host_is_full()),
    "no host answers": STEPS_DRIVEN["no host is left: lapsed"],
    "no dates of a host are answered": other_dates_stay_unanswered,
    "a party refuses to sign": host_refuses_to_sign,
    "signatures are missing": STEPS_DRIVEN["signatures are missing at the deadline: lapsed"],
    "the grant is rejected": grant_is_rejected,
    "the grant is not decided": lambda: to_the_end(in_preparation()),
    "no agenda comes": agenda_never_comes,
    "the agenda is not accepted": agenda_is_never_accepted,
    "everybody withdraws": everybody_withdraws,
    "the host gives up": host_gives_up,
    "the office cancels": office_cancels,
    "it was a duplicate": it_was_a_duplicate,
    "nobody comes": nobody_comes,
    "attendance is not confirmed": lambda: to_the_end(in_visit()),
    "the card is published": completed,
    "nobody evaluates": nobody_evaluates,
    "the card stays in contradiction": card_stays_in_contradiction,
    "the card is corrected": card_is_corrected,
    "one does not come": one_does_not_come,
    "it is moved and completed": moved_and_completed,
}
"""Every way a mobility can end."""

OTHERS = (
    every_host_is_full, a_place_comes_free, moved_while_every_host_is_full, a_host_is_paused,
    first_host_declines, other_dates_are_declined, instalment_is_late, visit_begins,
    agenda_changes, change_stays_unanswered, moved_while_a_host_is_asked, a_duplicate_is_taken_in,
    address_is_corrected, address_is_never_corrected, event_assigns_a_host,
)  # fmt: skip
EVERY_SCENARIO = (*STEPS_DRIVEN.values(), *ENDINGS.values(), *OTHERS)


def transitions(journal: list[Entry]) -> list[tuple[Phase, Phase]]:
    """From where to where the mobility went, in order."""
    phase, found = Phase.MATCHING, []
    for entry in journal:
        match entry.event():
            case PhaseEntered(phase=target):
                found.append((phase, target))
                phase = target
            case MobilityEnded():
                found.append((phase, Phase.CLOSED))
    return found
