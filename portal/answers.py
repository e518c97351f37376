"""What is answered at each address of the portal.

Reading never changes anything, since mail scanners open every link; everything is said by a form.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from importlib import resources
from time import monotonic
from typing import Generic, Protocol, TypeVar

import sqlalchemy as sa
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from domain.errors import AlreadyDone, NotAwaited, OutOfPhase, Refusal, StaleVersion
from mail.speech import Speech
from portal.acts import ACTS
from portal.applications import ACTS as ACTS_OF_APPLICATION
from portal.applications import ApplicationHolder, ApplicationPage, find_application_holder
from portal.fields import Refused
from portal.forms import Form, Typed, Unreadable
from portal.holder import Holder, find_holder
from portal.notices import notice, root_of
from portal.page import Page
from portal.papers import papers_of
from portal.returning import RESUME, is_paused, resume
from portal.shown import Replaced
from starter.client import Unreachable
from starter.desk import FrontDesk
from starter.errand import errand
from store.cases import Store
from store.ledger import read_letters

MOST_FIELDS = 10_000
NOT_VALID_SECONDS = 0.4
"""How long it takes to be told that a link is not valid: the same, whatever was looked up."""
TOO_LATE = (AlreadyDone, OutOfPhase, NotAwaited)
"""Refusals of what was in order when the page was opened."""

log = structlog.get_logger()


async def health(request: Request) -> Response:
    """Whether PostgreSQL answers."""
    async with desk_of(request).store.engine.connect() as connection:
        await connection.execute(sa.text("select 1"))
    return PlainTextResponse("ok")


async def style(_: Request) -> Response:
    """The one stylesheet."""
    sheet = resources.files("portal") / "style.css"
    return Response(sheet.read_text("utf-8"), media_type="text/css")


class Holding(Protocol):
    """Somebody who holds a link, whatever it opens."""

    @property
    def token(self) -> str:
        """What makes their link secret."""

    @property
    def speech(self) -> Speech:
        """How they are spoken to."""


Some = TypeVar("Some", bound=Holding)


@dataclass(frozen=True)
class Pages(Generic[Some]):
    """The pages of one kind of case: whose each is, what it shows, and how what is said goes on."""

    acts: Container[str]
    find: Callable[[Store, str, str], Awaitable[Some | None]]
    html: Callable[[FrontDesk, Some, str, str, Refused | None], Awaitable[str]]
    pass_on: Callable[[FrontDesk, Some, str, Form], Awaitable[object]]

    async def show(self, request: Request) -> Response:
        """Somebody's own page."""
        holder = await self.holder(request)
        return await self._page(request, holder, done=request.query_params.get("done", ""))

    async def back(self, request: Request) -> Response:
        """Whoever opens the address of a form is led to the page it stands on."""
        return RedirectResponse(f"../{request.path_params['token']}", 303)

    async def say(self, request: Request) -> Response:
        """Say something, by a form: recorded, or told why not, with all that was typed."""
        holder, name = await self.holder(request), request.path_params["act"]
        if name not in self.acts:
            raise HTTPException(404)
        typed = await _typed(request)
        if "more" in typed:
            return await self._page(request, holder, refused=Refused(name, "", typed))
        form = Form(typed, holder.speech)
        try:
            await self.pass_on(desk_of(request), holder, name, form)
        except (Unreadable, Refusal, Unreachable) as trouble:
            refused, status = _not_recorded(name, trouble, form)
            # It may have gone on meanwhile: what is shown is how it stands now.
            return await self._page(request, await self.holder(request), status, refused=refused)
        return RedirectResponse(f"../{holder.token}?done={name}", 303)

    async def holder(self, request: Request) -> Some:
        """Whose page this is.

        Raises:
            HTTPException: when it is nobody's; that takes as long for every reason.
        """
        since, given = monotonic(), request.path_params
        holder = await self.find(desk_of(request).store, given["reference"], given["token"])
        if holder is None:
            await asyncio.sleep(max(0.0, NOT_VALID_SECONDS - (monotonic() - since)))
            raise HTTPException(404)
        return holder

    async def _page(
        self, request: Request, holder: Some, status: int = 200, *, done: str = "",
        refused: Refused | None = None,
    ) -> Response:  # fmt: skip
        root = root_of(request)
        return HTMLResponse(await self.html(desk_of(request), holder, root, done, refused), status)


async def _html_of_mobility(
    desk: FrontDesk, holder: Holder, root: str, done: str, refused: Refused | None
) -> str:
    ledger = await read_letters(desk.store.engine, holder.case.reference)
    is_away = await is_paused(desk, holder)
    return Page(holder, ledger, root, done, refused, is_paused=is_away).html()


async def _say_to_mobility(desk: FrontDesk, holder: Holder, name: str, form: Form) -> None:
    if name == RESUME:
        await resume(desk, holder)
        return
    said = ACTS[name].said(form, holder)
    await said(await errand(desk, holder.case.reference, holder.person.id))


async def _html_of_application(
    _desk: FrontDesk, holder: ApplicationHolder, root: str, done: str, refused: Refused | None
) -> str:
    return ApplicationPage(holder, root, done, refused).html()


async def _say_to_application(
    desk: FrontDesk, holder: ApplicationHolder, name: str, form: Form
) -> None:
    said = ACTS_OF_APPLICATION[name].read(form)
    await said(desk, holder.case.view.reference, holder.person.email)


MOBILITIES = Pages({*ACTS, RESUME}, find_holder, _html_of_mobility, _say_to_mobility)
APPLICATIONS = Pages(
    ACTS_OF_APPLICATION, find_application_holder, _html_of_application, _say_to_application
)


async def paper(request: Request) -> Response:
    """A paper of a mobility that its reader may have."""
    holder = await MOBILITIES.holder(request)
    name = request.path_params["name"]
    found = papers_of(holder).get(name)
    if found is None:
        raise HTTPException(404)
    reference = holder.case.reference
    content = await desk_of(request).store.document(reference, found.kept_as)
    stem, _, kind = name.rpartition(".")
    filename = f'attachment; filename="{stem}-{reference}.{kind}"'
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": filename}
    )


def _not_recorded(name: str, trouble: Exception, form: Form) -> tuple[Refused, int]:
    """What is told of it, and the status."""
    typed = form.typed
    if isinstance(trouble, Unreadable):
        return Refused(name, str(trouble), typed, field=trouble.name), 422
    if isinstance(trouble, Unreachable):
        sentence = form.speech.gettext(
            "It could not be recorded right now. Please send it again in some minutes: it counts "
            "once."
        )
        return Refused(name, sentence, typed), 503
    if isinstance(trouble, StaleVersion):
        # What comes back is about what is shown now, and carries that.
        typed = Typed([(k, v) for k, v in typed.multi_items() if k != "shown"])
    is_english = not isinstance(trouble, Replaced)
    status = 409 if isinstance(trouble, TOO_LATE) else 422
    return Refused(name, str(trouble), typed, is_english=is_english), status


async def _typed(request: Request) -> Typed:
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return Typed([(k, v) for k, v in form.multi_items() if isinstance(v, str)])


def desk_of(request: Request) -> FrontDesk:
    """The desk to which everything is passed on."""
    desk: FrontDesk = request.app.state.desk
    return desk


async def not_answered(request: Request, trouble: Exception) -> Response:
    """There is nothing at that address, or not for this reader, or too much was sent."""
    return notice(request, trouble.status_code if isinstance(trouble, HTTPException) else 500)


async def down(request: Request, trouble: Exception) -> Response:
    """PostgreSQL does not answer."""
    # Its kind only: the text of such an error may quote a row.
    log.error("portal-cannot-read", error=type(trouble).__name__)
    return notice(request, 503)


async def broken(request: Request, _: Exception) -> Response:
    """Something is wrong with us; the log says where."""
    return notice(request, 500)
