"""The keys in values: what may be pressed and asked, what is decided, the menus' items, and what is seen of the session."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from cued.core.dates import WEEK_DAYS, monday
from cued.core.happening import Phase, Say, Tick
from cued.core.sentences import Sentence
from cued.core.values import NOTHING, PLACES, RACE_WEEKS, SURFACES, Values
from cued.core.view import View
from cued.core.words import Silence
from cued.units import NS_PER_MIN, NS_PER_MS, NS_PER_S

Pick: TypeAlias = str | int | None
"""A pack's id, a surface or a place of the body; a length in ns, a number or a day; None where there is nothing to pick."""


class Key(Enum):
    PLAY = "play"
    NEXT = "next"
    PREVIOUS = "previous"


class Choice(Enum):
    """What a menu's item stands for."""

    PAIN = "pain"
    REPEAT = "repeat"
    HELPED = "helped"
    SURFACE = "surface"
    BACK = "back"
    END = "end"
    PACK = "pack"
    PLAIN_TODAY = "plain today"
    LENGTH = "length"
    INJURED = "injured"
    ILL = "ill"
    AWAY = "away"
    WELL = "well"
    RACE = "race"
    """On a day."""
    RACE_WEEK = "race week"
    """In the week that begins on a day; leads on to its days."""
    NO_RACE = "no race"


class Deed(Enum):
    """What is announced and done a little later, unless another key is pressed."""

    NEXT = "next"
    RESUME = "resume"
    START = "start"
    END = "end"
    """Of the run. Announced like the others: a thumb that slipped must not cost a run."""


class Prompt(Enum):
    """When questions are asked."""

    BEFORE = "before"
    AFTER = "after"


class Question(Enum):
    SORE = "sore"
    """Answered 1 for yes, 0 for no."""
    PLACE = "place"
    """Where; follows a yes where a plan listens. Answered by one of `PLACES`."""
    PAIN = "pain"
    """0 to 10."""
    EFFORT = "effort"
    """1 to 10."""


ASKED: Final = {Prompt.BEFORE: (Question.SORE,), Prompt.AFTER: (Question.PAIN, Question.EFFORT)}
COUNTED: Final = {Question.PAIN: range(11), Question.EFFORT: range(1, 11)}
"""Numbers counted aloud. Effort 0 would be rest, which no run is."""
ASKING: Final = {
    Question.SORE: Sentence.ASK_SORE,
    Question.PLACE: Sentence.ASK_PLACE,
    Question.PAIN: Sentence.ASK_PAIN,
    Question.EFFORT: Sentence.ASK_EFFORT,
}

LENGTHS: Final = (30 * NS_PER_MIN, 45 * NS_PER_MIN, 60 * NS_PER_MIN, 90 * NS_PER_MIN, 120 * NS_PER_MIN)
"""Offered as the length of a run; a menu of more takes longer to hear than to walk off."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What the keys must know of the session at the moment of a step."""

    phase: Phase = Phase.IDLE
    muted: bool = False
    silence: Silence = Silence.NONE
    segment: str = ""
    rep: int = 1
    waiting: bool = False
    """The segment waits for the runner's press."""
    drilling: bool = False
    """cued leads through drills: a press ends them."""
    left_ns: int | None = None
    left_m: int | None = None
    next_segment: str = ""
    has_cue: bool = False
    """A cue was heard in this run."""
    packs: tuple[tuple[str, str], ...] = ()
    """(id, title) of those to choose from."""
    surfaces: tuple[str, ...] = SURFACES
    lengths_ns: tuple[int, ...] = LENGTHS
    plans: bool = False
    """A plan listens to what the runner says of it."""
    day: int | None = None
    """Today, since 1970-01-01; None: nobody knows for sure."""
    race: int | None = None
    """The day of the race that the plan knows of."""

    @property
    def on(self) -> bool:
        """A run is on."""
        return self.phase in {Phase.RUNNING, Phase.PAUSED}


def glance(view: View | None, phase: Phase, packs: tuple[tuple[str, str], ...] = ()) -> Glance:
    """What the keys see of a session's view; None: there is no session."""
    if view is None:
        return Glance(phase, packs=packs)
    return Glance(
        phase,
        muted=view.muted,
        silence=view.silence,
        segment=view.segment,
        rep=view.rep,
        waiting=view.waiting,
        drilling=view.drilling,
        left_ns=view.segment_left_ns,
        left_m=None if view.segment_left_m is None else int(view.segment_left_m),
        next_segment=view.next_segment,
        has_cue=view.last_cue_at_ns is not None,
        packs=packs,
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a menu or a count, and how it is said."""

    sentence: Sentence
    choice: Choice | None = None
    """None: the answer to a question."""
    pick: Pick = None
    values: Values = NOTHING


def _item(choice: Choice) -> Item:
    return Item(Sentence[choice.name], choice)


RUN_MENU: Final = tuple(
    _item(choice) for choice in (Choice.PAIN, Choice.REPEAT, Choice.HELPED, Choice.SURFACE, Choice.BACK, Choice.END)
)
"""Always all of them in this order: a thumb learns "third" where ears hear wind. Pain first: it cannot wait."""
READY_MENU: Final = tuple(_item(choice) for choice in (Choice.PACK, Choice.PLAIN_TODAY, Choice.LENGTH))
PLAN_MENU: Final = tuple(_item(choice) for choice in (Choice.INJURED, Choice.ILL, Choice.AWAY, Choice.WELL, Choice.RACE))
"""After the others, where a plan listens; what cannot wait first."""


def menu(seen: Glance) -> tuple[Item, ...]:
    """What PREVIOUS opens."""
    if seen.on:
        return RUN_MENU
    return (*READY_MENU, *PLAN_MENU) if seen.plans else READY_MENU


def submenu(choice: Choice, seen: Glance, pick: Pick = None) -> tuple[Item, ...] | None:
    """What is spoken one by one for an item that holds others; None where it holds none."""
    match choice:
        case Choice.RACE_WEEK if isinstance(pick, int):
            return _days(seen, pick)
        case _ if pick is not None:
            return None
        case Choice.RACE:
            return _weeks(seen)
        case Choice.SURFACE:
            return tuple(Item(Sentence.GROUND, choice, name, Values(ground=name)) for name in seen.surfaces)
        case Choice.PACK:
            return tuple(Item(Sentence.TITLE, choice, pack, Values(title=title)) for pack, title in seen.packs)
        case Choice.INJURED:
            return tuple(Item(Sentence.PLACE, choice, place, Values(place=place)) for place in PLACES)
        case Choice.LENGTH:
            return tuple(Item(Sentence.TIME, choice, length, Values(time_ns=length)) for length in seen.lengths_ns)
        case _:
            return None


def _weeks(seen: Glance) -> tuple[Item, ...]:
    """First the race that is set, to take it back; then this week and those to come, each by its Monday."""
    if seen.day is None:
        return ()
    off = () if seen.race is None or seen.race < seen.day else (_item(Choice.NO_RACE),)
    first = monday(seen.day)
    ahead = range(RACE_WEEKS + 1)
    return (*off, *(Item(Sentence.WEEK, Choice.RACE_WEEK, first + WEEK_DAYS * n, Values(weeks=n)) for n in ahead))


def _days(seen: Glance, first: int) -> tuple[Item, ...]:
    """Of the week from `first` on, those that are not past."""
    if seen.day is None:
        return ()
    days = range(max(first, seen.day), first + WEEK_DAYS)
    return tuple(Item(Sentence.WEEKDAY, Choice.RACE, day, Values(day=day)) for day in days)


def answers(question: Question) -> tuple[Item, ...]:
    """What is spoken one by one for a press; none for yes or no."""
    if question is Question.PLACE:
        return tuple(Item(Sentence.PLACE, None, place, Values(place=place)) for place in PLACES)
    return tuple(Item(Sentence.NUMBER, None, number, Values(number=number)) for number in COUNTED.get(question, ()))


# --- times, what happens, what is decided --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeySettings:
    """The keys' times, with their reasons."""

    same_ns: int = 120 * NS_PER_MS
    """The same key again so soon is one press told twice: a contact that bounces, or a headset heard over two players at once.
    Nobody's thumb is quicker."""
    heard_ns: int = 600 * NS_PER_MS
    """A press so soon after an item began was meant for the one before: Bluetooth's 200 ms, a word, a reaction."""
    announce_ns: int = 3 * NS_PER_S
    item_ns: int = 2 * NS_PER_S
    """From one item of a menu to the next."""
    count_ns: int = 1_500 * NS_PER_MS
    """From one number to the next: numbers are short, and eleven of them are many."""
    intro_ns: int = 3 * NS_PER_S
    """From a question to the first number."""
    close_ns: int = 4 * NS_PER_S
    """A menu's or a count's last item is open so long."""
    breath_ns: int = 3 * NS_PER_S
    """From a sentence to a question that had to wait for it."""
    answer_ns: int = 15 * NS_PER_S
    """A question of yes or no is open so long; asking it takes 4 s."""


@dataclass(frozen=True, slots=True)
class Press:
    at_ns: int
    key: Key


@dataclass(frozen=True, slots=True)
class Ask:
    """Put the questions before or after a run; the shell asks when its other sentences are over. Each gets one `Answer`, and
    where a plan listens a yes to `SORE` another, of the place.
    """

    at_ns: int
    prompt: Prompt


KeyEvent: TypeAlias = Press | Ask | Tick


@dataclass(frozen=True, slots=True)
class Hush:
    """All sound off, or on again."""

    at_ns: int
    hushed: bool


@dataclass(frozen=True, slots=True)
class Do:
    """What was announced is to be done now."""

    at_ns: int
    deed: Deed


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item was picked. PAIN ends beat and cues for this run."""

    at_ns: int
    choice: Choice
    pick: Pick = None


@dataclass(frozen=True, slots=True)
class Answer:
    at_ns: int
    question: Question
    value: int | str | None
    """None: unanswered, which is never 0."""


KeyDecision: TypeAlias = Hush | Do | Chosen | Answer | Say
