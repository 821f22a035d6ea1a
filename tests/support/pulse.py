"""A PulseAudio server of a test's own with a null sink, and its own recorder."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from benchmarks.audio_clicks import environment
from tests.support.tools import require_tool
from tests.support.waiting import wait_for

if TYPE_CHECKING:
    import numpy.typing as npt

RATE_HZ: Final = 48_000


@contextmanager
def pulse_server(folder: Path, *sinks: str) -> Iterator[Path]:
    """Within: ALSA's default leads to the first of `sinks`, which is heard by nobody but `parec`."""
    require_tool("pulseaudio")
    require_tool("parec")
    server = f"unix:{folder}/p.sock"
    (folder / ".asoundrc").write_text(
        f'pcm.!default {{ type pulse server "{server}" hint {{ show on description "default" }} }}\n', encoding="utf-8"
    )
    words = ("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no")
    modules = (
        *(f"module-null-sink sink_name={sink} rate=48000 channels=2 format=float32le" for sink in sinks),
        f"module-native-protocol-unix auth-anonymous=1 socket={folder}/p.sock",
    )
    own = {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_SERVER": server,
        "JACK_DEFAULT_SERVER": "cued-no-such-server",
        "JACK_NO_START_SERVER": "1",
    }
    with environment(own), ExitStack() as closing:
        command = [*words, *(word for module in modules for word in ("-L", module))]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        closing.callback(process.wait, 10)
        closing.callback(process.terminate)
        wait_for((folder / "p.sock").exists, 10.0, "PulseAudio opens its socket")
        yield folder


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
        wait_for(lambda: self._file.exists() and self._file.stat().st_size > 0, 10.0, "the recorder records")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(10)

    @property
    def stereo(self) -> npt.NDArray[np.float32]:
        pcm = np.fromfile(self._file, np.float32)
        return pcm[: pcm.size // 2 * 2].reshape(-1, 2)
