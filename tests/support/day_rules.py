"""What must hold on every virtual day, whatever happens: a listener who counts what no runner should ever hear."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from cued.core.arbiter import CUT_FADE_NS
from cued.core.effects import CutSpeech, Effect, Paused, PlayClick, RecallClicks, RunEnded, Say, SegmentBegan
from cued.core.grid import LOOKAHEAD_NS
from cued.core.happening import Phase
from cued.core.sentences import WORDS, Sentence
from cued.runtime.daemon.loop import Daemon
from cued.units import NS_PER_S
from tests.support.day_world import Table, VirtualMouth, VirtualTime, clock

ON: Final = frozenset({Phase.RUNNING, Phase.PAUSED})
_TRUE_IN: Final = {
    Sentence.BEGUN: ON,
    Sentence.UNRECORDED: ON,
    Sentence.CONTINUED: ON,
    Sentence.RESUMED: ON,
    Sentence.PAUSED: ON,
    Sentence.CUES_OVER: ON,
    Sentence.STATUS_PAUSED: frozenset({Phase.PAUSED}),
    Sentence.STATUS_READY: frozenset({Phase.READY}),
    Sentence.STATUS_IDLE: frozenset({Phase.IDLE}),
    Sentence.STATUS_ENDED: frozenset({Phase.ENDED}),
}
"""Whole sentences, and when they may be said."""
_BEGINS_IN: Final = {
    "Ready.": frozenset({Phase.READY}),
    "Plain run.": frozenset({Phase.READY}),
    "Bereit.": frozenset({Phase.READY}),
    "Run saved.": frozenset(Phase) - ON,
    "Lauf gespeichert.": frozenset(Phase) - ON,
    "Not saved yet": frozenset(Phase) - ON,
    "Run over, and not": frozenset(Phase) - ON,
    "Saved": frozenset(Phase) - ON,
}
"""How a sentence begins, and when."""
LATE_NS: Final = 4 * NS_PER_S
"""A sentence may be true of the phase that was just left: it had to wait for another."""
DEAF_NS: Final = NS_PER_S
"""After the machine slept or stood still, what had been promised before is not judged."""


def phases_of(text: str) -> frozenset[Phase] | None:
    """When `text` may be said; None: at any time."""
    whole = {words[what]: phases for words in WORDS.values() for what, phases in _TRUE_IN.items()}
    if text in whole:
        return whole[text]
    return next((phases for begin, phases in _BEGINS_IN.items() if text.startswith(begin)), None)


class StrictMouth(VirtualMouth):
    """A virtual mouth whose wearer notes every wrong."""

    def __init__(self, time: VirtualTime, table: Table) -> None:
        super().__init__(time, table)
        self.wrongs: list[str] = []
        self.phases: list[tuple[int, Phase]] = [(0, Phase.IDLE)]
        """Each phase, with when it was left for the next; the last one is on."""
        self._spoken: Say | None = None
        self._until_ns = 0
        self.phase: Callable[[], Phase] = lambda: Phase.IDLE
        """Life's, just now; set by the house."""
        self._new: list[tuple[str, Phase]] = []
        """What has been said in this turn, and when."""
        self._silent_ns: int | None = 0
        """No click may sound from then on; None: it may."""
        self._due: list[int] = []
        """Onsets that are promised and may be taken back."""

    def wrong(self, what: str) -> None:
        self.wrongs.append(f"{clock(self._time.now_ns())} {what}")

    def play(self, effects: Sequence[Effect]) -> None:
        super().play(effects)
        for effect in effects:
            match effect:
                case Say():
                    self._hear(effect)
                case CutSpeech():
                    self._until_ns = min(self._until_ns, effect.at_ns + effect.fade_ns)
                case PlayClick():
                    self._due.append(effect.at_ns)
                case RecallClicks():
                    self._due = [onset_ns for onset_ns in self._due if onset_ns < effect.from_ns]
                case Paused() if effect.paused:
                    self._silent_ns = effect.at_ns
                case Paused() | SegmentBegan():
                    self._settle(effect.at_ns)
                    self._silent_ns = None
                case RunEnded():
                    self._settle(effect.at_ns)
                    self._silent_ns = effect.at_ns
                case _:
                    pass
        self._settle(self._time.now_ns() - NS_PER_S)

    def _settle(self, until_ns: int) -> None:
        """Onsets that have sounded by then: was any of them to be silent? What is in the ring already cannot be taken back."""
        sounded = [onset_ns for onset_ns in self._due if onset_ns < until_ns]
        self._due = [onset_ns for onset_ns in self._due if onset_ns >= until_ns]
        silent_ns = self._silent_ns
        if silent_ns is not None and until_ns - self._time.stood_until_ns > DEAF_NS:
            late = [onset_ns for onset_ns in sounded if onset_ns > silent_ns + LOOKAHEAD_NS]
            if late:
                self.wrong(f"{len(late)} clicks while it rests")

    def _hear(self, said: Say) -> None:
        now_ns = self._time.now_ns()
        if said.at_ns < self._until_ns - CUT_FADE_NS and self._spoken is not None:
            self.wrong(f"{said.text or said.cue!r} is said into {self._spoken.text or self._spoken.cue!r}")
        if said.at_ns < now_ns - LATE_NS and now_ns - self._time.stood_until_ns > DEAF_NS:
            self.wrong(f"{said.text!r} was due at {clock(said.at_ns)}")
        self._spoken, self._until_ns = said, said.at_ns + said.dur_ns
        self._new.append((said.text, self.phase()))

    def is_now(self, phase: Phase) -> None:
        """Life's phase after a turn; what was said in it must be true of that, or of a phase just left."""
        now_ns = self._time.now_ns()
        if phase is not self.phases[-1][1]:
            self.phases[-1] = (now_ns, self.phases[-1][1])
            self.phases.append((0, phase))
        new, self._new = self._new, []
        lately = [phase for left_ns, phase in self.phases[:-1] if now_ns - left_ns <= LATE_NS]
        for text, then in new:
            allowed = phases_of(text)
            if allowed is not None and allowed.isdisjoint((*lately, then, phase)):
                self.wrong(f"{text!r} is said while {phase.value}")


def disagreement(daemon: Daemon) -> str:
    """What life and the session hold differently after a turn; empty: nothing."""
    phase, run, on = daemon.life.phase, daemon.sessions.run, daemon.sessions.on
    if phase in ON:
        if on is None:
            return "" if daemon.sessions.waits else f"{phase.value}, and no session is on"
        return "" if on.view().paused == (phase is Phase.PAUSED) else f"{phase.value}, and the session differs"
    if phase is Phase.ENDED:
        return "ended, and the session goes on" if on is not None else ""
    return f"{phase.value}, and there is a session" if run is not None else ""
