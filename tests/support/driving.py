"""Carry a session through a course of events and keep every step: what was known before, what was decided, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import TypeVar

from hypothesis import seed, settings

from cued.core import engine
from cued.core.effects import CutSpeech, Effect, Paused, PlayClick, RecallClicks, Render, RunEnded, Say, Withheld
from cued.core.events import Event, SpeechFailed, SpeechReady, Wake
from cued.core.phrases import nominal_duration_ns
from cued.core.session import Session
from cued.core.start import Start

_Test = TypeVar("_Test", bound=Callable[..., None])

SHARED = 50
"""Courses that the properties of what is heard look at together in `make test`; a hunt draws its own for each."""
SAME_INSTANT = 25
"""A session that asks more often than this to be woken at one and the same instant is going round in circles."""


@dataclass(frozen=True, slots=True)
class Step:
    before: Session
    event: Event
    after: Session
    effects: tuple[Effect, ...]


def examples(number: int) -> Callable[[_Test], _Test]:
    """So many examples in `make test`; in a hunt as many as its profile says."""
    usual = settings().max_examples
    return settings(max_examples=number if usual <= 100 else usual)


def alike(test: _Test) -> _Test:
    """The same examples for every property that is marked so, that each course need be run but once (see `course_of`)."""
    return examples(SHARED)(test if settings().max_examples > 100 else seed(0)(test))


@lru_cache(maxsize=3 * SHARED)
def course_of(how: Start, events: tuple[Event, ...]) -> tuple[Step, ...]:
    """The steps of a course; see `woken`."""
    return tuple(woken(how, events))


def fed(how: Start, events: Iterable[Event]) -> list[Step]:
    """The events alone: the session is never woken between them."""
    session = engine.start(how)
    steps: list[Step] = []
    for event in events:
        after, effects = engine.step(session, event)
        steps.append(Step(session, event, after, effects))
        session = after
    return steps


def woken(how: Start, events: Iterable[Event], *, answers: bool = True) -> list[Step]:
    """As the loops do: woken whenever it asks, also just before each event, so that a step is one instant and one cause.

    With `answers` every `Render` is answered at once, by the voice `nominal`.
    """
    steps: list[Step] = []
    session = engine.start(how)

    def take(event: Event) -> None:
        nonlocal session
        after, effects = engine.step(session, event)
        steps.append(Step(session, event, after, effects))
        session = after
        for effect in effects:
            if answers and isinstance(effect, Render):
                take(SpeechReady(effect.at_ns, effect.text_id, nominal_duration_ns(effect.text)))

    for event in events:
        _wake(lambda: session, take, event.at_ns)
        take(event)
    return steps


def answered(how: Start, events: Iterable[Event], delays: Iterator[int | None]) -> list[Step]:
    """As `woken`, with a voice that takes its time: each `Render` is answered so many ns later, in vain for −1, or never."""
    steps: list[Step] = []
    session = engine.start(how)
    coming: list[tuple[int, int, Event]] = [(event.at_ns, number, event) for number, event in enumerate(events)]
    heapify(coming)
    number = len(coming)
    while coming:
        at_ns, _, event = coming[0]
        due_ns = engine.next_wakeup(session)
        if due_ns is not None and due_ns <= at_ns:
            event = Wake(due_ns)
        else:
            heappop(coming)
        after, effects = engine.step(session, event)
        steps.append(Step(session, event, after, effects))
        session = after
        for effect in effects:
            delay_ns = next(delays) if isinstance(effect, Render) else None
            if not isinstance(effect, Render) or delay_ns is None:
                continue
            text_id, at_ns = effect.text_id, effect.at_ns + max(0, delay_ns)
            ready = SpeechReady(at_ns, text_id, nominal_duration_ns(effect.text))
            number += 1
            heappush(coming, (at_ns, number, ready if delay_ns >= 0 else SpeechFailed(at_ns, text_id, "no voice")))
    return steps


def _wake(session: Callable[[], Session], take: Callable[[Event], None], until_ns: int) -> None:
    same, last_ns = 0, None
    while True:
        due_ns = engine.next_wakeup(session())
        if due_ns is None or due_ns > until_ns:
            return
        same = same + 1 if due_ns == last_ns else 0
        assert same < SAME_INSTANT, f"the session asks again and again to be woken at {due_ns}"
        last_ns = due_ns
        take(Wake(due_ns))


def effects_of(steps: Sequence[Step]) -> list[Effect]:
    return [effect for step in steps for effect in step.effects]


# --- what is heard -------------------------------------------------------------------------------------------------


def clicks_of(effects: Iterable[Effect]) -> list[PlayClick]:
    """Promised and not recalled."""
    heard: list[PlayClick] = []
    for effect in effects:
        if isinstance(effect, PlayClick):
            heard.append(effect)
        elif isinstance(effect, RecallClicks):
            while heard and heard[-1].at_ns >= effect.from_ns:
                heard.pop()
    return heard


@dataclass(frozen=True, slots=True)
class Voiced:
    """A cue that had the floor, heard or withheld, and when it gave it up."""

    what: Say | Withheld
    end_ns: int
    run_ns: int
    """Running time at its onset."""
    paused: bool


def voiced(effects: Iterable[Effect]) -> list[Voiced]:
    """Every cue that had the floor, in order, cuts taken into account."""
    found: list[Voiced] = []
    base_ns, mark_ns, paused = 0, 0, False
    for effect in effects:
        if isinstance(effect, Paused):
            base_ns += 0 if paused else effect.at_ns - mark_ns
            mark_ns, paused = effect.at_ns, effect.paused
        elif isinstance(effect, RunEnded) and paused:
            mark_ns, paused = effect.at_ns, False  # what is still waiting may speak
        elif isinstance(effect, Say | Withheld):
            run_ns = base_ns + (0 if paused else effect.at_ns - mark_ns)
            found.append(Voiced(effect, effect.at_ns + effect.dur_ns, run_ns, paused))
        elif isinstance(effect, CutSpeech):
            last = found[-1]
            found[-1] = Voiced(last.what, effect.at_ns + effect.fade_ns, last.run_ns, last.paused)
    return found
