"""What others have of offers at the time of a visit, summed up where the places are kept."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from domain.facts import OfferId
from domain.request import MobilityRequest
from domain.standing import Occupied
from store.places import STILL_COUNTS

OTHERS = f"""
    with of_others as materialized (
      select offer, reference, day, guests from place p
      where day between :monday and :sunday and reference <> :reference and {STILL_COUNTS}
    ), of_one_group as (
      select offer, (day - :monday) / 7 as week, max(guests) as guests
      from of_others group by offer, reference, week
    ), in_a_week as (
      select offer, sum(guests) as guests from of_one_group group by offer, week
    ), on_a_day as (
      select offer, sum(guests) as guests from of_others
      where day between :first_day and :last_day group by offer, day
    ), most_in_a_week as (
      select offer, max(guests) as guests from in_a_week group by offer
    ), most_on_a_day as (
      select offer, max(guests) as guests from on_a_day group by offer
    )
    select array_agg(offer) as offers, array_agg(coalesce(d.guests, 0)) as on_a_day,
      array_agg(w.guests) as in_a_week
    from most_in_a_week w left join most_on_a_day d using (offer)
    """  # noqa: S608 - nothing in it is anybody's words
"""The most guests at every offer, on any day of a visit and in any of its weeks. A group is as many
on all its days, and counts once in a week. Materialised, or PostgreSQL sorts the rows instead of
hashing them, which takes twice as long."""


def days_around(request: MobilityRequest) -> dict[str, str | date]:
    """What ``OTHERS`` is filled with: a visit and its whole weeks, and who is not one of them."""
    first, last = request.first_day, request.last_day
    return {
        "reference": request.reference, "first_day": first, "last_day": last,
        "monday": first - timedelta(days=first.weekday()),
        "sunday": last + timedelta(days=6 - last.weekday()),
    }  # fmt: skip


def occupied_by(others: "sa.Row[Any]") -> Mapping[OfferId, Occupied]:
    """What others have, offer by offer."""
    if not others.offers:
        return {}
    most = map(Occupied, others.on_a_day, others.in_a_week)
    return dict(zip(map(OfferId, others.offers), most, strict=True))
