"""Looking into the partnership's directory."""

from collections.abc import Mapping

from temporalio import activity

from activities.almanac import almanac_for
from activities.names import DaysQuestion, HostQuestion, HostsFound
from activities.offers_at_hand import OffersAtHand
from domain.almanac import Almanac
from domain.deadlines import Asked, Plan
from domain.demand import Demand
from domain.facts import OrganisationId, PersonId
from domain.holding import Hold, Holding
from domain.matching import Ranking
from domain.request import MobilityRequest
from domain.weighing import Weights
from store.cases import Store
from store.directory import Directory, read_around
from store.matchmaking import read_event
from store.places import hold_first


class HostFinder:
    """Finds the hosts that can be asked, and what is to be known of everybody asked on the way.

    Where mobilities ``are_apart``, none sees the places that another holds, nor what hosts did with
    others: the same request played several times over.
    """

    def __init__(
        self, store: Store, plans: Mapping[Asked, Plan], weights: Weights, *,
        are_apart: bool = False,
    ) -> None:  # fmt: skip
        self._store = store
        self._plans = dict(plans)
        self._are_apart = are_apart
        self._offers = OffersAtHand(store, weights, are_apart=are_apart)

    @activity.defn(name="find-hosts")
    async def find_hosts(self, question: HostQuestion) -> HostsFound:
        """Rank today's hosting offers, hold places at the first, and look up plans and calendars.

        Ranking, holding and looking up are one activity, since every mobility begins with them.
        """
        ranking = await self._ranking(question)
        hosts = {host.coordinator: host.organisation for host in ranking.able}
        directory = await self._around(question.request, hosts)
        almanac = almanac_for(
            question.request, hosts, directory, self._plans, since=question.at.date()
        )
        if question.request.event is not None:
            event = await read_event(self._store.engine, question.request.event)
            until = event.waited_for_until if event else None
            return HostsFound(ranking=ranking, almanac=almanac, event_until=until)
        guests = question.guests or len(question.request.participants)
        offers = tuple(host.offer for host in ranking.able)
        holding = await self.hold_a_place(Hold.of(question.request, offers, guests))
        return HostsFound(ranking=ranking, almanac=almanac, holding=holding)

    @activity.defn(name="hold-a-place")
    async def hold_a_place(self, hold: Hold) -> Holding:
        """Hold places at the first of these hosts that has them on every day."""
        return await hold_first(self._store.engine, hold, is_alone=self._are_apart)

    @activity.defn(name="look-up-days")
    async def look_up_days(self, question: DaysQuestion) -> Almanac:
        """Look up plans and calendars anew, for a visit that was moved and has a host."""
        host = {question.host: question.organisation}
        directory = await self._around(question.request, host)
        return almanac_for(question.request, host, directory, self._plans, since=question.at.date())

    async def _ranking(self, question: HostQuestion) -> Ranking:
        request = question.request
        home = await read_around(self._store.engine, (), [request.sending])
        [sending] = home.organisations
        demand = Demand(
            request=request, country=sending.country, declined=question.declined,
            asked=question.asked, guests=question.guests,
        )  # fmt: skip
        return await self._offers.rank(demand, on=question.at.date())

    async def _around(
        self, request: MobilityRequest, hosts: Mapping[PersonId, OrganisationId]
    ) -> Directory:
        people = {request.coordinator, request.office, *request.participants, *hosts}
        return await read_around(self._store.engine, people, {request.sending, *hosts.values()})
