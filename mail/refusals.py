"""What a mail server's no is about: the address, or the letter and who sends it.

Only an address that takes no letters at all is worth asking anybody about. A letter that is too
big, or is taken for spam, would be refused at the right address too.
"""

import re

_STATUS = re.compile(r"(?<![\d.])5\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_OF_SENDER = frozenset({(1, 7), (1, 8)})
_OF_MAILBOX = frozenset({(2, 1), (4, 1), (4, 4)})
"""The mailbox is disabled; nobody of that name there, as Microsoft says it; no such domain."""
_NOT_SAID = (0, 0)
MAILBOX_REPLIES = frozenset({550, 551, 553})
"""What RFC 5321 has for a mailbox that is not there, has moved, or has no possible name."""
_WHO = r"(?:user|recipient|mailbox|account)"
_OF_NOBODY = re.compile(
    rf"\b(?:no such (?:{_WHO}|address|person|name)|no {_WHO}|unknown {_WHO}|{_WHO}"
    r" (?:is )?(?:unknown|unavailable|disabled|not found|not local)|"
    rf"{_WHO}\b[^.;]{{0,60}} (?:does not|doesn't) exist)\b",
    re.IGNORECASE,
)
"""Words that speak of the mailbox. Relays write what they like, so the list is of the common ones;
what is not on it makes no address a dead one, and the letter alone is refused."""
_OF_US = re.compile(r"\b(?:sender|relay\w*|your|(?:black|block) ?list\w*)\b", re.IGNORECASE)
"""Words that speak of who sends: the same 550 is given for a relay that is not let in."""


def is_about_address(status: str) -> bool | None:
    """What a status of RFC 3463 says, none where it says nothing more than no."""
    found = _STATUS.search(status)
    if found is None:
        return None
    kind = (int(found[1]), int(found[2]))
    if kind == _NOT_SAID:
        return None
    return kind in _OF_MAILBOX or (kind[0] == 1 and kind not in _OF_SENDER)


def refuses_mailbox(code: int, reply: str, *, of_recipient: bool) -> bool:
    """Whether a reply means that this address takes no letters.

    Without a status only the answer to the recipient counts, later it is about the letter; and only
    if it says so: one relay that does not let us in would else make every address a dead one.
    """
    by_status = is_about_address(reply)
    if by_status is not None:
        return by_status
    return of_recipient and code in MAILBOX_REPLIES and _speaks_of_mailbox(reply)


def _speaks_of_mailbox(reply: str) -> bool:
    words = " ".join(word for word in reply.split() if "@" not in word)
    return bool(_OF_NOBODY.search(words)) and not _OF_US.search(words)
