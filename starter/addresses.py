"""Another address for somebody whom letters do not reach: checked, put on file, then told.

The store comes first, so that whatever the mobility sends again goes to the new address. Whoever
stops in between says it once more; failing that, the worker's messenger notices within half a
minute and tells the mobility by itself.
"""

from collections.abc import Iterable

from pydantic import TypeAdapter, ValidationError

from domain.addresses import check_may_correct
from domain.case_view import roles_in
from domain.errors import AddressNotAcceptable
from domain.facts import PersonId
from domain.lifecycle import check_permission
from domain.messages import CorrectAddress
from domain.people import Email, Person
from mail.returned import canonical
from mail.wording import MAILBOX
from starter.desk import OpenMobility
from store.addresses import change_address, digest_of, is_dead, revive
from store.cases import Store
from store.participants import keep_addresses

_FORM: TypeAdapter[str] = TypeAdapter(Email)


async def put_on_file(
    store: Store, mobility: OpenMobility, message: CorrectAddress, address: str,
    others: Iterable[Person], *, works_again: bool,
) -> None:  # fmt: skip
    """Put another address on file, if the mobility asks for one and this may be it.

    Raises:
        AddressNotAcceptable: when it is no address, another's, or one that letters do not reach.
        Refusal: when the mobility would not hear of it from this person.
    """
    view = mobility.view
    roles = roles_in(mobility.request, view, message.by)
    check_permission(CorrectAddress, view.phase, roles)
    check_may_correct(
        message, view.out_of_reach, mobility.request, roles, is_matched=view.is_matched
    )
    _check_form(address)
    _check_is_nobody_elses(address, message.person, others)
    digest = await digest_of(store.keys, canonical(address))
    if works_again:
        await revive(store.engine, digest)
    elif await is_dead(store.engine, digest):
        raise AddressNotAcceptable(
            f"Letters to {address} do not arrive: give another address, or say that they would "
            "arrive now (--works-again), if you know it."
        )
    await change_address(store, mobility.reference, message.person, address)
    if message.person in mobility.request.participants:
        await keep_addresses(store.engine, mobility.reference, {message.person: digest})


def _check_form(address: str) -> None:
    try:
        _FORM.validate_python(address)
    except ValidationError:
        is_one = False
    else:
        is_one = bool(MAILBOX.fullmatch(canonical(address)))
    if not is_one:
        raise AddressNotAcceptable(
            f"'{address}' is no address that letters can be sent to: write it as ana@example.org."
        )


def _check_is_nobody_elses(address: str, person: PersonId, others: Iterable[Person]) -> None:
    for other in others:
        if other.id != person and canonical(other.email) == canonical(address):
            raise AddressNotAcceptable(
                f"{address} is the address of {other.name}: give one of their own."
            )
