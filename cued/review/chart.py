"""The chart of the timeline: lanes over one line of time, complete before any script runs.

Everything is placed by two CSS variables (`--from` and `--span`, seconds), so that zooming changes these two and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from cued.review import series
from cued.review.series import Scale
from cued.review.summary import Row, Summary, clock
from cued.units import NS_PER_S, to_s

KINDS: Final[Mapping[str, str]] = {
    "say": "heard",
    "withheld": "withheld",
    "suppressed": "suppressed",
    "expired": "expired",
    "failed": "failed",
}
_HUES: Final[Mapping[str, int]] = {
    "warmup": 40,
    "feeder": 268,
    "steady": 205,
    "tempo": 352,
    "probe": 172,
    "strides": 312,
    "hills": 95,
    "surface": 75,
    "reactive": 20,
    "drills": 140,
    "cooldown": 225,
    "": 220,
}
"""Degrees of the colour circle for the format's well-known names; others take the next of `_MORE_HUES`."""
_MORE_HUES: Final = (190, 285, 15, 120, 335, 60, 240)
_GRID_SPM: Final = 5


def chart(rows: Sequence[Row], summary: Summary, cues: Sequence[Row]) -> str:
    frame = series.scale(rows, summary)
    beats = series.stretches(rows)
    hues = segment_hues(summary)
    lanes = [
        ("heard", _marks(cues, ("say",))),
        ("withheld", _marks(cues, ("withheld",))),
        ("unspoken", _marks(cues, ("suppressed", "expired", "failed"))),
    ]
    # The gutter and the stage are two columns of the same rows.
    stage_rows = "".join(f'<div class="lane">{marks}</div>' for _, marks in lanes)
    labels = "".join(f'<div class="gutter lane"><em>{name}</em></div>' for name, _ in lanes)
    away = _away(rows, summary)
    total = f"{frame.total_s:.3f}"
    size = f'data-total="{total}" data-low="{frame.low_spm:g}" data-high="{frame.high_spm:g}"'
    sizes = f'style="--from:0;--span:{total};--total:{total}"'
    data = json.dumps([[to_s(one.from_ns), to_s(one.to_ns), one.clicks] for one in beats], separators=(",", ":"))
    return f"""<section class="card" id="chart" tabindex="0" aria-label="The run over time" {size} {sizes}>
<div class="tools">{_legend(summary)}
<div class="zoom"><button id="closer" aria-label="Closer">+</button><button id="wider" aria-label="Wider">−</button>
<button id="whole">Whole run</button></div></div>
<div class="frame">
<div>
<div class="gutter segs"></div>
<div class="gutter plot">{_levels_in_words(frame)}</div>
{labels}<div class="gutter lane"><em>beat</em></div>{'<div class="gutter lane"><em>sensor</em></div>' if away else ""}
</div>
<div class="stage">
<div class="segs">{_segments(summary, hues, "seg")}</div>
<div class="plot">{_picture(rows, summary, frame, beats, hues)}</div>
{stage_rows}
<div class="lane beats">{_bars(series.sounding(beats))}
<svg viewBox="0 0 {total} 1" preserveAspectRatio="none"><path/></svg></div>
{f'<div class="lane away">{away}</div>' if away else ""}
<div class="axis"></div>
<div class="cross"></div>
</div>
</div>
<div class="over" aria-hidden="true">{_segments(summary, hues, "part")}<div class="pane"></div></div>
<p class="say-what" aria-live="polite">Point at the picture to read it off; at a mark to read the cue.</p>
<p class="keys"><kbd>←</kbd> <kbd>→</kbd> move, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> whole run; drag to move,
Ctrl + wheel or pinch to zoom.</p>
<script type="application/json" id="stretches">{data}</script>
</section>"""


def _legend(summary: Summary) -> str:
    entries = ""
    if summary.running_ns:
        entries += '<span><i style="color:var(--cadence)"></i>cadence</span>'
    if summary.judged_ns:
        entries += '<span><i class="in-band"></i>band</span><span><i class="goal"></i>target</span>'
    if summary.clicks:
        entries += '<span><i style="color:var(--beat)"></i>beat heard</span>'
        entries += '<span><i class="rest" style="color:var(--beat)"></i>beat at rest</span>'
    for kind, word in KINDS.items():
        entries += f'<span><i class="mark-like {kind}"></i>{word}</span>'
    return f'<div class="legend">{entries}</div>'


def segment_hues(summary: Summary) -> dict[str, int]:
    hues: dict[str, int] = {}
    others = 0
    for segment in summary.segments:
        if segment.name not in hues:
            hue = _HUES.get(segment.name)
            if hue is None:
                hue = _MORE_HUES[others % len(_MORE_HUES)]
                others += 1
            hues[segment.name] = hue
    return hues


def segment_name(name: str, rep: int, reps: int | None) -> str:
    if not name:
        return "after the session"
    if reps == 1:
        return name
    return f"{name} {rep}/{reps}" if reps else f"{name} {rep}"


def _segments(summary: Summary, hues: Mapping[str, int], css: str) -> str:
    parts: list[str] = []
    for segment in summary.segments:
        if segment.end_ns <= segment.start_ns:
            continue
        name = escape(segment_name(segment.name, segment.rep, segment.reps))
        place = _place(segment.start_ns, segment.end_ns, f"--h:{hues[segment.name]}")
        text = f' title="{name}">{name}' if css == "seg" else ">"
        parts.append(f'<div class="{css} placed" {place}{text}</div>')
    return "".join(parts)


def _place(from_ns: int, to_ns: int, more: str = "") -> str:
    start, length = f"{to_s(from_ns):.3f}", f"{max(0.0, to_s(to_ns - from_ns)):.3f}"
    return f'data-t="{start}" data-d="{length}" style="--t:{start};--d:{length};{more}"'


def _levels(frame: Scale) -> list[int]:
    step = _GRID_SPM * (1 + int(frame.height_spm) // 50)
    first = int(frame.low_spm) // step * step + step
    return list(range(first, int(frame.high_spm) + 1, step))


def _levels_in_words(frame: Scale) -> str:
    return "".join(
        f'<span style="top:{(frame.high_spm - level) / frame.height_spm:.2%}">{level}</span>' for level in _levels(frame)
    )


def _picture(
    rows: Sequence[Row], summary: Summary, frame: Scale, beats: Sequence[series.Stretch], hues: Mapping[str, int]
) -> str:
    total, height = f"{frame.total_s:.3f}", f"{frame.height_spm:g}"

    def rect(from_ns: int, to_ns: int, css: str, more: str = "") -> str:
        return f'<rect class="{css}" x="{to_s(from_ns):.2f}" width="{to_s(to_ns - from_ns):.2f}" height="{height}"{more}/>'

    tints = "".join(rect(one.start_ns, one.end_ns, "tint", f' style="--h:{hues[one.name]}"') for one in summary.segments)
    levels = "".join(f'<line class="level" x2="{total}" y1="{frame.y(v)}" y2="{frame.y(v)}"/>' for v in _levels(frame))
    # The picture is stretched by the zoom, and so would a pattern be: gaps are shaded plainly.
    shades = "".join(rect(*gap, "lost") for gap in summary.gaps) + "".join(rect(*pause, "paused") for pause in summary.pauses)
    calls = "".join(f"M{to_s(row['t_ns']):.2f} 0V{height}" for row in rows if row["kind"] == "say")
    return (
        f'<svg viewBox="0 0 {total} {height}" preserveAspectRatio="none" role="img" aria-label="Cadence and beat over time">'
        f'{tints}{levels}<path class="band" d="{series.band_area(rows, frame)}"/>{shades}<path class="call" d="{calls}"/>'
        f'<path class="target" d="{series.target_line(rows, frame)}"/>'
        f'<path class="tempo" d="{series.tempo_line(rows, frame)}"/>'
        f'<path class="heard" d="{series.heard_line(beats, frame)}"/>'
        f'<path class="dots" d="{series.cadence_dots(rows, frame)}"/>'
        f'<path class="cadence" d="{series.cadence_line(rows, frame)}"/></svg>'
    )


def _marks(cues: Sequence[Row], kinds: Sequence[str]) -> str:
    parts: list[str] = []
    for index, cue in enumerate(cues):
        if cue["kind"] in kinds:
            at_ns = cue["t_ns"]
            text = escape(cue["text"] or cue["cue"])
            label = f"{clock(at_ns)} {KINDS[cue['kind']]}: {text}"
            place = _place(at_ns, at_ns + round(cue["dur_s"] * NS_PER_S))
            words = f'data-i="{index}" data-text="{text}" aria-label="{label}" title="{label}"'
            parts.append(f'<button class="mark placed {cue["kind"]}" tabindex="-1" {place} {words}></button>')
    return "".join(parts)


def _bars(spans: Iterable[tuple[int, int]]) -> str:
    return "".join(f'<div class="bar placed" {_place(from_ns, to_ns)}></div>' for from_ns, to_ns in spans)


def _away(rows: Sequence[Row], summary: Summary) -> str:
    """Bars where the runner's cadence was not to be had, or was no running."""
    spans = [(from_ns, to_ns, word) for from_ns, to_ns, word in series.on_foot(rows, summary.end_ns)]
    spans += [(*gap, "lost") for gap in summary.gaps]
    spans += [(*pause, "paused") for pause in summary.pauses]
    return "".join(
        f'<div class="placed {word}" title="{word}, {clock(to_ns - from_ns)}" {_place(from_ns, to_ns)}></div>'
        for from_ns, to_ns, word in spans
    )
