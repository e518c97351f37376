"""Directories as chance makes them up: small, and with something of everything.

Hypothesis draws a seed only: drawing every word of every offer would take longer than all else.
"""

from datetime import date
from random import Random

from hypothesis import strategies as st

from domain.demand import Demand
from domain.facts import OfferId, OrganisationId, PersonId
from domain.hosting import HostingOffer, Period, Provision
from domain.matching import WHATEVER_THE_DATES
from domain.people import Level
from domain.request import Activity
from domain.standing import Known, Occupied, Standing
from tests.builders import BORAS, COORDINATOR, FRIDA, OFFICE, a_demand, a_request, an_offer

ORGANISATIONS = [BORAS, OrganisationId("x"), OrganisationId("y"), OrganisationId("z")]
THEMES, TAGS = ["inclusion", "skills mapping", "youth"], ["mix", "metal", "co-op"]
FIELDS, LANGUAGES = ["091", "092", "031", "032"], ["en", "sv", "es"]
ACTIVITIES = [Activity.JOB_SHADOWING, Activity.COURSE]
DAYS = [date(2026, 1, 1), date(2026, 5, 4), date(2026, 5, 6), date(2026, 5, 8), date(2026, 12, 31)]
NAMES = [OfferId(first + second) for first in "abc" for second in ("", "a", "b")]


def _some(chance: Random, words: list[str]) -> tuple[str, ...]:
    return tuple(chance.sample(words, chance.randint(0, len(words))))


def _period(chance: Random) -> tuple[date, date]:
    first, last = sorted((chance.choice(DAYS), chance.choice(DAYS)))
    return first, last


def an_offer_of_chance(chance: Random, name: OfferId) -> HostingOffer:
    """One offer under this name, of anybody, for anything."""
    first, last = _period(chance)
    closed = _period(chance)
    places = chance.randint(1, 6)
    return an_offer(
        id=name,
        organisation=chance.choice(ORGANISATIONS),
        coordinator=chance.choice([PersonId(f"of-{name}")] * 4 + [FRIDA, COORDINATOR, OFFICE]),
        country=chance.choice(["ES", "NO", "SE"]),
        activities=chance.choice([ACTIVITIES, ACTIVITIES[:1], ACTIVITIES[1:]]),
        themes=_some(chance, THEMES), fields=_some(chance, FIELDS), tags=_some(chance, TAGS),
        languages={name: chance.choice([None, *Level]) for name in _some(chance, LANGUAGES)},
        opens=chance.choice([first, DAYS[0], DAYS[0]]),
        closes=chance.choice([last, DAYS[-1], DAYS[-1]]),
        blackouts=chance.choice([(), (), (Period(first=closed[0], last=closed[1]),)]),
        places=places,
        per_week=chance.choice([None, None, 1, 3, 20]),
        smallest_group=chance.randint(1, min(places, 2)),
        largest_group=chance.choice([None, 2, 5]),
        shortest_days=chance.choice([1, 1, 3, 5]),
        longest_days=chance.choice([None, None, 5, 10]),
        accessibility=_some(chance, list(Provision)),
    )  # fmt: skip


def _offers_of(seed: int) -> tuple[HostingOffer, ...]:
    chance = Random(seed)
    names = chance.sample(NAMES, chance.randint(0, len(NAMES)))
    return tuple(an_offer_of_chance(chance, name) for name in names)


def _demand_of(seed: int) -> Demand:
    chance = Random(seed)
    request = a_request(
        themes=_some(chance, THEMES), fields=_some(chance, FIELDS), tags=_some(chance, TAGS),
        languages=_some(chance, LANGUAGES), least_level=chance.choice([None, None, "B1"]),
        fewer_opportunities=chance.choice([True, False]),
    )  # fmt: skip
    declined = {chance.choice([*NAMES, "nobody"]): chance.choice(WHATEVER_THE_DATES)}
    asked = chance.sample([*NAMES, "nobody"], 2)
    return a_demand(
        request, declined=chance.choice([{}, {}, declined]), guests=chance.choice([None, None, 1]),
        asked=chance.choice([(), asked]),
    )  # fmt: skip


def _standing_of(chance: Random) -> Standing:
    silent, answered = chance.randint(0, 9000), chance.randint(0, 9000)
    return Standing(
        asked=silent + answered, answered=answered, days=chance.randint(0, 10 * answered),
        hosted=chance.randint(0, 9), sent=chance.randint(0, 9),
        is_paused=not chance.randint(0, 3),
    )  # fmt: skip


def _known_of(seed: int) -> Known:
    chance = Random(seed)
    standings = {name: _standing_of(chance) for name in _some(chance, list(ORGANISATIONS))}
    occupied = {
        name: Occupied(chance.randint(0, 5), chance.randint(0, 9))
        for name in _some(chance, [*NAMES, "nobody"])
    }
    return Known(
        {OrganisationId(name): standing for name, standing in standings.items()},
        {OfferId(name): others for name, others in occupied.items()},
    )


_SEEDS = st.integers(0, 2**32)
some_offers = _SEEDS.map(_offers_of)
"""Up to nine offers, some of them of one organisation."""
some_demands = _SEEDS.map(_demand_of)
"""What somebody from Sweden may ask of hosts."""
anything_known = _SEEDS.map(_known_of)
"""Whatever may be known of hosts."""
