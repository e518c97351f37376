"""Matchmaking events as they are kept: their facts, how their requests stand, what was answered."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.assignment import Solution
from domain.case_view import CaseView
from domain.events import AssignedHostCannot, Entry, HostsRanked, ProposalMade
from domain.facts import Fact, OfferId, Reference
from domain.matchmaking import MatchmakingEvent, Standing
from domain.request import MobilityRequest
from store.engine import single_statement
from store.places import STILL_COUNTS
from store.tables import NOW, assignment, journal, matchmaking_event, mobility, place

_TELLING = (HostsRanked.__name__, AssignedHostCannot.__name__, ProposalMade.__name__)
_OF = mobility.c.request["event"].astext


class AnswerChanged(Exception):  # noqa: N818 - two answers to one round; it is not a fault of ours
    """The round was answered before, and otherwise."""


class Answer(Fact):
    """What was answered in one round, as it was published."""

    round: int
    solution: Solution
    sha256: str

    @property
    def is_as_published(self) -> bool:
        """Whether it is still what its digest says."""
        return digest(self.solution) == self.sha256


def digest(solution: Solution) -> str:
    """The digest of an answer, whatever order its words are kept in."""
    text = json.dumps(solution.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def keep_event(engine: AsyncEngine, event: MatchmakingEvent) -> bool:
    """Keep an event; false when there is one of that reference."""
    row = {"reference": event.reference, "facts": event.model_dump(mode="json")}
    statement = insert(matchmaking_event).values(row).on_conflict_do_nothing()
    async with single_statement(engine) as tx:
        kept = await tx.execute(statement.returning(matchmaking_event.c.reference))
        return kept.scalar() is not None


async def change_event(engine: AsyncEngine, event: MatchmakingEvent) -> None:
    """Keep other facts of an event."""
    async with single_statement(engine) as tx:
        await tx.execute(
            sa.update(matchmaking_event)
            .where(matchmaking_event.c.reference == event.reference)
            .values(facts=event.model_dump(mode="json"))
        )


async def read_event(engine: AsyncEngine, reference: str) -> MatchmakingEvent | None:
    """One event, unless there is none of that reference or it is over."""
    return next((e for e, is_over in await read_events(engine, reference) if not is_over), None)


async def read_events(
    engine: AsyncEngine, reference: str | None = None
) -> list[tuple[MatchmakingEvent, bool]]:
    """Events, the latest first, and whether each is over."""
    statement = sa.select(
        matchmaking_event.c.facts, matchmaking_event.c.over_at.is_not(None).label("is_over")
    ).order_by(matchmaking_event.c.reference.desc())
    if reference is not None:
        statement = statement.where(matchmaking_event.c.reference == reference)
    async with single_statement(engine) as connection:
        rows = await connection.execute(statement)
        return [(MatchmakingEvent.model_validate(row.facts), row.is_over) for row in rows]


async def end_event(engine: AsyncEngine, reference: str) -> None:
    """The event is over."""
    async with single_statement(engine) as tx:
        await tx.execute(
            sa.update(matchmaking_event)
            .where(matchmaking_event.c.reference == reference)
            .values(over_at=sa.func.coalesce(matchmaking_event.c.over_at, NOW))
        )


async def read_standings(engine: AsyncEngine, event: str) -> list[Standing]:
    """How the requests of an event stand that have not ended."""
    rows = (
        sa.select(mobility.c.reference, mobility.c.request, mobility.c.view)
        .where(event == _OF, mobility.c.view.is_not(None))
        .where(mobility.c.view["outcome"].astext.is_(None))
        .order_by(mobility.c.reference)
    )
    told = (
        sa.select(journal.c.body)
        .join(mobility, mobility.c.reference == journal.c.reference)
        .where(event == _OF, journal.c.kind.in_(_TELLING))
        .order_by(journal.c.reference, journal.c.n)
    )
    async with single_statement(engine) as connection:
        found = (await connection.execute(rows)).all()
        entries = [
            Entry.model_validate_json(body) for body in (await connection.execute(told)).scalars()
        ]
    of: dict[Reference, list[Entry]] = defaultdict(list)
    for entry in entries:
        of[entry.reference].append(entry)
    return [
        _standing(
            MobilityRequest.model_validate(row.request), CaseView.model_validate(row.view),
            of[row.reference],
        )
        for row in found
    ]  # fmt: skip


def _standing(request: MobilityRequest, view: CaseView, entries: Sequence[Entry]) -> Standing:
    request = view.as_it_stands(request)
    ranked: tuple[tuple[OfferId, int], ...] = ()
    asked, full = list[OfferId](), list[OfferId]()
    for told in (entry.event() for entry in entries):
        if isinstance(told, HostsRanked):
            ranked = tuple((host.offer, max(0, host.score)) for host in told.ranking.hosts)
            asked, full = [], []
        elif isinstance(told, AssignedHostCannot):
            full += [one.offer for one in told.passed_over]
        elif isinstance(told, ProposalMade):
            asked.append(told.offer)
    at = view.host.offer if view.host else None
    # Whoever was asked for these days and is not asked now has not said yes, in whatever words.
    return Standing(
        reference=request.reference, guests=max(1, len(view.taking_part)),
        first_day=request.first_day, last_day=request.last_day, ranked=ranked,
        said_no=tuple(offer for offer in asked if offer != at), at=at,
        turned_away=tuple(offer for offer in dict.fromkeys(full) if offer not in asked),
        is_matched=view.is_matched,
    )  # fmt: skip


async def read_taken(
    engine: AsyncEngine, offers: Iterable[OfferId], event: str
) -> dict[OfferId, dict[date, int]]:
    """How many places mobilities outside the event have at these offers, by the day."""
    inside = sa.select(mobility.c.reference).where(event == _OF)
    p = place.alias("p")
    statement = (
        sa.select(p.c.offer, p.c.day, sa.func.sum(p.c.guests).label("guests"))
        .where(p.c.offer.in_(list(offers)), p.c.reference.not_in(inside), sa.text(STILL_COUNTS))
        .group_by(p.c.offer, p.c.day)
    )
    taken: dict[OfferId, dict[date, int]] = defaultdict(dict)
    async with single_statement(engine) as connection:
        for row in await connection.execute(statement):
            taken[OfferId(row.offer)][row.day] = row.guests
    return taken


async def keep_answer(engine: AsyncEngine, event: str, number: int, solution: Solution) -> str:
    """Keep what a round has answered, once, and return its digest.

    Raises:
        AnswerChanged: when another answer to this round was kept before.
    """
    sha256 = digest(solution)
    row = {"event": event, "round": number, "sha256": sha256}
    body = solution.model_dump(mode="json")
    async with single_statement(engine) as tx:
        await tx.execute(insert(assignment).values(**row, body=body).on_conflict_do_nothing())
    [kept] = [a for a in await read_answers(engine, event) if a.round == number]
    if kept.sha256 != sha256:
        raise AnswerChanged(f"Round {number} of {event} was answered otherwise before.")
    return sha256


async def read_answers(engine: AsyncEngine, event: str) -> list[Answer]:
    """What was answered so far, round by round."""
    statement = (
        sa.select(assignment.c.round, assignment.c.body, assignment.c.sha256)
        .where(assignment.c.event == event)
        .order_by(assignment.c.round)
    )
    async with single_statement(engine) as connection:
        return [
            Answer(round=row.round, solution=Solution.model_validate(row.body), sha256=row.sha256)
            for row in await connection.execute(statement)
        ]
