"""What a person reads when a run is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from cued.review.reasons_in_words import RULES_OWN, PackWords, Row, Wording, rule_words, told, why
from cued.runtime.eventlog import EventLog
from cued.runtime.status import SoundState, clock_text
from cued.units import to_s

if TYPE_CHECKING:
    from cued.review.summary import Summary

NOT_SAID = ("withheld", "suppressed", "expired", "failed")
"""Kinds of lines that tell of a cue nobody heard."""


def print_story(log: EventLog, notes: Sequence[str], out: TextIO, pressed_ns: Sequence[int] = ()) -> Summary:
    """What was said when, under the segments it was said in, and the summary, whose figures are given back.

    `pressed_ns`: when a rehearsal pressed the key for the runner, in order.
    """
    from cued.review.figures_in_words import summary_lines
    from cued.review.summary import summarize

    for note in notes:
        print(note, file=out)
    figures = summarize(_telling(log.rows(), out, wording := log.wording(), pressed_ns))
    print(file=out)
    for line in summary_lines(figures, _only(wording)):
        print(line, file=out)
    return figures


def _telling(rows: Iterable[Row], out: TextIO, wording: Wording, pressed_ns: Sequence[int]) -> Iterator[Row]:
    """The rows as they are; what they tell is printed on the way."""
    presses = list(pressed_ns)
    for row, pack in told(rows, wording):
        while presses and presses[0] <= row["t_ns"]:
            print(f"{clock_text(presses.pop(0)):>7}  you press", file=out)
        line = _told(row, pack)
        if line:
            print(f"{clock_text(row['t_ns']):>7}  {line}", file=out)
        yield row


def _only(wording: Wording) -> PackWords | None:
    """The pack whose numbers hold for the whole run."""
    return next(iter(wording.values())) if len(wording) == 1 else None


def print_summary(
    log: EventLog,
    sound: SoundState | None,
    written: Sequence[str],
    out: TextIO,
    session: int | None = None,
    journal: str = "",
) -> None:
    """Figures of the run, how the sound did (where there was any), its number in the journal, and the files it left.

    `journal`: the option that names the journal, where it is not the one that `cued log` takes by itself.
    """
    from cued.review.figures_in_words import summary_lines
    from cued.review.summary import summarize

    sounded = sound is None or bool(sound.device)
    for line in summary_lines(summarize(log.rows()), _only(log.wording()), sounded=sounded):
        print(line, file=out)
    if sound is not None and (sound.device or sound.troubles):
        print(f"sound: {sound.device or 'no device'}, {sound.troubles or 'without a gap'}", file=out)
    if session is not None:
        print(
            f"kept as session {session}: `cued log rate {session} --effort 4{journal}` tells how hard it was, 0 to 10", file=out
        )
    for path in written:
        print(f"written: {path}", file=out)


def summary_json(log: EventLog) -> dict[str, Any]:
    """The figures for a program; times in seconds."""
    from cued.review.summary import Figures, summarize

    def figures(of: Figures) -> dict[str, Any]:
        return {
            "cadence_spm": None if of.mean_spm is None else round(of.mean_spm, 1),
            "running_s": to_s(of.running_ns),
            "band_s": {state: to_s(ns) for state, ns in of.band_ns.items()},
            "in_band": None if of.in_band is None else round(of.in_band, 3),
            "clicks": of.clicks,
            "beat_s": round(to_s(of.beat_ns), 3),
            "slowest_spm": of.slowest_spm,
            "fastest_spm": of.fastest_spm,
            "heard": of.heard,
            "heard_s": round(of.heard_s, 3),
            "withheld": of.withheld,
            "not_spoken": dict(of.unspoken),
        }

    def spans(of: list[tuple[int, int]]) -> list[dict[str, float]]:
        return [{"from_s": to_s(from_ns), "to_s": to_s(to_ns)} for from_ns, to_ns in of]

    run = summarize(log.rows())
    return {
        **figures(run),
        "pack": run.start.get("pack"),
        "simulated": bool(run.start.get("simulated")),
        "end_s": to_s(run.end_ns),
        "ended": run.ended,
        "distance_m": run.distance_m,
        "distance_estimated": run.estimated,
        "pauses": spans(run.pauses),
        "sensor_lost": spans(run.gaps),
        "counted": dict(run.counted),
        "segments": [
            {
                "segment": one.name,
                "rep": one.rep,
                "reps": one.reps,
                "start_s": to_s(one.start_ns),
                "end_s": to_s(one.end_ns),
                **figures(one),
            }
            for one in run.segments
        ],
    }


def _told(row: Row, pack: PackWords | None) -> str:
    kind = row["kind"]
    if kind == "segment":
        return _segment(row)
    if kind == "say":
        cut = " (cut short)" if row["reason"] else ""
        return f"    “{row['text']}”{cut}" if row["text"] else f"    (sound) {row['cue']}{cut}"
    if kind in NOT_SAID:
        rule = f"; {rule_words(row['rule'], pack)}" if row["reason"] in RULES_OWN else ""
        because = f" ({why(row['reason'], pack, row['rule'])}{rule})" if row["reason"] else ""
        return f"      not said: “{row['text'] or row['cue']}”{because}"
    if kind == "sensor":
        return f"sensor {row['state'].replace('_', ' ')}"
    if kind == "pause":
        return "pause" if row["paused"] else "goes on"
    if kind == "segment_skipped":
        return f"{row['segment']} is left out ({why(row['reason'])})"
    if kind == "back":
        return f"back to {row['segment']}"
    if kind == "pack":
        return f"the pack is {row['title']} from here on"
    return ""


def _segment(row: Row) -> str:
    if not row["segment"]:
        return "the session is done"
    reps = row["reps"]
    if reps is None:
        return f"{row['segment']} {row['rep']}"
    return f"{row['segment']} {row['rep']} of {reps}" if reps > 1 else str(row["segment"])
