"""Applications to join, driven through the domain, and the letters that follow from them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from activities.application_reader import application_context
from domain import joining as j
from domain.almanac import Almanac, Calendar
from domain.application import Application, view_of
from domain.application_letters import letters_after
from domain.deadlines import Asked
from domain.facts import OrganisationId, PersonId, Reference, Writing
from domain.joining import ApplicationEntry, WhyDeclined
from domain.people import Language, Organisation, Person
from mail.applications import ApplicationContext
from store.applications import Applying, WholeApplication
from tests.builders import PLANS

REFERENCE = Reference("A-2027-0001")
APPLICANT = PersonId(f"{REFERENCE}-applicant")
OFFICE, COLLEAGUE = PersonId("office-1"), PersonId("office-2")
BEGIN = datetime(2027, 2, 1, 9, 30, tzinfo=UTC)
MOTIVATION = Writing(id=f"{REFERENCE}/motivation", digest="m")
NOTE = Writing(id=f"{REFERENCE}/note", digest="n")
ALMANAC = Almanac(
    plans={Asked.APPLICATION: PLANS[Asked.APPLICATION]},
    calendars={"SE": Calendar(region="SE", zone="Europe/Stockholm")},
    regions={OFFICE: "SE"},
    colleagues={OFFICE: COLLEAGUE},
)
GIRONA = Organisation(
    id=OrganisationId("girona"), name="Escola d’Adults de Girona", city="Girona",
    region="Catalonia", country="ES", zone="Europe/Madrid", oid="E10123456",
)  # fmt: skip
OFFICE_HOME = Organisation(
    id=OrganisationId("office-se"), name="Programkontoret i Borås", city="Borås",
    region="Västra Götaland", country="SE", zone="Europe/Stockholm",
)  # fmt: skip


@dataclass
class Joining:
    """One application, told step by step; ``letters`` gathers what was written on the way."""

    language: Language = Language.ENGLISH
    motivation: str = "Our adult learners have never been abroad.\n\nWe want to change that."
    note: str = "Please write to us again in autumn."
    applicant: str = "Mercè Puig"
    now: datetime = BEGIN
    entries: list[ApplicationEntry] = field(default_factory=list)
    letters: list[ApplicationContext] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.application = Application(
            reference=REFERENCE, applicant=APPLICANT, office=OFFICE, motivation=MOTIVATION
        )
        self.application.open(at=self.now)
        self.write()
        self.application.ask_for_decision(ALMANAC, at=self.now)
        self.write()

    def say(self, message: j.ApplicationMessage) -> None:
        """Somebody says something."""
        self.application.hear(message, at=self.now, message_id=str(len(self.entries)))
        self.write()

    def admit(self, *, is_new: bool = True) -> None:
        """The directory has the new member, or had one like it before."""
        home = GIRONA.id if is_new else None
        self.application.admit(home, PersonId("girona-coordinator"), at=self.now)
        self.write()

    def stop(self) -> None:
        """An operator stops it."""
        self.application.stop(at=self.now)
        self.write()

    def time_passes(self) -> None:
        """Time does what it has to do next."""
        moment = self.application.next_moment()
        assert moment is not None
        self.now = moment
        assert self.application.pass_time(at=moment)
        self.write()

    def fall_silent(self) -> None:
        """Time passes until nobody is waited for any more."""
        while self.application.wait is not None:
            self.time_passes()

    def write(self) -> None:
        """Write the letters that follow from what has just happened."""
        fresh, self.application.unrecorded = self.application.unrecorded, []
        self.entries += fresh
        for entry in fresh:
            self.letters += [
                application_context(self._whole(), order)
                for order in letters_after(entry, self.application)
            ]

    def _whole(self) -> WholeApplication:
        people = {
            who: Person(id=who, name=name, email=email, organisation=home, language=self.language)
            for who, name, email, home in (
                (APPLICANT, self.applicant, "merce.puig@girona.example", GIRONA.id),
                (OFFICE, "Åsa Öberg", "office@erasmus.example", OFFICE_HOME.id),
                (COLLEAGUE, "Per Ek", "per.ek@erasmus.example", OFFICE_HOME.id),
            )
        }
        return WholeApplication(
            view=view_of(self.application),
            entries=tuple(self.entries),
            told=Applying(organisation=GIRONA, coordinator=people[APPLICANT]),
            texts={MOTIVATION.id: self.motivation, NOTE.id: self.note},
            office=people[OFFICE],
            people=people,
            organisations={str(home.id): home for home in (GIRONA, OFFICE_HOME)},
        )


def accepted(joining: Joining) -> None:
    """The office says yes."""
    joining.say(j.AcceptApplication(by=OFFICE))
    joining.admit()


def declined(joining: Joining) -> None:
    """The office says no."""
    joining.say(j.DeclineApplication(by=OFFICE, reason=WhyDeclined.FULL, note=NOTE))


def declined_in_a_word(joining: Joining) -> None:
    """The office says no and no more."""
    joining.say(j.DeclineApplication(by=OFFICE, reason=WhyDeclined.INELIGIBLE))


def withdrawn(joining: Joining) -> None:
    """The applicant thinks better of it."""
    joining.say(j.WithdrawApplication(by=APPLICANT))


def there_before(joining: Joining) -> None:
    """The office says yes, and there is such a member by then."""
    joining.say(j.AcceptApplication(by=OFFICE))
    joining.admit(is_new=False)


WAYS: tuple[Callable[[Joining], None], ...] = (
    Joining.fall_silent, accepted, declined, declined_in_a_word, withdrawn, there_before,
    Joining.stop,
)  # fmt: skip
"""Every way an application can go."""


def every_application_letter(
    language: Language = Language.ENGLISH, words: str = ""
) -> list[ApplicationContext]:
    """Every letter of every way, those in common once; people write ``words`` everywhere."""
    found: dict[tuple[str, int, str], ApplicationContext] = {}
    for way in WAYS:
        joining = Joining(language, words, words, words) if words else Joining(language)
        way(joining)
        for letter in joining.letters:
            found.setdefault((letter.order.key, letter.order.event, letter.view.standing), letter)
    return list(found.values())
