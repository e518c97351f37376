"""The flight plan in the terminal: who is asked what and when, every letter, every silence."""

from collections.abc import Iterator
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from domain.case_card import said_dates
from domain.case_view import OpenQuestion
from domain.deadlines import MEANINGS, Asked
from domain.events import CardStopped, Phase, PhaseEntered
from local.stack import NO_CAP
from starter.flight_plan import NOT_PLAYED, FlightPlan, PlayedPath
from starter.flight_plan_letters import Who, each_silence, letters_by_date, short, what_follows
from starter.pages import Names

WHAT_THIS_IS = (
    "Played ahead of time by the engine itself, on servers of its own, as if it were requested "
    "now. Nothing has begun, nothing is kept, and no letter has left."
)
STRAIGHT = (
    "Everybody answers on the last weekday before their first reminder would leave, and the host "
    "confirms the visit on its last evening. Whoever answers sooner moves what follows forward, "
    "up to the visit."
)
SILENCE = (
    "What happens where one question stays unanswered and all others are answered as above. "
    "Reminders leave on working days of their reader, and are there by nine. On the right stands "
    "who gets a letter about it."
)
NOT_ASKED = (
    "These questions are asked only where somebody gives cause for them, which nobody here does: a "
    "host that puts forward other dates, a change to the accepted agenda, letters that come back."
)
PHASE_OF = {
    Asked.PLACE: Phase.MATCHING, Asked.OTHER_DATES: Phase.MATCHING,
    Asked.SIGNATURES: Phase.AGREEMENT,
    Asked.GRANT_DECISION: Phase.PREPARATION, Asked.INSTALMENT: Phase.PREPARATION,
    Asked.AGENDA: Phase.PREPARATION, Asked.AGENDA_ACCEPTANCE: Phase.PREPARATION,
    Asked.AGENDA_CHANGE: Phase.PREPARATION, Asked.ATTENDANCE: Phase.VISIT,
}  # fmt: skip


def flight_plan_page(plan: FlightPlan) -> RenderableType:
    """The whole plan: the journey on one screen, its letters by date, and every silence."""
    parts: list[RenderableType] = [*_head(plan), Text(), *_hosts(plan), Text()]
    if plan.straight.ranking.hosts:
        parts += [*_section("If everybody answers", STRAIGHT), _journey(plan), *_warnings(plan)]
    else:
        parts += [_no_host(plan)]
    parts += [Text(), *_section("Letters on that way", _count(plan.straight))]
    parts += [letters_by_date(plan.straight, Who(plan, plan.straight))]
    if plan.silences:
        parts += [Text(), *_section("If nobody answers", SILENCE)]
        for asked, path in each_silence(plan):
            parts += [*_silence(plan, asked, path), Text()]
        parts += [*_section("Not played", NOT_ASKED), *_not_played(), Text()]
    return Group(*parts, *_caps(plan))


def _count(path: PlayedPath) -> str:
    reminders = sum(bool(letter.order.ordinal) for letter in path.letters)
    readers = len({letter.order.to for letter in path.letters})
    none_or = f"{reminders} of them reminders" if reminders else "none of them a reminder"
    return f"{len(path.letters)} letters to {readers} people, {none_or}."


def _section(title: str, what: str) -> Iterator[RenderableType]:
    yield Text(title.upper(), style="bold cyan")
    if what:
        yield Text(what, style="dim")
    yield Text()


def _head(plan: FlightPlan) -> Iterator[RenderableType]:
    path, who = plan.straight, Who(plan, plan.straight)
    request = path.request
    sending = Names({}, plan.directory.organisations).organisation(request.sending)
    yield Text(f"Flight plan: {plan.title}", style="bold")
    yield Text(WHAT_THIS_IS, style="dim")
    yield Text()
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_row("visit", f"{request.activity}, {said_dates(request.days)}")
    facts.add_row("sending", f"{sending}: {who.name(request.coordinator)}")
    facts.add_row("participants", ", ".join(who.name(p) for p in request.participants))
    facts.add_row("programme office", who.name(request.office))
    facts.add_row("directory", plan.directory_from)
    yield facts


def _hosts(plan: FlightPlan) -> Iterator[RenderableType]:
    ranking, who = plan.straight.ranking, Who(plan, plan.straight)
    names = Names({}, plan.directory.organisations)
    offers = {offer.id: offer for offer in plan.directory.offers}
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    for n, host in enumerate(ranking.hosts, start=1):
        points = ", ".join(f"{value} for {name}" for name, value in host.contributions.items())
        line = Text(f"{names.organisation(host.organisation)}: {who.name(host.coordinator)}")
        line.append(f"\n{host.score} points: {points}", style="dim")
        table.add_row(f"host {n}", line)
    for left_out in ranking.excluded:
        name = names.organisation(offers[left_out.offer].organisation)
        table.add_row("not asked", Text(f"{name}, offer {left_out.offer}: {left_out.reason}"))
    yield from _section("Hosts, in the order in which they are asked", "")
    yield table if table.row_count else Text("The directory has no hosting offer.")


def _no_host(plan: FlightPlan) -> Text:
    return Text(
        f"No host can be asked, so the mobility would end at once: {plan.straight.view.outcome}, "
        f"{plan.straight.view.cause}. Change the request, or add hosting offers to the directory.",
        style="yellow",
    )


def _journey(plan: FlightPlan) -> Table:
    """Every phase with its questions: who is asked what, when, and until when."""
    path, who = plan.straight, Who(plan, plan.straight)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("who", "is asked to", "asked", "answers", "has until"):
        table.add_column(name, no_wrap=name not in {"who", "is asked to"}, header_style="dim")
    for phase, entered in _phases(path):
        ending = _ending(path) if phase is Phase.CLOSED else ""
        day = short(who.day(entered, path.request.coordinator))
        table.add_row(Text(phase.upper(), style="bold"), ending, Text(day, style="bold"))
        for question in path.questions:
            if PHASE_OF.get(question.asked, Phase.EVALUATION) is phase:
                table.add_row(*_asked(question, path, who))
    return table


def _phases(path: PlayedPath) -> Iterator[tuple[Phase, datetime]]:
    yield Phase.MATCHING, path.entries[0].at
    for entry in path.entries:
        event = entry.event()
        if isinstance(event, PhaseEntered):
            yield event.phase, entry.at
    yield Phase.CLOSED, path.entries[-1].at


def _ending(path: PlayedPath) -> str:
    if path.view.card:
        return "completed, the card is published"
    return f"{path.view.outcome}: {path.view.cause}" if path.view.cause else str(path.view.outcome)


def _asked(question: OpenQuestion, path: PlayedPath, who: Who) -> tuple[Text | str, ...]:
    first = question.people[0]
    owner = Text(who.names(question.people))
    if len(question.people) == 1:
        owner.append(f"\n{who.capacity(first)}", style="dim")
    answered = path.answered.get((question.asked, question.since))
    return (
        owner, question.act, short(who.day(question.since, first)),
        short(who.day(answered, first)) if answered else "nobody does",
        short(question.due.date()),
    )  # fmt: skip


def _warnings(plan: FlightPlan) -> Iterator[RenderableType]:
    """What the card's own rules find in the request already."""
    events = (entry.event() for entry in plan.straight.entries)
    stops = [event for event in events if isinstance(event, CardStopped)]
    if stops:
        found = " ".join(stops[0].contradictions)
        yield Text()
        yield Text(
            f"As the request is written, the card would be stopped: {found} Better correct the "
            "request first.", style="yellow",
        )  # fmt: skip


def _silence(plan: FlightPlan, asked: Asked, path: PlayedPath) -> Iterator[RenderableType]:
    who = Who(plan, path)
    questions = [question for question in path.questions if question.asked is asked]
    first = questions[0]
    yield Text(f"{asked.replace('-', ' ').capitalize()}: {first.act}", style="bold")
    yield Text(
        f"{who.names(first.people)}, asked on {short(who.day(first.since, first.people[0]))}, "
        f"until {short(first.due.date())}; otherwise {first.silence}."
    )
    if asked not in {question.asked for question in plan.straight.questions}:
        yield Text("This is not asked on the straight way, and was played here on purpose.")
    yield what_follows(questions, path, who)


def _not_played() -> Iterator[RenderableType]:
    for asked in NOT_PLAYED:
        meaning = MEANINGS[asked]
        name = asked.replace("-", " ").capitalize()
        yield Text(f"{name}: {meaning.act}; otherwise {meaning.silence}.")


def _caps(plan: FlightPlan) -> Iterator[RenderableType]:
    caps = plan.caps
    if caps.per_day < NO_CAP:
        yield Text(
            f"Nobody gets more than {caps.per_day} reminders a day and {caps.per_week} a week over "
            "all mobilities: those above leave some hours later, together in one letter.",
            style="dim",
        )
