"""The same rules and points in SQL, over a table made for it: typed columns and arrays, indexed."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from benchmarks.bare_scoring import ENDLESS, Found
from domain.demand import Demand
from domain.facts import OfferId
from domain.hosting import HostingOffer
from domain.matching import MOST_NAMED
from domain.standing import Known, Occupied, standing_points
from domain.weighing import Weights

TABLE = """
    create unlogged table scored (
      id text primary key, organisation text, country text, activities text[], themes text[],
      tags text[], fields text[], broad text[], languages jsonb, opens date, closes date,
      closed datemultirange, places int, per_week int, smallest int, largest int, shortest int,
      longest int, provisions int, standing int)
"""
INDEXES = (
    "create index on scored using gin (themes)",
    "create index on scored using gin (activities)",
    "create index on scored (opens, closes)",
)
KEEP = sa.text(
    """
    insert into scored values (:id, :organisation, :country, :activities, :themes, :tags, :fields,
      :broad, cast(cast(:languages as text) as jsonb), :opens, :closes,
      cast(cast(:closed as text) as datemultirange), :places, :per_week, :smallest, :largest,
      :shortest, :longest, :provisions, :standing)
    """
)
WHOLE_NUMBERS = (
    "language_each", "language_step", "language_most", "least", "theme_each", "theme_most",
    "tag_each", "tag_most", "field_same", "field_near", "field_most", "spare", "access_each",
    "access_most", "people", "days", "most",
)  # fmt: skip
BEST = sa.text(
    """
    with busy as (
      select * from unnest(cast(:offers as text[]), cast(:on_a_day as int[]),
        cast(:in_a_week as int[])) as b (id, on_a_day, in_a_week)
    ), able as (
      select s.*, coalesce(b.on_a_day, 0) as on_a_day, (
        select count(*) * :language_each + :language_step * (max(spoken) - 1)
        from (select cast(s.languages ->> name as int) as spoken
          from unnest(cast(:languages as text[])) as asked (name)) as l
        where spoken >= :least) as language_points
      from scored s left join busy b using (id)
      where s.country <> :country and s.activities @> cast(:activity as text[])
        and s.opens <= :first_day and s.closes >= :last_day
        and not s.closed && daterange(:first_day, :last_day, '[]')
        and s.smallest <= :people and s.largest >= :people
        and s.shortest <= :days and s.longest >= :days
        and s.places - coalesce(b.on_a_day, 0) >= :people
        and s.per_week - coalesce(b.in_a_week, 0) >= :people
    ), points as (
      select id, organisation, standing + least(language_points, :language_most)
        + least(:theme_most, :theme_each * (select count(*) from unnest(themes) as t
          where t = any(cast(:themes as text[]))))
        + least(:tag_most, :tag_each * (select count(*) from unnest(tags) as t
          where t = any(cast(:tags as text[]))))
        + least(:field_most, (select coalesce(sum(case when f = any(fields) then :field_same
            when left(f, 2) = any(broad) then :field_near end), 0)
          from unnest(cast(:fields as text[])) as f))
        + case when places - on_a_day > :people then :spare else 0 end
        + case when :access then least(:access_most, :access_each * provisions) else 0 end as score
      from able where language_points is not null
    ), first_of_each as (
      select distinct on (organisation) id, score from points order by organisation, score desc, id
    )
    select id, score from first_of_each order by score desc, id limit :most
    """
).bindparams(
    sa.bindparam("access", type_=sa.Boolean),
    *(sa.bindparam(name, type_=sa.Integer) for name in WHOLE_NUMBERS),
)


async def make_table(
    engine: AsyncEngine, offers: Sequence[HostingOffer], known: Known, weights: Weights
) -> None:
    """Make the table anew, fill it, and have its statistics taken."""
    rows = [_row(offer, known, weights) for offer in offers]
    async with engine.begin() as tx:
        await tx.execute(sa.text("drop table if exists scored"))
        await tx.execute(sa.text(TABLE))
        for begin in range(0, len(rows), 2000):
            await tx.execute(KEEP, rows[begin : begin + 2000])
        for index in INDEXES:
            await tx.execute(sa.text(index))
        await tx.execute(sa.text("analyze scored"))


def _row(offer: HostingOffer, known: Known, weights: Weights) -> dict[str, object]:
    levels = {name: level.rank + 1 if level else 1 for name, level in offer.languages.items()}
    closed = ", ".join(f"[{b.first},{b.last}]" for b in offer.blackouts)
    per_week = offer.per_week or ENDLESS
    return {
        "id": offer.id, "organisation": offer.organisation, "country": offer.country,
        "activities": list(offer.activities), "themes": list(offer.themes),
        "tags": list(offer.tags), "fields": list(offer.fields),
        "broad": sorted({field[:2] for field in offer.fields}),
        "languages": str(levels).replace("'", '"'), "opens": offer.opens, "closes": offer.closes,
        "closed": f"{{{closed}}}", "places": offer.places, "per_week": per_week,
        "smallest": offer.smallest_group, "largest": min(offer.largest, per_week),
        "shortest": offer.shortest_days, "longest": offer.longest_days or ENDLESS,
        "provisions": len(set(offer.accessibility)),
        "standing": standing_points(known.standing(offer.organisation), weights),
    }  # fmt: skip


async def best_in_sql(
    connection: AsyncConnection, demand: Demand, occupied: Mapping[OfferId, Occupied], w: Weights
) -> Found:
    """The twenty best of different organisations, with their scores."""
    request, level = demand.request, demand.request.least_level
    facts = {
        "offers": list(occupied), "on_a_day": [b.on_a_day for b in occupied.values()],
        "in_a_week": [b.in_a_week for b in occupied.values()], "country": demand.country,
        "activity": [request.activity.value], "first_day": request.first_day,
        "last_day": request.last_day, "people": demand.people, "days": request.length,
        "languages": list(request.languages), "least": level.rank + 1 if level else 1,
        "language_each": w.languages.each, "language_step": w.languages.step,
        "language_most": w.languages.most, "themes": list(request.themes),
        "theme_each": w.themes.each, "theme_most": w.themes.most, "tags": list(request.tags),
        "tag_each": w.tags.each, "tag_most": w.tags.most, "fields": list(request.fields),
        "field_same": w.fields.same, "field_near": w.fields.near, "field_most": w.fields.most,
        "spare": w.room.spare, "access": request.fewer_opportunities,
        "access_each": w.access.each, "access_most": w.access.most, "most": MOST_NAMED,
    }  # fmt: skip
    rows = await connection.execute(BEST, facts)
    return [(OfferId(offer), int(score)) for offer, score in rows]
