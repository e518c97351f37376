"""``mobility request FILE --dry-run``: a bar while the flight plan is played, then its page."""

from datetime import date

import typer
from rich.console import RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from domain.duplicates import NearMatch
from local import StackTrouble
from settings import SettingMissing
from starter.case_files import CaseDocument, RequestSection
from starter.client import Unreachable
from starter.desk import FrontDesk
from starter.near_matches import find_near_match
from starter.running import at_desk, complaints
from store.directory import read_directory


def flight_plan(document: CaseDocument, request: RequestSection, today: date) -> RenderableType:
    """Play a request ahead of time, and show what came of it.

    Raises:
        Refusal: when the request would be refused in earnest.
        typer.Abort: when somebody has had enough of waiting.
        StackTrouble: where the servers for it are not installed, as in production's image.
    """
    try:
        from starter import flight_plan, flight_plan_page  # noqa: PLC0415 - not all in the image
    except ImportError:
        raise StackTrouble(
            "A flight plan is played on servers of its own, and they are not installed here: give "
            "this command where the product is set up with 'make', with a FILE that holds the "
            "directory too (see the runbook)."
        ) from None
    with _bar() as bar:
        task = bar.add_task("Checking the request", total=None)
        try:
            plan = flight_plan.make_flight_plan(
                document, request, today=today,
                tell=lambda part: bar.update(task, description=f"Starting {part}"),
                progress=lambda done, of: bar.update(
                    task, description="Playing ahead of time", completed=done, total=of
                ),
            )  # fmt: skip
        except KeyboardInterrupt:
            raise typer.Abort from None
    return flight_plan_page.flight_plan_page(plan)


def warning_ahead(request: RequestSection) -> str:
    """What would be asked in earnest: whether this is another mobility, on its way already.

    Empty when there is nothing to ask, or no installation at hand in which anything could be.
    """

    async def business(desk: FrontDesk) -> NearMatch | None:
        directory = await read_directory(desk.store.engine)
        return await find_near_match(desk.store, request, directory)

    try:
        near = at_desk(business)
    except (StackTrouble, Unreachable, SettingMissing):
        return ""
    return f"In earnest you would be asked: {near.sentence()}" if near else ""


def _bar() -> Progress:
    """A bar that is gone when it is done, and that files and pipes never see."""
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24),
        console=complaints, transient=True, disable=not complaints.is_terminal,
    )  # fmt: skip
