"""A virtual sound card to measure on: JACK's dummy back end, and a recorder that places every block by its frame time.

As a program it is the recorder: `python -m benchmarks.audio_jack NAME OUT.npy SECONDS`.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples = npt.NDArray[np.float32]
    Frames = npt.NDArray[np.int64]

RATE_HZ: Final = 48_000
PERIOD: Final = 1024
START_S: Final = 10.0
QUIET_S: Final = 0.1
"""Silence that separates one click from the next: clicks last 20 ms, and beats are 270 ms apart at the least."""


SLOTS: Final = 6
"""JACK knows eight servers at most and keeps the names of those that were killed; a name used again takes its old place."""
TURN_S: Final = 300.0
"""So long somebody waits for a name while others use all of them: a test's card is given back within a minute."""


def _slot() -> tuple[str, IO[str]]:
    """A server name that nobody else on this machine uses now, and its lock. RuntimeError if none becomes free."""
    end_s = time.monotonic() + TURN_S
    while time.monotonic() < end_s:
        for number in range(SLOTS):
            lock = (Path(tempfile.gettempdir()) / f"cued-jack-{os.getuid()}-{number}.lock").open("w", encoding="utf-8")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
            else:
                return f"cued-{number}", lock
        time.sleep(0.2)
    raise RuntimeError(f"{SLOTS} virtual sound cards are in use already")


class Server:
    """`jackd` on its dummy back end, under a name of its own. `sync`: audio time waits for slow clients, nothing is lost."""

    def __init__(self, *, sync: bool = True, period: int = PERIOD, rate_hz: int = RATE_HZ, name: str = "") -> None:
        self._lock: IO[str] | None = None
        self.name = name
        if not name:
            self.name, self._lock = _slot()
        self._sync = sync
        self._period = period
        self._rate_hz = rate_hz
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """What a client's environment must say."""
        return {"JACK_DEFAULT_SERVER": self.name, "JACK_NO_START_SERVER": "1", "JACK_NO_AUDIO_RESERVATION": "1"}

    def start(self) -> None:
        """Start it and wait until it answers. Without real-time rights it runs without; RuntimeError if it does not run."""
        # Whoever is killed cannot end its server, and the name would stay taken: the kernel ends it with this thread.
        setpriv = shutil.which("setpriv") if threading.current_thread() is threading.main_thread() else None
        leash = (setpriv, "--pdeathsig", "KILL") if setpriv else ()
        for real_time in (("-R", "-P", "70"), ("-r",), ("-r",)):
            sync = ("-S",) if self._sync else ()
            command = (*leash, "jackd", "-n", self.name, *real_time, *sync, "-d", "dummy")
            self._process = subprocess.Popen(
                (*command, "-r", str(self._rate_hz), "-p", str(self._period)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **self.env},
            )
            wait = ("jack_wait", "-s", self.name, "-w", "-t", f"{START_S:.0f}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(wait, capture_output=True, timeout=START_S, check=False, env={**os.environ, **self.env})
            if self._process.poll() is None:
                return
        raise RuntimeError("jackd does not start")

    def stop(self) -> None:
        """End it as an administrator does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """A signal for it: SIGSTOP is a server that stands still."""
        if self._process is not None:
            self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            try:
                self._process.wait(5.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        if self._lock is not None:
            self._lock.close()


@dataclass(frozen=True, slots=True)
class Recording:
    """What reached the virtual card, frame by frame; lost cycles are there as silence."""

    pcm: Samples
    rate_hz: int
    xruns: int
    """As the server told its clients."""
    lost_frames: int
    """Frames of the server's time in which the recorder was not called."""

    def onsets(self) -> Frames:
        """The frames at which sound begins after silence."""
        import numpy as np

        loud = np.flatnonzero(self.pcm)
        if not loud.size:
            return loud
        first = np.concatenate(([True], np.diff(loud) > QUIET_S * self.rate_hz))
        return loud[first]


class Recorder:
    """A JACK client in a process of its own. To PortAudio it is a device with its name and one channel."""

    def __init__(self, env: Mapping[str, str], longest_s: float, name: str = "recorder") -> None:
        """Start it and wait until it records."""
        self.name = name
        self._folder = tempfile.TemporaryDirectory(prefix="cued-rec-")
        self._file = Path(self._folder.name) / "recording.npy"
        self._process = subprocess.Popen(
            (sys.executable, "-m", "benchmarks.audio_jack", name, str(self._file), str(longest_s)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **env},
            cwd=Path(__file__).resolve().parents[1],
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"recording\n":
            self.discard()
            raise RuntimeError("the recorder does not start")

    def finish(self) -> Recording:
        """End the recording and read it."""
        import numpy as np

        out, _ = self._process.communicate(timeout=30.0)
        told: dict[str, Any] = json.loads(out)
        pcm = np.load(self._file)
        self._folder.cleanup()
        return Recording(pcm, told["rate_hz"], told["xruns"], told["lost_frames"])

    def discard(self) -> None:
        """End it and forget what it heard."""
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


def _record(name: str, path: str, longest_s: float) -> None:
    import jack
    import numpy as np

    client = jack.Client(name, no_start_server=True)
    rate_hz = int(client.samplerate)  # once it is closed it knows no rate
    port = client.inports.register("in")
    pcm = np.zeros(int(longest_s * rate_hz), np.float32)
    first = next_time = -1
    end = xruns = lost = 0

    def process(frames: int) -> None:
        nonlocal first, next_time, end, lost
        at = client.last_frame_time
        if first < 0:
            first = next_time = at
        lost += (at - next_time) % 2**32
        next_time = (at + frames) % 2**32
        start = (at - first) % 2**32
        stop = min(start + frames, pcm.size)
        if start < stop:
            pcm[start:stop] = port.get_array()[: stop - start]
            end = stop

    def xrun(_delay: float) -> None:
        nonlocal xruns
        xruns += 1

    client.set_process_callback(process)
    client.set_xrun_callback(xrun)
    with client:
        while first < 0:
            time.sleep(0.01)
        print("recording", flush=True)
        sys.stdin.buffer.read()  # until the other end closes
    np.save(path, pcm[:end])
    print(json.dumps({"rate_hz": rate_hz, "xruns": xruns, "lost_frames": lost}), flush=True)


if __name__ == "__main__":
    _record(sys.argv[1], sys.argv[2], float(sys.argv[3]))
