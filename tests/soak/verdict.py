"""What an hour came to: windows in which nothing can be asked of the sound, and everything else judged, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Final

from cued.units import NS_PER_MS, NS_PER_S
from tests.soak.due import DueClick, DueCue, Promised
from tests.soak.faults import Done
from tests.soak.growth import ENOUGH_S, Trend, gained, trend, warm_up_s
from tests.soak.listening import Heard, hear
from tests.soak.process import Sample
from tests.soak.recorder import Stretch
from tests.soak.steering import Asked

BEFORE_FAULT_NS: Final = 500 * NS_PER_MS
"""What the card still held, and what its recorder had not written yet, went with the server."""
AFTER_FAULT_NS: Final = NS_PER_S
"""cued says that sound is back; the ring is full of what was mixed before (0.25 s), the next click is promised 0.4 s ahead."""
OWN_RESTART_NS: Final = (3 * NS_PER_S, NS_PER_S)
"""Before and after a restart that cued announced and nobody had caused: a child that is silent is noticed in under 3 s."""
STOOD_NS: Final = (300 * NS_PER_MS, NS_PER_S)
"""Before and after a time in which the machine stood still."""
ANNOUNCED_NS: Final = 2 * NS_PER_S
"""A restart may be told so much later than the sound is back: reports are fetched once a second."""
MEMORY_MIB_PER_H: Final = 2.0
ANSWER_MS: Final = 100.0


@dataclass(frozen=True, slots=True)
class Window:
    """Clicks may be missing here."""

    from_ns: int
    to_ns: int
    why: str


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    value: str
    target: str = ""
    met: bool | None = None
    """None: reported, not judged."""


@dataclass(slots=True)
class Soaked:
    """Everything that was seen."""

    began_ns: int
    ended_ns: int
    """When the daemon was told to end."""
    promised: Promised
    stretches: Sequence[Stretch]
    done: Sequence[Done]
    hostile: Sequence[tuple[int, int]]
    stood: Sequence[tuple[int, int]]
    asked: Sequence[Asked]
    samples: Sequence[Sample]
    notes: list[str] = field(default_factory=list)
    """Faults that no row counts: the daemon died, took too long to end, …"""
    own: Mapping[str, Any] = field(default_factory=dict)
    """The daemon's own statistics, as it told them last."""


@dataclass(slots=True)
class Sound:
    """The sound judged, window by window left out."""

    windows: list[Window]
    clicks_due: int = 0
    clicks_heard: int = 0
    clicks_excused: int = 0
    missing: list[DueClick] = field(default_factory=list)
    skipped: int = 0
    extra_ns: list[int] = field(default_factory=list)
    cues_due: int = 0
    cues_heard: int = 0
    cues_missing: list[DueCue] = field(default_factory=list)
    off_ms: list[float] = field(default_factory=list)
    offsets_ms: list[float] = field(default_factory=list)
    judged_ns: int = 0

    @property
    def cues_excused(self) -> int:
        return self.cues_due - self.cues_heard - len(self.cues_missing)


def windows_of(soaked: Soaked) -> list[Window]:
    """In order: the sound's faults, injected or announced by cued itself, and times in which the machine stood still."""
    found = [
        Window(done.from_ns - BEFORE_FAULT_NS, done.to_ns + AFTER_FAULT_NS, done.kind) for done in soaked.done if done.sound
    ]
    for at_ns in soaked.promised.restarts_ns:
        if not any(one.from_ns <= at_ns <= one.to_ns + ANNOUNCED_NS for one in found):
            found.append(Window(at_ns - OWN_RESTART_NS[0], at_ns + OWN_RESTART_NS[1], "announced by cued alone"))
    found += [Window(a - STOOD_NS[0], b + STOOD_NS[1], "the machine stood still") for a, b in soaked.stood]
    return sorted(found, key=lambda one: one.from_ns)


def between(windows: Iterable[Window], from_ns: int, to_ns: int) -> list[tuple[int, int]]:
    """What of [from, to) lies in none of them."""
    left: list[tuple[int, int]] = []
    at_ns = from_ns
    for window in windows:
        if window.from_ns > at_ns:
            left.append((at_ns, min(window.from_ns, to_ns)))
        at_ns = max(at_ns, window.to_ns)
        if at_ns >= to_ns:
            return [one for one in left if one[0] < one[1]]
    return [one for one in [*left, (at_ns, to_ns)] if one[0] < one[1]]


def judge_sound(soaked: Soaked) -> Sound:
    """Listen to all that was recorded outside of the windows."""
    windows = windows_of(soaked)
    sound = Sound(windows)
    whole = between(windows, soaked.began_ns, soaked.ended_ns)
    due = [click for click in soaked.promised.clicks if soaked.began_ns <= click.at_ns < soaked.ended_ns]
    cues = [cue for cue in soaked.promised.cues if soaked.began_ns <= cue.at_ns and cue.at_ns + cue.dur_ns < soaked.ended_ns]
    for from_ns, to_ns in whole:
        sound.judged_ns += to_ns - from_ns
        stretch = next((one for one in soaked.stretches if one.began_ns <= from_ns and to_ns <= one.ended_ns), None)
        heard = _deaf(due, cues, from_ns, to_ns) if stretch is None else hear(stretch, due, cues, from_ns, to_ns)
        sound.clicks_heard += heard.clicks
        sound.missing += heard.missing
        sound.extra_ns += heard.extra_ns
        sound.cues_heard += heard.cues
        sound.cues_missing += heard.cues_missing
        sound.off_ms += heard.off_ms
        sound.offsets_ms += heard.offsets_ms
    skipped = [(at_ns, n) for at_ns, n in soaked.promised.skipped if any(a <= at_ns < b for a, b in whole)]
    sound.skipped = sum(n for _, n in skipped)
    sound.clicks_due = sum(not click.optional for click in due) + sum(n for _, n in soaked.promised.skipped)
    sound.clicks_excused = sound.clicks_due - sound.clicks_heard - len(sound.missing) - sound.skipped
    sound.cues_due = len(cues)
    return sound


def _deaf(clicks: Sequence[DueClick], cues: Sequence[DueCue], from_ns: int, to_ns: int) -> Heard:
    """A time that nobody recorded although nothing was announced: all that was due is missing."""
    missing = tuple(click for click in clicks if from_ns <= click.at_ns < to_ns and not click.optional)
    silent = tuple(cue for cue in cues if from_ns <= cue.at_ns and cue.at_ns + cue.dur_ns < to_ns)
    return Heard(missing=missing, cues_missing=silent)


def rows_of(soaked: Soaked, sound: Sound) -> list[Row]:
    """The table."""
    rows = [*_sound_rows(soaked, sound), *_answer_rows(soaked.asked), *_machine_rows(soaked)]
    if soaked.own:
        lags = " / ".join(f"{soaked.own.get(f'loop_{name}_ns', 0) / NS_PER_MS:.1f}" for name in ("p50", "p99", "max"))
        told = f"{lags} ms, stalls {soaked.own.get('stalls')}, queue up to {soaked.own.get('queue_max')}"
        rows.append(Row("its loop late by, p50 / p99 / most", told))
    bad = [done for done in soaked.done if done.failed]
    rows.append(Row("faults injected", f"{len(soaked.done)}, not as they should go: {len(bad)}", "0", not bad))
    rows.append(Row("the daemon's own end", "; ".join(soaked.notes) or "in good order", "in good order", not soaked.notes))
    return rows


def _sound_rows(soaked: Soaked, sound: Sound) -> list[Row]:
    length_ns = max(1, soaked.ended_ns - soaked.began_ns)
    lost = len(sound.missing) + sound.skipped
    off = percentiles([abs(one) for one in sound.off_ms])
    injected = [one for one in sound.windows if one.why not in {"announced by cued alone", "the machine stood still"}]
    alone = sum(one.why == "announced by cued alone" for one in sound.windows)
    stood = sum(one.why == "the machine stood still" for one in sound.windows)
    hostile = [click for click in soaked.promised.clicks if any(a <= click.at_ns < b for a, b in soaked.hostile)]
    harmed = [click for click in sound.missing if any(a <= click.at_ns < b for a, b in soaked.hostile)]
    counts = soaked.promised.counts
    told = sum(
        any(one.from_ns <= at_ns <= one.to_ns + ANNOUNCED_NS for at_ns in soaked.promised.restarts_ns) for one in injected
    )
    return [
        Row("sessions", str(soaked.promised.sessions)),
        Row("clicks due", f"{sound.clicks_due}"),
        Row("clicks heard on the recording", f"{sound.clicks_heard}"),
        Row("clicks due in announced faults", f"{sound.clicks_excused}"),
        Row("clicks missing outside of them", f"{lost} (of them skipped by a stalled loop: {sound.skipped})", "0", lost == 0),
        Row("clicks that nobody promised", f"{len(sound.extra_ns)}", "0", not sound.extra_ns),
        Row("a click's place against its neighbours'", f"{off} ms"),
        Row("cues due / heard / in faults", f"{sound.cues_due} / {sound.cues_heard} / {sound.cues_excused}"),
        Row("cues missing (by their envelope)", f"{len(sound.cues_missing)}", "0", not sound.cues_missing),
        Row("clicks due beside hostile clients / missing", f"{len(hostile)} / {len(harmed)}", "0 missing", not harmed),
        Row("announced: injected sound faults", f"{len(injected)}, told by cued in a session: {told}"),
        Row("announced by cued alone", f"{alone}"),
        Row("the machine stood still", f"{stood} times"),
        Row("share of the time in such windows", f"{100 * (1 - sound.judged_ns / length_ns):.1f} %", "under 25 %",
            sound.judged_ns > 0.75 * length_ns),
        Row("pod lost / back, in sessions", " / ".join(str(soaked.promised.pod.get(word, 0)) for word in ("lost", "back"))),
        Row("underruns, resyncs, late clicks", ", ".join(str(counts.get(w, 0)) for w in ("underrun", "resync", "late_click"))),
    ]  # fmt: skip


def _answer_rows(asked: Sequence[Asked]) -> list[Row]:
    ms = sorted(one.took_ms for one in asked)
    p50, p99, worst = (at(ms, 0.50), at(ms, 0.99), ms[-1]) if ms else (0.0, 0.0, 0.0)
    took = f"{p50:.1f} / {p99:.1f} / {worst:.1f} ms"
    unanswered = [one for one in asked if not one.answered]
    refused = sum(not one.ok for one in asked) - len(unanswered)
    return [
        Row("commands", f"{len(asked)}, refused with a sentence: {refused}"),
        Row("commands without an answer", f"{len(unanswered)}", "0", not unanswered),
        Row("answered in, p50 / p99 / longest", took, f"p99 {ANSWER_MS:.0f} ms", p99 <= ANSWER_MS),
    ]  # fmt: skip


def _machine_rows(soaked: Soaked) -> list[Row]:
    samples = soaked.samples
    if len(samples) < 2:
        return [Row("memory, descriptors, processor", "not sampled", "sampled", met=False)]
    length_s = samples[-1].at_s - samples[0].at_s
    warm = [one for one in samples if one.at_s - samples[0].at_s >= warm_up_s(length_s)]
    calm = [one for one in warm if not any(a - NS_PER_S <= one.at_s * NS_PER_S < b + 10 * NS_PER_S for a, b in soaked.hostile)]
    share = 100 * (samples[-1].cpu_s - samples[0].cpu_s) / length_s
    last = samples[-1]
    fds = gained([(one.at_s, one.main.descriptors) for one in calm])
    threads = gained([(one.at_s, one.main.threads) for one in calm])
    long = length_s - warm_up_s(length_s) >= ENOUGH_S
    return [
        _growth_row("memory growth, main process", trend([(one.at_s, one.main.own_mib) for one in warm])),
        _growth_row("memory growth, with its children", trend([(one.at_s, one.own_mib) for one in warm])),
        Row("memory at the end, main / with children", f"{last.main.own_mib:.1f} / {last.own_mib:.1f} MiB own, "
            f"{last.main.rss_mib:.0f} / {last.rss_mib:.0f} MiB resident"),
        Row("descriptors: growth, now, most", f"{fds:+.0f}, {last.main.descriptors}, "
            f"{max(one.main.descriptors for one in samples)}", "+0", fds <= 0 if long else None),
        Row("threads: growth, now", f"{threads:+.0f}, {last.main.threads}", "+0", threads <= 0 if long else None),
        Row("processes at the end", f"{last.processes}"),
        Row("processor, of one core", f"{share:.1f} %"),
    ]  # fmt: skip


def _growth_row(what: str, line: Trend | None) -> Row:
    if line is None:
        return Row(what, "not sampled", "sampled", met=False)
    text = (
        f"{line.per_hour:+.2f} ± {line.error:.2f} MiB/h over {line.over_s / 60:.0f} min ({line.first:.1f} to {line.last:.1f})"
    )
    target = f"under {MEMORY_MIB_PER_H:.0f} MiB/h"
    return Row(what, text, target if line.judged else "", line.per_hour < MEMORY_MIB_PER_H if line.judged else None)


def at(ordered: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def percentiles(values: Sequence[float]) -> str:
    """`0.1 / 0.4 / 1.2`: the middle one, p99, the largest."""
    if not values:
        return "- / - / -"
    ordered = sorted(values)
    return f"{median(ordered):.2f} / {at(ordered, 0.99):.2f} / {ordered[-1]:.2f}"
