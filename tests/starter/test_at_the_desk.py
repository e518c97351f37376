"""The desk knows who is who, keeps what was said once, and speaks in names."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from domain.case_card import said_dates
from domain.case_view import CaseView
from domain.deadlines import Asked
from domain.errors import AlreadyDone, OutOfPhase
from domain.events import AttendanceConfirmed, DepartureConfirmed
from domain.facts import Reference
from domain.joining import ApplicationMessage
from domain.messages import Cause, Message, Receipt
from domain.people import Language
from settings import Settings
from starter.case_files import CaseDocument, ParticipantEntry
from starter.desk import FrontDesk
from starter.errand import errand
from starter.names import in_names
from starter.rehearsal import Rehearsal
from store.cases import Store
from store.directory import read_directory
from store.journal import read_journal
from tests.conftest import Begin
from tests.starter.conftest import ANA, BORAS, EMELIE, FRIDA, OFFICE, Command, as_typed, written
from tests.workflows import stages

pytestmark = pytest.mark.usefixtures("working")
TRAVELS = ParticipantEntry(
    name="coordinator of  Borås", email=BORAS.upper(), profile="leads the department"
)


async def _with_her_own_agenda(command: Command, rehearsal: Rehearsal, file: str) -> CaseView:
    """Everybody signs once, the grant is awarded, and she accepts the agenda."""
    reference = rehearsal.reference

    async def done(*words: str) -> None:
        said = await command(words[0], reference, *words[1:])
        assert (said.code, said.complaint) == (0, "")

    await rehearsal.asked(Asked.PLACE)
    await done("accept", "--as", ANA)
    await rehearsal.asked(Asked.SIGNATURES)
    for who in (BORAS, ANA, FRIDA):
        await done("sign", "--as", who)
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    await done("award", "--as", OFFICE, "--amount", "organisational-support=0")
    await done("put-agenda", file, "--as", ANA)
    await done("accept-agenda", "--as", BORAS)
    return await rehearsal.until(lambda view: view.agenda_accepted, "accepted")


async def test_a_coordinator_who_travels_signs_once_and_may_say_all_she_may(
    command: Command, begin: Begin, case: CaseDocument, store: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    assert case.request is not None
    frida, _ = case.request.participants
    rehearsal = await begin(participants=(TRAVELS, frida))
    typed = as_typed(case)
    for session in typed["agenda"]:  # type: ignore[attr-defined]
        if session.get("participants") == [EMELIE]:
            session["participants"] = [BORAS]
    file = str(written(tmp_path_factory.mktemp("agenda") / "mine.yaml", typed))

    view = await _with_her_own_agenda(command, rehearsal, file)
    withdrawn = await command("withdraw", rehearsal.reference, "--as", BORAS, "--cause", "illness")
    alone = await rehearsal.mobility()
    cancelled = await command("cancel", rehearsal.reference, "--as", BORAS, "--cause", "illness")

    request = alone.request
    assert request.participants[0] == request.coordinator
    assert view.signed.count(request.coordinator) == 1
    kept = (await store.participants(rehearsal.reference))[request.coordinator]
    assert (kept.name, kept.profile) == (TRAVELS.name, TRAVELS.profile)
    assert kept.language is Language.SWEDISH, "as the directory says"
    assert (withdrawn.code, cancelled.code) == (0, 0)
    assert alone.view.taking_part == (request.participants[1],)


async def test_she_may_travel_more_than_once_at_the_address_of_the_directory(
    begin: Begin, store: Store, desk: FrontDesk
) -> None:
    journeys = [await begin(participants=(TRAVELS,)) for _ in range(2)]

    for rehearsal in journeys:
        await rehearsal.asked(Asked.PLACE)
        [person] = (await store.participants(rehearsal.reference)).values()
        assert person.profile == TRAVELS.profile
        listed = (await desk.people(rehearsal.reference))[person.id]
        assert (person.email, listed.email) == (TRAVELS.email, BORAS)


async def test_the_same_request_again_leaves_what_is_kept_as_it_is(
    desk: FrontDesk, store: Store, case: CaseDocument
) -> None:
    assert case.request is not None
    today, occasion = datetime.now(UTC).date(), uuid.uuid4().hex
    reference = await desk.request(case.request, today=today, occasion=occasion)
    kept = await store.case(reference)
    assert kept is not None
    assert kept.request is not None
    # As if the directory had said otherwise when it was made.
    earlier = kept.request.model_copy(update={"themes": ("as it was",)})
    await store.keep_request(earlier)

    with pytest.raises(AlreadyDone, match=f"it is {reference}, see 'mobility show {reference}'"):
        await desk.request(case.request, today=today, occasion=occasion)

    again = await store.case(reference)
    assert again is not None
    assert again.request == earlier


class LosesTheAnswer(FrontDesk):
    """A desk that hears of the end before it hears the answer."""

    async def say(
        self, reference: Reference, message: Message | ApplicationMessage, *, occasion: str = ""
    ) -> Receipt:
        await super().say(reference, message, occasion=occasion)
        raise OutOfPhase("The mobility is closed: nothing about it can be changed any more.")


async def test_a_text_the_journal_speaks_of_is_never_taken_back(
    begin: Begin, store: Store, desk: FrontDesk, settings: Settings
) -> None:
    rehearsal = await begin()
    await rehearsal.asked(Asked.PLACE)
    losing = LosesTheAnswer(store, desk.client, task_queue=settings.mobility_task_queue)
    boras = await errand(losing, rehearsal.reference, BORAS)

    with pytest.raises(OutOfPhase, match="The mobility is closed"):
        await boras.cancel(Cause.OTHER, "Nobody can travel that week.")

    await rehearsal.closed()
    assert "Nobody can travel that week." in (await store.texts(rehearsal.reference)).values()


async def test_today_is_the_day_where_one_is_at_home(
    standing: dict[str, Reference], desk: FrontDesk
) -> None:
    zones = [(await errand(desk, standing["place"], who)).zone for who in (ANA, FRIDA)]

    assert zones == ["Europe/Madrid", "Europe/Stockholm"]


async def test_a_signature_is_confirmed_with_the_version_and_the_dates_it_stands_under(
    command: Command, begin: Begin, case: CaseDocument
) -> None:
    rehearsal = await begin()
    await stages.asked_for_signatures(rehearsal, case)
    request = (await rehearsal.mobility()).request
    later = [day + timedelta(weeks=5) for day in request.days]
    words = ("sign", rehearsal.reference, "--as", BORAS)

    first, again = await command(*words), await command(*words)
    await (await rehearsal.acts(ANA)).move(later[0], later[-1])
    await rehearsal.until(lambda view: view.agreement_version == 2, "drawn up anew")
    anew = await command(*words)

    said = "Signed: version {} of the agreement, for the visit of {}."
    assert first == again
    assert first.out.splitlines()[1] == said.format(1, said_dates(request.days))
    assert anew.out.splitlines()[1] == said.format(2, said_dates(tuple(later)))


async def test_without_names_attendance_is_of_those_who_were_there(
    command: Command, begin: Begin, case: CaseDocument, store: Store
) -> None:
    rehearsal = await begin()
    await stages.visiting(rehearsal, case)
    reference, request = rehearsal.reference, (await rehearsal.mobility()).request
    first = str(request.first_day)

    said = [
        await command(*words, "--as", ANA)
        for words in (
            ("arrive", reference, "--on", first, "--participant", FRIDA),
            ("attend", reference, first),
            ("depart", reference, "--on", first),
            ("depart", reference, "--on", first),
        )
    ]

    assert [one.code for one in said] == [0, 0, 0, 0]
    events = [line.entry.event() for line in await read_journal(store.engine, reference)]
    [attended] = [event for event in events if isinstance(event, AttendanceConfirmed)]
    [left] = [event for event in events if isinstance(event, DepartureConfirmed)]
    assert attended.present == left.participants == request.participants[:1]


async def test_the_directory_and_the_grant_show_what_can_be_typed(
    command: Command, standing: dict[str, Reference]
) -> None:
    listed = await command("directory", COLUMNS="200")
    shown = await command("show", standing["grant"], COLUMNS="200")

    for word in (ANA, "soc-inclusion", "receiving coordinator", "Europe/Madrid"):
        assert word in listed.out
    assert f"individual-support/{standing['grant']}-p1 (Frida Augustsson): " in shown.out
    assert "organisational-support: no rate on file" in shown.out


async def test_one_person_is_enough_to_correct_their_entry(
    command: Command, case: CaseDocument, desk: FrontDesk,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    before = await read_directory(desk.store.engine)
    whole = as_typed(case)["directory"]
    assert isinstance(whole, dict)
    [her] = [person for person in whole["people"] if person["email"] == BORAS]
    folder = tmp_path_factory.mktemp("directory")

    for email in ("new@boras.example", BORAS):
        typed = {"directory": {"people": [her | {"email": email}]}}
        said = await command("directory", str(written(folder / "mine.yaml", typed)))
        known = await read_directory(desk.store.engine)

        assert (said.code, said.complaint) == (0, "")
        assert [p.email for p in known.people if p.id == her["id"]] == [email]
    assert known == before


def test_names_stand_for_ids_but_not_within_what_is_to_be_typed() -> None:
    names = {"M-1-p1": "Frida", "M-1-p10": "Emelie", "S4": "4 (6 May, 09:00)"}

    told = in_names("S4: M-1-p10, M-1-p1; see travel/M-1-p1, M-1-p100 and XS4.", names)

    assert told == "4 (6 May, 09:00): Emelie, Frida; see travel/M-1-p1, M-1-p100 and XS4."
    assert in_names("M-1-p1.", {}) == "M-1-p1."
