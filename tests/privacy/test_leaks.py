"""What people write and who they are is read by those concerned, and lies nowhere in clear."""

import base64
import hashlib
import io
import logging
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
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

from domain.events import ParticipantWithdrew
from domain.facts import PersonId, Reference
from domain.messages import Cause, WithdrawParticipant
from local.stack import Stack
from starter import auditing
from starter.desk import workflow_id
from store.cases import Store
from store.journal import read_journal
from store.ledger import read_letters
from store.letters_kept import read_letter
from store.sealing import ENCODING
from store.tables import metadata
from tests.privacy.people import DIRECTORY, SECRETS, UNHEARD, secret

pytestmark = pytest.mark.usefixtures("working")


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
    caught = [file.read_bytes() for file in (stack.letters / "new").iterdir()]
    # Every letter names its mobility; other tests have theirs there as well.
    for raw in (raw for raw in caught if any(one.encode() in raw for one in journeys)):
        letter = message_from_bytes(raw, policy=default)
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


async def test_histories_are_sealed_with_the_key_of_their_own_mobility(
    journeys: list[Reference], client: Client
) -> None:
    for reference in journeys:
        raw = await raw_history(client, reference)

        assert ENCODING in raw
        assert raw.count(ENCODING) == raw.count(b"scope\x12" + length_and(reference))


def length_and(reference: Reference) -> bytes:
    """A short text as it stands in a message of Temporal's."""
    return bytes([len(reference)]) + reference.encode()


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


async def test_what_people_got_is_kept_for_auditors_word_for_word(
    journeys: list[Reference], store: Store
) -> None:
    lines = [line for one in journeys for line in await read_letters(store.engine, one)]
    kept = [await read_letter(store.engine, store.keys, line.key) for line in lines]

    read = b"\n".join(
        part for one in kept if one and one.message
        for piece in message_from_bytes(one.message, policy=default).walk()
        if isinstance(part := piece.get_payload(decode=True), bytes)
    )  # fmt: skip
    assert secret("title") in read.decode("utf-8", "replace")
    assert UNHEARD.encode() not in read


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
    assert left["participant"] == left["participant_address"] == left["writing"] == b""
    for name in ("letter", "document", "data_key"):
        assert sealed[name].count(b"\\x") > left[name].count(b"\\x") == 0


SEALED = ("participant", "participant_address", "writing", "letter", "document", "data_key")


async def raw_rows_of(store: Store, table: sa.Table | str, reference: Reference) -> bytes:
    """The rows of one mobility as they lie there; none in the directory."""
    found = metadata.tables[table] if isinstance(table, str) else table
    column = next((name for name in ("reference", "scope") if name in found.c), "false")
    query = sa.text(f'select t::text from "{found.name}" t where {column}::text = :reference')
    async with store.engine.connect() as connection:
        rows = await connection.execute(query, {"reference": reference})
        return "\n".join(rows.scalars()).encode()


async def test_what_was_said_cannot_be_guessed_from_the_ids_of_messages(
    finished: Reference, store: Store, client: Client
) -> None:
    lines = await read_journal(store.engine, finished)
    withdrew = next(
        (line.entry.by, event)
        for line in lines
        if isinstance(event := line.entry.event(), ParticipantWithdrew)
    )
    [run] = await auditing.read_runs(client, finished)
    accepted = (e.workflow_execution_update_accepted_event_attributes for e in run.events)
    ids = {update.protocol_instance_id for update in accepted} - {""}
    assert len(ids) > 10

    assert not ids & set(guesses(*withdrew))


def guesses(by: PersonId, withdrew: ParticipantWithdrew) -> Iterator[str]:
    """The id that each cause of withdrawing would have if anybody could work it out."""
    for cause in Cause:
        message = WithdrawParticipant(
            by=by, participant=withdrew.participant, cause=cause, note=withdrew.note
        )
        content = f"WithdrawParticipant\n{message.model_dump_json()}\n"
        yield hashlib.sha256(content.encode()).hexdigest()[:32]
