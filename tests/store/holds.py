"""Mobilities that want places of hosts, on a real PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.holding import Hold, Holding
from domain.hosting import HostingOffer
from store.cases import Store
from store.directory import Directory, keep_directory
from store.places import hold_first
from store.tables import host_answer, mobility
from tests.builders import FIRST_DAY, LAST_DAY, SOC_OFFER, VESTLAND
from tests.store.kept import DIRECTORY


async def hosts(store: Store, *offers: HostingOffer) -> None:
    """These are the hosts there are."""
    await keep_directory(store.engine, DIRECTORY)
    await keep_directory(store.engine, Directory(organisations=(), people=(), offers=offers))


async def requested(store: Store, *references: str, view: dict[str, Any] | None = None) -> None:
    """Mobilities of these names."""
    rows = [{"reference": r, "request_key": r, "view": view} for r in references]
    async with store.engine.begin() as tx:
        await tx.execute(sa.insert(mobility), rows)


def a_hold(reference: str, **changes: object) -> Hold:
    """One place at the first host, for the three days of the builders' visit."""
    facts: dict[str, object] = {
        "reference": reference, "offers": (SOC_OFFER,), "first_day": FIRST_DAY,
        "last_day": LAST_DAY, "guests": 1,
    }  # fmt: skip
    return Hold.model_validate(facts | changes)


async def held(store: Store, reference: str, **changes: object) -> Holding:
    """What comes of it when a new mobility asks for places."""
    await requested(store, reference)
    return await hold_first(store.engine, a_hold(reference, **changes))


async def change(store: Store, statement: sa.Executable) -> None:
    """Have something be otherwise."""
    async with store.engine.begin() as tx:
        await tx.execute(statement)


async def answers(store: Store, *given: str | None, reference: str = "M-asked") -> None:
    """Requests that were put to the second host, one a day, and what became of each."""
    await requested(store, reference)
    began = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {
            "reference": reference, "asked_n": n, "organisation": VESTLAND,
            "asked_at": began + timedelta(days=n), "answer": answer,
            "answered_at": began + timedelta(days=n, hours=1) if answer else None,
        }
        for n, answer in enumerate(given)
    ]  # fmt: skip
    await change(store, sa.insert(host_answer).values(rows))
