"""What a decision is about, as the page showed it: nobody decides on what they have not seen.

A page may have been open for days. Meanwhile the agreement may have been drawn up anew, another
agenda put forward, the visit moved. The form carries what was shown, and an answer to anything else
is not passed on.
"""

from domain.errors import StaleVersion
from domain.events import GrantComputed
from portal.forms import Form
from portal.holder import Holder


class Replaced(StaleVersion):
    """Something else is to be decided on than what was shown; said in the reader's language."""


def request_for_a_place(holder: Holder) -> str:
    """The offer that is asked for, and the days."""
    view, request = holder.view, holder.case.request
    offer = view.host.offer if view.host else ""
    return f"{offer} {request.first_day} {request.last_day}"


def other_dates(holder: Holder) -> str:
    """The dates that a host has put forward; nothing once they are answered."""
    dates = holder.view.other_dates
    return f"{dates[0]} {dates[1]}" if dates else ""


def agreement(holder: Holder) -> str:
    """The document on the table, by its hash: every signature carries it."""
    return holder.view.agreement_document


def agenda(holder: Holder) -> str:
    """The version on the table."""
    return str(holder.view.agenda_version)


def grant(holder: Holder) -> str:
    """The entry by which the grant was computed."""
    computed = (n for n, e in enumerate(holder.case.events, 1) if isinstance(e, GrantComputed))
    return str(max(computed, default=0))


def check_is_as_shown(form: Form, now: str) -> None:
    """Hold what was shown against what is on the table now; an answered question is not replaced.

    Raises:
        Replaced: when it is something else.
    """
    if now and form.typed.get("shown", "") != now:
        raise Replaced(
            form.speech.gettext(
                "This has changed since you opened the page. Read it as it stands now, then answer."
            )
        )
