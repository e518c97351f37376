"""What is asked of hosts for one request: the other side of a hosting offer."""

from domain.facts import Fact, OfferId
from domain.matching import DeclineReason
from domain.people import Country
from domain.request import MobilityRequest


class Demand(Fact):
    """A request for which hosts are ranked, with what else decides who may be asked.

    ``country`` is that of the sending organisation. Offers that were ``declined`` for a reason that
    holds on any day are not asked again, nor are those ``asked`` for these days already, of which
    nothing is told. ``guests`` is how many still travel, if not all.
    """

    request: MobilityRequest
    country: Country
    declined: dict[OfferId, DeclineReason] = {}
    asked: tuple[OfferId, ...] = ()
    guests: int | None = None

    @property
    def people(self) -> int:
        """How many travel."""
        return self.guests or len(self.request.participants)
