"""What others have of offers at the time of a visit, summed up in memory from rows by the week."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

from domain.facts import OfferId
from domain.request import MobilityRequest
from domain.standing import Occupied
from store.places import STILL_COUNTS

OTHERS = f"""
    with of_others as materialized (
      select offer, reference, day - cast(:monday as date) as day, guests from place p
      where day between :monday and :sunday and reference <> :reference and {STILL_COUNTS}
    ), of_one_group as (
      select offer, day / 7 as week, max(guests) as guests, bit_or(1 << day % 7) as days
      from of_others group by offer, reference, week
    )
    select array_agg(offer) as offers, array_agg(week) as weeks, array_agg(guests) as guests,
      array_agg(days) as days
    from of_one_group
    """  # noqa: S608 - nothing in it is anybody's words
"""Every group at every offer in every week: how many guests, and on which days, Monday first. A
group is as many on all its days. Materialised, or PostgreSQL sorts the rows instead of hashing
them, which takes twice as long."""
DAYS = 7


def days_around(request: MobilityRequest) -> dict[str, str | date]:
    """What ``OTHERS`` is filled with: the whole weeks of a visit, and who is not one of them."""
    return {
        "reference": request.reference, "monday": _monday(request.first_day),
        "sunday": request.last_day + timedelta(days=6 - request.last_day.weekday()),
    }  # fmt: skip


def occupied_by(others: "sa.Row[Any]", request: MobilityRequest) -> Mapping[OfferId, Occupied]:
    """The most guests on any day of the visit and in any of its weeks, offer by offer.

    In a week every group counts once.
    """
    if not others.offers:
        return {}
    codes: dict[OfferId, int] = {}
    offer = np.array([codes.setdefault(name, len(codes)) for name in others.offers])
    week, guests = np.array(others.weeks), np.array(others.guests)
    shape = len(codes), int(week.max()) + 1
    in_week, on_day = np.zeros(shape, np.int64), np.zeros((*shape, DAYS), np.int64)
    np.add.at(in_week, (offer, week), guests)
    is_there = np.array(others.days)[:, None] >> np.arange(DAYS) & 1
    np.add.at(on_day, (offer, week), guests[:, None] * is_there)
    first = request.first_day.weekday()
    of_visit = on_day.reshape(len(codes), -1)[:, first : first + request.length]
    most = map(Occupied, of_visit.max(axis=1).tolist(), in_week.max(axis=1).tolist())
    return dict(zip(codes, most, strict=True))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
