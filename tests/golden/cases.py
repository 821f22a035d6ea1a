"""The runs that are kept, each for a reason. A new case here and `make golden` is all it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.units import NS_PER_MIN

WAITING: Final = ("drills",)
"""Packs with segments that wait for a press; what is kept of them is the run of somebody who does not press."""


@dataclass(frozen=True, slots=True)
class Case:
    """One run on which a pack's every decision is known."""

    pack: str
    """A shipped pack."""
    why: str
    """What it is kept for."""
    sim: str = ""
    """A simulated runner; else `run` or `raw`."""
    run: str = ""
    """A file among the shared recordings."""
    raw: str = ""
    """A raw sensor log that `tests/support/raw_runs.py` makes."""
    minutes: int | None = None
    """None: as long as the recording."""
    session: int = 1
    seed: int = 0
    pressed: tuple[tuple[float, str], ...] = ()
    """(second, `back` or the name of the pack that is taken then)."""

    @property
    def name(self) -> str:
        """Its file's name, without ending."""
        source = self.sim or self.raw or self.run.rpartition(".")[0]
        return f"{self.pack}-{source}-session{self.session}{'-pressed' if self.pressed else ''}"

    @property
    def length_ns(self) -> int | None:
        """Running time; None: the recording's own."""
        return None if self.minutes is None else self.minutes * NS_PER_MIN

    @property
    def command(self) -> str:
        """The same run by hand; a recording is given by its name alone."""
        file = f"{self.raw}.jsonl" if self.raw else self.run
        source = f"--sim {self.sim} --length {self.minutes}min" if self.sim else f"--run {file}"
        nobody = " --no-press" if self.pack in WAITING else ""
        return f"cued rehearse {self.pack} {source} --session {self.session} --seed {self.seed}{nobody} --events -"


SIMULATED: Final = (
    Case(
        "awareness",
        "a first session with a runner who listens: every segment once, questions spread over it",
        "easy",
        minutes=40,
    ),
    Case("awareness", "red lights and walked hills: the band sleeps, the questions go on", "stop-and-go", minutes=40),
    Case("integration", "a first session: the beat leads through the whole of every feeder", "easy", minutes=50),
    Case(
        "integration",
        "the fourth session of a runner who tires: half the beat, drift against the run's own start, withholding",
        "tired",
        minutes=50,
        session=4,
    ),
    Case(
        "integration",
        "the seventh session of a runner who never gets there: no beat is left, and corrections run into their limits",
        "stubborn",
        minutes=45,
        session=7,
    ),
    Case(
        "drills",
        "nobody presses for the drills; then a nudge into the band, a silent probe and four strides with their words",
        "easy",
        minutes=50,
        session=3,
    ),
    Case(
        "fatigue",
        "cadence drifts under the run's own reference: three bursts with their cues, and then the word to ease off",
        "tired",
        minutes=75,
    ),
    Case("metronome", "the default pack at its plainest: follow, then nudge up to the band", "easy", minutes=25),
    Case(
        "integration",
        "another pack in mid-feeder, a step back in it, and the first pack once more: the beat keeps its grid, budgets go on",
        "easy",
        minutes=50,
        pressed=((1120.3, "metronome"), (1400.0, "back"), (2070.7, "integration"), (2160.0, "back")),
    ),
    Case(
        "metronome",
        "hard and easy by turns: speed is unsteady, so the band sleeps while the beat follows",
        "intervals",
        minutes=25,
    ),
    Case(
        "metronome",
        "standing and walking: the beat rests, resumes on its grid, and a nudge begins anew",
        "stop-and-go",
        minutes=25,
        session=3,
    ),
)
RAW: Final = (
    Case(
        "metronome",
        "a pod whose unit nobody knows at first: no beat until it is known, a renewed link, a lost one, a low battery",
        raw="one-pod",
    ),
    Case(
        "awareness",
        "two pods: one follows the other without a loss or a leap, though its bytes come doubled, cut and by hundreds",
        raw="two-pods",
    ),
)
"""From the bytes on: what a live run gets over the air."""
MADE: Final = (*SIMULATED, *RAW)
"""Cases that need no recording."""
RECORDED: Final = (
    Case("awareness", "a foot pod's own hour, even and complete", run="stryd_57min.fit"),
    Case("integration", "an older watch that leaves out a second now and then", run="fenix2_47min.fit"),
    Case(
        "integration",
        "two hours with thirteen pauses, of which clocks and limits must know nothing",
        run="fr935_hrmrun_stryd_113min.fit",
        session=3,
    ),
    Case("metronome", "half an hour with strap and pod: a beat beside real cadence", run="fenix5x_hrmrun_stryd_28min.fit"),
)
