"""`cued daemon` as a program with a home of its own, its socket, and a service manager that listens."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from cued.cli.main import main
from cued.control.client import Client
from cued.control.commands import Command, Status
from cued.runtime.safety import Safety
from tests.support.waiting import DEADLINE_S, wait_for

CUED: Final = (sys.executable, "-m", "cued")
STARTS_S: Final = DEADLINE_S
"""A process is there after a second, and after many on a machine that has much else to do."""


class RunningDaemon:
    """One daemon, from its start to its end; killed if the block ends earlier."""

    def __init__(
        self, home: Path, *words: str, config: str = "", env: Mapping[str, str] | None = None, accepted: bool = True
    ) -> None:
        """`accepted`: the safety notice, some day before."""
        home.mkdir(exist_ok=True)
        self.safety = Safety(home / "state" / "cued" / "safety.json")
        if accepted:
            self.safety.accept("screen")
        self._short = tempfile.TemporaryDirectory(prefix="cued")  # a socket's path may have 107 bytes
        self.socket = Path(self._short.name) / "control.sock"
        self.journal = home / "journal.db"
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(str(Path(self._short.name) / "notify.sock"))
        self._notify.setblocking(False)
        self._told: list[str] = []
        # The cache is everybody's: else each renders the same sentences anew, for a second or two.
        own = {f"XDG_{kind.upper()}_HOME": str(home / kind) for kind in ("config", "data", "state")}
        notify = {"NOTIFY_SOCKET": str(Path(self._short.name) / "notify.sock"), "WATCHDOG_USEC": "20000000"}
        self.config = home / "config.yaml"
        self.config.write_text(config or "sensor: none\npack: metronome\n", encoding="utf-8")
        self._command = [
            *CUED, "daemon", "--config", str(self.config), "--socket", str(self.socket), "--journal", str(self.journal),
            "--output", "null", *words,
        ]  # fmt: skip
        self._env = {**os.environ, **own, **notify, "XDG_RUNTIME_DIR": self._short.name, **(env or {})}
        self._log = home / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        """Begin, perhaps once more."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._notify.close()
        self._short.cleanup()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def told(self) -> list[str]:
        """All that the service manager has heard."""
        while True:
            try:
                self._told.append(self._notify.recv(4096).decode())
            except BlockingIOError:
                return self._told

    def wait_ready(self) -> None:
        wait_for(lambda: "READY=1" in self.told() or self.process.poll() is not None, STARTS_S, "READY=1")
        assert "READY=1" in self.told(), self.log
        self.wait_phase("ready")

    def wait_phase(self, phase: str) -> None:
        wait_for(lambda: self.status()["phase"] == phase and bool(self.status()["today"]["pack"]), STARTS_S, phase)

    def ask(self, command: Command) -> Mapping[str, Any]:
        with Client(self.socket, STARTS_S) as client:
            return client.ask(command)

    def status(self) -> Mapping[str, Any]:
        return self.ask(Status())

    def cued(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A verb that steers it, said by this process: a new one for each takes a second."""
        command = [*words, "--socket", str(self.socket)]
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(command)
        return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())

    def end(self, with_signal: int = signal.SIGTERM) -> tuple[int, float]:
        """The exit code, and the seconds it took."""
        began_s = time.monotonic()
        self.process.send_signal(with_signal)
        code = self.process.wait(STARTS_S)
        return code, time.monotonic() - began_s


def as_json(text: str) -> Any:
    return json.loads(text)
