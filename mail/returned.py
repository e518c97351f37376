"""Returned post, read: what one message tells of one of our letters, if it tells anything.

Anybody may write to the address that returned post goes to, so a message is believed for what it
proves and never for who it says it is from. It has to name the Message-ID of a letter of ours, and
the ledger then has to find that this letter went to an address the message names. So:

- Who does not know a Message-ID can do nothing. It is 128 bits of a hash, not counted up, and there
  is no telling a near miss from a wild guess. That holds for as long as nobody can work one out
  from what is known about a mobility; making it so is the business of whoever makes Message-IDs.
- Who holds a letter with its headers can mark the address this very letter went to, which is mostly
  their own, and no other: another address does not fit that letter, another letter has another
  Message-ID.
- Who makes up reports about letters of others, by guessing, by naming our domain, or by naming an
  address, is told nothing and changes nothing.

Of RFC 3464 and RFC 5965 everything needed stands in headers, one level deep. So a report is taken
apart at its own boundary, each part is read by the standard library's reader of headers, and what
is nested below is never looked into: depth costs nothing, and what makes a report big comes last
and is left away. Notices in words, as qmail writes them, are not understood on purpose: they give
an address but no status, and a holiday reply that quotes a letter looks much the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import HeaderParser
from email.utils import parseaddr

from mail.refusals import is_about_address
from mail.wording import one_line

READ_AT_MOST = 256 * 1024
"""Bytes of a message that are read: its explanations and the head of the letter it returns."""
PARTS_AT_MOST = 20
RECIPIENTS_AT_MOST = 50
HEADER_AT_MOST = 1000
"""Signs of a header that we take apart; nothing that tells of our letters has longer ones."""
REMARK_AT_MOST = 200
COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out"})
"""Kinds of feedback that say the letter was not wanted; *not-spam* says the opposite."""

_SIGN = r"[^\s<>()\[\];:,\"']"
_ADDRESS = re.compile(rf"(?<!{_SIGN}){_SIGN}+@{_SIGN}+")
_MESSAGE_ID = re.compile(r"<([A-Za-z0-9._-]{1,100})@([^\s<>@]{1,255})>")
_UNSUBSCRIBE = re.compile(r"unsubscribe\s+<?([A-Za-z0-9._-]{1,100})>?", re.IGNORECASE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class _AboutLetter:
    """Which letter is meant, and which addresses the message says it went to."""

    message_id: str
    recipients: tuple[str, ...]
    """As :func:`canonical` writes them. One has to be the address of this letter."""
    remark: str
    """What the other side says, in one line without addresses."""


@dataclass(frozen=True)
class HardBounce(_AboutLetter):
    """The letter will never arrive at this address."""

    status: str

    @property
    def is_about_address(self) -> bool:
        """Whether no other letter would arrive there; what tells nothing more is believed to."""
        return is_about_address(self.status) is not False


@dataclass(frozen=True)
class SoftBounce(_AboutLetter):
    """The letter is late, or was given up for a reason that passes: the address may be right."""

    status: str


@dataclass(frozen=True)
class Complaint(_AboutLetter):
    """The reader told their mail provider that the letter was not wanted."""


@dataclass(frozen=True)
class Unsubscribe(_AboutLetter):
    """The reader wants no more letters that the procedure does not require."""


@dataclass(frozen=True)
class Foreign:
    """Nothing to do with any letter of ours."""

    why: str
    is_for_people: bool = False
    """No machine says it wrote this: somebody may want to read it."""


Returned = HardBounce | SoftBounce | Complaint | Unsubscribe | Foreign


def read_returned(content: bytes, *, domain: str) -> tuple[Returned, ...]:
    """What a message tells, one result for each recipient it tells of; never nothing, never raises.

    ``domain`` is the one our Message-IDs end in.
    """
    text = content[:READ_AT_MOST].decode("utf-8", "replace")
    message = HeaderParser().parsestr(text.lstrip("\r\n"))
    match _kind_of_report(message):
        case None:
            return (_unsubscribe(message, domain) or _foreign(message),)
        case "delivery-status":
            return tuple(_told_by_relay(message, domain)) or (Foreign("it tells of no recipient"),)
        case "feedback-report":
            return (_complaint(message, domain),)
        case _:
            return (Foreign("it is another kind of report"),)


def canonical(address: str) -> str:
    """An address in the one form in which two of them are compared."""
    local, _, domain = one_line(address).strip(" <>").rpartition("@")
    return f"{local}@{_canonical_domain(domain)}".casefold()


def _canonical_domain(domain: str) -> str:
    try:
        return domain.rstrip(".").encode("idna").decode().casefold()
    except UnicodeError:
        return domain.casefold()


def _kind_of_report(message: Message) -> str | None:
    """The kind of a report; none where the message is no report at all."""
    if _header(message, "content-type") is None or message.get_content_type() != "multipart/report":
        return None
    return str(message.get_param("report-type", "")).casefold()


def _header(message: Message, name: str) -> str | None:
    """A header on one line; none where it is missing or too long to be true."""
    value = str(message.get(name, ""))
    return one_line(value) if value.strip() and len(value) <= HEADER_AT_MOST else None


def _parts(message: Message) -> dict[str, Message]:
    """The parts of a report by their type, each with its headers; the first of a type counts."""
    boundary = str(message.get_boundary(""))
    between = re.compile(rf"(?m)^--{re.escape(boundary)}(?:--)?[ \t]*\r?$\n?")
    parts: dict[str, Message] = {}
    for text in between.split(str(message.get_payload()), PARTS_AT_MOST)[1:] if boundary else ():
        part = HeaderParser().parsestr(text)
        if _header(part, "content-type") is not None:
            parts.setdefault(part.get_content_type(), part)
    return parts


def _first_of(parts: dict[str, Message], *types: str) -> str | None:
    """What is in the first part of these types."""
    part = next((parts[name] for name in types if name in parts), None)
    if part is None:
        return None
    # Such parts have to be plain; those that are not all the same come from real relays.
    encoding = _header(part, "content-transfer-encoding") or ""
    if encoding.casefold() in {"base64", "quoted-printable"}:
        decoded = part.get_payload(decode=True)
        return decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else ""
    return str(part.get_payload())


def _returned_letter(parts: dict[str, Message]) -> Message | None:
    """The headers of the letter that a report returns."""
    text = _first_of(
        parts, "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"
    )
    return None if text is None else HeaderParser().parsestr(text.lstrip("\r\n"))


def _our_message_id(letter: Message, domain: str) -> str | None:
    """The Message-ID of a letter, if it could be one of ours."""
    found = _MESSAGE_ID.fullmatch(_header(letter, "message-id") or "")
    if not found or _canonical_domain(found[2]) != _canonical_domain(domain):
        return None
    return f"<{found[1]}@{domain}>"


def _groups(status: str) -> Iterator[Message]:
    """The groups of fields of a report: first those about the message, then each recipient's."""
    for text in re.split(r"\n[ \t]*\r?\n", status.strip())[: RECIPIENTS_AT_MOST + 1]:
        yield HeaderParser().parsestr(text.lstrip("\r\n"))


def _told_by_relay(message: Message, domain: str) -> Iterator[Returned]:
    """A delivery status notification, recipient by recipient."""
    parts = _parts(message)
    status = _first_of(parts, "message/delivery-status", "message/global-delivery-status")
    letter = _returned_letter(parts)
    if status is None or letter is None:
        yield Foreign("it is a report without its parts")
    elif message_id := _our_message_id(letter, domain):
        for group in _groups(status):
            if recipients := _addresses(group, "original-recipient", "final-recipient"):
                yield _became_of(group, message_id, recipients)
    else:
        yield Foreign("it returns no letter of ours")


def _became_of(group: Message, message_id: str, recipients: tuple[str, ...]) -> Returned:
    """What became of a letter at one recipient."""
    action = _first_word(group, "action")
    status = _first_word(group, "status")
    # OpenSMTPD says *error* where the standard says *failed*.
    if action not in {"failed", "error", "delayed"}:
        return Foreign("it tells of no failure")
    if not _STATUS.fullmatch(status):
        status = ""
    said = _header(group, "diagnostic-code") or ""
    remark = _without_addresses(f"{action} {status}: {said}", recipients)
    is_for_ever = action != "delayed" and status.startswith("5.")
    kind = HardBounce if is_for_ever else SoftBounce
    return kind(message_id, recipients, remark, status)


def _first_word(group: Message, name: str) -> str:
    return next(iter((_header(group, name) or "").casefold().split()), "")


def _addresses(group: Message, *names: str) -> tuple[str, ...]:
    """The addresses in these fields, which read ``rfc822; ana@example.org``, or without a type."""
    values = [str(v) for name in names for v in group.get_all(name, ())[:RECIPIENTS_AT_MOST]]
    found = (_address_in(value) for value in values if len(value) <= HEADER_AT_MOST)
    return tuple(dict.fromkeys(address for address in found if address))


def _mailbox(message: Message, name: str) -> tuple[str, ...]:
    """The address of a header that also holds a name."""
    address = parseaddr(_header(message, name) or "")[1]
    return (canonical(address),) if _ADDRESS.fullmatch(address) else ()


def _address_in(value: str) -> str | None:
    kind, _, rest = value.rpartition(";")
    if kind.strip().casefold() == "utf-8":
        rest = re.sub(r"\\x\{([0-9A-Fa-f]{2,5})\}", lambda sign: chr(int(sign[1], 16)), rest)
    found = _ADDRESS.search(rest)
    return canonical(found[0]) if found else None


def _without_addresses(said: str, recipients: tuple[str, ...]) -> str:
    """What a relay says, without addresses and their names: remarks outlive the mobility's key."""
    said = _ADDRESS.sub("the address", one_line(said))
    for name in (recipient.rpartition("@")[0] for recipient in recipients):
        said = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "the address", said, flags=re.IGNORECASE)
    return said[:REMARK_AT_MOST].strip(" :")


def _complaint(message: Message, domain: str) -> Returned:
    """A feedback report; many providers black out who complained, and such a one fits no letter."""
    parts = _parts(message)
    feedback, letter = _first_of(parts, "message/feedback-report"), _returned_letter(parts)
    if feedback is None or letter is None:
        return Foreign("it is a report without its parts")
    fields = HeaderParser().parsestr(feedback.lstrip("\r\n"))
    kind = _first_word(fields, "feedback-type")
    message_id = _our_message_id(letter, domain)
    if kind not in COMPLAINTS or message_id is None:
        return Foreign("it complains of no letter of ours")
    recipients = _addresses(fields, "original-rcpt-to", "removal-recipient")
    return Complaint(message_id, recipients or _mailbox(letter, "to"), kind)


def _unsubscribe(message: Message, domain: str) -> Unsubscribe | None:
    """The mail that a reader's program writes when they unsubscribe."""
    found = _UNSUBSCRIBE.fullmatch(_subject(message).strip())
    if not found or _is_automatic(message):
        return None
    return Unsubscribe(f"<{found[1]}@{domain}>", _mailbox(message, "from"), "unsubscribe")


def _subject(message: Message) -> str:
    subject = _header(message, "subject") or ""
    try:
        return str(make_header(decode_header(subject)))
    except (MessageError, LookupError, ValueError):
        return subject


def _foreign(message: Message) -> Foreign:
    if _is_automatic(message):
        return Foreign("a machine wrote it, and it is no report")
    return Foreign("it is no report", is_for_people=True)


def _is_automatic(message: Message) -> bool:
    """Whether a message says of itself that a machine wrote it."""
    submitted = _first_word(message, "auto-submitted").strip(";")
    precedence = _first_word(message, "precedence")
    return (
        submitted not in {"", "no"}
        or precedence in {"bulk", "junk", "list", "auto_reply"}
        or any(name in message for name in ("x-autoreply", "x-autorespond"))
    )
