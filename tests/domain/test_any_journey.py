"""Whatever people say and however long they keep silent: what is true of every mobility."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from domain import messages as m
from domain.addresses import address_corrected
from domain.case_card import read_card_facts
from domain.case_view import CaseView, view_of
from domain.deadlines import Asked
from domain.errors import Refusal
from domain.events import AgendaAccepted, AgendaPut, Outcome, Phase, VisitMoved
from domain.facts import OfferId, PersonId
from domain.grant import GrantDecision
from domain.hearing import check_may, hear
from domain.holding import Hindrance
from domain.host_book import Places, book_after, places_of
from domain.letters import letters_after
from domain.lifecycle import BEFORE_VISIT, STEPS
from domain.mobility import Mobility
from domain.people import SYSTEM
from domain.waits import end_of
from tests.builders import (
    COORDINATOR,
    EMELIE,
    FIRST_DAY,
    FRIDA,
    HOST,
    LAST_DAY,
    OFFICE,
    SECOND_HOST,
    SOC_OFFER,
    STRANGER,
    VESTLAND_OFFER,
    a_follow_up,
    a_message,
    an_answer,
    in_phase,
    writing,
)
from tests.domain.scenarios import transitions

PHASES = [phase for phase in Phase if phase is not Phase.CLOSED]
WAYS = {(step.source, step.target) for step in STEPS}
ENDINGS = (
    m.RefuseToSign, m.WithdrawParticipant, m.DeclineMobility, m.CancelMobility, m.MergeMobility,
)  # fmt: skip
KINDS = [kind for kind in m.Message.__subclasses__() if kind not in ENDINGS]
ANYBODY = st.sampled_from([COORDINATOR, HOST, SECOND_HOST, OFFICE, FRIDA, EMELIE, STRANGER, SYSTEM])
SOME_PARTICIPANTS = st.lists(st.sampled_from([FRIDA, EMELIE, STRANGER]), max_size=2, unique=True)
SOME_FULL = st.dictionaries(
    st.sampled_from([SOC_OFFER, VESTLAND_OFFER]), st.sampled_from(Hindrance)
)
SOME_DAY = st.integers(-2, 5).map(lambda days: FIRST_DAY + timedelta(days=days))
VARIATIONS: dict[str, st.SearchStrategy[object]] = {
    "offer": st.sampled_from([SOC_OFFER, VESTLAND_OFFER, OfferId("o-unknown")]),
    "document": st.sampled_from(["document-1", "document-0", ""]),
    "decision": st.sampled_from(GrantDecision),
    "amounts": st.sampled_from([{}, {"travel/p-frida": "1"}, {"unknown": "1"}]),
    "reason": st.sampled_from([None, writing("reason")]),
    "paid_on": SOME_DAY,
    "version": st.integers(0, 3),
    "participants": SOME_PARTICIPANTS,
    "present": SOME_PARTICIPANTS,
    "on": SOME_DAY,
    "day": SOME_DAY,
    "follow_up": st.integers(1, 4).map(a_follow_up),
    "first_day": st.integers(0, 90).map(lambda days: FIRST_DAY + timedelta(days=days)),
    "participant": st.sampled_from([FRIDA, EMELIE, COORDINATOR, STRANGER]),
}
"""Other contents than the sensible ones, by the name of the field."""
ONLY_ONCE = (
    "MobilityRequested", "PlaceAccepted", "InstalmentPaid", "VisitBegun", "CertificatesIssued",
    "EvaluationAsked", "CardPublished", "MobilityEnded",
)  # fmt: skip
ONCE_UNTIL_MOVED = (
    "HostsRanked", "AgreementInForce", "GrantDecided", "AwardUpheld", "InstalmentFellDue",
    "InstalmentOverdue",
)  # fmt: skip
"""What happens once for the dates that hold, and again only when the visit is moved."""


def _refusal_of(act: Callable[[], None]) -> tuple[str, str] | None:
    """The kind and the sentence of the refusal, none when it was not refused."""
    try:
        act()
    except Refusal as refusal:
        return type(refusal).__name__, str(refusal)
    return None


class AnyJourney(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.journey = in_phase(Phase.MATCHING)
        self.heard: list[tuple[m.Message, str, int]] = []
        self.n = 0
        self.written = 0
        self.places: Places | None = None

    @property
    def mobility(self) -> Mobility:
        return self.journey.mobility

    @initialize(phase=st.sampled_from(PHASES))
    def it_has_come_as_far_as(self, phase: Phase) -> None:
        self.journey = in_phase(phase)

    # What can happen.

    @rule(data=st.data(), kind=st.sampled_from(KINDS), by=ANYBODY, goes_on=st.booleans())
    def somebody_says_something(
        self, data: st.DataObject, kind: type[m.Message], by: PersonId, *, goes_on: bool
    ) -> None:
        self._say(self._varied(data, a_message(kind, by, self.journey)), goes_on=goes_on)

    @rule(data=st.data(), kind=st.sampled_from(ENDINGS), by=ANYBODY, goes_on=st.booleans())
    def somebody_stops(
        self, data: st.DataObject, kind: type[m.Message], by: PersonId, *, goes_on: bool
    ) -> None:
        self._say(self._varied(data, a_message(kind, by, self.journey)), goes_on=goes_on)

    @rule(stated=st.integers(2, 3), goes_on=st.booleans())
    def somebody_does_what_is_asked(self, stated: int, *, goes_on: bool) -> None:
        message = self._what_is_asked(stated)
        if message is not None:
            self._say(message, goes_on=goes_on)

    @rule(times=st.integers(1, 12))
    def all_do_what_is_asked(self, times: int) -> None:
        for _again in range(times):
            self.somebody_does_what_is_asked(3, goes_on=True)

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def somebody_clicks_twice(self, data: st.DataObject) -> None:
        message, message_id, number = data.draw(st.sampled_from(self.heard))
        before = self.mobility.model_dump_json()

        again = hear(self.mobility, message, at=self.journey.now, message_id=message_id)

        assert again == number
        assert self.mobility.model_dump_json() == before

    @rule(person=ANYBODY, goes_on=st.booleans())
    def a_letter_comes_back(self, person: PersonId, *, goes_on: bool) -> None:
        self.journey.lose(person)
        if goes_on:
            self.journey.carry_on()

    @rule(person=ANYBODY)
    def the_directory_has_another_address(self, person: PersonId) -> None:
        address_corrected(self.mobility, person, at=self.journey.now)

    @rule(ahead=st.integers(42, 90), length=st.integers(2, 6), goes_on=st.booleans())
    def the_visit_is_moved(self, ahead: int, length: int, *, goes_on: bool) -> None:
        first_day = self.journey.now.date() + timedelta(days=ahead)
        last_day = first_day + timedelta(days=length - 1)
        by = self.mobility.request.coordinator
        self._say(m.MoveVisit(by=by, first_day=first_day, last_day=last_day), goes_on=goes_on)

    @rule(full=SOME_FULL)
    def others_take_places_or_give_them_back(self, full: dict[OfferId, Hindrance]) -> None:
        self.journey.full = dict(full)

    @rule(hours=st.integers(1, 4 * 24))
    def time_passes(self, hours: int) -> None:
        self.journey.wait_until(self.journey.now + timedelta(hours=hours))

    @rule(days=st.integers(10, 40))
    def nobody_says_anything_for_long(self, days: int) -> None:
        self.journey.wait(days)

    @rule()
    def the_first_day_comes(self) -> None:
        self.journey.wait_until(max(self.journey.now, self.journey.morning))

    @rule()
    def the_story_goes_on(self) -> None:
        self.journey.carry_on()

    @rule()
    def the_mobility_is_carried_to_a_new_run(self) -> None:
        self.journey.mobility = Mobility.model_validate_json(self.mobility.model_dump_json())

    def _varied(self, data: st.DataObject, message: m.Message) -> m.Message:
        contents = message.model_dump()
        fields = set(contents) & set(VARIATIONS)
        if isinstance(message, m.DeclineProposal):
            fields.remove("reason")  # a host's reason is a word from a list, not a text
        for field in sorted(fields):
            if data.draw(st.sampled_from([False, False, True])):
                contents[field] = data.draw(VARIATIONS[field])
        return type(message).model_validate(contents)

    def _say(self, message: m.Message, *, goes_on: bool) -> None:
        before, was_closed = self.mobility.model_dump_json(), self.mobility.outcome is not None
        number = 0
        message_id = f"heard-{len(self.heard)}"

        refused = _refusal_of(lambda: check_may(self.mobility, message, at=self.journey.now))
        assert self.mobility.model_dump_json() == before

        def say() -> None:
            nonlocal number
            number = hear(self.mobility, message, at=self.journey.now, message_id=message_id)

        assert _refusal_of(say) == refused
        if refused:
            assert self.mobility.model_dump_json() == before
        else:
            assert not was_closed
            entry = self.mobility.unrecorded[number - self.mobility.n - 1]
            assert self.n < number <= self.mobility.n
            assert (entry.n, entry.by) == (number, message.by)
            self.heard.append((message, message_id, number))
        if goes_on:
            self.journey.carry_on()

    def _what_is_asked(self, stated: int) -> m.Message | None:
        for wait in self.mobility.waits.values():
            person = wait.awaited[0]
            kinds: dict[Asked, type[m.Message]] = {
                Asked.PLACE: m.AcceptProposal,
                Asked.OTHER_DATES: m.AcceptOtherDates,
                Asked.SIGNATURES: m.SignAgreement,
                Asked.GRANT_DECISION: m.DecideGrant,
                Asked.INSTALMENT: m.ConfirmInstalment,
                Asked.AGENDA: m.PutAgenda,
                Asked.AGENDA_ACCEPTANCE: m.AcceptAgenda,
                Asked.AGENDA_CHANGE: m.AcceptAgenda,
            }
            if wait.asked is Asked.FREE_PLACE:
                continue  # a place comes free, or time runs out
            if wait.asked is Asked.ADDRESS:
                reach = self.mobility.reach
                wanted = next(p for p in reach.people if reach.people[p].asked == person)
                return m.CorrectAddress(by=person, person=wanted)
            match wait.asked:
                case Asked.ATTENDANCE:
                    return self._what_is_confirmed_next()
                case Asked.EVALUATION:
                    return m.AnswerEvaluation(by=person, answer=an_answer())
                case Asked.FOLLOW_UP | Asked.CARD_FACTS:
                    return m.ReportFollowUp(by=person, follow_up=a_follow_up(stated))
                case asked:
                    return a_message(kinds[asked], person, self.journey)
        return None

    def _what_is_confirmed_next(self) -> m.Message:
        visit, request = self.mobility.visit, self.mobility.request
        by, here = self.mobility.host or HOST, tuple(self.mobility.taking_part)
        if missing := tuple(p for p in here if p not in visit.arrived):
            return m.ConfirmArrival(by=by, participants=missing, on=request.first_day)
        for day in request.days:
            if day not in visit.present:
                self.journey.wait_until(self.journey.morning + (day - request.first_day))
                there = tuple(
                    p for p in here
                    if visit.arrived[p] <= day <= visit.departed.get(p, request.last_day)
                )  # fmt: skip
                return m.ConfirmAttendance(by=by, day=day, present=there)
        staying = tuple(p for p in here if p not in visit.departed)
        return m.ConfirmDeparture(by=by, participants=staying, on=request.last_day)

    # What is always true.

    @invariant()
    def an_accepted_agenda_stays_until_another_is_accepted(self) -> None:
        agenda = self.mobility.agenda
        since = self.journey.journal[self.mobility.moved_at :]
        events = [entry.event() for entry in since]
        put = {event.version: event.sessions for event in events if isinstance(event, AgendaPut)}
        accepted = [event.version for event in events if isinstance(event, AgendaAccepted)]

        assert agenda.is_accepted is bool(accepted)
        if agenda.accepted:
            assert agenda.accepted.version == accepted[-1]
            assert agenda.accepted.sessions == put[accepted[-1]]
            assert Asked.AGENDA not in self.mobility.waits
            assert Asked.AGENDA_ACCEPTANCE not in self.mobility.waits
        if self.mobility.phase is not Phase.PREPARATION:
            assert Asked.AGENDA_CHANGE not in self.mobility.waits

    @invariant()
    def the_journal_only_grows_and_has_no_gap(self) -> None:
        numbers = [entry.n for entry in self.journey.journal]

        assert numbers == list(range(1, self.mobility.n + 1))
        assert self.mobility.n >= self.n
        self.n = self.mobility.n

    @invariant()
    def the_books_of_hosts_have_the_places_that_it_has(self) -> None:
        fresh = self.journey.journal[self.written :]
        if book := book_after(fresh, self.mobility):
            self.places = book.places
        self.written = self.mobility.n

        assert self.places == places_of(self.mobility)

    @invariant()
    def the_journal_is_in_the_order_of_time(self) -> None:
        moments = [entry.at for entry in self.journey.journal]

        assert moments == sorted(moments)

    @invariant()
    def closed_means_an_outcome_and_nobody_waited_for(self) -> None:
        mobility, last = self.mobility, self.journey.journal[-1]
        is_closed = mobility.phase is Phase.CLOSED

        assert is_closed is (mobility.outcome is not None) is (last.kind == "MobilityEnded")
        if is_closed:
            assert mobility.waits == {}
            assert (mobility.cause is None) is (mobility.outcome is Outcome.COMPLETED)

    @invariant()
    def only_steps_of_the_table_are_taken(self) -> None:
        assert set(transitions(self.journey.journal)) <= WAYS

    @invariant()
    def what_happens_once_happens_once(self) -> None:
        counted = Counter(self.journey.kinds())
        for_these_dates = Counter(self.journey.kinds(self.mobility.moved_at))

        assert [kind for kind in ONLY_ONCE if counted[kind] > 1] == []
        assert [kind for kind in ONCE_UNTIL_MOVED if for_these_dates[kind] > 1] == []

    @invariant()
    def everybody_who_is_waited_for_can_answer(self) -> None:
        for key, wait in self.mobility.waits.items():
            assert key == wait.asked.value
            assert len(wait.awaited) > 0
            assert len(set(wait.awaited)) == len(wait.awaited)
            for person in wait.awaited:
                assert person not in self.mobility.withdrawn
                assert self.mobility.roles_of(person)

    @invariant()
    def every_question_has_a_deadline_and_its_reminders_before_it(self) -> None:
        for wait in self.mobility.waits.values():
            moments = [m for reminders in wait.reminders.values() for m in reminders.moments]
            ends = wait.silence_counts_at
            assert wait.since <= self.journey.now
            assert ends is None or self.journey.now < ends
            assert wait.due < wait.falls
            assert all(wait.since < reminder < wait.due for reminder in moments)

    @invariant()
    def whoever_is_out_of_reach_has_a_part_and_is_paused_while_somebody_is_asked(self) -> None:
        mobility, reach = self.mobility, self.mobility.reach
        assert all(mobility.has_to_be_reached(person) for person in reach.people)
        assert not set(reach.asked) & set(reach.people)
        question = mobility.waits.get(Asked.ADDRESS.value)
        assert set(reach.asked) == set(question.awaited if question else ())
        for wait in mobility.waits.values():
            standing = {p for p in wait.awaited if reach.stands_still(p)}
            assert set(wait.paused) == standing
            assert (wait.stands_since is not None) is bool(standing)

    @invariant()
    def what_waits_is_planned_for_the_dates_that_hold(self) -> None:
        mobility, begins = self.mobility, end_of(self.mobility.request.first_day)
        planned = [w for w in mobility.waits.values() if w.asked is not Asked.ADDRESS]
        for wait in planned:
            assert wait.epoch > mobility.moved_at
            if mobility.phase in BEFORE_VISIT and wait.since < begins - timedelta(days=1):
                assert wait.due <= begins

    @invariant()
    def nobody_gets_two_letters_of_one_purpose_from_one_entry(self) -> None:
        for entry in self.journey.journal[-5:]:
            orders = letters_after(entry, self.mobility)
            assert len({(order.purpose, order.to) for order in orders}) == len(orders)

    @invariant()
    def no_letter_goes_to_somebody_who_has_withdrawn_but_about_that(self) -> None:
        for entry in self.journey.journal[-5:]:
            for order in letters_after(entry, self.mobility):
                if order.to in self.mobility.withdrawn and entry.kind != "PersonReminded":
                    assert entry.kind in (
                        "ParticipantWithdrew", "InstalmentReclaimed", "CertificatesIssued",
                    )  # fmt: skip

    @invariant()
    def the_page_can_be_kept_and_read_back(self) -> None:
        view = view_of(self.mobility)

        assert CaseView.model_validate_json(view.model_dump_json()) == view

    def _has_the_dates_it_was_moved_to_last(self) -> None:
        request = self.mobility.request
        moves = [event for event in self.journey.events if isinstance(event, VisitMoved)]
        days = [(event.from_first, event.from_last) for event in moves]
        days += [(request.first_day, request.last_day)]

        assert days[0] == (FIRST_DAY, LAST_DAY)
        assert [(event.first_day, event.last_day) for event in moves] == days[1:]
        if self.mobility.matching.host:
            assert read_card_facts(self.journey.journal).request == request

    def teardown(self) -> None:
        """Nobody says anything any more: every mobility comes to an end by itself."""
        self.journey.carry_on()
        self.journey.wait_until(max(self.journey.now, self.journey.morning) + timedelta(days=400))

        assert self.mobility.phase is Phase.CLOSED
        self.the_books_of_hosts_have_the_places_that_it_has()
        assert self.places is None
        self._has_the_dates_it_was_moved_to_last()
        self.closed_means_an_outcome_and_nobody_waited_for()


def test_whatever_is_said_and_whenever_a_mobility_stays_sound_and_comes_to_an_end() -> None:
    run_state_machine_as_test(
        AnyJourney, settings=settings(max_examples=150, stateful_step_count=40)
    )
