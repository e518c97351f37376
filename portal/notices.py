"""Pages for whoever has no page: one sentence, which says nothing of any mobility."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse

from domain.people import Language
from portal.wording import templates_in

NOTICES = {
    404: "This link is not valid (any more). It may have been replaced by one in a newer letter.",
    405: "This cannot be done here. Please open the link in your letter again.",
    413: "That is more than can be taken in at once. Please shorten it and send it again.",
    500: "Something went wrong here, and nothing has been recorded. Please try again later.",
    503: "The page cannot be shown right now. Please try again in some minutes.",
}
"""What is said for each status; others are said as 405 is."""


def notice(request: Request, status: int) -> HTMLResponse:
    """One sentence, in a language that the reader's browser asks for."""
    language = _language_of(request.headers.get("accept-language", ""))
    template = templates_in(language).get_template("notice.html")
    sentence = NOTICES.get(status, NOTICES[405])
    html = template.render(root=root_of(request), sentence=sentence, language=language)
    return HTMLResponse(html, status)


def root_of(request: Request) -> str:
    """The way from the address of a request back to where the portal is, whatever lies before it.

    Links on pages are relative, so that the portal may stand under any address.
    """
    return "../" * (request.url.path.count("/") - 1) or "./"


def _language_of(header: str) -> Language:
    wanted = (part.partition(";")[0].strip()[:2].lower() for part in header.split(","))
    known: Sequence[str] = list(Language)
    return Language(next((one for one in wanted if one in known), Language.ENGLISH))
