"""The guided evening at the desk: its steps, which of them are done, and where it goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

from cued.runtime.files import write_json
from cued.runtime.safety import Accepted

FORMAT: Final = 1
"""Raised when an older cued would misread the file."""


class Step(Enum):
    """What there is to set up, in its order."""

    SAFETY = "safety"
    HEADPHONES = "headphones"
    POD = "pod"
    SOUND = "sound"
    VOICE = "voice"
    RUNNER = "runner"
    TRY = "try"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class About:
    """What a person is told of a step."""

    title: str
    command: str
    """The command that does the same by itself."""


STEPS: Final[Mapping[Step, About]] = {
    Step.SAFETY: About("Before you run", "cued safety --accept"),
    Step.HEADPHONES: About("Your headphones", "cued headphones pair"),
    Step.POD: About("Your foot pod", "cued sensors pair, cued sensors check"),
    Step.SOUND: About("Ear and volumes", "cued headphones adjust"),
    Step.VOICE: About("The voice", "cued voice list, cued config set sound.speaker NAME"),
    Step.RUNNER: About("Who runs", "cued config set runner.max_hr 188"),
    Step.TRY: About("Two minutes to try", "cued try --for 2min"),
    Step.NEXT: About("What comes next", "cued setup --only next"),
}


class Outcome(Enum):
    """What became of a step."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Kept:
    """A step that was gone through."""

    outcome: Outcome
    note: str
    """What was chosen, or why it was skipped."""
    date: str
    """Local, ISO 8601, as far as the machine knew it."""


class Evening:
    """The file that remembers the steps; every change is written whole or not at all."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: None is the user's own, in the state folder."""
        self._path = path

    @property
    def path(self) -> Path:
        """Where it is."""
        if self._path is None:
            from platformdirs import user_state_path

            self._path = user_state_path("cued") / "setup.json"
        return self._path

    def steps(self) -> dict[Step, Kept]:
        """What became of each step so far; a file that cannot be read tells of none: a step twice does no harm."""
        try:
            held = json.loads(self.path.read_text(encoding="utf-8"))
            rows = held["steps"] if held["format"] == FORMAT else {}
            return {Step(name): Kept(Outcome(row["outcome"]), str(row["note"]), str(row["date"])) for name, row in rows.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def so_far(self, accepted: Accepted | None) -> dict[Step, Kept]:
        """The same, with the safety notice as it is accepted by whichever command."""
        kept: dict[Step, Kept] = {} if accepted is None else {Step.SAFETY: Kept(Outcome.DONE, "accepted", accepted.date)}
        return kept | {step: one for step, one in self.steps().items() if step.value != Step.SAFETY.value}

    def put(self, step: Step, outcome: Outcome, note: str, now: datetime | None = None) -> None:
        """Remember what became of a step just now (or `now`). Raises OutputError where that cannot be kept."""
        date = (now or datetime.now(UTC)).astimezone().date().isoformat()
        kept = self.steps() | {step: Kept(outcome, note, date)}
        rows = {
            one.value: {"outcome": kept[one].outcome.value, "note": kept[one].note, "date": kept[one].date}
            for one in Step
            if one in kept
        }
        write_json(self.path, {"format": FORMAT, "steps": rows})


def to_do(kept: Mapping[Step, Kept], *, begin: Step | None = None, only: Step | None = None) -> tuple[Step, ...]:
    """The steps to go through now.

    `begin`: from that one on, `only`: that one; else those that nobody has gone through yet, then those that were skipped. The
    safety notice comes first, whatever was asked, until it is accepted.
    """
    order = tuple(Step)
    if only is not None:
        steps: Iterable[Step] = (only,)
    elif begin is not None:
        steps = order[order.index(begin) :]
    else:
        new = tuple(step for step in order if step not in kept)
        again = tuple(step for step in order if step in kept and kept[step].outcome is Outcome.SKIPPED)
        steps = new or again
    steps = tuple(steps)
    return steps if Step.SAFETY in kept or Step.SAFETY in steps else (Step.SAFETY, *steps)


def rows(kept: Mapping[Step, Kept]) -> list[dict[str, Any]]:
    """Every step for scripts."""
    return [
        {
            "step": step.value,
            "title": about.title,
            "state": kept[step].outcome.value if step in kept else "to do",
            "note": kept[step].note if step in kept else None,
            "date": kept[step].date if step in kept else None,
            "command": about.command,
        }
        for step, about in STEPS.items()
    ]


def lines(kept: Mapping[Step, Kept]) -> list[str]:
    """Every step for people."""
    told = rows(kept)
    widths = [max(len(row[name]) for row in told) for name in ("step", "state", "title")]
    return [
        f"{row['step']:<{widths[0]}}  {row['state']:<{widths[1]}}  {row['title']:<{widths[2]}}  {row['note'] or ''}".rstrip()
        for row in told
    ]
