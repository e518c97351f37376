"""Processes that outlive whoever started them, each known by its number, command and folder."""

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

_LEFT_RUNNING: list[subprocess.Popen[bytes]] = []
"""Processes that are meant to outlive us: Python would complain about those it forgets."""


class LongRunning(NamedTuple):
    """One process of the stack, and where its log and its number are kept."""

    name: str
    home: Path

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.home / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.home / f"{self.name}.pid"

    def process(self) -> psutil.Process | None:
        """The process, if it still runs; a later one with the same number is not it.

        It is known by what it runs and where. Not by when it was born: a machine that sets its
        clock moves the births of all its processes.
        """
        try:
            noted = json.loads(self._pid_file.read_text("utf-8"))
            process = psutil.Process(noted["pid"])
            # For a moment at its birth a process has no command line yet.
            runs_ours = process.cmdline() in ([], noted["command"])
            same = runs_ours and Path(process.cwd()) == self.home
            alive = process.status() != psutil.STATUS_ZOMBIE
        except (OSError, ValueError, KeyError, TypeError, psutil.Error):
            return None
        return process if same and alive else None

    def start(self, command: list[str], environment: dict[str, str]) -> None:
        """Start it, detached from this terminal; running already, it is left alone."""
        if self.process():
            return
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                command,
                cwd=self.home,
                env=os.environ | environment,  # noqa: TID251 - passed on, not read
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _LEFT_RUNNING.append(started)
        self._pid_file.write_text(json.dumps({"pid": started.pid, "command": command}), "utf-8")

    def stop(self, *, patience: float = 15) -> bool:
        """Ask it to end, and make it end after ``patience`` seconds; false when it did not run."""
        process = self.process()
        if process is not None:
            end(process, patience)
        self._pid_file.unlink(missing_ok=True)
        return process is not None


def end(process: psutil.Process, patience: float) -> None:
    """Ask a process to end, and make it end when it takes too long."""
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(patience)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(patience)
