"""The timeline's tables: every cue with its reason, every segment with its figures. What the picture shows, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from cued.review.chart import KINDS, segment_hues, segment_name
from cued.review.figures_in_words import clock, tempi
from cued.review.summary import Row, Summary

WHY: Final[Mapping[str, str]] = {
    "at_most": "said often enough in this run",
    "at_most_each": "said often enough in this segment",
    "cooldown": "its rule was cooling down",
    "cut": "cut short",
    "end_cues": "cues had been ended",
    "min_gap": "too soon after another cue",
    "muted": "sound was off",
    "paused": "the run was paused",
    "per_minute": "another cue within the minute",
    "per_run": "this run's cues were used up",
    "quiet_end": "too near the end of the run",
    "quiet_start": "too early in the run",
    "same_cue_gap": "the same cue was said not long ago",
    "speech not ready": "its words were not ready",
    "stalled": "the machine stood still",
    "themes_per_segment": "enough themes in this segment",
    "unheard": "said where nobody heard it: the sound was on no device, or on another",
    "waited for speech": "another cue was being spoken",
    "withhold": "withheld on purpose, to see what happens without it",
}
"""The reasons of the events file in plain words; the core's other reasons are plain words already."""
MOST_UNSPOKEN: Final = 30
"""More cues than these that nobody heard are listed only when asked for."""


def why(reason: str) -> str:
    """A line's `reason` as people say it."""
    return WHY.get(reason, reason)


def rule_words(rule: str) -> str:
    """A rule's id as people say it: `rule 2` for `rules[1]`; a segment's own `say` by where it is said."""
    if found := re.fullmatch(r"rules\[(\d+)\]", rule):
        return f"rule {int(found[1]) + 1}"
    if found := re.fullmatch(r"session\S*\.say\.(start|end)", rule):
        return f"its segment's {found[1]}"
    return rule


def cue_table(cues: Sequence[Row], summary: Summary) -> str:
    """Every cue that came due, what became of it and why."""
    if not cues:
        return '<section class="card"><h2>Cues</h2><p class="sub">None came due.</p></section>'
    chips = [("say", "heard", summary.heard, True), ("withheld", "withheld", summary.withheld, True)]
    chips.append(("unspoken", "not spoken", summary.not_spoken, summary.not_spoken <= MOST_UNSPOKEN))
    boxes = "".join(
        f'<label><input type="checkbox" id="see-{css}"{" checked" if shown else ""}> {word} ({count})</label>'
        for css, word, count, shown in chips
        if count
    )
    heads = "".join(f'<th scope="col" role="columnheader">{word}</th>' for word in ("time", "what", "cue", "segment", "why"))
    body = "".join(_cue_row(number, cue, summary) for number, cue in enumerate(cues))
    return (
        f'<section class="card" id="list"><div class="head"><h2>Cues</h2><div class="chips">{boxes}</div></div>'
        # A style sheet that lays rows out anew takes the table's meaning away; the roles keep it.
        f'<table class="cues" role="table"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></section>'
    )


def _cue_row(number: int, cue: Row, summary: Summary) -> str:
    at_ns = cue["t_ns"]
    where = next((segment_name(one.name, one.rep, one.reps) for one in reversed(summary.segments) if one.start_ns <= at_ns), "")
    text = cue["text"] or cue["cue"]
    reason = why(cue["reason"])
    lasts = f"{cue['dur_s']:.1f} s" if cue["kind"] == "say" else ""
    parts = (cue["cue"] if cue["text"] else "", rule_words(cue["rule"]), cue["priority"], lasts)
    origin = " · ".join(part for part in parts if part)
    cells = (
        ("at", f"<button>{clock(at_ns)}</button>"),
        ("what", f"<i></i>{KINDS[cue['kind']]}"),
        ("text", f"<bdi>{escape(text)}</bdi><small>{escape(origin)}</small>"),
        ("where", escape(where)),
        ("why", escape(reason)),
    )
    inside = "".join(f'<td class="{css}" role="cell">{html}</td>' for css, html in cells)
    return f'<tr class="{cue["kind"]}" role="row" data-i="{number}">{inside}</tr>'


def segment_table(summary: Summary) -> str:
    """The figures of each segment."""
    hues = segment_hues(summary)
    body = ""
    for one in summary.segments:
        if one.end_ns <= one.start_ns:
            continue
        cells = [
            clock(one.start_ns),
            clock(one.end_ns - one.start_ns),
            "–" if one.mean_spm is None else f"{one.mean_spm:.0f}",
            "–" if one.in_band is None else f"{one.in_band:.0%}",
            f"{one.clicks:,}" if one.clicks else "–",
            tempi(one).removesuffix(" spm") or "–",
            str(one.heard) if one.heard else "–",
        ]
        name = f"<bdi>{escape(segment_name(one.name, one.rep, one.reps))}</bdi>"
        head = f'<th scope="row"><i style="--h:{hues[one.name]}"></i>{name}</th>'
        body += f"<tr>{head}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    heads = ("segment", "from", "length", "cadence", "in band", "clicks", "beat", "cues")
    head = "".join(f'<th scope="col">{word}</th>' for word in heads)
    return (
        '<section class="card"><h2>Segments</h2><div class="wide-table" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></section>"
    )
