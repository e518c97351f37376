"""How hosts stand: what they answered and how soon, whom they sent, who is paused, who is full."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.demand import Demand
from domain.facts import OfferId, OrganisationId
from domain.standing import HALVINGS, NEWCOMER, UNIT, Occupied, Standing, longest_counted
from domain.weighing import Weights
from store.engine import single_statement
from store.places import STILL_COUNTS


class Look(NamedTuple):
    """What may have changed since hosts were last ranked, and who is full on the days of a visit.

    ``answered`` counts the requests that hosts have answered or let pass: while it does not rise,
    everybody stands as before.
    """

    change: int
    answered: int
    paused: frozenset[OrganisationId]
    occupied: Mapping[OfferId, Occupied]


_LOOK = sa.text(
    f"""
    with others as (
      select p.offer, p.day, p.reference, p.guests from place p
      where p.day between :monday and :sunday and p.reference <> :reference and {STILL_COUNTS}
    ), by_day as (
      select offer, sum(guests) as guests from others
      where day between :first_day and :last_day group by offer, day
    ), of_one_group as (
      select offer, date_trunc('week', day) as week, max(guests) as guests from others
      group by offer, week, reference
    ), by_week as (
      select offer, sum(guests) as guests from of_one_group group by offer, week
    ), busiest as (
      select offer, max(on_a_day) as on_a_day, max(in_a_week) as in_a_week from (
        select offer, guests as on_a_day, 0 as in_a_week from by_day
        union all select offer, 0, guests from by_week) as each
      group by offer
    )
    select
      coalesce((select max(change) from hosting_offer), 0) as change,
      (select count(answer) from host_answer) as answered,
      array(select organisation from hosting_pause) as paused,
      array(select offer from busiest order by offer) as offers,
      array(select on_a_day from busiest order by offer) as on_a_day,
      array(select in_a_week from busiest order by offer) as in_a_week
    """  # noqa: S608 - nothing in it is anybody's words
)
"""One statement, so that it is one way there and back. In a week every group counts once."""

_STANDINGS = sa.text(
    """
    with aged as (
      select organisation, answer,
        greatest(0, cast(:on as date) - cast(asked_at at time zone 'UTC' as date)) as age,
        least(:longest, floor(extract(epoch from answered_at - asked_at) / 86400)::integer) as days
      from host_answer where answer is not null
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
    ), matched as (
      select h.organisation as host, m.request ->> 'sending' as sender
      from host_answer h join mobility m using (reference)
      where h.answer = 'accepted'
        and h.answered_at >= cast(:on as date) - cast(:balance_days as integer)
    ), exchange as (
      select organisation, sum(hosted) as hosted, sum(sent) as sent from (
        select host as organisation, 1 as hosted, 0 as sent from matched
        union all select sender, 0, 1 from matched) as each
      group by organisation
    )
    select coalesce(b.organisation, e.organisation), coalesce(b.asked, 0)::bigint,
      coalesce(b.answered, 0)::bigint, coalesce(b.days, 0)::bigint,
      coalesce(e.hosted, 0)::bigint, coalesce(e.sent, 0)::bigint
    from behaviour b full join exchange e using (organisation)
    """
)
"""The same sums as in ``domain/standing.py``."""


async def look_around(engine: AsyncEngine, demand: Demand) -> Look:
    """See what has changed, and what others have at the time of this visit."""
    request = demand.request
    monday = request.first_day - timedelta(days=request.first_day.weekday())
    sunday = request.last_day + timedelta(days=6 - request.last_day.weekday())
    facts = {
        "reference": request.reference, "first_day": request.first_day,
        "last_day": request.last_day, "monday": monday, "sunday": sunday,
    }  # fmt: skip
    async with single_statement(engine) as connection:
        seen = (await connection.execute(_LOOK, facts)).one()
    busiest = zip(seen.offers, seen.on_a_day, seen.in_a_week, strict=True)
    return Look(
        change=seen.change, answered=seen.answered,
        paused=frozenset(seen.paused),
        occupied={OfferId(offer): Occupied(int(day), int(week)) for offer, day, week in busiest},
    )  # fmt: skip


async def read_standings(
    engine: AsyncEngine, weights: Weights, *, on: date
) -> dict[OrganisationId, Standing]:
    """How every organisation stands that was asked or has sent somebody; who is paused aside."""
    facts = {
        "on": on, "unit": UNIT, "halvings": HALVINGS, "longest": longest_counted(weights),
        "half_life": weights.answers.half_life_days, "balance_days": weights.balance.days,
    }  # fmt: skip
    async with single_statement(engine) as connection:
        rows = await connection.execute(_STANDINGS, facts)
        return {OrganisationId(row[0]): Standing(*row[1:]) for row in rows}


def with_pauses(
    standings: Mapping[OrganisationId, Standing], paused: frozenset[OrganisationId]
) -> dict[OrganisationId, Standing]:
    """The same standings, with those that are paused marked."""
    marked = {name: standings.get(name, NEWCOMER)._replace(is_paused=True) for name in paused}
    return {**standings, **marked}
