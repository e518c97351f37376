"""Looking into the partnership's directory."""

from temporalio import activity

from domain.matching import Ranking, rank
from domain.request import MobilityRequest
from store.cases import Store
from store.directory import read_directory


class HostFinder:
    """Finds the hosts that can be asked."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @activity.defn(name="rank-hosts")
    async def rank_hosts(self, request: MobilityRequest) -> Ranking:
        """Rank today's hosting offers for a request."""
        directory = await read_directory(self._store.engine)
        return rank(request, directory.offers)
