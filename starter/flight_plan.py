"""The flight plan: a request played ahead of time, once straight and once for every silence.

The same workflow, activities, rules and plans as in earnest run here, on servers of their own and
under clocks of their own. What the plan lists is read from the journal and the ledger of these
runs, so that plan and reality cannot differ.
"""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from domain.case_view import CaseView, OpenQuestion
from domain.deadlines import Asked, PlansNotAcceptable
from domain.events import Entry, HostsRanked, Phase
from domain.facts import PersonId
from domain.hosting import HostingOffer
from domain.matching import Ranking
from domain.people import Organisation, Person
from domain.reminders import Caps
from domain.request import MobilityRequest
from domain.weighing import WeightsNotAcceptable
from local import StackTrouble
from local.stack import Told
from settings import SettingMissing, Settings, read_environment
from starter.case_files import BadFile, CaseDocument, DirectorySection, RequestSection
from starter.cast import Cast
from starter.client import Unreachable
from starter.clock import VirtualClock
from starter.desk import FrontDesk
from starter.directory_rules import check_directory
from starter.draft import checked_draft
from starter.rehearsal import Rehearsal
from starter.running import at_desk, is_embedded, open_desk
from starter.throwaway import servers_of_our_own
from store.directory import Directory, keep_directory, read_directory
from store.journal import read_journal
from store.ledger import LedgerLine, read_letters
from worker import build_worker, host_weights, reminder_plans

Kept = TypeVar("Kept", bound=Organisation | Person | HostingOffer)
SILENCES: tuple[tuple[Asked, ...], ...] = (
    (Asked.PLACE,), (Asked.SIGNATURES,), (Asked.GRANT_DECISION,), (Asked.AGENDA,),
    (Asked.AGENDA_ACCEPTANCE,), (Asked.ATTENDANCE,),
    (Asked.INSTALMENT, Asked.FOLLOW_UP), (Asked.EVALUATION, Asked.CARD_FACTS),
)  # fmt: skip
"""What nobody answers, path by path; two that do not touch each other share one."""
NOT_PLAYED = (Asked.FREE_PLACE, Asked.OTHER_DATES, Asked.AGENDA_CHANGE, Asked.ADDRESS)
"""What a request played by itself never comes to: it shares no host with others, nobody puts
forward other dates or edits what is accepted, and every address works."""
PHASES = tuple(Phase)
Progress = Callable[[int, int], None]
"""Is told how many steps are done, and of how many."""


@dataclass(frozen=True)
class PlayedPath:
    """One way the mobility may go, as its journal and its ledger tell it."""

    silent: tuple[Asked, ...]
    request: MobilityRequest
    view: CaseView
    people: dict[PersonId, Person]
    entries: tuple[Entry, ...]
    letters: tuple[LedgerLine, ...]
    questions: tuple[OpenQuestion, ...]
    answered: dict[tuple[Asked, datetime], datetime]

    @property
    def ranking(self) -> Ranking:
        """The hosts in the order in which they are asked, and those that are not."""
        ranked = (entry.event() for entry in self.entries)
        return next(e.ranking for e in ranked if isinstance(e, HostsRanked))


@dataclass(frozen=True)
class FlightPlan:
    """A request played ahead of time: the straight path, and what every silence would mean."""

    title: str
    directory: Directory
    directory_from: str
    caps: Caps
    straight: PlayedPath
    silences: tuple[PlayedPath, ...] = field(default=())


def make_flight_plan(
    document: CaseDocument, section: RequestSection, *, today: date, tell: Told,
    progress: Progress,
) -> FlightPlan:  # fmt: skip
    """Play a request ahead of time. Nothing is started, kept or sent where the real ones are.

    Raises:
        Refusal: when the request, or the directory of its file, would be refused in earnest.
        StackTrouble: when the servers for it do not start.
    """
    directory, source = _directory_at_hand(document)
    offered = {theme for offer in directory.offers for theme in offer.themes}
    checked_draft(section, directory, offered, today=today)
    installed = None if is_embedded() else read_environment()
    _check_plans(read_environment())
    with servers_of_our_own(tell) as (own, interruption):
        choices = _with_choices_of(installed, own)
        played = interruption.run(_played(own, choices, section, directory, today, progress))
    straight, *silences = played
    caps = Caps(per_day=choices.reminders_per_day, per_week=choices.reminders_per_week)
    return FlightPlan(section.title, directory, source, caps, straight, tuple(silences))


def _check_plans(settings: Settings) -> None:
    try:
        reminder_plans(settings.mobility_plans)
        host_weights(settings.mobility_weights)
    except (PlansNotAcceptable, WeightsNotAcceptable) as mistake:
        raise BadFile(str(mistake)) from None


def _with_choices_of(installed: Settings | None, own: Settings) -> Settings:
    """Our own addresses and key, with the plans, rates and caps of the installation."""
    if installed is None:
        return own
    names = (
        "database_url", "temporal_address", "temporal_namespace", "mobility_key", "smtp_url",
        "returned_post_url", "mobility_home",
    )  # fmt: skip
    return installed.model_copy(update={name: getattr(own, name) for name in names})


def _directory_at_hand(document: CaseDocument) -> tuple[Directory, str]:
    """The directory of the installation, and over it that of the file, as if it were kept first."""
    given = document.directory
    try:
        known = at_desk(lambda desk: read_directory(desk.store.engine))
    except (StackTrouble, Unreachable, SettingMissing):
        if given is None:
            raise
        known, source = Directory(organisations=(), people=(), offers=()), "of the file alone"
    else:
        source = "of this installation" + (", and over it that of the file" if given else "")
    if given is None:
        return known, source
    check_directory(known, given)
    return _laid_over(known, given), source


def _laid_over(known: Directory, given: DirectorySection) -> Directory:
    return Directory(
        organisations=_newest(known.organisations, given.organisations),
        people=_newest(known.people, given.people),
        offers=_newest(known.offers, given.offers),
    )


def _newest(known: tuple[Kept, ...], given: tuple[Kept, ...]) -> tuple[Kept, ...]:
    return tuple({str(one.id): one for one in (*known, *given)}.values())


async def _played(
    own: Settings, choices: Settings, section: RequestSection, directory: Directory, today: date,
    progress: Progress,
) -> list[PlayedPath]:  # fmt: skip
    async with (
        open_desk(choices) as desk,
        build_worker(desk.client, desk.store, choices, are_apart=True),
    ):
        await keep_directory(desk.store.engine, directory)
        # The clock asks whose server it moves: this one is ours, whatever the installation is.
        return await _play_all(desk, VirtualClock(desk.client, own), section, today, progress)


async def _play_all(
    desk: FrontDesk, clock: VirtualClock, section: RequestSection, today: date, progress: Progress
) -> list[PlayedPath]:  # fmt: skip
    """Play the straight path and every silence, all at once, each under a clock of its own."""
    gauge = _Gauge(progress)
    straight = await _begun(desk, clock, section, today)
    if (await straight.at_rest()).outcome is not None:
        return [await _play(desk, straight, (), gauge)]
    others = [(await _begun(desk, clock, section, today), silent) for silent in SILENCES]
    paths = ((straight, ()), *others)
    return await asyncio.gather(*(_play(desk, begun, silent, gauge) for begun, silent in paths))


class _Gauge:
    """Adds up how far all paths have come."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._phases: dict[str, int] = {}

    def show(self, view: CaseView) -> None:
        is_over = view.outcome is not None
        self._phases[view.reference] = len(PHASES) if is_over else PHASES.index(view.phase)
        self._progress(sum(self._phases.values()), len(PHASES) * (1 + len(SILENCES)))


async def _begun(
    desk: FrontDesk, clock: VirtualClock, section: RequestSection, today: date
) -> Rehearsal:
    occasion = uuid.uuid4().hex  # noqa: TID251 - here is the door
    # What a matchmaking event will say nobody knows: played is what follows if it says nothing.
    alone = section.model_copy(update={"event": None})
    reference = await desk.request(alone, today=today, occasion=occasion)
    return Rehearsal(desk, clock, reference)


async def _play(
    desk: FrontDesk, rehearsal: Rehearsal, silent: tuple[Asked, ...], gauge: _Gauge
) -> PlayedPath:
    cast = Cast(desk, rehearsal, silent)
    await cast.play(gauge.show)
    mobility, engine = await rehearsal.mobility(), desk.store.engine
    lines = await read_journal(engine, rehearsal.reference)
    return PlayedPath(
        silent=silent, request=mobility.request, view=mobility.view,
        people=await desk.people(rehearsal.reference),
        entries=tuple(line.entry for line in lines),
        letters=tuple(await read_letters(engine, rehearsal.reference)),
        questions=tuple(cast.questions), answered=dict(cast.answered),
    )  # fmt: skip
