"""Looking into the partnership's directory."""

from collections.abc import Mapping

from temporalio import activity

from activities.almanac import almanac_for
from activities.names import DaysQuestion, HostQuestion, HostsFound
from domain.almanac import Almanac
from domain.deadlines import Asked, Plan
from domain.holding import Hold, Holding
from domain.matching import Ranking
from domain.ranking import rank
from store.cases import Store
from store.directory import read_directory
from store.places import hold_first


class HostFinder:
    """Finds the hosts that can be asked, and what is to be known of everybody asked on the way.

    Where mobilities ``are_apart``, none sees the places that another holds: the same request
    played several times over.
    """

    def __init__(
        self, store: Store, plans: Mapping[Asked, Plan], *, are_apart: bool = False
    ) -> None:
        self._store = store
        self._plans = dict(plans)
        self._are_apart = are_apart

    @activity.defn(name="find-hosts")
    async def find_hosts(self, question: HostQuestion) -> HostsFound:
        """Rank today's hosting offers, hold places at the first, and look up plans and calendars.

        Ranking, holding and looking up are one activity, since every mobility begins with them.
        """
        directory = await read_directory(self._store.engine)
        ranking = rank(question.request, directory.offers)
        hosts = {host.coordinator: host.organisation for host in ranking.hosts}
        almanac = almanac_for(
            question.request, hosts, directory, self._plans, since=question.at.date()
        )
        holding = await self.hold_a_place(_first_hold(question, ranking))
        return HostsFound(ranking=ranking, almanac=almanac, holding=holding)

    @activity.defn(name="hold-a-place")
    async def hold_a_place(self, hold: Hold) -> Holding:
        """Hold places at the first of these hosts that has them on every day."""
        return await hold_first(self._store.engine, hold, is_alone=self._are_apart)

    @activity.defn(name="look-up-days")
    async def look_up_days(self, question: DaysQuestion) -> Almanac:
        """Look up plans and calendars anew, for a visit that was moved and has a host."""
        directory = await read_directory(self._store.engine)
        host = {question.host: question.organisation}
        return almanac_for(question.request, host, directory, self._plans, since=question.at.date())


def _first_hold(question: HostQuestion, ranking: Ranking) -> Hold:
    request = question.request
    offers = tuple(h.offer for h in ranking.hosts if h.offer not in question.declined)
    return Hold(
        reference=request.reference, offers=offers, first_day=request.first_day,
        last_day=request.last_day, guests=question.guests or len(request.participants),
    )  # fmt: skip
