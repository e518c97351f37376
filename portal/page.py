"""One holder's page: what is asked of them now, where the mobility stands, what they may say.

It tells each reader what letters tell them, from the same facts, and no more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from activities.agenda_news import ABOUT_THE_AGENDA, accepted_for, agenda_news
from activities.scribe import NO_NEWS, context_of
from domain.case_view import OpenQuestion
from domain.events import MobilityEnded, Phase
from domain.facts import PersonId
from domain.grant import GrantDecision
from domain.letters import LETTER_OF, LetterOrder, Purpose
from domain.papers import PlannedSession
from domain.people import Role
from mail.context import LetterContext
from mail.letters import OWN_FACTS
from mail.letters.mobility_ended import mobility_ended
from portal.acts import ACTS, Act
from portal.asks import ASKS, Ask
from portal.beginnings import Beginnings
from portal.fields import Kept, Refused
from portal.forms import Typed
from portal.holder import Holder
from portal.offered import also_offered, once_something_came_up
from portal.papers import Paper, papers_of
from portal.returning import DONE, RESUME
from portal.wording import templates_in
from store.ledger import LedgerLine


class Asking(NamedTuple):
    """One question that waits for this reader, with the facts that its letter states."""

    question: OpenQuestion
    letter: LetterContext
    own: object
    ask: Ask


class Waited(NamedTuple):
    """Who is waited for, for what, and until when."""

    people: str
    act: str
    day: str


@dataclass(frozen=True)
class Page:
    """Everything one page shows. ``root`` leads from its address back to that of the portal."""

    holder: Holder
    ledger: Sequence[LedgerLine]
    root: str
    done: str = ""
    refused: Refused | None = None
    is_paused: bool = False  #: the holder's organisation, which is not asked for the time being

    def html(self) -> str:
        """The page in the holder's language."""
        template = templates_in(self.holder.person.language).get_template("page.html")
        begin = Beginnings(self.holder, self.kept("put-agenda").typed or Typed())
        return template.render(page=self, letter=self.letter, begin=begin, phases=tuple(Phase))

    def here(self, rest: str = "") -> str:
        """An address beneath this page."""
        return f"{self.root}m/{self.holder.case.reference}/{self.holder.token}{rest}"

    # What is asked.

    @cached_property
    def letter(self) -> LetterContext:
        """What a letter to this reader would be written from now."""
        return context_of(self._order(Purpose.MATCH_MADE, self.holder.view.n), self.holder.case)

    @cached_property
    def asked(self) -> tuple[Asking, ...]:
        """The open questions that wait for this reader, the most urgent first."""
        questions = sorted(self.holder.view.questions, key=lambda question: question.due)
        who = self.holder.person.id
        return tuple(self._asking(question) for question in questions if who in question.people)

    def _asking(self, question: OpenQuestion) -> Asking:
        purpose = LETTER_OF[question.asked]
        order = self._order(purpose, question.epoch or self.holder.view.n, question)
        is_news = purpose in ABOUT_THE_AGENDA
        news = agenda_news(self.holder.case, order, self.ledger) if is_news else NO_NEWS
        letter = context_of(order, self.holder.case, news)
        state: Callable[[LetterContext], object] = OWN_FACTS.get(purpose, lambda _: None)
        return Asking(question, letter, state(letter), ASKS[question.asked])

    def _order(
        self, purpose: Purpose, event: int, question: OpenQuestion | None = None
    ) -> LetterOrder:
        return LetterOrder(
            reference=self.holder.case.reference, purpose=purpose, to=self.holder.person.id,
            event=event, epoch=event, while_asked=question.asked if question else None,
        )  # fmt: skip

    @cached_property
    def waited_for(self) -> tuple[Waited, ...]:
        """Everybody else who is waited for, as far as this reader may know them."""
        word, day = self.holder.speech.gettext, self.letter.day_of
        return tuple(
            Waited(self._called(question.people), word(question.act), day(question.due))
            for question in sorted(self.holder.view.questions, key=lambda question: question.due)
        )

    def _called(self, people: Sequence[PersonId]) -> str:
        speech, host = self.holder.speech, self.letter.receiving_coordinator
        a_host = speech.gettext("the host that is asked")
        return speech.listed(
            a_host if host and p == host.id and not self.holder.may_know_host
            else self.letter.name_of(p)
            for p in people
        )  # fmt: skip

    # What can be said besides.

    @cached_property
    def also(self) -> tuple[str, ...]:
        """What is open to this reader without being asked."""
        return tuple(a for a in also_offered(self.holder) if a not in self._answering)

    @cached_property
    def came_up(self) -> tuple[str, ...]:
        """What is open to them once something has come up."""
        return tuple(a for a in once_something_came_up(self.holder) if a not in self._answering)

    @property
    def _answering(self) -> set[str]:
        return {act for one in self.asked for act in (*one.ask.acts, *one.ask.or_else)}

    @property
    def is_refused_elsewhere(self) -> bool:
        """Whether what was refused has no form on this page (any more)."""
        shown = {*self._answering, *self.also, *self.came_up}
        return self.refused is not None and self.refused.act not in shown

    @property
    def kept_words(self) -> tuple[str, ...]:
        """Whatever was typed in words, where it has no form to come back in."""
        typed = self.refused.typed if self.refused else Typed()
        return tuple(text for text in typed.values() if " " in text.strip())

    def act(self, name: str) -> Act:
        """An act by its name."""
        return ACTS[name]

    def kept(self, act: str) -> Kept:
        """The fields of a form."""
        return Kept.of(act, self.refused)

    @property
    def thanks(self) -> str:
        """What is said after an act was recorded."""
        said = {name: act.done for name, act in ACTS.items()} | {RESUME: DONE}
        return self.holder.speech.gettext(said[self.done]) if self.done in said else ""

    # Where it stands, for this reader.

    @property
    def sessions(self) -> tuple[PlannedSession, ...]:
        """The accepted agenda, as far as it is this reader's."""
        return accepted_for(self.holder.case, self.holder.person.id)

    @property
    def shows_names(self) -> bool:
        """Whether those who travel are named: not to a host that has not said yes."""
        return not self.holder.is_only_asked

    @property
    def shows_grant(self) -> bool:
        """Whether amounts are shown: once they are awarded, and never to the host."""
        is_awarded = self.holder.view.grant_decision in (
            GrantDecision.AWARDED, GrantDecision.AWARDED_IN_PART,
        )  # fmt: skip
        return is_awarded and self.has(Role.SENDING, Role.OFFICE, Role.PARTICIPANT)

    def has(self, *roles: Role | str) -> bool:
        """Whether the reader takes part in one of these capacities."""
        return bool({*roles} & {*self.holder.roles})

    @cached_property
    def ended(self) -> object:
        """How it ended, as the letter about its end says it; nothing while it goes on."""
        for n, event in enumerate(self.holder.case.events, start=1):
            if isinstance(event, MobilityEnded):
                order = self._order(Purpose.MOBILITY_ENDED, n)
                return mobility_ended(context_of(order, self.holder.case))
        return None

    @property
    def papers(self) -> dict[str, Paper]:
        """The papers this reader may download."""
        return papers_of(self.holder)
