"""Real mobilities, driven through the domain, and the letters that follow from them."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from activities.agenda_news import NothingNew, agenda_news
from activities.case_reader import OpenCase
from domain import messages as m
from domain.addresses import letter_failed
from domain.agenda import Session, SessionKind
from domain.asking import ask_next_host, rank_hosts
from domain.case_view import view_of
from domain.deadlines import Asked
from domain.evaluation import Answer, FollowUp
from domain.events import Entry, GrantComputed, GrantDecided, Outcome, Phase
from domain.facts import Fact, OfferId, OrganisationId, PersonId, Reference, Writing
from domain.grant import Category, GrantDecision, GrantLine, RateStatus
from domain.hearing import hear
from domain.holding import Hindrance, NewPause, PassedOver, holding_of
from domain.host_search import host_search
from domain.letters import LetterOrder, Purpose, letters_after
from domain.matching import DeclineReason, Ranked, Ranking, Rule
from domain.messages import Cause
from domain.mobility import Mobility
from domain.papers import GrantPaperLine
from domain.people import Language, Organisation, Person
from domain.reach import FailedLetter
from domain.request import Activity, Funding, MobilityRequest, Objective, Sector
from mail.context import Attachment, LetterContext
from store.ledger import LedgerLine, LetterState
from tests.builders import ALMANAC, first_with_room

REFERENCE = Reference("M-2026-0001")
BORAS, ANA, BERGEN, OFFICE = (
    PersonId(name)
    for name in ("boras-coordinator", "soc-coordinator", "vestland-coordinator", "office-1")
)
FRIDA, EMELIE = PersonId(f"{REFERENCE}-p1"), PersonId(f"{REFERENCE}-p2")
BEGIN = datetime(2026, 2, 2, 9, 30, tzinfo=UTC)
FIRST_DAY, LAST_DAY = date(2026, 5, 5), date(2026, 5, 7)


class Told(Fact):
    """Everything people write in a journey; replaced whole to try hostile words."""

    title: str = "Inclusive Employment and Skills Cooperation Across Europe"
    objective: str = "Learn how skills, formal and informal, are mapped and assessed"
    note: str = "We have a conference that week.\n\nPlease try us again in autumn."
    frida: str = "Frida Augustsson"
    emelie: str = "Emelie Persson"
    boras: str = "Åsa Öberg"
    ana: str = "Ana Cáceres Gómez"
    sending: str = "Working Life Department Borås Stad"
    profile: str = "youth and outreach"


@dataclass
class Journey:
    """One mobility, told step by step; ``letters`` gathers what was written on the way."""

    told: Told = field(default_factory=Told)
    language: Language = Language.ENGLISH
    now: datetime = BEGIN
    texts: dict[str, str] = field(default_factory=dict)
    letters: list[LetterContext] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.mobility = Mobility(request=self._request(), almanac=ALMANAC)
        self.mobility.open(at=self.now)
        rank_hosts(self.mobility, Ranking(hosts=_hosts(), excluded=()), at=self.now)
        ask_next_host(self.mobility, first_with_room(self.mobility), at=self.now)
        self.write()

    # What happens.

    def say(self, message: m.Message) -> None:
        """Somebody says something."""
        hear(self.mobility, message, at=self.now, message_id=str(next(self.ids)))
        self.write()

    def remind(self, asked: Asked) -> None:
        """The next reminder of an open question comes."""
        moment = self.mobility.waits[asked.value].next_reminder()
        assert moment is not None, f"no reminder left for {asked}"
        self.now = max(self.now, moment)
        while not any(entry.kind == "PersonReminded" for entry in self.mobility.unrecorded):
            assert self.mobility.pass_time(asked, at=self.now)
        self.write()

    def overdue(self, asked: Asked) -> None:
        """Those who may help hear of an answer that has not come."""
        wait = self.mobility.waits[asked.value]
        self.now = max(self.now, wait.tell_at or self.now)
        self.mobility.tell_others(wait, at=self.now)
        self.write()

    def fall_silent(self, asked: Asked) -> None:
        """A deadline passes."""
        self.now = max(self.now, self.mobility.waits[asked.value].falls)
        self.mobility.fall_silent(asked, at=self.now)
        self.write()

    def until(self, day: date) -> None:
        """Time passes."""
        self.now = max(self.now, datetime.combine(day, time(9), UTC))

    def write(self) -> None:
        """Write the letters that follow what has just happened."""
        fresh, self.mobility.unrecorded = self.mobility.unrecorded, []
        self.entries += fresh
        for entry in fresh:
            for order in letters_after(entry, self.mobility):
                with contextlib.suppress(NothingNew):
                    self.letters.append(self.context(order, entry))

    # The way to each phase.

    def to_agreement(self) -> None:
        """A host accepts and the agreement is drawn up."""
        self.say(m.AcceptProposal(by=ANA, offer=OfferId("soc-inclusion")))
        self.mobility.enter(Phase.AGREEMENT, at=self.now)
        self.mobility.draw_up_agreement("d" * 64, at=self.now)
        self.write()

    def to_preparation(self) -> None:
        """Everybody signs; grant and agenda are asked for."""
        self.to_agreement()
        for person in (BORAS, ANA, FRIDA, EMELIE):
            self.say(m.SignAgreement(by=person, document="d" * 64))
        self.mobility.enter(Phase.PREPARATION, at=self.now)
        self.mobility.ask_for_decision(_lines(), at=self.now)
        self.mobility.ask_for_agenda(at=self.now)
        self.write()

    def move(self, days: int) -> None:
        """The sending coordinator moves the visit, and says why."""
        days_on = timedelta(days=days)
        request = self.mobility.request
        first_day, last_day = request.first_day + days_on, request.last_day + days_on
        self.say(m.MoveVisit(by=BORAS, first_day=first_day, last_day=last_day, note=self._note()))
        self.mobility.almanac = ALMANAC

    def put_forward_dates(self) -> None:
        """The host that is asked puts forward other dates, and says why."""
        host, request = self.mobility.matching.pending, self.mobility.request
        assert host is not None
        first, last = (day + timedelta(days=35) for day in (request.first_day, request.last_day))
        self.say(
            m.ProposeOtherDates(
                by=host.coordinator, offer=host.offer, first_day=first, last_day=last,
                note=self._note(),
            )
        )  # fmt: skip

    def award(self) -> None:
        """The office awards in part, with a reason."""
        lowered = {"organisational-support": Decimal(125), f"travel/{FRIDA}": Decimal(200)}
        decision = GrantDecision.AWARDED_IN_PART
        self.say(m.DecideGrant(by=OFFICE, decision=decision, amounts=lowered, reason=self._note()))

    def pay(self) -> None:
        """The first instalment is paid."""
        self.say(m.ConfirmInstalment(by=BORAS, paid_on=self.now.date()))

    def put_agenda(self) -> None:
        """The host puts its agenda forward."""
        self.say(m.PutAgenda(by=ANA, sessions=self._sessions()))

    def put_agenda_of_frida(self, begins: time = time(9, 30)) -> None:
        """The host puts forward an agenda for Frida alone."""
        sessions = [
            s.model_copy(
                update={"participants": (FRIDA,), "starts": begins if s.id == "S1" else s.starts}
            )
            for s in self._sessions() if FRIDA in s.participants
        ]  # fmt: skip
        self.say(m.PutAgenda(by=ANA, sessions=tuple(sessions)))

    def change_agenda(self) -> None:
        """The host puts forward: one session moved, one elsewhere, one dropped, two new."""
        first, second, *rest = self.mobility.agenda.sessions
        moved = first.model_copy(update={"starts": time(10, 30), "ends": time(13)})
        retold = second.model_copy(update={"place": self._of_session("Town hall, Terrassa")})
        added = first.model_copy(
            update={
                "id": "S9", "day": LAST_DAY, "starts": time(15), "ends": time(16, 30),
                "title": self._of_session("Round table with the outreach team"),
            }
        )  # fmt: skip
        kept = [s for s in rest if s.id != "S3"]
        on_the_last_day = added.model_copy(
            update={"id": "S10", "starts": time(9, 30), "ends": time(11)}
        )
        self.say(m.PutAgenda(by=ANA, sessions=(moved, retold, *kept, added, on_the_last_day)))

    def to_visit(self) -> None:
        """Grant and agenda are settled and the first day has come."""
        self.to_preparation()
        self.award()
        self.pay()
        self.put_agenda()
        self.say(m.AcceptAgenda(by=BORAS, version=self.mobility.agenda.version))
        self.until(FIRST_DAY)
        self.mobility.begin_visit(at=self.now)
        self.write()

    def to_evaluation(self) -> None:
        """The visit takes place and both sides are asked about it."""
        self.to_visit()
        both = (FRIDA, EMELIE)
        self.say(m.ConfirmArrival(by=ANA, participants=both, on=FIRST_DAY))
        for day in self.mobility.request.days:
            self.until(day)
            self.say(m.ConfirmAttendance(by=ANA, day=day, present=both))
        self.say(m.ConfirmDeparture(by=ANA, participants=both, on=LAST_DAY))
        self.mobility.issue_certificates({FRIDA: "c" * 64, EMELIE: "c" * 64}, at=self.now)
        self.mobility.enter(Phase.EVALUATION, at=self.now)
        self.mobility.ask_for_evaluation(at=self.now)
        self.write()

    def evaluate(self) -> None:
        """Everybody answers."""
        answer = Answer(marks={"O1": 5, "O2": 4}, testimonial=self.writing("SECRET TESTIMONIAL"))
        for person in (FRIDA, EMELIE, ANA):
            self.say(m.AnswerEvaluation(by=person, answer=answer))
        self.say(m.ReportFollowUp(by=BORAS, follow_up=self._follow_up()))

    # What is known.

    def writing(self, text: str) -> Writing:
        """Keep a text and return what stands for it."""
        name = f"t{len(self.texts)}"
        self.texts[name] = text
        return Writing(id=name, digest="x")

    def _of_session(self, text: str) -> Writing:
        """What stands for a text of a session: for the same text, the same."""
        known = next((name for name, kept in self.texts.items() if kept == text), None)
        return Writing(id=known, digest="x") if known else self.writing(text)

    def _note(self) -> Writing:
        return self.writing(self.told.note)

    def _follow_up(self) -> FollowUp:
        return FollowUp(
            seen=self.writing("SECRET SEEN"), adapted=self.writing("SECRET ADAPTED"), stated_days=3
        )

    def _request(self) -> MobilityRequest:
        return MobilityRequest(
            reference=REFERENCE,
            sending=OrganisationId("boras-wld"),
            coordinator=BORAS,
            office=OFFICE,
            participants=(FRIDA, EMELIE),
            activity=Activity.JOB_SHADOWING,
            title=self.writing(self.told.title),
            context=self.writing("context"),
            objectives=(
                Objective(id="O1", text=self.writing("See how early outreach is organised")),
                Objective(id="O2", text=self.writing(self.told.objective)),
            ),
            themes=("inclusion",),
            languages=("en",),
            first_day=FIRST_DAY,
            last_day=LAST_DAY,
            funding=Funding(
                call_year=2025, sector=Sector.ADULT, national_agency="SE", distance_km=1970,
                distance_read_on=date(2026, 1, 15), travel_days=2, first_instalment_percent=80,
            ),
        )  # fmt: skip

    def _sessions(self) -> tuple[Session, ...]:
        both = (FRIDA, EMELIE)
        plan = [
            (day, time(9, 30), time(12), SessionKind.SHARED, both, ("O1", "O2"))
            for day in self.mobility.request.days
        ] + [
            (FIRST_DAY, time(14), time(16), SessionKind.SHADOWING, (person,), ("O1",))
            for person in both
        ]
        return tuple(
            Session(
                id=f"S{n}", day=day, starts=starts, ends=ends, kind=kind, participants=people,
                objectives=objectives, title=self._of_session("Welcome to the head office"),
                place=self._of_session("SOC, Barcelona"),
            )
            for n, (day, starts, ends, kind, people, objectives) in enumerate(plan, start=1)
        )  # fmt: skip

    @property
    def organisations(self) -> dict[str, Organisation]:
        """The directory's organisations."""
        return {
            organisation.id: organisation
            for organisation in (
                _organisation("boras-wld", self.told.sending, "Borås", "SE", "Europe/Stockholm"),
                _organisation("soc", "Public Employment Services of Catalonia (SOC)", "Barcelona",
                              "ES", "Europe/Madrid"),
                _organisation("vestland", "Vestland County", "Bergen", "NO", "Europe/Oslo"),
            )
        }  # fmt: skip

    @property
    def people(self) -> dict[PersonId, Person]:
        """Everybody who may have a part in it."""
        told = self.told
        return {
            person.id: person.model_copy(update={"language": self.language})
            for person in (
                _person(BORAS, told.boras, "asa.oberg@boras.example", "boras-wld"),
                _person(ANA, told.ana, "ana.caceres@soc.example", "soc"),
                _person(BERGEN, "Coordinator of Vestland", "coordinator@vestland.example",
                        "vestland"),
                _person(OFFICE, "Programme office", "office@erasmus.example", "office-se"),
                _person(FRIDA, told.frida, "frida.augustsson@boras.example", "boras-wld",
                        told.profile),
                _person(EMELIE, told.emelie, "emelie.persson@boras.example", "boras-wld",
                        "skills mapping and guidance"),
            )
        }  # fmt: skip

    def context(self, order: LetterOrder, entry: Entry) -> LetterContext:
        """What the courier puts together for one letter."""
        view, people = view_of(self.mobility), self.people
        event = entry.event()
        note = getattr(event, "note", None) or getattr(event, "reason", None)
        withdrawn = tuple(people[p] for p in self.mobility.withdrawn)
        news = agenda_news(self._open_case(), order, self._ledger())
        return LetterContext(
            order=order,
            entry=entry,
            view=view,
            request=self.mobility.request,
            recipient=people[order.to],
            title=self.told.title,
            sending=self.organisations["boras-wld"],
            receiving=self.organisations[view.host.organisation] if view.host else None,
            sending_coordinator=people[BORAS],
            receiving_coordinator=people[view.host.coordinator] if view.host else None,
            participants=tuple(people[p] for p in view.taking_part),
            note=self.texts[note.id] if isinstance(note, Writing) else "",
            objectives=tuple(self.texts[o.text.id] for o in self.mobility.request.objectives),
            grant_lines=self._paper_lines(),
            attachments=news.attachments or _papers(order),
            concerned=withdrawn,
            sessions=news.sessions,
            changes=news.changes,
            is_first_agenda=news.is_first,
            search=host_search(entry.event() for entry in self.entries),
            organisations={OrganisationId(o.id): o.name for o in self.organisations.values()},
        )

    def _open_case(self) -> OpenCase:
        return OpenCase(
            reference=REFERENCE, request=self.mobility.request, view=view_of(self.mobility),
            entries=tuple(self.entries), head="", people=self.people, texts=self.texts,
            organisations={o.id: o for o in self.organisations.values()},
        )  # fmt: skip

    def _ledger(self) -> list[LedgerLine]:
        """Every letter so far has arrived."""
        return [
            LedgerLine(
                key=letter.order.key, order=letter.order, state=LetterState.HANDED_OVER,
                intended_at=letter.entry.at, attempts=1, message_id=None, rendered_sha256=None,
                settled_at=letter.entry.at, remark=None,
            )
            for letter in self.letters
        ]  # fmt: skip

    def _paper_lines(self) -> tuple[GrantPaperLine, ...]:
        lines: tuple[GrantLine, ...] = ()
        amounts: dict[str, Decimal] = {}
        for event in (entry.event() for entry in self.entries):
            lines = event.lines if isinstance(event, GrantComputed) else lines
            amounts = event.amounts if isinstance(event, GrantDecided) else amounts
        return tuple(
            GrantPaperLine(
                category=line.category, amount=line.amount, awarded=amounts.get(line.id),
                participant=line.participant,
                basis=line.basis, source=line.source, status=line.status,
            )
            for line in lines
        )  # fmt: skip


def _hosts() -> tuple[Ranked, ...]:
    offers = [("soc-inclusion", "soc", ANA, "ES", "Europe/Madrid"),
              ("vestland-skills", "vestland", BERGEN, "NO", "Europe/Oslo")]  # fmt: skip
    return tuple(
        Ranked(
            offer=OfferId(offer), organisation=OrganisationId(organisation), coordinator=person,
            country=country, zone=zone, score=1, contributions={"languages in common": 1},
        )
        for offer, organisation, person, country, zone in offers
    )  # fmt: skip


def _lines() -> tuple[GrantLine, ...]:
    travel = [
        GrantLine(
            id=f"travel/{person}", category=Category.TRAVEL, participant=person, units=1,
            amount=Decimal(309), status=RateStatus.THIRD_PARTY,
            basis="1 x 309 euro: 1970 km one way, read in the distance calculator on 2026-01-15",
            source="University of Opole, rates page for calls 2024-25",
        )
        for person in (FRIDA, EMELIE)
    ]  # fmt: skip
    support = [
        GrantLine(
            id=f"individual-support/{person}", category=Category.INDIVIDUAL_SUPPORT,
            participant=person, units=5, amount=Decimal(850), status=RateStatus.ILLUSTRATION,
            basis="5 x 170 euro: 3 days of activity and 2 of travel",
            source="University of Opole: staff of higher education in Poland, call 2024",
        )
        for person in (FRIDA, EMELIE)
    ]  # fmt: skip
    unknown = GrantLine(
        id="organisational-support", category=Category.ORGANISATIONAL_SUPPORT, participant=None,
        units=2, amount=None, basis="no rate on file: participants", source="", status=None,
    )  # fmt: skip
    return (travel[0], support[0], travel[1], support[1], unknown)


def _organisation(name: str, title: str, city: str, country: str, zone: str) -> Organisation:
    return Organisation(
        id=OrganisationId(name), name=title, city=city, region="", country=country, zone=zone
    )


def _person(who: PersonId, name: str, email: str, where: str, profile: str = "") -> Person:
    return Person(
        id=who, name=name, email=email, organisation=OrganisationId(where), profile=profile
    )


def _papers(order: LetterOrder) -> tuple[Attachment, ...]:
    match order.purpose.value:
        case "agreement-to-sign" | "agreement-in-force" | "card-published" | "certificate-issued":
            return (Attachment("paper.pdf", "application/pdf", b"%PDF-1.7"),)
    return ()


def every_letter(
    told: Told | None = None, language: Language = Language.ENGLISH
) -> list[LetterContext]:
    """Letters of ten mobilities that between them go through everything that can happen."""
    journeys = every_journey(lambda: Journey(told or Told(), language))
    return [letter for journey in journeys for letter in journey.letters]


def every_journey(begin: Callable[[], Journey]) -> list[Journey]:
    """Ten mobilities, each begun anew and told to its end."""
    stories = (
        _happy, _troubled, _waiting, _without_host, _stopped, _moved, _changed, _merged,
        _on_other_dates, _on_no_other_dates,
    )  # fmt: skip
    return [tell(begin()) for tell in stories]


def _happy(journey: Journey) -> Journey:
    journey.to_evaluation()
    for asked in (Asked.EVALUATION, Asked.FOLLOW_UP):
        journey.remind(asked)
    journey.evaluate()
    contradiction = (
        f"The host confirms that {FRIDA} left on 6 May 2026 and was present on 7 May 2026."
    )
    journey.mobility.stop_card((contradiction, journey.told.note), at=journey.now)
    journey.write()
    journey.remind(Asked.CARD_FACTS)
    journey.say(m.ReportFollowUp(by=BORAS, follow_up=journey._follow_up()))
    journey.mobility.publish_card({"card.pdf": "e" * 64}, at=journey.now)
    journey.write()
    return journey


def _troubled(journey: Journey) -> Journey:
    """Every question before the visit is reminded of, and little goes as planned."""
    journey.remind(Asked.PLACE)
    journey.to_agreement()
    journey.remind(Asked.SIGNATURES)
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS,
                                      note=journey._note()))  # fmt: skip
    journey.mobility.draw_up_agreement("e" * 64, at=journey.now)
    journey.write()
    for person in (BORAS, ANA, FRIDA):
        journey.say(m.SignAgreement(by=person, document="e" * 64))
    journey.mobility.enter(Phase.PREPARATION, at=journey.now)
    journey.mobility.ask_for_decision(
        tuple(line for line in _lines() if line.participant != EMELIE), at=journey.now
    )
    journey.mobility.ask_for_agenda(at=journey.now)
    journey.write()
    for asked in (Asked.GRANT_DECISION, Asked.AGENDA):
        journey.remind(asked)
    journey.award()
    journey.remind(Asked.INSTALMENT)
    journey.fall_silent(Asked.INSTALMENT)
    journey.pay()
    journey.put_agenda_of_frida()
    journey.remind(Asked.AGENDA_ACCEPTANCE)
    journey.say(m.ReturnAgenda(by=BORAS, version=1, note=journey._note()))
    journey.put_agenda_of_frida(time(10))
    journey.say(m.AcceptAgenda(by=BORAS, version=2))
    journey.until(FIRST_DAY)
    journey.mobility.begin_visit(at=journey.now)
    journey.write()
    journey.remind(Asked.ATTENDANCE)
    journey.overdue(Asked.ATTENDANCE)
    journey.say(m.WithdrawParticipant(by=BORAS, participant=FRIDA, cause=Cause.FAMILY,
                                      note=journey._note()))  # fmt: skip
    return journey


def _waiting(journey: Journey) -> Journey:
    """The first host declines, the second is full; a third one is found silent and paused."""
    journey.say(m.DeclineProposal(by=ANA, offer=OfferId("soc-inclusion"),
                                  reason=DeclineReason.DATES, note=journey._note()))  # fmt: skip
    pause = NewPause(organisation=OrganisationId("soc"), coordinator=ANA, since=journey.now)
    full = PassedOver(offer=OfferId("vestland-skills"), why=Hindrance.FULL, day=FIRST_DAY,
                      organisation=OrganisationId("vestland"))  # fmt: skip
    busy = PassedOver(offer=OfferId("soc-youth"), why=Hindrance.BUSY,
                      organisation=OrganisationId("soc"))  # fmt: skip
    ask_next_host(journey.mobility, holding_of(None, (full, busy), (pause,)), at=journey.now)
    journey.write()
    journey.remind(Asked.FREE_PLACE)
    # Up to the decline it is another journey again.
    wanted = (Purpose.HOSTS_ARE_FULL, Purpose.HOSTING_PAUSED)
    journey.letters = [letter for letter in journey.letters if letter.order.purpose in wanted]
    return journey


def _without_host(journey: Journey) -> Journey:
    lost = FailedLetter(person=ANA, key="1", purpose="any", event=1, asks=True)
    letter_failed(journey.mobility, lost, at=journey.now)
    journey.write()
    journey.remind(Asked.ADDRESS)
    journey.say(m.CorrectAddress(by=BORAS, person=ANA))
    journey.say(m.DeclineProposal(by=ANA, offer=OfferId("soc-inclusion"),
                                  reason=DeclineReason.DATES, note=journey._note()))  # fmt: skip
    ask_next_host(journey.mobility, first_with_room(journey.mobility), at=journey.now)
    journey.write()
    journey.fall_silent(Asked.PLACE)
    journey.mobility.end(Outcome.LAPSED, Cause.NO_HOST, at=journey.now)
    journey.write()
    return journey


def _on_other_dates(journey: Journey) -> Journey:
    """The host puts forward other dates, and the sending coordinator accepts after a reminder."""
    journey.put_forward_dates()
    journey.remind(Asked.OTHER_DATES)
    journey.say(m.AcceptOtherDates(by=BORAS, offer=OfferId("soc-inclusion")))
    return journey


def _on_no_other_dates(journey: Journey) -> Journey:
    """One host's dates are declined, the other's are not answered, and many are left out."""
    left_out = {Rule.DATES: 2310, Rule.LANGUAGE: 4, Rule.DURATION: 1, Rule.OWN: 1}
    alone = {Rule.DATES: 1200, Rule.DURATION: 1}
    ranking = Ranking(hosts=_hosts(), excluded=(), counts=left_out, alone=alone)
    rank_hosts(journey.mobility, ranking, at=journey.now)
    journey.put_forward_dates()
    journey.say(m.DeclineOtherDates(by=BORAS, offer=OfferId("soc-inclusion"), note=journey._note()))
    ask_next_host(journey.mobility, first_with_room(journey.mobility), at=journey.now)
    journey.write()
    journey.put_forward_dates()
    journey.fall_silent(Asked.OTHER_DATES)
    journey.mobility.end(Outcome.LAPSED, Cause.NO_HOST, at=journey.now)
    journey.write()
    return journey


def _changed(journey: Journey) -> Journey:
    """The accepted agenda is changed, and changed again in vain, before one of two withdraws."""
    journey.to_preparation()
    journey.award()
    journey.put_agenda()
    journey.say(m.AcceptAgenda(by=BORAS, version=1))
    accepted, known = journey.mobility.agenda.sessions, journey.mobility.n
    journey.change_agenda()
    journey.say(m.PutAgenda(by=ANA, sessions=accepted))
    journey.change_agenda()
    journey.remind(Asked.AGENDA_CHANGE)
    journey.say(m.AcceptAgenda(by=BORAS, version=4))
    journey.say(m.PutAgenda(by=ANA, sessions=accepted))
    journey.say(m.ReturnAgenda(by=BORAS, version=5, note=journey._note()))
    journey.say(m.PutAgenda(by=ANA, sessions=accepted))
    journey.fall_silent(Asked.AGENDA_CHANGE)
    journey.say(m.WithdrawParticipant(by=EMELIE, participant=EMELIE, cause=Cause.ILLNESS))
    journey.say(m.CancelMobility(by=BORAS, cause=Cause.FORCE_MAJEURE, note=journey._note()))
    # Up to the first acceptance it is the happy journey again.
    journey.letters = [letter for letter in journey.letters if letter.entry.n > known]
    return journey


def _stopped(journey: Journey) -> Journey:
    journey.to_preparation()
    journey.award()
    journey.now += timedelta(days=1)
    journey.pay()
    journey.say(m.CancelMobility(by=BORAS, cause=Cause.FORCE_MAJEURE, note=journey._note()))
    return journey


def _merged(journey: Journey) -> Journey:
    """It was a duplicate, which somebody notices after a host has said yes."""
    journey.to_agreement()
    known, there = journey.mobility.n, Reference("M-2026-0002")
    people = {p: PersonId(p.replace(REFERENCE, there)) for p in (FRIDA, EMELIE)}
    journey.say(m.MergeMobility(by=BORAS, into=there, people=people))
    journey.letters = [letter for letter in journey.letters if letter.entry.n > known]
    return journey


def _moved(journey: Journey) -> Journey:
    """The visit is moved while a host is asked, before everybody has signed, and after."""
    journey.move(7)
    rank_hosts(journey.mobility, Ranking(hosts=_hosts(), excluded=()), at=journey.now)
    ask_next_host(journey.mobility, first_with_room(journey.mobility), at=journey.now)
    journey.write()
    journey.to_agreement()
    journey.move(7)
    _signed_anew(journey)
    journey.mobility.enter(Phase.PREPARATION, at=journey.now)
    journey.mobility.take_up_grant(_lines(), at=journey.now)
    journey.mobility.ask_for_agenda(at=journey.now)
    journey.write()
    journey.move(7)
    _signed_anew(journey)
    journey.mobility.enter(Phase.PREPARATION, at=journey.now)
    journey.mobility.take_up_grant(_lines(), at=journey.now)
    journey.write()
    journey.award()
    journey.now += timedelta(days=1)
    journey.pay()
    journey.move(7)
    return journey


def _signed_anew(journey: Journey) -> None:
    journey.mobility.draw_up_agreement("f" * 64, at=journey.now)
    journey.write()
    for person in (BORAS, ANA, FRIDA, EMELIE):
        journey.say(m.SignAgreement(by=person, document="f" * 64))
