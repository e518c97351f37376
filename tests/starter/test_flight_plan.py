"""The flight plan: what it lists is what happens, and making it leaves no trace."""

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
import pytest_asyncio
from rich.console import Console

from domain.case_view import OpenQuestion
from domain.deadlines import MEANINGS, Asked
from domain.events import CardStopped, Entry, Outcome
from domain.facts import PersonId
from domain.grant import GrantDecision
from domain.messages import Cause
from domain.people import SYSTEM, Person
from settings import Settings
from starter import flight_plan as planning
from starter import throwaway
from starter.case_files import CaseDocument, section
from starter.cast import eve_of_first_reminder
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.errand import Errand
from starter.flight_plan import FlightPlan, make_flight_plan
from starter.flight_plan_page import flight_plan_page
from starter.rehearsal import Rehearsal
from starter.throwaway import Interruption
from store.cases import Store
from store.directory import read_directory
from store.ledger import LedgerLine, read_letters
from tests.starter.conftest import SCRIPT, Command, as_typed, what_is_kept, written

OFFICE_PLANS = "[signatures]\nfirst = 5\nevery = 2\nmost = 1\ndays = 20\n"
"""An office that reminds of signatures once, and waits for twenty days."""
Act = Callable[[Errand, Entry, CaseDocument], Awaitable[object]]


class Made(NamedTuple):
    """A flight plan, and what could be seen of it from outside while it was made."""

    plan: FlightPlan
    kept_before: dict[str, int]
    kept_after: dict[str, int]
    calls_to_the_mail_server: int
    left_behind: list[str]


@contextlib.asynccontextmanager
async def _mail_server() -> AsyncIterator[tuple[str, list[object]]]:
    """Something that listens where SMTP_URL points, and notes whoever calls."""
    calls: list[object] = []

    async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(writer)
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", calls


def _running_in(folder: Path) -> list[str]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process.name())
    return found


def _left_in(folder: Path) -> list[str]:
    """Folders and processes of a rehearsal; PostgreSQL's library keeps a folder for all of them."""
    return [file.name for file in folder.glob("mobility*")] + _running_in(folder)


@pytest_asyncio.fixture(scope="module")
async def made(
    desk: FrontDesk, settings: Settings, store: Store, case: CaseDocument,
    tmp_path_factory: pytest.TempPathFactory,
) -> Made:  # fmt: skip
    """The customer's case played ahead once, for an installation in production."""
    plans, folder = tmp_path_factory.mktemp("plans"), tmp_path_factory.mktemp("t")
    (plans / "office.toml").write_text(OFFICE_PLANS, "utf-8")
    document = case.model_copy(update={"directory": None})
    before = await what_is_kept(desk.store)
    async with _mail_server() as (url, calls):
        production = settings.as_environment() | {
            "MOBILITY_ENVIRONMENT": "production", "MOBILITY_PLANS": str(plans), "SMTP_URL": url,
            "REMINDERS_PER_DAY": "3", "REMINDERS_PER_WEEK": "10",
        }  # fmt: skip
        with pytest.MonkeyPatch.context() as change:
            for name, value in production.items():
                change.setenv(name, value)
            change.setattr(tempfile, "tempdir", str(folder))
            plan = await asyncio.to_thread(
                make_flight_plan, document, section(case.request, "request", Path()),
                today=datetime.now(UTC).date(), tell=lambda _: None, progress=lambda _, __: None,
            )  # fmt: skip
    left = _left_in(folder)
    return Made(plan, before, await what_is_kept(store), len(calls), left)


def _path(plan: FlightPlan, *silent: Asked) -> planning.PlayedPath:
    return next(path for path in (plan.straight, *plan.silences) if path.silent == silent)


# Plan and reality.

ACTS: dict[str, Act] = {
    "PlaceAccepted": lambda who, _, __: who.accept(),
    "AgreementSigned": lambda who, _, __: who.sign(),
    "GrantDecided": lambda who, _, __: who.decide_grant(
        GrantDecision.AWARDED, {"organisational-support": Decimal(0)}
    ),
    "InstalmentPaid": lambda who, entry, _: who.confirm_instalment(entry.at.date()),
    "AgendaPut": lambda who, _, case: who.put_agenda(case.agenda or ()),
    "AgendaAccepted": lambda who, _, __: who.accept_agenda(),
    "ArrivalConfirmed": lambda who, entry, _: who.arrive(_day(entry, "on")),
    "AttendanceConfirmed": lambda who, entry, _: who.attend(_day(entry, "day")),
    "DepartureConfirmed": lambda who, entry, _: who.depart(_day(entry, "on")),
    "EvaluationAnswered": lambda who, _, case: who.evaluate(
        (case.evaluations or ())[0].model_copy(update={"marks": (4, 4, 4), "lessons": ()})
    ),
    "FollowUpReported": lambda who, _, case: who.report_follow_up(
        section(case.follow_up, "follow_up", Path())
    ),
}
"""What people do in earnest where the plan says that they do it, in words of their own."""
Letter = tuple[str, str, int, date]


def _day(entry: Entry, name: str) -> date:
    return date.fromisoformat(str(entry.facts[name]))


def _as_listed(letters: Iterable[LedgerLine], people: dict[PersonId, Person]) -> Counter[Letter]:
    """Letters by purpose, reader, number of the reminder and day."""
    return Counter(
        (x.order.purpose.value, people[x.order.to].email, x.order.ordinal, x.intended_at.date())
        for x in letters
    )


async def _lived(
    path: planning.PlayedPath, rehearsal: Rehearsal, desk: FrontDesk, case: CaseDocument
) -> Counter[Letter]:
    """The same request in earnest: people act on the days of the plan, by hand, and time passes."""
    await rehearsal.at_rest()
    for entry in path.entries:
        if entry.by == SYSTEM or entry.kind == "MobilityRequested":
            continue
        await rehearsal.moment_comes(entry.at)
        await rehearsal.at_rest()
        who = await rehearsal.acts(path.people[entry.by].email)
        await ACTS[entry.kind](who, entry, case)
    if (await rehearsal.at_rest()).outcome is None:
        await rehearsal.moment_comes(path.entries[-1].at + timedelta(days=1))
    await rehearsal.closed()
    letters = await read_letters(desk.store.engine, rehearsal.reference)
    return _as_listed(letters, await desk.people(rehearsal.reference))


@pytest.mark.usefixtures("working")
async def test_letters_of_the_plan_are_the_letters_of_a_time_skipped_run(
    made: Made, desk: FrontDesk, settings: Settings, case: CaseDocument
) -> None:
    silences = ((), (Asked.PLACE,), (Asked.AGENDA,), (Asked.INSTALMENT, Asked.FOLLOW_UP))
    paths = [_path(made.plan, *silent) for silent in silences]
    clock = VirtualClock(desk.client, settings)
    request = section(case.request, "request", Path())
    today = datetime.now(UTC).date()

    async def live(path: planning.PlayedPath) -> Counter[Letter]:
        reference = await desk.request(request, today=today, occasion=f"in earnest {path.silent}")
        return await _lived(path, Rehearsal(desk, clock, reference), desk, case)

    lived = await asyncio.gather(*(live(path) for path in paths))

    for path, letters in zip(paths, lived, strict=True):
        assert _as_listed(path.letters, path.people) == letters, path.silent


# What is played.


@pytest.mark.parametrize(
    ("since", "next_reminder", "due", "expected"),
    [
        ("2027-03-01T09:00", "2027-03-04T08:10", "2027-03-11T23:59", "2027-03-03T12:00"),
        ("2027-03-04T09:00", "2027-03-08T08:10", "2027-03-14T23:59", "2027-03-05T12:00"),
        ("2027-03-05T15:00", "2027-03-08T08:10", "2027-03-14T23:59", "2027-03-05T15:00"),
        ("2027-03-01T09:00", None, "2027-03-11T23:59", "2027-03-10T12:00"),
        ("2027-03-01T09:00", None, "2027-03-02T23:59", "2027-03-01T12:00"),
    ],
    ids=["the day before", "not at the weekend", "not before the asking", "no reminder", "at once"],
)
def test_people_answer_on_the_last_weekday_before_their_first_reminder(
    since: str, next_reminder: str | None, due: str, expected: str
) -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    question = OpenQuestion(
        asked=Asked.PLACE, people=(PersonId("x"),), since=moment(since), due=moment(due),
        falls=moment(due), next_reminder=moment(next_reminder) if next_reminder else None,
    )  # fmt: skip

    assert eve_of_first_reminder(question) == moment(expected)


def test_everybody_who_answers_in_time_brings_it_to_its_card_without_a_reminder(
    made: Made,
) -> None:
    straight = made.plan.straight

    assert straight.view.outcome is Outcome.COMPLETED
    assert straight.view.card
    assert not any(letter.order.ordinal for letter in straight.letters)
    played = {asked for silent in planning.SILENCES for asked in silent}
    assert {q.asked for q in straight.questions} == played - {Asked.CARD_FACTS}
    assert played | set(planning.NOT_PLAYED) == set(Asked) - {Asked.APPLICATION}
    assert not played & set(planning.NOT_PLAYED)


def test_every_question_is_played_but_those_that_other_people_or_mishaps_put(made: Made) -> None:
    asked = {q.asked for path in (made.plan.straight, *made.plan.silences) for q in path.questions}

    assert set(Asked) - {Asked.APPLICATION} - asked == set(planning.NOT_PLAYED)


@pytest.mark.parametrize(
    ("silent", "ending"),
    [
        ((Asked.PLACE,), (Outcome.LAPSED, Cause.NO_HOST)),
        ((Asked.SIGNATURES,), (Outcome.LAPSED, Cause.NOT_SIGNED)),
        ((Asked.GRANT_DECISION,), (Outcome.LAPSED, Cause.GRANT_UNDECIDED)),
        ((Asked.AGENDA,), (Outcome.LAPSED, Cause.NO_AGENDA)),
        ((Asked.AGENDA_ACCEPTANCE,), (Outcome.LAPSED, Cause.NO_AGENDA)),
        ((Asked.ATTENDANCE,), (Outcome.LAPSED, Cause.VISIT_UNCONFIRMED)),
        ((Asked.INSTALMENT, Asked.FOLLOW_UP), (Outcome.COMPLETED, None)),
        ((Asked.EVALUATION, Asked.CARD_FACTS), (Outcome.COMPLETED, None)),
    ],
)
def test_every_silence_is_played_to_its_end(
    made: Made, silent: tuple[Asked, ...], ending: tuple[Outcome, Cause | None]
) -> None:
    path = _path(made.plan, *silent)

    assert (path.view.outcome, path.view.cause) == ending
    for asked in silent:
        reminded = [x for x in path.letters if x.order.while_asked is asked and x.order.ordinal]
        assert reminded


def test_no_question_is_left_out(made: Made) -> None:
    asked = {q.asked for path in (made.plan.straight, *made.plan.silences) for q in path.questions}
    silent = {asked for path in made.plan.silences for asked in path.silent}

    assert silent == asked


def test_plans_of_the_office_are_those_of_the_plan(made: Made) -> None:
    path = _path(made.plan, Asked.SIGNATURES)
    reminders = [x.order.ordinal for x in path.letters if x.order.while_asked is Asked.SIGNATURES]

    assert set(reminders) == {0, 1}
    question = next(q for q in path.questions if q.asked is Asked.SIGNATURES)
    assert (question.due - question.since).days < 25


async def test_hosts_are_those_of_the_directory_with_the_file_s_own_laid_over(
    made: Made, desk: FrontDesk, case: CaseDocument
) -> None:
    known, given = await read_directory(desk.store.engine), section(case.directory, "", Path())
    moved = given.people[0].model_copy(update={"name": "Another name"})
    added = given.offers[0].model_copy(update={"id": "another-offer"})

    laid_over = planning._laid_over(
        known, given.model_copy(update={"people": (moved,), "offers": (added,)})
    )

    assert (made.plan.directory, made.plan.directory_from) == (known, "of this installation")
    assert {person.name for person in laid_over.people} >= {"Another name", "Ana Cáceres Gómez"}
    assert {offer.id for offer in laid_over.offers} == {
        "another-offer", *(offer.id for offer in known.offers)
    }  # fmt: skip
    assert len(laid_over.people) == len(known.people)


# What is left of it: nothing.


def test_nothing_is_kept_started_sent_or_left_behind(made: Made) -> None:
    assert made.kept_after == made.kept_before
    assert made.calls_to_the_mail_server == 0
    assert made.left_behind == []


# The page.


def _printed(plan: FlightPlan, width: int) -> str:
    out = StringIO()
    Console(width=width, file=out).print(flight_plan_page(plan))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 100])
def test_page_fits_and_has_every_question_every_letter_and_every_end(
    made: Made, width: int
) -> None:
    plan = made.plan
    text = _printed(plan, width)
    words = " ".join(text.split())

    assert max(len(line) for line in text.splitlines()) <= width
    assert "Nothing has begun, nothing is kept, and no letter has left." in words
    assert f"{len(plan.straight.letters)} letters to 5 people, none of them a reminder." in words
    for question in plan.straight.questions:
        assert question.due.strftime("%-d %b %Y") in words
        assert question.silence in words
    for letter in plan.straight.letters:
        assert letter.order.purpose.replace("-", " ") in words
    for path in plan.silences:
        assert str(path.view.cause or "completed") in words
    for asked in planning.NOT_PLAYED:
        meaning = MEANINGS[asked]
        assert f"{meaning.act}; otherwise {meaning.silence}." in words
    assert "Nobody gets more than 3 reminders a day and 10 a week" in words


def test_page_warns_of_a_request_whose_words_would_stop_the_card(made: Made) -> None:
    found = 'The title says "two-day"; the attendance confirmed by the host says 3 days.'
    straight = made.plan.straight
    stopped = CardStopped(contradictions=(found,), correct_by=straight.entries[-1].at)
    entry = straight.entries[-1].model_copy(
        update={"kind": "CardStopped", "facts": stopped.model_dump(mode="json")}
    )
    path = replace(straight, entries=(*straight.entries[:-1], entry, straight.entries[-1]))

    page = _printed(replace(made.plan, straight=path), 100)

    assert f"the card would be stopped: {found}" in " ".join(page.split())
    assert "the card would be stopped" not in _printed(made.plan, 1000)


# The command.


@pytest.fixture
def alone() -> Iterator[dict[str, str]]:
    """The environment of a machine on which nothing of ours runs.

    Its folder has a short name: a socket of PostgreSQL must not have a long one.
    """
    nowhere = {
        "DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:9/nothing",
        "TEMPORAL_ADDRESS": "127.0.0.1:9",
    }
    with tempfile.TemporaryDirectory(prefix="t") as folder:
        yield nowhere | {"TMPDIR": folder}


async def test_where_no_host_can_be_asked_the_plan_says_why(
    command: Command, case: CaseDocument, tmp_path: Path, alone: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    typed: Any = as_typed(case)
    for offer in typed["directory"]["offers"]:
        offer["places"] = 1
    file = written(tmp_path / "mine.yaml", typed)

    monkeypatch.setattr(tempfile, "tempdir", alone["TMPDIR"])

    said = await command("request", str(file), "--dry-run", **alone)

    assert (said.code, said.complaint) == (0, "")
    words = " ".join(said.out.split())
    assert "directory of the file alone" in words
    too_small = "takes at most 1 person together, and 2 travel"
    assert f"Vestland County, offer vestland-skills: {too_small}" in words
    assert (
        "No host can be asked, so the mobility would end at once: lapsed, no host found." in words
    )
    assert "mobility ended all participants" in words
    assert "no host found Coordinator of Borås" in words
    assert f"To begin it: mobility directory {file}, then mobility request {file}" in words
    assert _left_in(Path(alone["TMPDIR"])) == []


async def test_interrupted_it_leaves_nothing_behind(
    surroundings: dict[str, str], case_file: Path, alone: dict[str, str]
) -> None:
    folder = Path(alone["TMPDIR"])
    child = await asyncio.create_subprocess_exec(
        SCRIPT, "request", str(case_file), "--dry-run", env=surroundings | alone,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        while "temporal" not in _running_in(folder):
            assert child.returncode is None
            await asyncio.sleep(0.1)

    child.send_signal(signal.SIGTERM)
    out, complaint = await child.communicate()

    assert (child.returncode, out) == (1, b"")
    assert b"Left off: nothing has changed." in complaint
    assert _left_in(folder) == []


async def test_interrupted_while_it_plays_it_puts_its_things_away_whatever_the_hurry() -> None:
    interruption, put_away = Interruption(), asyncio.Event()

    async def play() -> None:
        try:
            interruption(signal.SIGINT, None)
            await asyncio.sleep(60)
        finally:
            interruption(signal.SIGINT, None)
            await asyncio.sleep(0)
            put_away.set()

    with pytest.raises(KeyboardInterrupt):
        await asyncio.to_thread(interruption.run, play())

    assert put_away.is_set()


def test_what_a_killed_one_left_behind_is_cleared_by_the_next(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as change:
        change.setattr(tempfile, "tempdir", str(tmp_path))
        forgotten = Path(tempfile.mkdtemp(prefix=throwaway.PREFIX))
        (forgotten / throwaway.OWNER).touch()
        in_use = Path(tempfile.mkdtemp(prefix=throwaway.PREFIX))
        with throwaway._owned(in_use):
            throwaway._clear_what_was_forgotten()

            assert (forgotten.exists(), in_use.exists()) == (False, True)


def _without_directory(typed: Any) -> None:
    del typed["directory"]


def _in_the_past(typed: Any) -> None:
    typed["request"]["first_day"] = "2020-05-05"


def _nobody_known(typed: Any) -> None:
    typed["request"]["coordinator"] = "x@y.example"


def _no_such_zone(typed: Any) -> None:
    typed["directory"]["organisations"][0]["zone"] = "Europe/Boras"


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        (_in_the_past, 2, "first_day 2020-05-05 lies in the past"),
        (_nobody_known, 2, "x@y.example is not in the directory"),
        (_no_such_zone, 2, "has zone 'Europe/Boras', which is no time zone"),
        (_without_directory, 1, "does not answer"),
    ],
)
async def test_a_request_that_would_be_refused_is_not_played(
    command: Command, case: CaseDocument, tmp_path: Path, alone: dict[str, str],
    change: Callable[[Any], None], code: int, sentence: str,
) -> None:  # fmt: skip
    typed: Any = as_typed(case)
    change(typed)

    said = await command(
        "request", str(written(tmp_path / "mine.yaml", typed)), "--dry-run", **alone
    )

    assert (said.code, said.out) == (code, "")
    assert sentence in said.complaint
    assert said.complaint.count("\n") == 1


async def test_plans_of_the_office_that_make_no_sense_are_named(
    command: Command, case_file: Path, tmp_path: Path, alone: dict[str, str]
) -> None:
    (tmp_path / "office.toml").write_text("[signatures]\nfirst = 5\n", "utf-8")

    said = await command(
        "request", str(case_file), "--dry-run", **alone, MOBILITY_PLANS=str(tmp_path)
    )

    assert (said.code, said.out) == (2, "")
    assert said.complaint.startswith("The reminder plans at 'signatures")


async def test_where_the_servers_are_not_installed_it_says_where_to_go(
    command: Command, case_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("starter.flight_plan", "starter.flight_plan_page"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delattr("starter.flight_plan", raising=False)
    monkeypatch.delattr("starter.flight_plan_page", raising=False)
    monkeypatch.setitem(sys.modules, "psutil", None)
    monkeypatch.delitem(sys.modules, "starter.throwaway", raising=False)

    said = await command("request", str(case_file), "--dry-run")

    assert (said.code, said.out) == (1, "")
    assert "they are not installed here: give this command where the product is set up" in (
        said.complaint
    )
