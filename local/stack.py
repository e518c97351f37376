"""Everything a mobility needs on this machine, started once and left running.

Whatever runs already is used as it is; whatever was started before keeps its data and its ports.
"""

import asyncio
import base64
import fcntl
import json
import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local import StackTrouble, postgres, temporal
from local.processes import LongRunning
from settings import Settings

PORTS = ("temporal", "temporal_ui", "mail", "portal")
PORTS_NOBODY_IS_GIVEN = range(20000, 32768)
"""Below those that systems hand out for outgoing connections (Linux: 32768, others: 49152)."""
NO_CAP = 10_000
TEMPORAL_ATTEMPTS = 3
ROOT = Path(__file__).parent.parent
Told = Callable[[str], None]


class Stack:
    """The embedded stack of one folder."""

    def __init__(self, home: Path, choose_port: Callable[[], int] | None = None) -> None:
        self.home = home.resolve()
        self._choose_port = choose_port or _free_port
        self.temporal = LongRunning("temporal", self.home)
        self.mail = LongRunning("mail-catcher", self.home)
        self.worker = LongRunning("worker", self.home)
        self.portal = LongRunning("portal", self.home)
        self.database = self.home / "postgresql"

    @property
    def letters(self) -> Path:
        """The folder in which the mail catcher keeps every letter."""
        return self.home / "letters"

    @property
    def ui_address(self) -> str:
        """Temporal's own page for browsers."""
        return f"http://127.0.0.1:{self._known_ports()['temporal_ui']}"

    def parts(self) -> dict[str, bool]:
        """Which parts there are, and whether each one runs."""
        return {
            "PostgreSQL": postgres.process(self.database) is not None,
            "Temporal": self.temporal.process() is not None,
            "mail catcher": self.mail.process() is not None,
            "worker": self.worker.process() is not None,
            "portal": self.portal.process() is not None,
        }

    def start(self, tell: Told = lambda _: None, *, with_mail: bool = True) -> Settings:
        """Start whichever servers do not run yet, and return the way to them.

        Without the mail catcher, no letter can be handed over here.

        Raises:
            StackTrouble: when a part does not start, saying where to look.
        """
        with self._alone():
            tell("PostgreSQL")
            (self.home / "database-url").write_text(postgres.start(self.database), "utf-8")
            tell("Temporal")
            self._start_temporal()
            if with_mail:
                tell("the mail catcher")
                self._start_mail_catcher()
            return self.settings()

    def _start_mail_catcher(self) -> None:
        catcher = [sys.executable, "-m", "local.mail_catcher", str(self._ports()["mail"])]
        self.mail.start([*catcher, str(self.letters)], {"PYTHONPATH": str(ROOT)})

    def _start_temporal(self) -> None:
        """Start Temporal, again when somebody was quicker to one of the ports it opens."""
        for attempt in range(1, TEMPORAL_ATTEMPTS + 1):
            ports = self._ports()
            self.temporal.start(
                temporal.command(self.home, ports["temporal"], ports["temporal_ui"]), {}
            )
            try:
                asyncio.run(temporal.ready(self.temporal, f"127.0.0.1:{ports['temporal']}"))
            except StackTrouble:
                if self.temporal.process() or attempt == TEMPORAL_ATTEMPTS:
                    raise
            else:
                return

    def start_worker(self, settings: Settings) -> None:
        """Start the worker process."""
        self._start_ours(self.worker, [str(ROOT / "worker.py")], settings)

    def start_portal(self, settings: Settings) -> None:
        """Start the portal, at which people answer their letters."""
        self._start_ours(self.portal, ["-m", "portal"], settings)

    def _start_ours(self, part: LongRunning, program: list[str], settings: Settings) -> None:
        environment = settings.as_environment() | {"PYTHONPATH": str(ROOT)}
        with self._alone():
            part.start([sys.executable, *program], environment)

    def stop(self) -> list[str]:
        """Stop everything, the worker first; what was recorded stays. Names what was running."""
        with self._alone():
            stopped = {
                "portal": self.portal.stop(),
                "worker": self.worker.stop(),
                "mail catcher": self.mail.stop(),
                "Temporal": self.temporal.stop(),
                "PostgreSQL": postgres.stop(self.database),
            }
        return [name for name, ran in stopped.items() if ran]

    def settings(self) -> Settings:
        """The way to the parts, as the environment would give it.

        Raises:
            StackTrouble: when nothing was ever started here.
        """
        ports = self._known_ports()
        return Settings.model_validate(
            {
                "database_url": self._noted("database-url"),
                "temporal_address": f"127.0.0.1:{ports['temporal']}",
                "portal_url": f"http://127.0.0.1:{ports['portal']}",
                "portal_bind": f"127.0.0.1:{ports['portal']}",
                "smtp_url": f"smtp://127.0.0.1:{ports['mail']}",
                "mobility_key": self._key(),
                "mobility_environment": "demo",
                "mobility_rates": ROOT / "examples" / "rates",
                "mobility_home": self.home,
                # Rehearsals of one day have clocks of their own: a person's days do not add up.
                "reminders_per_day": NO_CAP,
                "reminders_per_week": NO_CAP,
                # The ledger goes by real time, which a rehearsal does not wait for.
                "agenda_settles_minutes": 0,
            }
        )

    def _key(self) -> str:
        """The key-encryption key, made once and readable by its owner only."""
        file = self.home / "key"
        if not file.exists():
            number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w") as out:
                out.write(base64.b64encode(os.urandom(32)).decode())
        return file.read_text("utf-8")

    def _known_ports(self) -> dict[str, int]:
        ports: dict[str, int] = json.loads(self._noted("ports.json"))
        if not set(PORTS) <= set(ports):
            raise StackTrouble(
                f"What stands in {self.home} was started by an earlier version: run 'mobility up'."
            )
        return ports

    def _noted(self, name: str) -> str:
        try:
            return (self.home / name).read_text("utf-8")
        except OSError:
            raise StackTrouble(
                f"Nothing has been started in this folder ({self.home}): run 'mobility up', name "
                "the folder of another stack in MOBILITY_HOME, or set TEMPORAL_ADDRESS, "
                "DATABASE_URL, SMTP_URL and MOBILITY_KEY."
            ) from None

    def _ports(self) -> dict[str, int]:
        """The ports of before, unless a stranger has taken one meanwhile."""
        file = self.home / "ports.json"
        try:
            known = dict(json.loads(file.read_text("utf-8")))
        except (OSError, ValueError):
            known = {}
        parts = {
            "temporal": self.temporal, "temporal_ui": self.temporal, "mail": self.mail,
            "portal": self.portal,
        }  # fmt: skip
        ports = {
            name: known[name]
            if name in known and (parts[name].process() or _is_free(known[name]))
            else self._choose_port()
            for name in PORTS
        }
        file.write_text(json.dumps(ports), "utf-8")
        return ports

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One starts or stops the stack at a time."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    while True:
        port = secrets.choice(PORTS_NOBODY_IS_GIVEN)
        if _is_free(port):
            return port
