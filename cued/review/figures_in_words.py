"""The figures of a run as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping

from cued.review.reasons_in_words import PackWords, why
from cued.review.summary import Figures, Summary, release
from cued.units import NS_PER_S


def clock(ns: int) -> str:
    """`7:05`, or `1:07:05` from an hour on; whole seconds, rounded down as every clock does."""
    minutes, seconds = divmod(max(0, ns) // NS_PER_S, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def distance(metres: float, *, estimated: bool = False) -> str:
    """`7.42 km`; `about` where some of it is reckoned."""
    return f"{'about ' if estimated else ''}{metres / 1000:.2f} km"


def tempi(figures: Figures) -> str:
    """`170–176 spm`, or one figure where the beat was steady; empty without a beat."""
    if figures.slowest_spm is None or figures.fastest_spm is None:
        return ""
    slow, fast = round(figures.slowest_spm), round(figures.fastest_spm)
    return f"{slow} spm" if slow == fast else f"{slow}–{fast} spm"


def reasons(unspoken: Mapping[str, int], pack: PackWords | None = None) -> str:
    """`already one cue this minute (7); too early in the run (5)`: the most frequent first."""
    ordered = sorted(unspoken.items(), key=lambda item: (-item[1], item[0]))
    return "; ".join(f"{why(reason, pack)} ({count})" for reason, count in ordered)


def summary_lines(summary: Summary, pack: PackWords | None = None, *, sounded: bool = True) -> list[str]:
    """The run in a few plain sentences, for the terminal; `pack`: what the run's pack lends to reasons.

    `sounded` False: there was no device, so that without a sound file nothing was heard.
    """
    run = f"{clock(summary.run_ns)} of {'drills' if summary.drills_alone else 'running'}"
    if summary.distance_m is not None:
        run += f", {distance(summary.distance_m, estimated=summary.estimated)}"
    if summary.start.get("simulated"):
        run += " (a simulated runner)"
    lines = [run + "."]
    if summary.mean_spm is not None:
        text = f"Cadence {summary.mean_spm:.0f} spm on average"
        if summary.in_band is not None:
            text += f"; {summary.in_band:.0%} of {clock(summary.judged_ns)} judged in the band"
        lines.append(text + ".")
    if summary.clicks:
        lines.append(f"{_count(summary.clicks, 'click')} at {tempi(summary)}, {clock(summary.beat_ns)} of beat.")
    released = release(summary.segments)
    if released is not None:
        after = "it" if released.rounds == 1 else "them"
        change = f"{abs(released.loss):.1%} {'less' if released.loss >= 0 else 'more'}"
        held = f"{released.steady:.1%}, {change}"
        if released.in_band is not None:
            held += f", {released.in_band:.0%} of it in the band"
        ended = f"{_count(released.rounds, 'feeder')} ended at {released.feeder:.1%} of the target"
        lines.append(f"{ended}; the steady running after {after} held {held}.")
    to_file = summary.start.get("rate_hz") is not None
    said = "heard" if to_file or (sounded and summary.start.get("voice") != "nominal") else "said"
    cues = f"{_count(summary.heard, 'cue')} {said}"
    if summary.unheard:
        cues += f", {summary.unheard} said where nobody heard {'it' if summary.unheard == 1 else 'them'}"
    if summary.withheld:
        cues += f", {summary.withheld} withheld on purpose"
    if summary.not_spoken:
        cues += f", {summary.not_spoken} not spoken"
    if cues != f"0 cues {said}" or not summary.drills_alone:
        lines.append(cues + ".")
    if summary.not_spoken:
        lines.append(f"Why not: {reasons(summary.unspoken, pack)}.")
    for what, spans in (("Sensor lost", summary.gaps), ("Paused", summary.pauses)):
        if spans:
            total_ns = sum(end_ns - start_ns for start_ns, end_ns in spans)
            lines.append(f"{what} {_count(len(spans), 'time')}, {clock(total_ns)} in all.")
    if summary.counted:
        told = "; ".join(_mishap(what, count) for what, count in sorted(summary.counted.items()))
        lines.append(f"{told[:1].upper()}{told[1:]}.")
    return lines


def _mishap(what: str, count: int) -> str:
    """What was counted (`core.effects.Counted`), and what came of it for the runner."""
    things = {
        "audio_restarted": ("restart", "of the sound: a moment of silence each"),
        "late_click": ("click", "that came too late to be on time"),
        "late_event": ("signal", "that came late, of sensors or sound: what they told was taken in as of then"),
        "missed_click": ("click", "left out while the machine stood still"),
        "stuck": ("fault", "of cued's own, which the run survived"),
    }
    thing, came = things.get(what, (what, ""))
    return f"{_count(count, thing)} {came}".rstrip()


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
