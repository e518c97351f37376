"""A partnership of any size, made up alike every time: offers, what hosts answered, who is full."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import sqlalchemy as sa

from domain.demand import Demand
from domain.facts import OfferId, OrganisationId, PersonId
from domain.hosting import HostingOffer, Period, Provision
from domain.people import Level
from domain.request import Activity, MobilityRequest
from store.cases import Store
from store.tables import host_answer, hosting_offer, mobility, place
from tests.builders import a_request

COUNTRIES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK",
    "TR",
)  # fmt: skip
LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "hu", "ro", "el",
    "hr", "ca",
)  # fmt: skip
THEMES = [f"theme {n}" for n in range(80)]
TAGS = [f"tag {n}" for n in range(300)]
FIELDS = (
    "011", "021", "022", "023", "031", "032", "041", "042", "051", "052", "053", "054", "061",
    "071", "072", "073", "081", "082", "083", "084", "091", "092", "101", "102", "103", "104",
)  # fmt: skip
TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AT_A_TIME = 2000


def some_offers(how_many: int) -> Iterator[HostingOffer]:
    """Offers of a partnership in which about every third organisation has several."""
    chance = Random(how_many)
    for n in range(how_many):
        yield _an_offer(chance, n, how_many)


def _an_offer(chance: Random, n: int, how_many: int) -> HostingOffer:
    organisation = chance.randrange(max(1, how_many * 2 // 3))
    opens = date(2026, 1, 1) + timedelta(days=chance.randrange(200))
    places = chance.choice([2, 3, 4, 4, 6, 8, 12])
    closed = opens + timedelta(days=chance.randrange(200))
    blackout = Period(first=closed, last=closed + timedelta(days=chance.randrange(1, 15)))
    spoken = {"en", *chance.choices(LANGUAGES, k=chance.randrange(3))}
    levels = [None, *Level]
    return HostingOffer(
        id=OfferId(f"o-{n:06}"),
        organisation=OrganisationId(f"org-{organisation}"),
        coordinator=PersonId(f"p-{organisation}"),
        country=COUNTRIES[organisation % len(COUNTRIES)],
        zone="Europe/Madrid",
        activities=tuple(set(chance.choices(list(Activity), k=3))),
        themes=tuple(set(chance.choices(THEMES, k=4))),
        fields=tuple(set(chance.choices(FIELDS, k=2))),
        tags=tuple(set(chance.choices(TAGS, k=3))),
        languages={language: chance.choice(levels) for language in sorted(spoken)},
        opens=opens,
        closes=opens + timedelta(days=chance.randrange(60, 500)),
        blackouts=(blackout,) if chance.random() < 0.5 else (),
        places=places,
        per_week=chance.choice([None, None, 2 * places]),
        largest_group=chance.choice([None, None, 2]),
        shortest_days=chance.choice([1, 1, 2, 5]),
        longest_days=chance.choice([None, 5, 14, 60]),
        accessibility=tuple(set(chance.choices(list(Provision), k=chance.randrange(3)))),
    )


def some_demands(how_many: int) -> list[Demand]:
    """What somebody asks of hosts, now this and now that."""
    chance = Random(how_many)
    return [_a_demand(chance) for _ in range(how_many)]


def _a_demand(chance: Random) -> Demand:
    first_day = date(2026, 5, 4) + timedelta(days=chance.randrange(60))
    request: MobilityRequest = a_request(
        activity=chance.choice([Activity.JOB_SHADOWING, Activity.TEACHING, Activity.COURSE]),
        themes=tuple(chance.sample(THEMES, 4)),
        fields=tuple(chance.sample(FIELDS, 2)),
        tags=tuple(chance.sample(TAGS, 3)),
        languages=("en", *chance.sample(LANGUAGES[1:], 2)),
        least_level=chance.choice([None, Level.B1]),
        fewer_opportunities=chance.random() < 0.3,
        first_day=first_day,
        last_day=first_day + timedelta(days=chance.choice([2, 4, 6])),
    )
    return Demand(request=request, country="SE")


async def keep_partnership(store: Store, offers: Sequence[HostingOffer]) -> None:
    """Keep the offers, a request put to every fifth host, and the places of a tenth of those."""
    chance = Random(len(offers))
    asked = chance.sample(offers, len(offers) // 5)
    names = [f"M-2025-{n:06}" for n in range(len(asked))]
    await _keep(store, hosting_offer, [_kept(offer) for offer in offers])
    await _keep(store, mobility, [_a_mobility(name, chance) for name in names])
    pairs = list(zip(names, asked, strict=True))
    await _keep(store, host_answer, [_an_answer(name, o, chance) for name, o in pairs])
    await _keep(store, place, [row for name, o in pairs[::10] for row in _places(name, o, chance)])
    async with store.engine.connect() as connection:
        analysing = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await analysing.execute(sa.text("vacuum analyze"))


async def _keep(store: Store, table: sa.Table, rows: list[dict[str, object]]) -> None:
    async with store.engine.begin() as tx:
        for begin in range(0, len(rows), AT_A_TIME):
            await tx.execute(sa.insert(table), rows[begin : begin + AT_A_TIME])


def _kept(offer: HostingOffer) -> dict[str, object]:
    return {"id": offer.id, "facts": offer.model_dump(mode="json")}


def _a_mobility(name: str, chance: Random) -> dict[str, object]:
    request = {"sending": f"org-{chance.randrange(1000)}"}
    return {"reference": name, "request_key": name, "request": request, "view": {"outcome": None}}


def _an_answer(name: str, offer: HostingOffer, chance: Random) -> dict[str, object]:
    asked_at = NOON - timedelta(days=chance.randrange(900))
    answer = chance.choice(["accepted", "declined", "silent", "silent"])
    return {
        "reference": name, "asked_n": 3, "organisation": offer.organisation, "asked_at": asked_at,
        "answered_at": asked_at + timedelta(days=chance.randrange(12)), "answer": answer,
    }  # fmt: skip


def _places(name: str, offer: HostingOffer, chance: Random) -> Iterator[dict[str, object]]:
    first = date(2026, 5, 4) + timedelta(days=chance.randrange(60))
    for n in range(3):
        yield {
            "offer": offer.id, "day": first + timedelta(days=n), "reference": name,
            "organisation": offer.organisation, "guests": 2, "is_taken": True,
        }  # fmt: skip
