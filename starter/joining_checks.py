"""What is checked of an applicant before anything starts, and again before a yes."""

from collections.abc import Iterable

from domain.errors import AddressNotAcceptable, ApplicationNotAcceptable
from domain.facts import Reference
from domain.likeness import are_alike
from domain.people import Organisation
from mail.returned import canonical
from mail.wording import MAILBOX
from starter.case_files import DirectorySection
from starter.desk import FrontDesk
from starter.directory_rules import check_directory
from store.addresses import digest_of, is_dead
from store.applications import Applying, applications, as_member
from store.directory import Directory


async def check_applicant(
    desk: FrontDesk, directory: Directory, told: Applying, besides: Reference | None = None
) -> None:
    """Hold what is told against the rules of the directory, its members and open applications."""
    who = as_member(told)
    _check_is_no_member(told.organisation, directory.organisations)
    if any(person.id == who.id for person in directory.people):
        raise ApplicationNotAcceptable(
            f"{who.id} is in the directory already, as somebody else: give the organisation an id "
            f"other than {told.organisation.id}."
        )
    check_directory(directory, DirectorySection(organisations=(told.organisation,), people=(who,)))
    await _check_address(desk, who.email)
    for other in await applications(desk.store):
        is_open = other.view is not None and other.view.outcome is None
        if other.reference == besides or other.told is None or not is_open:
            continue
        if same := _what_is_the_same(told.organisation, other.told.organisation):
            raise ApplicationNotAcceptable(
                f"{other.reference} is an application of the same organisation ({same}) and not "
                "decided yet: withdraw that one, or wait for the decision."
            )


def _check_is_no_member(applying: Organisation, members: Iterable[Organisation]) -> None:
    for member in members:
        if same := _what_is_the_same(applying, member):
            raise ApplicationNotAcceptable(
                f"{member.name} is a member already and has the same {same}: ask its coordinator, "
                "or correct yours if you are another organisation."
            )


def _what_is_the_same(one: Organisation, other: Organisation) -> str:
    """By what two organisations are one; empty when they are two."""
    if one.id == other.id:
        return f"id {one.id}"
    if one.oid and one.oid == other.oid:
        return f"OID {one.oid}"
    if one.pic and one.pic == other.pic:
        return f"PIC {one.pic}"
    if one.country == other.country and are_alike(one.name, other.name):
        return f"name but for its spelling, {other.name}"
    return ""


async def _check_address(desk: FrontDesk, address: str) -> None:
    written = canonical(address)
    if not MAILBOX.fullmatch(written):
        raise AddressNotAcceptable(
            f"'{address}' is no address that letters can be sent to: write it as ana@example.org."
        )
    if await is_dead(desk.store.engine, await digest_of(desk.store.keys, written)):
        raise AddressNotAcceptable(f"Letters to {address} do not arrive: give another address.")
