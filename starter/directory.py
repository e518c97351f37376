"""Finding in the directory whom a request names."""

from domain.errors import Refusal, RequestNotAcceptable
from domain.people import Organisation, Person, Role
from store.directory import Directory


class NotKnown(Refusal):
    """No mobility, person or organisation of that name is known here."""


class DirectoryNotAcceptable(Refusal):
    """Two people with one address, or a zone, a region or a language that does not exist."""


def find_organisation(directory: Directory, name: str) -> Organisation:
    """The organisation of that name or id.

    Raises:
        NotKnown: when there is none.
    """
    found = directory.organisation(name)
    if found is None:
        raise NotKnown(
            f"Organisation '{name}' is not in the directory: correct the name, or add it with "
            "'mobility directory FILE'."
        )
    return found


def find_person(directory: Directory, email: str, role: Role) -> Person:
    """Whoever has that address, if they act in that role.

    Raises:
        NotKnown: when nobody has it.
        RequestNotAcceptable: when they act in other roles only.
    """
    found = directory.person(email)
    if found is None:
        raise NotKnown(
            f"{email} is not in the directory: correct the address, or add the person with "
            "'mobility directory FILE'."
        )
    if role not in found.roles:
        raise RequestNotAcceptable(f"{email} is not a {role}: name one, or correct the directory.")
    return found
