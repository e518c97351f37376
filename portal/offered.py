"""What may be said without being asked for it, as the page offers it."""

from domain.deadlines import Asked
from domain.events import Phase
from domain.facts import PersonId
from domain.people import Role
from portal.acts import ACTS
from portal.asks import CAME_UP
from portal.holder import Holder


def also_offered(holder: Holder) -> tuple[str, ...]:
    """Acts that letters tell somebody of without asking for them."""
    offers = {
        "put-agenda": _may_change_agenda(holder),
        "pay": _may_confirm_payment(holder),
        "evaluate": _may_correct_evaluation(holder),
    }
    return tuple(act for act, is_open in offers.items() if is_open)


def _may_change_agenda(holder: Holder) -> bool:
    """The host may replace an agenda that is on the table or accepted."""
    view = holder.view
    return holder.may(ACTS["put-agenda"].says) and view.agenda_version > 0 and not view.agenda_fell


def _may_confirm_payment(holder: Holder) -> bool:
    """Sending side and office alike, as long as the payment is due and not confirmed."""
    view = holder.view
    is_due = view.instalment_due is not None and view.instalment_paid_on is None
    return is_due and holder.may(ACTS["pay"].says)


def _may_correct_evaluation(holder: Holder) -> bool:
    """Whoever has evaluated, while two facts hold up the card."""
    is_held_up = holder.view.question(Asked.CARD_FACTS) is not None
    return is_held_up and holder.person.id in holder.view.evaluated


def once_something_came_up(holder: Holder) -> tuple[str, ...]:
    """What ends or moves a mobility, as far as this holder may say it now.

    A host that is only asked says no to the request, and does not move somebody else's visit.
    """
    if holder.is_only_asked or holder.view.phase is Phase.CLOSED:
        return ()
    return tuple(act for act in CAME_UP if holder.may(ACTS[act].says))


def withdrawable(holder: Holder) -> tuple[PersonId, ...]:
    """Whom this holder may withdraw: themselves, or whoever travels for their organisation."""
    if Role.SENDING in holder.roles:
        return holder.view.taking_part
    return (holder.person.id,)
