"""A session as a screen shows it: cheap, pure, pulled whenever somebody looks."""

from __future__ import annotations

from dataclasses import dataclass

from cued.core.cues import Coach
from cued.core.motion import carried_m
from cued.core.segments import Upcoming
from cued.core.session import Phase, Session, Turn
from cued.core.words import Silence


@dataclass(frozen=True, slots=True)
class View:
    """What a status line, a page or a button's spoken answer may say."""

    at_ns: int
    run_ns: int
    """Running time, as a watch has it: the standing before a pause is none."""
    length_ns: int | None
    segment: str
    """Empty before the run and after the last segment."""
    rep: int
    reps: int
    waiting: bool
    """The segment waits for the runner's press."""
    drilling: bool
    """cued leads through drills: a press ends them."""
    segment_left_ns: int | None
    segment_left_m: float | None
    next_segment: str
    cadence_spm: float | None
    target_spm: float | None
    band: str
    """`low`, `in`, `high`, `asleep` or `unknown`."""
    band_low_spm: float | None
    band_high_spm: float | None
    tempo_mspm: int
    """0: silent."""
    mode: str
    state: str
    """`running`, `walking`, `standing`, `unknown`, `lost`."""
    coach: str
    last_cue: str
    """Whoever said it: answers to keys, too, which `spoken` leaves out."""
    last_cue_at_ns: int | None
    spoken: int
    withheld: int
    suppressed: int
    distance_m: float
    judged_ns: int
    in_band_ns: int
    late_events: int
    paused: bool
    muted: bool
    ended: bool
    silence: Silence
    """Why nothing is heard just now, or would not be if the sound were on."""
    pack: str
    """The name of the pack that the run goes by now."""
    title: str
    """Its title, in the language that is spoken."""

    @property
    def silence_reason(self) -> str:
        """Why nothing is heard just now, in words; empty when something is, or may be at any moment."""
        if self.muted:
            return "muted"
        return f"{self.silence.value} {self.segment}" if self.silence is Silence.QUIET else self.silence.value


def view(session: Session) -> View:
    """The session now."""
    turn = Turn(session)
    progress, floor, beat = turn.progress, turn.floor, turn.beat
    segment = progress.segment
    run_ns = turn.run_base_ns if turn.phase is Phase.ENDED else turn.run_ns()
    target, band = turn.target(), turn.band_words()
    here_m = carried_m(turn.motion, turn.now_ns)
    left_ns = None
    if progress.end_run_ns is not None and segment is not None:
        length_ns = turn.how.length_ns
        end_run_ns = progress.end_run_ns if length_ns is None else min(progress.end_run_ns, length_ns)
        left_ns = max(0, end_run_ns - run_ns)
    coming = turn.coming
    sounding = beat.open and beat.grid is not None
    smooth = turn.smooth_spm if turn.how.sensor else turn.how.runner.cadence_spm
    return View(
        at_ns=turn.now_ns,
        run_ns=max(0, run_ns - turn.stood_ns),
        length_ns=turn.how.length_ns,
        segment=segment.name if segment is not None else "",
        rep=progress.rep,
        reps=progress.reps,
        waiting=progress.waiting,
        drilling=turn.leading is not None and not progress.waiting,
        segment_left_ns=left_ns,
        segment_left_m=None if progress.end_m is None else max(0.0, progress.end_m - here_m),
        next_segment=coming.segment.name if isinstance(coming, Upcoming) else "",
        cadence_spm=smooth,
        target_spm=target,
        band="unknown" if target is None else "asleep" if turn.band.mark_ns is None else turn.band.where.value,
        band_low_spm=None if target is None else target * (1.0 - band.low),
        band_high_spm=None if target is None else target * (1.0 + band.high),
        tempo_mspm=beat.grid.mspm if sounding and beat.grid is not None else 0,
        mode=segment.metronome.mode.value if segment is not None and not turn.hurts else "none",
        state=turn.cadence.gait.value,
        coach=segment.coach.value if segment is not None else "silent",
        last_cue=floor.last_text,
        last_cue_at_ns=floor.last_ns,
        spoken=floor.spoken - floor.answers - floor.drilled,
        withheld=floor.withheld,
        suppressed=floor.suppressed,
        distance_m=here_m,
        judged_ns=turn.judged_ns,
        in_band_ns=turn.in_band_ns,
        late_events=turn.late_events,
        paused=turn.paused,
        muted=turn.muted,
        ended=turn.phase is Phase.ENDED,
        silence=_silence(turn, sounding=sounding),
        pack=turn.how.pack.name,
        title=turn.how.pack.title_for(turn.how.language),
    )


def _silence(turn: Turn, *, sounding: bool) -> Silence:
    if turn.paused:
        return Silence.PAUSED
    if turn.phase is Phase.RUNNING and turn.hurts and not turn.progress.waiting:
        return Silence.HURTS
    if turn.phase is not Phase.RUNNING or sounding or (turn.leading is not None and not turn.progress.waiting):
        return Silence.NONE
    segment = turn.progress.segment
    if segment is None:
        return Silence.OVER
    if turn.progress.waiting:
        return Silence.WAITING
    if turn.beat.rested:
        return Silence.RESTING
    if turn.cues_ended:
        return Silence.CUES_OVER
    if segment.coach is Coach.SILENT:
        return Silence.QUIET
    if segment.metronome.mode.value != "none" and turn.target() is None and turn.cadence.gait.value in ("unknown", "lost"):
        return Silence.NO_CADENCE
    return Silence.NONE
