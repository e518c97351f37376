"""What people see in the terminal: the list, one mobility, what it waits for, its timeline."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from domain.case_card import said_dates
from domain.case_view import CaseView, OpenQuestion, roles_in
from domain.deadlines import Asked
from domain.events import AddressFailed, Entry, GrantComputed, GrantDecided, Outcome, Phase
from domain.facts import OrganisationId, PersonId
from domain.grant import GrantLine
from domain.matching import AwaitedEvent
from domain.messages import Cause
from domain.people import SYSTEM, Organisation, Person
from domain.request import MobilityRequest
from starter.auditing import Moment, Verdict
from starter.desk import OpenMobility
from starter.full_hosts import full_hosts
from starter.no_host import how_hosts_were_asked
from starter.pauses import act, looked_for, pauses
from starter.ties import tie, ties
from store.cases import Case
from store.ledger import LedgerLine, LetterState

GONE = "names, texts and papers are gone for ever; references, figures and hashes are left"
SOURCES = {"journal": "cyan", "letter": "green", "Temporal": "bright_black"}


class Names:
    """Names for ids; where they were erased, the capacity stands in their place."""

    def __init__(
        self,
        people: Mapping[PersonId, Person],
        organisations: Iterable[Organisation],
        mobility: OpenMobility | None = None,
    ) -> None:
        self._people = people
        self._organisations = {o.id: o for o in organisations}
        self._mobility = mobility

    def person(self, who: str) -> str:
        """Name and capacity of somebody."""
        if who == SYSTEM:
            return "the engine"
        found = self._people.get(PersonId(who))
        name = found.name if found else who
        return (
            f"{name} ({self._capacity(PersonId(who))})" if self._capacity(PersonId(who)) else name
        )

    def name(self, who: PersonId) -> str:
        """The name alone, where the capacity is plain."""
        found = self._people.get(who)
        return found.name if found else who

    def _capacity(self, who: PersonId) -> str:
        if self._mobility is None:
            return ""
        return ", ".join(roles_in(self._mobility.request, self._mobility.view, who))

    def people(self, who: Iterable[PersonId]) -> str:
        """Several people in one line."""
        return ", ".join(self.person(person) for person in who)

    def organisation(self, which: str | None) -> str:
        """The name of an organisation."""
        found = self._organisations.get(OrganisationId(which or ""))
        return found.name if found else which or "not found yet"

    def city(self, which: str | None) -> str:
        """Where an organisation is: as much of its name as a list has room for."""
        found = self._organisations.get(OrganisationId(which or ""))
        return found.city if found else which or "-"


def said(moment: datetime | date | None) -> str:
    """A day as people write it."""
    return f"{moment:%-d %B %Y}" if moment else "-"


def list_page(cases: list[Case], names: Names) -> RenderableType:
    """Every mobility, one line each."""
    if not cases:
        return Text("No mobility has been requested yet: 'mobility request FILE' starts one.")
    table = Table("reference", "phase", "from", "to", "visit", "waits for", "until", box=None)
    table.columns[0].no_wrap = table.columns[-1].no_wrap = True
    for case in cases:
        request, view = case.request, case.view
        if request is None or view is None:
            table.add_row(case.reference, "not taken up yet")
            continue
        table.add_row(
            case.reference, _standing(view, is_erased=case.is_erased), names.city(request.sending),
            names.city(view.receiving), said_dates(request.days),
            ", ".join(_waited_for(view)) or "-",
            f"{view.next_due:%Y-%m-%d}" if view.next_due else "-",
        )  # fmt: skip
    return table


def _waited_for(view: CaseView) -> Iterator[str]:
    yield from (question.asked.replace("-", " ") for question in view.questions)
    if view.awaited is not None:
        yield f"event {view.awaited.event}"


def _standing(view: CaseView, *, is_erased: bool = False) -> str:
    if view.outcome is None:
        return str(view.phase)
    standing = f"{view.outcome}: {view.cause}" if view.cause else str(view.outcome)
    if view.outcome is Outcome.COMPLETED and not view.card:
        standing = "completed, without a card"
    return f"{standing}, erased" if is_erased else standing


def show_page(
    mobility: OpenMobility,
    title: str,
    names: Names,
    journal: Sequence[Entry] = (),
    letters: Sequence[LedgerLine] = (),
) -> RenderableType:
    """One mobility on one page; with its journal, the grant line by line."""
    request, view = mobility.request, mobility.view
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    if mobility.is_erased:
        table.add_row("erased", GONE)
    for label, value in _facts(request, view, names):
        table.add_row(label, value)
        if label == "programme office":
            for n, line in enumerate(_grant(view, names, journal)):
                table.add_row("" if n else "grant lines", line)
    heading = f"{mobility.reference}  {title}" if title else mobility.reference
    page = Group(table, Text(), why_page(mobility, names, letters, journal))
    return Panel(page, title=Text(heading), expand=False)


def _facts(request: MobilityRequest, view: CaseView, names: Names) -> list[tuple[str, str]]:
    facts = [
        ("standing", _standing(view)),
        ("activity", f"{request.activity}, {said_dates(request.days)}, {len(request.days)} days"),
        ("sending", f"{names.organisation(request.sending)}, {names.person(request.coordinator)}"),
        ("receiving", _receiving(view, names)),
        ("participants", names.people(view.taking_part) or "none any more"),
        ("programme office", names.person(request.office)),
    ]
    if view.moved_at:
        facts.insert(2, ("", f"moved to these days by entry {view.moved_at}"))
    facts[1:1] = ties(view)
    if view.agreement_version:
        state = f"in force since {said(view.in_force_on)}" if view.in_force_on else "to be signed"
        signed = f"{len(view.signed)} signatures, {state}"
        facts.append(("agreement", f"version {view.agreement_version}, {signed}"))
        facts.append(("", f"document {view.agreement_document}"))
    return [*facts, *_settled(view)]


def _settled(view: CaseView) -> Iterator[tuple[str, str]]:
    """What has become of grant, agenda, attendance and card."""
    if view.grant_decision:
        yield "grant", f"{view.grant_decision}, {view.grant_total} euro"
        if instalment := _instalment(view):
            yield "instalment", instalment
    if view.agenda_version:
        yield "agenda", _agenda(view)
    if view.days_confirmed:
        yield "attendance", f"confirmed for {said_dates(view.days_confirmed)}"
    if view.card:
        yield "card", "published"


def _instalment(view: CaseView) -> str:
    """When it is due and was paid; once the mobility is closed nothing is due any more."""
    if view.outcome is not None and view.instalment_paid_on is None:
        return "never confirmed as paid" if view.instalment_due else ""
    paid = said(view.instalment_paid_on) if view.instalment_paid_on else "not yet"
    due = said(view.instalment_due) if view.instalment_due else "once all have signed anew"
    return f"due {due}, paid {paid}"


def _agenda(view: CaseView) -> str:
    accepted, last = view.agenda_accepted_version, view.agenda_version
    if view.phase is Phase.AGREEMENT:
        return f"version {last}, asked for anew once all have signed"
    if view.agenda_fell:
        return f"version {last}, which fell when the visit was moved"
    if not accepted:
        return f"version {last}, not accepted{'' if view.outcome else ' yet'}"
    is_changing = view.question(Asked.AGENDA_CHANGE) is not None
    change = f"; version {last} waits for an answer" if is_changing else ""
    return f"version {accepted}, accepted{change}"


def _grant(view: CaseView, names: Names, journal: Sequence[Entry]) -> Iterator[str]:
    """Each line of the grant, by the name under which ``mobility award`` takes an amount."""
    if view.grant_decision is None and view.question(Asked.GRANT_DECISION) is None:
        return
    lines: tuple[GrantLine, ...] = ()
    awarded: dict[str, Decimal] | None = None
    for event in (entry.event() for entry in journal):
        if isinstance(event, GrantComputed):
            lines, awarded = event.lines, None
        elif isinstance(event, GrantDecided):
            awarded = event.amounts
    for line in lines:
        whose = f" ({names.name(line.participant)})" if line.participant else ""
        yield f"{line.id}{whose}: {_amount(line, awarded)}"


def _amount(line: GrantLine, awarded: Mapping[str, Decimal] | None) -> str:
    if awarded is not None:
        return f"{awarded[line.id]} euro awarded" if line.id in awarded else "not awarded"
    if line.amount is None:
        return "no rate on file, so the office gives its amount"
    return f"{line.amount} euro, {line.status}"


def _receiving(view: CaseView, names: Names) -> str:
    """The host, or the one that is asked; of a mobility that ended without one, that it did."""
    is_none = view.receiving is None and view.outcome is not None
    return "none" if is_none else names.organisation(view.receiving)


def why_page(
    mobility: OpenMobility,
    names: Names,
    letters: Sequence[LedgerLine] = (),
    journal: Sequence[Entry] = (),
) -> RenderableType:
    """What a mobility waits for, on whom, until when, and what happens then."""
    view = mobility.view
    if view.outcome is not None:
        closed = Text(f"Closed: {_standing(view)}. Nobody is waited for.")
        if view.cause is not Cause.NO_HOST:
            return closed
        return Group(closed, Text(how_hosts_were_asked(journal, names)))
    if view.questions:
        asked = [_question(question, view, names) for question in view.questions]
        stand_still = [Text(sentence) for sentence in pauses(view, names)]
        full = [Text(sentence) for sentence in full_hosts(view, names)]
        return Group(*asked, *full, *stand_still, *_not_delivered(view, letters, names))
    if view.awaited is not None:
        waits = _awaited_event(view.awaited, names.person(mobility.request.office))
        return Group(waits, *(Text(sentence) for sentence in full_hosts(view, names)))
    if view.phase is Phase.PREPARATION:
        return Text(
            "Everything is settled: it waits for the first day, "
            f"{said(mobility.request.first_day)}."
        )
    return Text("The engine is at work on the next step; nobody is waited for.")


def _awaited_event(awaited: AwaitedEvent, office: str) -> Text:
    text = Text("Waits for ")
    text.append(office, style="bold")
    text.append(f" and matchmaking event {awaited.event} to say which host is asked, until ")
    text.append(said(awaited.until), style="bold")
    return text.append("; otherwise hosts are asked in the order of its own ranking.")


def _question(question: OpenQuestion, view: CaseView, names: Names) -> Text:
    text = Text("Waits for ")
    text.append(names.people(question.people), style="bold")
    text.append(f" to {act(question, view, names)}, until ")
    text.append(said(question.due), style="bold")
    if question.paused:
        text.append(" and as long after that as it stands still")
    text.append(f"; otherwise {question.silence}.")
    if question.next_reminder:
        text.append(f" Next reminder on {said(question.next_reminder)}.")
    return text


def _not_delivered(view: CaseView, letters: Sequence[LedgerLine], names: Names) -> Iterator[Text]:
    """Letters that did not reach somebody who is waited for: the last one of each question."""
    for question in view.questions:
        for person in question.people:
            if person in view.out_of_reach:
                continue
            tried = [
                letter for letter in letters
                if (letter.order.while_asked, letter.order.to) == (question.asked, person)
                and (letter.settled_at or letter.remark)
            ]  # fmt: skip
            if reason := _why_not_delivered(tried[-1]) if tried else "":
                yield Text(f"The letter to {names.name(person)} could not be delivered: {reason}")


def _why_not_delivered(letter: LedgerLine) -> str:
    if letter.state is LetterState.REFUSED:
        return "the mail server refused it; check the address, and tell them yourself."
    if letter.state is LetterState.BOUNCED:
        return "it came back; check the address, and tell them yourself."
    if letter.state is LetterState.UNKNOWN:
        return "nobody can know whether it arrived; tell them yourself."
    if letter.settled_at is None:
        return "the mail server has not taken it yet; it is tried again by itself."
    return ""


def timeline_page(
    moments: list[Moment], names: Names, *, is_erased: bool = False
) -> RenderableType:
    """The auditor's view. ``run#event`` is the event's place in Temporal's history."""
    table = Table("time (UTC)", "entry", "Temporal", "what", "who", box=None, pad_edge=False)
    for column in table.columns[:3]:
        column.no_wrap = True
    for moment in moments:
        style = SOURCES.get(moment.source, "red")
        table.add_row(
            f"{moment.at:%Y-%m-%d %H:%M:%S}",
            f"#{moment.n}" if moment.n else "",
            moment.temporal,
            Text(f"{moment.source}: {_told(moment, names)}", style=style),
            names.person(moment.by) if moment.by and moment.source != "Temporal" else moment.by,
        )
    return Group(table, Text(f"Erased: {GONE}.")) if is_erased else table


def in_words(kind: str) -> str:
    """The name of an event as words: AgreementSigned, agreement signed."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in kind).strip()


def _told(moment: Moment, names: Names) -> str:
    if moment.entry:
        event = moment.entry.event()
        if isinstance(event, AddressFailed) and event.person in event.asked:
            name, asked = names.name(event.person), names.person(event.asked[event.person])
            return f"{in_words(moment.what)}. {looked_for(name, said(moment.at), asked)}"
        return in_words(moment.what) + tie(event)
    return moment.what.replace("-", " ") if moment.letter else moment.what


def verdict_page(reference: str, verdict: Verdict) -> RenderableType:
    """What verifying has shown."""
    journal = (
        f"{verdict.entries} entries in the journal of {reference}, written in {verdict.strokes} "
        "strokes; the chain was recomputed."
    )
    history = (
        "The key is destroyed: results in Temporal's history cannot be read any more."
        if verdict.erased
        else f"{verdict.compared} strokes compared with the hashes in Temporal's history."
    )
    heads = f"{verdict.heads_in_clear} heads in clear compared, one for each phase that ended."
    tied = [
        f"The head of {other}, which was merged with it, was looked up in the journal of {other}."
        for other in verdict.taken_in
    ]
    lines = [journal, history, heads, *tied, *verdict.findings]
    judgement = "Sound: nothing was changed." if verdict.is_sound else "NOT SOUND."
    style = "green" if verdict.is_sound else "bold red"
    return Group(*(Text(line) for line in lines), Text(judgement, style=style))


def say(console: Console, sentence: str) -> None:
    """One plain sentence."""
    console.print(Text(sentence), soft_wrap=True)
