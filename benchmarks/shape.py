"""How many messages, activities and timers a journey has, counted in its history."""

from collections import Counter
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory


@dataclass(frozen=True)
class Shape:
    """The counts that the barest workflow repeats.

    ``letters`` and ``papers`` are what a mobility sends and draws besides; the barest does so only
    where it is told to.
    """

    updates: int
    activities: int
    timers: int
    events: int
    workflow_tasks: int
    kilobytes: int
    letters: int = 0
    papers: int = 0

    def letters_of(self, step: int) -> int:
        """How many letters go with one activity of all of them."""
        return self.letters * (step + 1) // self.activities - self.letters * step // self.activities


def shape_of(history: WorkflowHistory) -> Shape:
    """Count what a history holds."""
    counts = Counter(event.event_type for event in history.events)
    return Shape(
        updates=counts[EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED],
        activities=counts[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED],
        timers=counts[EventType.EVENT_TYPE_TIMER_STARTED],
        events=len(history.events),
        workflow_tasks=counts[EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED],
        kilobytes=sum(event.ByteSize() for event in history.events) // 1024,
    )
