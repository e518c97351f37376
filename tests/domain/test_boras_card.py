"""The customer's own case, from request to card, on its own dates of May 2026.

Their card says "2 -days", "5-7 May 2026" and "three-day exchange programme" at once. Here the
attendance decides, and what contradicts it stops the card.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from domain import messages as m
from domain.agenda import Session
from domain.case_card import CaseCard, build_card, read_card_facts
from domain.contradictions import find_contradictions
from domain.evaluation import Answer, FollowUp
from domain.events import Outcome
from domain.facts import OrganisationId, PersonId, Reference, Writing
from domain.people import Person
from domain.request import MobilityRequest, Objective
from starter.case_files import CaseDocument, EvaluationEntry, RequestSection, read_file
from tests.builders import Journey, noon

CASE = read_file(Path(__file__).parents[2] / "examples" / "boras-soc-2026.yaml")
THREE_ATTENDED = "the attendance confirmed by the host says 3 days (5-7 May 2026)"
TWO_ATTENDED = "the attendance confirmed by the host says 2 days (5-6 May 2026)"
A_WINTER_MORNING = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


Part = TypeVar("Part")


def present(part: Part | None) -> Part:
    assert part is not None
    return part


class BorasCase:
    """The case file turned into references and texts, as the front desk does."""

    def __init__(self, document: CaseDocument = CASE) -> None:
        self.document = document
        self.texts: dict[str, str] = {}
        directory = present(document.directory)
        request = present(document.request)
        self.organisations = {o.id: o for o in directory.organisations}
        self.people = {person.id: person for person in directory.people}
        for entry in request.participants:
            person = PersonId(entry.email)
            self.people[person] = Person(
                id=person, name=entry.name, email=entry.email, profile=entry.profile,
                organisation=OrganisationId(request.sending),
            )  # fmt: skip
        self.ids = {person.email: person.id for person in self.people.values()}
        self.request = self._request(request)
        self.journey = Journey(
            self.request, directory.offers, now=A_WINTER_MORNING, texts=self.texts
        )

    def write(self, text: str) -> Writing:
        name = f"text-{len(self.texts)}"
        self.texts[name] = text
        return Writing(id=name, digest="0" * 64)

    def _request(self, asked: RequestSection) -> MobilityRequest:
        return MobilityRequest(
            reference=Reference("M-2026-0042"),
            sending=OrganisationId(asked.sending),
            coordinator=self.ids[asked.coordinator],
            office=self.ids[asked.programme_office],
            participants=tuple(self.ids[p.email] for p in asked.participants),
            activity=asked.activity,
            title=self.write(asked.title),
            context=self.write(asked.context),
            objectives=tuple(
                Objective(id=f"o{n}", text=self.write(text))
                for n, text in enumerate(asked.objectives, start=1)
            ),
            themes=asked.themes,
            languages=asked.languages,
            first_day=asked.first_day,
            last_day=asked.last_day,
            funding=asked.funding,
        )

    def sessions(self) -> tuple[Session, ...]:
        everybody = self.request.participants
        return tuple(
            Session(
                id=f"s{n}", day=entry.day, starts=entry.starts, ends=entry.ends, kind=entry.kind,
                participants=everybody
                if entry.participants == "all"
                else tuple(self.ids[email] for email in entry.participants),
                objectives=tuple(f"o{number}" for number in entry.objectives),
                title=self.write(entry.title), place=self.write(entry.place),
            )
            for n, entry in enumerate(present(self.document.agenda), start=1)
        )  # fmt: skip

    def answer(self, entry: EvaluationEntry) -> Answer:
        return Answer(
            marks={f"o{n}": mark for n, mark in enumerate(entry.marks, start=1)},
            lessons=tuple(self.write(lesson) for lesson in entry.lessons),
            testimonial=self.write(entry.testimonial.strip()) if entry.testimonial else None,
            consent=entry.consent,
        )

    def follow_up(self, stated_days: int | None = None, title: str | None = None) -> FollowUp:
        entry = present(self.document.follow_up)
        return FollowUp(
            seen=self.write(entry.seen.strip()),
            adapted=self.write(entry.adapted.strip()),
            stated_days=stated_days or entry.stated_days,
            title=self.write(title) if title else None,
        )

    def play_until_evaluation(self) -> None:
        """Everybody does in time what the published card tells of them."""
        journey, request = self.journey, self.request
        coordinator, office = request.coordinator, request.office
        journey.accept_place()
        journey.sign(*journey.mobility.signatories)
        journey.say(m.DecideGrant.model_validate({"by": office, "decision": "awarded"}))
        journey.say(m.ConfirmInstalment(by=coordinator, paid_on=journey.now.date()))
        journey.say(m.PutAgenda(by=self.host, sessions=self.sessions()))
        journey.accept_agenda()
        for day in request.days:
            journey.wait_until(noon(day))
            if day == request.first_day:
                journey.say(
                    m.ConfirmArrival(by=self.host, participants=request.participants, on=day)
                )
            journey.say(m.ConfirmAttendance(by=self.host, day=day, present=request.participants))
        journey.say(
            m.ConfirmDeparture(by=self.host, participants=request.participants, on=request.last_day)
        )
        for entry in present(self.document.evaluations):
            message = m.AnswerEvaluation(by=self.ids[entry.who], answer=self.answer(entry))
            journey.say(message)

    def report(self, follow_up: FollowUp) -> None:
        self.journey.say(m.ReportFollowUp(by=self.request.coordinator, follow_up=follow_up))

    @property
    def host(self) -> PersonId:
        return present(self.journey.mobility.host)

    def card(self) -> CaseCard:
        return build_card(
            read_card_facts(self.journey.journal), texts=self.texts, people=self.people,
            organisations=self.organisations, journal_head="head",
        )  # fmt: skip


@pytest.fixture
def case() -> BorasCase:
    case = BorasCase()
    case.play_until_evaluation()
    return case


def test_the_request_keeps_the_rules_on_its_own_dates() -> None:
    BorasCase().request.check(today=A_WINTER_MORNING.date())


def test_catalonia_is_asked_first_and_bergen_second() -> None:
    ranking = present(BorasCase().journey.mobility.matching.ranking)

    assert [host.organisation for host in ranking.hosts] == ["soc", "vestland"]


def test_the_card_says_what_the_customers_card_says_with_one_duration(case: BorasCase) -> None:
    case.report(case.follow_up())

    card = case.card()

    assert case.journey.mobility.outcome is Outcome.COMPLETED
    assert case.journey.mobility.card
    assert card.title == "Inclusive Employment and Skills Cooperation Across Europe"
    assert card.receiving.name == "Public Employment Services of Catalonia (SOC)"
    assert card.sending.name == "Working Life Department Borås Stad"
    assert card.duration == "3 days, 5-7 May 2026"
    assert card.caption == (
        "Working Life Department Borås Stad at Public Employment Services of Catalonia (SOC), "
        "Barcelona, 5-7 May 2026"
    )
    assert card.shadowed == ("youth and outreach", "skills mapping and guidance")
    assert card.lessons_of_host == (
        "Tailored mobility activities create stronger peer learning.",
        "International exchanges bring new perspectives on integrated services.",
        "Comparing systems helps identify good practices.",
        "Mobility strengthens cooperation and institutional learning.",
    )
    assert set(card.lessons_of_participants) == {
        "Early outreach improves support for job seekers.",
        "Skills mapping should include formal and informal competences.",
        "Strong local partnerships enhance labour market inclusion.",
        "Preventive youth work helps reduce long-term unemployment.",
        "Project-based approaches increase flexibility and innovation.",
        "Targeted actions can support gender balance in the labour market.",
    }
    assert [t.said_by for t in card.testimonials] == [
        "Frida Augustsson, participant",
        "Emelie Persson, participant",
        "Ana Cáceres Gómez, host",
    ]
    assert card.seen.startswith("The visitors saw how Catalonia's public employment system")
    assert card.adapted.startswith("Borås is looking at how parts of this can be used at home")
    assert card.silent == ()


def test_two_days_stated_against_three_attended_stop_the_card(case: BorasCase) -> None:
    case.report(case.follow_up(stated_days=2))

    assert case.journey.mobility.card == {}
    assert case.journey.mobility.contradictions == (
        f"The follow-up states 2 days; {THREE_ATTENDED}.",
    )

    case.report(case.follow_up(stated_days=3))

    assert case.journey.mobility.outcome is Outcome.COMPLETED
    assert case.journey.mobility.card


def test_the_customers_own_heading_stops_the_card(case: BorasCase) -> None:
    case.report(case.follow_up(title="Inclusive Employment, 2 -days, 5-7 May 2026"))

    assert case.journey.mobility.card == {}
    assert case.journey.mobility.contradictions == (f'The title says "2 -days"; {THREE_ATTENDED}.',)


def test_of_the_customers_two_lengths_the_one_that_was_not_attended_is_named(
    case: BorasCase,
) -> None:
    context = "2 -days. The institutions prepared a three-day exchange programme in Barcelona."
    case.texts[case.request.context.id] = context

    found = find_contradictions(read_card_facts(case.journey.journal), case.texts)

    assert [sentence.split(";")[0] for sentence in found] == ['The context says "2 -days"']


def test_had_they_stayed_two_days_the_other_length_would_be_named(case: BorasCase) -> None:
    context = "2 -days. The institutions prepared a three-day exchange programme in Barcelona."
    case.texts[case.request.context.id] = context
    facts = read_card_facts(case.journey.journal)
    last_day = facts.days[-1]
    two_days = facts.model_copy(
        update={
            "attendance": facts.attendance | {last_day: ()},
            "departed": dict.fromkeys(facts.departed, facts.days[1]),
        }
    )

    found = find_contradictions(two_days, case.texts)

    assert found == (f'The context says "three-day"; {TWO_ATTENDED}.',)


def test_no_text_of_the_case_file_contradicts_the_attendance(case: BorasCase) -> None:
    case.report(case.follow_up())

    assert find_contradictions(read_card_facts(case.journey.journal), case.texts) == ()
