"""How fast is cued where nobody waits for a beat: rehearsing an hour, one step, starting up, the way to the first click."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.harness import CUED, REPO, Options, Ran, Result, Row, Skipped, median, require, run_program, side_by_side
from cued.runtime.safety import Safety

NAME: Final = "core"
PACKS: Final = ("integration", "metronome")
"""Words with a beat now and then, and a beat that never stops."""
MINUTES: Final = 60
REHEARSE_TARGET_S: Final = 1.0
START_TARGET_S: Final = 0.15
ROUNDS: Final = 5
STARTS: Final = 20
KLICK_SPM: Final = 180
PATIENCE_S: Final = (6.0, 30.0)
AUDIBLE: Final = 1e-3
"""Of full scale: over any dither, under the softest first click (-30 dB)."""
READ: Final = "import sys; from cued.formats.activity_file import read_activity; read_activity(sys.argv[1])"
NOMINAL_VOICE: Final = ("--voice", "nominal")


@dataclass(frozen=True, slots=True)
class Place:
    """Where this benchmark keeps its files, and the environment that keeps cued's caches there too."""

    folder: Path
    env: Mapping[str, str]

    def file(self, name: str) -> str:
        return str(self.folder / name)


def run(options: Options) -> Result:
    with tempfile.TemporaryDirectory(prefix="cued-bench-") as name:
        own = {f"XDG_{kind}_HOME": f"{name}/{kind}" for kind in ("CACHE", "CONFIG", "DATA", "STATE")}
        place = Place(Path(name), {**os.environ, **own})
        Safety(Path(name) / "STATE" / "cued" / "safety.json").accept("screen")  # without it a run has no beat
        hour = _hour(place)
        rounds = 1 if options.quick else ROUNDS
        options.say("rehearsing an hour without sound")
        rows = _silent(place, hour, rounds)
        options.say("rehearsing an hour into a WAV")
        rows += _into_wav(place, hour, rounds, options)
        options.say("steps of the core")
        rows += _steps(hour, rounds)
        options.say("starting up")
        rows += _start_up(place, 3 if options.quick else STARTS)
        rows += _first_click(place, rounds, options)
    notes = (
        f"The hour is a simulated tired runner's, as a CSV file of {MINUTES * 60:,} rows.",
        "Times are of whole processes, start-up included.",
        f"Medians of {rounds}, in turns. First click: at most 0.03 s too long, since the recorder's own start is seen so late.",
    )
    return Result(NAME, tuple(rows), notes)


def _hour(place: Place) -> str:
    """A run of one hour as a file: what a simulated runner's pod said."""
    events = place.file("hour.jsonl")
    _cued(place, "rehearse", "integration", "--sim", "tired", "--length", f"{MINUTES}min", "--events", events)
    table = ["t_s,cadence_spm,speed_mps,distance_m"]
    for line in Path(events).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] == "cadence":
            table.append(f"{row['t_ns'] / 1e9:g},{row['spm']},{row['speed_mps']},{row['distance_m']}")
    path = place.file("hour.csv")
    Path(path).write_text("\n".join([*table, ""]), encoding="utf-8")
    return path


def _cued(place: Place, *words: str) -> Ran:
    return run_program((*CUED, *words), env=place.env)


# --- rehearsing ----------------------------------------------------------------------------------------------------


class _Timed:
    """Programs as contenders by the clock on the wall, their processor time kept beside."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._cpu_s: dict[str, list[float]] = {}

    def __call__(self, name: str, command: Sequence[str]) -> Callable[[], float]:
        def measure() -> float:
            ran = run_program(command, env=self._env)
            self._cpu_s.setdefault(name, []).append(ran.cpu_s)
            return ran.wall_s

        return measure

    def cpu_s(self, name: str) -> float:
        """Median processor time of that contender."""
        return median(self._cpu_s[name])


def _silent(place: Place, hour: str, rounds: int) -> list[Row]:
    timed = _Timed(place.env)
    contenders = {"reading": timed("reading", (sys.executable, "-c", READ, hour))}
    for pack in PACKS:
        contenders[pack] = timed(
            pack, (*CUED, "rehearse", pack, "--run", hour, *NOMINAL_VOICE, "--events", place.file("out.jsonl"))
        )
    found = side_by_side(contenders, rounds)
    reading = median(found["reading"])
    rows = [Row("reading the hour's file, and nothing else", reading, "s", details={"rounds": found["reading"]})]
    for pack in PACKS:
        beyond = median(found[pack]) - reading
        rows += [
            Row(
                f"rehearsing an hour of {pack}, beyond reading it",
                beyond,
                "s",
                f"under {REHEARSE_TARGET_S:g}",
                beyond < REHEARSE_TARGET_S,
                {"rounds": found[pack]},
            ),
            Row(
                f"rehearsing an hour of {pack}: processor time beyond reading", timed.cpu_s(pack) - timed.cpu_s("reading"), "s"
            ),
        ]
    return rows


def _into_wav(place: Place, hour: str, rounds: int, options: Options) -> list[Row]:
    wav, theirs, copy = place.file("cued.wav"), place.file("klick.wav"), place.file("head.raw")
    rehearsal = ("rehearse", "metronome", "--run", hour, "-o", wav)
    _cued(place, *rehearsal)  # the voice is rendered once and for all
    size = Path(wav).stat().st_size

    def head() -> float:
        with Path(copy).open("wb") as out:
            began_s = time.perf_counter()
            subprocess.run(("head", "-c", str(size), "/dev/zero"), stdout=out, check=True)
            return time.perf_counter() - began_s

    timed = _Timed(place.env)
    contenders: dict[str, Callable[[], float]] = {"cued": timed("cued", (*CUED, *rehearsal)), "head -c": head}
    try:
        require("klick")
        bars = str(MINUTES * KLICK_SPM // 4)
        command = ("klick", "-W", theirs, "-r", "48000", bars, "4/4", str(KLICK_SPM))
        contenders["klick -W"] = timed("klick -W", command)
    except Skipped as reason:  # the peer is absent, cued is measured all the same
        options.say(str(reason))
    found = side_by_side(contenders, rounds)
    mine = median(found["cued"])
    rows = [
        Row("an hour into a WAV, beat and speech: cued", mine, "s", details={"rounds": found["cued"], "bytes": size}),
        Row("an hour into a WAV: processor time", timed.cpu_s("cued"), "s"),
    ]
    if "klick -W" in found:
        details = {"rounds": found["klick -W"], "bytes": Path(theirs).stat().st_size}
        rows.append(Row("an hour into a WAV, beat alone: klick -W", median(found["klick -W"]), "s", details=details))
        rows.append(Row("cued / klick -W", mine / median(found["klick -W"]), "times"))
        rows.append(Row("cued / klick -W: processor time", timed.cpu_s("cued") / timed.cpu_s("klick -W"), "times"))
    rows.append(Row("as many bytes of nothing: head -c", median(found["head -c"]), "s", details={"rounds": found["head -c"]}))
    rows.append(Row("cued / head -c", mine / median(found["head -c"]), "times"))
    return rows


# --- the core ------------------------------------------------------------------------------------------------------


def _steps(hour: str, rounds: int) -> list[Row]:
    rows: list[Row] = []
    for pack in PACKS:
        costs = [_step_cost(pack, hour) for _ in range(rounds)]
        rows.append(
            Row(
                f"one step of the core, {pack}",
                median([seconds / steps * 1e6 for seconds, steps in costs]),
                "µs",
                details={"steps": costs[0][1], "seconds": [round(seconds, 4) for seconds, _ in costs]},
            )
        )
    return rows


def _step_cost(name: str, hour: str) -> tuple[float, int]:
    """(seconds, steps) of a whole run, with nobody listening."""
    from cued.core import engine
    from cued.core.effects import Render
    from cued.core.events import Stop, Wake
    from cued.formats.activity_file import read_activity
    from cued.packs.catalog import open_pack
    from cued.runtime.feeding import Recorded, feeding_of
    from cued.runtime.request import Pack, Request
    from cued.runtime.voice import NominalVoice
    from cued.sensors.recorded import events_of

    loaded = open_pack(name)
    request = Request(Pack(loaded.pack, loaded.folder), feeding_of(Recorded(hour), None, 0))
    voice = NominalVoice(loaded.folder)
    how = request.start(voice.prepare(engine.texts_of(loaded.pack)))
    activity = read_activity(hour)
    events = [*events_of(activity), Stop(activity.length_ns)]
    steps = 0
    began_s = time.perf_counter()
    session = engine.start(how)
    for event in events:
        while (due_ns := engine.next_wakeup(session)) is not None and due_ns <= event.at_ns:
            session, effects = engine.step(session, Wake(due_ns))
            steps += 1
            for effect in effects:
                if isinstance(effect, Render) and (answer := voice.answer(effect)) is not None:
                    session, _ = engine.step(session, answer)
                    steps += 1
        session, _ = engine.step(session, event)
        steps += 1
    return time.perf_counter() - began_s, steps


# --- starting ------------------------------------------------------------------------------------------------------


def _start_up(place: Place, rounds: int) -> list[Row]:
    cued = Path(sys.executable).with_name("cued")
    command = (str(cued),) if cued.exists() else CUED
    contenders: dict[str, Callable[[], float]] = {
        "cued": lambda: run_program((*command, "--help"), env=place.env).wall_s,
        "python": lambda: run_program((sys.executable, "-c", "pass"), env=place.env).wall_s,
    }
    found = side_by_side(contenders, rounds)
    mine = median(found["cued"])
    target = f"under {START_TARGET_S:g}"
    return [
        Row("cued --help", mine, "s", target, mine < START_TARGET_S, {"rounds": found["cued"]}),
        Row("python -c pass", median(found["python"]), "s", details={"rounds": found["python"]}),
    ]


def _first_click(place: Place, rounds: int, options: Options) -> list[Row]:
    try:
        require("jackd", "jack_wait")
    except Skipped as reason:
        options.say(str(reason))
        return [Row("from `cued run` to the first click", None, "s")]
    from benchmarks.audio_jack import Server

    words = ("run", "--sensor", "none", "--output", "device:recorder", "--for", "60s")
    with Server(sync=False) as server:
        env = {**place.env, **server.env}
        cold: list[float] = []
        commands: dict[str, Sequence[str]] = {"cued": (*CUED, *words)}
        try:
            require("klick")
            commands["klick"] = ("klick", "-e", "-p", "recorder:in", str(KLICK_SPM))
        except Skipped as reason:  # as above
            options.say(str(reason))
        options.say("the way to the first click")
        for number in range(rounds):
            fresh = {**env, "XDG_CACHE_HOME": place.file(f"cold{number}")}
            cold.append(_until_click((*CUED, *words), fresh))
        _until_click(commands["cued"], env)
        contenders = {name: _click_timer(command, env) for name, command in commands.items()}
        found = side_by_side(contenders, rounds)
    rows = [
        Row("from `cued run` to the first click", median(found["cued"]), "s", details={"rounds": found["cued"]}),
        Row("the same, no text rendered yet", median(cold), "s", details={"rounds": cold}),
    ]
    if "klick" in found:
        rows.append(Row("from `klick` to its first click", median(found["klick"]), "s", details={"rounds": found["klick"]}))
    return rows


def _click_timer(command: Sequence[str], env: Mapping[str, str]) -> Callable[[], float]:
    return lambda: _until_click(command, env)


def _until_click(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Seconds from a program's start to the first sample anyone could hear; a busy machine gets a second, longer try."""
    for patience_s in PATIENCE_S:
        found_s = _heard_after(command, env, patience_s)
        if found_s is not None:
            return found_s
    raise RuntimeError(f"{' '.join(command)}: nothing was heard in {PATIENCE_S[-1]:g} s")


def _heard_after(command: Sequence[str], env: Mapping[str, str], patience_s: float) -> float | None:
    import numpy as np

    from benchmarks.audio_jack import Recorder

    recorder = Recorder({name: env[name] for name in env if name.startswith("JACK")}, 60.0)
    process = subprocess.Popen(
        command, env=dict(env), cwd=REPO, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(patience_s)
    finally:
        process.terminate()
        process.wait()
    recording = recorder.finish()
    loud = np.flatnonzero(np.abs(recording.pcm) > AUDIBLE)
    # The recorder stood ready just before the program began; what starting a process costs is the program's own.
    return float(loud[0]) / recording.rate_hz if loud.size else None
