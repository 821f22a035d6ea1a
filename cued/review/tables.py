"""The timeline's tables: every cue with its reason, every segment with its figures. What the picture shows, in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from cued.review.chart import KINDS, segment_hues, segment_name
from cued.review.figures_in_words import clock, tempi
from cued.review.reasons_in_words import PackWords, rule_words, why
from cued.review.summary import Row, Summary

MOST_UNSPOKEN: Final = 30
"""More cues than these that nobody heard are listed only when asked for."""


def cue_table(cues: Sequence[Row], packs: Sequence[PackWords | None], summary: Summary) -> str:
    """Every cue that came due, what became of it and why; `packs`: what each is told with."""
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
    body = "".join(_cue_row(number, cue, pack, summary) for number, (cue, pack) in enumerate(zip(cues, packs, strict=True)))
    return (
        f'<section class="card" id="list"><div class="head"><h2>Cues</h2><div class="chips">{boxes}</div></div>'
        # A style sheet that lays rows out anew takes the table's meaning away; the roles keep it.
        f'<table class="cues" role="table"><thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></section>'
    )


def _cue_row(number: int, cue: Row, pack: PackWords | None, summary: Summary) -> str:
    at_ns = cue["t_ns"]
    where = next((segment_name(one.name, one.rep, one.reps) for one in reversed(summary.segments) if one.start_ns <= at_ns), "")
    text = cue["text"] or cue["cue"]
    reason = why(cue["reason"], pack, cue["rule"])
    lasts = f"{cue['dur_s']:.1f} s" if cue["kind"] == "say" else ""
    parts = (cue["cue"] if cue["text"] else "", rule_words(cue["rule"], pack), cue["priority"], lasts)
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
