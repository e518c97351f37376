"""The courier: delivers what the journal has queued, if the reason for it still stands."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import structlog

from activities.case_reader import OpenCase, open_case
from documents.calendar import agenda_calendar
from domain.events import Entry, GrantComputed, GrantDecided
from domain.facts import Reference, Writing
from domain.letters import Purpose, reason_stands
from domain.papers import AgendaPaper, GrantPaperLine
from mail.compose import as_message, compose, message_id_of
from mail.context import Attachment, LetterContext
from mail.postman import Postman, Refused, Unanswered, Unavailable
from store.cases import Store
from store.ledger import (
    ERASED,
    LedgerLine,
    LetterState,
    about_to_hand_over,
    claim,
    leave_unanswered,
    settle,
    try_again,
)
from store.sealing import KeyDestroyed

log = structlog.get_logger()

PAPERS = {
    Purpose.AGREEMENT_TO_SIGN: "agreement.pdf",
    Purpose.AGREEMENT_IN_FORCE: "agreement.pdf",
    Purpose.CARD_PUBLISHED: "card.pdf",
}
"""Papers that go along with a letter."""
IDLE_SECONDS = 0.5
KEPT_OPEN = 32
"""How many cases a courier keeps open: letters of one mobility mostly leave together."""
KEPT_OPEN_SECONDS = 60
"""How long it keeps one open: as long as a key may be remembered after it was destroyed."""
UNANSWERED_AT_MOST = 3
"""How often a letter may leave without an answer before it is left at that."""


@dataclass
class Courier:
    """Carries letters from the ledger to the mail server, one after another."""

    store: Store
    postman: Postman
    sender: str
    _known: dict[Reference, tuple[float, OpenCase]] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        """Deliver for ever. Trouble with one letter does not keep the others."""
        while True:
            try:
                if not await self.deliver_next():
                    await asyncio.sleep(IDLE_SECONDS)
            except Exception:
                # The database may be restarting: whatever it is, the letter is still queued.
                log.exception("courier-interrupted")
                await asyncio.sleep(IDLE_SECONDS)

    async def deliver_next(self) -> bool:
        """Deliver the next letter that is due; false when there is none."""
        self._close_old()
        line = await claim(self.store.engine)
        if line is None:
            return False
        if line.unanswered < UNANSWERED_AT_MOST:
            await self._deliver(line)
        else:
            await self._give_up(line)
        return True

    async def _deliver(self, line: LedgerLine) -> None:
        try:
            message = await self._write(line)
        except KeyDestroyed:
            await self._withhold(line, ERASED)
        except Exception as trouble:
            # Whatever is wrong with this letter, the ledger says so, and the others go on.
            log.exception("letter-not-written", purpose=str(line.order.purpose))
            await try_again(self.store.engine, line, f"not written: {type(trouble).__name__}")
        else:
            if message is not None:
                await self._hand_over(line, message)

    async def _write(self, line: LedgerLine) -> EmailMessage | None:
        """Write a letter and note that it leaves; none where there is nothing to send."""
        case = await self._open(line.order.reference)
        if not reason_stands(line.order, case.view):
            await self._withhold(line, "no longer asked of this person")
            return None
        context = await self._context(line, case)
        composed = compose(context, sender=self.sender)
        message_id = message_id_of(line.key, self.sender.rpartition("@")[2].rstrip(">"))
        message = as_message(
            composed, context, sender=self.sender, message_id=message_id, date=line.intended_at
        )
        rendered = hashlib.sha256(f"{composed.subject}\n{composed.text}".encode()).hexdigest()
        is_ours = await about_to_hand_over(
            self.store.engine, line, message_id=message_id, rendered_sha256=rendered
        )
        return message if is_ours else None

    async def _hand_over(self, line: LedgerLine, message: EmailMessage) -> None:
        try:
            reply = await self.postman.deliver(message)
        except Refused as refusal:
            await self._settle(line, LetterState.REFUSED, str(refusal))
        except Unavailable as trouble:
            _say_delayed(line, trouble)
            await try_again(self.store.engine, line, str(trouble))
        except Unanswered as trouble:
            _say_delayed(line, trouble)
            if line.unanswered + 1 < UNANSWERED_AT_MOST:
                await leave_unanswered(self.store.engine, line, str(trouble))
            else:
                await self._give_up(line)
        else:
            await self._settle(line, LetterState.HANDED_OVER, reply)

    async def _open(self, reference: Reference) -> OpenCase:
        """Open a case, or keep it open for the next letter if nothing has happened since.

        Raises:
            KeyDestroyed: when it was erased, even if it is still open here.
        """
        until, known = self._known.pop(reference, (0.0, None))
        if known and await self.store.is_erased(reference):
            raise KeyDestroyed(f"{reference} was erased while it was open.")
        case = await open_case(self.store, reference, known=known)
        if case is not known:
            until = time.monotonic() + KEPT_OPEN_SECONDS
        self._known[reference] = (until, case)
        while len(self._known) > KEPT_OPEN:
            del self._known[next(iter(self._known))]
        return case

    def _close_old(self) -> None:
        """Forget the cases that have been open long enough: they hold names and texts in clear."""
        now = time.monotonic()
        self._known = {name: kept for name, kept in self._known.items() if kept[0] > now}

    async def _withhold(self, line: LedgerLine, remark: str) -> None:
        """Keep a letter back; one that may have left already is not said to be withheld."""
        state = LetterState.UNKNOWN if line.unanswered else LetterState.WITHHELD
        await self._settle(line, state, remark)

    async def _give_up(self, line: LedgerLine) -> None:
        remark = f"no answer after {UNANSWERED_AT_MOST} attempts: it may have arrived"
        await self._settle(line, LetterState.UNKNOWN, remark)

    async def _settle(self, line: LedgerLine, state: LetterState, remark: str) -> None:
        is_ours = await settle(self.store.engine, line, state, remark)
        log.info(
            "letter-settled" if is_ours else "letter-no-longer-ours",
            reference=line.order.reference, purpose=str(line.order.purpose),
            ordinal=line.order.ordinal, state=str(state),
        )  # fmt: skip

    async def _context(self, line: LedgerLine, case: OpenCase) -> LetterContext:
        entry = case.entries[line.order.event - 1]
        return LetterContext(
            order=line.order,
            entry=entry,
            view=case.view,
            request=case.request,
            recipient=case.people[line.order.to],
            title=case.text(case.request.title),
            sending=case.sending,
            receiving=case.receiving,
            sending_coordinator=case.people[case.request.coordinator],
            receiving_coordinator=case.receiving_coordinator,
            participants=tuple(case.people[p] for p in case.view.taking_part),
            note=case.text(_note_of(entry)),
            objectives=tuple(case.text(o.text) for o in case.request.objectives),
            grant_lines=_grant_lines(case),
            attachments=await self._attachments(line, case, entry),
            concerned=tuple(case.people[p] for p in case.withdrawn),
            sessions=tuple(case.planned(s) for s in case.agenda.sessions) if case.agenda else (),
        )

    async def _attachments(
        self, line: LedgerLine, case: OpenCase, entry: Entry
    ) -> tuple[Attachment, ...]:
        purpose = line.order.purpose
        if purpose is Purpose.AGENDA_ACCEPTED:
            content = agenda_calendar(_agenda_paper(case, entry))
            return (Attachment("agenda.ics", "text/calendar", content),)
        name = PAPERS.get(purpose)
        if purpose is Purpose.CERTIFICATE_ISSUED:
            name = f"certificate-{line.order.to}.pdf"
        if name is None:
            return ()
        paper = await self.store.document(case.reference, name)
        return (Attachment(name, "application/pdf", paper),)


def _say_delayed(line: LedgerLine, trouble: Exception) -> None:
    log.warning("letter-delayed", purpose=str(line.order.purpose), why=type(trouble).__name__)


def _note_of(entry: Entry) -> Writing | None:
    event = entry.event()
    for name in ("note", "reason"):
        if isinstance(found := getattr(event, name, None), Writing):
            return found
    return None


def _grant_lines(case: OpenCase) -> tuple[GrantPaperLine, ...]:
    lines: tuple[GrantPaperLine, ...] = ()
    for event in case.events:
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


def _agenda_paper(case: OpenCase, entry: Entry) -> AgendaPaper:
    agenda = case.agenda
    if agenda is None or case.view.host is None:
        raise LookupError(f"{case.reference} has no agenda yet.")
    everybody = (case.request.coordinator, *case.view.taking_part)
    return AgendaPaper(
        reference=case.reference,
        version=agenda.version,
        title=case.text(case.request.title),
        zone=agenda.zone,
        stamped_at=entry.at,
        organiser=case.named(case.view.host.coordinator),
        attendees=tuple(case.named(p) for p in everybody),
        sessions=tuple(case.planned(session) for session in agenda.sessions),
    )


@contextlib.asynccontextmanager
async def courier_at_work(courier: Courier) -> AsyncIterator[Courier]:
    """Have a courier work in the background for as long as the block lasts."""
    work = asyncio.create_task(courier.run())
    try:
        yield courier
    finally:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await courier.postman.close()
