"""Hypothesis strategies for the core: packs as wild as the loader allows, runners, and whatever can happen to a run.

Packs keep to the loader's ranges, but not to its lint: a rule that can never fire is harmless and costs nothing. Numbers a
coach would write stand beside the extremes, so that most examples come to something and some come to the edge.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy, composite

from cued.core import cues, rules, words
from cued.core.cues import BURST_NS, Cue, CuePack, ForDistance, ForTime, Metronome, Mode, Repeat, Rule, Segment, SessionPart
from cued.core.engine import texts_of
from cued.core.phrases import nominal_duration_ns
from cued.core.start import Runner, Start
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_MS, NS_PER_S

_Value = TypeVar("_Value")

DAY_NS = 24 * NS_PER_H
SEGMENTS = ("warmup", "feeder", "steady", "hills", "cooldown")
THEMES = ("feeder", "check", "release")
SURFACES = ("grass", "road")
SOUND_FILES = ("bell.wav", "gong.wav")
TEXTS = (
    "Light feet.",
    "Feel the rebound.",
    "Roll like a wheel.",
    "Cues off. Just run, and let the ground come to you until the path bends to the left again.",
    "You run {cadence}, aim for {target}.",
    "{segment}: {remaining} left, then {next_segment}.",
    "Round {rep} of {reps}.",
)


def times_ns(low_ns: int, usual_ns: int, high_ns: int = DAY_NS) -> SearchStrategy[int]:
    """Mostly whole seconds up to what is usual, sometimes odd nanoseconds, sometimes anything the format allows."""
    whole = st.integers(-(-low_ns // NS_PER_S), usual_ns // NS_PER_S).map(lambda value: value * NS_PER_S)
    return st.one_of(whole, whole, whole, st.integers(low_ns, usual_ns), st.sampled_from((low_ns, high_ns)))


def shares(low: float = 0.0, high: float = 1.0) -> SearchStrategy[float]:
    """Fractions as percentages give them."""
    return st.integers(round(low * 1000), round(high * 1000)).map(lambda value: value / 1000)


def distances_m(usual_m: float) -> SearchStrategy[float]:
    return st.one_of(st.floats(1.0, usual_m), st.sampled_from((1.0, 100.0, 500_000.0)))


def or_none(values: SearchStrategy[_Value]) -> SearchStrategy[_Value | None]:
    return st.none() | values


intervals = st.one_of(
    times_ns(NS_PER_S, 2 * NS_PER_MIN).map(ForTime), times_ns(NS_PER_S, NS_PER_MIN).map(ForTime), distances_m(500.0).map(ForDistance)
)
moments = st.one_of(times_ns(1, 3 * NS_PER_MIN).map(ForTime), distances_m(600.0).map(ForDistance))


# --- the parts of a pack -------------------------------------------------------------------------------------------


@composite
def metronomes(draw: st.DrawFn, modes: tuple[Mode, ...] = tuple(Mode)) -> Metronome:
    mode = draw(st.sampled_from(modes))
    alternates = draw(st.integers(0, 3)) == 0
    burst_ns = draw(times_ns(NS_PER_S, 30 * NS_PER_S) | st.just(BURST_NS)) if mode is Mode.BURST else None
    again_ns = None
    if burst_ns is not None and draw(st.booleans()):
        again_ns = min(DAY_NS, burst_ns + draw(times_ns(0, NS_PER_MIN)))
    return Metronome(
        mode=mode,
        tick=draw(st.sampled_from((1, 1, 1, 1, 2, 3, 7, 100))),
        sound=draw(st.sampled_from(words.SOUNDS)),
        volume=draw(shares()),
        duck_db=draw(st.sampled_from((0.0, 8.0, 60.0))),
        accent=draw(or_none(st.sampled_from((1, 2, 4, 100)))),
        only_off_band=draw(st.integers(0, 4)) == 0,
        play_ns=draw(times_ns(NS_PER_S, 30 * NS_PER_S)) if alternates else None,
        pause_ns=draw(times_ns(NS_PER_S, 30 * NS_PER_S)) if alternates else None,
        hint=draw(st.booleans()),
        beat_mspm=draw(or_none(st.integers(100_000, 230_000) | st.just(120_000))) if mode is Mode.FIXED else None,
        for_ns=burst_ns,
        again_ns=again_ns,
    )


targets = st.one_of(
    st.builds(words.Target, st.sampled_from((words.Basis.BASELINE, words.Basis.SPEED_MODEL)), shares(-0.5, 0.10)),
    st.builds(words.Target, st.sampled_from((words.Basis.BASELINE, words.Basis.SPEED_MODEL)), shares(0.0, 0.10)),
    st.builds(words.Target, st.just(words.Basis.FIXED), st.just(0.0), st.floats(100.0, 230.0)),
)
bands = st.builds(
    words.Band,
    low=shares(0.0, 0.06) | shares(),
    high=shares(0.0, 0.06) | shares(),
    hysteresis=shares(0.0, 0.03) | shares(),
    window_ns=st.just(5 * NS_PER_S) | times_ns(1, 20 * NS_PER_S),
)
limits = st.builds(
    words.Limits,
    quiet_start_ns=st.just(0) | times_ns(0, NS_PER_MIN),
    quiet_end_ns=st.just(0) | times_ns(0, NS_PER_MIN),
    min_gap_ns=st.just(0) | times_ns(0, NS_PER_MIN),
    same_cue_gap_ns=st.just(0) | times_ns(0, 2 * NS_PER_MIN),
    per_minute=st.sampled_from((0, 1, 1, 2, 3, 10_000)),
    per_run=st.sampled_from((0, 1, 2, 4, 24, 10_000, 10_000)),
    themes_per_segment=or_none(st.integers(1, 3)),
    expire_ns=st.just(5 * NS_PER_S) | times_ns(0, NS_PER_MIN),
    withhold=st.just(0.0) | shares(),
)
fades = st.builds(
    words.Fade,
    metronome=st.just(()) | st.lists(shares(), min_size=1, max_size=3).map(tuple),
    every=st.just(()) | st.lists(st.floats(0.01, 100.0) | st.sampled_from((0.5, 2.0)), min_size=1, max_size=3).map(tuple),
)
priorities = or_none(st.sampled_from(cues.Priority))


@composite
def cue_lists(draw: st.DrawFn) -> tuple[Cue, ...]:
    made: list[Cue] = []
    for number in range(draw(st.integers(1, 5))):
        is_sound = draw(st.integers(0, 5)) == 0
        made.append(
            Cue(
                id=f"cue{number}",
                say=None if is_sound else draw(st.sampled_from(TEXTS)),
                sound=draw(st.sampled_from(SOUND_FILES)) if is_sound else None,
                theme=draw(or_none(st.sampled_from(THEMES))),
                priority=draw(priorities),
                praise=draw(st.integers(0, 4)) == 0,
                expect=draw(or_none(st.sampled_from(cues.Expect))),
                say_in=(("de", "Leicht."),) if not is_sound and draw(st.integers(0, 3)) == 0 else (),
                voice_file="gong.wav" if not is_sound and draw(st.integers(0, 6)) == 0 else None,
            )
        )
    return tuple(made)


@composite
def everys(draw: st.DrawFn) -> rules.Every:
    interval = draw(intervals)
    if isinstance(interval, ForDistance):
        return rules.Every(interval)
    return rules.Every(interval, draw(st.just(0) | st.integers(0, interval.ns - 1)))


held_ns = times_ns(1, 40 * NS_PER_S)
triggers: SearchStrategy[rules.Trigger] = st.one_of(
    everys(),
    st.builds(rules.OffBand, st.sampled_from(cues.Side), st.just(0) | held_ns),
    st.sampled_from(
        (rules.SegmentStart(), rules.SegmentEnd(), rules.RunStart(), rules.RunEnd(), rules.Asked(), rules.SurfaceChange())
    ),
    st.builds(rules.BeforeEnd, moments),
    st.builds(rules.At, moments),
    st.tuples(times_ns(NS_PER_S, NS_PER_MIN), times_ns(NS_PER_S, NS_PER_MIN)).map(
        lambda pair: rules.RandomWithin(min(pair), max(pair))
    ),
    st.builds(rules.InBand, held_ns),
    st.builds(rules.BackInBand, held_ns),
    st.builds(rules.Drift, shares(0.001), held_ns),
    st.builds(rules.Rise, st.sampled_from(cues.Metric), shares(0.001), held_ns),
    st.builds(rules.PaceDrop, shares(0.001), held_ns),
    st.builds(rules.HeartRateAbove, shares(0.5), held_ns),
    st.builds(rules.SensorIs, st.sampled_from(cues.SensorWord)),
    st.just(rules.ReintroductionDue()),
)


@composite
def rule_lists(draw: st.DrawFn, known: tuple[Cue, ...], names: tuple[str, ...]) -> tuple[Rule, ...]:
    themes = sorted({cue.theme for cue in known if cue.theme is not None})
    says: list[SearchStrategy[rules.Action]] = [st.sampled_from([cue.id for cue in known]).map(rules.SayCue)] * 3
    if themes:
        says.append(st.builds(rules.SayTheme, st.sampled_from(themes), st.sampled_from(cues.Choose)))
    says.append(st.sampled_from(SOUND_FILES).map(rules.PlaySound))
    made: list[Rule] = []
    for number in range(draw(st.integers(0, 6))):
        then: list[rules.Action] = []
        what = draw(st.integers(0, 9))
        if what < 9:
            then.append(draw(st.one_of(says)))
        if what in (7, 9):
            then.append(rules.SetMetronome(draw(metronomes())))
        if draw(st.integers(0, 19)) == 0:
            then.append(rules.EndCues())
        if draw(st.integers(0, 9)) == 0:
            then.append(rules.NextSegment())
        where = draw(st.integers(0, 3))
        some = tuple(draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))) if where < 2 else ()
        made.append(
            Rule(
                id=f"rules[{number}]",
                when=draw(triggers),
                then=tuple(then),
                only_in=some if where == 0 else (),
                not_in=some if where == 1 else (),
                surface=draw(st.sampled_from((None, None, None, "grass"))),
                effort=draw(st.sampled_from((None, None, None, cues.Effort.EASY))),
                session_at_least=draw(st.sampled_from((None, None, 1, 3))),
                at_most=draw(st.sampled_from((None, None, 1, 3))),
                at_most_each=draw(st.sampled_from((None, None, 1, 2))),
                cooldown_ns=draw(st.just(0) | times_ns(1, NS_PER_MIN)),
                priority=draw(priorities),
            )
        )
    return tuple(made)


@composite
def segments(draw: st.DrawFn, index: int, lengths: SearchStrategy[cues.Length]) -> Segment:
    return Segment(
        index=index,
        name=draw(st.sampled_from(SEGMENTS)),
        length=draw(lengths),
        coach=draw(st.sampled_from((cues.Coach.NORMAL, cues.Coach.NORMAL, *cues.Coach))),
        metronome=draw(metronomes()),
        target=draw(targets),
        band=draw(bands),
        surface=draw(or_none(st.sampled_from(SURFACES))),
        effort=draw(or_none(st.sampled_from(cues.Effort))),
        record=draw(st.sampled_from((None, None, *cues.Record))),
        optional=draw(st.integers(0, 5)) == 0,
        starts_on_press=draw(st.integers(0, 9)) == 0,
    )


@composite
def sessions(draw: st.DrawFn) -> tuple[SessionPart, ...]:
    """One to four parts; at most one `fill` or `remainder`."""
    plain: SearchStrategy[cues.Length] = st.one_of(
        times_ns(NS_PER_S, 90 * NS_PER_S).map(ForTime),
        times_ns(NS_PER_S, 5 * NS_PER_MIN).map(ForTime),
        distances_m(400.0).map(ForDistance),
        st.just(words.Open()),
    )
    parts: list[SessionPart] = []
    index, elastic = 0, draw(st.integers(0, 6))
    for number in range(draw(st.integers(1, 4))):
        is_elastic = number == elastic
        if draw(st.integers(0, 3)) == 0:
            inner = [draw(segments(index + offset, plain)) for offset in range(draw(st.integers(1, 3)))]
            parts.append(Repeat(None if is_elastic else draw(st.sampled_from((1, 2, 3, 100))), tuple(inner)))
            index += len(inner)
            continue
        parts.append(draw(segments(index, st.just(words.Remainder()) if is_elastic else plain)))
        index += 1
    return tuple(parts)


@composite
def packs(draw: st.DrawFn) -> CuePack:
    session, known = draw(sessions()), draw(cue_lists())
    bare = CuePack("wild", "1.0.0", "Wild", "en", "CC0-1.0", session)
    said = draw(rule_lists(known, tuple(sorted({segment.name for segment in bare.segments()}))))
    own: list[Rule] = []
    for segment in bare.segments():
        if draw(st.integers(0, 3)) == 0:
            when = draw(st.sampled_from((rules.SegmentStart(), rules.SegmentEnd())))
            cue = draw(st.sampled_from(known))
            own.append(Rule(f"session[{segment.index}].say", when, (rules.SayCue(cue.id),), segment_index=segment.index))
    return replace(
        bare,
        target=draw(targets),
        band=draw(bands),
        fade=draw(st.just(words.Fade()) | fades),
        limits=draw(limits),
        metronome=draw(metronomes()),
        cues=known,
        rules=(*own, *said),
        sounds=SOUND_FILES,
    )


# --- starts --------------------------------------------------------------------------------------------------------

runners = st.builds(
    Runner,
    baseline_spm=or_none(st.floats(150.0, 185.0) | st.floats(60.0, 260.0)),
    baseline_speed_mps=or_none(st.floats(2.0, 4.0) | st.floats(0.1, 12.0)),
    slope_spm_per_mps=or_none(st.floats(-20.0, 20.0)),
    max_hr_bpm=or_none(st.integers(120, 220)),
    last_week_change=or_none(shares(0.0, 0.10)),
    cadence_spm=or_none(st.floats(100.0, 230.0)),
    best_cues=st.just(()) | st.just(("cue1", "cue0")),
)


@composite
def starts(draw: st.DrawFn, of: SearchStrategy[CuePack] | None = None) -> Start:
    """Some or all of the voice is ready; `Render` is for the rest."""
    pack = draw(packs() if of is None else of)
    language = draw(st.sampled_from(("", "", "en", "de", "fr")))
    speech = tuple(
        (text.text_id, nominal_duration_ns(text.text) if text.text else draw(st.sampled_from((1, 2 * NS_PER_S, 30 * NS_PER_S))))
        for text in texts_of(pack, language)
    )
    if draw(st.integers(0, 5)) == 0:
        speech = speech[1:]
    return Start(
        pack,
        seed=draw(st.integers(-1, 1 << 65)),
        session_number=draw(st.integers(1, 4)),
        language=language,
        length_ns=draw(or_none(times_ns(1, 10 * NS_PER_MIN))),
        runner=draw(runners),
        sensor=draw(st.integers(0, 4)) > 0,
        desk=draw(st.integers(0, 5)) == 0,
        speech=speech,
    )


__all__ = ["DAY_NS", "NS_PER_MS", "bands", "limits", "metronomes", "packs", "runners", "sessions", "starts", "targets", "triggers"]
