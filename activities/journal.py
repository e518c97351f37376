"""Writing down what happened."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from domain.journal import Record
from store.cases import Store
from store.journal import JournalConflict, write_down


class JournalKeeper:
    """Keeps the journal. Only the workflow writes in it, in one stroke per step."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @activity.defn(name="record")
    async def record(self, record: Record) -> str:
        """Append entries, refresh the view and queue letters; return the head of the chain."""
        info = activity.info()
        try:
            return await write_down(
                self._store.engine, record,
                run_id=info.workflow_run_id or "", activity_id=info.activity_id,
            )  # fmt: skip
        except JournalConflict as conflict:
            # No retry can heal two histories that disagree: an auditor has to look.
            raise ApplicationError(
                str(conflict), type="JournalConflict", non_retryable=True
            ) from None
