"""What a person reads when a run is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, TextIO, TypeAlias

from cued.runtime.eventlog import EventLog
from cued.runtime.feeding import Feeding
from cued.runtime.status import SoundState, clock_text

Row: TypeAlias = dict[str, Any]
"""A line of the events file."""
NOT_SAID = ("withheld", "suppressed", "expired", "failed")
"""Kinds of lines that tell of a cue nobody heard."""


def print_story(log: EventLog, feeding: Feeding, out: TextIO) -> None:
    """What was said when, under the segments it was said in, and the summary."""
    from cued.review.summary import summarize, summary_lines

    for note in feeding.notes:
        print(note, file=out)
    figures = summarize(_telling(log.rows(), out))
    print(file=out)
    for line in summary_lines(figures):
        print(line, file=out)


def _telling(rows: Iterable[Row], out: TextIO) -> Iterator[Row]:
    """The rows as they are; what they tell is printed on the way."""
    for row in rows:
        told = _told(row)
        if told:
            print(f"{clock_text(row['t_ns']):>7}  {told}", file=out)
        yield row


def print_summary(log: EventLog, sound: SoundState | None, written: Sequence[str], out: TextIO) -> None:
    """Figures of the run, how the sound did (where there was any), and the files it left."""
    from cued.review.summary import summarize, summary_lines

    for line in summary_lines(summarize(log.rows())):
        print(line, file=out)
    if sound is not None and (sound.device or sound.troubles):
        print(f"sound: {sound.device or 'no device'}, {sound.troubles or 'without a gap'}", file=out)
    for path in written:
        print(f"written: {path}", file=out)


def summary_json(log: EventLog) -> dict[str, Any]:
    """The figures for a program."""
    from cued.review.summary import summarize

    return asdict(summarize(log.rows()))


def _told(row: Row) -> str:
    kind = row["kind"]
    if kind == "segment":
        return _segment(row)
    if kind == "say":
        cut = " (cut short)" if row["reason"] else ""
        return f"    “{row['text']}”{cut}" if row["text"] else f"    (sound) {row['cue']}{cut}"
    if kind in NOT_SAID:
        why = f": {row['reason']}" if row["reason"] else ""
        return f"      not said: “{row['text'] or row['cue']}” ({kind}{why})"
    if kind == "sensor":
        return f"sensor {row['state'].replace('_', ' ')}"
    if kind == "pause":
        return "pause" if row["paused"] else "goes on"
    if kind == "segment_skipped":
        return f"{row['segment']} is left out ({row['reason']})"
    return ""


def _segment(row: Row) -> str:
    if not row["segment"]:
        return "the session is done"
    reps = row["reps"]
    if reps is None:
        return f"{row['segment']} {row['rep']}"
    return f"{row['segment']} {row['rep']} of {reps}" if reps > 1 else str(row["segment"])
