"""What keeping a run costs, and how fast ten years of runs are read: bytes, commits, processor time, opening, replay."""

from __future__ import annotations

import io
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.harness import Options, Result, Row, median, run_program

if TYPE_CHECKING:
    from cued.core.effects import Effect
    from cued.core.events import Event
    from cued.core.start import Start
    from cued.journal.rows import Head

NAME: Final = "journal"
PACKS: Final = ("integration", "metronome")
"""Words with a beat now and then, and a beat that never stops."""
MINUTES: Final = 60
YEARS: Final = 10
RUNS_A_YEAR: Final = 200
BYTES_TARGET: Final = 1_000_000
"""An hour: ten years of 200 such runs are then 2 GB, which a card of 32 GB has room for."""
COMMIT_TARGET_MS: Final = 100.0
LIST_TARGET_S: Final = 0.5
ROUNDS: Final = 5
RAW_BYTES: Final = 10
"""Of a Running Speed and Cadence measurement with speed, cadence, stride length and distance."""


@dataclass(frozen=True, slots=True)
class Hour:
    """A run as its steps: what goes to a recorder."""

    how: Start
    steps: tuple[tuple[Event, int, int, tuple[Effect, ...]], ...]
    end_ns: int


def run(options: Options) -> Result:
    minutes = 5 if options.quick else MINUTES
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="cued-bench-") as name:
        folder = Path(name)
        for pack in PACKS:
            options.say(f"an hour of {pack} into a journal")
            rows += _cost(folder, pack, minutes)
        options.say("ten years of runs")
        rows += _years(folder, minutes, 20 if options.quick else YEARS * RUNS_A_YEAR, 1 if options.quick else ROUNDS)
    notes = (
        f"An hour is {minutes} min of a simulated tired runner's pod and strap, with raw notifications of the pod's size.",
        "Each second of session time is one commit, as fast as the disk takes it.",
        "Commits are on this machine's disk; an SD card's are slower. Medians where rounds are given.",
    )
    return Result(NAME, tuple(rows), notes)


def _hour(pack: str, minutes: int) -> Hour:
    from cued.cli import options as words
    from cued.runtime.conductor import Conductor
    from cued.runtime.feeding import Simulated, feeding_of
    from cued.runtime.offline import run_offline
    from cued.runtime.request import Request
    from cued.runtime.voice import NominalVoice
    from cued.units import NS_PER_MIN

    request = Request(words.load(pack, io.StringIO()), feeding_of(Simulated("tired"), minutes * NS_PER_MIN, 5), seed=5)
    voice = NominalVoice(None)
    how = replace(request.start(voice.prepare(request.texts)), simulated=False)
    steps: list[tuple[Event, int, int, tuple[Effect, ...]]] = []

    def witness(event: Event, before_ns: int, at_ns: int, effects: object) -> None:
        steps.append((event, before_ns, at_ns, tuple(effects)))  # type: ignore[arg-type]  # a sequence of effects

    end_ns = run_offline(Conductor(how, request.feeding.feed, [], voice.answer, witness))
    return Hour(how, tuple(steps), end_ns)


def _head(hour: Hour) -> Head:
    from cued.formats.event_codec import encode
    from cued.journal.rows import Head

    how = hour.how
    return Head(
        uid=os.urandom(8).hex(),
        start=encode(how),
        pack=how.pack.name,
        pack_version=how.pack.version,
        session_number=1,
        pack_text="",
        source="ble:bench",
        voice="nominal",
        simulated=False,
        desk=False,
        rate=1.0,
        settings="{}",
        versions="{}",
        began_utc_ns=time.time_ns(),
        verified=True,
        boot_id="",
        began_boot_ns=0,
    )


def _cost(folder: Path, pack: str, minutes: int) -> list[Row]:
    """The recorder is driven a second of the session at a time and commits each."""
    from cued.journal.items import Committed
    from cued.journal.recorder import Recorder
    from cued.journal.wall import Moment
    from cued.units import NS_PER_S

    hour = _hour(pack, minutes)
    journal = folder / f"{pack}.db"
    took_ms: list[float] = []

    def committed(one: Committed) -> None:
        took_ms.append(one.took_ns / 1e6)

    def look() -> Moment:
        return Moment(time.time_ns(), now[0], synced=True)

    now = [0]
    recorder = Recorder(journal, _head(hour), look, committed=committed, every_s=3600.0)
    recorder.begin()
    began = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = began.ru_utime + began.ru_stime
    seconds = 0
    place = 0
    for second in range(1, minutes * 60 + 1):
        now[0] = second * NS_PER_S
        while place < len(hour.steps) and hour.steps[place][2] < now[0]:
            recorder.step(*hour.steps[place])
            place += 1
        recorder.raw(now[0], "AA:BB:CC:DD:EE:FF", "2a53", os.urandom(RAW_BYTES))
        recorder.commit()
        seconds += 1
    ended = resource.getrusage(resource.RUSAGE_SELF)
    recorder.finish(hour.end_ns)
    commits = sorted(took_ms[1:])
    size = journal.stat().st_size
    with sqlite3.connect(journal) as database:
        (stretches,) = database.execute("SELECT count(*) FROM stretches").fetchone()
        (packed,) = database.execute("SELECT sum(length(lines)) FROM stretches").fetchone()
        database.execute("DELETE FROM notifications")
        database.commit()
        database.execute("VACUUM")
    database.close()
    kept = journal.stat().st_size
    share = 60 / minutes
    cpu_ms = (ended.ru_utime + ended.ru_stime - cpu_s) * 1e3
    target = f"under {BYTES_TARGET:,}"
    p99 = commits[int(len(commits) * 0.99)]
    return [
        Row(
            f"an hour of {pack}: the journal grows by",
            size * share,
            "bytes",
            target,
            size * share < BYTES_TARGET,
        ),
        Row(f"an hour of {pack}: after a year, raw bytes gone", kept * share, "bytes"),
        Row(f"an hour of {pack}: events and effects in it", packed * share, "bytes"),
        Row(f"an hour of {pack}: commits", len(commits) / seconds * 3600, "commits", details={"stretches": stretches}),
        Row(f"an hour of {pack}: processor time of recording", cpu_ms / 1e3 * share, "s", details={"seconds": seconds}),
        Row(f"a commit of {pack}, median", median(commits), "ms"),
        Row(f"a commit of {pack}, p99", p99, "ms", f"under {COMMIT_TARGET_MS:g}", p99 < COMMIT_TARGET_MS),
        Row(f"a commit of {pack}, longest", commits[-1], "ms"),
    ]


def _years(folder: Path, minutes: int, runs: int, rounds: int) -> list[Row]:
    """A journal of so many runs, made of one recorded run by copying its rows."""
    from cued.journal.reader import reading
    from cued.journal.schema import OF_SESSION
    from cued.runtime.past import event_log, past_of
    from cued.runtime.replay import replay, start_of

    journal = folder / "years.db"
    shutil.copy(folder / f"{PACKS[0]}.db", journal)
    with sqlite3.connect(journal, isolation_level=None) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN")
        heads = [
            row[1] for row in database.execute("PRAGMA table_info(sessions)") if row[1] not in {"id", "uid", "began_utc_ns"}
        ]
        for number in range(2, runs + 1):
            database.execute(
                f"INSERT INTO sessions (id, uid, began_utc_ns, {', '.join(heads)})"
                f" SELECT ?, ?, began_utc_ns + ?, {', '.join(heads)} FROM sessions WHERE id = 1",
                (number, f"{number:016x}", number * 157_680_000_000_000),
            )
            for table in OF_SESSION:
                columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] not in {"id", "session"}]
                words = ", ".join(columns)
                database.execute(
                    f"INSERT INTO {table} (session, {words}) SELECT ?, {words} FROM {table} WHERE session = 1", (number,)
                )
        database.execute("COMMIT")
    database.close()
    opening, listing, loading, showing, speeds = [], [], [], [], []
    for one in range(rounds):
        word = str(1 + (one * 397) % runs)
        began = time.perf_counter()
        with reading(journal) as found:
            opening.append(time.perf_counter() - began)
            began = time.perf_counter()
            sessions = found.sessions()
            listing.append(time.perf_counter() - began)
            assert len(sessions) == runs
            began = time.perf_counter()
            lines = list(found.lines(int(word)))
            loading.append(time.perf_counter() - began)
            began = time.perf_counter()
            event_log(past_of(found, word))
            showing.append(time.perf_counter() - began)
            how = start_of(found.head(int(word)).start)
        began = time.perf_counter()
        replayed = replay(how, lines)
        speeds.append(minutes * 60 / (time.perf_counter() - began))
        assert replayed.identical
    env = {**os.environ, "CUED_JOURNAL": str(journal)}
    command = (sys.executable, "-m", "cued", "log", "list", "--json")
    whole = [run_program(command, env=env).wall_s for _ in range(rounds)]
    what = f"{runs:,} runs"
    return [
        Row(f"{what}: the journal", journal.stat().st_size / 1e6, "MB"),
        Row(f"{what}: opening", median(opening) * 1e3, "ms"),
        Row(f"{what}: listing all", median(listing), "s", f"under {LIST_TARGET_S:g}", median(listing) < LIST_TARGET_S),
        Row(f"{what}: `cued log list --json`, the whole program", median(whole), "s"),
        Row("loading one session's lines", median(loading) * 1e3, "ms"),
        Row("one session as its events file", median(showing), "s"),
        Row("replay, times real time", median(speeds), "times"),
    ]
