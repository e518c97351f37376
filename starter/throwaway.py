"""Servers for one rehearsal: a Temporal and a PostgreSQL of its own, gone when it is over."""

import fcntl
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from local import postgres
from local.stack import Stack, Told
from settings import Settings
from store.engine import migrate

PREFIX = "mobility-rehearsal-"
OWNER = "owner"
"""A file that is locked for as long as somebody rehearses in its folder."""
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, a polite kill, a closed terminal: each ends a rehearsal, and nothing stays behind."""
PATIENCE_SECONDS = 5


@contextmanager
def servers_of_our_own(tell: Told) -> Iterator[Settings]:
    """Servers that nobody else uses, for as long as the block lasts; no letter can leave them.

    Raises:
        StackTrouble: when a part does not start, saying where to look.
    """
    _clear_what_was_forgotten()
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    with _ends_in_order(), _owned(home):
        stack = Stack(home)
        try:
            settings = stack.start(tell, with_mail=False)
            tell("the tables")
            migrate(settings.required("database_url"))
            yield settings.model_copy(update={"smtp_url": None, "returned_post_url": None})
        finally:
            with _undisturbed():
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
def _ends_in_order() -> Iterator[None]:
    """Being told to end is an interruption like Ctrl-C: the block still clears up."""
    with _on_signals(signal.default_int_handler):
        yield


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Impatience does not leave half of it behind."""
    with _on_signals(signal.SIG_IGN):
        yield


@contextmanager
def _on_signals(answer: object) -> Iterator[None]:
    """Answer the signals in this way; only the main thread of a process may say how."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, answer) for number in ENDINGS}  # type: ignore[arg-type]
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
