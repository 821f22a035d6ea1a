"""The plan as a person reads it at a glance: weeks of days, for a terminal or as an HTML page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Final

from cued.coaching.calendar import coming, planned_lately
from cued.coaching.happening import Decision
from cued.coaching.phases import DELOAD_EVERY, LAST, WEEK_DAYS
from cued.coaching.state import PlanState
from cued.coaching.today import RunKind, Today, line, today

EPOCH: Final = date(1970, 1, 1)
LEGEND: Final = "C cues  P plain, with minutes; small letters: to come; · rest; [ ] today"
_LEGEND_HTML: Final = (
    '<span class="cue">C</span> cues · <span class="plain">P</span> plain, with minutes; small letters: to come; · rest; '
    '<span class="now">framed</span>: today'
)
_MARKS: Final = {RunKind.CUE: "c", RunKind.PLAIN: "p", RunKind.REST: "·"}
_LIGHTER: Final = "lighter"


@dataclass(frozen=True, slots=True)
class Cell:
    """One day."""

    day: int
    mark: str
    """`C`, `P`: run; `c`, `p`: to come; `·`: none; empty: before the plan's first day."""
    minutes: int
    """0: none."""
    told: str
    """For whoever asks for more."""


@dataclass(frozen=True, slots=True)
class WeekRow:
    number: int
    """From 1."""
    cells: tuple[Cell, ...]
    note: str

    @property
    def minutes(self) -> int:
        """Run or planned."""
        return sum(cell.minutes for cell in self.cells)


def weeks_of(state: PlanState, day: int, before: int, ahead: int) -> tuple[WeekRow, ...]:
    """So many weeks before this one, this one, and so many after it; what is to come is as if all went as planned."""
    began = day if state.began is None else state.began
    this = (day - began) // WEEK_DAYS
    first, last = max(0, this - before), this + ahead
    end = began + (last + 1) * WEEK_DAYS
    plan = {answer.day: answer for answer in coming(state, day, end - day)}
    ran: dict[int, list[tuple[bool, float, str]]] = {}
    for run in state.runs:
        if run.day is not None:
            ran.setdefault(run.day, []).append((run.outcome.cued, run.outcome.minutes, run.outcome.pack))
    rows = []
    for week in range(first, last + 1):
        days = range(began + week * WEEK_DAYS, began + (week + 1) * WEEK_DAYS)
        notes = [_LIGHTER] if week % DELOAD_EVERY == DELOAD_EVERY - 1 else []
        notes += [] if state.race is None or state.race not in days else [f"race {date_text(state.race)}"]
        cells = tuple(_cell(one, ran.get(one), plan.get(one)) for one in days)
        rows.append(WeekRow(week + 1, cells, ", ".join(notes)))
    return tuple(rows)


def _cell(day: int, ran: list[tuple[bool, float, str]] | None, answer: Today | None) -> Cell:
    if ran:
        told = ", ".join(f"{pack} {minutes:.0f} min" for _, minutes, pack in ran)
        return Cell(day, "C" if any(cued for cued, _, _ in ran) else "P", round(sum(minutes for _, minutes, _ in ran)), told)
    if answer is None:
        return Cell(day, "·", 0, "no run")
    return Cell(day, _MARKS[answer.kind], answer.minutes, line(answer))


def heading(state: PlanState) -> str:
    """Where the plan is."""
    rules = state.rules
    here = len(state.cued_here())
    if state.phase == LAST:
        return f"Phase {LAST} of {LAST}, {rules.title}"
    weeks = f"{state.weeks} of {rules.weeks_min} weeks, {here} of {rules.cue_sessions} cue sessions"
    return f"Phase {state.phase} of {LAST}, {rules.title}: {weeks}"


def today_text(state: PlanState, day: int, *, sure: bool = True) -> str:
    """What a run today would be; and whether one is planned. Not `sure` that it is that day: what the next would be."""
    if not sure:
        return f"The next run: {line(today(state, None))}"
    answer = today(state, day)
    (planned,) = coming(state, day, 1)
    free = planned.kind is RunKind.REST and answer.kind is not RunKind.REST
    return f"Today, {date_text(day)}: {'no run planned; if you run: ' if free else ''}{line(answer)}"


def lately_text(state: PlanState, day: int) -> str:
    """`Planned runs done: 5 of 6 in the last 14 days`; empty while none was planned."""
    lately = planned_lately(state, day)
    if not lately.planned:
        return ""
    done, more = min(lately.done, lately.planned), lately.done - lately.planned
    told = f"Planned runs done: {done} of {lately.planned} in the last {lately.days} days"
    return f"{told}, and {more} more" if more > 0 else told


def date_text(day: int) -> str:
    """`Mon 6 Apr`."""
    found = EPOCH + timedelta(days=day)
    return f"{found:%a} {found.day} {found:%b}"


def calendar_lines(state: PlanState, day: int, before: int = 2, ahead: int = 3, *, sure: bool = True) -> list[str]:
    """For a terminal; 72 columns."""
    rows = weeks_of(state, day, before, ahead)
    names = "".join(f"{date_text(cell.day)[:3]:<8}" for cell in rows[0].cells)
    lately = [told] if (told := lately_text(state, day)) else []
    lines = [heading(state), today_text(state, day, sure=sure), *lately, "", f"{'':14}{names} min"]
    for row in rows:
        cells = "".join(_text_of(cell, day) for cell in row.cells)
        start = date_text(row.cells[0].day)[4:]
        lines.append(f"{row.number:>3}  {start:>6}  {cells} {row.minutes:>4}{f'  {row.note}' if row.note else ''}")
    return [*lines, "", LEGEND]


def _text_of(cell: Cell, day: int) -> str:
    text = f"{cell.mark} {cell.minutes}" if cell.minutes else cell.mark
    return f"{f'[{text}]' if cell.day == day else f' {text}':<8}"


def plan_html(
    state: PlanState, day: int, decided: Sequence[Decision], before: int = 4, ahead: int = 5, *, sure: bool = True
) -> str:
    """The same as a page, with the latest decisions below."""
    told_first = [text for text in (today_text(state, day, sure=sure), lately_text(state, day)) if text]
    rows = weeks_of(state, day, before, ahead)
    names = "".join(f"<th>{date_text(cell.day)[:3]}</th>" for cell in rows[0].cells)
    body = "\n".join(_html_row(row, day) for row in rows)
    told = "\n".join(
        f"<li><b>{'' if one.day is None else escape(date_text(one.day))}</b> {escape(one.text)}</li>"
        for one in reversed(decided)
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The plan – cued</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{escape(heading(state))}</h1>
<p>{"<br>".join(escape(text) for text in told_first)}</p>
<table>
<thead><tr><th>week</th>{names}<th>min</th></tr></thead>
<tbody>
{body}
</tbody>
</table>
<p class="legend">{_LEGEND_HTML}</p>
<h2>What was decided</h2>
<ul>
{told}
</ul>
</main>
</body>
</html>
"""


def _html_row(row: WeekRow, day: int) -> str:
    cells = "".join(
        f'<td class="{_CLASS[cell.mark]}{" now" if cell.day == day else ""}" title="{escape(cell.told, quote=True)}">'
        f"<small>{escape(date_text(cell.day)[4:])}</small>{cell.mark}{f' {cell.minutes}' if cell.minutes else ''}</td>"
        for cell in row.cells
    )
    note = f' <small class="note">{escape(row.note)}</small>' if row.note else ""
    return f"<tr><th>{row.number}{note}</th>{cells}<td>{row.minutes}</td></tr>"


_CLASS: Final = {"C": "cue", "P": "plain", "c": "cue soon", "p": "plain soon", "·": "rest"}
_STYLE: Final = (
    # No text is faded: each has 4.5:1 at least on what lies under it, in light and in dark (WCAG 2.2, 1.4.3).
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1c2330;--soft:#4d5766;--line:#c9ced6;--cue:#bcd7f6;--cue-soon:#e4effc;"
    "--plain:#bfe6d5;--plain-soon:#e6f5ee}"
    "@media(prefers-color-scheme:dark){:root{--paper:#10141b;--ink:#e8ebf1;--soft:#aeb8c7;--line:#3a4353;--cue:#1f4a7d;"
    "--cue-soon:#172b45;--plain:#155a41;--plain-soon:#12322a}}"
    "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:var(--paper);color:var(--ink)}"
    "main{max-width:60rem;margin:auto;padding:1rem}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.4rem;text-align:center;border:1px solid var(--line)}"
    "td small{display:block;color:var(--soft)}.cue{background:var(--cue)}.plain{background:var(--plain)}"
    ".cue small,.plain small{color:var(--ink)}.cue.soon{background:var(--cue-soon)}.plain.soon{background:var(--plain-soon)}"
    ".now{outline:2px solid currentColor}.note{font-weight:normal;color:var(--soft)}.legend{color:var(--soft)}"
    ".legend span{padding:0 .4rem;margin-right:2px;color:var(--ink)}li{margin:.3rem 0}"
)
