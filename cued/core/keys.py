"""Three keys that steer everything without a screen: hush and status, next, and a spoken menu; and the prompts they answer.

`step(keys, event, seen) -> (keys, decisions)` decides, `due_ns(keys)` says when it next wants a `Tick`. Never raises, whatever
is pressed when. What was due comes first, each at its own time; more ticks change nothing while what is seen stays the same.

PLAY       hushes at once; hushed, or where nothing sounds: says why, and gives the sound back.
NEXT       announces what is next and does it 3 s later; any key meanwhile calls it off. Grants at once what waits for a press,
           and ends drills at once.
PREVIOUS   speaks a menu, or one within another: PLAY picks, NEXT goes on to the next item, PREVIOUS or silence closes it.

A newer sentence of the keys cuts off an older one, and all of them are heard while the rest is hushed: they were asked for.
What was due while the machine stood still comes late: the shell speaks no sentence that is out of date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from cued.core.happening import Phase, Say
from cued.core.menus import (
    ASKED,
    ASKING,
    Answer,
    Ask,
    Choice,
    Chosen,
    Deed,
    Do,
    Glance,
    Hush,
    Item,
    Key,
    KeyDecision,
    KeyEvent,
    KeySettings,
    Press,
    Question,
    answers,
    menu,
    submenu,
)
from cued.core.sentences import STATUS, Sentence
from cued.core.values import NOTHING, Values
from cued.core.words import Silence


@dataclass(frozen=True, slots=True)
class Announced:
    """Will be done, unless called off, or overtaken by what it was about."""

    deed: Deed
    at_ns: int
    about: object
    """What must be the same then: of the next segment the present one, of a start that no run is on."""


@dataclass(frozen=True, slots=True)
class Open:
    """A menu or a count, one item being open for a press."""

    items: tuple[Item, ...]
    at_ns: int
    """When the open item (or the question before the first) was said."""
    index: int = 0
    """-1: the question has been put, nothing counted yet."""
    heard: int = -1
    """Which item a press means that comes sooner than this one can have been heard; -1: none."""
    question: Question | None = None
    """What is counted for; None: a menu."""
    on: bool = False
    """A run was on when it was opened."""


@dataclass(frozen=True, slots=True)
class Sore:
    """The question of yes or no is open."""

    at_ns: int


@dataclass(frozen=True, slots=True)
class Keys:
    """Between two events."""

    how: KeySettings = field(default_factory=KeySettings)
    now_ns: int = 0
    doing: Announced | Open | Sore | None = None
    asked: tuple[Question, ...] = ()
    """Still to be put."""
    free_ns: int = 0
    """Not before then, for the sake of what was said last."""
    pressed: tuple[tuple[Key, int], ...] = ()
    """When each key was last pressed."""


def step(keys: Keys, event: KeyEvent, seen: Glance) -> tuple[Keys, tuple[KeyDecision, ...]]:
    """Carry the keys to the event's time and take the event in. What is stamped in the past takes effect now."""
    turn = _Turn(keys, seen)
    at_ns = max(event.at_ns, keys.now_ns)
    turn.overtaken(at_ns)
    turn.advance(at_ns)
    turn.keys = replace(turn.keys, now_ns=at_ns)
    if isinstance(event, Press):
        _press(turn, event.key)
    elif isinstance(event, Ask):
        already = (*turn.asked_now(), *turn.keys.asked)
        new = (question for question in ASKED[event.prompt] if question not in already)
        turn.keys = replace(turn.keys, asked=(*turn.keys.asked, *new))
        turn.overtaken(at_ns)
    turn.advance(at_ns)
    return turn.keys, tuple(turn.decided)


def due_ns(keys: Keys) -> int | None:
    """When a `Tick` is next wanted; None: not before a key is pressed."""
    due = _next(keys)
    return None if due is None else max(due[0], keys.now_ns)


class _Turn:
    """One step: the keys so far, what is seen, and what was decided."""

    def __init__(self, keys: Keys, seen: Glance) -> None:
        self.keys = keys
        self.seen = seen
        self.decided: list[KeyDecision] = []

    @property
    def now_ns(self) -> int:
        return self.keys.now_ns

    def about(self, deed: Deed) -> object:
        """What an announcement rests on: it is dropped where that has changed."""
        seen = self.seen
        if deed is Deed.NEXT:
            return seen.phase, seen.segment, seen.rep
        return seen.phase is Phase.PAUSED if deed is Deed.RESUME else seen.on

    def advance(self, until_ns: int) -> None:
        """Carry out everything due up to `until_ns`, in order."""
        while (due := _next(self.keys)) is not None and due[0] <= until_ns:
            self.keys = replace(self.keys, now_ns=max(due[0], self.now_ns))
            due[1](self)

    def say(self, sentence: Sentence, values: Values = NOTHING) -> None:
        self.decided.append(Say(self.now_ns, sentence, values))
        self.keys = replace(self.keys, free_ns=self.now_ns + self.keys.how.breath_ns)

    def answer(self, question: Question, value: int | str | None) -> None:
        self.decided.append(Answer(self.now_ns, question, value))

    def asked_now(self) -> tuple[Question, ...]:
        """The question that is open, if one is."""
        doing = self.keys.doing
        if isinstance(doing, Sore):
            return (Question.SORE,)
        return (doing.question,) if isinstance(doing, Open) and doing.question is not None else ()

    def overtaken(self, at_ns: int) -> None:
        """A run that began or ended meanwhile closes the other's menu; questions are not put in a run, nor left open."""
        keys = self.keys
        doing, on = keys.doing, self.seen.on
        asked = self.asked_now()
        stale = on if asked else isinstance(doing, Open) and doing.on != on
        if stale or (isinstance(doing, Announced) and doing.about != self.about(doing.deed)):
            self.keys = replace(self.keys, now_ns=at_ns, doing=None)
        if on and (asked or keys.asked):
            self.keys = replace(self.keys, now_ns=at_ns, asked=())
            for question in (*asked, *keys.asked):
                self.answer(question, None)

    # --- what is spoken ---

    def announce(self, deed: Deed, sentence: Sentence, values: Values = NOTHING) -> None:
        self.keys = replace(self.keys, doing=Announced(deed, self.now_ns, self.about(deed)))
        self.say(sentence, values)

    def open(self, items: tuple[Item, ...]) -> None:
        if not items:
            self.keys = replace(self.keys, doing=None)
            self.say(Sentence.NOTHING_TO_PICK)
            return
        self.keys = replace(self.keys, doing=Open(items, self.now_ns, on=self.seen.on))
        self.say(items[0].sentence, items[0].values)

    def onward(self, doing: Open, *, pressed: bool = False) -> None:
        """The next item; after the last (by a press) the first again. Who presses on knows which item comes."""
        index = (doing.index + 1) % len(doing.items)
        heard = index if pressed else doing.index
        self.keys = replace(self.keys, doing=replace(doing, at_ns=self.now_ns, index=index, heard=heard))
        self.say(doing.items[index].sentence, doing.items[index].values)

    def settle(self, question: Question, value: int | str | None) -> bool:
        """A question is answered, or is not; the next is put in the same breath. Was there a next?"""
        self.keys = replace(self.keys, doing=None)
        self.answer(question, value)
        if not self.keys.asked:
            return False
        self.put(value if question is Question.PAIN and isinstance(value, int) else None)
        return True

    def put(self, before: int | None = None) -> None:
        """Put the next question."""
        question, *rest = self.keys.asked
        counted = answers(question)
        doing = Open(counted, self.now_ns, -1, question=question) if counted else Sore(self.now_ns)
        self.keys = replace(self.keys, asked=tuple(rest), doing=doing)
        self.say(ASKING[question], Values(number=before) if question is Question.EFFORT else NOTHING)


# --- what is due ---------------------------------------------------------------------------------------------------

_Due: TypeAlias = tuple[int, Callable[[_Turn], None]]


def _next(keys: Keys) -> _Due | None:
    """What is due next, with what is to be done then; the only judge of that."""
    how, doing = keys.how, keys.doing
    match doing:
        case None:
            return (keys.free_ns, _Turn.put) if keys.asked else None
        case Announced():
            return doing.at_ns + how.announce_ns, lambda turn: _do(turn, doing)
        case Sore():
            return doing.at_ns + how.answer_ns, lambda turn: _close(turn, None)
        case Open():
            if doing.index == len(doing.items) - 1:
                return doing.at_ns + how.close_ns, lambda turn: _close(turn, None)
            wait_ns = how.item_ns if doing.question is None else how.intro_ns if doing.index < 0 else how.count_ns
            return doing.at_ns + wait_ns, lambda turn: turn.onward(doing)


def _do(turn: _Turn, doing: Announced) -> None:
    turn.keys = replace(turn.keys, doing=None)
    turn.decided.append(Do(turn.now_ns, doing.deed))


def _close(turn: _Turn, said: Sentence | None) -> None:
    """A menu or question ends without a pick; `said` of a question that the runner skipped."""
    for question in turn.asked_now():
        if not turn.settle(question, None) and said is not None:
            turn.say(said)
        return
    turn.keys = replace(turn.keys, doing=None)
    turn.say(Sentence.CLOSED)


# --- presses -------------------------------------------------------------------------------------------------------


def _press(turn: _Turn, key: Key) -> None:
    pressed = dict(turn.keys.pressed)
    last_ns = pressed.get(key)
    if last_ns is not None and turn.now_ns - last_ns < turn.keys.how.same_ns:
        return
    turn.keys = replace(turn.keys, pressed=tuple({**pressed, key: turn.now_ns}.items()))
    doing = turn.keys.doing
    match doing:
        case Announced():
            turn.keys = replace(turn.keys, doing=None)
            if key is Key.PLAY and doing.deed is Deed.NEXT:
                _play(turn)  # hushing is at once, whatever was announced
            else:
                turn.say(Sentence.STAYS)
        case Open():
            _press_open(turn, doing, key)
        case Sore():
            _press_sore(turn, doing, key)
        case None:
            _PLAIN[key](turn)


def _press_open(turn: _Turn, doing: Open, key: Key) -> None:
    if key is Key.PREVIOUS:
        _close(turn, Sentence.SKIPPED)
    elif key is Key.NEXT:
        turn.onward(doing, pressed=True)
    else:
        fresh = turn.now_ns - doing.at_ns < turn.keys.how.heard_ns
        index = doing.heard if fresh else doing.index
        if index < 0:  # nothing was heard yet that could be meant
            return
        item = doing.items[index]
        if doing.question is not None:
            if turn.settle(doing.question, item.pick):
                return
            if doing.question is Question.PLACE:
                turn.say(Sentence.SORE)
            else:
                turn.say(Sentence.THANKS, item.values if doing.question is Question.EFFORT else NOTHING)
        elif item.choice is not None:
            _pick(turn, item.choice, item)


def _press_sore(turn: _Turn, doing: Sore, key: Key) -> None:
    if turn.now_ns - doing.at_ns < turn.keys.how.heard_ns:  # meant for whatever was before the question
        return
    if key is Key.PLAY and turn.seen.plans:
        turn.keys = replace(turn.keys, asked=(Question.PLACE, *turn.keys.asked))
    if key is Key.PREVIOUS:
        _close(turn, Sentence.SKIPPED)
    elif not turn.settle(Question.SORE, int(key is Key.PLAY)):
        turn.say(Sentence.SORE if key is Key.PLAY else Sentence.NOT_SORE)


def _pick(turn: _Turn, choice: Choice, item: Item) -> None:
    turn.keys = replace(turn.keys, doing=None)
    inner, today = submenu(choice, turn.seen, item.pick), turn.seen.day
    if choice in {Choice.RACE, Choice.RACE_WEEK} and today is None:
        turn.say(Sentence.NO_DATE)
    elif inner is not None:
        turn.open(inner)
    elif choice is Choice.RACE and isinstance(item.pick, int) and today is not None and item.pick < today:
        turn.say(Sentence.NOTHING_TO_PICK)  # midnight has passed since the list was begun
    elif choice is Choice.END:
        turn.announce(Deed.END, Sentence.NEXT_END)
    elif choice in {Choice.REPEAT, Choice.HELPED} and not turn.seen.has_cue:
        turn.say(Sentence.NO_CUE)
    else:
        turn.decided.append(Chosen(turn.now_ns, choice, item.pick))
        if choice is Choice.PAIN:
            turn.say(Sentence.PAIN_OVER)
        elif choice is Choice.RACE:
            turn.say(Sentence.RACE_ON, item.values)
        elif choice is not Choice.REPEAT:  # the cue itself is heard then
            turn.say(Sentence.PICKED, item.values)


def _play(turn: _Turn) -> None:
    seen = turn.seen
    if seen.on and not seen.muted and seen.silence is Silence.NONE:
        turn.decided.append(Hush(turn.now_ns, hushed=True))
        return
    if seen.muted:
        turn.decided.append(Hush(turn.now_ns, hushed=False))
    values = Values(segment=seen.segment or None, left_ns=seen.left_ns, left_m=seen.left_m)
    idle = {Phase.READY: Sentence.STATUS_READY, Phase.ENDED: Sentence.STATUS_ENDED}
    paused = Silence.PAUSED if seen.phase is Phase.PAUSED else seen.silence
    turn.say(STATUS[paused] if seen.on else idle.get(seen.phase, Sentence.STATUS_IDLE), values)


def _on(turn: _Turn) -> None:
    """NEXT, with nothing open."""
    seen = turn.seen
    if not seen.on:
        turn.announce(Deed.START, Sentence.NEXT_START)
    elif seen.phase is Phase.PAUSED:
        turn.announce(Deed.RESUME, Sentence.NEXT_GO_ON)
    elif seen.waiting or seen.drilling:  # a drill that hurts is over at the first press
        turn.decided.append(Do(turn.now_ns, Deed.NEXT))
    elif seen.next_segment:
        turn.announce(Deed.NEXT, Sentence.NEXT_IS, Values(segment=seen.next_segment))
    elif seen.segment:
        turn.announce(Deed.NEXT, Sentence.NEXT_NOTHING)
    else:
        turn.say(Sentence.NO_NEXT)


_PLAIN: Final[dict[Key, Callable[[_Turn], None]]] = {
    Key.PLAY: _play,
    Key.NEXT: _on,
    Key.PREVIOUS: lambda turn: turn.open(menu(turn.seen)),
}
