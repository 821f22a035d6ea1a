"""Do the clicks arrive on the sample they were promised for, on an idle machine and on a busy one?"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Final

from benchmarks.audio_clicks import Errors, busy_cores, busy_thread, compare, play_clicks
from benchmarks.audio_jack import RATE_HZ, Recorder, Server
from benchmarks.harness import Options, Result, Row, Skipped, require

NAME: Final = "clicks"
SPM: Final = 180
MINUTES: Final = 3.0
QUICK_S: Final = 10.0
APART: Final = RATE_HZ * 60 / SPM
WITHIN_FRAMES: Final = 1.0

LOADS: Final[dict[str, tuple[Callable[[], AbstractContextManager[None]], ...]]] = {
    "idle": (),
    "busy thread in the parent": (busy_thread,),
    "busy thread, both cores loaded": (busy_thread, busy_cores),
}


def run(options: Options) -> Result:
    require("jackd", "jack_wait")
    seconds = QUICK_S if options.quick else MINUTES * 60
    rows: list[Row] = []
    with Server() as server:
        for name, load in LOADS.items():
            options.say(f"{seconds:.0f} s at {SPM} spm, {name}")
            with ExitStack() as loaded:
                for begin in load:
                    loaded.enter_context(begin())
                rows += _cued(server, name, seconds, judged=True)
        rows += _klick(server, seconds, options)
    with Server(sync=False) as server:
        options.say(f"{seconds:.0f} s on a card that does not wait")
        rows += _cued(server, "no -S", seconds, judged=False)
    return Result(
        NAME,
        tuple(rows),
        (
            f"{seconds:.0f} s at {SPM} spm each, JACK dummy -p 1024 at {RATE_HZ} Hz, with -S but for the last.",
            "Error: recorded frame - promised frame after one linear fit; klick's: against its own steady beat.",
        ),
    )


def _cued(server: Server, name: str, seconds: float, *, judged: bool) -> list[Row]:
    before_s = os.times()
    played, recording = play_clicks(server.env, SPM, seconds)
    errors = compare(recording.onsets(), list(played.promised.values()), APART)
    unpromised = len(played.onsets_ns) - len(played.promised)
    last = played.last
    details = {
        "clicks": len(played.onsets_ns),
        "extra": errors.extra,
        "late_clicks": last.late_clicks,
        "underruns": last.underruns,
        "child_troubles": played.troubles,
        "server_xruns": recording.xruns,
        "recorder_lost_frames": recording.lost_frames,
        "wall_s": round(os.times().elapsed - before_s.elapsed, 2),
    }
    missing = errors.missing + unpromised
    extra = errors.extra
    return [
        *_error_rows(f"cued, {name}", errors, missing, judged=judged, details=details),
        Row(f"cued, {name}: clicks nobody promised", extra, "", "0" if judged else "", extra == 0 if judged else None),
        Row(f"cued, {name}: resyncs", last.resyncs, "", "0" if judged else "", last.resyncs == 0 if judged else None),
    ]


def _error_rows(who: str, errors: Errors, missing: int, *, judged: bool, details: Mapping[str, object]) -> list[Row]:
    close = bool(errors.frames) and errors.worst <= WITHIN_FRAMES
    none = "0" if judged else ""
    target = f"at most {WITHIN_FRAMES:.0f}" if judged else ""
    return [
        Row(f"{who}: largest error", errors.worst, "frames", target, close if judged else None, details),
        Row(f"{who}: missing", missing, f"of {len(errors.frames) + missing}", none, missing == 0 if judged else None),
        Row(f"{who}: rate - 1", (errors.rate - 1) * 1e6, "ppm"),
    ]


def _klick(server: Server, seconds: float, options: Options) -> list[Row]:
    try:
        require("klick")
    except Skipped as reason:  # the peer is reported as absent, cued is judged all the same
        options.say(str(reason))
        return [Row("klick: largest error", None, "frames")]
    options.say(f"{seconds:.0f} s of klick")
    recorder = Recorder(server.env, seconds + 20)
    with contextlib.ExitStack() as closing:
        closing.callback(recorder.discard)
        klick = subprocess.Popen(
            ("klick", "-e", "-p", f"{recorder.name}:in", str(SPM)),
            env={**os.environ, **server.env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(seconds)
        klick.terminate()
        klick.wait()
        recording = recorder.finish()
        closing.pop_all()
    onsets = recording.onsets()
    # klick promises nothing: an exact beat of its own is what it is held against.
    errors = compare(onsets, [round(beat * APART) for beat in range(len(onsets))], APART)
    return _error_rows("klick", errors, errors.missing, judged=False, details={"server_xruns": recording.xruns})
