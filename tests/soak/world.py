"""Everything around the daemon: a sound card that is recorded, the air with pods on it, two buses, and a home of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.audio_jack import Server
from cued.runtime.safety import Safety
from cued.sensors.cadence_unit import CadenceUnit
from cued.sensors.known import KnownSensor, KnownSensors
from tests.soak import packs
from tests.soak.process import children
from tests.soak.recorder import Recorder, Stretch, read
from tests.support.bluez import Peripheral, Pod, VirtualBluez, heart_strap, running_pod
from tests.support.session_bus import SessionBus

CARD: Final = "soakcard"
"""The recorder's name on the virtual card, which is the device's for cued."""
POD: Final = Peripheral("C0:FF:EE:00:00:01", "Pod", running_pod())
STRAP: Final = Peripheral("C0:FF:EE:00:00:02", "Strap", heart_strap())
STARTS_AGAIN: Final = 3
"""A server that was killed is sometimes not gone yet when its name is wanted again."""
ENDS_S: Final = 5.0
"""A daemon ends in under two seconds; one that does not is killed, and that is a fault."""

CONFIG: Final = """pack: {pack}
sensor: ble
sound:
  device: {card}
"""


class Card:
    """A sound server and its recorder, which hears a stretch from each start of the server to its end."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._server = Server()
        self._recorder: Recorder | None = None
        self._count = 0
        self.env = self._server.env

    def start(self) -> None:
        """The server runs, and is recorded."""
        for left in reversed(range(STARTS_AGAIN)):
            try:
                self._server.start()
                self._recorder = Recorder(self._folder / f"stretch-{self._count:03}", CARD, self.env)
            except RuntimeError:
                self._server.kill()
                if not left:
                    raise
            else:
                break
        self._count += 1

    def kill(self) -> None:
        """The server crashes."""
        self._server.kill()
        if self._recorder is not None:
            self._recorder.kill()
            self._recorder = None

    def freeze(self, on: bool) -> None:
        """The server stands still, or goes on."""
        self._server.send(signal.SIGSTOP if on else signal.SIGCONT)

    def stop(self) -> None:
        if self._recorder is not None:
            self._recorder.finish()
        self._server.__exit__(None, None, None)

    def stretches(self) -> list[Stretch]:
        """What was recorded so far, in order."""
        files = sorted({file.with_suffix("") for file in self._folder.glob("stretch-*.pcm")})
        return [stretch for file in files if (stretch := read(file)) is not None]


class Daemon:
    """The program under test as a process of its own; its words go to a file."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self._log = log.open("wb")
        # A soak in the background of a shell is deaf to Ctrl-C, and its children would be so too.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            self._process = subprocess.Popen(
                command, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT
            )
        finally:
            signal.signal(signal.SIGINT, before)
        self.pid = self._process.pid
        self.ended_in_s: float | None = None
        """From SIGTERM to its end; None: it was killed, or ended by itself."""
        self.code: int | None = None

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def sound_child(self) -> int | None:
        """The process that plays."""
        for pid in children(self.pid):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if any(b"cued.audio.process" in word for word in words):
                return pid
        return None

    def end(self) -> None:
        """Ask it to end, and see how long that takes."""
        if self.alive:
            began_s = time.monotonic()
            self._process.terminate()
            try:
                self._process.wait(ENDS_S)
                self.ended_in_s = time.monotonic() - began_s
            except subprocess.TimeoutExpired:
                self._process.kill()
        self.code = self._process.wait()
        self._log.close()


class World:
    """All of it, as a block; `daemon` lives in it."""

    def __init__(self, folder: Path, program: str, say: Callable[[str], None]) -> None:
        """`folder` is new and short: sockets lie in it. `program`: `daemon` or `run`."""
        self.folder = folder
        self.socket = folder / "control.sock"
        self.program = program
        self._say = say
        self._closing = ExitStack()
        home = folder / "home"
        self.packs = home / "data" / "cued" / "packs"
        self.journal = folder / "journal.db"
        self.log = folder / "daemon.log"
        self._own = {f"XDG_{kind.upper()}_HOME": str(home / kind) for kind in ("cache", "config", "data", "state")}
        self._home = home
        self.config = folder / "config.yaml"

    def __enter__(self) -> Self:
        with ExitStack() as closing:
            self._say("the packs and the sensors are written")
            self._furnish()
            self._say("the sound server starts")
            self.card = Card(self.folder / "sound")
            closing.callback(self.card.stop)
            self.card.start()
            self._say("the air and the buses")
            self.bluez = closing.enter_context(VirtualBluez(self._bus("system")))
            self.pod: Pod = self.bluez.add(POD)
            self.strap: Pod = self.bluez.add(STRAP)
            self.session_bus = SessionBus(self._bus("session"))
            self.session_bus.start()
            closing.callback(self.session_bus.stop)
            self._say(f"cued {self.program} starts")
            env = {**self._own, **self.card.env, **self.bluez.env, **self.session_bus.env, "XDG_RUNTIME_DIR": str(self.folder)}
            env["CUED_JOURNAL"] = str(self.journal)
            self.daemon = Daemon(self._command(), env, self.log)
            closing.callback(self.daemon.end)
            self._closing = closing.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.close()

    def _bus(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    def _furnish(self) -> None:
        for name in packs.GOOD:
            packs.write_good(self.packs, name)
        for name in packs.BAD:
            packs.write_bad(self.packs, name)
        known = KnownSensors(self._home / "data" / "cued" / "sensors.json")
        known.put(KnownSensor(POD.address, "Pod", ("cadence",), CadenceUnit.STEPS, "runner"))
        known.put(KnownSensor(STRAP.address, "Strap", ("heart rate",)))
        Safety(self._home / "state" / "cued" / "safety.json").accept("screen")
        self.config.write_text(CONFIG.format(pack=packs.FIRST, card=CARD), encoding="utf-8")

    def _command(self) -> list[str]:
        words = [sys.executable, "-m", "cued", self.program, "--config", str(self.config), "--socket", str(self.socket)]
        return [*words, *(["--new"] if self.program == "run" else [])]
