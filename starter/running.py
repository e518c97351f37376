"""Opens the desk for one command, on the addresses of the environment or on this machine's stack."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console

from local import StackTrouble
from settings import Settings
from starter.client import connect, open_store
from starter.desk import FrontDesk

if TYPE_CHECKING:
    from local.stack import Stack

Result = TypeVar("Result")
ADDRESSES = ("DATABASE_URL", "TEMPORAL_ADDRESS", "SMTP_URL")

console = Console(highlight=False)


def local_stack() -> "Stack":
    """The embedded stack of this folder.

    Raises:
        StackTrouble: where its parts are not installed, as in production.
    """
    try:
        from local.stack import Stack  # noqa: PLC0415 - what it needs is not in the image
    except ImportError:
        raise StackTrouble(
            "The embedded stack is not installed here: set TEMPORAL_ADDRESS, DATABASE_URL, "
            "SMTP_URL and MOBILITY_KEY."
        ) from None
    return Stack(Settings().mobility_home)


def settings_at_hand() -> Settings:
    """Those of the environment if it names any address, else those of the embedded stack.

    Raises:
        StackTrouble: when there is neither.
    """
    given = any(name in os.environ for name in ADDRESSES)
    return Settings() if given else local_stack().settings()


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[FrontDesk]:
    """The desk, open for as long as the block lasts."""
    store = open_store(settings)
    try:
        client = await connect(settings, store, identity="desk")
        yield FrontDesk(store, client, task_queue=settings.mobility_task_queue)
    finally:
        await store.engine.dispose()


def at_desk(business: Callable[[FrontDesk], Awaitable[Result]]) -> Result:
    """Do one piece of business at the desk."""

    async def visit() -> Result:
        async with open_desk(settings_at_hand()) as desk:
            return await business(desk)

    return asyncio.run(visit())
