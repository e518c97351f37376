"""The page of an application to join: the office decides, the applicant may think better of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from activities.application_reader import application_context
from activities.links import holder_of
from domain.facts import Reference
from domain.joining import ApplicationPurpose, WhyDeclined, is_application
from domain.letters import LetterOrder
from domain.messages import Receipt
from domain.people import Person
from mail.applications import ApplicationContext
from mail.speech import Speech
from portal.fields import Kept, Refused
from portal.forms import Form
from portal.wording import speech_of, templates_in
from starter import joining
from starter.desk import FrontDesk
from store.applications import WholeApplication, read_whole_application
from store.cases import Store
from store.links import renewals
from store.sealing import KeyDestroyed

Say = Callable[[FrontDesk, str, str], Awaitable[Receipt]]


@dataclass(frozen=True)
class ApplicationHolder:
    """Somebody who holds a link to an application, with the application as it now stands."""

    case: WholeApplication
    person: Person
    token: str

    @property
    def speech(self) -> Speech:
        """The language in which they read their page."""
        return speech_of(self.person.language)

    @property
    def acts(self) -> tuple[str, ...]:
        """What they may say now."""
        view = self.case.view
        if view.question is None:
            return ()
        decides = ("accept-application", "decline-application") * (self.person.id == view.office)
        return decides + ("withdraw-application",) * (self.person.id == view.applicant)


class ApplicationAct(NamedTuple):
    """One thing that can be said: its title on the page, how its form is read, and the thanks."""

    read: Callable[[Form], Say]
    title: str
    done: str
    about: None = None


def _decline(form: Form) -> Say:
    reason, note = form.choice("reason", WhyDeclined), form.text("note")
    if reason is WhyDeclined.OTHER:
        form.needed("note")
    return lambda desk, case, who: joining.decline_application(desk, case, who, reason, note)


def _withdraw(form: Form) -> Say:
    form.check_is_meant()
    return joining.withdraw_application


ACTS: Mapping[str, ApplicationAct] = {
    "accept-application": ApplicationAct(
        lambda _form: joining.accept_application,
        "Accept the application",
        "You have accepted the application: the organisation is being added to the directory.",
    ),
    "decline-application": ApplicationAct(
        _decline,
        "Decline the application",
        "You have declined the application, and the applicant is told.",
    ),
    "withdraw-application": ApplicationAct(
        _withdraw,
        "Withdraw the application",
        "You have withdrawn the application.",
    ),
}


@dataclass(frozen=True)
class ApplicationPage:
    """Everything such a page shows. ``root`` leads from its address back to that of the portal."""

    holder: ApplicationHolder
    root: str
    done: str = ""
    refused: Refused | None = None

    def html(self) -> str:
        """The page in the holder's language."""
        template = templates_in(self.holder.person.language).get_template("application.html")
        return template.render(page=self, letter=self.letter, reasons=tuple(WhyDeclined))

    def here(self, rest: str = "") -> str:
        """An address beneath this page."""
        return f"{self.root}a/{self.letter.reference}/{self.holder.token}{rest}"

    @cached_property
    def letter(self) -> ApplicationContext:
        """What a letter to this reader would be written from now."""
        view, who = self.holder.case.view, self.holder.person.id
        decides = who == view.office
        purpose = ApplicationPurpose.TO_DECIDE if decides else ApplicationPurpose.RECEIVED
        order = LetterOrder(reference=view.reference, purpose=purpose, to=who, event=1, epoch=1)
        return application_context(self.holder.case, order)

    def act(self, name: str) -> ApplicationAct:
        """An act by its name."""
        return ACTS[name]

    def kept(self, act: str) -> Kept:
        """The fields of a form."""
        return Kept.of(act, self.refused)

    @property
    def is_refused_elsewhere(self) -> bool:
        """Whether what was refused has no form on this page (any more)."""
        return self.refused is not None and self.refused.act not in self.holder.acts

    @property
    def thanks(self) -> str:
        """What is said after an act was recorded."""
        return self.holder.speech.gettext(ACTS[self.done].done) if self.done in ACTS else ""


async def find_application_holder(
    store: Store, reference: str, token: str
) -> ApplicationHolder | None:
    """Whose link this is; nobody's when the application is unknown or erased, or the link dead."""
    name = Reference(reference)
    if not is_application(reference):
        return None
    try:
        case = await read_whole_application(store, name)
        renewed = await renewals(store.engine, name)
        # Nobody else gets letters with a link about it.
        people = (case.told.coordinator, case.office)
        found = await holder_of(store.keys, name, token, people, renewed)
    except (LookupError, KeyDestroyed):
        return None
    return ApplicationHolder(case, case.people[found], token) if found else None
