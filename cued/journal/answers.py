"""What a runner may add to a run, and what counts as an answer. Whatever is not answered is unknown, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cued.errors import JournalError

LONGEST_TEXT: Final = 4_000
"""Characters of a note: two pages."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that can be asked; a number in a range, or words."""

    name: str
    table: str
    """`conditions`: how things stood. `ratings`: how it was."""
    what: str
    """For a runner; of a number its unit and the ends of its scale."""
    low: float | None = None
    """None: the answer is words."""
    high: float | None = None
    words: tuple[str, ...] = ()
    """The only words allowed; empty: any."""

    def answer(self, word: str) -> str | float:
        """What `word` means; raises JournalError for what is no answer."""
        text = word.strip()
        if self.low is None or self.high is None:
            if not text or len(text) > LONGEST_TEXT or not text.isprintable():
                raise JournalError(f"{self.name}: say it in a few plain words ({self.what})")
            if self.words and text not in self.words:
                raise JournalError(f"{self.name}: one of {', '.join(self.words)}")
            return text
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not self.low <= number <= self.high:
            raise JournalError(f"{self.name} {text[:40]}: {self.what}")
        return number


BEFORE: Final = (
    Question("readiness", "conditions", "how ready you feel, 1 not at all to 5 very", 1, 5),
    Question("sleep", "conditions", "hours slept, 0 to 24", 0, 24),
    Question("pain_before", "conditions", "pain before the run, 0 none to 10 the worst there is", 0, 10),
    Question("sore", "conditions", "anything sore before the run", words=("yes", "no")),
    Question("shoes", "conditions", "which shoes"),
    Question("surface", "conditions", "what is underfoot, in a word of your own: road, trail, grass, track, treadmill"),
    Question("temperature", "conditions", "degrees Celsius, -50 to 60", -50, 60),
)
"""Before a run. Pain on the numeric scale of 0 to 10 that clinics use."""
DURING: Final = (
    Question("helped", "ratings", "did the last cue help", words=("yes", "no")),
    Question("surface", "conditions", "what is underfoot from here on"),
    Question("pain", "ratings", "pain, 0 none to 10 the worst there is", 0, 10),
)
"""At a moment of the run."""
AFTER: Final = (
    Question("effort", "ratings", "how hard it was, 0 rest to 10 maximal", 0, 10),
    Question("landing", "ratings", "how the landing felt, 1 hard to 5 soft", 1, 5),
    Question("smooth", "ratings", "how smooth it felt, 0 not at all to 10 as smooth as can be", 0, 10),
    Question("control", "ratings", "how much in control you felt, 0 not at all to 10 wholly", 0, 10),
    Question("pain", "ratings", "pain, 0 none to 10 the worst there is", 0, 10),
    Question("place", "ratings", "where it hurt most", words=("calf", "achilles", "shin", "foot", "knee", "hip")),
    Question("pain_kind", "ratings", "what kind; sharp and limp end cueing for the day", words=("dull", "sharp", "limp")),
    Question("morning", "ratings", "soreness or stiffness the morning after, 0 none to 10 the worst there is", 0, 10),
)
"""After a run. Effort is the session's rating of perceived exertion on Borg's CR10, as Foster 2001 asks for it; a tendon tells
more the morning after than during the run."""
TESTED: Final = (
    Question("balance_left", "ratings", "block test: seconds on the left leg, eyes closed, the better of two", 0, 600),
    Question("balance_right", "ratings", "block test: seconds on the right leg, eyes closed, the better of two", 0, 600),
    Question("calf_left", "ratings", "block test: calf raises on the left leg until form went", 0, 500),
    Question("calf_right", "ratings", "block test: calf raises on the right leg until form went", 0, 500),
)
"""After a block test: what no sensor counts."""
