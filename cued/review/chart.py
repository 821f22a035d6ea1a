"""The chart of the timeline: lanes over one line of time, complete before any script runs.

Everything is placed by two CSS variables (`--from` and `--span`, seconds), so that zooming changes these two and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Final

from cued.review import labels, series
from cued.review.figures_in_words import clock
from cued.review.series import Scale
from cued.review.summary import Row, Summary
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
_MARK_PX: Final = 14.0
"""A mark's own width, where its words begin."""
LANES: Final = (("heard", ("say",)), ("withheld", ("withheld",)), ("unspoken", ("suppressed", "expired", "failed")))
"""Name of a lane and the kinds of line whose marks it holds."""
GAPS: Final[Mapping[str, str]] = {"walking": "walking", "standing": "standing", "lost": "sensor lost", "paused": "paused"}
"""Times without a cadence to speak of, and their names."""
_ALT: Final = "The run over time, as a picture; the tables below tell the same"


def chart(rows: Sequence[Row], summary: Summary, cues: Sequence[Row]) -> str:
    """The section of the page that holds the picture; `cues` are the lines of `rows` that have a mark."""
    frame = series.scale(rows, summary)
    beats = series.stretches(rows)
    hues = segment_hues(summary)
    away = _away(rows, summary)
    # The gutter and the stage are two columns of the same rows.
    lanes: list[tuple[str, str, str]] = []
    for name, kinds in LANES:
        shown = [cue for cue in cues if cue["kind"] in kinds]
        if shown:
            # The script knows a mark by its place among all cues; the table's rows have the same numbers.
            numbers = [number for number, cue in enumerate(cues) if cue["kind"] in kinds]
            lanes.append((name, *_lane(shown, numbers, frame)))
    total = f"{frame.total_s:.3f}"
    if beats:
        picture = f'<svg viewBox="0 0 {total} 1" preserveAspectRatio="none"><path/></svg>'
        lanes.append(("beat", "beats", _bars(series.sounding(beats)) + picture))
    if away:
        lanes.append(("gaps", "away", away))
    names = "".join(f'<div class="gutter lane {css}"><em>{name}</em></div>' for name, css, _ in lanes)
    stage_rows = "".join(f'<div class="lane {css}">{inside}</div>' for _, css, inside in lanes)
    size = f'data-total="{total}" data-low="{frame.low_spm:g}" data-high="{frame.high_spm:g}"'
    sizes = f'style="--from:0;--span:{total};--total:{total};--rows:{_deepest(cues, frame)}"'
    data = json.dumps([[to_s(one.from_ns), to_s(one.to_ns), one.clicks] for one in beats], separators=(",", ":"))
    return f"""<section class="card" id="chart" tabindex="0" role="group" aria-label="{_ALT}" {size} {sizes}>
<div class="tools">{_legend(summary, cues, away)}
<div class="zoom live"><button id="closer" aria-label="Closer">+</button><button id="wider" aria-label="Wider">−</button>
<button id="whole">Whole run</button></div></div>
<div class="frame" aria-hidden="true">
<div>
<div class="gutter segs"><em>spm</em></div>
<div class="gutter plot">{_levels_in_words(frame)}</div>
{names}
</div>
<div class="stage">
<div class="segs">{_segments(summary, hues, "seg")}</div>
<div class="plot">{_picture(rows, summary, frame, beats, hues)}</div>
{stage_rows}
<div class="axis">{_ticks(frame)}</div>
<div class="cross"></div>
</div>
</div>
<div class="over live" aria-hidden="true">{_segments(summary, hues, "part")}<div class="pane"></div></div>
<p class="say-what live" aria-live="polite">Point at the picture to read it off; at a mark to read the cue.</p>
<p class="keys live"><kbd>←</kbd> <kbd>→</kbd> move, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>0</kbd> whole run; drag to move,
Ctrl + wheel or pinch to zoom.</p>
<script type="application/json" id="stretches">{data}</script>
</section>"""


def _legend(summary: Summary, cues: Sequence[Row], away: str) -> str:
    """Only what the picture shows."""
    entries = ""
    if summary.running_ns:
        entries += '<span><i style="color:var(--cadence)"></i>cadence</span>'
    if summary.judged_ns:
        entries += '<span><i class="in-band"></i>band</span><span><i class="goal"></i>target</span>'
    if summary.clicks:
        entries += '<span><i style="color:var(--beat)"></i>beat heard</span>'
        entries += '<span><i class="rest" style="color:var(--beat)"></i>beat at rest</span>'
    there = {cue["kind"] for cue in cues}
    for kind, word in KINDS.items():
        if kind in there:
            entries += f'<span><i class="mark-like {kind}"></i>{word}</span>'
    for css, word in GAPS.items():
        if f'class="placed {css}"' in away:
            entries += f'<span><i class="gap-like {css}"></i>{word}</span>'
    return f'<div class="legend">{entries}</div>'


def _ticks(frame: Scale) -> str:
    """The axis for a page whose scripts may not run."""
    return "".join(
        f'<span class="tick placed{_edge(at_s / frame.total_s)}" style="--t:{at_s}">{clock(at_s * NS_PER_S)}</span>'
        for at_s in labels.ticks(frame.total_s)
    )


def _edge(share: float) -> str:
    """A label at the very edge would be cut in half."""
    return " left" if share < 0.02 else " right" if share > 0.98 else ""


def segment_hues(summary: Summary) -> dict[str, int]:
    """The colour of each segment's name, in degrees of the colour circle."""
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
    """`feeder 2/4` as people read it."""
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
        label = name if segment.name else "after"
        text = f' title="{name}">{label}' if css == "seg" else ">"
        parts.append(f'<div class="{css} placed" {place}{text}</div>')
    return "".join(parts)


def _place(from_ns: int, to_ns: int, more: str = "") -> str:
    start, length = _seconds(from_ns), _seconds(max(0, to_ns - from_ns))
    return f'data-t="{start}" data-d="{length}" style="--t:{start};--d:{length};{more}"'


def _seconds(ns: int) -> str:
    return f"{to_s(ns):.3f}"


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


def _lane(cues: Sequence[Row], numbers: Sequence[int], frame: Scale) -> tuple[str, str]:
    """(css, content): a mark for each cue, and its words where there is room for them."""
    marks = "".join(_mark(number, cue) for number, cue in zip(numbers, cues, strict=True))
    starts, widths = _places(cues, frame)
    if cues[0]["kind"] == "say":
        rows = labels.rows(starts, widths, labels.STAGE_PX)
        css = "said"
    else:
        rows = [0 if fits else None for fits in labels.beside(starts, widths, labels.STAGE_PX, _MARK_PX)]
        css = "unsaid"
    words = ""
    for number, cue, start, width, row in zip(numbers, cues, starts, widths, rows, strict=True):
        hidden = " hidden" if row is None else ""
        turned = " turned" if css == "said" and labels.turned(start, width, labels.STAGE_PX) else ""
        place = f"--t:{_seconds(cue['t_ns'])};--row:{row or 0}"
        words += f'<span class="word{turned}" data-i="{number}" style="{place}"{hidden}><bdi>{_words_of(cue)}</bdi></span>'
    return css, marks + words


def _places(cues: Sequence[Row], frame: Scale) -> tuple[list[float], list[float]]:
    """Where labels begin and how wide they are, in pixels of a wide page."""
    starts = [to_s(cue["t_ns"]) / frame.total_s * labels.STAGE_PX for cue in cues]
    return starts, [labels.width_px(cue["text"] or cue["cue"]) for cue in cues]


def _deepest(cues: Sequence[Row], frame: Scale) -> int:
    """How many rows of words hang under the heard cues."""
    rows = labels.rows(*_places([cue for cue in cues if cue["kind"] == "say"], frame), labels.STAGE_PX)
    return max((row + 1 for row in rows if row is not None), default=0)


def _words_of(cue: Row) -> str:
    return escape(cue["text"] or cue["cue"])


def _mark(number: int, cue: Row) -> str:
    at_ns = cue["t_ns"]
    label = f"{clock(at_ns)} {KINDS[cue['kind']]}: {_words_of(cue)}"
    place = _place(at_ns, at_ns + round(cue["dur_s"] * NS_PER_S))
    return f'<i class="mark placed {cue["kind"]}" data-i="{number}" {place} title="{label}"></i>'


def _bars(spans: Iterable[tuple[int, int]]) -> str:
    return "".join(f'<div class="bar placed" {_place(from_ns, to_ns)}></div>' for from_ns, to_ns in spans)


def _away(rows: Sequence[Row], summary: Summary) -> str:
    """Bars where the runner's cadence was not to be had, or was no running."""
    spans = [(from_ns, to_ns, word) for from_ns, to_ns, word in series.on_foot(rows, summary.end_ns)]
    spans += [(*gap, "lost") for gap in summary.gaps]
    spans += [(*pause, "paused") for pause in summary.pauses]
    return "".join(
        f'<div class="placed {word}" title="{GAPS[word]}, {clock(to_ns - from_ns)}" {_place(from_ns, to_ns)}></div>'
        for from_ns, to_ns, word in spans
    )
