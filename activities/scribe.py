"""The scribe: writes letters from their cases as they now are."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message
from functools import partial

from activities.agenda_news import ABOUT_THE_AGENDA, AgendaNews, agenda_news
from activities.application_reader import application_context
from activities.case_reader import OpenCase, open_case
from activities.links import link_to, token_of
from activities.together import Together
from domain.application_letters import still_worth_sending
from domain.events import Entry, Event, GrantComputed, GrantDecided
from domain.facts import Reference, Writing
from domain.host_search import HostSearch, host_search
from domain.joining import is_application
from domain.letters import LetterOrder, Purpose, reason_stands
from domain.papers import GrantPaperLine
from domain.people import Person
from mail.applications import compose_application
from mail.compose import compose
from mail.context import Attachment, LetterContext
from mail.envelope import Envelope, as_kept, envelope_of
from mail.gathered import gathered_message, most_urgent_first
from mail.message import as_message, message_id_of
from mail.returned import canonical
from mail.unsubscribing import say_how_to_unsubscribe
from store.addresses import digest_of
from store.applications import read_whole_application
from store.cases import Store
from store.ledger import LedgerLine, read_letters
from store.links import Renewals, renewals
from store.sealing import KeyDestroyed
from store.whole import as_of

PAPERS: dict[str, str] = {
    Purpose.AGREEMENT_TO_SIGN: "agreement.pdf",
    Purpose.AGREEMENT_IN_FORCE: "agreement.pdf",
    Purpose.CARD_PUBLISHED: "card.pdf",
}
"""Papers that go along with a letter."""
NO_NEWS = AgendaNews()
KEPT_OPEN = 32
"""How many cases a scribe keeps open: letters of one mobility mostly leave together."""
KEPT_OPEN_SECONDS = 60
"""How long it keeps one open: as long as a key may be remembered after it was destroyed."""


@dataclass(frozen=True)
class Written:
    """A letter ready to leave, how it is kept, and the mobilities it speaks of.

    ``address`` is what the store knows the reader's address by.
    """

    envelope: Envelope
    kept: bytes
    speaks_of: tuple[Reference, ...]
    address: str


@dataclass
class Scribe:
    """Writes letters, and keeps a few cases open between them.

    ``portal`` is where people's browsers reach it: letters then hold links instead of commands.
    """

    store: Store
    sender: str
    portal: str = ""
    _known: dict[Reference, tuple[float, OpenCase]] = field(
        default_factory=dict, init=False, repr=False
    )
    _opening: dict[Reference, asyncio.Lock] = field(default_factory=dict, init=False, repr=False)
    _last_entries: Together[Reference, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Ask about several cases at a time."""
        self._last_entries = Together(partial(as_of, self.store))

    async def write(self, line: LedgerLine, gathered: Sequence[LedgerLine] = ()) -> Written | None:
        """Write a letter, with all that leaves in it; none where no reason stands any more.

        Raises:
            NothingNew: when it would tell nothing that its reader has not been told.
            KeyDestroyed: when its mobility was erased.
        """
        if is_application(line.order.reference):
            return await self._write_about_application(line)
        items = [await self._still_asked(line.order)]
        items += [await self._unless_erased(order) for order in _orders(line, gathered)]
        message_id = await self._message_id(line)
        standing = [item for item in items if item is not None]
        message = self._message(line, message_id, standing)
        if message is None:
            return None
        spoken_of = sorted({item.request.reference for item in standing})
        return await self._ready(message, tuple(spoken_of), standing[0].recipient)

    async def _write_about_application(self, line: LedgerLine) -> Written | None:
        case = await read_whole_application(self.store, line.order.reference)
        if not still_worth_sending(line.order, case.view):
            return None
        link = await self._link(line.order.reference, case.people[line.order.to])
        context = application_context(case, line.order, link)
        message = as_message(
            compose_application(context, sender=self.sender), context, sender=self.sender,
            message_id=await self._message_id(line), date=line.intended_at,
        )  # fmt: skip
        return await self._ready(message, (line.order.reference,), context.recipient)

    async def _ready(
        self, message: Message, speaks_of: tuple[Reference, ...], reader: Person
    ) -> Written:
        envelope = envelope_of(message)
        address = await digest_of(self.store.keys, canonical(reader.email))
        return Written(envelope, as_kept(message, envelope), speaks_of, address)

    def _message(
        self, line: LedgerLine, message_id: str, items: list[LetterContext]
    ) -> Message | None:
        """One letter for one reason, one for several, and none for none."""
        if not items:
            return None
        if len(items) > 1:
            return gathered_message(
                most_urgent_first(items), sender=self.sender, message_id=message_id,
                date=line.intended_at,
            )  # fmt: skip
        [context] = items
        message = as_message(
            compose(context, sender=self.sender), context, sender=self.sender,
            message_id=message_id, date=line.intended_at,
        )  # fmt: skip
        say_how_to_unsubscribe(message, context)
        return message

    async def _still_asked(self, order: LetterOrder) -> LetterContext | None:
        case = await self._open(order.reference)
        if not reason_stands(order, case.view):
            return None
        return await self._context(order, case)

    async def _unless_erased(self, order: LetterOrder) -> LetterContext | None:
        try:
            return await self._still_asked(order)
        except KeyDestroyed:
            return None

    async def _message_id(self, line: LedgerLine) -> str:
        # Keyed: whoever could work it out could have a bounce believed that never was.
        secret = await self.store.keys.digest(line.order.reference, line.key)
        return message_id_of(secret, self.sender.rpartition("@")[2].rstrip(">"))

    async def _open(self, reference: Reference) -> OpenCase:
        """Open a case, or keep it open for the next letter if nothing has happened since.

        Raises:
            KeyDestroyed: when it was erased, even if it is still open here.
        """
        try:
            last = await self._last_entries.one(reference)
        except KeyDestroyed:
            self._known.pop(reference, None)
            raise
        async with self._opening.setdefault(reference, asyncio.Lock()):
            until, known = self._known.pop(reference, (0.0, None))
            if known is None or known.view.n < last:
                known = await open_case(self.store, reference)
                until = time.monotonic() + KEPT_OPEN_SECONDS
            self._known[reference] = (until, known)
        while len(self._known) > KEPT_OPEN:
            del self._known[next(iter(self._known))]
        return known

    def close(self, reference: Reference) -> None:
        """Open this case anew for the next letter: somebody's address has changed meanwhile."""
        self._known.pop(reference, None)

    def close_old(self) -> None:
        """Forget the cases that have been open long enough: they hold names and texts in clear."""
        now = time.monotonic()
        self._known = {name: kept for name, kept in self._known.items() if kept[0] > now}
        self._opening = {name: one for name, one in self._opening.items() if one.locked()}

    async def _context(self, order: LetterOrder, case: OpenCase) -> LetterContext:
        news = NO_NEWS
        if order.purpose in ABOUT_THE_AGENDA:
            ledger = await read_letters(self.store.engine, order.reference)
            news = agenda_news(case, order, ledger)
        return context_of(
            order, case, news,
            attachments=news.attachments or await self._papers(order, case),
            link=await self._link(case.reference, case.people[order.to], case.renewals),
        )  # fmt: skip

    async def _link(
        self, reference: Reference, reader: Person, known: Renewals | None = None
    ) -> str:
        if not self.portal:
            return ""
        if known is None:
            known = await renewals(self.store.engine, reference)
        token = await token_of(self.store.keys, reference, reader, known)
        return link_to(self.portal, reference, token)

    async def _papers(self, order: LetterOrder, case: OpenCase) -> tuple[Attachment, ...]:
        name = PAPERS.get(order.purpose)
        if order.purpose is Purpose.CERTIFICATE_ISSUED:
            name = f"certificate-{order.to}.pdf"
        if name is None:
            return ()
        paper = await self.store.document(case.reference, name)
        return (Attachment(name, "application/pdf", paper),)


def context_of(
    order: LetterOrder, case: OpenCase, news: AgendaNews = NO_NEWS, *,
    attachments: tuple[Attachment, ...] = (), link: str = "",
) -> LetterContext:  # fmt: skip
    """What one reader is told, as the case now stands: in a letter, and on their own page."""
    entry = case.entries[(order.tells_of or order.event) - 1]
    return LetterContext(
        order=order,
        entry=entry,
        view=case.view,
        request=case.request,
        recipient=case.people[order.to],
        title=case.text(case.request.title),
        sending=case.sending,
        receiving=case.receiving,
        sending_coordinator=case.people[case.request.coordinator],
        receiving_coordinator=case.receiving_coordinator,
        participants=tuple(case.people[p] for p in case.view.taking_part),
        note=case.text(_note_of(entry)),
        objectives=tuple(case.text(o.text) for o in case.request.objectives),
        grant_lines=_grant_lines(_grant_events(order, case)),
        attachments=attachments,
        concerned=tuple(case.people[p] for p in case.withdrawn),
        sessions=news.sessions,
        changes=news.changes,
        is_first_agenda=news.is_first,
        search=_searched(order, case),
        organisations={o.id: o.name for o in case.organisations.values()},
        link=link,
    )


def _orders(line: LedgerLine, gathered: Sequence[LedgerLine]) -> list[LetterOrder]:
    """What leaves in this letter besides itself: of each question the newest."""
    newest = {
        (one.order.reference, one.order.while_asked): one.order
        for one in sorted(gathered, key=lambda one: (one.intended_at, one.order.ordinal))
    }
    newest.pop((line.order.reference, line.order.while_asked), None)
    return list(newest.values())


def _searched(order: LetterOrder, case: OpenCase) -> HostSearch:
    """How hosts were asked, for the one letter that tells of it."""
    tells = order.purpose is Purpose.NO_HOST_FOUND
    return host_search(case.events) if tells else HostSearch()


def _note_of(entry: Entry) -> Writing | None:
    event = entry.event()
    for name in ("note", "reason"):
        if isinstance(found := getattr(event, name, None), Writing):
            return found
    return None


def _grant_events(order: LetterOrder, case: OpenCase) -> tuple[Event, ...]:
    """What a letter goes by: a decision is told as it was, though it may be decided anew since."""
    told_of = order.tells_of or order.event
    return case.events[:told_of] if order.purpose is Purpose.GRANT_DECIDED else case.events


def _grant_lines(events: tuple[Event, ...]) -> tuple[GrantPaperLine, ...]:
    lines: tuple[GrantPaperLine, ...] = ()
    for event in events:
        match event:
            case GrantComputed(lines=computed):
                lines = tuple(
                    GrantPaperLine(
                        category=line.category, participant=line.participant,
                        amount=line.amount, awarded=None, basis=line.basis,
                        source=line.source, status=line.status,
                    )
                    for line in computed
                )  # fmt: skip
                ids = [line.id for line in computed]
            case GrantDecided(amounts=amounts) if lines:
                lines = tuple(
                    line.model_copy(update={"awarded": amounts.get(name)})
                    for name, line in zip(ids, lines, strict=True)
                )
    return lines
