"""Holding places: the first host of a list that has room, decided under a lock of its own.

A place counts while its mobility goes on. A mobility that nobody carries any more, because its
workflow was terminated, shows by its questions: they have all been over for longer than any outage.
Then what it holds counts no more, and nobody has to see to that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.facts import OfferId, OrganisationId, PersonId
from domain.holding import (
    MOST_OPEN_PROPOSALS,
    SILENCES_UNTIL_PAUSE,
    Hindrance,
    Hold,
    Holding,
    NewPause,
    PassedOver,
    holding_of,
)

HOLDING = 0x484F4C
"""One mobility at a time holds places at one organisation. Only one such lock is ever waited for,
and none is had meanwhile, so nobody waits in a circle."""
AT_A_TIME = 50


class Look(NamedTuple):
    """One host as it stands: what would keep it from being asked."""

    offer: OfferId
    organisation: OrganisationId | None
    coordinator: PersonId | None
    paused_since: datetime | None
    is_silent: bool
    is_too_small: bool
    open_proposals: int
    full_on: date | None

    @property
    def hindrance(self) -> Hindrance | None:
        """Why it cannot be asked now, if it cannot."""
        reasons = (
            (self.organisation is None, Hindrance.WITHDRAWN),
            (self.paused_since is not None or self.is_silent, Hindrance.PAUSED),
            (self.is_too_small, Hindrance.TOO_SMALL),
            (self.full_on is not None, Hindrance.FULL),
            (self.open_proposals >= MOST_OPEN_PROPOSALS, Hindrance.BUSY),
        )
        return next((reason for holds, reason in reasons if holds), None)


async def hold_first(engine: AsyncEngine, hold: Hold, *, is_alone: bool = False) -> Holding:
    """Hold places at the first of these hosts that has them, and let go of any held before.

    All in one transaction. Repeated, it finds what it has held itself. A mobility that is over
    holds nothing. One that ``is_alone`` sees no other: a request played ahead of time.
    """
    async with engine.begin() as tx:
        if not await tx.scalar(GOES_ON, {"reference": hold.reference}):
            return Holding()
        facts = hold.model_dump() | {"offers": list(hold.offers)}
        held = await tx.scalar(HELD, facts)
        await tx.execute(GIVE_BACK, facts | {"held": held or ""})
        search = _Search(tx, hold, {**facts, **_RULES, "is_alone": is_alone}, held)
        found = await search.first()
        return holding_of(found, search.passed_over, await search.pauses())


@dataclass
class _Search:
    """Goes down the list of one mobility."""

    tx: AsyncConnection
    hold: Hold
    facts: dict[str, object]
    held: OfferId | None
    passed_over: list[PassedOver] = field(default_factory=list)
    _paused: dict[OrganisationId, PersonId] = field(default_factory=dict)

    async def first(self) -> OfferId | None:
        """The host at which places are held now; those before it are passed over."""
        offers = self.hold.offers
        for begin in range(0, len(offers), AT_A_TIME):
            for seen in await self._look_at(offers[begin : begin + AT_A_TIME]):
                if seen.offer == self.held:
                    return seen.offer
                look = await self._try(seen) if self.held is None and not seen.hindrance else seen
                if look.hindrance:
                    self._pass_over(look, look.hindrance)
                elif self.held is None:
                    return look.offer
        return None

    async def _look_at(self, offers: Sequence[OfferId]) -> list[Look]:
        rows = await self.tx.execute(LOOK, self.facts | {"offers": list(offers)})
        return [Look(*row) for row in rows]

    async def _try(self, seen: Look) -> Look:
        """Hold places where they seem free, unless somebody was quicker: then the lock goes."""
        attempt = await self.tx.begin_nested()
        await self.tx.execute(LOCK, {"holding": HOLDING, "organisation": seen.organisation})
        [look] = await self._look_at([seen.offer])
        if look.hindrance:
            await attempt.rollback()
            return look
        place = {"offer": look.offer, "organisation": look.organisation}
        await self.tx.execute(TAKE_HOLD, self.facts | place)
        await attempt.commit()
        return look

    def _pass_over(self, look: Look, why: Hindrance) -> None:
        day = look.full_on if why is Hindrance.FULL else None
        self.passed_over.append(
            PassedOver(offer=look.offer, why=why, day=day, organisation=look.organisation)
        )
        if why is Hindrance.PAUSED and look.organisation and look.coordinator:
            self._paused.setdefault(look.organisation, look.coordinator)

    async def pauses(self) -> list[NewPause]:
        """Pause the hosts found silent; those that this mobility is to tell, if it is repeated too.

        Only now and in one order, for here too one may wait for another.
        """
        if not self._paused:
            return []
        facts = self.facts | {"organisations": sorted(self._paused)}
        await self.tx.execute(PAUSE, facts)
        rows = await self.tx.execute(NOTICED, facts)
        return [
            NewPause(
                organisation=row.organisation, since=row.since,
                coordinator=self._paused[row.organisation],
            )
            for row in rows
        ]  # fmt: skip


_RULES = {"silences": SILENCES_UNTIL_PAUSE}
_DAYS = """
    day as (
      select cast(day as date) as day,
        cast(day as date) - (cast(extract(isodow from day) as integer) - 1) as monday
      from generate_series(cast(:first_day as date), cast(:last_day as date), interval '1 day') day
    )
"""
STILL_COUNTS = """
    (p.is_taken or p.held_at > now() - interval '7 days' or now() - interval '7 days' < (
      select max(cast(q ->> 'falls' as timestamptz))
      from mobility holder, jsonb_array_elements(holder.view -> 'questions') q
      where holder.reference = p.reference))
"""
"""Of a row ``p`` of places: whether it is taken, or held by a mobility that somebody carries."""
GOES_ON = sa.text(
    "select view ->> 'outcome' is null from mobility where reference = :reference for update"
)
"""Also keeps the journal from settling the same places at this very moment."""
HELD = sa.text(
    f"""
    with {_DAYS}
    select offer from place where reference = :reference and not is_taken
      and guests = :guests and offer = any(cast(:offers as text[]))
    group by offer
    having array_agg(day order by day) = (select array_agg(day order by day) from day)
    limit 1
    """  # noqa: S608 - nothing in it is anybody's words
)
"""Where places are held already on these very days: an attempt before this one has done it."""
GIVE_BACK = sa.text("delete from place where reference = :reference and offer <> :held")
LOCK = sa.text("select pg_advisory_xact_lock(:holding, hashtext(:organisation))")
TAKE_HOLD = sa.text(
    f"""
    with {_DAYS}
    insert into place (offer, day, reference, organisation, guests, is_taken)
    select :offer, day, :reference, :organisation, :guests, false from day
    """  # noqa: S608
)
PAUSE = sa.text(
    """
    insert into hosting_pause (organisation, since, noticed_by)
    select organisation, now(), :reference
    from unnest(cast(:organisations as text[])) organisation order by organisation
    on conflict do nothing
    """
)
NOTICED = sa.text(
    """
    select organisation, since from hosting_pause
    where noticed_by = :reference and organisation = any(cast(:organisations as text[]))
    order by organisation
    """
)
LOOK = sa.text(
    f"""
    with {_DAYS}, candidate as (
      select nth, of.id as offer, o.facts ->> 'organisation' as organisation,
        o.facts ->> 'coordinator' as coordinator,
        cast(o.facts ->> 'places' as integer) as places,
        cast(o.facts ->> 'per_week' as integer) as per_week
      from unnest(cast(:offers as text[])) with ordinality as of (id, nth)
      left join hosting_offer o on o.id = of.id and o.withdrawn_at is null
    ), others as materialized (
      select p.offer, p.day, p.reference, p.organisation, p.guests, p.is_taken
      from place p join mobility m on m.reference = p.reference
      where not :is_alone and p.reference <> :reference
        and p.organisation in (select organisation from candidate)
        and m.view ->> 'outcome' is null
        and {STILL_COUNTS}
    )
    select c.offer, c.organisation, c.coordinator, pause.since,
      not :is_alone and (
        select count(*) = :silences and bool_and(answer = 'silent') from (
          select answer from host_answer h
          where h.organisation = c.organisation and answer is not null and not is_forgiven
          order by answered_at desc, asked_at desc limit :silences) as last) as is_silent,
      :guests > least(c.places, c.per_week) as is_too_small,
      (select count(distinct reference) from others p
        where p.organisation = c.organisation and not p.is_taken) as open_proposals,
      (select min(day) from day where
        :guests + coalesce((
          select sum(guests) from others p where p.offer = c.offer and p.day = day.day), 0)
          > c.places
        or :guests + coalesce((select sum(guests) from (
          select max(guests) as guests from others p
          where p.offer = c.offer and p.day between monday and monday + 6
          group by reference) as in_week), 0) > c.per_week) as full_on
    from candidate c left join hosting_pause pause on pause.organisation = c.organisation
    order by nth
    """  # noqa: S608
)
"""How each host stands. Guests of one day count together, and in a week each group once."""
