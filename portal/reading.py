"""Every form read: from the fields of an act to what its holder says at the desk."""

import unicodedata
from collections.abc import Awaitable, Callable
from decimal import Decimal

from domain.evaluation import Consent
from domain.facts import OfferId, PersonId
from domain.grant import GrantDecision
from domain.matching import DeclineReason
from domain.messages import CAUSES_OF_PEOPLE, Receipt
from portal.agenda_rows import read_agenda
from portal.forms import Form
from portal.holder import Holder
from portal.money import lines_of
from starter.case_files import EvaluationEntry, FollowUpEntry
from starter.errand import Errand

Say = Callable[[Errand], Awaitable[Receipt]]
MOST_DAYS = 366
BEST_MARK = 5


def decline(form: Form, _holder: Holder) -> Say:
    """No place, with a reason."""
    reason, note = form.choice("reason", DeclineReason), form.text("note")
    # Said twice it is the same message, though the next host is asked by then.
    offer = OfferId(form.text("offer")) or None
    return lambda errand: errand.decline(reason, note, offer=offer)


def propose_dates(form: Form, _holder: Holder) -> Say:
    """A place on other dates."""
    first, last, note = form.day("first_day"), form.day("last_day"), form.text("note")
    return lambda errand: errand.propose_dates(first, last, note)


def decline_dates(form: Form, _holder: Holder) -> Say:
    """The host's dates do not suit."""
    note = form.text("note")
    return lambda errand: errand.decline_dates(note)


def sign(form: Form, holder: Holder) -> Say:
    """Sign the very document that was shown, under one's own name.

    Raises:
        Unreadable: when another name is typed.
    """
    document = form.typed.get("shown", "")
    if _spelt(form.text("name")) != _spelt(holder.person.name):
        sentence = form.speech.gettext("To sign, type your full name as it stands here: %(name)s.")
        raise form.unreadable("name", sentence % {"name": holder.person.name})
    return lambda errand: errand.sign(document)


def _spelt(name: str) -> str:
    """A name as it is compared: how it is spaced, and its capitals, are nobody's mistake."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def refuse(form: Form, _holder: Holder) -> Say:
    """Refuse to sign, which ends the mobility."""
    form.check_is_meant()
    note = form.text("note")
    return lambda errand: errand.refuse(note)


def award(form: Form, holder: Holder) -> Say:
    """All of it, part of it, or nothing.

    Amounts are passed on with 'all of it' as well: whoever has lowered one is told by the rule.
    """
    decision = form.choice("decision", GrantDecision)
    if decision is not GrantDecision.AWARDED:
        form.needed("reason")
    amounts = {} if decision is GrantDecision.REJECTED else _amounts(form, holder)
    reason = form.text("reason")
    return lambda errand: errand.decide_grant(decision, amounts, reason)


def _amounts(form: Form, holder: Holder) -> dict[str, Decimal]:
    amounts = {}
    for line in lines_of(holder):
        amount = form.amount(line.field)
        if amount is None and line.computed is None:
            sentence = form.speech.gettext("Give an amount where no rate is on file.")
            raise form.unreadable(line.field, sentence)
        if amount is not None:
            amounts[line.name] = amount
    return amounts


def pay(form: Form, _holder: Holder) -> Say:
    """The first instalment was paid on that day."""
    day = form.day("day")
    return lambda errand: errand.confirm_instalment(day)


def put_agenda(form: Form, _holder: Holder) -> Say:
    """The rows that are filled in."""
    entries = read_agenda(form)
    return lambda errand: errand.put_agenda(entries)


def return_agenda(form: Form, _holder: Holder) -> Say:
    """What should change."""
    note = form.needed("note")
    return lambda errand: errand.return_agenda(note)


def arrive(form: Form, _holder: Holder) -> Say:
    """Who has arrived, and when."""
    day, who = form.day("day"), _ticked_people(form)
    return lambda errand: errand.arrive(day, who)


def attend(form: Form, _holder: Holder) -> Say:
    """Who was there on the day whose button was pressed; nobody, where nobody is ticked."""
    day = form.day("day")
    who = form.ticked(f"there-{day}")
    return lambda errand: errand.attend(day, who, nobody=not who)


def depart(form: Form, _holder: Holder) -> Say:
    """Who has left, and when."""
    day, who = form.day("day"), _ticked_people(form)
    return lambda errand: errand.depart(day, who)


def _ticked_people(form: Form) -> tuple[str, ...]:
    """Left empty at the desk it would mean everybody, which is not what no tick says."""
    if not (who := form.ticked("who")):
        raise form.unreadable("who", form.speech.gettext("Tick at least one person."))
    return who


def evaluate(form: Form, holder: Holder) -> Say:
    """A mark for each objective, what was learnt, and a sentence for the card."""
    objectives = holder.case.request.objectives
    entry = EvaluationEntry(
        who=holder.person.id,
        marks=tuple(form.number(f"mark-{one.id}", BEST_MARK) for one in objectives),
        lessons=tuple(line for line in form.text("lessons").splitlines() if line.strip()),
        testimonial=form.text("testimonial"),
        consent=form.choice("consent", Consent),
    )
    return lambda errand: errand.evaluate(entry)


def follow_up(form: Form, _holder: Holder) -> Say:
    """What was seen, what will be adapted, and how long the visit was."""
    entry = FollowUpEntry(
        stated_days=form.number("stated_days", MOST_DAYS),
        seen=form.needed("seen"),
        adapted=form.needed("adapted"),
        title=form.text("title") or None,
        context=form.text("context") or None,
    )
    return lambda errand: errand.report_follow_up(entry)


def correct_address(form: Form, _holder: Holder) -> Say:
    """Another address of somebody whom letters do not reach."""
    person, address = form.needed("person"), form.needed("address")
    works_again = bool(form.ticked("works_again"))
    return lambda errand: errand.correct_address(person, address, works_again=works_again)


def withdraw(form: Form, holder: Holder) -> Say:
    """A participant stops; the sending coordinator may say so for somebody else."""
    form.check_is_meant()
    cause, note = form.choice("cause", CAUSES_OF_PEOPLE), form.text("note")
    who = PersonId(form.text("participant")) or holder.person.id
    return lambda errand: errand.withdraw(who, cause, note)


def decline_mobility(form: Form, _holder: Holder) -> Say:
    """The host gives up a place that it has given."""
    form.check_is_meant()
    cause, note = form.choice("cause", CAUSES_OF_PEOPLE), form.text("note")
    return lambda errand: errand.decline_mobility(cause, note)


def cancel(form: Form, _holder: Holder) -> Say:
    """The mobility is stopped."""
    form.check_is_meant()
    cause, note = form.choice("cause", CAUSES_OF_PEOPLE), form.text("note")
    return lambda errand: errand.cancel(cause, note)


def move(form: Form, _holder: Holder) -> Say:
    """The visit is to take place on other days."""
    form.check_is_meant()
    first, last, note = form.day("first_day"), form.day("last_day"), form.text("note")
    return lambda errand: errand.move(first, last, note)
