"""Writing down what happened."""

from datetime import timedelta

from temporalio import activity

from domain.application_letters import ApplicationRecord
from domain.journal import Record
from store.cases import Store
from store.journal import AnyRecord, write_down


class JournalKeeper:
    """Keeps the journal. Only the workflow writes in it, in one stroke per step.

    Letters about an agenda that may be edited again wait as long as ``settles_for``.
    """

    def __init__(self, store: Store, settles_for: timedelta = timedelta()) -> None:
        self._store = store
        self._settles_for = settles_for

    @activity.defn(name="record")
    async def record(self, record: Record) -> str:
        """Append entries, refresh the view and queue letters; return the head of the chain.

        Raises:
            JournalConflict: when the journal says something else. It is tried again for ever: an
                auditor has to look, and nothing may be lost meanwhile.
        """
        return await self._write_down(record)

    @activity.defn(name="record-application")
    async def record_application(self, record: ApplicationRecord) -> str:
        """Append entries of an application; otherwise the same."""
        return await self._write_down(record)

    async def _write_down(self, record: AnyRecord) -> str:
        info = activity.info()
        return await write_down(
            self._store.engine, record,
            run_id=info.workflow_run_id or "", activity_id=info.activity_id,
            settles_for=self._settles_for,
        )  # fmt: skip
