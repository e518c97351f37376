"""An application to join: who may say what, what time does, what each way comes to."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import joining as j
from domain.application import Application, view_of
from domain.application_letters import WHILE_UNDECIDED, letters_after, still_worth_sending
from domain.errors import AlreadyDone, CauseNotAcceptable, Refusal, WrongRole
from domain.facts import PersonId, Writing
from domain.joining import ApplicationMessage, ApplicationPurpose, Ending, WhyDeclined
from tests.mail.applications import (
    ALMANAC,
    APPLICANT,
    BEGIN,
    COLLEAGUE,
    OFFICE,
    WAYS,
    Joining,
    accepted,
    declined,
    declined_in_a_word,
    there_before,
    withdrawn,
)

NOTE = Writing(id="A-2027-0001/n", digest="n")
SAYING: tuple[tuple[ApplicationMessage, PersonId], ...] = (
    (j.AcceptApplication(by=OFFICE), OFFICE),
    (j.DeclineApplication(by=OFFICE, reason=WhyDeclined.FULL), OFFICE),
    (j.WithdrawApplication(by=APPLICANT), APPLICANT),
)
COMES_TO: dict[Callable[[Joining], None], tuple[Ending, WhyDeclined | None]] = {
    Joining.fall_silent: (Ending.LAPSED, None),
    accepted: (Ending.ACCEPTED, None),
    declined: (Ending.DECLINED, WhyDeclined.FULL),
    declined_in_a_word: (Ending.DECLINED, WhyDeclined.INELIGIBLE),
    withdrawn: (Ending.WITHDRAWN, None),
    there_before: (Ending.DECLINED, WhyDeclined.MEMBER),
    Joining.stop: (Ending.STOPPED, None),
}
LETTERS = {
    Joining.fall_silent: [ApplicationPurpose.LAPSED],
    accepted: [ApplicationPurpose.ACCEPTED],
    declined: [ApplicationPurpose.DECLINED],
    declined_in_a_word: [ApplicationPurpose.DECLINED],
    withdrawn: [ApplicationPurpose.WITHDRAWN],
    there_before: [ApplicationPurpose.DECLINED],
    Joining.stop: [ApplicationPurpose.LAPSED],
}
each_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def gone(way: Callable[[Joining], None]) -> Joining:
    joining = Joining()
    way(joining)
    return joining


# What it comes to.


def test_every_ending_is_reached_by_some_way() -> None:
    assert set(COMES_TO) == set(WAYS) == set(LETTERS)
    assert {ending for ending, _ in COMES_TO.values()} == set(Ending)


@each_way
def test_each_way_comes_to_its_end_and_leaves_nothing_open(way: Callable[[Joining], None]) -> None:
    application = gone(way).application

    assert (application.outcome, application.reason) == COMES_TO[way]
    assert application.wait is None
    assert application.next_moment() is None
    assert not application.pass_time(at=BEGIN + timedelta(days=999))


@each_way
def test_whoever_did_not_end_it_is_told_once(way: Callable[[Joining], None]) -> None:
    last = [letter.order for letter in gone(way).letters if letter.view.outcome is not None]

    assert [order.purpose for order in last] == LETTERS[way]
    assert [order.to for order in last] == [OFFICE if way is withdrawn else APPLICANT]


def test_every_purpose_is_served_on_some_way() -> None:
    served = {letter.order.purpose for way in WAYS for letter in gone(way).letters}

    assert served == set(ApplicationPurpose)


# Who may say what.


@pytest.mark.parametrize(("message", "speaker"), SAYING)
@pytest.mark.parametrize("who", [OFFICE, APPLICANT, COLLEAGUE])
def test_each_message_is_one_person_s(
    message: ApplicationMessage, speaker: PersonId, who: PersonId
) -> None:
    application, said = Joining().application, message.model_copy(update={"by": who})

    if who == speaker:
        application.check_may(said)
    else:
        with pytest.raises(WrongRole):
            application.check_may(said)


@each_way
@pytest.mark.parametrize("message", [message for message, _ in SAYING])
def test_what_is_decided_stays_decided(
    way: Callable[[Joining], None], message: ApplicationMessage
) -> None:
    joining = gone(way)
    n = joining.application.n

    with pytest.raises(AlreadyDone, match="already: nothing about it can be changed"):
        joining.say(message)

    assert joining.application.n == n


def test_a_yes_holds_while_the_member_is_being_added() -> None:
    joining = Joining()
    joining.say(j.AcceptApplication(by=OFFICE))

    assert view_of(joining.application).standing == "accepted, being added"
    with pytest.raises(AlreadyDone, match="is accepted already"):
        joining.say(j.WithdrawApplication(by=APPLICANT))
    joining.stop()
    assert joining.application.outcome is None


@pytest.mark.parametrize("reason", WhyDeclined)
@pytest.mark.parametrize("note", [None, NOTE])
def test_other_needs_a_text(reason: WhyDeclined, note: Writing | None) -> None:
    message = j.DeclineApplication(by=OFFICE, reason=reason, note=note)

    if reason is WhyDeclined.OTHER and note is None:
        with pytest.raises(CauseNotAcceptable, match="--note"):
            Joining().application.check_may(message)
    else:
        Joining().application.check_may(message)


def test_the_same_message_is_heard_once() -> None:
    application = Joining().application
    message = j.AcceptApplication(by=OFFICE)

    heard = [application.hear(message, at=BEGIN, message_id="one") for _ in range(3)]

    assert heard == [application.n] * 3


# What time does.


def test_silence_reminds_tells_others_and_then_lapses() -> None:
    joining = Joining()
    joining.fall_silent()

    told = [
        (letter.order.purpose, letter.order.to, letter.order.ordinal) for letter in joining.letters
    ]
    assert told == [
        (ApplicationPurpose.RECEIVED, APPLICANT, 0),
        (ApplicationPurpose.TO_DECIDE, OFFICE, 0),
        (ApplicationPurpose.TO_DECIDE, OFFICE, 1),
        (ApplicationPurpose.TO_DECIDE, OFFICE, 2),
        (ApplicationPurpose.TO_DECIDE, OFFICE, 3),
        (ApplicationPurpose.OVERDUE, COLLEAGUE, 0),
        (ApplicationPurpose.OVERDUE, APPLICANT, 0),
        (ApplicationPurpose.LAPSED, APPLICANT, 0),
    ]
    calendar = ALMANAC.calendar_of(OFFICE)
    assert all(calendar.is_working_day(calendar.day_of(e.at)) for e in joining.entries)


def test_without_a_colleague_the_applicant_alone_is_told() -> None:
    application = Application(
        reference="A-2027-0002", applicant=APPLICANT, office=OFFICE, motivation=NOTE
    )
    application.ask_for_decision(ALMANAC.model_copy(update={"colleagues": {}}), at=BEGIN)
    while application.wait is not None:
        moment = application.next_moment()
        assert moment is not None
        application.pass_time(at=moment)

    [overdue] = [e.event() for e in application.unrecorded if e.kind == "DecisionOverdue"]
    assert overdue == j.DecisionOverdue(told=(APPLICANT,))


# Letters that nobody needs any more.


@each_way
def test_letters_fall_with_the_decision_and_others_never_do(way: Callable[[Joining], None]) -> None:
    joining = gone(way)

    for letter in joining.letters:
        falls = letter.order.purpose in WHILE_UNDECIDED
        assert still_worth_sending(letter.order, letter.view)
        assert still_worth_sending(letter.order, view_of(joining.application)) is not falls


@each_way
def test_every_letter_has_a_name_of_its_own_for_ever(way: Callable[[Joining], None]) -> None:
    keys = [letter.order.key for letter in gone(way).letters]

    assert len(set(keys)) == len(keys)


# Whatever comes in whatever order.


MOVES = st.lists(st.sampled_from(["accept", "decline", "withdraw", "time", "stop", "admit"]))


@given(MOVES)
def test_in_any_order_it_ends_once_or_waits_with_a_date_and_an_owner(moves: list[str]) -> None:
    joining, ended = Joining(), 0
    said = dict(zip(("accept", "decline", "withdraw"), (m for m, _ in SAYING), strict=True))
    for move in moves:
        application, before = joining.application, joining.application.outcome
        if move in said:
            try:
                joining.say(said[move])
            except Refusal:
                assert application.is_decided
        elif move == "time" and application.wait is not None:
            joining.time_passes()
        elif move == "stop":
            joining.stop()
        elif move == "admit" and application.is_accepted and application.outcome is None:
            joining.admit()
        ended += application.outcome is not before
    application = joining.application

    assert ended == (application.outcome is not None)
    is_being_added = application.is_accepted and application.outcome is None
    waits = application.next_moment() is not None and application.wait is not None
    assert [application.outcome is not None, is_being_added, waits].count(True) == 1
    assert [entry.n for entry in joining.entries] == list(range(1, len(joining.entries) + 1))
    assert all(letters_after(e, application) is not None for e in joining.entries)
