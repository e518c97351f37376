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

    Without a status only the answer to the recipient counts: later it is about the letter.
    """
    by_status = is_about_address(reply)
    return of_recipient and code in MAILBOX_REPLIES if by_status is None else by_status
