"""Which of the letters taken up may leave: one for each question, and no more than the caps allow.

Whoever decides about a person's letters does so alone: PostgreSQL lets one at a time.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.facts import Fact, PersonId
from domain.reminders import WEEK, Caps, Decision, Gone, Nudge, Way, decide
from domain.waits import MISSED_AFTER
from store.ledger import LINE, LedgerLine, LetterState
from store.tables import NOW, letter, mobility

ABOVE_CAP = "waits for others: this person is sent all of it in one letter"


class Leaving(Fact):
    """A letter that may leave now, with the letters that leave in it."""

    line: LedgerLine
    gathered: tuple[LedgerLine, ...] = ()


@dataclass
class _Person:
    """What waits for one person and what has left."""

    nudges: dict[str, Nudge] = field(default_factory=dict)
    gone: list[Gone] = field(default_factory=list)
    counted: list[dict[str, object]] = field(default_factory=list)


async def let_leave(engine: AsyncEngine, lines: Sequence[LedgerLine], caps: Caps) -> list[Leaving]:
    """Of letters just taken up, those that may leave; of the others the ledger says what became."""
    asking = [line for line in lines if line.order.while_asked]
    telling = [Leaving(line=line) for line in lines if not line.order.while_asked]
    if not asking:
        return telling
    async with engine.begin() as tx:
        people = await _alone_with(tx, sorted({line.order.to for line in asking}))
        leaving = [line for line in asking if await _decided(tx, line, people, caps)]
        if counted := [row for person in people.values() for row in person.counted]:
            await tx.execute(COUNTED, counted)
        return telling + await _with_gathered(tx, leaving)


async def _alone_with(tx: AsyncConnection, who: list[PersonId]) -> dict[PersonId, _Person]:
    """Have these people for oneself until the transaction ends, and read what there is of them."""
    await tx.execute(ALONE, {"who": who})
    people: dict[PersonId, _Person] = defaultdict(_Person)
    for row in (await tx.execute(WAITING.where(letter.c.person.in_(who)))).mappings():
        line = LedgerLine.model_validate({column.name: row[column.name] for column in LINE})
        people[line.order.to].nudges[line.key] = _nudge(line, row)
    reminders = [n.at for person in people.values() for n in person.nudges.values() if n.ordinal]
    if reminders:
        left = GONE.where(letter.c.person.in_(who), letter.c.counted_at > min(reminders) - 2 * WEEK)
        for row in (await tx.execute(left)).mappings():
            gone = Gone(at=row["counted_at"], above_cap=row["above_cap"])
            people[PersonId(row["person"])].gone.append(gone)
    return people


def _nudge(line: LedgerLine, row: sa.RowMapping) -> Nudge:
    order = line.order
    if order.while_asked is None:
        raise ValueError(f"{line.key} asks for nothing.")
    return Nudge(
        key=line.key, reference=order.reference, asked=order.while_asked, ordinal=order.ordinal,
        at=line.intended_at, held_until=row["held_until"],
        # What may have left already is not said to leave in another.
        is_counted=row["counted_at"] is not None or line.unanswered > 0,
        is_missed=order.is_missed or row["is_kept_waiting"],
    )  # fmt: skip


ALONE = sa.text(
    "select pg_advisory_xact_lock(hashtextextended(who, 0))"
    " from unnest(cast(:who as text[])) as people (who)"
)
STILL_ASKED = sa.text(
    "exists (select 1 from jsonb_array_elements(mobility.view -> 'questions') as q"
    " where q ->> 'asked' = letter.\"order\" ->> 'while_asked'"
    " and q -> 'people' ? letter.person"
    " and coalesce((q -> 'epoch')::integer, 0) <= (letter.\"order\" -> 'event')::integer)"
)
"""What was asked anew since is another question: the rule of ``domain.letters.reason_stands``."""
WAITING = (
    sa.select(
        *LINE,
        letter.c.held_until,
        letter.c.counted_at,
        (NOW - letter.c.queued_at > MISSED_AFTER).label("is_kept_waiting"),
    )
    .join(mobility, mobility.c.reference == letter.c.reference)
    .where(letter.c.settled_at.is_(None), STILL_ASKED)
)
"""What has not left and is still asked; what is asked no longer is withheld when it is written."""
COUNTED = (
    sa.update(letter)
    .where(letter.c.key == sa.bindparam("counted"))
    .values(counted_at=sa.bindparam("counted_at"), above_cap=sa.bindparam("above_cap"))
)
GONE = sa.select(letter.c.person, letter.c.counted_at, letter.c.above_cap).where(
    letter.c.state != LetterState.WITHHELD
)


async def _decided(
    tx: AsyncConnection, line: LedgerLine, people: dict[PersonId, _Person], caps: Caps
) -> bool:
    """Decide about one letter and note it; whether it leaves."""
    person = people[line.order.to]
    nudge = person.nudges.get(line.key)
    if nudge is None:
        # Either it left in another meanwhile, or nobody asks any more and it is to be withheld.
        return await _is_open(tx, line)
    decision = decide(nudge, list(person.nudges.values()), person.gone, caps)
    await _carry_out(tx, line, person, decision)
    return decision.way in {Way.LEAVES, Way.GATHERS}


async def _is_open(tx: AsyncConnection, line: LedgerLine) -> bool:
    ours = sa.select(letter.c.settled_at).where(letter.c.key == line.key)
    return await tx.scalar(ours) is None


async def _carry_out(
    tx: AsyncConnection, line: LedgerLine, person: _Person, decision: Decision
) -> None:
    match decision.way:
        case Way.MERGES:
            await _merge(tx, person, [line.key], decision.others[0])
        case Way.WAITS:
            held = {
                "held_until": decision.at, "next_attempt_at": NOW + decision.wait,
                "remark": ABOVE_CAP,
            }  # fmt: skip
            await tx.execute(sa.update(letter).where(letter.c.key == line.key).values(held))
            nudge = person.nudges[line.key]
            person.nudges[line.key] = nudge.model_copy(update={"held_until": decision.at})
        case _:
            _count(line, person, decision)
            await _merge(tx, person, decision.others, line.key)


def _count(line: LedgerLine, person: _Person, decision: Decision) -> None:
    nudge = person.nudges[line.key]
    if not nudge.ordinal or nudge.is_counted:
        return
    person.counted.append(
        {"counted": line.key, "counted_at": decision.at, "above_cap": decision.above_cap}
    )
    person.nudges[line.key] = nudge.model_copy(update={"is_counted": True})
    person.gone.append(Gone(at=decision.at, above_cap=decision.above_cap))


async def _merge(tx: AsyncConnection, person: _Person, keys: Sequence[str], into: str) -> None:
    """Settle letters that leave in another, and what was to leave in them leaves there too."""
    if not keys:
        return
    state = sa.case((letter.c.unanswered > 0, LetterState.UNKNOWN), else_=LetterState.MERGED)
    merged = {"state": state, "settled_at": NOW, "merged_into": into, "remark": None}
    await tx.execute(sa.update(letter).where(letter.c.key.in_(keys)).values(merged))
    follow = sa.update(letter).where(letter.c.merged_into.in_(keys))
    await tx.execute(follow.values(merged_into=into))
    for key in keys:
        del person.nudges[key]


async def _with_gathered(tx: AsyncConnection, lines: Sequence[LedgerLine]) -> list[Leaving]:
    """Letters with those that leave in them."""
    keys = [line.key for line in lines]
    found = await tx.execute(sa.select(*LINE).where(letter.c.merged_into.in_(keys)))
    gathered: dict[str, list[LedgerLine]] = defaultdict(list)
    for row in found.mappings():
        one = LedgerLine.model_validate(dict(row))
        gathered[one.merged_into or ""].append(one)
    return [Leaving(line=line, gathered=tuple(gathered[line.key])) for line in lines]
