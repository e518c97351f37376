"""Letters of a flight plan by date, and what follows where nobody answers."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from domain.case_view import OpenQuestion
from domain.deadlines import Asked
from domain.events import Entry, MobilityEnded
from domain.facts import PersonId
from starter.flight_plan import FlightPlan, PlayedPath
from starter.pages import Names, in_words
from store.ledger import LedgerLine

Row = tuple[date, int, Text, str]
"""The day, the number of the entry, what happens, and who gets a letter about it."""
CONSEQUENCES = (
    "ProposalLapsed", "InstalmentOverdue", "AttendanceLapsed", "EvaluationLapsed",
    "FollowUpLapsed", "CardLapsed", "CardPublished", "MobilityEnded",
)  # fmt: skip
"""What silence comes to."""
SOON = timedelta(hours=12)
"""How soon everything has happened that follows from a silence."""


class Who:
    """Names for ids, and on which day it is where somebody reads their letters."""

    def __init__(self, plan: FlightPlan, path: PlayedPath) -> None:
        self._names = Names(path.people, plan.directory.organisations)
        self._people, self._request = path.people, path.request
        self._hosts = [host.coordinator for host in path.ranking.hosts]
        host = (path.view.host.coordinator,) if path.view.host else ()
        request = path.request
        self._everybody = {request.coordinator, *host, request.office, *request.participants}
        self._homes = {o.id: o for o in plan.directory.organisations}

    def name(self, person: PersonId) -> str:
        """The name alone."""
        return self._names.name(person)

    def names(self, people: Sequence[PersonId]) -> str:
        """Several people in one line, those who travel last, and together where they all are."""
        if self._everybody <= set(people):
            return "everybody"
        travelling = [person for person in people if person in self._request.participants]
        others = [self.name(person) for person in people if person not in travelling]
        if len(travelling) == len(self._request.participants) > 1:
            return ", ".join([*others, "all participants"])
        return ", ".join([*others, *(self.name(person) for person in travelling)])

    def capacity(self, person: PersonId) -> str:
        """What somebody is in this mobility, and where they are at home, in as few words."""
        request, found = self._request, self._people[person]
        parts = {
            "sending": person == request.coordinator, "office": person == request.office,
            "host": person in self._hosts, "participant": person in request.participants,
        }  # fmt: skip
        home = self._homes.get(found.organisation)
        words = [word for word, holds in parts.items() if holds]
        return ", ".join([*words, *([home.city] if home else [])])

    def day(self, moment: datetime, person: PersonId) -> date:
        """The day it is where that person is at home."""
        home = self._homes.get(self._people[person].organisation)
        return moment.astimezone(ZoneInfo(home.zone)).date() if home else moment.date()


def short(day: date) -> str:
    """A day in a narrow column."""
    return f"{day:%-d %b %Y}"


def letters_by_date(path: PlayedPath, who: Who) -> Table:
    """Every letter of a path; those that say the same on one occasion stand in one row."""
    return _table(_letters(path.letters, who))


def each_silence(plan: FlightPlan) -> Iterator[tuple[Asked, PlayedPath]]:
    """Every question with the path on which nobody answers it, in the order of the journey."""
    paths = {asked: path for path in plan.silences for asked in path.silent}
    for asked in Asked:
        if asked in paths and any(q.asked is asked for q in paths[asked].questions):
            yield asked, paths[asked]


def what_follows(questions: Sequence[OpenQuestion], path: PlayedPath, who: Who) -> Table:
    """Reminders, who is told, and what it comes to, for a question that nobody answers.

    A request for a place goes to one host after another: each is a question of its own.
    """
    rows: list[Row] = []
    for question in questions:
        about = [letter for letter in path.letters if _is_about(letter, question)]
        # That the first one was asked is said above.
        asking = [x for x in about if x.intended_at == questions[0].since]
        rows += _letters([x for x in about if x not in asking], who, question.people)
        for entry in _consequences(question, path):
            day = who.day(entry.at, question.people[0])
            told = tuple(x.order.to for x in path.letters if x.order.event == entry.n)
            rows.append((day, entry.n, Text(_said(entry), style="yellow"), who.names(told)))
    return _table(rows)


def _is_about(letter: LedgerLine, question: OpenQuestion) -> bool:
    order = letter.order
    its_time = question.since <= letter.intended_at <= question.due
    return its_time and question.asked in (order.while_asked, order.while_open)


def _consequences(question: OpenQuestion, path: PlayedPath) -> Iterator[Entry]:
    for entry in path.entries:
        if entry.kind in CONSEQUENCES and question.falls <= entry.at < question.falls + SOON:
            yield entry


def _said(entry: Entry) -> str:
    event = entry.event()
    if isinstance(event, MobilityEnded):
        return f"{event.outcome}: {event.cause}" if event.cause else str(event.outcome)
    return in_words(entry.kind)


def _letters(
    letters: Sequence[LedgerLine], who: Who, asked: tuple[PersonId, ...] = ()
) -> list[Row]:
    def occasion(letter: LedgerLine) -> tuple[date, int, str]:
        return who.day(letter.intended_at, letter.order.to), letter.order.event, _what(letter)

    rows: list[Row] = []
    for (day, n, what), same in groupby(sorted(letters, key=occasion), key=occasion):
        people = tuple(letter.order.to for letter in same)
        is_all = len(people) > 2 and set(people) == set(asked)
        rows.append((day, n, Text(what), "everybody asked" if is_all else who.names(people)))
    return rows


def _what(letter: LedgerLine) -> str:
    order = letter.order
    return f"reminder {order.ordinal}" if order.ordinal else order.purpose.replace("-", " ")


def _table(rows: Sequence[Row]) -> Table:
    """Rows by date, each date once."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    before = None
    for day, _, what, to in sorted(rows, key=lambda row: row[:2]):
        table.add_row("" if day == before else f"{day:%a} {short(day):>11}", what, to)
        before = day
    return table
