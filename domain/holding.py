"""Places held at a host while it is asked, and why other hosts had to be passed over."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from domain.facts import Fact, OfferId, OrganisationId, PersonId, Reference
from domain.request import MobilityRequest

MOST_OPEN_PROPOSALS = 5
"""How many requests for a place one organisation has before it at a time. Our own policy."""
SILENCES_UNTIL_PAUSE = 3
"""After so many requests in a row that nobody answered, a host is not asked for the time being."""


class Hindrance(StrEnum):
    """Why a host that suits cannot be asked just now."""

    FULL = "is full"  #: on some day, or in its week, others have the places
    BUSY = "has five requests open"
    PAUSED = "is paused"
    TOO_SMALL = "has too few places, whoever else comes"
    WITHDRAWN = "has withdrawn its offer"


COMES_FREE = (Hindrance.FULL, Hindrance.BUSY)
"""What passes by itself, when others are declined, silent, moved or cancelled: worth waiting for.
A host that does not answer anybody is not."""


class PassedOver(Fact):
    """A host that would have been asked before, and what stood in the way."""

    offer: OfferId
    why: Hindrance
    day: date | None = None  #: the first day on which it is full
    organisation: OrganisationId | None = None  #: whose offer it is, if it still stands


class NewPause(Fact):
    """A host that was found silent too often, and is paused from now on."""

    organisation: OrganisationId
    coordinator: PersonId
    since: datetime


class Hold(Fact):
    """For whom places are to be held, on which days, and at which hosts, the first choice first."""

    reference: Reference
    offers: tuple[OfferId, ...]
    first_day: date
    last_day: date
    guests: int

    @classmethod
    def of(cls, request: MobilityRequest, offers: tuple[OfferId, ...], guests: int) -> "Hold":
        """Places for as many guests as travel, on the days of the visit as it stands."""
        return cls(
            reference=request.reference, offers=offers, first_day=request.first_day,
            last_day=request.last_day, guests=guests,
        )  # fmt: skip


class Holding(Fact):
    """At which host places are held now, and which ones were passed over.

    Of many hosts only the first are named in ``passed_over``; ``comes_free`` says of all whether
    one of them is worth waiting for.
    """

    held: OfferId | None = None
    passed_over: tuple[PassedOver, ...] = ()
    comes_free: bool = False
    paused: tuple[NewPause, ...] = ()


NAMED = 20
"""How many of the hosts passed over are named."""


def holding_of(
    held: OfferId | None, passed_over: Sequence[PassedOver], paused: Sequence[NewPause]
) -> Holding:
    """What has come of looking for a host, as the mobility is told."""
    return Holding(
        held=held, passed_over=tuple(passed_over[:NAMED]), paused=tuple(paused),
        comes_free=any(one.why in COMES_FREE for one in passed_over),
    )  # fmt: skip
