"""What a mobility does when a letter cannot arrive: pause, ask for the address, send again, resume.

The post tells of each letter once it is sure: a report that names a letter of ours and its reader,
or a mail server that refuses the mailbox. Nothing here is said by people but the correction.
"""

from collections.abc import Mapping
from datetime import datetime

from domain import events as e
from domain.deadlines import Asked
from domain.errors import NotAwaited, WrongRole
from domain.facts import PersonId
from domain.messages import CorrectAddress
from domain.mobility import Mobility
from domain.people import SYSTEM, Role
from domain.reach import FailedLetter, OutOfReach
from domain.request import MobilityRequest


def letter_failed(mobility: Mobility, failed: FailedLetter, *, at: datetime) -> None:
    """Hear of a letter that cannot arrive. Only the first of an address is an event.

    Nobody has to be reached who has no part in it any more, but for whoever owes money. A letter
    that told something is kept in mind with the others, so that it can be sent again.
    """
    reach, person = mobility.reach, failed.person
    is_news = failed.key not in reach.known and mobility.has_to_be_reached(person)
    if mobility.outcome is not None or not is_news:
        return
    reach.known.append(failed.key)
    if person not in reach.people:
        reach.people[person] = OutOfReach(since=at, epoch=mobility.n + 1)
        _ask_for_address(mobility, person, at)
    if not failed.asks:
        reach.people[person].missed.append(failed)


def _ask_for_address(mobility: Mobility, person: PersonId, at: datetime) -> None:
    """Ask who may know, and stop the clock for as long.

    Whoever was asked for an address and is out of reach now is asked no more: the next one is.
    """
    people = mobility.reach.people
    asked = _ask(mobility, [person, *(p for p, one in people.items() if one.asked == person)], at)
    mobility.answered(Asked.ADDRESS, person)
    _put_question(mobility, person, asked, at)


def _ask_for_the_others(mobility: Mobility, at: datetime) -> None:
    """Somebody is within reach again: ask for those for whom nobody was left to be asked.

    Those for whom the time has passed are not asked for twice.
    """
    people = mobility.reach.people
    anew = [p for p, one in people.items() if one.asked is None and not one.has_lapsed]
    if asked := _ask(mobility, anew, at):
        first = next(iter(asked))
        people[first].epoch = mobility.n + 1
        _put_question(mobility, first, asked, at)


def _ask(mobility: Mobility, wanted: list[PersonId], at: datetime) -> dict[PersonId, PersonId]:
    """Decide who is asked for each address, if anybody, and stop the clocks of those found."""
    people = mobility.reach.people
    for one in wanted:
        people[one].asked = _who_may_know(mobility, one)
    asked = {one: known for one in wanted if (known := people[one].asked)}
    for wait in mobility.waits.values():
        for one in asked:
            if one in wait.awaited and one not in wait.paused and wait.asked is not Asked.ADDRESS:
                wait.pause(one, at)
    return asked


def _put_question(
    mobility: Mobility, person: PersonId, asked: dict[PersonId, PersonId], at: datetime
) -> None:
    """All addresses that are wanted are one question, which then goes on for longer."""
    answer_by = None
    if asked:
        before = mobility.waits.get(Asked.ADDRESS.value)
        wait = mobility.ask(Asked.ADDRESS, mobility.reach.asked, at=at)
        if before is not None:
            wait.go_on_from(before, asked.values())
        answer_by = wait.due
    mobility.happened(e.AddressFailed(person=person, asked=asked, answer_by=answer_by), at=at)


def _who_may_know(mobility: Mobility, person: PersonId) -> PersonId | None:
    """The other side's coordinator, else the office; never somebody who is out of reach too.

    A host that has only been asked for a place knows nobody yet.
    """
    request, match = mobility.request, mobility.matching.host
    host = match.coordinator if match else None
    of_sending = person == request.coordinator
    candidates = [host, request.office] if of_sending else [request.coordinator, request.office]
    unfit = {person, *mobility.reach.people}
    return next((p for p in (*candidates, host) if p is not None and p not in unfit), None)


def check_may_correct(
    message: CorrectAddress, out_of_reach: Mapping[PersonId, OutOfReach],
    request: MobilityRequest, roles: tuple[Role, ...], *, is_matched: bool,
) -> None:  # fmt: skip
    """Ask whether this person may give another address of that one.

    The host of the match gives those it is asked for, and the sending coordinator's. A host that
    has only been asked for a place gives none: the address would hold for all mobilities.

    Raises:
        NotAwaited: when letters to them arrive, as far as we know.
        WrongRole: when it is for others to give.
    """
    found = out_of_reach.get(message.person)
    if found is None:
        raise NotAwaited(
            f"Nobody asks for another address of {message.person}: as far as we know, letters to "
            "them arrive."
        )
    of_sending = message.person == request.coordinator
    is_asked = message.by == found.asked or (is_matched and of_sending)
    if roles == (Role.RECEIVING,) and not is_asked:
        raise WrongRole(
            f"The address of {message.person} is for the sending coordinator or the programme "
            "office to correct: tell them what you know."
        )


def address_corrected(
    mobility: Mobility, person: PersonId, *, at: datetime, by: PersonId = SYSTEM
) -> None:
    """Another address is on file: the clock runs on, and what did not arrive is sent again."""
    found = mobility.forget_address_of(person)
    if found is not None:
        mobility.happened(
            e.AddressCorrected(person=person, missed=tuple(found.missed)), at=at, by=by
        )
        _ask_for_the_others(mobility, at)
