"""Servers for one rehearsal: a Temporal and a PostgreSQL of its own, gone when it is over."""

import asyncio
import fcntl
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import psutil

from local import postgres
from local.stack import Stack, Told
from settings import Settings
from store.engine import migrate

Result = TypeVar("Result")
PREFIX = "mobility-rehearsal-"
OWNER = "owner"
"""A file that is locked for as long as somebody rehearses in its folder."""
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a polite kill, a closed terminal: each ends a rehearsal, and nothing stays behind."""
PATIENCE_SECONDS = 5


class Interruption:
    """Being told to end: what is under way stops once, in order, and impatience changes nothing."""

    def __init__(self) -> None:
        self._cancel: Callable[[], object] | None = None
        self._is_over = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Answer a signal."""
        if self._is_over:
            return
        self.is_over()
        if self._cancel is None:
            raise KeyboardInterrupt
        # Raised amidst Temporal's own callbacks, an interruption would end the whole process.
        self._cancel()

    def is_over(self) -> None:
        """From now on nothing interrupts: things are put away."""
        self._is_over = True

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run something to its end, or to where it has put its things away.

        Raises:
            KeyboardInterrupt: when it was interrupted.
        """

        async def until_told() -> Result:
            loop, task = asyncio.get_running_loop(), asyncio.current_task()
            if task is not None:
                self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
            try:
                return await work
            finally:
                self._cancel = None

        try:
            return asyncio.run(until_told())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None


@contextmanager
def servers_of_our_own(tell: Told) -> Iterator[tuple[Settings, Interruption]]:
    """Servers that nobody else uses, for as long as the block lasts; no letter can leave them.

    Raises:
        StackTrouble: when a part does not start, saying where to look.
    """
    _clear_what_was_forgotten()
    home, interruption = Path(tempfile.mkdtemp(prefix=PREFIX)), Interruption()
    with _answering(interruption), _owned(home):
        stack = Stack(home)
        try:
            settings = stack.start(tell, with_mail=False)
            tell("the tables")
            migrate(settings.required("database_url"))
            no_post = {"smtp_url": None, "returned_post_url": None}
            yield settings.model_copy(update=no_post), interruption
        finally:
            interruption.is_over()
            _remove(stack)


@contextmanager
def _owned(home: Path) -> Iterator[None]:
    """Nobody clears this folder away; the lock is there before the file has its name."""
    with (home / "owner.new").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (home / "owner.new").rename(home / OWNER)
        yield


def _clear_what_was_forgotten() -> None:
    """Remove what a rehearsal left behind that was killed outright, if it was ours."""
    for owner in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{OWNER}"):
        with suppress(OSError), owner.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(Stack(owner.parent))


def _remove(stack: Stack) -> None:
    """End the servers at once, for they have nothing to keep, and remove their folder.

    Whatever was about to become a server when we were interrupted ends too.
    """
    if postgresql := postgres.process(stack.database):
        # Its immediate shutdown; killed outright, it would leave shared memory behind.
        postgresql.send_signal(signal.SIGQUIT)
        psutil.wait_procs([postgresql], PATIENCE_SECONDS)
    left = [process for process in psutil.process_iter() if _is_in(process, stack.home)]
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, PATIENCE_SECONDS)
    shutil.rmtree(stack.home, ignore_errors=True)


def _is_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(folder)
    except (psutil.Error, OSError):
        return False


@contextmanager
def _answering(interruption: Interruption) -> Iterator[None]:
    """Have signals answered so; only the main thread of a process may say how."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, interruption) for number in ENDINGS}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
