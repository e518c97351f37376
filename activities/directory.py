"""Looking into the partnership's directory."""

from collections.abc import Mapping

from temporalio import activity

from activities.almanac import almanac_for
from activities.names import DaysQuestion, HostQuestion, HostsFound
from domain.almanac import Almanac
from domain.deadlines import Asked, Plan
from domain.ranking import rank
from store.cases import Store
from store.directory import read_directory
from store.matchmaking import read_event


class HostFinder:
    """Finds the hosts that can be asked, and what is to be known of everybody asked on the way."""

    def __init__(self, store: Store, plans: Mapping[Asked, Plan]) -> None:
        self._store = store
        self._plans = dict(plans)

    @activity.defn(name="find-hosts")
    async def find_hosts(self, question: HostQuestion) -> HostsFound:
        """Rank today's hosting offers, and look up plans and calendars for this mobility."""
        directory = await read_directory(self._store.engine)
        ranking = rank(question.request, directory.offers)
        hosts = {host.coordinator: host.organisation for host in ranking.hosts}
        almanac = almanac_for(
            question.request, hosts, directory, self._plans, since=question.at.date()
        )
        event = question.request.event
        found = await read_event(self._store.engine, event) if event else None
        until = found.waited_for_until if found else None
        return HostsFound(ranking=ranking, almanac=almanac, event_until=until)

    @activity.defn(name="look-up-days")
    async def look_up_days(self, question: DaysQuestion) -> Almanac:
        """Look up plans and calendars anew, for a visit that was moved and has a host."""
        directory = await read_directory(self._store.engine)
        host = {question.host: question.organisation}
        return almanac_for(question.request, host, directory, self._plans, since=question.at.date())
