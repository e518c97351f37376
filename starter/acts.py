"""One command per message: what people say to a mobility, each in their own name."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from domain.case_card import said_dates
from domain.errors import EvaluationNotAcceptable, GrantNotAcceptable
from domain.grant import GrantDecision
from domain.matching import DeclineReason
from domain.messages import CAUSES_OF_PEOPLE, Cause, Receipt
from starter import merging
from starter.case_files import read_file, section
from starter.desk import FrontDesk
from starter.errand import Errand, errand
from starter.pages import say
from starter.running import at_desk, console

app = typer.Typer()
command = partial(app.command, rich_help_panel="Say something, in one's own name")


def _a_day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise typer.BadParameter(f"'{given}' is not a day: write it as 2026-05-31.") from None


def _a_cause(given: str) -> Cause:
    if given not in CAUSES_OF_PEOPLE:
        raise typer.BadParameter(f"'{given}' is none of {', '.join(CAUSES_OF_PEOPLE)}.")
    return Cause(given)


Ref = Annotated[str, typer.Argument(metavar="REF", help="the mobility, such as M-2026-0001")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="a YAML file as in examples/")]
As = Annotated[
    str, typer.Option("--as", metavar="EMAIL", envvar="MOBILITY_AS", help="who is speaking")
]
Note = Annotated[str, typer.Option(help="a remark for the people concerned")]
Why = Annotated[
    Cause,
    typer.Option(
        metavar="CAUSE", parser=_a_cause,
        help=f"kept with the outcome; one of: {', '.join(CAUSES_OF_PEOPLE)}",
    ),
]  # fmt: skip
Who = Annotated[
    list[str] | None,
    typer.Option(
        "--participant", metavar="EMAIL", help="one of them, again for each; all if left out"
    ),
]
There = Annotated[
    list[str] | None,
    typer.Option(
        "--participant", metavar="EMAIL",
        help="one of them, again for each; all who were there by then if left out",
    ),
]  # fmt: skip
Day = Annotated[
    date | None,
    typer.Option(metavar="YYYY-MM-DD", parser=_a_day, help="the day; today if left out"),
]
FirstDay = Annotated[
    date, typer.Argument(metavar="FIRST", parser=_a_day, help="the first day, as 2026-05-31")
]
LastDay = Annotated[
    date, typer.Argument(metavar="LAST", parser=_a_day, help="the last day, as 2026-06-02")
]


def _pass_on(reference: str, who: str, act: Callable[[Errand], Awaitable[Receipt]]) -> None:
    async def business(desk: FrontDesk) -> Receipt:
        return await act(await errand(desk, reference, who))

    _recorded(reference, at_desk(business))


def _recorded(reference: str, receipt: Receipt) -> None:
    say(
        console,
        f"Recorded as entry {receipt.event} of {reference.upper()}; phase: {receipt.phase}.",
    )


def _day(given: date | None, zone: str) -> date:
    """The day given, or today where whoever speaks is at home."""
    return given or datetime.now(ZoneInfo(zone)).date()  # noqa: TID251 - here is the door


@command()
def accept(reference: Ref, who: As) -> None:
    """Accept the request for a place (host)."""
    _pass_on(reference, who, lambda e: e.accept())


@command()
def decline(
    reference: Ref, who: As, reason: Annotated[DeclineReason, typer.Option()], note: Note = ""
) -> None:
    """Decline the request for a place (host); the next host is asked."""
    _pass_on(reference, who, lambda e: e.decline(reason, note))


@command()
def propose_dates(
    reference: Ref, first_day: FirstDay, last_day: LastDay, who: As, note: Note = ""
) -> None:
    """Put forward other dates instead of those asked for (host); as many days, and only once."""
    _pass_on(reference, who, lambda e: e.propose_dates(first_day, last_day, note))


@command()
def accept_dates(reference: Ref, who: As) -> None:
    """Accept the dates that the host has put forward (sending coordinator); the visit is moved."""
    _pass_on(reference, who, lambda e: e.accept_dates())


@command()
def decline_dates(reference: Ref, who: As, note: Note = "") -> None:
    """Decline the dates that the host has put forward (sending coordinator); the next is asked."""
    _pass_on(reference, who, lambda e: e.decline_dates(note))


@command()
def sign(
    reference: Ref, who: As,
    document: Annotated[
        str, typer.Option(metavar="HASH", help="of the document you read; else the one that stands")
    ] = "",
) -> None:  # fmt: skip
    """Sign the agreement (both coordinators and every participant)."""

    async def business(desk: FrontDesk) -> tuple[Receipt, int, tuple[date, ...]]:
        signatory = await errand(desk, reference, who)
        receipt = await signatory.sign(document)
        return receipt, *await signatory.signed(receipt)

    receipt, version, days = at_desk(business)
    _recorded(reference, receipt)
    # Repeated after a move of the visit, the command signs another document: so it says which.
    say(
        console, f"Signed: version {version} of the agreement, for the visit of {said_dates(days)}."
    )


@command()
def refuse(reference: Ref, who: As, note: Note = "") -> None:
    """Refuse to sign the agreement; the mobility ends."""
    _pass_on(reference, who, lambda e: e.refuse(note))


@command()
def award(
    reference: Ref, who: As,
    decision: Annotated[GrantDecision, typer.Option()] = GrantDecision.AWARDED,
    amount: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE=EURO", help="where the rates give none, or to give less"),
    ] = None,
    reason: Annotated[str, typer.Option(help="needed unless all of it is awarded")] = "",
) -> None:  # fmt: skip
    """Decide on the grant (programme office)."""
    amounts = dict(_amount(given) for given in amount or [])
    _pass_on(reference, who, lambda e: e.decide_grant(decision, amounts, reason))


def _amount(given: str) -> tuple[str, Decimal]:
    line, _, euro = given.partition("=")
    try:
        amount = Decimal(euro)
        is_money = amount.is_finite() and amount == round(amount, 2)
    except InvalidOperation:
        is_money = False
    if not is_money:
        raise GrantNotAcceptable(
            f"--amount {given} is not LINE=EURO, such as organisational-support=700."
        )
    return line, amount


@command()
def pay(reference: Ref, who: As, on: Day = None) -> None:
    """Confirm that the first instalment has been paid (sending side or office)."""
    _pass_on(reference, who, lambda e: e.confirm_instalment(_day(on, e.zone)))


@command()
def put_agenda(reference: Ref, file: File, who: As) -> None:
    """Put forward the agenda of a file, or a change to the accepted one (host)."""
    entries = section(read_file(file).agenda, "agenda", file)
    _pass_on(reference, who, lambda e: e.put_agenda(entries))


@command()
def accept_agenda(reference: Ref, who: As) -> None:
    """Accept the agenda on the table (sending coordinator)."""
    _pass_on(reference, who, lambda e: e.accept_agenda())


@command()
def return_agenda(
    reference: Ref, who: As, note: Annotated[str, typer.Option(help="what should change")]
) -> None:
    """Return the agenda with what should change (sending coordinator)."""
    _pass_on(reference, who, lambda e: e.return_agenda(note))


@command()
def arrive(reference: Ref, who: As, on: Day = None, participant: Who = None) -> None:
    """Confirm that participants have arrived (host)."""
    _pass_on(reference, who, lambda e: e.arrive(_day(on, e.zone), participant or ()))


@command()
def attend(
    reference: Ref,
    day: Annotated[
        date, typer.Argument(metavar="YYYY-MM-DD", parser=_a_day, help="the day of the visit")
    ],
    who: As,
    participant: There = None,
    *,
    nobody: Annotated[bool, typer.Option("--nobody", help="nobody was present")] = False,
) -> None:
    """Confirm who was present on one day (host)."""
    _pass_on(reference, who, lambda e: e.attend(day, participant or (), nobody=nobody))


@command()
def depart(reference: Ref, who: As, on: Day = None, participant: There = None) -> None:
    """Confirm that participants have left (host)."""
    _pass_on(reference, who, lambda e: e.depart(_day(on, e.zone), participant or ()))


@command()
def evaluate(reference: Ref, file: File, who: As) -> None:
    """Answer the evaluation with one's own answer from a file (participants, host)."""
    entries = section(read_file(file).evaluations, "evaluations", file)
    own = [entry for entry in entries if entry.who.casefold() == who.casefold()]
    if not own:
        raise EvaluationNotAcceptable(
            f"{file} has no evaluation with 'who: {who}': add it, or correct the address."
        )
    _pass_on(reference, who, lambda e: e.evaluate(own[0]))


@command()
def follow_up(reference: Ref, file: File, who: As) -> None:
    """Report what was seen and will be adapted (sending coordinator); corrects what stands."""
    entry = section(read_file(file).follow_up, "follow_up", file)
    _pass_on(reference, who, lambda e: e.report_follow_up(entry))


@command()
def correct_address(
    reference: Ref,
    person: Annotated[
        str, typer.Argument(metavar="PERSON", help="whom letters do not reach: old address or id")
    ],
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="where letters reach them")],
    who: As,
    *,
    works_again: Annotated[
        bool, typer.Option("--works-again", help="letters did not arrive there and would now")
    ] = False,
) -> None:
    """Give another address of somebody whom letters do not reach (whoever is asked for it)."""
    _pass_on(
        reference, who, lambda e: e.correct_address(person, to.strip(), works_again=works_again)
    )


@command()
def move(
    reference: Ref, who: As,
    first_day: Annotated[
        date, typer.Option("--from", metavar="YYYY-MM-DD", parser=_a_day, help="the new first day")
    ],
    last_day: Annotated[
        date, typer.Option("--to", metavar="YYYY-MM-DD", parser=_a_day, help="the new last day")
    ],
    note: Note = "",
) -> None:  # fmt: skip
    """Move the visit to other days (either coordinator); everything is planned and signed anew."""
    _pass_on(reference, who, lambda e: e.move(first_day, last_day, note))


@command()
def withdraw(
    reference: Ref, who: As, cause: Why,
    participant: Annotated[
        str, typer.Option(metavar="EMAIL", help="who withdraws; oneself if left out")
    ] = "",
    note: Note = "",
) -> None:  # fmt: skip
    """Withdraw from the mobility (participant), or withdraw somebody (sending coordinator)."""
    _pass_on(reference, who, lambda e: e.withdraw(participant, cause, note))


@command()
def decline_mobility(reference: Ref, who: As, cause: Why, note: Note = "") -> None:
    """Give up a place that was given (host); the mobility ends."""
    _pass_on(reference, who, lambda e: e.decline_mobility(cause, note))


@command()
def cancel(reference: Ref, who: As, cause: Why, note: Note = "") -> None:
    """Stop the mobility (sending coordinator or programme office)."""
    _pass_on(reference, who, lambda e: e.cancel(cause, note))


@command()
def merge(
    reference: Ref,
    into: Annotated[
        str, typer.Argument(metavar="INTO", help="the mobility that goes on in its place")
    ],
    who: As,
) -> None:
    """End a duplicate in favour of another mobility (sending coordinator or programme office)."""
    merged = at_desk(lambda desk: merging.merge(desk, reference, into, who))
    if merged.ended:
        _recorded(reference, merged.ended)
    _recorded(into, merged.taken_in)
