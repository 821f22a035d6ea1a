"""A run as the core might tell it, made of effects by hand: every kind of line, and a title that means harm."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from cued.core.cues import Band, CuePack, ForTime, Priority, Repeat, Segment
from cued.core.effects import (
    BandWas,
    CadenceSeen,
    Counted,
    CuesEnded,
    Effect,
    Expired,
    Failed,
    Paused,
    PlayClick,
    RunEnded,
    Say,
    SegmentBegan,
    SensorWas,
    Suppressed,
    TempoChanged,
    Withheld,
)
from cued.core.start import Start
from cued.formats.events_file import EventsFile
from cued.formats.events_reader import parse_events
from cued.units import NS_PER_MIN, NS_PER_S

HOSTILE = "</script><script>document.title='owned'</script> \"&' <img src=x onerror=alert(1)>"
FEEDER_S, STEADY_S, ROUNDS = 90, 390, 3
WARMUP_S, COOLDOWN_S = 600, 360
TOTAL_S = WARMUP_S + ROUNDS * (FEEDER_S + STEADY_S) + COOLDOWN_S
LOST_S = (1500, 1545)
PAUSED_S = (1900, 1990)
WALKED_S = (2280, 2320)


def _pack(title: str) -> CuePack:
    def part(index: int, name: str, length_s: int) -> Segment:
        return Segment(index, name, ForTime(length_s * NS_PER_S), band=Band(low=0.03, high=0.04))

    rounds = Repeat(None, (part(1, "feeder", FEEDER_S), part(2, "steady", STEADY_S)))
    return CuePack(
        "integration", "1.0.0", title, "en", "CC0-1.0", (part(0, "warmup", WARMUP_S), rounds, part(3, "cooldown", COOLDOWN_S))
    )


def _segments() -> Iterator[tuple[int, Effect]]:
    at_s, index = 0, 0
    plan = [("warmup", WARMUP_S, 1, 1)]
    for rep in range(1, ROUNDS + 1):
        plan += [("feeder", FEEDER_S, rep, ROUNDS), ("steady", STEADY_S, rep, ROUNDS)]
    for name, length_s, rep, reps in [*plan, ("cooldown", COOLDOWN_S, 1, 1)]:
        at_ns = at_s * NS_PER_S
        yield at_s, SegmentBegan(at_ns, name, index, rep, reps, at_ns + length_s * NS_PER_S)
        if name == "feeder":
            # Accents and a rising tempo; the last third silent, as a faded beat is.
            for step in range(3):
                yield from _beat(at_s + 5 + 10 * step, 170 + 2 * step, 20 if step == 2 else 10)
            yield at_s, TempoChanged((at_s + 5) * NS_PER_S, 170_000, "lead", "start")
            yield at_s + 15, TempoChanged((at_s + 15) * NS_PER_S, 172_000, "lead", "lead")
            yield at_s + 25, TempoChanged((at_s + 25) * NS_PER_S, 174_000, "lead", "lead")
            yield at_s + length_s, TempoChanged((at_s + length_s) * NS_PER_S, 0, "none", "phase over")
            yield at_s + 1, _say(at_s + 1, "light", "Light feet, one minute.", Priority.SEGMENT)
            yield at_s + 85, _say(at_s + 85, "release", "Cues off. Just run.", Priority.SEGMENT)
        at_s, index = at_s + length_s, index + 1


def _beat(from_s: int, spm: int, length_s: int) -> Iterator[tuple[int, Effect]]:
    for n in range(length_s * spm // 60):
        onset_ns = from_s * NS_PER_S + n * NS_PER_MIN // spm
        click = PlayClick(onset_ns, n, spm * 1000, accent=n % 4 == 0, sound="wood", volume=0.8, gain_db=0.0)
        yield max(0, onset_ns // NS_PER_S - 1), click


def _say(at_s: int, cue: str, text: str, priority: Priority) -> Say:
    return Say(at_s * NS_PER_S, f"say:{text}", cue, text, "rules[0]", priority, 300_000_000 + 65_000_000 * len(text), 8.0, 0)


def _other_cues() -> Iterator[tuple[int, Effect]]:
    rhythm = ("rhythm", "Rhythm check.", "rules[1]", Priority.BAND)
    for at_s in (900, 1380, 2100):
        yield at_s, _say(at_s, *rhythm[:2], Priority.BAND)
    yield 1100, Withheld(1100 * NS_PER_S, *rhythm, 1_145_000_000)
    yield 1750, Withheld(1750 * NS_PER_S, *rhythm, 1_145_000_000)
    for at_s in range(30, 600, 45):
        yield at_s, Suppressed(at_s * NS_PER_S, "wheel", "Roll like a wheel.", "rules[2]", Priority.PERIODIC, "quiet_start")
    yield 1200, Suppressed(1200 * NS_PER_S, *rhythm, "at_most_each")
    yield 1640, Expired(1640 * NS_PER_S, *rhythm, "min_gap")
    yield 2200, Failed(2200 * NS_PER_S, "tune", "", "rules[3]", Priority.PERIODIC, "no such sound")
    yield 1700, _say(1700, "hostile", HOSTILE, Priority.SAFETY)


def _samples(seed: int) -> Iterator[tuple[int, Effect]]:
    chance = random.Random(seed)
    spm, metres = 160.0, 0.0
    for at_s in range(TOTAL_S):
        if PAUSED_S[0] <= at_s < PAUSED_S[1] or LOST_S[0] <= at_s < LOST_S[1]:
            continue
        feeder = any(at_s - WARMUP_S - n * (FEEDER_S + STEADY_S) in range(10, FEEDER_S) for n in range(ROUNDS))
        walks = WALKED_S[0] <= at_s < WALKED_S[1]
        spm += 0.06 * ((172.5 if feeder else 164 + 3 * (at_s > WARMUP_S)) - spm) + chance.gauss(0, 0.35)
        target = None if at_s < WARMUP_S else 171.0 + 0.5 * ((at_s // 300) % 3)
        band = "unknown" if target is None else "asleep" if walks else "low" if spm < target * 0.97 else "in"
        raw = 112.0 if walks else round(spm + chance.gauss(0, 1.4))
        metres += 1.4 if walks else 2.9
        seen = 113.0 if walks else spm
        state = "walking" if walks else "running"
        yield at_s, CadenceSeen(at_s * NS_PER_S, raw, seen, target, band, state, speed_mps=2.9, distance_m=metres)


def plausible_rows(title: str = "Phase 5: integration", seed: int = 1) -> list[dict[str, Any]]:
    """The lines of a 40-minute run, read back as the timeline reads them."""
    how = Start(_pack(title), seed=seed, session_number=3, length_ns=TOTAL_S * NS_PER_S, simulated=True)
    file = EventsFile(how, voice="nominal", source="sim:easy")
    told = [*_segments(), *_other_cues(), *_samples(seed)]
    told += [(0, SensorWas(0, "found")), (LOST_S[0], SensorWas(LOST_S[0] * NS_PER_S, "lost"))]
    told += [(LOST_S[1], SensorWas(LOST_S[1] * NS_PER_S, "back")), (620, BandWas(620 * NS_PER_S, "low"))]
    told += [(at_s, Paused(at_s * NS_PER_S, at_s == PAUSED_S[0])) for at_s in PAUSED_S]
    told += [(1300, Counted(1300 * NS_PER_S, "late_click", 2)), (2000, CuesEnded(2000 * NS_PER_S, "end_cues"))]
    told += [(TOTAL_S, RunEnded(TOTAL_S * NS_PER_S, "length"))]
    lines = [file.header()]
    for at_s, effect in sorted(told, key=lambda one: one[0]):
        lines += file.add([effect], at_s * NS_PER_S)
    lines += file.finish((TOTAL_S + 1) * NS_PER_S)
    return parse_events(lines)
