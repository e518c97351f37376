"""``mobility request FILE --dry-run``: a bar while the flight plan is played, then its page."""

from datetime import date

import typer
from rich.console import RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from domain.errors import AlreadyDone, MayBeTheSame, Refusal
from local import StackTrouble
from settings import SettingMissing
from starter.case_files import CaseDocument, RequestSection
from starter.client import Unreachable
from starter.running import at_desk, complaints
from starter.same_request import check_is_new


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
    """What would be said in earnest: that it was made before, or comes close to a mobility.

    Empty when there is nothing to say, or no installation at hand that could know.
    """
    try:
        at_desk(lambda desk: check_is_new(desk.store, request))
    except (AlreadyDone, MayBeTheSame) as refusal:
        return f"In earnest you would be told: {refusal}"
    except (Refusal, StackTrouble, Unreachable, SettingMissing):
        return ""
    return ""


def _bar() -> Progress:
    """A bar that is gone when it is done, and that files and pipes never see."""
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24),
        console=complaints, transient=True, disable=not complaints.is_terminal,
    )  # fmt: skip
