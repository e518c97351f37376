"""The real parts, started once for all tests: Temporal, PostgreSQL, a mail server, a worker."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings as searching
from temporalio.client import Client

from activities.courier import courier_at_work
from activities.messenger import Messenger, messenger_at_work
from local.stack import Stack
from settings import Settings
from starter.case_files import EXAMPLE, CaseDocument, RequestSection, move, read_file
from starter.client import connect, open_store
from starter.clock import VirtualClock
from starter.demo import weeks_to_a_coming_year
from starter.desk import FrontDesk
from starter.mobilities import MobilitiesInTemporal
from starter.rehearsal import Rehearsal
from store.cases import Store
from store.engine import migrate
from tests.post import withhold_what_is_left
from worker import build_courier, build_worker

# The same examples each time, so that a red build is red again at home; how long one takes says
# something of the machine only.
searching.register_profile("alike", deadline=None, derandomize=True, database=None)
searching.load_profile("alike")

Begin = Callable[..., Awaitable[Rehearsal]]


@pytest.fixture(scope="session", autouse=True)
def _plain_words() -> None:
    """Drawing a traceback takes seconds, and where things are broken on purpose there are many."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[plain])


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Temporal, PostgreSQL and a mail catcher of our own."""
    stack = Stack(tmp_path_factory.mktemp("stack"))
    settings = stack.start()
    migrate(settings.required("database_url"))
    yield stack
    stack.stop()


@pytest.fixture(scope="session")
def settings(stack: Stack) -> Settings:
    """The way to them, with a task queue that no other worker serves."""
    return stack.settings().model_copy(update={"mobility_task_queue": f"test-{uuid.uuid4().hex}"})


@pytest_asyncio.fixture(scope="session")
async def store(settings: Settings) -> AsyncIterator[Store]:
    """The store with the keys to it."""
    store = open_store(settings)
    yield store
    await store.engine.dispose()


@pytest_asyncio.fixture(scope="session")
async def client(settings: Settings, store: Store) -> Client:
    """Temporal's client, every payload sealed."""
    return await connect(settings, store, identity="test")


@pytest.fixture(scope="session")
def case() -> CaseDocument:
    """The customer's own case, moved to a coming year as in the demo."""
    document = read_file(EXAMPLE)
    return move(document, weeks_to_a_coming_year(document, datetime.now(UTC).date()))


@pytest_asyncio.fixture(scope="session")
async def desk(client: Client, store: Store, settings: Settings, case: CaseDocument) -> FrontDesk:
    """The front desk, with the directory of the customer's case."""
    desk = FrontDesk(store, client, task_queue=settings.mobility_task_queue)
    assert case.directory is not None
    await desk.keep_directory(case.directory)
    return desk


@pytest_asyncio.fixture(scope="session")
async def working(settings: Settings, client: Client, store: Store) -> AsyncIterator[None]:
    """A worker and its courier, at work in this process.

    The mobilities of all tests have the same few hosts, and do not take places from each other.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(courier_at_work(build_courier(store, settings)))
        messenger = Messenger(store, MobilitiesInTemporal(client))
        await stack.enter_async_context(messenger_at_work(messenger))
        apart = build_worker(client, store, settings, are_apart=True)
        await stack.enter_async_context(apart)
        yield


@pytest_asyncio.fixture
async def begin(desk: FrontDesk, settings: Settings, case: CaseDocument) -> Begin:
    """Requests the customer's case anew, changed as told, and rehearses it."""
    await withhold_what_is_left(desk.store.engine)

    async def begin(*, with_post: bool = False, **changes: object) -> Rehearsal:
        assert case.request is not None
        section: RequestSection = case.request.model_copy(update=changes)
        reference = await desk.request(
            section, today=datetime.now(UTC).date(), occasion=uuid.uuid4().hex
        )
        clock = VirtualClock(desk.client, settings)
        return Rehearsal(desk, clock, reference, with_post=with_post)

    return begin
