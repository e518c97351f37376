"""Looking up the rates of Erasmus+."""

from collections.abc import Iterable

from temporalio import activity

from activities.names import GrantQuestion
from domain.grant import GrantLine, GrantRates, RateStatus, compute_grant, read_rates


class GrantClerk:
    """Computes grants from the rate files that were on hand when the worker started."""

    def __init__(self, rate_files: Iterable[str], *, allow_illustrations: bool) -> None:
        rates = read_rates(*rate_files)
        kept = tuple(
            rate
            for rate in rates.rates
            if allow_illustrations or rate.status is not RateStatus.ILLUSTRATION
        )
        self._rates = GrantRates(rates=kept, country_groups=rates.country_groups)

    @activity.defn(name="compute-grant")
    async def compute(self, question: GrantQuestion) -> tuple[GrantLine, ...]:
        """Compute every line of a grant, with the source and status of each figure."""
        return compute_grant(
            question.request, question.participants, self._rates, question.receiving_country
        )
