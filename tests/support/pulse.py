"""A PulseAudio server of a test's own with a null sink, and its own recorder."""

from __future__ import annotations

import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from benchmarks.audio_clicks import environment
from cued.units import NS_PER_S
from tests.support.tools import require_tool
from tests.support.waiting import wait_for

if TYPE_CHECKING:
    import numpy.typing as npt

RATE_HZ: Final = 48_000


class Pulse:
    """A server that can be killed and started again. Its first sink is the default."""

    def __init__(self, folder: Path, *sinks: str) -> None:
        self.folder = folder
        self._sinks = sinks
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        modules = (
            *(" ".join(("module-null-sink", *sink_words(sink))) for sink in self._sinks),
            f"module-native-protocol-unix auth-anonymous=1 socket={self.folder}/p.sock",
        )
        words = ("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no")
        # A test run that is killed cannot end its server: the kernel does it then.
        setpriv = shutil.which("setpriv")
        leash = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
        command = [*leash, *words, *(word for module in modules for word in ("-L", module))]
        (self.folder / "p.sock").unlink(missing_ok=True)
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        wait_for((self.folder / "p.sock").exists, 60.0, "PulseAudio opens its socket")

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(60)

    def pactl(self, *words: str) -> str:
        return subprocess.run(("pactl", *words), capture_output=True, text=True, timeout=60, check=True).stdout

    def add_sink(self, name: str, *properties: str) -> None:
        self.pactl("load-module", "module-null-sink", *sink_words(name, *properties))

    def remove_sink(self, name: str) -> None:
        for line in self.pactl("list", "short", "modules").splitlines():
            if f"sink_name={name} " in line:
                self.pactl("unload-module", line.split("\t")[0])

    def stream(self) -> str:
        """The number of the only stream there is."""
        return self.pactl("list", "short", "sink-inputs").split("\t")[0]


def sink_words(name: str, *properties: str) -> tuple[str, ...]:
    """A null sink's arguments, its description as its name with a capital, and further properties."""
    told = " ".join((f"device.description={name.title()}", *properties))
    return (f"sink_name={name}", "rate=48000", "channels=2", "format=float32le", f"sink_properties='{told}'")


@contextmanager
def pulse_server(folder: Path, *sinks: str) -> Iterator[Pulse]:
    """Within: ALSA's default leads to the first of `sinks`, which is heard by nobody but `parec`."""
    require_tool("pulseaudio")
    require_tool("parec")
    server = f"unix:{folder}/p.sock"
    (folder / ".asoundrc").write_text(
        f'pcm.!default {{ type pulse server "{server}" hint {{ show on description "default" }} }}\n', encoding="utf-8"
    )
    own = {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_SERVER": server,
        "JACK_DEFAULT_SERVER": "cued-no-such-server",
        "JACK_NO_START_SERVER": "1",
    }
    pulse = Pulse(folder, *sinks)
    with environment(own), ExitStack() as closing:
        pulse.start()
        closing.callback(pulse.end)
        yield pulse


class Parec:
    """What a sink plays within the block; `stereo` afterwards: float32, shape (frames, 2)."""

    def __init__(self, folder: Path, sink: str) -> None:
        self._file = folder / "recorded.f32"
        self._sink = sink
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._file.unlink(missing_ok=True)
        shape = ("--format=float32le", f"--rate={RATE_HZ}", "--channels=2", "--raw")
        words = ("parec", "-d", f"{self._sink}.monitor", *shape, str(self._file))
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: self._file.exists() and self._file.stat().st_size > 0, 60.0, "the recorder records")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)

    @property
    def stereo(self) -> npt.NDArray[np.float32]:
        pcm = np.fromfile(self._file, np.float32)
        return pcm[: pcm.size // 2 * 2].reshape(-1, 2)


class TimedParec:
    """What a sink plays within the block, and when: each piece is stamped as it comes."""

    def __init__(self, sink: str) -> None:
        self._sink = sink
        self._stamped: list[tuple[int, bytes]] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        shape = ("--format=float32le", f"--rate={RATE_HZ}", "--channels=2", "--raw", "--latency-msec=20")
        words = ("parec", "-d", f"{self._sink}.monitor", *shape)
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(words, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, bufsize=0)
        self._reader.start()
        wait_for(lambda: bool(self._stamped), 60.0, "the recorder records")
        return self

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while piece := self._process.stdout.read(1 << 16):
            self._stamped.append((time.monotonic_ns(), piece))

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.terminate()
        self._process.wait(60)
        self._reader.join()
        self._process.stdout.close()

    @property
    def pcm(self) -> npt.NDArray[np.float32]:
        """The left channel."""
        return np.frombuffer(b"".join(piece for _, piece in self._stamped), np.float32)[0::2]

    def onsets_ns(self) -> list[int]:
        """When clicks were played, by the monotonic clock: some 20 ms late, all alike."""
        stamps = [at_ns for at_ns, _ in self._stamped]
        pcm = self.pcm
        ends = np.cumsum([len(piece) // 8 for _, piece in self._stamped])
        began_ns = min(at_ns - int(end) * NS_PER_S // RATE_HZ for at_ns, end in zip(stamps, ends, strict=True))
        loud = np.flatnonzero(np.abs(pcm) > 0.02)
        first = loud[np.concatenate(([True], np.diff(loud) > RATE_HZ // 10))] if loud.size else loud
        return [began_ns + int(frame) * NS_PER_S // RATE_HZ for frame in first]
