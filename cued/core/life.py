"""The life of sessions: when a run begins, rests, goes on and is over, from what the pod tells and what the runner says.

`step(life, happening) -> (life, decisions)` decides, `due_ns(life)` says when it next wants a `Tick`. Never raises. Like the
engine it first carries out what fell due, each at its own time, then the happening: more ticks change nothing.
What was due while the machine stood still comes late: the shell carries it out, and speaks no sentence that is out of date.

Walking is neither running nor standing: a walk break pauses nothing, and whoever walks away from a pause is not yet running.
A pod that is lost says nothing of the runner, so the session goes on; one that falls asleep on a still foot leaves it still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from cued.core.cadence import Gait
from cued.core.happening import (
    Begin,
    Decision,
    End,
    Happening,
    HeadphonesAre,
    LifeSettings,
    Moved,
    Pause,
    Phase,
    PodIs,
    Resume,
    Say,
    SessionOver,
    Tick,
    TodayIs,
    Told,
    Why,
    Word,
    gait_of,
)
from cued.core.sentences import Sentence
from cued.core.values import Values

UNSURE: Final = frozenset({Gait.UNKNOWN, Gait.LOST})
"""A runner of whom nothing is known may be running."""


@dataclass(frozen=True, slots=True)
class Life:
    """Between two happenings."""

    how: LifeSettings = field(default_factory=LifeSettings)
    now_ns: int = 0
    phase: Phase = Phase.IDLE
    since_ns: int = 0
    """When the phase was decided."""
    mark_ns: int = 0
    """The last decision's `since_ns`: the next is no earlier."""
    pod_up: bool = False
    pod_ns: int = 0
    """When that last changed."""
    pod: PodIs | None = None
    """As last told with the link up."""
    headphones_up: bool = False
    headphones_ns: int = 0
    today: TodayIs | None = None
    gait: Gait = Gait.UNKNOWN
    last_ns: int | None = None
    """The last sample of any kind on this link."""
    known_ns: int | None = None
    """The last that told how the runner moves."""
    run_ns: int | None = None
    """The present stretch of running began; of the last one, when the runner no longer runs."""
    ran_ns: int | None = None
    """The last sample of running."""
    doubt_ns: int = 0
    """The last moment when nobody could say how the runner moved: running, perhaps."""
    stood_ns: int | None = None
    """Standing began; None: not standing, as far as is known."""
    hushed: bool = False
    """That standing is known from silence alone."""
    trusts: bool = True
    """Standing counts: False from a word to start or go on until the pod has seen a step."""
    told: bool = False
    """Paused by word."""
    ended_ns: int | None = None
    """When the last run's end was decided."""
    over: bool = False
    """That run was ended by word, after pain or by its own length: it is not continued, and no other begins unless told before
    the runner has not run for `continue_ns`, for whoever jogs home after the end wants no second session."""
    pain: bool = False
    owed: bool = False
    """An `End` is not yet answered by its `SessionOver`."""
    ready_said_ns: int | None = None
    no_pod_said: bool = False


def step(life: Life, happening: Happening) -> tuple[Life, tuple[Decision, ...]]:
    """Carry the life of sessions to the happening's time and take the happening in.

    What is stamped in the past takes effect now.
    """
    turn = _Turn(life)
    at_ns = max(happening.at_ns, life.now_ns)
    turn.advance(at_ns)
    turn.life = replace(turn.life, now_ns=at_ns)
    if not isinstance(happening, Tick):
        _APPLY[type(happening)](turn, happening)
        turn.advance(at_ns)
    return turn.life, tuple(turn.decided)


def due_ns(life: Life) -> int | None:
    """When a `Tick` is next wanted; None: not before something happens."""
    due = _next(life)
    return None if due is None else max(due[0], life.now_ns)


class _Turn:
    """One step: the life so far, and what was decided."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.decided: list[Decision] = []

    def advance(self, until_ns: int) -> None:
        """Carry out everything due up to `until_ns`, in order."""
        while (due := _next(self.life)) is not None and due[0] <= until_ns:
            self.life = replace(self.life, now_ns=max(due[0], self.life.now_ns))
            due[1](self)

    def say(self, sentence: Sentence, values: Values | None = None) -> None:
        self.decided.append(Say(self.life.now_ns, sentence, values or Values()))

    def mark(self, since_ns: int) -> int:
        """From when on the next decision holds: not before the last one did, and not after now."""
        since_ns = min(max(since_ns, self.life.mark_ns), self.life.now_ns)
        self.life = replace(self.life, mark_ns=since_ns)
        return since_ns

    def enter(self, phase: Phase) -> None:
        self.life = replace(self.life, phase=phase, since_ns=self.life.now_ns)

    # --- decisions ---

    def begin(self, since_ns: int, *, told: bool = False) -> None:
        life = self.life
        recent = life.ended_ns is not None and since_ns - life.ended_ns <= life.how.continue_ns
        continues = recent and not life.over
        self.decided.append(Begin(life.now_ns, self.mark(since_ns), continues))
        self.life = replace(self.life, told=False, over=False, pain=False, no_pod_said=True, trusts=not told)
        self.enter(Phase.RUNNING)
        self.say(Sentence.CONTINUED if continues else Sentence.BEGUN)

    def pause(self, since_ns: int, *, told: bool = False) -> None:
        self.decided.append(Pause(self.life.now_ns, self.mark(since_ns), told))
        self.life = replace(self.life, told=told)
        self.enter(Phase.PAUSED)
        if told:  # at a red light nothing is said
            self.say(Sentence.PAUSED)

    def resume(self, since_ns: int, *, aloud: bool, told: bool = False) -> None:
        self.decided.append(Resume(self.life.now_ns, self.mark(since_ns)))
        self.life = replace(self.life, told=False, trusts=not told)
        self.enter(Phase.RUNNING)
        if aloud:
            self.say(Sentence.RESUMED)

    def end(self, since_ns: int, why: Why) -> None:
        self.decided.append(End(self.life.now_ns, self.mark(since_ns), why))
        over = why is Why.TOLD or self.life.pain
        self.life = replace(self.life, ended_ns=self.life.now_ns, over=over, told=False, owed=True)
        self.enter(Phase.ENDED)

    def settle_down(self) -> None:
        """No run, and none to be continued: is all there for the next?"""
        life = self.life
        self.enter(Phase.READY if life.pod_up and life.headphones_up else Phase.IDLE)

    def look(self) -> None:
        """Headphones or pod came or went."""
        life = self.life
        if life.phase is Phase.READY and not (life.pod_up and life.headphones_up):
            self.enter(Phase.IDLE)
        elif life.phase is Phase.IDLE and life.pod_up and life.headphones_up:
            self.life = replace(self.life, no_pod_said=True)
            self.enter(Phase.READY)
            if life.ready_said_ns is None or life.now_ns - life.ready_said_ns >= life.how.ready_apart_ns:
                self.life = replace(self.life, ready_said_ns=life.now_ns)
                self.say_ready()

    def say_ready(self) -> None:
        pod, today = self.life.pod, self.life.today
        self.say(
            Sentence.READY_PLAIN if today is not None and today.plain else Sentence.READY,
            Values(
                pod=None if pod is None else pod.name,
                battery_percent=None if pod is None else pod.battery_percent,
                title=None if today is None else today.title,
            ),
        )
        for sentence in () if today is None else today.more:
            self.say(sentence)


# --- what is due ---------------------------------------------------------------------------------------------------

_Due: TypeAlias = tuple[int, Callable[[_Turn], None]]


def _next(life: Life) -> _Due | None:
    """The first thing due, with what is to be done then; the only judge of that."""
    how, dues = life.how, list[_Due]()
    if life.pod_up and life.last_ns is not None and life.gait is not Gait.STANDING:
        dues.append((life.last_ns + how.gap_ns, _fall_silent))
    if life.phase is Phase.RUNNING:
        dues += _running_dues(life)
    elif life.phase is Phase.PAUSED and life.gait is not Gait.RUNNING:
        if life.told:
            dues.append((life.since_ns + how.told_pause_ns, lambda turn: turn.end(life.mark_ns, Why.PAUSED)))
        else:
            dues.append((life.mark_ns + how.stop_ns, lambda turn: turn.end(life.mark_ns, Why.STOOD)))
    elif life.phase is Phase.ENDED:
        dues.append((life.since_ns + how.continue_ns, _Turn.settle_down))
    elif life.phase is Phase.IDLE and life.headphones_up and not life.pod_up and not life.no_pod_said:
        dues.append((life.headphones_ns + how.no_pod_ns, _tell_no_pod))
    return min(dues, key=lambda due: due[0], default=None)


def _running_dues(life: Life) -> list[_Due]:
    how, dues = life.how, list[_Due]()
    ran_ns, known_ns = max(life.ran_ns or 0, life.doubt_ns, life.since_ns), max(life.known_ns or 0, life.since_ns)
    if not life.trusts:
        dues.append((ran_ns + how.lost_ns, lambda turn: turn.end(ran_ns, Why.LOST)))
    elif life.gait in UNSURE:
        dues.append((known_ns + how.lost_ns, lambda turn: turn.end(known_ns, Why.LOST)))
    elif life.gait is not Gait.RUNNING:
        dues.append((ran_ns + how.walk_ns, lambda turn: turn.end(ran_ns, Why.WALKED)))
        if life.stood_ns is not None:
            stood_ns = life.stood_ns
            dues.append((stood_ns + how.pause_ns, lambda turn: turn.pause(stood_ns)))
    if not life.pod_up and not life.headphones_up:
        alone_ns = max(life.headphones_ns, life.pod_ns, life.since_ns) + how.alone_ns
        dues.append((alone_ns, lambda turn: turn.end(known_ns, Why.ALONE)))
    return dues


def _fall_silent(turn: _Turn) -> None:
    """Silence on a live link is standing, since the last word."""
    if turn.life.gait in UNSURE and turn.life.last_ns is not None:
        turn.life = replace(turn.life, doubt_ns=turn.life.last_ns)
    turn.life = replace(turn.life, gait=Gait.STANDING, stood_ns=turn.life.last_ns, hushed=True)


def _tell_no_pod(turn: _Turn) -> None:
    turn.life = replace(turn.life, no_pod_said=True)
    turn.say(Sentence.NO_POD)


# --- what happens --------------------------------------------------------------------------------------------------


def _pod(turn: _Turn, event: PodIs) -> None:
    life = turn.life
    if event.up:
        turn.life = replace(turn.life, pod=event)
    if event.up == life.pod_up:
        return
    turn.life = replace(turn.life, pod_up=event.up, pod_ns=life.now_ns)
    if event.up:
        # Lost in mid-run and back without a word: silence counts from here.
        turn.life = replace(turn.life, last_ns=life.now_ns if life.gait is Gait.LOST else None)
    else:
        turn.life = replace(turn.life, last_ns=None)
        _lose(turn)
    turn.look()


def _lose(turn: _Turn) -> None:
    """The link went. Nothing is known of a runner who moved; who stood, stands: the pod fell asleep."""
    life = turn.life
    mistaken = life.hushed and life.stood_ns is not None and life.now_ns - life.stood_ns <= life.how.slept_ns
    if life.gait not in {Gait.RUNNING, Gait.WALKING} and not mistaken:
        return
    turn.life = replace(turn.life, gait=Gait.LOST, stood_ns=None, hushed=False)
    if life.phase is Phase.PAUSED and not life.told and (mistaken or life.gait is Gait.RUNNING):
        turn.resume(life.now_ns, aloud=False)


def _moved(turn: _Turn, event: Moved) -> None:
    if event.spm is None and event.running is None and event.speed_mps is None and event.raw is None:
        return
    if not turn.life.pod_up:  # a sample is proof of a link
        turn.life = replace(turn.life, pod_up=True, pod_ns=turn.life.now_ns)
        turn.look()
    life = turn.life
    now_ns, gait = life.now_ns, gait_of(event, life.gait, life.how)
    turn.life = replace(turn.life, gait=gait, last_ns=now_ns, hushed=False)
    if gait is not Gait.UNKNOWN:
        turn.life = replace(turn.life, known_ns=now_ns)
    if gait is Gait.UNKNOWN or life.gait in UNSURE:
        turn.life = replace(turn.life, doubt_ns=now_ns)
    if gait is Gait.STANDING:
        if life.stood_ns is None:
            turn.life = replace(turn.life, stood_ns=now_ns)
        return
    turn.life = replace(turn.life, stood_ns=None, trusts=True)
    if gait is Gait.RUNNING:
        _ran(turn)
    elif gait is Gait.UNKNOWN and life.phase is Phase.PAUSED and not life.told:
        turn.resume(now_ns, aloud=False)  # no longer standing is all that can be known of this runner


def _ran(turn: _Turn) -> None:
    life = turn.life
    how, now_ns = life.how, life.now_ns
    begun_ns = life.run_ns
    if begun_ns is None or life.ran_ns is None or now_ns - life.ran_ns > how.gap_ns:
        begun_ns = now_ns
        rested_ns = now_ns - max(life.ran_ns or 0, life.ended_ns or 0)
        turn.life = replace(turn.life, run_ns=now_ns, over=life.over and rested_ns < how.continue_ns)
    turn.life = replace(turn.life, ran_ns=now_ns)
    long_ns = now_ns - begun_ns
    if life.phase is Phase.PAUSED:
        if not life.told and long_ns >= how.resume_ns:
            turn.resume(begun_ns, aloud=False)
        elif life.told and begun_ns > life.since_ns and long_ns >= how.forgot_ns:
            turn.resume(begun_ns, aloud=True)
    elif life.phase is not Phase.RUNNING and not turn.life.over and long_ns >= how.begin_ns:
        turn.begin(begun_ns)


def _headphones(turn: _Turn, event: HeadphonesAre) -> None:
    life = turn.life
    if event.up == life.headphones_up:
        return
    turn.life = replace(turn.life, headphones_up=event.up, headphones_ns=life.now_ns)
    if event.up and life.phase is Phase.IDLE:
        turn.life = replace(turn.life, no_pod_said=False)
    turn.look()


def _today(turn: _Turn, event: TodayIs) -> None:
    life, phase = turn.life, turn.life.phase
    turn.life = replace(life, today=event)
    # Who has run since it was said hears of the next run before that.
    told = phase is Phase.READY and life.ready_said_ns is not None and life.ready_said_ns > (life.ended_ns or -1)
    stale = event.planned and told and life.today is not None and not event.sounds_like(life.today)
    if stale or (event.aloud and phase not in {Phase.RUNNING, Phase.PAUSED}):
        for sentence in event.sentences:
            turn.say(sentence, Values(title=event.title))


def _told(turn: _Turn, event: Told) -> None:
    life, now_ns = turn.life, turn.life.now_ns
    on = life.phase in {Phase.RUNNING, Phase.PAUSED}
    match event.word:
        case Word.START | Word.RESUME if life.phase is Phase.PAUSED:
            turn.resume(now_ns, aloud=True, told=True)
        case Word.START if not on:
            turn.begin(now_ns, told=True)
        case Word.PAUSE if life.phase is Phase.RUNNING:
            turn.pause(now_ns, told=True)
        case Word.PAUSE if life.phase is Phase.PAUSED and not life.told:
            turn.life = replace(turn.life, told=True)
            turn.enter(Phase.PAUSED)
            turn.say(Sentence.PAUSED)
        case Word.STOP if life.phase is Phase.RUNNING:
            stood_ns = life.stood_ns if life.trusts else None
            turn.end(now_ns if stood_ns is None else stood_ns, Why.TOLD)
        case Word.STOP if life.phase is Phase.PAUSED:
            turn.end(life.mark_ns, Why.TOLD)
        case Word.STOP:
            turn.life = replace(turn.life, over=life.ended_ns is not None)
        case Word.PAIN if on:
            turn.life = replace(turn.life, pain=True)
        case _:
            pass


def _session_over(turn: _Turn, event: SessionOver) -> None:
    if turn.life.owed:
        turn.life = replace(turn.life, owed=False)
    elif turn.life.phase in {Phase.RUNNING, Phase.PAUSED}:
        turn.mark(turn.life.now_ns)
        turn.life = replace(turn.life, ended_ns=turn.life.now_ns, over=True, told=False)
        turn.enter(Phase.ENDED)
    else:
        return
    values = Values(time_ns=event.run_ns, mean_spm=event.mean_spm, in_band_percent=event.in_band_percent, cues=event.cues)
    turn.say(Sentence.SUMMARY, values)


_APPLY: Final[dict[type, Callable[..., None]]] = {
    PodIs: _pod,
    Moved: _moved,
    HeadphonesAre: _headphones,
    TodayIs: _today,
    Told: _told,
    SessionOver: _session_over,
}
