"""Hypothesis strategies for the core: packs as wild as the loader allows, runners, and starts.

Packs keep to the loader's ranges, but not to its lint: a rule that can never fire is harmless and costs nothing. Numbers a
coach would write stand beside the extremes, so that most examples come to something and some come to the edge.
A whole pack is thrown from one string of bytes: a tenth of the time of a strategy for every word, and it still shrinks,
towards the first of the options everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cued.core import cues, rules, words
from cued.core.cues import BURST_NS, Cue, CuePack, ForDistance, ForTime, Metronome, Mode, Repeat, Rule, Segment, SessionPart
from cued.core.engine import texts_of
from cued.core.phrases import nominal_duration_ns
from cued.core.start import Runner, Start
from cued.units import NS_PER_H, NS_PER_MIN, NS_PER_S

DAY_NS: Final = 24 * NS_PER_H
"""The format's longest time."""
SEGMENTS: Final = ("steady", "warmup", "feeder", "hills", "cooldown")
THEMES: Final = ("feeder", "check", "release")
SOUND_FILES: Final = ("bell.wav", "gong.wav")
WHILE_IT_BEGINS: Final[tuple[rules.Trigger, ...]] = (
    rules.SegmentStart(),
    rules.SegmentEnd(),
    rules.RunStart(),
    rules.At(ForTime(1)),
    rules.InBand(1),
    rules.OffBand(words.Side.EITHER),
)
"""With `next_segment` they end a segment before it has lasted."""
TEXTS: Final = (
    "Light feet.",
    "Feel the rebound.",
    "Roll like a wheel.",
    "Cues off. Just run, and let the ground come to you until the path bends to the left again.",
    "You run {cadence}, aim for {target}.",
    "{segment}: {remaining} left, then {next_segment}.",
    "Round {rep} of {reps}.",
)

_Value = TypeVar("_Value")


class Dice:
    """Choices made from bytes, the first option of each for 0; when the bytes are used up, always the first."""

    def __init__(self, thrown: bytes) -> None:
        self._left = list(reversed(thrown))

    def byte(self) -> int:
        return self._left.pop() if self._left else 0

    def whole(self, low: int, high: int) -> int:
        """Uniform enough for tests; four bytes where one is too few."""
        span = high - low + 1
        if span <= 256:
            return low + self.byte() % span
        value = 0
        for _ in range(7):
            value = value * 256 + self.byte()
        return low + value % span

    def of(self, *options: _Value) -> _Value:
        return options[self.byte() % len(options)]

    def one_in(self, many: int) -> bool:
        return self.byte() % many == many - 1

    def time_ns(self, low_ns: int, usual_ns: int, high_ns: int = DAY_NS) -> int:
        """Mostly whole seconds up to what is usual, sometimes odd nanoseconds, sometimes an end of what the format allows."""
        kind = self.byte() % 16
        if kind < 10:
            return self.whole(-(-low_ns // NS_PER_S), max(1, usual_ns // NS_PER_S)) * NS_PER_S
        if kind < 14:
            return self.whole(low_ns, usual_ns)
        return low_ns if kind == 14 else high_ns

    def share(self, low: float, high: float) -> float:
        """A fraction as a percentage with one decimal gives it."""
        return self.whole(round(low * 1000), round(high * 1000)) / 1000

    def number(self, low: float, high: float) -> float:
        return low + (high - low) * self.whole(0, 1 << 20) / (1 << 20)

    def distance_m(self, usual_m: float) -> float:
        return self.of(self.number(1.0, usual_m), self.number(1.0, usual_m), 100.0, 1.0, 500_000.0)

    # --- the parts of a pack ---

    def interval(self) -> cues.Interval:
        """Of what repeats: at least a second or a metre."""
        return ForDistance(self.distance_m(500.0)) if self.one_in(4) else ForTime(self.time_ns(NS_PER_S, NS_PER_MIN))

    def moment(self) -> cues.Interval:
        return ForDistance(self.distance_m(600.0)) if self.one_in(4) else ForTime(self.time_ns(1, 2 * NS_PER_MIN))

    def metronome(self) -> Metronome:
        mode = self.of(Mode.FIXED, Mode.FOLLOW, Mode.NUDGE, Mode.LEAD, Mode.BURST, Mode.NONE)
        alternates = self.one_in(5)
        burst_ns = self.of(BURST_NS, self.time_ns(NS_PER_S, 30 * NS_PER_S)) if mode is Mode.BURST else None
        again_ns = None
        if burst_ns is not None and self.one_in(2):
            again_ns = min(DAY_NS, burst_ns + self.time_ns(0, 30 * NS_PER_S))
        return Metronome(
            mode=mode,
            tick=self.of(1, 1, 1, 1, 1, 1, 2, 3, 7, 100),
            sound=self.of(*words.SOUNDS),
            volume=self.share(0.0, 1.0),
            duck_db=self.of(8.0, 0.0, 60.0),
            accent=self.of(None, 1, 2, 4, 100),
            only_off_band=self.one_in(6),
            play_ns=self.time_ns(NS_PER_S, 30 * NS_PER_S) if alternates else None,
            pause_ns=self.time_ns(NS_PER_S, 30 * NS_PER_S) if alternates else None,
            hint=self.one_in(2),
            beat_mspm=self.of(None, 120_000, 172_000, self.whole(100_000, 230_000)) if mode is Mode.FIXED else None,
            for_ns=burst_ns,
            again_ns=again_ns,
        )

    def target(self) -> words.Target:
        basis = self.of(words.Basis.BASELINE, words.Basis.SPEED_MODEL, words.Basis.FIXED)
        if basis is words.Basis.FIXED:
            return words.Target(basis, 0.0, self.of(self.number(150.0, 195.0), self.number(100.0, 230.0)))
        return words.Target(basis, self.of(0.05, self.share(0.0, 0.10), self.share(-0.5, 0.10)))

    def band(self) -> words.Band:
        if self.one_in(2):
            return words.Band()
        low, high, back = (self.of(self.share(0.0, 0.06), self.share(0.0, 1.0)) for _ in range(3))
        return words.Band(low, high, back, self.of(5 * NS_PER_S, self.time_ns(1, 20 * NS_PER_S)))

    def limits(self) -> words.Limits:
        return words.Limits(
            quiet_start_ns=self.of(0, 0, self.time_ns(0, NS_PER_MIN)),
            quiet_end_ns=self.of(0, 0, self.time_ns(0, NS_PER_MIN)),
            min_gap_ns=self.of(0, 2 * NS_PER_S, self.time_ns(0, 30 * NS_PER_S)),
            same_cue_gap_ns=self.of(0, 0, self.time_ns(0, NS_PER_MIN)),
            per_minute=self.of(10_000, 3, 2, 1, 4, 10_000, 10_000, 0),
            per_run=self.of(10_000, 24, 4, 10_000, 10_000, 2, 1, 0),
            themes_per_segment=self.of(None, 1, 2),
            expire_ns=self.of(5 * NS_PER_S, 20 * NS_PER_S, self.time_ns(0, NS_PER_MIN)),
            withhold=self.of(0.0, 0.5, self.share(0.0, 1.0)),
        )

    def fade(self) -> words.Fade:
        if not self.one_in(3):
            return words.Fade()
        beat = tuple(self.share(0.0, 1.0) for _ in range(self.whole(0, 3)))
        return words.Fade(beat, tuple(self.of(0.5, 2.0, 0.01, 100.0, self.number(0.01, 3.0)) for _ in range(self.whole(0, 3))))

    def priority(self) -> words.Priority | None:
        chosen: words.Priority | None = self.of(None, None, *words.Priority)
        return chosen

    def cues(self) -> tuple[Cue, ...]:
        made: list[Cue] = []
        for number in range(self.whole(1, 5)):
            is_sound = self.one_in(6)
            made.append(
                Cue(
                    id=f"cue{number}",
                    say=None if is_sound else self.of(*TEXTS),
                    sound=self.of(*SOUND_FILES) if is_sound else None,
                    theme=self.of(None, *THEMES),
                    priority=self.priority(),
                    praise=self.one_in(5),
                    expect=self.of(None, *words.Expect),
                    say_in=(("de", "Leicht."),) if not is_sound and self.one_in(4) else (),
                    voice_file="gong.wav" if not is_sound and self.one_in(7) else None,
                )
            )
        return tuple(made)

    def trigger(self) -> rules.Trigger:
        held_ns = self.time_ns(1, 20 * NS_PER_S)
        kind = self.byte() % 22
        if kind < 4:
            interval = self.interval()
            has_jitter = isinstance(interval, ForTime) and self.one_in(2)
            return rules.Every(interval, self.whole(0, interval.ns - 1) if has_jitter and isinstance(interval, ForTime) else 0)
        if kind < 7:
            return rules.OffBand(self.of(*words.Side), self.of(0, held_ns))
        if kind == 7:
            low_ns = self.time_ns(NS_PER_S, NS_PER_MIN)
            return rules.RandomWithin(low_ns, min(DAY_NS, low_ns + self.time_ns(0, NS_PER_MIN)))
        if kind == 8:
            return rules.SensorIs(self.of(*words.SensorWord))
        if kind == 9:
            return rules.Rise(self.of(*words.Metric), self.share(0.001, 0.2), held_ns)
        return (
            rules.SegmentStart(),
            rules.SegmentEnd(),
            rules.RunStart(),
            rules.RunEnd(),
            rules.Asked(),
            rules.SurfaceChange(),
            rules.EffortSaid(words.Effort.EASY),
            rules.BeforeEnd(self.moment()),
            rules.At(self.moment()),
            rules.InBand(held_ns),
            rules.BackInBand(held_ns),
            rules.Drift(self.share(0.001, 0.2), held_ns),
            rules.ReintroductionDue() if self.one_in(2) else rules.PaceDrop(self.share(0.001, 0.2), held_ns),
        )[kind - 10] if kind > 10 else rules.HeartRateAbove(self.share(0.4, 1.0), held_ns)  # fmt: skip

    def rules(self, known: tuple[Cue, ...], names: tuple[str, ...]) -> tuple[Rule, ...]:
        return tuple(self._rule(number, known, names) for number in range(self.whole(0, 6)))

    def _rule(self, number: int, known: tuple[Cue, ...], names: tuple[str, ...]) -> Rule:
        themes = sorted({cue.theme for cue in known if cue.theme is not None})
        then: list[rules.Action] = []
        what = self.byte() % 10
        if what < 6:
            then.append(rules.SayCue(self.of(*known).id))
        elif what < 8 and themes:
            then.append(rules.SayTheme(self.of(*themes), self.of(*words.Choose)))
        elif what == 8:
            then.append(rules.PlaySound(self.of(*SOUND_FILES)))
        if not then or self.one_in(6):
            then.append(rules.SetMetronome(self.metronome()))
        if self.one_in(24):
            then.append(rules.EndCues())
        if self.one_in(12):
            then.append(rules.NextSegment())
        some = tuple(dict.fromkeys(self.of(*names) for _ in range(self.whole(1, 2))))
        where = self.byte() % 4
        when = self.trigger()
        if isinstance(then[-1], rules.NextSegment) and self.one_in(2):
            when = self.of(*WHILE_IT_BEGINS)
        return Rule(
            id=f"rules[{number}]",
            when=when,
            then=tuple(then),
            only_in=some if where == 2 else (),
            not_in=some if where == 3 else (),
            surface=self.of(None, None, None, None, "grass"),
            effort=self.of(None, None, None, None, words.Effort.EASY),
            session_at_least=self.of(None, None, None, 1, 3),
            bursts_at_least=self.of(None, None, None, None, 1),
            at_most=self.of(None, None, None, 1, 3),
            at_most_each=self.of(None, None, None, 1, 2),
            cooldown_ns=self.of(0, self.time_ns(1, 30 * NS_PER_S)),
            priority=self.priority(),
        )

    def segment(self, index: int, length: words.Length | None = None) -> Segment:
        if length is None:
            time = ForTime(self.time_ns(NS_PER_S, 60 * NS_PER_S))
            long = ForTime(self.time_ns(NS_PER_S, 4 * NS_PER_MIN))
            lengths: tuple[words.Length, ...] = (time, long, time, long, ForDistance(self.distance_m(400.0)), words.Open())
            length = self.of(*lengths)
        return Segment(
            index=index,
            name=self.of(*SEGMENTS),
            length=length,
            coach=self.of(cues.Coach.NORMAL, cues.Coach.NORMAL, *cues.Coach),
            metronome=self.metronome(),
            target=self.target(),
            band=self.band(),
            surface=self.of(None, "grass", "road"),
            effort=self.of(None, *words.Effort),
            record=self.of(None, None, *words.Record),
            optional=self.one_in(6),
            starts_on_press=self.one_in(10),
        )

    def session(self) -> tuple[SessionPart, ...]:
        """One to four parts; at most one `fill` or `remainder`."""
        parts: list[SessionPart] = []
        index, elastic = 0, self.whole(0, 6)
        for number in range(self.whole(1, 4)):
            if self.one_in(4):
                times = None if number == elastic else self.of(2, 1, 3, 100)
                inner = tuple(self.segment(index + offset) for offset in range(self.whole(1, 3)))
                parts.append(Repeat(times, inner))
                index += len(inner)
                continue
            parts.append(self.segment(index, words.Remainder() if number == elastic else None))
            index += 1
        return tuple(parts)

    def pack(self) -> CuePack:
        known = self.cues()
        bare = CuePack("wild", "1.0.0", "Wild", "en", "CC0-1.0", self.session(), cues=known, sounds=SOUND_FILES)
        own: list[Rule] = []
        for segment in bare.segments():
            if self.one_in(4):
                edges: tuple[rules.Trigger, ...] = (rules.SegmentStart(), rules.SegmentEnd())
                when = self.of(*edges)
                cue = rules.SayCue(self.of(*known).id)
                own.append(Rule(f"session[{segment.index}].say", when, (cue,), segment_index=segment.index))
        said = self.rules(known, tuple(segment.name for segment in bare.segments()))
        return replace(
            bare,
            target=self.target(),
            band=self.band(),
            fade=self.fade(),
            limits=self.limits(),
            metronome=self.metronome(),
            rules=(*own, *said),
            title_in=self.of((), (("de", "Wild, auf Deutsch"),), (("de", "Anders"), ("fr", "Sauvage"))),
            summary_in=self.of((), (), (("de", "Alles, was geht."),)),
        )

    def runner(self) -> Runner:
        return Runner(
            baseline_spm=self.of(170.0, self.number(150.0, 185.0), None, self.number(60.0, 260.0)),
            baseline_speed_mps=self.of(2.8, None, self.number(0.1, 12.0)),
            slope_spm_per_mps=self.of(None, self.number(-20.0, 20.0)),
            max_hr_bpm=self.of(180, None),
            last_week_change=self.of(None, None, self.share(0.0, 0.10)),
            cadence_spm=self.of(170.0, None, self.number(100.0, 230.0)),
            best_cues=self.of((), ("cue1", "cue0")),
        )

    def start(self) -> Start:
        """Most or all of the voice is ready; `Render` is for the rest."""
        pack = self.pack()
        language = self.of("", "", "en", "de", "fr")
        speech = tuple(
            (text.text_id, nominal_duration_ns(text.text) if text.text else self.of(2 * NS_PER_S, 30 * NS_PER_S, 1))
            for text in texts_of(pack, language)
        )
        return Start(
            pack,
            seed=self.of(0, -1, 1 << 65, self.whole(0, 1 << 50)),
            session_number=self.of(1, 2, 3, 4, 9),
            language=language,
            length_ns=self.of(None, self.time_ns(1, 5 * NS_PER_MIN)),
            runner=self.runner(),
            sensor=not self.one_in(5),
            desk=self.one_in(6),
            speech=speech[1:] if self.one_in(6) else speech,
            on_air=self.one_in(4),
        )


def starts() -> SearchStrategy[Start]:
    """Any start: any pack, any runner, any length."""
    return st.binary(min_size=1_200, max_size=1_200).map(lambda thrown: Dice(thrown).start())


def packs() -> SearchStrategy[CuePack]:
    """Any pack."""
    return st.binary(min_size=1_000, max_size=1_000).map(lambda thrown: Dice(thrown).pack())
