"""One run as one page: cadence in its band, the beat, the segments, every cue and why it was or was not spoken.

The page needs nothing but itself: no network, no fonts, and its script is named by its hash in the content security policy.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from importlib.resources import files

from cued.review.chart import KINDS, chart
from cued.review.figures_in_words import clock, distance, tempi
from cued.review.reasons_in_words import Wording, told
from cued.review.summary import Row, Summary, summarize
from cued.review.tables import cue_table, segment_table


def timeline_html(rows: Iterable[Row], title: str = "", wording: Wording | None = None) -> str:
    """The page for the run whose lines are `rows` (docs/events.md); `title`: not the pack's own; `wording` of its packs."""
    lines = list(rows)
    summary = summarize(lines)
    heading = title or summary.start.get("title") or "A run"
    style, script = _asset("timeline.css"), _asset("timeline.js")
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    unheard = {row["said_ns"] for row in lines if row["kind"] == "unheard"}
    due = [(row, pack) for row, pack in told(lines, wording or {}) if row["kind"] in KINDS]
    cues = [{**row, "reason": "unheard"} if row["kind"] == "say" and row["t_ns"] in unheard else row for row, _ in due]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(heading)} – cued</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{escape(heading)}</h1>
<p class="sub">{_subtitle(summary)}</p>
{_tiles(summary)}
{chart(lines, summary, cues)}
{cue_table(cues, [pack for _, pack in due], summary)}
{segment_table(summary)}
<footer>{escape(_footer(summary))}</footer>
</main>
<script>{script}</script>
</body>
</html>
"""


def _asset(name: str) -> str:
    return files("cued.review").joinpath(name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


# --- the head ------------------------------------------------------------------------------------------------------


def _subtitle(summary: Summary) -> str:
    start = summary.start
    runner = "a simulated runner" if start.get("simulated") else "a run"
    source = start.get("source")
    parts = [f"{runner} ({source})" if source else runner]
    if start.get("session"):
        parts.append(f"session {start['session']} with this pack")
    if not summary.ended:
        parts.append("the record breaks off")
    return " · ".join(f"<bdi>{escape(part)}</bdi>" for part in parts)


def _footer(summary: Summary) -> str:
    start = summary.start
    pack = f"pack {start.get('pack', '?')} {start.get('pack_version', '')}".rstrip()
    voice = f"voice {start.get('voice', '?')}"
    return f"{pack} · seed {start.get('seed', '?')} · {voice} · cued {start.get('cued', '?')}"


def _tiles(summary: Summary) -> str:
    paused = f"and {clock(summary.paused_ns)} paused" if summary.pauses else ""
    tiles = [("Running time", clock(summary.run_ns), paused)]
    if summary.distance_m is not None:
        estimated = "partly reckoned, not measured" if summary.estimated else ""
        tiles.append(("Distance", distance(summary.distance_m), estimated))
    if summary.mean_spm is not None:
        tiles.append(("Cadence", f"{summary.mean_spm:.0f} spm", "mean while running"))
    if summary.in_band is not None:
        tiles.append(("In the band", f"{summary.in_band:.0%}", f"of {clock(summary.judged_ns)} judged"))
    if summary.clicks:
        tiles.append(("Beat", clock(summary.beat_ns), f"{summary.clicks:,} clicks at {tempi(summary)}"))
    silent = [f"{summary.withheld} withheld on purpose"] if summary.withheld else []
    if summary.not_spoken:
        silent.append(f"{summary.not_spoken} not spoken")
    tiles.append(("Cues heard", str(summary.heard), ", ".join(silent)))
    if summary.gaps:
        lost_ns = sum(end_ns - start_ns for start_ns, end_ns in summary.gaps)
        times = "once" if len(summary.gaps) == 1 else f"{len(summary.gaps)} times"
        tiles.append(("Sensor lost", clock(lost_ns), times))
    if summary.counted:
        text = ", ".join(what.replace("_", " ") for what in sorted(summary.counted))
        tiles.append(("Late or missed", str(sum(summary.counted.values())), text))
    body = "".join(
        f'<div class="tile"><dt>{escape(name)}</dt><dd>{_with_unit(value)}</dd>{f"<p>{escape(note)}</p>" if note else ""}</div>'
        for name, value, note in tiles
    )
    return f'<dl class="tiles">{body}</dl>'


def _with_unit(value: str) -> str:
    number, _, unit = value.partition(" ")
    return f"{escape(number)} <small>{escape(unit)}</small>" if unit else escape(number)
