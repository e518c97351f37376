"""Agenda: put forward by the host, accepted or returned by the sending side."""

from domain.deadlines import Asked
from workflows.case_file import CaseFile
from workflows.patience import answered, opened


async def agree_on_agenda(file: CaseFile) -> None:
    """Go to and fro until both sides have accepted one agenda."""
    mobility = file.mobility
    asking = {Asked.AGENDA.value, Asked.AGENDA_ACCEPTANCE.value} & mobility.waits.keys()
    if not mobility.agenda.is_accepted and not asking and not file.must_stop:
        mobility.ask_for_agenda(at=file.now)
        await file.written()
    while not mobility.agenda.is_accepted and not file.must_stop:
        await answered(file, Asked.AGENDA)
        await answered(file, Asked.AGENDA_ACCEPTANCE)


async def follow_changes(file: CaseFile) -> None:
    """Wait for the answer to each change of the accepted agenda, beside whatever else goes on.

    No other phase waits for it: until it is accepted, the agenda is the one that was.
    """
    while await opened(file, Asked.AGENDA_CHANGE):
        await answered(file, Asked.AGENDA_CHANGE)
