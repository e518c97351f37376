"""What is answered at each address of the portal.

Reading never changes anything, since mail scanners open every link; everything is said by a form.
"""

import asyncio
from importlib import resources
from time import monotonic

import sqlalchemy as sa
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from domain.errors import AlreadyDone, NotAwaited, OutOfPhase, Refusal, StaleVersion
from portal.acts import ACTS
from portal.forms import Form, Typed, Unreadable
from portal.holder import Holder, find_holder
from portal.notices import notice, root_of
from portal.page import Page, Refused
from portal.papers import papers_of
from portal.shown import Replaced
from starter.client import Unreachable
from starter.desk import FrontDesk
from starter.errand import errand
from store.ledger import read_letters

MOST_FIELDS = 10_000
NOT_VALID_SECONDS = 0.4
"""How long it takes to be told that a link is not valid: the same, whatever was looked up."""
TOO_LATE = (AlreadyDone, OutOfPhase, NotAwaited)
"""Refusals of what was in order when the page was opened."""

log = structlog.get_logger()


async def health(request: Request) -> Response:
    """Whether PostgreSQL answers."""
    async with _desk(request).store.engine.connect() as connection:
        await connection.execute(sa.text("select 1"))
    return PlainTextResponse("ok")


async def style(_: Request) -> Response:
    """The one stylesheet."""
    sheet = resources.files("portal") / "style.css"
    return Response(sheet.read_text("utf-8"), media_type="text/css")


async def show(request: Request) -> Response:
    """Somebody's own page."""
    holder = await _holder(request)
    return await _page(request, holder, done=request.query_params.get("done", ""))


async def paper(request: Request) -> Response:
    """A paper its reader may have."""
    holder = await _holder(request)
    name = request.path_params["name"]
    found = papers_of(holder).get(name)
    if found is None:
        raise HTTPException(404)
    reference = holder.case.reference
    content = await _desk(request).store.document(reference, found.kept_as)
    stem, _, kind = name.rpartition(".")
    filename = f'attachment; filename="{stem}-{reference}.{kind}"'
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": filename}
    )


async def back(request: Request) -> Response:
    """Whoever opens the address of a form is led to the page it stands on."""
    return RedirectResponse(f"../{request.path_params['token']}", 303)


async def say(request: Request) -> Response:
    """Say something, by a form: recorded, or told why not, with everything typed still there."""
    holder, name = await _holder(request), request.path_params["act"]
    if name not in ACTS:
        raise HTTPException(404)
    typed = await _typed(request)
    if "more" in typed:
        return await _page(request, holder, refused=Refused(name, "", typed))
    try:
        await _pass_on(_desk(request), holder, name, Form(typed, holder.speech))
    except StaleVersion as changed:
        # What comes back is about what is shown now, and carries that.
        typed = Typed([(k, v) for k, v in typed.multi_items() if k != "shown"])
        refused, status = _not_recorded(name, changed, typed), 422
    except Unreadable as mistake:
        refused, status = Refused(name, str(mistake), typed, field=mistake.name), 422
    except Refusal as refusal:
        refused = _not_recorded(name, refusal, typed)
        status = 409 if isinstance(refusal, TOO_LATE) else 422
    except Unreachable:
        sentence = holder.speech.gettext(
            "It could not be recorded right now. Please send it again in some minutes: it counts "
            "once."
        )
        refused, status = Refused(name, sentence, typed), 503
    else:
        return RedirectResponse(f"../{holder.token}?done={name}", 303)
    # It may have gone on meanwhile: what is shown is how it stands now.
    return await _page(request, await _holder(request), status, refused=refused)


async def _pass_on(desk: FrontDesk, holder: Holder, name: str, form: Form) -> None:
    said = ACTS[name].said(form, holder)
    await said(await errand(desk, holder.case.reference, holder.person.id))


def _not_recorded(name: str, refusal: Refusal, typed: Typed) -> Refused:
    return Refused(name, str(refusal), typed, is_english=not isinstance(refusal, Replaced))


async def _typed(request: Request) -> Typed:
    async with request.form(max_files=0, max_fields=MOST_FIELDS) as form:
        return Typed([(k, v) for k, v in form.multi_items() if isinstance(v, str)])


async def _page(
    request: Request, holder: Holder, status: int = 200, *, done: str = "",
    refused: Refused | None = None,
) -> Response:  # fmt: skip
    ledger = await read_letters(_desk(request).store.engine, holder.case.reference)
    page = Page(holder, ledger, root_of(request), done, refused)
    return HTMLResponse(page.html(), status)


async def _holder(request: Request) -> Holder:
    """Whose page this is.

    Raises:
        HTTPException: when it is nobody's; that takes as long for every reason.
    """
    since, given = monotonic(), request.path_params
    holder = await find_holder(_desk(request).store, given["reference"], given["token"])
    if holder is None:
        await asyncio.sleep(max(0.0, NOT_VALID_SECONDS - (monotonic() - since)))
        raise HTTPException(404)
    return holder


def _desk(request: Request) -> FrontDesk:
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
