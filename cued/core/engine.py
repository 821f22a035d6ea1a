"""The one function that decides: `step(session, event) -> (session, effects)`.

A step first carries out every deadline up to the event's time, in order, then applies the event, then whatever that made
due at once.
`_ask` alone says what is due: `step` obeys it and `next_wakeup` tells it, so that the two can never disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cued.core import arbiter, beating, course, detours, firing, leading, sensing
from cued.core import motion as moving
from cued.core.cadence import silent_due_ns
from cued.core.cues import Asked, CuePack, ReintroductionDue
from cued.core.effects import Counted, Effect
from cued.core.events import (
    Altitude,
    Announce,
    AskCue,
    AudioRestarted,
    Back,
    BatteryLow,
    CadenceSample,
    ClickLate,
    EffortIs,
    Event,
    GroundContactTime,
    HeartRate,
    Mute,
    Next,
    Pain,
    Pause,
    Reintroduction,
    Resume,
    SensorLink,
    SoundBack,
    SoundLost,
    SpeechFailed,
    SpeechReady,
    Stalled,
    Stop,
    SurfaceIs,
    SwapPack,
    VerticalOscillation,
    Wake,
)
from cued.core.link import Own, own_words
from cued.core.phrases import placeholders
from cued.core.session import Phase, Session, Turn
from cued.core.start import Start, Text, file_id, say_id
from cued.core.target import known_at_start
from cued.core.triggers import RuleState
from cued.core.view import View, view
from cued.units import NS_PER_S

MOST_AT_ONCE: Final = 2_000
"""No moment asks to be carried out so often (a pack has fewer rules): one that does is a fault of cued's own. It is counted,
and the run goes on a second later, instead of standing still for ever."""

__all__ = ["Session", "Start", "Text", "View", "needs_no_render", "next_wakeup", "start", "step", "texts_of", "view"]


def start(how: Start) -> Session:
    """A session about to begin: its time is one lookahead before 0, the start of the run."""
    session = Session(
        how=how,
        known=known_at_start(how.runner),
        rules=tuple(RuleState() for _ in how.pack.rules),
        chance=how.seed & ((1 << 64) - 1),
        ready=dict(how.speech),
    )
    turn = Turn(session)
    turn.motion = replace(turn.motion, moving=False)
    course.plan_first(turn)
    return turn.frozen()


def step(session: Session, event: Event) -> tuple[Session, tuple[Effect, ...]]:
    """Carry the session to the event's time and apply the event. Never raises, whatever the order of events."""
    at_ns = event.at_ns
    if isinstance(event, Wake) and (session.due_ns is None or at_ns < session.due_ns):
        return (session if at_ns <= session.now_ns else _at(session, at_ns)), ()
    turn = Turn(session)
    is_late = at_ns < turn.now_ns
    if is_late:
        at_ns = turn.now_ns
        event = replace(event, at_ns=at_ns)
    if isinstance(event, Stalled):
        if event.since_ns is not None:
            _advance(turn, min(event.since_ns - 1, at_ns))
        turn.deaf_until_ns = at_ns
        turn.floor = arbiter.stalled(turn.floor, at_ns)
    _advance(turn, at_ns)
    turn.now_ns = at_ns
    if not isinstance(event, Wake):
        if is_late:
            turn.late_events += 1
            turn.effects.append(Counted(at_ns, "late_event", 1))
        _APPLY[type(event)](turn, event)
        if not isinstance(event, _KEPT) or sensing.judges(turn, event):
            _settle(turn)
            _ask(turn)
            _advance(turn, at_ns)
    return turn.frozen(), tuple(turn.effects)


def next_wakeup(session: Session) -> int | None:
    """When the session next wants a `Wake`, in ns; None once there is nothing left to do."""
    return session.due_ns


def texts_of(pack: CuePack, language: str = "", *, on_air: bool = False) -> tuple[Text, ...]:
    """Every sound the pack may need whose words are known before the start, each once, in file order; with a pod
    `on_air` cued's own words about it, too.
    """
    wanted: dict[str, Text] = {}
    for cue in pack.cues:
        if cue.sound is not None:
            wanted.setdefault(file_id(cue.sound), Text(file_id(cue.sound), "", "", cue.sound))
            continue
        text = cue.text(language or pack.language, pack.language) or ""
        if cue.voice_file is not None and text == cue.say:
            wanted.setdefault(file_id(cue.voice_file), Text(file_id(cue.voice_file), "", "", cue.voice_file))
        elif not placeholders(text):
            spoken_in = language if any(code == language for code, _ in cue.say_in) else pack.language
            wanted.setdefault(say_id(text), Text(say_id(text), text, spoken_in, ""))
    for segment in pack.segments():
        for text, spoken in leading.texts(pack, segment, language):
            wanted.setdefault(say_id(text), Text(say_id(text), text, spoken, ""))
    for name in pack.sounds:
        wanted.setdefault(file_id(name), Text(file_id(name), "", "", name))
    for what in Own if on_air else ():
        text = own_words(what, language or pack.language)
        wanted.setdefault(say_id(text), Text(say_id(text), text, language or pack.language, ""))
    return tuple(wanted.values())


def needs_no_render(session: Session) -> bool:
    """Is every text that the session's pack may say known, and ready?"""
    how = session.how
    language = how.language or how.pack.language
    known = all(text.text_id in session.ready for text in texts_of(how.pack, how.language, on_air=how.on_air))
    return known and not any(placeholders(cue.text(language, how.pack.language) or "") for cue in how.pack.cues)


def _at(session: Session, at_ns: int) -> Session:
    turn = Turn(session)
    turn.now_ns = at_ns
    return turn.frozen()


# --- deadlines -----------------------------------------------------------------------------------------------------


def _ask(turn: Turn) -> None:
    """When something is next due: the beat, and anything else. Never before now unless it is due at once."""
    now_ns = turn.now_ns
    dues = [arbiter.due_ns(turn.floor, turn.house())] if turn.floor.waiting else []
    beat_ns = beating.due_ns(turn)
    turn.beat_due_ns = None if beat_ns is None else max(beat_ns, now_ns)
    if turn.phase is Phase.BEFORE:
        dues.append(0)
    elif turn.phase is Phase.RUNNING:
        dues += [turn.end_ns(), turn.run_end_ns(), silent_due_ns(turn.cadence), _distance_due(turn), sensing.loss_due(turn)]
        if not turn.paused:
            dues.append(leading.due_ns(turn))
            for index in turn.active:
                dues.append(course.rule_due(turn, index))
    known = [due for due in dues if due is not None]
    turn.other_due_ns = max(min(known), now_ns) if known else None


def _distance_due(turn: Turn) -> int | None:
    if turn.progress.end_m is None or turn.progress.waiting or turn.paused:
        return None
    return moving.due_ns(turn.motion, turn.now_ns, turn.progress.end_m)


def _advance(turn: Turn, until_ns: int) -> None:
    """Carry out every deadline up to `until_ns`, in order. A click changes nothing that others wait for."""
    at_once = 0
    while True:
        beat_ns, other_ns = turn.beat_due_ns, turn.other_due_ns
        if beat_ns is not None and beat_ns <= until_ns and (other_ns is None or beat_ns < other_ns):
            turn.now_ns = beat_ns
            beating.settle(turn)
            beat_ns = beating.due_ns(turn)
            turn.beat_due_ns = None if beat_ns is None else max(beat_ns, turn.now_ns)
        elif other_ns is not None and other_ns <= until_ns:
            at_once = at_once + 1 if other_ns == turn.now_ns else 0
            turn.now_ns = other_ns
            _carry_out(turn)
            _ask(turn)
            if at_once >= MOST_AT_ONCE:
                turn.effects.append(Counted(turn.now_ns, "stuck", 1))
                turn.other_due_ns = turn.now_ns + NS_PER_S
        else:
            return


def _carry_out(turn: Turn) -> None:
    """Everything that is due at this instant: boundaries first, then rules, then voice and beat."""
    now_ns = turn.now_ns
    if turn.phase is Phase.BEFORE:
        if now_ns >= 0:
            course.begin(turn)
    elif turn.phase is Phase.RUNNING:
        last = turn.progress
        end_ns, far_ns, stop_ns, quiet_ns = turn.end_ns(), _distance_due(turn), turn.run_end_ns(), silent_due_ns(turn.cadence)
        if (end_ns is not None and end_ns <= now_ns) or (far_ns is not None and far_ns <= now_ns):
            course.boundary(turn, planned=end_ns is not None and end_ns <= now_ns)
        if stop_ns is not None and stop_ns <= now_ns:
            course.finish(turn, "length", last)
        elif quiet_ns is not None and quiet_ns <= now_ns:
            sensing.silent(turn)
        lost_ns = sensing.loss_due(turn)
        if lost_ns is not None and lost_ns <= now_ns:
            sensing.tell_loss(turn)
        course.rules_due(turn)
    _settle(turn)


def _settle(turn: Turn) -> None:
    """Carry out what fired, then let the voice and the beat catch up; a rule may end its segment."""
    while turn.fired:
        if firing.resolve(turn) and turn.phase is Phase.RUNNING:
            course.boundary(turn, planned=False, by_rule=True)
    leading.go_on(turn)
    firing.speak(turn)
    override = turn.override
    if override is not None and override.until_run_ns is not None and turn.run_ns() >= override.until_run_ns:
        turn.override = None
    beating.settle(turn)


# --- events --------------------------------------------------------------------------------------------------------


def _ready(turn: Turn, event: SpeechReady) -> None:
    turn.ready = {**turn.ready, event.text_id: max(1, event.dur_ns)}
    turn.floor, effects = arbiter.interrupted(turn.floor, turn.house())
    turn.effects.extend(effects)


def _counted(turn: Turn, event: ClickLate) -> None:
    turn.effects.append(Counted(turn.now_ns, "late_click", event.count))


def _sound_lost(turn: Turn, event: SoundLost) -> None:
    turn.unheard = True
    turn.floor, effects = arbiter.lost(turn.floor, event.since_ns, turn.now_ns)
    turn.effects.extend(effects)


def _sound_back(turn: Turn, _: SoundBack) -> None:
    turn.unheard = False


def _stalled(turn: Turn, _: Stalled) -> None:
    if turn.missed_clicks:
        turn.effects.append(Counted(turn.now_ns, "missed_click", turn.missed_clicks))
    turn.deaf_until_ns = None


_KEPT: Final = (HeartRate, GroundContactTime, VerticalOscillation, Altitude)
"""Kept for whoever judges by them later; where no rule of the segment is about them, nothing comes due by them."""

_APPLY: Final[dict[type, Callable[..., None]]] = {
    CadenceSample: sensing.sample,
    HeartRate: sensing.heart,
    GroundContactTime: sensing.metric,
    VerticalOscillation: sensing.metric,
    Altitude: sensing.altitude,
    SensorLink: sensing.link,
    BatteryLow: sensing.battery,
    SpeechReady: _ready,
    SpeechFailed: lambda turn, event: firing.failed(turn, event.text_id, event.reason),
    ClickLate: _counted,
    Stalled: _stalled,
    AudioRestarted: lambda turn, _: turn.effects.append(Counted(turn.now_ns, "audio_restarted", 1)),
    SoundLost: _sound_lost,
    SoundBack: _sound_back,
    Pause: course.pause,
    Resume: course.resume,
    Next: course.press_next,
    Back: detours.back,
    SwapPack: detours.swap,
    AskCue: lambda turn, _: sensing.fire(turn, lambda when: isinstance(when, Asked)),
    SurfaceIs: lambda turn, event: course.surface(turn, event.surface),
    EffortIs: course.effort,
    Reintroduction: lambda turn, _: sensing.fire(turn, lambda when: isinstance(when, ReintroductionDue)),
    Announce: lambda turn, event: firing.announce(turn, event.text, asked=event.asked),
    Mute: course.mute,
    Pain: course.pain,
    Stop: course.stop,
}
