"""Why a message was refused, each in a sentence for the person in front of the screen.

Refusal
├── OutOfPhase              the mobility is not at the point where this can be said
├── WrongRole               somebody else has to say this
├── AlreadyDone             it has been said before and still holds
├── MayBeTheSame            a request comes close to a mobility that is on its way
├── RequestNotAcceptable    the request breaks a rule (dates, durations, people)
├── NotAwaited              nobody is waiting for this answer
├── StaleVersion            the document or agenda has been replaced since
├── AgendaNotAcceptable     sessions overlap, miss somebody or miss an objective
├── GrantNotAcceptable      the decision does not fit what was computed
├── AttendanceNotAcceptable a day or a person that is not part of the visit
├── AddressNotAcceptable    no address, or one that letters do not reach
├── MergeNotAcceptable      two mobilities that cannot be made one
├── LogoNotAcceptable       no picture, or more than a picture
├── ApplicationNotAcceptable of an organisation that is a member or has applied already
├── CauseNotAcceptable      a cause that people do not give
└── EvaluationNotAcceptable an answer outside what was asked

A refusal is not an error: a rule said no, nothing has changed, and the person can do something
about it. Infrastructure trouble is never a refusal.
"""


class Refusal(Exception):  # noqa: N818 - a rule said no; it is not an error
    """A rule said no to a message. The text is one sentence: what, where, what to do."""


class OutOfPhase(Refusal):
    """The mobility is not at the point where this can be said."""


class WrongRole(Refusal):
    """Somebody else has to say this."""


class AlreadyDone(Refusal):
    """It has been said before and still holds."""


class MayBeTheSame(Refusal):
    """A request comes close to a mobility that is on its way: whoever makes it is asked."""


class RequestNotAcceptable(Refusal):
    """The request breaks a rule of dates, durations or people."""


class NotAwaited(Refusal):
    """Nobody is waiting for this answer."""


class StaleVersion(Refusal):
    """The document or agenda that the message speaks of has been replaced since."""


class AgendaNotAcceptable(Refusal):
    """Sessions overlap, lie outside the visit, or leave out a person or an objective."""


class GrantNotAcceptable(Refusal):
    """The decision does not fit the grant that was computed."""


class AttendanceNotAcceptable(Refusal):
    """A day or a person that is not part of the visit."""


class AddressNotAcceptable(Refusal):
    """No address, somebody else's, or one that letters do not reach."""


class MergeNotAcceptable(Refusal):
    """Two mobilities that cannot be made one without something of them being lost."""


class LogoNotAcceptable(Refusal):
    """A file that is no picture, too large, or does more than show itself."""


class ApplicationNotAcceptable(Refusal):
    """Of an organisation that is a member already, or has applied already."""


class CauseNotAcceptable(Refusal):
    """A cause that only silence or a decision can have."""


class EvaluationNotAcceptable(Refusal):
    """An answer outside what was asked."""
