"""How much effort each activity is worth: time limits and retries, in one place."""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

_PATIENT = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(minutes=1),
)
"""Trouble is retried for as long as it lasts, a journal that disagrees included: once an operator
has mended it the mobility goes on, and meanwhile nothing is lost."""


def quick() -> ActivityConfig:
    """A few statements in PostgreSQL. The limit is also what a killed worker costs."""
    return ActivityConfig(start_to_close_timeout=timedelta(seconds=5), retry_policy=_PATIENT)


def matchmaking() -> ActivityConfig:
    """A round of an event: thousands of requests to read, then a search that has its limit."""
    return ActivityConfig(start_to_close_timeout=timedelta(minutes=10), retry_policy=_PATIENT)


def drawing() -> ActivityConfig:
    """A paper to draw up."""
    return ActivityConfig(start_to_close_timeout=timedelta(seconds=20), retry_policy=_PATIENT)
