"""From a rule that fired to what comes of it: coach, conditions, the choice of a cue, its words, the actions beside it."""

from __future__ import annotations

from dataclasses import replace

from cued.core import arbiter
from cued.core.arbiter import CUED, denied, priority_of
from cued.core.cues import (
    BURST_NS,
    Asked,
    At,
    Coach,
    Cue,
    EndCues,
    Every,
    Metronome,
    Mode,
    NextSegment,
    PlaySound,
    Priority,
    RandomWithin,
    Rule,
    RunEnd,
    RunStart,
    SayCue,
    SayTheme,
    SegmentEnd,
    SegmentStart,
    SetMetronome,
)
from cued.core.effects import CuesEnded, Effect, Failed, Render
from cued.core.floor import Wish
from cued.core.intensity import locked
from cued.core.motion import carried_m
from cued.core.phrases import PhraseValues, Unknown, fill, placeholders
from cued.core.segments import Progress, Upcoming
from cued.core.session import Override, Turn
from cued.core.start import file_id, say_id
from cued.units import NS_PER_S

ANNOUNCE_EXPIRE_NS = 20 * NS_PER_S
"""cued's own words wait longer than a cue: they stay true."""
ANSWER_EXPIRE_NS = 5 * NS_PER_S
"""An answer that comes later than this answers nothing any more."""
SWAPPED = "pack swapped"
"""Why a cue of the pack before, or a segment that waited in it, is gone."""


def resolve(turn: Turn) -> bool:
    """Carry out the rules that fired at this instant, the most important first. True: the segment is to end now."""
    fired, turn.fired = turn.fired, []
    rules = turn.how.pack.rules
    ordered = sorted(fired, key=lambda item: -_expected_priority(turn, rules[item[0]]))
    move_on = False
    for index, judge in ordered:
        move_on = _carry_out(turn, index, judge) or move_on
    return move_on


def _expected_priority(turn: Turn, rule: Rule) -> int:
    """The priority before a theme's cue is chosen."""
    for action in rule.then:
        if isinstance(action, SayCue):
            return int(priority_of(rule, turn.how.pack.cue(action.cue)))
        if isinstance(action, SayTheme):
            for cue in turn.how.pack.cues:
                if cue.theme == action.theme:
                    return int(priority_of(rule, cue))
    return int(priority_of(rule, None))


def _carry_out(turn: Turn, index: int, judge: Progress) -> bool:
    rule = turn.how.pack.rules[index]
    cue, wish = _wish(turn, rule, index)
    priority = wish.priority if wish is not None else priority_of(rule, cue)
    reason = _refused(turn, rule, index, judge, priority)
    if reason is not None:
        if wish is not None:
            _deny(turn, wish, reason)
        return False
    others = tuple(action for action in rule.then if not isinstance(action, SayCue | SayTheme | PlaySound))
    if others:
        count(turn, index)
    move_on = False
    if wish is not None:
        _ask(turn, wish)
    for action in others:
        if isinstance(action, SetMetronome):
            _take_over(turn, action.metronome)
        elif isinstance(action, EndCues):
            turn.cues_ended = True
            turn.effects.append(CuesEnded(turn.now_ns, rule.id))
        elif isinstance(action, NextSegment):
            move_on = judge.number == turn.progress.number  # else it has ended already
    return move_on


def count(turn: Turn, index: int) -> None:
    """The rule was carried out."""
    state = turn.rules[index]
    state = replace(state, count=state.count + 1, count_here=state.count_here + 1, last_ns=turn.now_ns)
    turn.rules = (*turn.rules[:index], state, *turn.rules[index + 1 :])


def coach_refuses(rule: Rule, judge: Progress, priority: Priority) -> bool:
    """Does the segment's coach keep the rule silent? Safety and what the runner asked for always pass."""
    if priority is Priority.SAFETY or isinstance(rule.when, Asked):
        return False
    if judge.segment is None:  # after the last segment: silent recording until the run ends
        return not isinstance(rule.when, RunEnd | SegmentEnd)
    coach = judge.segment.coach
    if coach is Coach.SILENT or (judge.waiting and not isinstance(rule.when, RunStart | RunEnd)):
        return True
    if coach is Coach.START_ONLY:
        return not isinstance(rule.when, SegmentStart | SegmentEnd)
    return coach is Coach.CORRECTIONS and isinstance(rule.when, Every | RandomWithin | At)


def hush(turn: Turn) -> None:
    """A segment begins: what still waits for the floor, and is not to be heard in it, is gone."""
    kept: list[Wish] = []
    for wish in turn.floor.waiting:
        index = None if arbiter.is_exempt(wish.priority) else wish.rule_index
        if index is not None and coach_refuses(turn.how.pack.rules[index], turn.progress, wish.priority):
            _deny(turn, wish, _coach_reason(turn.progress))
        else:
            kept.append(wish)
    turn.floor = replace(turn.floor, waiting=tuple(kept))


def _coach_reason(judge: Progress) -> str:
    if judge.segment is None:
        return "after the last segment"
    silent = judge.segment.coach is Coach.SILENT
    return "not pressed" if judge.waiting and not silent else f"coach {judge.segment.coach.value}"


def _refused(turn: Turn, rule: Rule, index: int, judge: Progress, priority: Priority) -> str | None:
    state = turn.rules[index]
    if turn.cues_ended and priority is not Priority.SAFETY:
        return "end_cues"
    if coach_refuses(rule, judge, priority):
        return _coach_reason(judge)
    if priority is not Priority.SAFETY and not isinstance(rule.when, Asked) and locked(turn, judge):
        return "not easy"
    if priority < Priority.SEGMENT and isinstance(rule.when, Every | RandomWithin) and turn.beat.rested and _has_words(rule):
        return "resting"  # as the beat: nobody is reminded of light steps at a red light
    if rule.surface is not None and rule.surface != turn.surface:
        return "if surface"
    if rule.effort is not None and rule.effort is not turn.effort:
        return "if effort"
    if rule.session_at_least is not None and turn.how.session_number < rule.session_at_least:
        return "if session_at_least"
    if rule.bursts_at_least is not None and turn.overrides < rule.bursts_at_least:
        return "if bursts_at_least"
    waiting = 0
    for wish in turn.floor.waiting:
        if wish.rule_index == index and wish.counts:
            waiting += 1
    if rule.at_most is not None and state.count + waiting >= rule.at_most:
        return "at_most"
    if rule.at_most_each is not None and state.count_here + waiting >= rule.at_most_each:
        return "at_most_each"
    if waiting and rule.cooldown_ns:
        return "cooldown"
    if state.last_ns is not None and turn.now_ns - state.last_ns < rule.cooldown_ns:
        return "cooldown"
    return None


def _has_words(rule: Rule) -> bool:
    return any(isinstance(action, SayCue | SayTheme | PlaySound) for action in rule.then)


def _wish(turn: Turn, rule: Rule, index: int) -> tuple[Cue | None, Wish | None]:
    """The cue the rule wants said now, its words filled in; (None, None) for a rule without words."""
    pack = turn.how.pack
    for action in rule.then:
        if isinstance(action, PlaySound):
            return None, _sound(turn, rule, index, action.sound)
        if isinstance(action, SayCue):
            cue = pack.cue(action.cue)
        elif isinstance(action, SayTheme):
            best = turn.how.runner.best_cues
            cue, turn.chance = arbiter.chosen(
                pack.cues, action.theme, action.choose, turn.floor, turn.house(), turn.chance, best
            )
        else:
            continue
        text, text_id = words_of(turn, cue)
        return cue, _made(
            turn, rule, index, cue.id, text, text_id, priority_of(rule, cue), cue.theme, expect=cue.expect is not None
        )
    return None, None


def _sound(turn: Turn, rule: Rule, index: int, name: str) -> Wish:
    return _made(turn, rule, index, f"play:{name}", "", file_id(name), priority_of(rule, None), None, expect=False)


def _made(
    turn: Turn,
    rule: Rule,
    index: int,
    cue: str,
    text: str,
    text_id: str,
    priority: Priority,
    theme: str | None,
    *,
    expect: bool,
) -> Wish:
    turn.floor = replace(turn.floor, asked=turn.floor.asked + 1)
    counts = all(isinstance(action, SayCue | SayTheme | PlaySound) for action in rule.then)
    expires_ns = turn.now_ns + turn.how.pack.limits.expire_ns
    return Wish(
        cue,
        text,
        text_id,
        rule.id,
        index,
        priority,
        theme,
        expect,
        turn.now_ns,
        expires_ns,
        turn.floor.asked,
        _duck_db(turn),
        counts,
    )


def _duck_db(turn: Turn) -> float:
    segment = turn.progress.segment
    return (segment.metronome if segment is not None else turn.how.pack.metronome).duck_db


def words_of(turn: Turn, cue: Cue) -> tuple[str, str]:
    """(what is heard, the id of its sound); the id is empty where a number in the text is not known now."""
    how = turn.how
    language = how.language or how.pack.language
    if cue.sound is not None:
        return "", file_id(cue.sound)
    text = cue.text(language, how.pack.language) or ""
    if cue.voice_file is not None and text == cue.say:
        return text, file_id(cue.voice_file)
    if not placeholders(text):
        return text, say_id(text)
    filled = fill(text, _values(turn), _language_of(turn, cue))
    if isinstance(filled, Unknown):
        return filled.reason, ""
    return filled, say_id(filled)


def _language_of(turn: Turn, cue: Cue) -> str:
    language = turn.how.language or turn.how.pack.language
    return language if any(code == language for code, _ in cue.say_in) else turn.how.pack.language


def _values(turn: Turn) -> PhraseValues:
    progress, coming = turn.progress, turn.coming
    smooth = turn.smooth_spm if turn.how.sensor else turn.how.runner.cadence_spm
    target = turn.target()
    end_ns = turn.end_ns()
    here_m = carried_m(turn.motion, turn.now_ns)
    return PhraseValues(
        cadence_spm=None if smooth is None else int(smooth + 0.5),
        target_spm=None if target is None else int(target + 0.5),
        segment=progress.segment.name if progress.segment is not None else None,
        next_segment=coming.segment.name if isinstance(coming, Upcoming) else None,
        remaining_ns=None if end_ns is None else end_ns - turn.now_ns,
        remaining_m=None if progress.end_m is None else max(0, int(progress.end_m - here_m + 0.5)),
        rep=progress.rep,
        reps=progress.reps or None,
    )


def _deny(turn: Turn, wish: Wish, reason: str) -> None:
    if not wish.text_id:
        wish = replace(wish, text="")  # it holds why there are no words
    turn.floor, effects = denied(wish, turn.floor, turn.now_ns, reason)
    turn.effects.extend(effects)


def _ask(turn: Turn, wish: Wish) -> None:
    if not wish.text_id:
        refused = arbiter.refusal(wish, turn.floor, turn.house())
        if refused is not None:
            _deny(turn, wish, refused)
            return
        turn.effects.append(Failed(turn.now_ns, wish.cue, "", wish.rule, wish.priority, wish.text))
        return
    before = len(turn.floor.waiting)
    turn.floor, effects = arbiter.submitted(wish, turn.floor, turn.house())
    turn.effects.extend(effects)
    if len(turn.floor.waiting) > before and wish.text_id not in turn.ready:
        language = turn.how.language or turn.how.pack.language
        if wish.rule_index is not None:
            for cue in turn.how.pack.cues:
                if cue.id == wish.cue:
                    language = _language_of(turn, cue)
        turn.effects.append(Render(turn.now_ns, wish.text_id, wish.text, language))


def announce(turn: Turn, text: str, *, asked: bool = False, stays: bool = False) -> None:
    """cued itself speaks: with the priority of safety; `asked`: in answer to a key or a command; `stays`: true for longer."""
    turn.floor = replace(turn.floor, asked=turn.floor.asked + 1)
    expires_ns = turn.now_ns + (ANSWER_EXPIRE_NS if asked and not stays else ANNOUNCE_EXPIRE_NS)
    number = turn.floor.asked
    wish = Wish(
        CUED,
        text,
        say_id(text),
        "key" if asked else "cued",
        None,
        Priority.SAFETY,
        None,
        False,
        turn.now_ns,
        expires_ns,
        number,
        _duck_db(turn),
        False,
        asked,
    )
    _ask(turn, wish)


def forget_pack(turn: Turn) -> None:
    """No cue that waits is said any more but cued's own words: its pack is gone."""
    waiting = turn.floor.waiting
    turn.floor = replace(turn.floor, waiting=tuple(wish for wish in waiting if wish.rule_index is None))
    for wish in waiting:
        if wish.rule_index is not None:
            _deny(turn, wish, SWAPPED)


def give_up_cues(turn: Turn) -> None:
    """No cue that waits is said any more, unless it is for safety."""
    waiting = turn.floor.waiting
    turn.floor = replace(turn.floor, waiting=tuple(wish for wish in waiting if wish.priority is Priority.SAFETY))
    for wish in waiting:
        if wish.priority is not Priority.SAFETY:
            _deny(turn, wish, "end_cues")


def speak(turn: Turn) -> None:
    """Let whoever may begin, begin; give up who cannot in time."""
    while turn.floor.waiting:
        turn.floor, turn.chance, effects, wish = arbiter.heard(turn.floor, turn.house(), turn.chance)
        if not effects:
            return
        if wish is not None and wish.rule_index is not None and wish.counts:
            count(turn, wish.rule_index)
        turn.effects.extend(effects)


def failed(turn: Turn, text_id: str, reason: str) -> None:
    """A text could not be rendered: whoever waits for it is told so."""
    waiting: list[Wish] = []
    effects: list[Effect] = []
    for wish in turn.floor.waiting:
        if wish.text_id == text_id:
            effects.append(Failed(turn.now_ns, wish.cue, wish.text, wish.rule, wish.priority, reason))
        else:
            waiting.append(wish)
    turn.floor = replace(turn.floor, waiting=tuple(waiting))
    turn.effects.extend(effects)


def _take_over(turn: Turn, metronome: Metronome) -> None:
    """A rule's own metronome begins."""
    length_ns = metronome.for_ns
    if length_ns is None and metronome.mode is Mode.BURST and metronome.again_ns is None:
        length_ns = BURST_NS
    if metronome.mode is Mode.BURST and metronome.again_ns is not None:
        length_ns = None
    run_ns = turn.run_ns()
    turn.overrides += 1
    turn.override = Override(metronome, run_ns, None if length_ns is None else run_ns + length_ns, turn.overrides)


def tell(turn: Turn, cue: str, rule: str, text: str, expire_ns: int) -> None:
    """What belongs to the segment and to no rule of the pack: with a segment's priority, outside every limit."""
    turn.floor = replace(turn.floor, asked=turn.floor.asked + 1)
    now_ns, number, duck = turn.now_ns, turn.floor.asked, _duck_db(turn)
    until_ns, first = now_ns + expire_ns, Priority.SEGMENT
    _ask(turn, Wish(cue, text, say_id(text), rule, None, first, None, False, now_ns, until_ns, number, duck, False))
