"""A set of drills as a timeline: what is said when, and when a click sounds, before anybody has moved.

Each drill is its instruction, a countdown, and its repetitions; both sides get the same, rests are counted down. Times are
those of the voice `nominal` in the pack's longest language, so that a set lasts equally long in every language.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from cued.core.cues import CuePack, Drill, Metronome, Mode, Segment
from cued.core.phrases import nominal_duration_ns, number_words
from cued.units import MSPM_PER_SPM, NS_PER_MIN, NS_PER_S

BREATH_NS: Final = 2 * NS_PER_S
"""After an instruction: to get into place, and for a voice that is slower than the nominal one."""
READY_NS: Final = 2 * NS_PER_S
"""From `ready` to the first counted repetition."""
SWITCH_NS: Final = 5 * NS_PER_S
"""From one side to the other: to change legs without haste."""
DOWN: Final = 3
"""Seconds that are counted down."""
LONG_NS: Final = 10 * NS_PER_S
"""What lasts so long is held, not counted: its end is counted down. Shorter repetitions are numbered."""
TIGHT_NS: Final = 1_500_000_000
"""Repetitions that follow sooner than this leave no room for every number: every fifth is said."""
CLOSE_NS: Final = 2 * NS_PER_S
"""For the word that ends the set."""
MOST_ACCENTED: Final = 8
"""Clicks to a repetition whose first is accented; of more than this nobody feels the bar."""
COUNT_EXPIRES_NS: Final = NS_PER_S
"""A number that comes later than this is another repetition's."""
WORDS_EXPIRE_NS: Final = 5 * NS_PER_S
MOST_SAID: Final = 5_000
"""Sentences of a set: a pack of a thousand repetitions each is cut there, far beyond any exercise."""


class Word(Enum):
    """What cued itself says between the coach's instructions."""

    READY = "ready"
    GO = "go"
    REST = "rest"
    LEFT = "left"
    SWITCH = "switch"
    DONE = "done"


_WORDS: Final = {
    "en": {
        Word.READY: "Ready.",
        Word.GO: "Go.",
        Word.REST: "Rest.",
        Word.LEFT: "Left side first.",
        Word.SWITCH: "Switch. Right side.",
        Word.DONE: "That was it.",
    },
    "de": {
        Word.READY: "Bereit.",
        Word.GO: "Los.",
        Word.REST: "Pause.",
        Word.LEFT: "Zuerst links.",
        Word.SWITCH: "Wechsel. Rechts.",
        Word.DONE: "Das war es.",
    },
}
"""In the languages that cued speaks itself."""
_FIND: Final = {"en": "Find {needs}, then press.", "de": "Such dir {needs}, dann Taste Weiter."}
_NEEDS: Final = {
    "de": {"grass": "Gras", "a mat": "eine Matte", "a step": "eine Stufe", "a towel": "ein Handtuch", "a wall": "eine Wand"},
}
"""What drills of cued's own packs need, in other languages; anything else is said as the pack has it."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence of the set."""

    at_ns: int
    """From the set's start."""
    drill: str
    """Its id; empty: the segment waits for a press."""
    text: str
    expires_ns: int
    """After so long it is no longer true."""


@dataclass(frozen=True, slots=True)
class Clicks:
    """A stretch with a click."""

    start_ns: int
    end_ns: int
    metronome: Metronome


@dataclass(frozen=True, slots=True)
class Plan:
    """A set, whole."""

    sayings: tuple[Saying, ...] = ()
    """In order of time."""
    clicks: tuple[Clicks, ...] = ()
    length_ns: int = 0
    language: str = "en"

    def clicks_at(self, elapsed_ns: int) -> int | None:
        """Which stretch owns that moment."""
        for number, stretch in enumerate(self.clicks):
            if stretch.start_ns <= elapsed_ns < stretch.end_ns:
                return number
        return None

    def next_clicks_ns(self, elapsed_ns: int) -> int | None:
        """When the next stretch begins after that moment."""
        return next((stretch.start_ns for stretch in self.clicks if stretch.start_ns > elapsed_ns), None)


@dataclass(frozen=True, slots=True)
class Leading:
    """A set under way in the present segment."""

    plan: Plan
    said: int = 0
    """How many of its sentences are behind."""


def plan(pack: CuePack, segment: Segment, language: str = "", total_ns: int | None = None) -> Plan:
    """The set of `segment`; `total_ns`: how long it may take, which drills without a length share."""
    by_id = {drill.id: drill for drill in pack.drills}
    chosen = [by_id[name] for name in segment.drills if name in by_id]
    spoken = spoken_language(chosen, language or pack.language, pack.language)
    made = _Making(spoken, pack.language, segment.metronome, _share_ns(chosen, total_ns))
    for drill in chosen:
        made.add(drill)
    later = pack.segments()[segment.index + 1 :]
    return made.finish(last=not any(other.drills for other in later))


def spoken_language(drills: Iterable[Drill], language: str, own: str) -> str:
    """`language` where every drill has it, else the pack's own: nobody is counted for in two."""
    return language if all(language in (own, *dict(drill.say_in)) for drill in drills) else own


def is_set(pack: CuePack) -> bool:
    """Is there nothing in the pack but drills?"""
    return all(segment.drills for segment in pack.segments())


def set_ns(drills: Iterable[Drill]) -> int:
    """How long drills take, one after the other; those without a length only say what they are."""
    made = _Making("en", "en", Metronome(), 0)
    for drill in drills:
        made.add(drill)
    return made.finish().length_ns


def needs_words(pack: CuePack, segment: Segment, language: str = "") -> str:
    """`Find grass, then press.`: what the segment's drills need, if any does; empty where none does."""
    spoken = language or pack.language
    named = {drill.id: drill.needs for drill in pack.drills}
    for name in segment.drills:
        needs = named.get(name)
        if needs:
            words = _NEEDS.get(spoken, {}).get(needs, needs)
            return _FIND.get(spoken, _FIND["en"]).format(needs=words)
    return ""


def _share_ns(drills: list[Drill], total_ns: int | None) -> int:
    """What is left for each drill that has no length of its own."""
    endless = len([drill for drill in drills if drill.for_ns is None])
    return 0 if total_ns is None or not endless else max(0, total_ns - set_ns(drills)) // endless


@dataclass(slots=True)
class _Making:
    """A set in the making."""

    language: str
    own: str
    metronome: Metronome
    share_ns: int
    now_ns: int = 0
    sayings: list[Saying] = field(default_factory=list)
    clicks: list[Clicks] = field(default_factory=list)

    def add(self, drill: Drill) -> None:
        """One drill: what it is, then the work on one side or on both."""
        said = dict(drill.say_in)
        self.say(drill, drill.say if self.language == self.own else said.get(self.language, drill.say), WORDS_EXPIRE_NS)
        longest_ns = max(nominal_duration_ns(text) for text in (drill.say, *said.values()))
        self.now_ns += -(-longest_ns // NS_PER_S) * NS_PER_S + BREATH_NS
        if drill.for_ns is None:
            self.now_ns += self.share_ns
            return
        if drill.both_sides:
            self.word(drill, Word.LEFT)
            self.now_ns += READY_NS
        self.work(drill, drill.for_ns)
        if drill.both_sides:
            self.word(drill, Word.SWITCH)
            self.now_ns += SWITCH_NS
            self.work(drill, drill.for_ns)

    def work(self, drill: Drill, for_ns: int) -> None:
        """One side's repetitions."""
        counted = for_ns < LONG_NS and not drill.rest_ns
        if counted:
            self.word(drill, Word.READY)
            self.now_ns += READY_NS
        else:
            self.now_ns += DOWN * NS_PER_S
            self.count_down(drill)
            self.word(drill, Word.GO)
        start_ns = self.now_ns
        for rep in range(1, drill.reps + 1):
            if len(self.sayings) >= MOST_SAID:
                break
            if counted and (for_ns >= TIGHT_NS or rep % 5 == 0):
                self.number(drill, rep, self.now_ns)
            if drill.rest_ns and rep > 1:
                self.word(drill, Word.GO)
            began_ns = self.now_ns
            self.now_ns += for_ns
            if for_ns >= LONG_NS:
                self.count_down(drill)
            if drill.rest_ns:
                self.click(drill, began_ns, for_ns)
                if rep < drill.reps:
                    self.word(drill, Word.REST)
                    self.now_ns += drill.rest_ns
                    if drill.rest_ns > DOWN * NS_PER_S:
                        self.count_down(drill)
        if not drill.rest_ns:
            self.click(drill, start_ns, for_ns)

    def click(self, drill: Drill, start_ns: int, rep_ns: int) -> None:
        """The drill's click, from there until now."""
        if drill.beat_mspm is None or self.now_ns <= start_ns:
            return
        bar, odd = divmod(rep_ns * drill.beat_mspm, NS_PER_MIN * MSPM_PER_SPM)
        accent = bar if not odd and 1 < bar <= MOST_ACCENTED else None
        beat = Metronome(
            mode=Mode.FIXED,
            sound=self.metronome.sound,
            volume=self.metronome.volume,
            duck_db=self.metronome.duck_db,
            accent=accent,
            beat_mspm=drill.beat_mspm,
        )
        self.clicks.append(Clicks(start_ns, self.now_ns, beat))

    def count_down(self, drill: Drill) -> None:
        """Three, two, one, so that zero is now."""
        for left in range(DOWN, 0, -1):
            self.number(drill, left, self.now_ns - left * NS_PER_S)

    def number(self, drill: Drill, value: int, at_ns: int) -> None:
        words = number_words(value, self.language)
        self.sayings.append(Saying(at_ns, drill.id, f"{words[:1].upper()}{words[1:]}.", COUNT_EXPIRES_NS))

    def word(self, drill: Drill, word: Word) -> None:
        expires_ns = COUNT_EXPIRES_NS if word is Word.GO else WORDS_EXPIRE_NS
        self.say(drill, _WORDS.get(self.language, _WORDS["en"])[word], expires_ns)

    def say(self, drill: Drill, text: str, expires_ns: int) -> None:
        self.sayings.append(Saying(self.now_ns, drill.id, text, expires_ns))

    def finish(self, *, last: bool = False) -> Plan:
        """The set; `last`: with a word at its end, for no other follows."""
        if self.sayings:
            text, drill = _WORDS.get(self.language, _WORDS["en"])[Word.DONE], self.sayings[-1].drill
            self.sayings += [Saying(self.now_ns, drill, text, WORDS_EXPIRE_NS)] if last else []
            self.now_ns += CLOSE_NS
        return Plan(tuple(sorted(self.sayings, key=lambda one: one.at_ns)), tuple(self.clicks), self.now_ns, self.language)
