"""Speaks to mobilities for the worker's messenger: what no person says."""

from typing import Any

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from domain.facts import PersonId, Reference
from domain.joining import is_application
from domain.reach import FailedLetter
from starter.desk import workflow_id
from store.sealing import KeyDestroyed
from workflows.mobility import MobilityWorkflow


class MobilitiesInTemporal:
    """Every mobility by its reference. One that has ended, or was erased, hears nothing."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def letter_failed(self, reference: Reference, failed: FailedLetter) -> None:
        """A letter of this mobility cannot arrive."""
        await self._signal(reference, MobilityWorkflow.letter_failed, failed)

    async def address_changed(self, reference: Reference, person: PersonId) -> None:
        """Another address of this person is on file."""
        await self._signal(reference, MobilityWorkflow.address_changed, person)

    async def _signal(self, reference: Reference, which: Any, said: object) -> None:
        if is_application(reference):
            # Nobody is asked for an address there: its page says which letters did not arrive.
            return
        try:
            await self._client.get_workflow_handle(workflow_id(reference)).signal(which, said)
        except KeyDestroyed:
            return
        except RPCError as trouble:
            if trouble.status is not RPCStatusCode.NOT_FOUND:
                raise
