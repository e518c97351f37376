"""The worker: joins the hands to the store and to Temporal, and has the courier deliver.

Run as ``python worker.py`` with the addresses in the environment.
"""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from email.utils import parseaddr
from importlib import resources
from pathlib import Path

import structlog
import uvloop
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Interceptor, Worker
from temporalio.worker.workflow_sandbox import SandboxRestrictions

import logs
from activities.courier import Courier, courier_at_work
from activities.directory import HostFinder
from activities.grants import GrantClerk
from activities.journal import JournalKeeper
from activities.letter_book import LedgerBook, say_returned
from activities.matchmaking import EventPlanner
from activities.messenger import Messenger, messenger_at_work
from activities.papers import PaperMaker
from activities.registrar import Registrar
from activities.returned_post import ReturnedPost, returned_post_at_work
from domain.deadlines import Asked, Plan, PlansNotAcceptable, read_plans
from domain.reminders import Caps
from domain.weighing import Weights, WeightsNotAcceptable, read_weights
from mail.letterbox import ImapLetterbox, ImapServer, MaildirLetterbox
from mail.postman import Postman, SmtpServer
from settings import Settings
from starter.client import connect, open_store
from starter.mobilities import MobilitiesInTemporal
from store.cases import Store
from store.engine import migrate
from workflows.joining import ApplicationWorkflow
from workflows.matchmaking import MatchmakingEventWorkflow
from workflows.mobility import MobilityWorkflow
from workflows.sandbox import Sandbox

log = structlog.get_logger()

CACHED = 2000
"""Open mobilities kept ready in memory, about 150 KiB each. A cache smaller than the set that is
active at one moment costs ten times the throughput."""
RARELY = (50_000, 20, 50)
"""How many new objects, and how many rounds, before Python looks for what is left in circles.
Nearly everything a worker keeps, the cached mobilities, is no litter: to look through it as often
as Python does by itself takes a twentieth of the worker's time."""


def rate_files(folder: Path | None) -> list[str]:
    """The product's own rate files, then those of the programme office."""
    return _toml_files("domain.rates", folder)


def _toml_files(package: str, folder: Path | None) -> list[str]:
    own = [f for f in resources.files(package).iterdir() if f.name.endswith(".toml")]
    texts = [f.read_text("utf-8") for f in sorted(own, key=lambda f: f.name)]
    added = sorted(folder.glob("*.toml")) if folder else []
    return texts + [f.read_text("utf-8") for f in added]


def reminder_plans(folder: Path | None) -> dict[Asked, Plan]:
    """The product's own reminder plans, with those of the programme office laid over them.

    Raises:
        PlansNotAcceptable: naming the question whose plan makes no sense.
    """
    return read_plans(*_toml_files("domain.plans", folder))


def host_weights(folder: Path | None) -> Weights:
    """The product's own weights for ranking hosts, with those of the programme office over them.

    Raises:
        WeightsNotAcceptable: naming the criterion whose weights make no sense.
    """
    return read_weights(*_toml_files("domain.weights", folder))


def sandbox() -> Sandbox:
    """Workflows in their sandbox; a module that was not meant to be passed through stops us."""
    policy = (
        workflow.SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
        | workflow.SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    restrictions = SandboxRestrictions.default.with_import_notification_policy(policy)
    return Sandbox(restrictions=restrictions)


def build_worker(
    client: Client, store: Store, settings: Settings, interceptors: Sequence[Interceptor] = (),
    *, are_apart: bool = False,
) -> Worker:  # fmt: skip
    """Everything a mobility needs, on one task queue.

    Mobilities that ``are_apart`` do not take places of hosts from each other.
    """
    settles_for = timedelta(minutes=settings.agenda_settles_minutes)
    keeper, papers = JournalKeeper(store, settles_for), PaperMaker(store)
    planner = EventPlanner(store)
    finder = HostFinder(
        store, reminder_plans(settings.mobility_plans), host_weights(settings.mobility_weights),
        are_apart=are_apart,
    )  # fmt: skip
    clerk = GrantClerk(
        rate_files(settings.mobility_rates), allow_illustrations=not settings.is_production
    )
    registrar = Registrar(store, reminder_plans(settings.mobility_plans))
    return Worker(
        client,
        task_queue=settings.mobility_task_queue,
        workflows=[MobilityWorkflow, ApplicationWorkflow, MatchmakingEventWorkflow],
        activities=[
            keeper.record, finder.find_hosts, finder.hold_a_place, finder.look_up_days,
            clerk.compute, papers.draw_agreement, papers.issue_certificates, papers.publish_card,
            keeper.record_application, registrar.look_up_office, registrar.admit_member,
            planner.event_facts, planner.answer_round, planner.still_open, planner.end,
        ],
        workflow_runner=sandbox(),
        max_cached_workflows=CACHED,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=5),
        graceful_shutdown_timeout=timedelta(seconds=10),
        interceptors=interceptors,
    )  # fmt: skip


def build_courier(store: Store, settings: Settings) -> Courier:
    """The courier, on the mail server of the settings."""
    server = SmtpServer(**settings.smtp()._asdict())
    postman = Postman(
        server, connections=settings.mail_connections, per_second=settings.mail_per_second
    )
    caps = Caps(per_day=settings.reminders_per_day, per_week=settings.reminders_per_week)
    return Courier(store, postman, settings.mail_from, caps, settings.portal)


def build_returned_post(store: Store, settings: Settings) -> ReturnedPost | None:
    """The reader of returned post, if the settings name a letterbox."""
    where = settings.returned_post()
    if where is None:
        return None
    letterbox = (
        MaildirLetterbox(where)
        if isinstance(where, Path)
        else ImapLetterbox(ImapServer(**where._asdict()))
    )
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2]
    return ReturnedPost(letterbox, LedgerBook(store), say_returned, domain)


async def serve(settings: Settings, interceptors: Sequence[Interceptor] = ()) -> None:
    """Work until asked to stop, then finish what is in hand."""
    store = open_store(settings)
    client = await connect(settings, store, identity="worker")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.engine.dispose)
        await stack.enter_async_context(courier_at_work(build_courier(store, settings)))
        messenger = Messenger(store, MobilitiesInTemporal(client))
        await stack.enter_async_context(messenger_at_work(messenger))
        if reader := build_returned_post(store, settings):
            await stack.enter_async_context(returned_post_at_work(reader))
        await stack.enter_async_context(build_worker(client, store, settings, interceptors))
        log.info("worker-ready", task_queue=settings.mobility_task_queue)
        await stop.wait()


def main(interceptors: Sequence[Interceptor] = ()) -> None:
    """Run the worker of this environment."""
    settings = Settings()
    logs.configure(json=settings.is_production)
    if not settings.is_production:
        migrate(settings.required("database_url"))
    try:
        reminder_plans(settings.mobility_plans)
        host_weights(settings.mobility_weights)
    except (PlansNotAcceptable, WeightsNotAcceptable) as mistake:
        sys.exit(str(mistake))
    gc.freeze()
    gc.set_threshold(*RARELY)
    uvloop.run(serve(settings, interceptors))
    sys.stdout.flush()
    # Temporal's runtime may abort a Python process that is just ending (sdk-python issue 300).
    os._exit(0)


if __name__ == "__main__":
    main()
