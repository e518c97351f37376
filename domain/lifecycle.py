"""One table of phases and one of messages: from, to, by whom, on what condition.

Everything that needs to know what may happen next asks these two tables, the picture in
``docs/lifecycle.md`` included.
"""

from domain import messages as m
from domain.errors import OutOfPhase, WrongRole
from domain.events import Phase
from domain.facts import Fact
from domain.people import Role

P, R = Phase, Role


class Step(Fact):
    """One way from a phase to the next, or to the end."""

    source: Phase
    target: Phase
    by: tuple[Role, ...]
    condition: str


STEPS = (
    Step(source=P.MATCHING, target=P.AGREEMENT, by=(R.RECEIVING,), condition="a host accepts"),
    Step(
        source=P.MATCHING, target=P.AGREEMENT, by=(R.SENDING,),
        condition="the dates that a host has put forward are accepted",
    ),
    Step(source=P.MATCHING, target=P.CLOSED, by=(R.SYSTEM,), condition="no host is left: lapsed"),
    Step(
        source=P.AGREEMENT, target=P.PREPARATION, by=(R.SENDING, R.RECEIVING, R.PARTICIPANT),
        condition="everybody has signed",
    ),
    Step(
        source=P.AGREEMENT, target=P.CLOSED, by=(R.SENDING, R.RECEIVING, R.PARTICIPANT),
        condition="a party refuses to sign: declined",
    ),
    Step(
        source=P.AGREEMENT, target=P.CLOSED, by=(R.SYSTEM,),
        condition="signatures are missing at the deadline: lapsed",
    ),
    Step(
        source=P.PREPARATION, target=P.VISIT, by=(R.SYSTEM,),
        condition="the grant is awarded, the agenda accepted, and the first day has come",
    ),
    Step(
        source=P.PREPARATION, target=P.CLOSED, by=(R.OFFICE,),
        condition="the grant is rejected: declined",
    ),
    Step(
        source=P.PREPARATION, target=P.CLOSED, by=(R.SYSTEM,),
        condition="no decision or no accepted agenda at the deadline: lapsed",
    ),
    Step(
        source=P.PREPARATION, target=P.AGREEMENT, by=(R.SENDING, R.RECEIVING),
        condition="the visit is moved",
    ),
    Step(
        source=P.VISIT, target=P.EVALUATION, by=(R.RECEIVING,),
        condition="every day is confirmed and everybody has left",
    ),
    Step(
        source=P.VISIT, target=P.CLOSED, by=(R.RECEIVING,),
        condition="nobody attended: cancelled",
    ),
    Step(
        source=P.VISIT, target=P.CLOSED, by=(R.SYSTEM,),
        condition="no attendance is confirmed at the deadline: lapsed",
    ),
    Step(
        source=P.VISIT, target=P.EVALUATION, by=(R.SYSTEM,),
        condition="some attendance is confirmed at the deadline",
    ),
    Step(
        source=P.EVALUATION, target=P.CLOSED, by=(R.SYSTEM,),
        condition="the card is published, or its facts stay in contradiction: completed",
    ),
)  # fmt: skip


class Permission(Fact):
    """In which phases a message may be sent, and in which role."""

    phases: tuple[Phase, ...]
    roles: tuple[Role, ...]
    act: str


BEFORE_VISIT = (P.MATCHING, P.AGREEMENT, P.PREPARATION)
UNTIL_EVALUATION = (*BEFORE_VISIT, P.VISIT)
UNTIL_THE_END = (*UNTIL_EVALUATION, P.EVALUATION)


def _may(act: str, phases: tuple[Phase, ...], *roles: Role) -> Permission:
    return Permission(phases=phases, roles=roles, act=act)


PERMISSIONS: dict[type[m.Message], Permission] = {
    m.AcceptProposal: _may("accept a request for a place", (P.MATCHING,), R.RECEIVING),
    m.DeclineProposal: _may("decline a request for a place", (P.MATCHING,), R.RECEIVING),
    m.ProposeOtherDates: _may("put forward other dates", (P.MATCHING,), R.RECEIVING),
    m.AcceptOtherDates: _may("accept other dates", (P.MATCHING,), R.SENDING),
    m.DeclineOtherDates: _may("decline other dates", (P.MATCHING,), R.SENDING),
    m.SignAgreement: _may(
        "sign the agreement", (P.AGREEMENT,), R.SENDING, R.RECEIVING, R.PARTICIPANT
    ),
    m.RefuseToSign: _may(
        "refuse to sign the agreement", (P.AGREEMENT,), R.SENDING, R.RECEIVING, R.PARTICIPANT
    ),
    m.DecideGrant: _may("decide on the grant", (P.PREPARATION,), R.OFFICE),
    m.ConfirmInstalment: _may(
        "confirm the first instalment", (P.PREPARATION, P.VISIT, P.EVALUATION), R.SENDING, R.OFFICE
    ),
    m.PutAgenda: _may("put forward an agenda", (P.PREPARATION,), R.RECEIVING),
    m.AcceptAgenda: _may("accept the agenda", (P.PREPARATION,), R.SENDING),
    m.ReturnAgenda: _may("return the agenda", (P.PREPARATION,), R.SENDING),
    m.ConfirmArrival: _may("confirm an arrival", (P.VISIT,), R.RECEIVING),
    m.ConfirmAttendance: _may("confirm attendance", (P.VISIT,), R.RECEIVING),
    m.ConfirmDeparture: _may("confirm a departure", (P.VISIT,), R.RECEIVING),
    m.AnswerEvaluation: _may("answer the evaluation", (P.EVALUATION,), R.PARTICIPANT, R.RECEIVING),
    m.ReportFollowUp: _may("report the follow-up", (P.EVALUATION,), R.SENDING),
    m.CorrectAddress: _may("correct an address", UNTIL_THE_END, R.SENDING, R.RECEIVING, R.OFFICE),
    m.MoveVisit: _may("move the visit", BEFORE_VISIT, R.SENDING, R.RECEIVING),
    m.WithdrawParticipant: _may("withdraw", UNTIL_EVALUATION, R.PARTICIPANT, R.SENDING),
    m.DeclineMobility: _may(
        "decline the mobility", (P.AGREEMENT, P.PREPARATION, P.VISIT), R.RECEIVING
    ),
    m.CancelMobility: _may("cancel the mobility", UNTIL_EVALUATION, R.SENDING, R.OFFICE),
    m.MergeMobility: _may("merge the mobility with another one", BEFORE_VISIT, R.SENDING, R.OFFICE),
    m.TakeInMobility: _may("take in another mobility", UNTIL_THE_END, R.SENDING, R.OFFICE),
}


class Stop(Fact):
    """One way to the end that is open in several phases."""

    sources: tuple[Phase, ...]
    by: tuple[Role, ...]
    condition: str


def _stop(kind: type[m.Message], condition: str) -> Stop:
    permission = PERMISSIONS[kind]
    return Stop(sources=permission.phases, by=permission.roles, condition=condition)


STOPS = (
    _stop(m.WithdrawParticipant, "the last participant withdraws: withdrawn"),
    _stop(m.DeclineMobility, "the host gives up the place: declined"),
    _stop(m.CancelMobility, "the sending side or the programme office stops it: cancelled"),
    _stop(m.MergeMobility, "it is merged with another mobility: cancelled"),
    Stop(
        sources=tuple(phase for phase in P if phase is not P.CLOSED), by=(),
        condition="an operator cancels the workflow: cancelled",
    ),
)  # fmt: skip


def check_permission(kind: type[m.Message], phase: Phase, roles: tuple[Role, ...]) -> None:
    """Ask the table whether this may be said now and by somebody in one of these roles.

    Raises:
        OutOfPhase: when the mobility is not at that point.
        WrongRole: when somebody else has to say it.
    """
    permission = PERMISSIONS[kind]
    if not set(roles) & set(permission.roles):
        wanted = " or the ".join(permission.roles)
        yours = " and ".join(roles) or "nobody in this mobility"
        raise WrongRole(
            f"To {permission.act} is for the {wanted}; you act as {yours}: ask them to do it."
        )
    if phase not in permission.phases:
        raise OutOfPhase(
            f"The mobility is in phase '{phase}', and one can only {permission.act} in phase "
            f"{' or '.join(permission.phases)}."
            if phase is not Phase.CLOSED
            else "The mobility is closed: nothing about it can be changed any more."
        )
