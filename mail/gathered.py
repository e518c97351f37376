"""One letter for several reminders: what is asked for each mobility, until when, and how."""

from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parseaddr

from domain.deadlines import Asked
from domain.facts import Fact
from domain.people import Person
from mail.compose import filled
from mail.context import LetterContext
from mail.letters.address_wanted import address_wanted
from mail.letters.grant_to_decide import grant_to_decide
from mail.message import as_message
from mail.wording import Composed

FOLDER = "reminders-gathered"
COMMANDS: dict[Asked, tuple[tuple[str, ...], ...]] = {
    Asked.PLACE: (("accept",), ("decline", '--reason "no capacity"')),
    Asked.OTHER_DATES: (("accept-dates",), ("decline-dates", '--note "..."')),
    Asked.SIGNATURES: (("sign",), ("refuse",)),
    Asked.GRANT_DECISION: (("award",),),
    Asked.INSTALMENT: (("pay", "--on DATE"),),
    Asked.AGENDA: (("put-agenda", "FILE"),),
    Asked.AGENDA_ACCEPTANCE: (("accept-agenda",), ("return-agenda", '--note "..."')),
    Asked.AGENDA_CHANGE: (("accept-agenda",), ("return-agenda", '--note "..."')),
    Asked.ATTENDANCE: (("attend", "DATE"), ("depart", "--on DATE")),
    Asked.EVALUATION: (("evaluate", "FILE"),),
    Asked.FOLLOW_UP: (("follow-up", "FILE"),),
    Asked.CARD_FACTS: (("follow-up", "FILE"),),
}
"""The commands that answer each question; for the grant, with what the office has to fill in.

An address is asked for by its person, which only the letter itself knows.
"""


class Mobilities(Fact):
    """The mobilities a letter speaks of, where others have the one."""

    reference: str


@dataclass(frozen=True)
class Gathered:
    """What the letter is written from: one reminder after the other, the most urgent first."""

    items: tuple[LetterContext, ...]

    @property
    def recipient(self) -> Person:
        """Who reads it."""
        return self.items[0].recipient

    @property
    def deadline(self) -> str:
        """The first of the deadlines."""
        return self.items[0].deadline

    @property
    def request(self) -> Mobilities:
        """What stands at the head of the sheet."""
        references = dict.fromkeys(str(item.request.reference) for item in self.items)
        return Mobilities(reference=", ".join(references))

    def commands(self, item: LetterContext) -> list[str]:
        """The commands that answer one of them, word for word."""
        asked = item.order.while_asked
        if asked is None:
            return []
        if asked is Asked.GRANT_DECISION:
            return [item.command("award", *grant_to_decide(item).awarding)]
        if asked is Asked.ADDRESS:
            return [person.command for person in address_wanted(item).people]
        return [item.command(*words) for words in COMMANDS[asked]]


def most_urgent_first(items: list[LetterContext]) -> Gathered:
    """Reminders whose questions are open, in the order of their deadlines."""
    due = {id(item): item.question.due for item in items if item.question}
    return Gathered(tuple(sorted((i for i in items if id(i) in due), key=lambda i: due[id(i)])))


def compose_gathered(letter: Gathered, *, sender: str) -> Composed:
    """Write the letter."""
    facts = {
        "letter": letter,
        "sender": parseaddr(sender)[1],
        "deadline": letter.deadline,
        "reference": letter.request.reference,
    }
    subject, body = f"{FOLDER}/subject.txt", f"{FOLDER}/body.md"
    return filled(subject, body, facts, letter.recipient.language, asks=False)


def gathered_message(letter: Gathered, *, sender: str, message_id: str, date: datetime) -> Message:
    """The letter as a message. It names several people to ask, so a reply goes to none of them."""
    first = letter.items[0]
    message = as_message(
        compose_gathered(letter, sender=sender), first, sender=sender, message_id=message_id,
        date=date,
    )  # fmt: skip
    del message["Reply-To"]
    return message
