"""Leading through a segment's drills: its timeline (`drills`) put to the run's time, said and clicked."""

from __future__ import annotations

from dataclasses import replace

from cued.core import arbiter, firing
from cued.core.cues import CuePack, Segment
from cued.core.drills import Leading, Plan, Saying, needs_words, plan
from cued.core.sentences import Sentence, sentence
from cued.core.session import Turn
from cued.core.values import Values
from cued.units import NS_PER_S

ASK_EXPIRE_NS = 20 * NS_PER_S
"""That a press is waited for stays true for minutes."""


def begin(turn: Turn) -> None:
    """A segment has begun: with drills, if it has any."""
    segment, progress = turn.progress.segment, turn.progress
    turn.leading = None
    if segment is None or not segment.drills or progress.waiting or turn.hurts:
        return
    total_ns = None if progress.end_run_ns is None else progress.end_run_ns - progress.start_run_ns
    made = plan(turn.how.pack, segment, turn.how.language, total_ns)
    past = [saying for saying in made.sayings if saying.at_ns < _elapsed_ns(turn)]  # of a segment that a swap came late into
    turn.leading = Leading(made, len(past))


def await_press(turn: Turn) -> None:
    """A segment waits for the runner's key, and nothing but cued itself can say so."""
    segment = turn.progress.segment
    turn.leading = None
    if segment is not None and not turn.hurts:
        words = press_words(turn.how.pack, segment, turn.how.language)
        turn.leading = Leading(Plan((Saying(0, "", words, ASK_EXPIRE_NS),)))


def press_words(pack: CuePack, segment: Segment, language: str = "") -> str:
    """What is said of a segment that begins by a press."""
    spoken = language or pack.language
    return needs_words(pack, segment, language) or sentence(Sentence.WAITING, Values(segment=segment.name), spoken)


def texts(pack: CuePack, segment: Segment, language: str = "") -> tuple[tuple[str, str], ...]:
    """(text, the language it is in) of all that is said of the segment's press and in its drills."""
    spoken = language or pack.language
    asked = [(press_words(pack, segment, language), spoken)] if segment.starts_on_press else []
    if not segment.drills:
        return tuple(asked)
    made = plan(pack, segment, language)
    return (*asked, *((saying.text, made.language) for saying in made.sayings))


def over(turn: Turn) -> None:
    """The segment is left: nobody goes on counting."""
    if turn.leading is None:
        return
    turn.leading = None
    holder = turn.floor.holder
    if holder is not None and holder.cue == arbiter.DRILL and turn.floor.busy_ns > turn.now_ns:
        turn.floor, effects = arbiter.cut(turn.floor, turn.now_ns)
        turn.effects.extend(effects)
    turn.floor = replace(turn.floor, waiting=tuple(wish for wish in turn.floor.waiting if wish.cue != arbiter.DRILL))


def due_ns(turn: Turn) -> int | None:
    """When the next sentence is due. Not asked in a pause."""
    leading = turn.leading
    if leading is None or leading.said >= len(leading.plan.sayings):
        return None
    return turn.now_ns + max(0, leading.plan.sayings[leading.said].at_ns - _elapsed_ns(turn))


def go_on(turn: Turn) -> None:
    """Say what is due."""
    leading = turn.leading
    if leading is None or turn.paused:
        return
    elapsed_ns = _elapsed_ns(turn)
    while leading.said < len(leading.plan.sayings):
        saying = leading.plan.sayings[leading.said]
        if saying.at_ns > elapsed_ns:
            break
        leading = replace(leading, said=leading.said + 1)
        cue, rule = (arbiter.DRILL, f"drills.{saying.drill}") if saying.drill else (arbiter.CUED, "press")
        firing.tell(turn, cue, rule, saying.text, saying.expires_ns)
    turn.leading = leading


def _elapsed_ns(turn: Turn) -> int:
    return turn.run_ns() - turn.progress.start_run_ns
