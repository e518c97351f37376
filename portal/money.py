"""The grant as the programme office has it before it: one line of the form for each amount."""

from dataclasses import dataclass
from decimal import Decimal

from domain.events import GrantComputed
from domain.grant import GrantLine
from portal.holder import Holder


@dataclass(frozen=True)
class MoneyLine:
    """One amount to decide on; ``computed`` is none where no rate is on file."""

    name: str
    field: str
    computed: Decimal | None


def lines_of(holder: Holder) -> tuple[MoneyLine, ...]:
    """The lines on the table, in the order in which pages and letters list them.

    A field has a number and not the name of its line: that holds the id of somebody.
    """
    lines: tuple[GrantLine, ...] = ()
    for event in holder.case.events:
        if isinstance(event, GrantComputed):
            lines = event.lines
    return tuple(
        MoneyLine(name=line.id, field=f"line-{n}", computed=line.amount)
        for n, line in enumerate(lines)
    )
