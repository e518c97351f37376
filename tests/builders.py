"""Builders for requests, offers, messages and mobilities in every phase; no surprises in them.

``Journey`` plays a mobility without a workflow: people speak, time passes, and the story goes on by
itself as ``workflows/`` has it go on. Nothing here asks the clock.
"""

import copy
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from zoneinfo import ZoneInfo

from domain import messages as m
from domain.addresses import letter_failed
from domain.agenda import Session, SessionKind
from domain.almanac import Almanac, Calendar, Offset
from domain.asking import (
    ask_next_host,
    await_event,
    can_ask,
    can_rank_further,
    hear_event,
    rank_further,
    rank_hosts,
    stop_listening,
)
from domain.calendars import Calendars, Held
from domain.case_card import read_card_facts
from domain.contradictions import find_contradictions
from domain.deadlines import Asked, read_plans
from domain.demand import Demand
from domain.evaluation import Answer, Consent, FollowUp
from domain.events import Entry, Event, Outcome, Phase
from domain.facts import OfferId, OrganisationId, PersonId, Reference, Writing
from domain.grant import Category, GrantDecision, GrantRates, Rate, RateStatus, compute_grant
from domain.hearing import hear
from domain.holding import Hindrance, Holding, NewPause, PassedOver, holding_of
from domain.hosting import HostingOffer
from domain.letters import LetterOrder, letters_after
from domain.matching import DeclineReason, Ranking
from domain.matchmaking import EventWord
from domain.messages import Cause
from domain.mobility import Mobility
from domain.people import SYSTEM, Organisation, Person, Role
from domain.ranking import rank
from domain.reach import FailedLetter
from domain.request import Activity, Funding, MobilityRequest, Objective, Sector
from domain.waits import Wait
from domain.weighing import read_weights

REFERENCE, ANOTHER = Reference("M-2026-0001"), Reference("M-2026-0002")
BORAS, SOC, VESTLAND = OrganisationId("boras"), OrganisationId("soc"), OrganisationId("vestland")
COORDINATOR, OFFICE = PersonId("p-coordinator"), PersonId("p-office")
HOST, SECOND_HOST = PersonId("p-host"), PersonId("p-second-host")
FRIDA, EMELIE = PersonId("p-frida"), PersonId("p-emelie")
STRANGER = PersonId("p-stranger")
SOC_OFFER, VESTLAND_OFFER = OfferId("o-soc"), OfferId("o-vestland")

IN_ROLE = {
    Role.PARTICIPANT: FRIDA,
    Role.SENDING: COORDINATOR,
    Role.RECEIVING: HOST,
    Role.OFFICE: OFFICE,
    Role.SYSTEM: SYSTEM,
}
"""One person in each role and in no other."""

OPENED = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(2026, 5, 5), date(2026, 5, 7)

PEOPLE = {
    COORDINATOR: Person(id=COORDINATOR, name="Karin", email="karin@a.example", organisation=BORAS),
    OFFICE: Person(id=OFFICE, name="Olle", email="olle@a.example", organisation=BORAS),
    HOST: Person(id=HOST, name="Ana", email="ana@b.example", organisation=SOC),
    FRIDA: Person(
        id=FRIDA, name="Frida", email="f@a.example", organisation=BORAS, profile="outreach"
    ),
    EMELIE: Person(
        id=EMELIE, name="Emelie", email="e@a.example", organisation=BORAS, profile="guidance"
    ),
}
ORGANISATIONS = {
    BORAS: Organisation(
        id=BORAS, name="Borås Stad", city="Borås", region="Västra Götaland", country="SE",
        zone="Europe/Stockholm",
    ),
    SOC: Organisation(
        id=SOC, name="SOC", city="Barcelona", region="Catalonia", country="ES",
        zone="Europe/Madrid",
    ),
}  # fmt: skip


DAYS = tuple(FIRST_DAY + timedelta(days=n) for n in range(3))
A_MONTH = timedelta(days=35)


def day_of(number: int) -> date:
    """A day of the visit, counted from 1."""
    return FIRST_DAY + timedelta(days=number - 1)


def noon(day: date) -> datetime:
    """Noon of a day, UTC."""
    return datetime.combine(day, time(12), UTC)


def writing(name: str) -> Writing:
    """Stands for a text; ``TEXTS`` holds what it says."""
    return Writing(id=name, digest="0" * 64)


TEXTS = {
    "title": "Inclusive employment and skills",
    "context": "Borås wants to see how Catalonia reaches people early.",
    "objective-1": "See early outreach",
    "objective-2": "Learn how skills are mapped",
    "seen": "The visitors saw outreach and skills mapping.",
    "adapted": "Borås will try closer cooperation between services.",
}


def a_request(**changes: object) -> MobilityRequest:
    """Two people from Borås, three days of job shadowing from 5 to 7 May 2026."""
    facts: dict[str, object] = {
        "reference": REFERENCE,
        "sending": BORAS,
        "coordinator": COORDINATOR,
        "office": OFFICE,
        "participants": (FRIDA, EMELIE),
        "activity": Activity.JOB_SHADOWING,
        "title": writing("title"),
        "context": writing("context"),
        "objectives": (
            Objective(id="o1", text=writing("objective-1")),
            Objective(id="o2", text=writing("objective-2")),
        ),
        "themes": ("inclusion", "skills mapping"),
        "languages": ("en",),
        "first_day": FIRST_DAY,
        "last_day": LAST_DAY,
        "funding": a_funding(),
    }
    return MobilityRequest.model_validate(facts | changes)


def a_demand(request: MobilityRequest | None = None, **changes: object) -> Demand:
    """What two people from Sweden ask of hosts."""
    facts = {"request": request or a_request(), "country": "SE"}
    return Demand.model_validate(facts | changes)


def a_funding(**changes: object) -> Funding:
    """Call 2025, adult education in Sweden, 1,970 km, two travel days, 80 % first."""
    facts: dict[str, object] = {
        "call_year": 2025,
        "sector": Sector.ADULT,
        "national_agency": "SE",
        "distance_km": 1970,
        "distance_read_on": date(2026, 1, 15),
        "travel_days": 2,
        "first_instalment_percent": 80,
    }
    return Funding.model_validate(facts | changes)


def an_offer(**changes: object) -> HostingOffer:
    """SOC takes up to four job shadowers, in English or Spanish."""
    facts: dict[str, object] = {
        "id": SOC_OFFER,
        "organisation": SOC,
        "coordinator": HOST,
        "country": "ES",
        "zone": "Europe/Madrid",
        "activities": (Activity.JOB_SHADOWING,),
        "themes": ("inclusion", "skills mapping"),
        "languages": ("en", "es"),
        "opens": date(2026, 1, 1),
        "closes": date(2026, 12, 31),
        "places": 4,
    }
    return HostingOffer.model_validate(facts | changes)


def a_second_offer(**changes: object) -> HostingOffer:
    """Vestland, which shares fewer themes and is asked second."""
    facts: dict[str, object] = {
        "id": VESTLAND_OFFER,
        "organisation": VESTLAND,
        "coordinator": SECOND_HOST,
        "country": "NO",
        "zone": "Europe/Oslo",
        "themes": ("skills mapping",),
        "languages": ("en", "nb"),
    }
    return an_offer(**(facts | changes))


def a_rate(category: Category, amount: str, **changes: object) -> Rate:
    """A made-up rate for call 2025."""
    facts: dict[str, object] = {
        "category": category,
        "amount": Decimal(amount),
        "call_years": (2025,),
        "source": "made up for tests",
        "status": RateStatus.ILLUSTRATION,
    }
    return Rate.model_validate(facts | changes)


RATES = GrantRates(
    rates=(
        a_rate(Category.TRAVEL, "309"),
        a_rate(Category.INDIVIDUAL_SUPPORT, "170"),
        a_rate(Category.ORGANISATIONAL_SUPPORT, "350"),
    ),
    country_groups={},
)
"""A rate for every category: 1,159 euro per participant, 700 for the organisations."""


def a_session(name: str = "s1", **changes: object) -> Session:
    """A shared session for both, on the first morning, serving both objectives."""
    facts: dict[str, object] = {
        "id": name,
        "day": FIRST_DAY,
        "starts": time(9),
        "ends": time(12),
        "kind": SessionKind.SHARED,
        "participants": (FRIDA, EMELIE),
        "objectives": ("o1", "o2"),
        "title": writing("session-title"),
        "place": writing("session-place"),
    }
    return Session.model_validate(facts | changes)


def an_agenda(
    people: tuple[PersonId, ...] = (FRIDA, EMELIE),
    days: tuple[date, ...] = DAYS,
    version: int = 1,
) -> tuple[Session, ...]:
    """A shared session each morning, and one afternoon of shadowing for each person."""
    place = writing(f"place-{version}")
    mornings = tuple(
        a_session(f"day-{n}", day=day, participants=people, place=place)
        for n, day in enumerate(days, start=1)
    )
    afternoons = tuple(
        a_session(
            f"beside-{person}", day=days[0], starts=time(14), ends=time(16),
            kind=SessionKind.SHADOWING, participants=(person,), objectives=("o1",),
        )
        for person in people
    )  # fmt: skip
    return mornings + afternoons


def an_answer(
    consent: Consent = Consent.NO, testimonial: str | None = None, lesson: str | None = None
) -> Answer:
    """Full marks, and a testimonial or a lesson when one is given."""
    said = writing(testimonial) if testimonial else None
    lessons = (writing(lesson),) if lesson else ()
    return Answer(marks={"o1": 5, "o2": 5}, testimonial=said, consent=consent, lessons=lessons)


def a_follow_up(stated_days: int = 3, **changes: object) -> FollowUp:
    """What was seen and will be adapted; three days, as attended."""
    facts: dict[str, object] = {
        "seen": writing("seen"), "adapted": writing("adapted"), "stated_days": stated_days,
    }  # fmt: skip
    return FollowUp.model_validate(facts | changes)


SUMMER_TIME = (
    (2025, 10, 26, 60), (2026, 3, 29, 120), (2026, 10, 25, 60), (2027, 3, 28, 120),
    (2027, 10, 31, 60), (2028, 3, 26, 120), (2028, 10, 29, 60), (2029, 3, 25, 120),
)  # fmt: skip
"""When the clocks of Central Europe are changed, and how far ahead of UTC they are then."""


def a_calendar(*holidays: date, region: str = "SE", zone: str = "Europe/Stockholm") -> Calendar:
    """A region of Central Europe with these days off."""
    offsets = tuple(
        Offset(since=datetime(year, month, day, 1, tzinfo=UTC), minutes=minutes)
        for year, month, day, minutes in SUMMER_TIME
    )
    return Calendar(region=region, zone=zone, offsets=offsets, holidays=holidays)


WEIGHTS = read_weights((resources.files("domain.weights") / "hosts.toml").read_text("utf-8"))
PLANS = read_plans((resources.files("domain.plans") / "reminders.toml").read_text("utf-8"))
ALMANAC = Almanac(
    plans=PLANS,
    calendars={
        "SE": a_calendar(date(2026, 5, 1), date(2026, 5, 14)),
        "ES-CT": a_calendar(date(2026, 5, 1), region="ES-CT", zone="Europe/Madrid"),
    },
    regions=dict.fromkeys((COORDINATOR, OFFICE, FRIDA, EMELIE), "SE")
    | dict.fromkeys((HOST, SECOND_HOST), "ES-CT"),
)
"""The plans that ship, Borås and Catalonia; nobody has a colleague."""


def on_the_clock(day: date, hour: time, zone: str) -> datetime:
    """The moment at which the clocks of a zone show this hour."""
    return datetime.combine(day, hour, ZoneInfo(zone))


def calendar_of(person: PersonId, entries: Sequence[Entry]) -> Held:
    """What this person's calendar has to hold once these entries are written."""
    return Calendars(entries, on_the_clock).of(person)


def falls_on_the_next_working_morning(wait: Wait) -> bool:
    """Whether silence counts from the first working morning of whoever is asked first."""
    calendar = ALMANAC.calendar_of(wait.awaited[0])
    day = calendar.working_day_from(wait.due.date() + timedelta(days=1))
    return calendar.moment(day, time(8)) <= wait.falls < calendar.moment(day, time(9))


def first_with_room(
    mobility: Mobility, full: Mapping[OfferId, Hindrance] = MappingProxyType({})
) -> Holding:
    """Places held at the first host left that has room; no host is full unless named."""
    left = mobility.matching.to_be_asked
    held = next((offer for offer in left if offer not in full), None)
    before = left[: left.index(held)] if held else left
    day = mobility.request.first_day
    ranking = mobility.matching.ranking
    homes = {host.offer: host.organisation for host in ranking.able} if ranking else {}
    passed_over = [
        PassedOver(
            offer=o,
            why=full[o],
            day=day if full[o] is Hindrance.FULL else None,
            organisation=homes.get(o),
        )
        for o in before
    ]
    return holding_of(held, passed_over, ())


class Journey:
    """One mobility on its way, with the moment it is now and the texts people wrote."""

    def __init__(
        self,
        request: MobilityRequest | None = None,
        offers: tuple[HostingOffer, ...] = (),
        *,
        now: datetime = OPENED,
        rates: GrantRates = RATES,
        texts: Mapping[str, str] = TEXTS,
        full: Mapping[OfferId, Hindrance] = MappingProxyType({}),
        event_until: datetime | None = None,
    ) -> None:
        self.mobility = Mobility(request=request or a_request(), almanac=ALMANAC)
        self.offers = offers or (an_offer(), a_second_offer())
        self.now = now
        self.rates = rates
        self.texts = texts
        self.full = dict(full)
        self.paused: tuple[NewPause, ...] = ()
        self.event_until = event_until
        self.said = 0
        self.next_look: datetime | None = None
        self.carry_on()

    @property
    def journal(self) -> list[Entry]:
        """Everything that has happened: nothing is ever recorded elsewhere here."""
        return self.mobility.unrecorded

    @property
    def events(self) -> list[Event]:
        """What has happened, as the domain knows it."""
        return [entry.event() for entry in self.journal]

    def phase(self) -> Phase:
        """Where the mobility is; asked anew each time, since it moves on."""
        return self.mobility.phase

    def kinds(self, since: int = 0) -> list[str]:
        """The names of what has happened after entry ``since``."""
        return [entry.kind for entry in self.journal[since:]]

    def letters(self, since: int = 0) -> list[LetterOrder]:
        """The letters that follow what has happened after entry ``since``."""
        entries = self.journal[since:]
        return [order for entry in entries for order in letters_after(entry, self.mobility)]

    def say(self, message: m.Message, *, message_id: str | None = None) -> int:
        """Have somebody say something now; the story goes on from there."""
        number = self.tell(message, message_id=message_id)
        self.carry_on()
        return number

    def tell(self, message: m.Message, *, message_id: str | None = None) -> int:
        """Have somebody say something now, before the story goes on."""
        self.said += 1
        name = f"message-{self.said}" if message_id is None else message_id
        return hear(self.mobility, message, at=self.now, message_id=name)

    def lose(self, person: PersonId, letter: str = "") -> None:
        """A letter to this person comes back, for ever; one that asked them something."""
        key = letter or f"letter-{len(self.journal)}"
        failed = FailedLetter(person=person, key=key, purpose="any", event=1, asks=True)
        letter_failed(self.mobility, failed, at=self.now)

    def wait_until(self, moment: datetime) -> None:
        """Let time pass: reminders, silences and the first day come as they fall."""
        while (soonest := self.next_moment()) is not None and soonest <= moment:
            self.now = max(self.now, soonest)
            self.time_acts()
            self.carry_on()
        self.now = max(self.now, moment)
        self.carry_on()

    def wait(self, days: int) -> None:
        """Let so many days pass."""
        self.wait_until(self.now + timedelta(days=days))

    def wait_out(self, asked: Asked) -> None:
        """Let the deadline of an open question pass, and the night after it."""
        self.wait_until(self.mobility.waits[asked.value].falls)

    def time_acts(self) -> None:
        """Do what time does now: a question falls silent, or somebody is reminded."""
        for asked in Asked:
            wait = self.mobility.waits.get(asked.value)
            if wait is None:
                continue
            self.mobility.pass_time(asked, at=self.now)

    def event_says(self, offer: OfferId | None, number: int = 1) -> None:
        """A matchmaking event says whom to ask in a round, or that it is over."""
        word = EventWord(
            event=self.mobility.request.event or "E-2026-99", round=number, offer=offer
        )
        hear_event(self.mobility, word, at=self.now)
        self.carry_on()

    def next_moment(self) -> datetime | None:
        known = [wait.next_moment() for wait in self.mobility.waits.values()]
        moments = [moment for moment in known if moment is not None]
        matching = self.mobility.matching
        awaited = matching.awaited if matching.listens_to_event else None
        if awaited is not None and awaited.until > self.now:
            moments.append(awaited.until)
        if self.mobility.phase is Phase.PREPARATION and self.now < self.morning:
            moments.append(self.morning)
        if self._waits_for_a_place and self.next_look and can_ask(self.mobility, at=self.now):
            moments.append(self.next_look)
        return min(moments, default=None)

    @property
    def morning(self) -> datetime:
        """The moment at which the visit begins."""
        return self.mobility.first_morning

    def carry_on(self) -> None:
        """Do what the workflow does by itself, until somebody or some day is waited for."""
        steps = {
            Phase.MATCHING: self._find_a_host,
            Phase.AGREEMENT: self._reach_agreement,
            Phase.PREPARATION: self._prepare,
            Phase.VISIT: self._accompany_visit,
            Phase.EVALUATION: self._publish,
        }
        reached = -1
        while reached < self.mobility.n and self.mobility.phase in steps:
            reached = self.mobility.n
            steps[self.mobility.phase]()

    def _find_a_host(self) -> None:
        mobility = self.mobility
        if mobility.n == 0:
            mobility.open(at=self.now)
        if mobility.matching.ranking is None:
            mobility.almanac = ALMANAC
            rank_hosts(mobility, self._ranking(), at=self.now)
            if self.event_until is not None:
                await_event(mobility, self.event_until, at=self.now)
        asking = {Asked.PLACE, Asked.OTHER_DATES} & mobility.waits.keys()
        if mobility.matching.waits_for_event:
            stop_listening(mobility, at=self.now)
        if mobility.matching.host is not None:
            mobility.enter(Phase.AGREEMENT, at=self.now)
        elif self._waits_for_event or asking or self._looks_later():
            return
        else:
            stop_listening(mobility, at=self.now)
            if not ask_next_host(mobility, self._holding(), at=self.now):
                self._rank_further_or_end()

    def _rank_further_or_end(self) -> None:
        mobility = self.mobility
        if can_rank_further(mobility, at=self.now):
            rank_further(mobility, self._ranking(), at=self.now)
        else:
            mobility.end(Outcome.LAPSED, Cause.NO_HOST, at=self.now)

    def _ranking(self) -> Ranking:
        matching = self.mobility.matching
        demand = a_demand(
            self.mobility.request, declined=matching.declined_for_good, asked=matching.named
        )
        return rank(demand, self.offers, WEIGHTS)

    def _holding(self) -> Holding:
        return first_with_room(self.mobility, self.full).model_copy(update={"paused": self.paused})

    def _looks_later(self) -> bool:
        """Every host left is full, and it is not the morning to look again."""
        if not self._waits_for_a_place:
            self.next_look = None
        elif self.next_look is None or self.now >= self.next_look:
            calendar = self.mobility.almanac.calendar_of(self.mobility.request.coordinator)
            is_due = self.next_look is not None
            self.next_look = calendar.next_morning(self.now, self.mobility.request.reference)
            return not is_due
        return self.next_look is not None

    @property
    def _waits_for_event(self) -> bool:
        matching = self.mobility.matching
        return matching.waits_for_event and not matching.is_turned_away

    @property
    def _waits_for_a_place(self) -> bool:
        """At any of the hosts, or at the one that an event says."""
        return Asked.FREE_PLACE in self.mobility.waits or self.mobility.matching.is_turned_away

    def _reach_agreement(self) -> None:
        if Asked.SIGNATURES not in self.mobility.almanac.plans:
            self.mobility.almanac = ALMANAC
        if not self.mobility.agreement.document:
            version = self.mobility.agreement.version + 1
            self.mobility.draw_up_agreement(f"document-{version}", at=self.now)
        elif Asked.SIGNATURES not in self.mobility.waits:
            self.mobility.enter(Phase.PREPARATION, at=self.now)

    def _prepare(self) -> None:
        mobility = self.mobility
        waits = mobility.waits
        if mobility.grant.must_be_computed and mobility.matching.host is not None:
            lines = compute_grant(
                mobility.request, mobility.taking_part, self.rates, mobility.matching.host.country
            )
            mobility.take_up_grant(lines, at=self.now)
        accepted = mobility.agenda.is_accepted
        if not accepted and not {Asked.AGENDA, Asked.AGENDA_ACCEPTANCE} & waits.keys():
            mobility.ask_for_agenda(at=self.now)
        settled = not {Asked.GRANT_DECISION, Asked.INSTALMENT} & waits.keys()
        if accepted and settled and self.now >= self.morning:
            mobility.begin_visit(at=self.now)

    def _accompany_visit(self) -> None:
        mobility = self.mobility
        if Asked.ATTENDANCE in mobility.waits:
            return
        attended = [p for p in mobility.taking_part if mobility.visit.days_of(p)]
        mobility.issue_certificates({p: f"certificate-of-{p}" for p in attended}, at=self.now)
        mobility.enter(Phase.EVALUATION, at=self.now)
        mobility.ask_for_evaluation(at=self.now)

    def _publish(self) -> None:
        if self.mobility.waits:
            return
        found = find_contradictions(read_card_facts(self.journal), self.texts)
        if found:
            self.mobility.stop_card(found, at=self.now)
        else:
            self.mobility.publish_card({"card.md": "digest-of-card"}, at=self.now)

    # The journey of the builders, one stretch after the other.

    def accept_place(self) -> None:
        """The host that is asked has a place."""
        pending = self.mobility.matching.pending
        if pending is not None:
            self.say(m.AcceptProposal(by=pending.coordinator, offer=pending.offer))

    def put_forward_dates(self, days: int = 35) -> int:
        """The host that is asked puts forward dates so many days after those asked for."""
        pending = self.mobility.matching.pending
        dates = [day + timedelta(days=days) for day in self.mobility.request.days]
        host, offer = (pending.coordinator, pending.offer) if pending else (HOST, SOC_OFFER)
        return self.say(
            m.ProposeOtherDates(
                by=host, offer=offer, first_day=dates[0], last_day=dates[-1], note=writing("note")
            )
        )

    def sign(self, *people: PersonId) -> None:
        """These people sign the document on the table."""
        document = self.mobility.agreement.document
        for person in people:
            self.say(m.SignAgreement(by=person, document=document))

    def award(self) -> None:
        """The office awards the grant as computed, and 1,000 euro where there is no rate."""
        without = [line.id for line in self.mobility.grant.lines if line.amount is None]
        amounts = dict.fromkeys(without, Decimal(1000))
        self.say(m.DecideGrant(by=OFFICE, decision=GrantDecision.AWARDED, amounts=amounts))

    def put_agenda(self) -> None:
        """The host puts an agenda forward for everybody who takes part."""
        mobility = self.mobility
        sessions = an_agenda(
            mobility.taking_part, mobility.request.days, mobility.agenda.version + 1
        )
        self.say(m.PutAgenda(by=HOST, sessions=sessions))

    def accept_agenda(self) -> None:
        """The sending coordinator accepts what is on the table."""
        coordinator = self.mobility.request.coordinator
        self.say(m.AcceptAgenda(by=coordinator, version=self.mobility.agenda.version))

    def pay(self) -> None:
        """The sending coordinator confirms that the first instalment was paid today."""
        self.say(m.ConfirmInstalment(by=COORDINATOR, paid_on=self.now.date()))

    def attend(self, *people: PersonId) -> None:
        """These people arrive on the first day, stay for all days and leave on the last."""
        request = self.mobility.request
        self.wait_until(max(self.now, noon(request.last_day)))
        if people:
            self.say(m.ConfirmArrival(by=HOST, participants=people, on=request.first_day))
        for day in request.days:
            self.say(m.ConfirmAttendance(by=HOST, day=day, present=people))
        if people:
            self.say(m.ConfirmDeparture(by=HOST, participants=people, on=request.last_day))

    def report(self, stated_days: int = 3) -> None:
        """The sending coordinator tells what was seen."""
        self.say(m.ReportFollowUp(by=COORDINATOR, follow_up=a_follow_up(stated_days)))

    def answer(self, *people: PersonId) -> None:
        """These people evaluate."""
        for person in people:
            self.say(m.AnswerEvaluation(by=person, answer=an_answer()))

    def move(self, by: PersonId = COORDINATOR, days: int = 35, length: int = 3) -> int:
        """The visit is moved so many days on, and lasts so many days from now on."""
        first_day = self.mobility.request.first_day + timedelta(days=days)
        last_day = first_day + timedelta(days=length - 1)
        return self.say(m.MoveVisit(by=by, first_day=first_day, last_day=last_day))


def in_event() -> Journey:
    """The request takes part in a matchmaking event, which has not said anything yet."""
    until = OPENED + timedelta(days=20)
    return Journey(a_request(event="E-2026-01"), event_until=until)


def in_matching(request: MobilityRequest | None = None) -> Journey:
    """The first host is asked for a place."""
    return Journey(request)


def in_agreement(request: MobilityRequest | None = None) -> Journey:
    """The agreement is before everybody who has to sign it."""
    journey = in_matching(request)
    journey.accept_place()
    return journey


def in_preparation(request: MobilityRequest | None = None) -> Journey:
    """The grant is before the office, and the host is asked for an agenda."""
    journey = in_agreement(request)
    journey.sign(*journey.mobility.signatories)
    return journey


def ready_to_go(request: MobilityRequest | None = None) -> Journey:
    """Grant awarded and paid, agenda accepted; the first day is still to come."""
    journey = in_preparation(request)
    journey.award()
    journey.pay()
    journey.put_agenda()
    journey.accept_agenda()
    return journey


def in_visit(request: MobilityRequest | None = None) -> Journey:
    """Noon of the first day; nobody has been confirmed yet."""
    journey = ready_to_go(request)
    journey.wait_until(noon(journey.mobility.request.first_day))
    return journey


def in_evaluation(request: MobilityRequest | None = None) -> Journey:
    """Noon of the last day: everybody attended every day and is asked how it was."""
    journey = in_visit(request)
    journey.attend(*journey.mobility.taking_part)
    return journey


def completed(request: MobilityRequest | None = None) -> Journey:
    """Everybody has answered, and the card is published."""
    journey = in_evaluation(request)
    journey.report()
    journey.answer(*journey.mobility.taking_part, HOST)
    return journey


@cache
def _standing_in(phase: Phase) -> Journey:
    return {
        Phase.MATCHING: in_matching,
        Phase.AGREEMENT: in_agreement,
        Phase.PREPARATION: in_preparation,
        Phase.VISIT: in_visit,
        Phase.EVALUATION: in_evaluation,
        Phase.CLOSED: completed,
    }[phase]()


def in_phase(phase: Phase) -> Journey:
    """A journey in that phase, at its beginning; a fresh one each time."""
    return copy.deepcopy(_standing_in(phase))


def a_message(kind: type[m.Message], by: PersonId, journey: Journey) -> m.Message:
    """A message of that kind with sensible contents for this mobility as it stands."""
    mobility, today = journey.mobility, journey.now.date()
    pending = mobility.matching.pending
    offer = pending.offer if pending else SOC_OFFER
    later = [day + A_MONTH for day in mobility.request.days]
    leaving = by if by in mobility.taking_part else EMELIE
    contents: dict[type[m.Message], dict[str, object]] = {
        m.AcceptProposal: {"offer": offer},
        m.DeclineProposal: {"offer": offer, "reason": DeclineReason.DATES},
        m.ProposeOtherDates: {"offer": offer, "first_day": later[0], "last_day": later[-1]},
        m.AcceptOtherDates: {"offer": offer},
        m.DeclineOtherDates: {"offer": offer},
        m.SignAgreement: {"document": mobility.agreement.document},
        m.RefuseToSign: {},
        m.DecideGrant: {"decision": GrantDecision.AWARDED},
        m.ConfirmInstalment: {"paid_on": today},
        m.PutAgenda: {
            "sessions": an_agenda(
                mobility.taking_part, mobility.request.days, mobility.agenda.version + 1
            )
        },
        m.AcceptAgenda: {"version": mobility.agenda.version},
        m.ReturnAgenda: {"version": mobility.agenda.version, "note": writing("note")},
        m.ConfirmArrival: {"participants": (EMELIE,), "on": today},
        m.ConfirmAttendance: {"day": FIRST_DAY, "present": ()},
        m.ConfirmDeparture: {"participants": (FRIDA,), "on": today},
        m.AnswerEvaluation: {"answer": an_answer()},
        m.ReportFollowUp: {"follow_up": a_follow_up()},
        m.CorrectAddress: {"person": FRIDA if by != HOST else COORDINATOR},
        m.MoveVisit: {"first_day": later[0], "last_day": later[-1]},
        m.WithdrawParticipant: {"participant": leaving, "cause": Cause.ILLNESS},
        m.DeclineMobility: {"cause": Cause.HOST_UNABLE},
        m.CancelMobility: {"cause": Cause.WORK},
        m.MergeMobility: {"into": ANOTHER, "people": {p: p for p in mobility.taking_part}},
        m.TakeInMobility: {"reference": ANOTHER, "head": "a" * 64},
    }
    return kind.model_validate({"by": by} | contents[kind])
