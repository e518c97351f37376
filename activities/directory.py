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
from domain.matching import Ranking
from domain.request import MobilityRequest
from domain.weighing import Weights
from store.cases import Store
from store.directory import Directory, read_around


class HostFinder:
    """Finds the hosts that can be asked, and what is to be known of everybody asked on the way."""

    def __init__(self, store: Store, plans: Mapping[Asked, Plan], weights: Weights) -> None:
        self._store = store
        self._plans = dict(plans)
        self._offers = OffersAtHand(store, weights)

    @activity.defn(name="find-hosts")
    async def find_hosts(self, question: HostQuestion) -> HostsFound:
        """Rank today's hosting offers, and look up plans and calendars for this mobility."""
        ranking = await self._ranking(question)
        hosts = {host.coordinator: host.organisation for host in (*ranking.hosts, *ranking.full)}
        directory = await self._around(question.request, hosts)
        almanac = almanac_for(
            question.request, hosts, directory, self._plans, since=question.at.date()
        )
        return HostsFound(ranking=ranking, almanac=almanac)

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
            guests=question.guests,
        )  # fmt: skip
        return await self._offers.rank(demand, on=question.at.date())

    async def _around(
        self, request: MobilityRequest, hosts: Mapping[PersonId, OrganisationId]
    ) -> Directory:
        people = {request.coordinator, request.office, *request.participants, *hosts}
        return await read_around(self._store.engine, people, {request.sending, *hosts.values()})
