"""What people write and who they are is read by those concerned, and lies nowhere in clear."""

import base64
import io
import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from email import message_from_bytes
from email.policy import default

import pytest
import pytest_asyncio
import sqlalchemy as sa
import structlog
from pypdf import PdfReader
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.client import Client

import logs
from domain.agenda import SessionKind
from domain.deadlines import Asked
from domain.errors import WrongRole
from domain.evaluation import Consent
from domain.events import Outcome
from domain.facts import OfferId, OrganisationId, PersonId, Reference
from domain.grant import GrantDecision
from domain.matching import DeclineReason, HostingOffer
from domain.messages import Cause
from domain.people import Organisation, Person, Role
from domain.request import Activity
from local.stack import Stack
from settings import Settings
from starter import auditing
from starter.case_files import (
    CaseDocument,
    DirectorySection,
    EvaluationEntry,
    FollowUpEntry,
    ParticipantEntry,
    RequestSection,
    SessionEntry,
)
from starter.clock import VirtualClock
from starter.desk import FrontDesk, workflow_id
from starter.rehearsal import Rehearsal
from starter.story import holder, the_visit_takes_place
from store.cases import Store
from store.journal import read_journal
from store.ledger import read_letters
from store.tables import hosting_offer, metadata, organisation, person

pytestmark = pytest.mark.usefixtures("working")

TOKEN = secrets.token_hex(4)
DIRECTORY = ("coordinator", "office", "host", "second")
PEOPLE = ("frida", "emelie", "maria")
SAID_OF = {
    "request": ("title", "context", "objective"),
    "endings": ("refusal", "decline", "cancelling"),
    "way": ("full", "withdrawal", "grantreason", "return"),
    "agenda": ("session", "place"),
    "afterwards": ("lesson", "testimonial", "seen", "adapted", "cardtitle", "cardcontext"),
}


def secret(field: str) -> str:
    """A word that stands in this field and nowhere else in the world."""
    return f"{field}{TOKEN}"


NAMES = {
    f"{kind}{who}" for who in (*DIRECTORY, *PEOPLE) for kind in ("name", "email")
} | {f"profile{who}" for who in PEOPLE}  # fmt: skip
SECRETS = {secret(f) for f in NAMES} | {secret(f) for fields in SAID_OF.values() for f in fields}
UNHEARD = secret("unheard")
"""Written in a message that is refused: nobody ever reads it."""


def address(who: str) -> str:
    return f"{secret(f'email{who}')}@people.example"


def somebody(who: str, role: Role, where: str) -> Person:
    return Person(
        id=PersonId(f"leaks-{who}"), name=secret(f"name{who}"), email=address(who),
        organisation=OrganisationId(where), roles=(role,),
    )  # fmt: skip


def an_organisation(name: str, country: str, zone: str) -> Organisation:
    return Organisation(
        id=OrganisationId(name), name=name, city="City", region="Region", country=country, zone=zone
    )


def an_offer(who: str, where: str, themes: tuple[str, ...]) -> HostingOffer:
    """An offer in Esperanto, which no other request and no other offer speaks."""
    return HostingOffer(
        id=OfferId(f"leaks-{who}"), organisation=OrganisationId(where),
        coordinator=PersonId(f"leaks-{who}"), country="ES", zone="Europe/Madrid",
        activities=(Activity.JOB_SHADOWING,), themes=themes, languages=("eo",),
        opens=date(2026, 1, 1), closes=date(2099, 12, 31), places=4,
    )  # fmt: skip


SECTION = DirectorySection(
    organisations=(
        an_organisation("leaks-sending", "SE", "Europe/Stockholm"),
        an_organisation("leaks-one", "ES", "Europe/Madrid"),
        an_organisation("leaks-two", "ES", "Europe/Madrid"),
    ),
    people=(
        somebody("coordinator", Role.SENDING, "leaks-sending"),
        somebody("office", Role.OFFICE, "leaks-sending"),
        somebody("host", Role.RECEIVING, "leaks-one"),
        somebody("second", Role.RECEIVING, "leaks-two"),
    ),
    offers=(an_offer("host", "leaks-one", ("inclusion",)), an_offer("second", "leaks-two", ())),
)


@pytest.fixture(scope="module")
def said() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as in production."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", written)
        logs.configure(json=True)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest_asyncio.fixture(scope="module")
async def begin_anew(
    desk: FrontDesk, settings: Settings, case: CaseDocument
) -> AsyncIterator["Beginning"]:
    """Requests the same thing again and again, among people of its own."""
    await desk.keep_directory(SECTION)
    yield Beginning(desk, settings, case)
    async with desk.store.engine.begin() as tx:
        for table in (hosting_offer, person, organisation):
            await tx.execute(sa.delete(table).where(table.c.id.startswith("leaks-")))


@pytest_asyncio.fixture(scope="module")
async def journeys(begin_anew: "Beginning", said: io.StringIO) -> list[Reference]:
    """One mobility carried through with everything people can write, and three that end early."""
    assert not said.closed
    rehearsals = [await begin_anew() for _ in range(4)]
    await carried_through(rehearsals[0])
    await refused_to_sign(rehearsals[1])
    await given_up_by_the_host(rehearsals[2])
    await cancelled(rehearsals[3])
    for rehearsal in rehearsals:
        await rehearsal.post_comes()
    return [rehearsal.reference for rehearsal in rehearsals]


class Beginning:
    """Requests the same thing again and again."""

    def __init__(self, desk: FrontDesk, settings: Settings, case: CaseDocument) -> None:
        assert case.request is not None
        self.desk, self.settings = desk, settings
        self.section: RequestSection = case.request.model_copy(
            update={
                "sending": "leaks-sending",
                "coordinator": address("coordinator"),
                "programme_office": address("office"),
                "title": f"About {secret('title')}",
                "context": f"Because of {secret('context')}.",
                "objectives": (f"See {secret('objective')}",),
                "participants": tuple(
                    ParticipantEntry(
                        name=secret(f"name{who}"), email=address(who),
                        profile=secret(f"profile{who}"),
                    )
                    for who in PEOPLE
                ),
                "languages": ("eo",),
            }
        )  # fmt: skip

    async def __call__(self) -> Rehearsal:
        today = datetime.now(UTC).date()  # noqa: TID251 - somebody comes to the desk today
        occasion = secrets.token_hex(8)
        reference = await self.desk.request(self.section, today=today, occasion=occasion)
        clock = VirtualClock(self.desk.client, self.settings)
        return Rehearsal(self.desk, clock, reference, with_post=True)


async def carried_through(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    first = await rehearsal.acts(address("host"))
    await first.decline(DeclineReason.NO_CAPACITY, f"We are {secret('full')}.")
    await rehearsal.until(lambda v: v.receiving == "leaks-two", "asked of the second host")
    await rehearsal.days_pass(4)
    await (await rehearsal.acts(address("second"))).accept()
    await rehearsal.asked(Asked.SIGNATURES)
    with pytest.raises(WrongRole):
        await (await rehearsal.acts(address("frida"))).cancel(Cause.OTHER, UNHEARD)
    leaving = await rehearsal.acts(address("maria"))
    await leaving.withdraw("", Cause.ILLNESS, f"It is {secret('withdrawal')}.")
    for who in ("coordinator", "second", "frida", "emelie"):
        await (await rehearsal.acts(address(who))).sign()
    await rehearsal.asked(Asked.GRANT_DECISION, Asked.AGENDA)
    await the_grant_is_decided(rehearsal)
    await the_agenda_goes_to_and_fro(rehearsal)
    await the_visit_takes_place(rehearsal)
    await everybody_looks_back(rehearsal)


async def the_grant_is_decided(rehearsal: Rehearsal) -> None:
    office = await rehearsal.acts(address("office"))
    traveller = (await rehearsal.mobility()).view.taking_part[0]
    amounts = {"organisational-support": Decimal(0), f"travel/{traveller}": Decimal(1)}
    await office.decide_grant(
        GrantDecision.AWARDED_IN_PART, amounts, f"Because of {secret('grantreason')}."
    )
    await rehearsal.asked(Asked.INSTALMENT)
    sending = await holder(rehearsal, Role.SENDING)
    await sending.confirm_instalment(await rehearsal.today())


async def the_agenda_goes_to_and_fro(rehearsal: Rehearsal) -> None:
    days = (await rehearsal.mobility()).request.days
    shared = [
        SessionEntry(
            day=day, starts=time(9), ends=time(12), objectives=(1,),
            title=f"On {secret('session')}", place=f"At {secret('place')}",
        )
        for day in days
    ]  # fmt: skip
    shadowing = [
        shared[0].model_copy(
            update={
                "starts": time(14), "ends": time(16), "kind": SessionKind.SHADOWING,
                "participants": (address(who),),
            }
        )
        for who in ("frida", "emelie")
    ]  # fmt: skip
    await (await rehearsal.acts(address("second"))).put_agenda([*shared, *shadowing])
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    sending = await rehearsal.acts(address("coordinator"))
    await sending.return_agenda(f"Too much {secret('return')}.")
    await rehearsal.asked(Asked.AGENDA)
    await (await rehearsal.acts(address("second"))).put_agenda([*shared, *shadowing])
    await rehearsal.asked(Asked.AGENDA_ACCEPTANCE)
    await (await rehearsal.acts(address("coordinator"))).accept_agenda()


async def everybody_looks_back(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.EVALUATION, Asked.FOLLOW_UP)
    for who in ("frida", "emelie", "second"):
        entry = EvaluationEntry(
            who=address(who), marks=(5,), lessons=(f"We learnt {secret('lesson')}.",),
            testimonial=f"It was {secret('testimonial')}.", consent=Consent.WITH_NAME,
        )  # fmt: skip
        await (await rehearsal.acts(address(who))).evaluate(entry)
    follow_up = FollowUpEntry(
        stated_days=len((await rehearsal.mobility()).request.days),
        seen=f"They saw {secret('seen')}.", adapted=f"They adapt {secret('adapted')}.",
        title=f"On {secret('cardtitle')}", context=f"Out of {secret('cardcontext')}.",
    )  # fmt: skip
    await (await rehearsal.acts(address("coordinator"))).report_follow_up(follow_up)
    assert (await rehearsal.closed()).outcome is Outcome.COMPLETED


async def refused_to_sign(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    await (await rehearsal.acts(address("host"))).accept()
    await rehearsal.asked(Asked.SIGNATURES)
    await (await rehearsal.acts(address("emelie"))).refuse(f"Not under {secret('refusal')}.")
    await rehearsal.closed()


async def given_up_by_the_host(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    await (await rehearsal.acts(address("host"))).accept()
    await rehearsal.asked(Asked.SIGNATURES)
    host = await rehearsal.acts(address("host"))
    await host.decline_mobility(Cause.HOST_UNABLE, f"There is {secret('decline')}.")
    await rehearsal.closed()


async def cancelled(rehearsal: Rehearsal) -> None:
    await rehearsal.asked(Asked.PLACE)
    sending = await rehearsal.acts(address("coordinator"))
    await sending.cancel(Cause.WORK, f"All because of {secret('cancelling')}.")
    await rehearsal.closed()


def found_in(content: bytes, words: set[str] | None = None) -> set[str]:
    """The secrets that stand somewhere in clear, plainly or as hexadecimal or base64."""
    return {
        word
        for word in words or SECRETS | {UNHEARD}
        if word.encode() in content
        or word.encode().hex().encode() in content
        or any(form in content for form in in_base64(word))
    }


def in_base64(word: str) -> list[bytes]:
    """How a word looks within base64, at each of the three places it can begin at."""
    encoded = (base64.b64encode(b"\0" * n + word.encode()) for n in range(3))
    return [form[(0, 2, 3)[n] : -4] for n, form in enumerate(encoded)]


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc"])
def test_a_secret_is_found_however_it_is_written(before: bytes) -> None:
    content = before + f"the {secret('title')} it is".encode()

    for form in (content, content.hex().encode(), base64.b64encode(content)):
        assert found_in(form) == {secret("title")}
    assert found_in(content[::-1]) == set()


# The negative control: people do get to read all of it.


async def test_people_read_all_of_it_in_their_letters_and_papers(
    journeys: list[Reference], store: Store, stack: Stack
) -> None:
    read = await what_people_get(journeys, store, stack)

    assert SECRETS - found_in(read, SECRETS) == set()
    assert UNHEARD.encode() not in read


async def what_people_get(journeys: list[Reference], store: Store, stack: Stack) -> bytes:
    parts: list[bytes] = []
    for file in (stack.letters / "new").iterdir():
        letter = message_from_bytes(file.read_bytes(), policy=default)
        parts += [str(letter[name]).encode() for name in ("To", "Subject", "Reply-To")]
        contents = (part.get_payload(decode=True) for part in letter.walk())
        parts += [content for content in contents if isinstance(content, bytes)]
    for reference in journeys:
        parts += (await store.documents(reference)).values()
    return b"\n".join(words_in(part) if part.startswith(b"%PDF") else part for part in parts)


def words_in(paper: bytes) -> bytes:
    pages = PdfReader(io.BytesIO(paper)).pages
    return "\n".join(page.extract_text() for page in pages).encode()


# Temporal.


async def test_histories_hold_none_of_it(journeys: list[Reference], client: Client) -> None:
    raw = b"".join([await raw_history(client, reference) for reference in journeys])

    assert found_in(raw) == set()
    for name in (b"accept_proposal", b"decline_mobility", b"report_follow_up"):
        assert name in raw
    # Not even what the journal says in references is in clear.
    for kind in (b"MobilityRequested", b"EvaluationAnswered", b"leaks-coordinator"):
        assert kind not in raw


async def raw_history(client: Client, reference: Reference) -> bytes:
    pages, token = [], b""
    while True:
        page = await client.workflow_service.get_workflow_execution_history(
            GetWorkflowExecutionHistoryRequest(
                namespace=client.namespace, execution=execution(reference), next_page_token=token
            )
        )
        pages.append(page.SerializeToString())
        token = page.next_page_token
        if not token:
            return b"".join(pages)


def execution(reference: Reference) -> WorkflowExecution:
    return WorkflowExecution(workflow_id=workflow_id(reference))


async def test_descriptions_hold_none_of_it(journeys: list[Reference], client: Client) -> None:
    for reference in journeys:
        described = await client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(
                namespace=client.namespace, execution=execution(reference)
            )
        )

        raw = described.SerializeToString()
        assert found_in(raw) == set()
        assert b"leaks-sending" in raw


async def test_lists_ids_and_search_attributes_hold_none_of_it(
    journeys: list[Reference], client: Client
) -> None:
    listed = await client.workflow_service.list_workflow_executions(
        ListWorkflowExecutionsRequest(
            namespace=client.namespace,
            query="SendingOrganisation = 'leaks-sending'",
            page_size=100,
        )
    )

    ids = {found.execution.workflow_id for found in listed.executions}
    assert ids == {workflow_id(reference) for reference in journeys}
    assert found_in(listed.SerializeToString()) == set()


async def test_the_files_of_temporal_hold_none_of_it(
    journeys: list[Reference], stack: Stack
) -> None:
    files = sorted(stack.home.glob("temporal.sqlite*"))
    raw = b"".join(file.read_bytes() for file in files)

    assert {file.name for file in files} >= {"temporal.sqlite", "temporal.sqlite-wal"}
    assert found_in(raw) == set()
    assert all(workflow_id(reference).encode() in raw for reference in journeys)
    assert b"decline_mobility" in raw


# Our own database and our own log.


async def test_only_the_directory_names_people_and_only_its_own(
    journeys: list[Reference], store: Store
) -> None:
    assert len(journeys) == 4
    rows = {table.name: await raw_rows(store, table) for table in metadata.sorted_tables}

    found = {name: found_in(raw) for name, raw in rows.items()}
    of_directory = {secret(f"{kind}{who}") for kind in ("name", "email") for who in DIRECTORY}
    assert {name: words for name, words in found.items() if words} == {"person": of_directory}


async def raw_rows(store: Store, table: sa.Table) -> bytes:
    """A table as it lies there, sealed columns as hexadecimal."""
    async with store.engine.connect() as connection:
        rows = await connection.execute(sa.text(f'select t::text from "{table.name}" t'))
        return "\n".join(rows.scalars()).encode()


async def test_journal_and_ledger_speak_in_references(
    journeys: list[Reference], store: Store
) -> None:
    lines = await read_journal(store.engine, journeys[0])
    letters = await read_letters(store.engine, journeys[0])

    said_in_journal = "\n".join(line.body for line in lines).encode()
    said_in_ledger = "\n".join(letter.model_dump_json() for letter in letters).encode()
    assert found_in(said_in_journal) == found_in(said_in_ledger) == set()
    for person_id in (b"leaks-coordinator", f"{journeys[0]}-p1".encode()):
        assert person_id in said_in_journal
        assert person_id in said_in_ledger


async def test_what_was_written_in_a_refused_message_is_kept_nowhere(
    journeys: list[Reference], store: Store
) -> None:
    texts = [text for reference in journeys for text in (await store.texts(reference)).values()]

    assert any(secret("withdrawal") in text for text in texts)
    assert not any(UNHEARD in text for text in texts)


async def test_the_log_holds_none_of_it(journeys: list[Reference], said: io.StringIO) -> None:
    logged = said.getvalue()

    assert found_in(logged.encode()) == set()
    assert "letter-settled" in logged
    assert all(reference in logged for reference in journeys)


async def test_an_error_is_logged_without_its_words(said: io.StringIO) -> None:
    before = len(said.getvalue())

    for log in (structlog.get_logger(), logging.getLogger("temporalio.activity")):
        try:
            raise LookupError(f"no row for {UNHEARD}")
        except LookupError:
            log.exception("interrupted")

    logged = said.getvalue()[before:]
    assert logged.count('"error": "LookupError"') == 2
    assert UNHEARD not in logged


# Erasure: a journey of its own, so that the others stay readable.


@pytest_asyncio.fixture(scope="module")
async def finished(journeys: list[Reference], begin_anew: Beginning) -> Reference:
    """One more mobility, carried through, with nothing erased yet."""
    assert len(journeys) == 4
    rehearsal = await begin_anew()
    await carried_through(rehearsal)
    await rehearsal.post_comes()
    return rehearsal.reference


async def test_after_erasure_nothing_is_left_to_read_and_the_record_is_sound(
    finished: Reference, store: Store, client: Client
) -> None:
    journal = await read_journal(store.engine, finished)
    before = await auditing.verify(client, store, finished)
    sealed = {table: await raw_rows_of(store, table, finished) for table in SEALED}
    assert all(sealed.values())

    await store.erase(finished)

    after = await auditing.verify(client, store, finished)
    assert await store.participants(finished) == {}
    assert await store.texts(finished) == {}
    assert await store.documents(finished) == {}
    assert after.is_sound
    assert (after.erased, after.compared, before.compared) == (True, 0, before.strokes)
    assert after.heads_in_clear == before.heads_in_clear > 0
    assert await read_journal(store.engine, finished) == journal
    for table in metadata.sorted_tables:
        assert found_in(await raw_rows_of(store, table, finished)) == set()
    left = {table: await raw_rows_of(store, table, finished) for table in SEALED}
    assert left["participant"] == left["writing"] == b""
    assert left["document"].count(b"\\x") == left["data_key"].count(b"\\x") == 0


SEALED = ("participant", "writing", "document", "data_key")


async def raw_rows_of(store: Store, table: sa.Table | str, reference: Reference) -> bytes:
    """The rows of one mobility as they lie there; none in the directory."""
    found = metadata.tables[table] if isinstance(table, str) else table
    column = next((name for name in ("reference", "scope") if name in found.c), "false")
    query = sa.text(f'select t::text from "{found.name}" t where {column}::text = :reference')
    async with store.engine.connect() as connection:
        rows = await connection.execute(query, {"reference": reference})
        return "\n".join(rows.scalars()).encode()
