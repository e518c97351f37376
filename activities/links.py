"""Links: the address in a letter under which its reader, and nobody else, answers.

Nothing is kept of them but how often they were made anew. A link is worked out from the
mobility's own key, the person and the address that the letter goes to: it opens nothing but what
that person may see and say in that mobility, it is dead as soon as another address of theirs is on
file or it is made anew, and with the key all links of a mobility are destroyed.
"""

import base64
import hmac
from collections.abc import Iterable

from domain.facts import PersonId, Reference
from domain.people import Person
from mail.returned import canonical
from store.links import Renewals
from store.sealing import KeyRing

TOKEN_BYTES = 18
"""144 bits, as 24 characters: far more than anybody tries out."""


async def token_of(keys: KeyRing, reference: Reference, person: Person, renewals: Renewals) -> str:
    """What makes a person's link to a mobility secret.

    Raises:
        KeyDestroyed: when the mobility was erased.
    """
    words = f"link {person.id} {canonical(person.email)} {renewals.get(person.id, 0)}"
    digest = bytes.fromhex(await keys.digest(reference, words))
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()


async def holder_of(
    keys: KeyRing, reference: Reference, token: str, people: Iterable[Person], renewals: Renewals
) -> PersonId | None:
    """Whose link this is, among the people of a case; nobody's when it is dead or made up.

    Raises:
        KeyDestroyed: when the case was erased.
    """
    holder = None
    for person in people:
        expected = await token_of(keys, reference, person, renewals)
        if hmac.compare_digest(expected.encode(), token.encode()):
            holder = person.id
    return holder


def link_to(portal: str, reference: Reference, token: str) -> str:
    """The whole address, under the one at which the portal is reached."""
    return f"{portal.rstrip('/')}/m/{reference}/{token}"
