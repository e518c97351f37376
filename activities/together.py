"""What several letters need of the database at the same time is asked for in one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")

LINGER_SECONDS = 0.003
"""How long the first waits for others: less than a way to the database and back."""


class Together(Generic[Wish, Answer]):
    """One kind of errand: whatever has come up by the time it is run is run together.

    ``run`` answers all wishes in their order; one that cannot be answered, with what is wrong.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Wish]], Awaitable[Sequence[Answer | Exception]]],
    ) -> None:
        self._run = run
        self._turn = asyncio.Lock()
        self._waiting: list[tuple[Wish, asyncio.Future[Answer]]] = []

    async def one(self, wish: Wish) -> Answer:
        """Have a wish seen to beside those of others, and return its own answer."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        async with self._turn:
            if not answer.done():
                await asyncio.sleep(LINGER_SECONDS)
                await self._run_waiting()
        return answer.result()

    async def _run_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            answers = await self._run([wish for wish, _ in waiting])
        except BaseException:
            # Each of the others tries for itself.
            self._waiting = waiting[1:] + self._waiting
            raise
        for (_, answer), given in zip(waiting, answers, strict=True):
            if isinstance(given, Exception):
                answer.set_exception(given)
            else:
                answer.set_result(given)
