"""The published card: built from recorded facts only, once they do not contradict each other."""

from collections.abc import Iterable, Mapping
from datetime import date

from domain import events as e
from domain.evaluation import Answer, Consent, FollowUp
from domain.events import Entry
from domain.facts import Fact, OrganisationId, PersonId, Reference, Writing
from domain.people import Organisation, Person
from domain.request import Activity, MobilityRequest


class CardFacts(Fact):
    """What the journal says, as references: everything a card may speak of."""

    request: MobilityRequest
    receiving: OrganisationId
    receiving_coordinator: PersonId
    attendance: dict[date, tuple[PersonId, ...]]
    planned: tuple[date, ...]
    arrived: dict[PersonId, date]
    departed: dict[PersonId, date]
    answers: dict[PersonId, Answer]
    silent: tuple[PersonId, ...]
    follow_up: FollowUp | None
    entries: int

    @property
    def title(self) -> Writing:
        """The request's title, or what the follow-up puts in its place."""
        return (self.follow_up and self.follow_up.title) or self.request.title

    @property
    def context(self) -> Writing:
        """The request's context, or what the follow-up puts in its place."""
        return (self.follow_up and self.follow_up.context) or self.request.context

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which somebody was there, in order."""
        return tuple(day for day in sorted(self.attendance) if self.attendance[day])


def read_card_facts(entries: Iterable[Entry]) -> CardFacts:  # noqa: C901 - a table, row by row
    """Gather the facts of the card from the journal; later entries replace earlier ones."""
    facts: dict[str, object] = {"follow_up": None, "silent": (), "planned": ()}
    attendance: dict[date, tuple[PersonId, ...]] = {}
    arrived: dict[PersonId, date] = {}
    departed: dict[PersonId, date] = {}
    answers: dict[PersonId, Answer] = {}
    for entry in entries:
        facts["entries"] = entry.n
        match entry.event():
            case e.MobilityRequested(request=request):
                facts["request"] = request
            case e.VisitMoved(first_day=first_day, last_day=last_day):
                requested = MobilityRequest.model_validate(facts["request"])
                facts |= {"request": requested.moved_to(first_day, last_day), "planned": ()}
            case e.PlaceAccepted(organisation=organisation, coordinator=coordinator):
                facts |= {"receiving": organisation, "receiving_coordinator": coordinator}
            case e.AgendaPut(sessions=sessions):
                facts["planned"] = tuple(sorted({session.day for session in sessions}))
            case e.ArrivalConfirmed(participants=people, on=on):
                arrived |= dict.fromkeys(people, on)
            case e.AttendanceConfirmed(day=day, present=present):
                attendance[day] = present
            case e.DepartureConfirmed(participants=people, on=on):
                departed |= dict.fromkeys(people, on)
            case e.EvaluationAnswered(answer=answer):
                answers[entry.by] = answer
            case e.EvaluationLapsed(silent=silent):
                facts["silent"] = silent
            case e.FollowUpReported(follow_up=follow_up):
                facts["follow_up"] = follow_up
    return CardFacts.model_validate(
        facts | {"attendance": attendance, "arrived": arrived, "departed": departed,
                 "answers": answers}
    )  # fmt: skip


def said_dates(days: tuple[date, ...]) -> str:
    """The first and last day as people write them, such as ``5-7 May 2026``."""
    if not days:
        return "no day"
    first, last = days[0], days[-1]
    if first == last:
        return f"{first:%-d %B %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{last:%-d %B %Y}"
    if first.year == last.year:
        return f"{first:%-d %B} - {last:%-d %B %Y}"
    return f"{first:%-d %B %Y} - {last:%-d %B %Y}"


def unbroken_runs(days: Iterable[date]) -> list[tuple[date, ...]]:
    """Days as runs without a gap, in order."""
    runs: list[tuple[date, ...]] = []
    for day in sorted(set(days)):
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1] = (*runs[-1], day)
        else:
            runs.append((day,))
    return runs


def said_runs(days: tuple[date, ...]) -> str:
    """Days with gaps between them, run by run: two days are never said as ``5-7 May 2026``."""
    return " and ".join(said_dates(run) for run in unbroken_runs(days)) or said_dates(days)


class Testimonial(Fact):
    """A quotation that may be published, with the name or the capacity of who said it."""

    text: str
    said_by: str


class CaseCard(Fact):
    """The card with its texts, ready to be laid out in the order of the customer's document."""

    reference: Reference
    activity: Activity
    title: str
    receiving: Organisation
    sending: Organisation
    days: tuple[date, ...]
    context: str
    objectives: tuple[str, ...]
    seen: str
    shadowed: tuple[str, ...]
    adapted: str
    caption: str
    lessons_of_host: tuple[str, ...]
    lessons_of_participants: tuple[str, ...]
    testimonials: tuple[Testimonial, ...]
    silent: tuple[str, ...]
    entries: int
    journal_head: str

    @property
    def duration(self) -> str:
        """Days and dates, always said together and always from the same fact."""
        count = len(self.days)
        return f"{count} day{'' if count == 1 else 's'}, {said_runs(self.days)}"


def build_card(
    facts: CardFacts,
    *,
    texts: Mapping[str, str],
    people: Mapping[PersonId, Person],
    organisations: Mapping[OrganisationId, Organisation],
    journal_head: str,
) -> CaseCard:
    """Fill the card. Whoever has not agreed to be named is not named."""
    request, host = facts.request, facts.receiving_coordinator
    answers = sorted(facts.answers.items(), key=lambda item: item[0] == host)
    attended = [
        p for p in request.participants if any(p in facts.attendance[day] for day in facts.days)
    ]
    return CaseCard(
        reference=request.reference,
        activity=request.activity,
        title=texts[facts.title.id],
        receiving=organisations[facts.receiving],
        sending=organisations[request.sending],
        days=facts.days,
        context=texts[facts.context.id],
        objectives=tuple(texts[objective.text.id] for objective in request.objectives),
        seen=texts[facts.follow_up.seen.id] if facts.follow_up else "",
        shadowed=tuple(people[p].profile for p in attended),
        adapted=texts[facts.follow_up.adapted.id] if facts.follow_up else "",
        caption=(
            f"{organisations[request.sending].name} at {organisations[facts.receiving].name}, "
            f"{organisations[facts.receiving].city}, {said_runs(facts.days)}"
        ),
        lessons_of_host=_lessons([a for p, a in answers if p == host], texts),
        lessons_of_participants=_lessons([a for p, a in answers if p != host], texts),
        testimonials=tuple(
            quotation
            for person, answer in answers
            if (quotation := _testimonial(answer, people[person], texts, is_host=person == host))
        ),
        silent=tuple(
            "the receiving organisation" if person == host else "a participant"
            for person in facts.silent
        ),
        entries=facts.entries,
        journal_head=journal_head,
    )


def _lessons(answers: list[Answer], texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(texts[lesson.id] for answer in answers for lesson in answer.lessons)


def _testimonial(
    answer: Answer, person: Person, texts: Mapping[str, str], *, is_host: bool
) -> Testimonial | None:
    if answer.testimonial is None or answer.consent is Consent.NO:
        return None
    capacity = "host" if is_host else "participant"
    named = answer.consent is Consent.WITH_NAME
    said_by = f"{person.name}, {capacity}" if named else f"A {capacity}"
    return Testimonial(text=texts[answer.testimonial.id], said_by=said_by)
