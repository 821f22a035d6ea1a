"""Drive the core as the loops do, in virtual time, with packs and runners written in few words.

Times in these helpers are seconds of the session's line, as a test's reader counts; the core still gets whole nanoseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Self, TypeVar

from cued.core import engine
from cued.core.cues import (
    Action,
    Band,
    Basis,
    Cue,
    CuePack,
    ForDistance,
    ForTime,
    Length,
    Limits,
    Metronome,
    Mode,
    Repeat,
    Rule,
    SayCue,
    Segment,
    SessionPart,
    Target,
    Trigger,
)
from cued.core.effects import (
    Effect,
    Expired,
    Failed,
    PlayClick,
    RecallClicks,
    Render,
    Say,
    SegmentBegan,
    Suppressed,
    TempoChanged,
    Withheld,
)
from cued.core.events import CadenceSample, Event, SpeechReady, Wake
from cued.core.phrases import nominal_duration_ns
from cued.core.start import Runner, Start
from cued.units import seconds, to_s, to_spm

FREE = Limits(min_gap_ns=0, same_cue_gap_ns=0, per_minute=1_000, per_run=1_000)
"""Limits that suppress nothing: what is tested is then the rule alone."""
KNOWN = Runner(baseline_spm=170.0, baseline_speed_mps=2.8)
"""A runner with history: easy running is 170 spm at 2.8 m/s, so nothing has to be measured first."""
SPEED_MPS = 2.8
FIXED_172 = Target(Basis.FIXED, spm=172.0)

_E = TypeVar("_E", bound=Effect)
_Value = float | None | Callable[[float], float | None]
"""A number that holds throughout, or a function of the time in seconds."""


# --- packs ---------------------------------------------------------------------------------------------------------


def for_s(value_s: float) -> ForTime:
    return ForTime(seconds(value_s))


def for_m(value_m: float) -> ForDistance:
    return ForDistance(value_m)


def segment(name: str = "steady", length: float | Length = 600.0, **words: Any) -> Segment:
    """`length` is seconds, or a length of the format; the pack gives the segment its number."""
    return Segment(0, name, length if not isinstance(length, int | float) else for_s(length), **words)


def rule(when: Trigger, *then: str | Action, **words: Any) -> Rule:
    """A text stands for `say: that cue`; the pack gives the rule its id."""
    return Rule(words.pop("id", ""), when, tuple(SayCue(one) if isinstance(one, str) else one for one in then), **words)


def beat(mode: str = "fixed", **words: Any) -> Metronome:
    """`beat_spm` is the tempo of `fixed`; `play_s`, `pause_s`, `for_s`, `again_s` are seconds."""
    ns: dict[str, Any] = {
        f"{word}_ns": seconds(words.pop(f"{word}_s")) for word in ("play", "pause", "for", "again") if f"{word}_s" in words
    }
    tempo = words.pop("beat_spm", None)
    return Metronome(mode=Mode(mode), beat_mspm=None if tempo is None else round(tempo * 1_000), **ns, **words)


def pack(*session: SessionPart, rules: Iterable[Rule] = (), cues: Iterable[Cue] = (), **words: Any) -> CuePack:
    """A pack without limits unless `limits` are given. Cues that rules name and nobody wrote say their own id.

    Its `target`, `band` and `metronome` are laid over segments that have none, as the loader does.
    """
    numbered = tuple(one if one.id else replace(one, id=f"rules[{index}]") for index, one in enumerate(rules))
    written = list(cues)
    for one in numbered:
        for action in one.then:
            if isinstance(action, SayCue) and all(cue.id != action.cue for cue in written):
                written.append(Cue(action.cue, say=f"{action.cue.capitalize()}."))
    words.setdefault("limits", FREE)
    whole = CuePack("test", "1.0.0", "Test", "en", "CC0-1.0", session or (segment(),), cues=(), rules=numbered, **words)
    laid: list[SessionPart] = []
    number = 0
    for part in whole.session:
        inner: list[Segment] = []
        for piece in part.segments if isinstance(part, Repeat) else (part,):
            inner.append(_laid(piece, whole, number))
            number += 1
        laid.append(replace(part, segments=tuple(inner)) if isinstance(part, Repeat) else inner[0])
    return replace(whole, session=tuple(laid), cues=tuple(written))


def _laid(piece: Segment, whole: CuePack, number: int) -> Segment:
    return replace(
        piece,
        index=number,
        target=whole.target if piece.target == Target() else piece.target,
        band=whole.band if piece.band == Band() else piece.band,
        metronome=whole.metronome if piece.metronome == Metronome() else piece.metronome,
    )


# --- runners -------------------------------------------------------------------------------------------------------


def samples(
    from_s: float,
    to_s_: float,
    spm: _Value = 170.0,
    speed: _Value = SPEED_MPS,
    *,
    running: bool | None = None,
    total_from_m: float | None = None,
) -> list[Event]:
    """A pod's readings at 1 Hz in [from, to); with `total_from_m` also its own total, from there on."""
    events: list[Event] = []
    total = total_from_m
    at = from_s
    while at < to_s_ - 1e-9:
        steps, mps = (value(at) if callable(value) else value for value in (spm, speed))
        events.append(CadenceSample(seconds(at), steps, mps, total, running))
        if total is not None:
            total += mps or 0.0
        at += 1.0
    return events


# --- a run ---------------------------------------------------------------------------------------------------------


class Run:
    """A session under way, driven through every wakeup it asks for; the voice is `nominal`."""

    def __init__(self, what: CuePack, *, voice: bool = True, answers: bool = True, **how: Any) -> None:
        """`voice` False: no text is ready before the start; `answers` False: `Render` is never answered."""
        texts = engine.texts_of(what, how.get("language", ""), on_air=how.get("on_air", False)) if voice else ()
        speech = tuple((text.text_id, nominal_duration_ns(text.text or "a sound")) for text in texts)
        self.session = engine.start(Start(what, speech=speech, **how))
        self.decided: list[tuple[int, Effect]] = []
        """(when it was decided, what), in order."""
        self._answers = answers

    def send(self, *events: Event) -> Self:
        """Feed events in order of time, each after all that is due before it."""
        for event in sorted(events, key=lambda event: event.at_ns):
            self._wake_until(event.at_ns)
            self._step(event)
        return self

    def to(self, at_s: float) -> Self:
        """Let time pass: a `Wake` at every wakeup up to `at_s`, and one there."""
        self._wake_until(seconds(at_s))
        self._step(Wake(seconds(at_s)))
        return self

    def runs(self, from_s: float, to_s_: float, spm: _Value = 170.0, speed: _Value = SPEED_MPS) -> Self:
        """The runner runs in [from, to), and that time passes."""
        return self.send(*samples(from_s, to_s_, spm, speed)).to(to_s_)

    def drain(self) -> Self:
        """Wake until nothing is left to do: what a run does after its end."""
        for _ in range(100_000):
            due_ns = engine.next_wakeup(self.session)
            if due_ns is None:
                return self
            self._step(Wake(due_ns))
        raise AssertionError("the session never stops asking to be woken")

    def _wake_until(self, at_ns: int) -> None:
        same, last_ns = 0, None
        while True:
            due_ns = engine.next_wakeup(self.session)
            if due_ns is None or due_ns > at_ns:
                return
            same = same + 1 if due_ns == last_ns else 0
            assert same < 20, f"the session asks again and again to be woken at {due_ns}"
            last_ns = due_ns
            self._step(Wake(due_ns))

    def _step(self, event: Event) -> None:
        self.session, effects = engine.step(self.session, event)
        now_ns = max(event.at_ns, self.session.now_ns)
        self.decided += [(now_ns, effect) for effect in effects]
        if self._answers:
            for effect in effects:
                if isinstance(effect, Render):
                    self._step(SpeechReady(effect.at_ns, effect.text_id, nominal_duration_ns(effect.text)))

    # --- what came of it ---

    @property
    def view(self) -> engine.View:
        return engine.view(self.session)

    def of(self, kind: type[_E]) -> list[_E]:
        return [effect for _, effect in self.decided if isinstance(effect, kind)]

    @property
    def said(self) -> list[tuple[float, str]]:
        """(seconds, cue id)."""
        return [(at(say), say.cue) for say in self.of(Say)]

    @property
    def said_s(self) -> list[float]:
        return [at(say) for say in self.of(Say)]

    @property
    def texts(self) -> list[str]:
        return [say.text for say in self.of(Say)]

    @property
    def refused(self) -> list[tuple[float, str, str]]:
        """(seconds, cue id, reason) of what was suppressed."""
        return [(at(one), one.cue, one.reason) for one in self.of(Suppressed)]

    @property
    def reasons(self) -> list[str]:
        return [one.reason for one in self.of(Suppressed)]

    @property
    def given_up(self) -> list[tuple[float, str, str]]:
        """(seconds, cue id, reason) of what expired or failed."""
        return [(at(one), one.cue, one.reason) for _, one in self.decided if isinstance(one, Expired | Failed)]

    @property
    def withheld(self) -> list[tuple[float, str]]:
        return [(at(one), one.cue) for one in self.of(Withheld)]

    @property
    def segments(self) -> list[tuple[float, str]]:
        return [(at(one), one.segment) for one in self.of(SegmentBegan)]

    @property
    def tempi(self) -> list[tuple[float, float]]:
        """(seconds, steps per minute) of every change of tempo; 0 is silence."""
        return [(at(one), to_spm(one.mspm)) for one in self.of(TempoChanged)]

    @property
    def clicks(self) -> list[PlayClick]:
        """What is heard of the beat: promised and not recalled."""
        heard: list[PlayClick] = []
        for _, effect in self.decided:
            if isinstance(effect, PlayClick):
                heard.append(effect)
            elif isinstance(effect, RecallClicks):
                heard = [click for click in heard if click.at_ns < effect.from_ns]
        return heard

    def clicks_in(self, from_s: float, to_s_: float) -> list[PlayClick]:
        """The clicks whose onset lies in [from, to)."""
        return [click for click in self.clicks if seconds(from_s) <= click.at_ns < seconds(to_s_)]

    def tempo_at(self, at_s: float) -> float:
        """Steps per minute of the grid as of that moment; 0 where it is silent."""
        tempo = 0.0
        for changed_s, spm in self.tempi:
            if changed_s <= at_s:
                tempo = spm
        return tempo


def at(effect: Effect) -> float:
    """When it takes effect, in seconds, to the millisecond."""
    return round(to_s(effect.at_ns), 3)
