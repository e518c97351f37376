"""How hosts stand: what they answered and how soon, whom they sent, who is paused, who is full."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.demand import Demand
from domain.facts import OfferId, OrganisationId
from domain.standing import HALVINGS, UNIT, Occupied, Standing, longest_counted
from domain.weighing import Weights
from store.engine import single_statement
from store.occupancy import OTHERS, days_around, occupied_by


class Look(NamedTuple):
    """What may have changed since hosts were last ranked, and who is full on the days of a visit.

    ``answered_in`` is the newest transaction in which a host answered or let a request pass, 0 for
    none. Of those before ``all_seen_before`` everything is seen by now, later ones may still come.
    """

    change: int
    answered_in: int
    all_seen_before: int
    paused: frozenset[OrganisationId]
    occupied: Mapping[OfferId, Occupied]


_BEGUN = "cast(cast(pg_snapshot_xmax(pg_current_snapshot()) as text) as bigint)"
"""Later transactions cannot be seen: rows that name one have come with a copy of another store."""
_LOOK = sa.text(
    f"""
    select
      coalesce((select max(change) from hosting_offer), 0) as change,
      coalesce((
        select max(answered_in) from host_answer
        where answer is not null and answered_in < {_BEGUN}), 0) as answered_in,
      cast(cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as bigint) as all_seen_before,
      array(select organisation from hosting_pause) as paused, others.*
    from ({OTHERS}) as others
    """  # noqa: S608 - nothing in it is anybody's words
)
"""One statement, so that it is one way there and back."""

_ANSWERED = sa.text(
    f"""
    select h.organisation as host, m.request ->> 'sending' as sender
    from host_answer h join mobility m using (reference)
    where h.answer is not null and h.answered_in >= :since and h.answered_in < {_BEGUN}
    """  # noqa: S608
)
_STANDINGS = """
    with aged as (
      select organisation, answer,
        greatest(0, cast(:on as date) - cast(asked_at at time zone 'UTC' as date)) as age,
        least(:longest, floor(extract(epoch from answered_at - asked_at) / 86400)::integer) as days
      from host_answer where answer is not null {of_hosts}
    ), counted as (
      select organisation, answer, days,
        (:unit >> (age / :half_life)) - ((:unit >> (age / :half_life))
          - (:unit >> (age / :half_life + 1))) * (age % :half_life) / :half_life as counts
      from aged where age / :half_life < :halvings
    ), behaviour as (
      select organisation, sum(counts) as asked,
        sum(counts) filter (where answer <> 'silent') as answered,
        sum(counts * days) filter (where answer <> 'silent') as days
      from counted group by organisation
    ), hosted as (
      select organisation, count(*) as hosted
      from host_answer where answer = 'accepted' and {is_recent} {of_hosts} group by organisation
    ), sent as (
      select m.request ->> 'sending' as organisation, count(*) as sent
      from mobility m join host_answer using (reference)
      where answer = 'accepted' and {is_recent} {of_senders} group by m.request ->> 'sending'
    ), exchange as (
      select organisation, hosted, sent from hosted full join sent using (organisation)
    )
    select coalesce(b.organisation, e.organisation), coalesce(b.asked, 0)::bigint,
      coalesce(b.answered, 0)::bigint, coalesce(b.days, 0)::bigint,
      coalesce(e.hosted, 0)::bigint, coalesce(e.sent, 0)::bigint
    from behaviour b full join exchange e using (organisation)
    """
"""The same sums as in ``domain/standing.py``."""
_IS_RECENT = "answered_at >= cast(:on as date) - cast(:balance_days as integer)"
_OF_ALL = sa.text(_STANDINGS.format(is_recent=_IS_RECENT, of_hosts="", of_senders=""))
_OF_SOME = sa.text(
    _STANDINGS.format(
        is_recent=_IS_RECENT,
        of_hosts="and organisation = any(cast(:organisations as text[]))",
        of_senders="and m.request ->> 'sending' = any(cast(:organisations as text[]))",
    )
)


async def look_around(engine: AsyncEngine, demand: Demand) -> Look:
    """See what has changed, and what others have at the time of this visit."""
    days = days_around(demand.request)
    async with single_statement(engine) as connection:
        seen = (await connection.execute(_LOOK, days)).one()
    return Look(
        change=seen.change, answered_in=seen.answered_in, all_seen_before=seen.all_seen_before,
        paused=frozenset(seen.paused), occupied=occupied_by(seen),
    )  # fmt: skip


async def changed_standings(engine: AsyncEngine, *, since: int) -> set[OrganisationId]:
    """Hosts that answered or let a request pass in this transaction or later, and who had asked."""
    async with single_statement(engine) as connection:
        rows = await connection.execute(_ANSWERED, {"since": since})
        return {OrganisationId(name) for row in rows for name in row if name is not None}


async def read_standings(
    engine: AsyncEngine, weights: Weights, *, on: date, of: Iterable[OrganisationId] | None = None
) -> dict[OrganisationId, Standing]:
    """How every organisation stands that was asked or has sent somebody; who is paused aside.

    Of some only, if they are named.
    """
    facts = {
        "on": on, "unit": UNIT, "halvings": HALVINGS, "longest": longest_counted(weights),
        "half_life": weights.answers.half_life_days, "balance_days": weights.balance.days,
    }  # fmt: skip
    statement = _OF_ALL if of is None else _OF_SOME
    chosen = {} if of is None else {"organisations": sorted(of)}
    async with single_statement(engine) as connection:
        rows = await connection.execute(statement, facts | chosen)
        return {OrganisationId(row[0]): Standing(*row[1:]) for row in rows}
