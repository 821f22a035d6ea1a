"""Hears the virtual card for hours: a JACK client that writes each block to a file, at its place, and when it came.

As a program: `python -m tests.soak.recorder NAME FILE`. It writes FILE.pcm (16 bits, mono), FILE.anchors (pairs of int64: the
monotonic clock in nanoseconds, the frame) and FILE.json at once, and goes on until its input ends, or it is killed with its
server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.support.tools import REPO

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pcm16 = npt.NDArray[np.int16]
    Pairs = npt.NDArray[np.int64]
else:
    Pcm16 = Pairs = Any

FULL_SCALE: Final = 32_767
DRAIN_S: Final = 0.05
"""Between two writes: so much is lost at most when the recorder is killed with its server."""
STARTS_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was recorded between two starts of the sound server."""

    pcm: Pcm16
    anchors: Pairs
    """Rows of (monotonic ns, frame): when the block with that first frame was heard."""
    rate_hz: int
    lost_frames: int = 0
    """Frames of the server's time in which the recorder was not called: silence in `pcm`."""

    @property
    def began_ns(self) -> int:
        return int(self.anchors[0, 0])

    @property
    def ended_ns(self) -> int:
        return int(self.anchors[-1, 0])


class Recorder:
    """That program, from outside."""

    def __init__(self, file: Path, name: str, env: Mapping[str, str]) -> None:
        """Start it and wait until it records; RuntimeError where it does not."""
        self._file = file
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.soak.recorder", name, str(file)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **env},
            cwd=REPO,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"recording\n":
            self.kill()
            raise RuntimeError("the recorder does not start")

    def finish(self) -> None:
        """End it in good order."""
        try:
            self._process.communicate(timeout=STARTS_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once: without its server a JACK client may never return."""
        self._process.kill()
        self._process.communicate()


def read(file: Path) -> Stretch | None:
    """What a recorder left; None where it heard nothing."""
    import numpy as np

    told, pcm = file.with_suffix(".json"), file.with_suffix(".pcm")
    anchors = np.fromfile(file.with_suffix(".anchors"), np.int64)
    anchors = anchors[: anchors.size // 2 * 2].reshape(-1, 2)
    if not told.exists() or len(anchors) < 2 or pcm.stat().st_size < 2:
        return None
    about = json.loads(told.read_text(encoding="utf-8"))
    return Stretch(np.memmap(pcm, np.int16, "r"), anchors, about["rate_hz"], _lost(anchors, about["period"]))


def _lost(anchors: Pairs, period: int) -> int:
    import numpy as np

    gaps = np.diff(anchors[:, 1]) - period
    return int(gaps[gaps > 0].sum())


def _record(name: str, file: Path) -> None:
    import jack
    import numpy as np

    client = jack.Client(name, no_start_server=True)
    port = client.inports.register("in")
    blocks: deque[tuple[int, int, bytes]] = deque()
    over = threading.Event()
    first = -1

    def process(_frames: int) -> None:
        nonlocal first
        now_ns, at = time.monotonic_ns(), client.last_frame_time
        first = at if first < 0 else first
        blocks.append((now_ns, (at - first) % 2**32, bytes(port.get_buffer())))

    def until_told() -> None:
        sys.stdin.buffer.read()  # until the other end closes
        over.set()

    client.set_process_callback(process)
    about = {"rate_hz": int(client.samplerate), "period": int(client.blocksize)}
    threading.Thread(target=until_told, daemon=True).start()
    with file.with_suffix(".pcm").open("wb") as pcm, file.with_suffix(".anchors").open("wb") as anchors, client:
        told = False
        while True:
            last = over.wait(DRAIN_S)
            while blocks:
                now_ns, frame, data = blocks.popleft()
                samples = np.frombuffer(data, np.float32)
                pcm.seek(2 * frame)
                pcm.write((np.clip(samples, -1.0, 1.0) * FULL_SCALE).astype("<i2").tobytes())
                anchors.write(np.array([now_ns, frame], np.int64).tobytes())
                if not told:
                    file.with_suffix(".json").write_text(json.dumps(about), encoding="utf-8")
                    print("recording", flush=True)
                    told = True
            pcm.flush()
            anchors.flush()
            if last:
                break
    os._exit(0)  # JACK's own threads may not want to end


if __name__ == "__main__":
    _record(sys.argv[1], Path(sys.argv[2]))
