"""Which letters follow which event, to whom, and for how long their reason stands. One table."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from domain import events as e
from domain.case_view import CaseView
from domain.deadlines import Asked
from domain.events import Entry, Event, Outcome
from domain.facts import Fact, PersonId, Reference
from domain.grant import GrantDecision
from domain.joining import ApplicationPurpose
from domain.messages import Cause
from domain.mobility import Mobility


class Purpose(StrEnum):
    """What a letter is for; also the name of its template folder."""

    HOST_ASKED_FOR_A_PLACE = "host-asked-for-a-place"
    PLACE_NOT_GIVEN = "place-not-given"
    OTHER_DATES_TO_ANSWER = "other-dates-to-answer"
    OTHER_DATES_DECLINED = "other-dates-declined"
    NO_HOST_FOUND = "no-host-found"
    MATCH_MADE = "match-made"
    AGREEMENT_TO_SIGN = "agreement-to-sign"
    AGREEMENT_IN_FORCE = "agreement-in-force"
    GRANT_TO_DECIDE = "grant-to-decide"
    GRANT_DECIDED = "grant-decided"
    INSTALMENT_DUE = "instalment-due"
    INSTALMENT_OVERDUE = "instalment-overdue"
    INSTALMENT_RECLAIMED = "instalment-reclaimed"
    AGENDA_WANTED = "agenda-wanted"
    AGENDA_TO_ACCEPT = "agenda-to-accept"
    AGENDA_RETURNED = "agenda-returned"
    AGENDA_CHANGE_TO_ACCEPT = "agenda-change-to-accept"
    AGENDA_ACCEPTED = "agenda-accepted"
    AGENDA_UNCHANGED = "agenda-unchanged"
    VISIT_BEGINS = "visit-begins"
    CERTIFICATE_ISSUED = "certificate-issued"
    EVALUATION_WANTED = "evaluation-wanted"
    FOLLOW_UP_WANTED = "follow-up-wanted"
    CARD_STOPPED = "card-stopped"
    CARD_PUBLISHED = "card-published"
    ANSWER_OVERDUE = "answer-overdue"
    ADDRESS_WANTED = "address-wanted"
    VISIT_MOVED = "visit-moved"
    PARTICIPANT_WITHDREW = "participant-withdrew"
    MOBILITY_ENDED = "mobility-ended"


AnyPurpose = Purpose | ApplicationPurpose
"""Applications to join have letters of their own."""


class LetterOrder(Fact):
    """One letter to one person, because of one event.

    ``while_asked`` names the open question that is the letter's reason: once this person is no
    longer waited for, the letter is not sent. ``while_open`` is the same for letters about the
    silence of others. Ordinal 0 is the first letter, 1 the first reminder; ``epoch`` is the entry
    that asked the question, so that a question asked anew is reminded of anew. One that ``settles``
    waits a while for others that would say it anew, so that several edits are one letter.
    ``tells_of`` is the earlier entry that a letter tells of once more, because it did not arrive
    the first time. A reminder that ``is_missed`` comes late, after an outage.
    """

    reference: Reference
    purpose: AnyPurpose
    to: PersonId
    event: int
    epoch: int
    ordinal: int = 0
    while_asked: Asked | None = None
    while_open: Asked | None = None
    settles: bool = False
    tells_of: int | None = None
    is_missed: bool = False

    @property
    def key(self) -> str:
        """Names this letter for ever; its Message-ID is made from it."""
        key = f"{self.reference}/{self.purpose}/{self.to}/{self.epoch}.{self.ordinal}"
        return f"{key}/{self.tells_of}" if self.tells_of else key


def reason_stands(order: LetterOrder, view: CaseView) -> bool:
    """Whether there is still a reason to send a letter, as the mobility stands now.

    A question that was asked anew since is another one, though it asks the same.
    """
    tells_of = order.tells_of or order.event
    if order.purpose in FALL_WITH_DATES and tells_of < view.moved_at:
        return False
    if view.outcome is not None and order.purpose not in OUTLAST_THE_END:
        return False
    asked = order.while_asked or order.while_open
    if asked is None:
        return True
    question = view.question(asked)
    if question is None or question.epoch > tells_of:
        return False
    return order.while_asked is None or order.to in question.people


FALL_WITH_DATES = (
    Purpose.AGREEMENT_IN_FORCE, Purpose.INSTALMENT_OVERDUE, Purpose.AGENDA_RETURNED,
    Purpose.AGENDA_ACCEPTED, Purpose.AGENDA_UNCHANGED,
)  # fmt: skip
"""News that holds for the dates of its time only: left undelivered, it goes when a visit moves."""


OUTLAST_THE_END = (
    Purpose.MOBILITY_ENDED, Purpose.NO_HOST_FOUND, Purpose.CARD_PUBLISHED,
    Purpose.PARTICIPANT_WITHDREW, Purpose.INSTALMENT_RECLAIMED, Purpose.CERTIFICATE_ISSUED,
    Purpose.OTHER_DATES_DECLINED,
)  # fmt: skip
"""News of the end, and what its readers have to have whatever has ended. All other news that has
not left by then is overtaken: whoever reads that it is over need not read what it was before."""


URGENT = timedelta(days=1)
"""How near a visit is when news of its agenda wait for nothing."""
SAID_ANEW = (Purpose.AGENDA_ACCEPTED,)
"""Letters that say all that an older one to the same person would: the older one is merged."""
SAID_ONCE = (Purpose.AGENDA_ACCEPTED, Purpose.VISIT_MOVED)
"""Letters of which only the newest is sent again: it says all that an older one would, or what that
would say holds no more."""
CALENDARS = (
    Purpose.AGENDA_ACCEPTED, Purpose.VISIT_MOVED, Purpose.PARTICIPANT_WITHDREW,
    Purpose.MOBILITY_ENDED,
)  # fmt: skip
"""Letters that carry what has changed in their reader's calendar."""

LETTER_OF = {
    Asked.PLACE: Purpose.HOST_ASKED_FOR_A_PLACE,
    Asked.OTHER_DATES: Purpose.OTHER_DATES_TO_ANSWER,
    Asked.SIGNATURES: Purpose.AGREEMENT_TO_SIGN,
    Asked.GRANT_DECISION: Purpose.GRANT_TO_DECIDE,
    Asked.INSTALMENT: Purpose.INSTALMENT_DUE,
    Asked.AGENDA: Purpose.AGENDA_WANTED,
    Asked.AGENDA_ACCEPTANCE: Purpose.AGENDA_TO_ACCEPT,
    Asked.AGENDA_CHANGE: Purpose.AGENDA_CHANGE_TO_ACCEPT,
    Asked.ATTENDANCE: Purpose.VISIT_BEGINS,
    Asked.EVALUATION: Purpose.EVALUATION_WANTED,
    Asked.FOLLOW_UP: Purpose.FOLLOW_UP_WANTED,
    Asked.CARD_FACTS: Purpose.CARD_STOPPED,
    Asked.ADDRESS: Purpose.ADDRESS_WANTED,
}
"""The letter that asks a question; its reminders are the same letter with an ordinal."""

ASKING: dict[type[Event], tuple[Asked, ...]] = {
    e.ProposalMade: (Asked.PLACE,),
    e.OtherDatesProposed: (Asked.OTHER_DATES,),
    e.AgreementDrawnUp: (Asked.SIGNATURES,),
    e.GrantComputed: (Asked.GRANT_DECISION,),
    e.InstalmentFellDue: (Asked.INSTALMENT,),
    e.AgendaAsked: (Asked.AGENDA,),
    e.AgendaPut: (Asked.AGENDA_ACCEPTANCE, Asked.AGENDA_CHANGE),
    e.VisitBegun: (Asked.ATTENDANCE,),
    e.EvaluationAsked: (Asked.EVALUATION, Asked.FOLLOW_UP),
    e.CardStopped: (Asked.CARD_FACTS,),
    e.AddressFailed: (Asked.ADDRESS,),
}
"""Events that put a question to somebody."""


def letters_after(entry: Entry, mobility: Mobility) -> list[LetterOrder]:
    """The letters that follow one entry of the journal."""
    event = entry.event()
    match event:
        case e.PersonReminded():
            return [
                _order(
                    entry, LETTER_OF[event.asked], person, epoch=event.epoch, ordinal=ordinal,
                    while_asked=event.asked, is_missed=person in event.missed,
                )
                for person, ordinal in event.ordinals.items()
            ]  # fmt: skip
        case e.AnswerOverdue():
            purpose = Purpose.ANSWER_OVERDUE
            return [_order(entry, purpose, p, while_open=event.asked) for p in event.told]
        case e.AddressCorrected():
            return list(_once_more(entry, event, mobility))
    settles = _settles(entry, event, mobility)
    asking = [
        _order(entry, LETTER_OF[asked], person, while_asked=asked, settles=settles)
        for asked in ASKING.get(type(event), ())
        for person in _asked_by(entry, asked, mobility)
        # Whoever is asked for other addresses already has a letter that asks for those.
        if not isinstance(event, e.AddressFailed) or person in event.asked.values()
    ]
    telling = [
        _order(entry, purpose, person, settles=settles)
        for purpose, people in _telling(event, mobility)
        for person in dict.fromkeys(people)
    ]
    return asking + telling


def _once_more(
    entry: Entry, event: e.AddressCorrected, mobility: Mobility
) -> Iterator[LetterOrder]:
    """What did not arrive, to the new address: what is still asked, and what was only told."""
    for wait in mobility.waits.values():
        if event.person in wait.awaited and wait.epoch < entry.n:
            yield _order(entry, LETTER_OF[wait.asked], event.person, while_asked=wait.asked)
    # Reports come back in any order.
    in_order = sorted(event.missed, key=lambda missed: missed.event)
    newest = {missed.purpose: missed.event for missed in in_order}
    for missed in in_order:
        if missed.purpose in SAID_ONCE and missed.event < newest[missed.purpose]:
            continue
        order = _order(entry, Purpose(missed.purpose), event.person, while_open=missed.while_open)
        yield order.model_copy(update={"tells_of": missed.event})


def _asked_by(entry: Entry, asked: Asked, mobility: Mobility) -> list[PersonId]:
    """Who is waited for because of this entry; nobody where it was asked anew since."""
    wait = mobility.waits.get(asked.value)
    return wait.awaited if wait and wait.epoch <= entry.n else []


def _order(  # noqa: PLR0913 - an order is all of these
    entry: Entry, purpose: Purpose, to: PersonId, *, epoch: int | None = None, ordinal: int = 0,
    while_asked: Asked | None = None, while_open: Asked | None = None, settles: bool = False,
    is_missed: bool = False,
) -> LetterOrder:  # fmt: skip
    return LetterOrder(
        reference=entry.reference, purpose=purpose, to=to, event=entry.n,
        epoch=entry.n if epoch is None else epoch, ordinal=ordinal,
        while_asked=while_asked, while_open=while_open, settles=settles, is_missed=is_missed,
    )  # fmt: skip


def _settles(entry: Entry, event: Event, mobility: Mobility) -> bool:
    """Whether letters after this event wait for further edits: not on the last day before it.

    The first agenda that is accepted is no edit, and everybody has waited for it.
    """
    is_edit = isinstance(event, e.AgendaPut) or (
        isinstance(event, e.AgendaAccepted) and event.replaces is not None
    )
    return is_edit and mobility.first_morning - entry.at > URGENT


def _telling(  # noqa: C901, PLR0911, PLR0912 - a table, row by row
    event: Event, mobility: Mobility
) -> list[tuple[Purpose, list[PersonId]]]:
    """Who is told of an event without being asked for anything."""
    sending, office = mobility.request.coordinator, mobility.request.office
    travelling = list(mobility.taking_part)
    host = [mobility.host] if mobility.host else []
    match event:
        case e.ProposalDeclined() | e.ProposalLapsed():
            return [(Purpose.PLACE_NOT_GIVEN, [sending])]
        case e.OtherDatesDeclined() | e.OtherDatesLapsed():
            return [(Purpose.OTHER_DATES_DECLINED, [event.coordinator])]
        case e.PlaceAccepted():
            # A host whose dates were accepted has not said so itself.
            its_dates = [event.coordinator] if event.instead_of else []
            return [(Purpose.MATCH_MADE, [sending, *its_dates, *travelling])]
        case e.AgreementInForce():
            return [(Purpose.AGREEMENT_IN_FORCE, [sending, *host, *travelling])]
        case e.GrantDecided() if event.decision is not GrantDecision.REJECTED:
            return [(Purpose.GRANT_DECIDED, [sending, *travelling])]
        case e.InstalmentOverdue():
            return [(Purpose.INSTALMENT_OVERDUE, [office])]
        case e.InstalmentReclaimed():
            people = [sending, office, *event.amounts]
            return [(Purpose.INSTALMENT_RECLAIMED, people)]
        case e.AgendaReturned():
            return [(Purpose.AGENDA_RETURNED, host)]
        case e.AgendaAccepted():
            return [(Purpose.AGENDA_ACCEPTED, [sending, *host, *travelling])]
        case e.AgendaChangeLapsed():
            return [(Purpose.AGENDA_UNCHANGED, [sending, *host])]
        case e.CertificatesIssued():
            return [(Purpose.CERTIFICATE_ISSUED, list(event.documents))]
        case e.CardPublished():
            return [(Purpose.CARD_PUBLISHED, [sending, *host, office, *travelling])]
        case e.VisitMoved():
            return [(Purpose.VISIT_MOVED, _still_concerned(event.told, mobility))]
        case e.ParticipantWithdrew():
            # Of the last one's withdrawal the others hear with the end of the mobility.
            others = [] if mobility.outcome else [sending, *host]
            return [(Purpose.PARTICIPANT_WITHDREW, [*others, event.participant])]
        case e.MobilityEnded(cause=Cause.NO_HOST):
            others = [person for person in mobility.concerned if person != sending]
            return [(Purpose.NO_HOST_FOUND, [sending]), (Purpose.MOBILITY_ENDED, others)]
        case e.MobilityEnded() if event.outcome is not Outcome.COMPLETED or not mobility.card:
            return [(Purpose.MOBILITY_ENDED, list(mobility.concerned))]
    return []


def _still_concerned(people: tuple[PersonId, ...], mobility: Mobility) -> list[PersonId]:
    """Of these people, those who have not withdrawn altogether since."""
    return [p for p in people if p not in mobility.withdrawn or mobility.roles_of(p)]
