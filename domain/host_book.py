"""What a stroke changes in the books of hosts: places of theirs it has, and what they answered.

Pure, so that the journal and these books can be written in one statement.
"""

from collections.abc import Sequence
from datetime import date, datetime

from domain.events import Entry
from domain.facts import Fact, OfferId, OrganisationId
from domain.mobility import Mobility

ANSWERS = {
    "PlaceAccepted": "accepted",
    "ProposalDeclined": "declined",
    "ProposalLapsed": "silent",
    "OtherDatesProposed": "other dates",
}
"""What a host has done with a request for a place, by the entry that says so."""
_SETTLE = {
    *ANSWERS, "ProposalMade", "OtherDatesDeclined", "OtherDatesLapsed", "VisitMoved",
    "MobilityEnded",
}  # fmt: skip
"""Entries after which the places a mobility has are other ones, or none."""


class Places(Fact):
    """Places of one host that a mobility has, every day from the first to the last."""

    offer: OfferId
    organisation: OrganisationId
    first_day: date
    last_day: date
    guests: int
    is_taken: bool


class HostAsked(Fact):
    """One request put to a host, and its answer where that came in the same stroke."""

    n: int
    organisation: OrganisationId
    at: datetime
    answered_at: datetime | None = None
    answer: str | None = None


class HostAnswered(Fact):
    """What became of the request that was put to a host before this entry."""

    n: int
    at: datetime
    answer: str


class HostBook(Fact):
    """What one stroke changes: the places as they are from now on, and requests and answers."""

    places: Places | None
    asked: tuple[HostAsked, ...] = ()
    answered: HostAnswered | None = None


def book_after(entries: Sequence[Entry], mobility: Mobility) -> HostBook | None:
    """What these entries change in the books of hosts, none for most strokes.

    Places that are held before anybody was asked are left alone: only what settles them gives
    them back.
    """
    places = places_of(mobility)
    kinds = {entry.kind for entry in entries}
    if not kinds & _SETTLE and not (places and "ParticipantWithdrew" in kinds):
        return None
    asked, answered = _requests(entries)
    return HostBook(places=places, asked=asked, answered=answered)


def places_of(mobility: Mobility) -> Places | None:
    """The places this mobility has now: of the host that is asked, or that has said yes.

    A mobility that is over has none: the days of a visit that took place are past, and nobody can
    be asked for them any more.
    """
    host = mobility.matching.host or mobility.matching.pending
    if host is None or mobility.outcome is not None:
        return None
    return Places(
        offer=host.offer, organisation=host.organisation,
        first_day=mobility.request.first_day, last_day=mobility.request.last_day,
        guests=len(mobility.taking_part), is_taken=mobility.matching.host is not None,
    )  # fmt: skip


def _requests(
    entries: Sequence[Entry],
) -> tuple[tuple[HostAsked, ...], HostAnswered | None]:
    """Requests put in this stroke, and the answer to the one before them."""
    asked: list[HostAsked] = []
    answered: HostAnswered | None = None
    for entry in entries:
        if entry.kind == "ProposalMade":
            organisation = OrganisationId(str(entry.facts["organisation"]))
            asked.append(HostAsked(n=entry.n, organisation=organisation, at=entry.at))
        elif (answer := ANSWERS.get(entry.kind)) and asked:
            known = {"answered_at": entry.at, "answer": answer}
            asked[-1] = asked[-1].model_copy(update=known)
        elif answer:
            answered = HostAnswered(n=entry.n, at=entry.at, answer=answer)
    return tuple(asked), answered
