"""Who may speak, and when: one voice, limits that suppress at once, a short wait that expires, safety above all."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cued.core.cues import (
    Asked,
    BackInBand,
    Choose,
    Cue,
    Drift,
    HeartRateAbove,
    InBand,
    OffBand,
    PaceDrop,
    Priority,
    Rise,
    Rule,
    RunEnd,
    RunStart,
    SegmentEnd,
    SegmentStart,
)
from cued.core.effects import CutSpeech, Effect, Expired, Say, Suppressed, Unheard, Withheld
from cued.core.floor import Floor, House, Said, Wish
from cued.core.numbers import draw_between, draw_chance
from cued.units import NS_PER_MIN, NS_PER_MS, NS_PER_S

CUT_FADE_NS: Final = 50 * NS_PER_MS
FIRST_WORDS_NS: Final = 200 * NS_PER_MS
"""A session's first words rise for so long: nobody is startled."""

NEWER: Final = "newer answer"
"""Why an answer that waited is gone: the runner has pressed again."""
CUED: Final = "cued"
"""What says cued's own words, where a cue would be named."""
DRILL: Final = "drill"
"""The same of a drill's instruction and its numbers, which are no cues and are not counted as such."""

_BY_TRIGGER: Final = (
    ((RunStart, RunEnd, SegmentStart, SegmentEnd, Asked), Priority.SEGMENT),
    ((Drift, Rise, PaceDrop, HeartRateAbove), Priority.DRIFT),
    ((OffBand, InBand, BackInBand), Priority.BAND),
)
LATELY_NS: Final = 60 * NS_PER_S
"""Older cues were heard: a lost device is noticed within seconds."""
WITHHOLDABLE: Final = (Priority.DRIFT, Priority.BAND, Priority.PERIODIC)


def priority_of(rule: Rule, cue: Cue | None) -> Priority:
    """The rule's, else the cue's, else praise's, else the trigger's."""
    if rule.priority is not None:
        return rule.priority
    if cue is not None and cue.priority is not None:
        return cue.priority
    if cue is not None and cue.praise:
        return Priority.PRAISE
    for kinds, priority in _BY_TRIGGER:
        if isinstance(rule.when, kinds):
            return priority
    return Priority.PERIODIC


def is_exempt(priority: Priority) -> bool:
    """Safety and segment cues stand outside every limit."""
    return priority >= Priority.SEGMENT


def chosen(
    cues: tuple[Cue, ...], theme: str, how: Choose, floor: Floor, house: House, chance: int, best: tuple[str, ...]
) -> tuple[Cue, int]:
    """One cue of the theme (which has some): those not said within `same_cue_gap` come first; (cue, the seed's new state)."""
    members = tuple(cue for cue in cues if cue.theme == theme)
    free = tuple(cue for cue in members if not _said_lately(cue.id, floor, house)) or members
    if how is Choose.RANDOM:
        chance, pick = draw_between(chance, 0, len(free) - 1)
        return free[pick], chance
    if how is Choose.LEAST_RECENT:
        oldest = free[0]
        for cue in free[1:]:
            if floor.last_said.get(cue.id, -1) < floor.last_said.get(oldest.id, -1):
                oldest = cue
        return oldest, chance
    if how is Choose.BEST:
        for cue_id in best:
            for cue in free:
                if cue.id == cue_id:
                    return cue, chance
    ids = [cue.id for cue in members]
    last = floor.rotation.get(theme)
    begin = ids.index(last) + 1 if last in ids else 0
    for offset in range(len(members)):
        cue = members[(begin + offset) % len(members)]
        if cue in free:
            return cue, chance
    return members[0], chance


def refusal(wish: Wish, floor: Floor, house: House) -> str | None:
    """The limit that forbids the wish at once; None where only running speech or min_gap may hold it."""
    if house.muted and not wish.asked:
        return "muted"
    if is_exempt(wish.priority):
        return None
    limits = house.limits
    if house.run_ns < house.quiet_start_ns:
        return "quiet_start"
    if house.length_ns is not None and limits.quiet_end_ns and house.run_ns >= house.length_ns - limits.quiet_end_ns:
        return "quiet_end"
    if floor.budgeted >= limits.per_run:
        return "per_run"
    lately = 0
    for onset_ns in floor.onsets_ns:
        if onset_ns > house.now_ns - NS_PER_MIN:
            lately += 1
    if lately >= limits.per_minute:
        return "per_minute"
    if _said_lately(wish.cue, floor, house):
        return "same_cue_gap"
    themes = limits.themes_per_segment
    if (
        themes is not None
        and wish.theme is not None
        and wish.theme not in floor.themes_here
        and len(floor.themes_here) >= themes
    ):
        return "themes_per_segment"
    return None


def _said_lately(cue_id: str, floor: Floor, house: House) -> bool:
    last_ns = floor.last_said.get(cue_id)
    return last_ns is not None and house.now_ns - last_ns < house.limits.same_cue_gap_ns


def submitted(wish: Wish, floor: Floor, house: House) -> tuple[Floor, tuple[Effect, ...]]:
    """Take a wish in: suppressed at once, or waiting for the floor. Safety clears the floor, an answer of answers, too."""
    reason = refusal(wish, floor, house)
    if reason is not None:
        return denied(wish, floor, house.now_ns, reason)
    effects: tuple[Effect, ...] = ()
    for older in floor.waiting if wish.asked else ():
        if older.asked:
            floor, told = denied(older, _without(floor, older), house.now_ns, NEWER)
            effects = (*effects, *told)
    floor, told = interrupted(replace(floor, waiting=(*floor.waiting, wish)), house)
    return floor, (*effects, *told)


def interrupted(floor: Floor, house: House) -> tuple[Floor, tuple[Effect, ...]]:
    """Safety cuts a running cue short as soon as its own sound is ready: else both would be silent. An answer cuts anything."""
    holder = floor.holder
    if holder is None:
        return floor, ()
    for wish in floor.waiting:
        if wish.text_id in house.ready and (
            wish.asked or (wish.priority is Priority.SAFETY and holder.priority is not Priority.SAFETY)
        ):
            return cut(floor, house.now_ns)
    return floor, ()


def denied(wish: Wish, floor: Floor, now_ns: int, reason: str) -> tuple[Floor, tuple[Effect, ...]]:
    """The wish is gone, and why."""
    effect = Suppressed(now_ns, wish.cue, wish.text, wish.rule, wish.priority, reason)
    return replace(floor, suppressed=floor.suppressed + (not wish.asked)), (effect,)


def cut(floor: Floor, now_ns: int) -> tuple[Floor, tuple[Effect, ...]]:
    """End the running cue over a short fade; a withheld one just gives up the floor."""
    if floor.busy_ns <= now_ns or floor.holder is None:
        return floor, ()
    if not floor.heard:
        return replace(floor, busy_ns=now_ns, gap_ns=now_ns), ()
    end_ns = min(floor.busy_ns, now_ns + CUT_FADE_NS)
    effect = CutSpeech(now_ns, floor.holder.text_id, end_ns - now_ns)
    lately = tuple(replace(one, end_ns=min(one.end_ns, end_ns)) for one in floor.lately)
    return replace(floor, busy_ns=end_ns, gap_ns=end_ns, lately=lately), (effect,)


def lost(floor: Floor, since_ns: int, now_ns: int) -> tuple[Floor, tuple[Effect, ...]]:
    """What sounded from `since_ns` on reached nobody: it is taken off every budget again."""
    gone = tuple(one for one in floor.lately if one.end_ns > since_ns)
    if not gone:
        return floor, ()
    onsets = {one.onset_ns for one in gone if not is_exempt(one.wish.priority)}
    floor = replace(
        floor,
        lately=tuple(one for one in floor.lately if one.end_ns <= since_ns),
        onsets_ns=tuple(onset_ns for onset_ns in floor.onsets_ns if onset_ns not in onsets),
        budgeted=floor.budgeted - len(onsets),
        spoken=floor.spoken - len(gone),
    )
    return floor, tuple(_unheard(one.wish, one.onset_ns, one.dur_ns, now_ns) for one in gone)


def _unheard(wish: Wish, said_ns: int, dur_ns: int, now_ns: int) -> Unheard:
    return Unheard(now_ns, said_ns, wish.cue, wish.text, wish.rule, wish.priority, dur_ns)


def stalled(floor: Floor, until_ns: int) -> Floor:
    """Nobody can begin before `until_ns`: what waits may expire, and nothing is made up for."""
    return replace(floor, busy_ns=until_ns, holder=None) if until_ns > floor.busy_ns else floor


def due_ns(floor: Floor, house: House) -> int | None:
    """When the first waiting cue may begin or must be given up."""
    due: int | None = None
    for wish in floor.waiting:
        start_ns = _earliest_ns(wish, floor, house)
        at_ns = wish.expires_ns if start_ns is None or start_ns > wish.expires_ns else start_ns
        if due is None or at_ns < due:
            due = at_ns
    return due


def _earliest_ns(wish: Wish, floor: Floor, house: House) -> int | None:
    """When the wish may begin if nothing changes; None while its sound is not ready or the run rests."""
    if wish.text_id not in house.ready or (house.paused and wish.priority is not Priority.SAFETY):
        return None
    start_ns = max(floor.busy_ns, wish.fired_ns)
    if not is_exempt(wish.priority) and floor.gap_ns is not None:
        start_ns = max(start_ns, floor.gap_ns + house.limits.min_gap_ns)
    return start_ns


def heard(floor: Floor, house: House, chance: int) -> tuple[Floor, int, tuple[Effect, ...], Wish | None]:
    """Let the first waiting cue begin if it may, or give up one that cannot in time.

    Returns the floor, the seed's new state, what happened, and the wish that counts as spoken. Call it until nothing happens.
    """
    if not floor.waiting:
        return floor, chance, (), None
    now_ns = house.now_ns
    ordered = sorted(floor.waiting, key=lambda wish: (not wish.asked, -wish.priority, wish.number))
    reserved = False
    for wish in ordered:
        start_ns = _earliest_ns(wish, floor, house)
        if start_ns is not None and start_ns <= now_ns and wish.expires_ns >= now_ns and not reserved:
            floor = _without(floor, wish)
            reason = refusal(wish, floor, house)
            if reason is not None:
                floor, effects = denied(wish, floor, now_ns, reason)
                return floor, chance, effects, None
            return _begun(wish, floor, house, chance)
        if wish.expires_ns <= now_ns:
            floor = _without(floor, wish)
            why = _wait_reason(wish, floor, house)
            return floor, chance, (Expired(now_ns, wish.cue, wish.text, wish.rule, wish.priority, why),), None
        # A more important cue is about to begin: nobody takes the floor before it, but who cannot wait so long is given up.
        reserved = reserved or (start_ns is not None and start_ns <= wish.expires_ns and floor.busy_ns <= now_ns)
    return floor, chance, (), None


def _wait_reason(wish: Wish, floor: Floor, house: House) -> str:
    if wish.text_id not in house.ready:
        return "speech not ready"
    if house.paused:
        return "paused"
    if floor.busy_ns > house.now_ns:
        return "stalled" if floor.holder is None else "waited for speech"
    return "min_gap"


def _without(floor: Floor, wish: Wish) -> Floor:
    return replace(floor, waiting=tuple(other for other in floor.waiting if other.number != wish.number))


def _begun(wish: Wish, floor: Floor, house: House, chance: int) -> tuple[Floor, int, tuple[Effect, ...], Wish | None]:
    now_ns, limits = house.now_ns, house.limits
    dur_ns = house.ready[wish.text_id]
    silent = False
    unheard = house.unheard
    if wish.expect and wish.priority in WITHHOLDABLE and limits.withhold > 0 and not unheard:
        chance, silent = draw_chance(chance, limits.withhold)
    onsets_ns, budgeted = floor.onsets_ns, floor.budgeted
    if not is_exempt(wish.priority) and not unheard:
        onsets_ns = (*(at_ns for at_ns in onsets_ns if at_ns > now_ns - NS_PER_MIN), now_ns)
        budgeted += 1
    lately = tuple(one for one in floor.lately if one.onset_ns > now_ns - LATELY_NS)
    if not silent and not unheard:
        lately = (*lately, Said(wish, now_ns, now_ns + dur_ns, dur_ns))
    themes, rotation = floor.themes_here, floor.rotation
    if wish.theme is not None:
        themes = themes if wish.theme in themes else (*themes, wish.theme)
        rotation = {**rotation, wish.theme: wish.cue}
    floor = replace(
        floor,
        busy_ns=now_ns + dur_ns,
        holder=wish,
        heard=not silent,
        gap_ns=now_ns + dur_ns,
        onsets_ns=onsets_ns,
        budgeted=budgeted,
        last_said={**floor.last_said, wish.cue: now_ns},
        rotation=rotation,
        themes_here=themes,
        lately=lately,
        spoken=floor.spoken + (0 if silent or unheard else 1),
        drilled=floor.drilled + (wish.cue == DRILL),
        answers=floor.answers + wish.asked,
        withheld=floor.withheld + (1 if silent else 0),
        last_text=floor.last_text if silent else wish.text or wish.cue,
        last_ns=floor.last_ns if silent else now_ns,
    )
    effect: Effect
    if silent:
        effect = Withheld(now_ns, wish.cue, wish.text, wish.rule, wish.priority, dur_ns)
    else:
        rise_ns = FIRST_WORDS_NS if floor.spoken <= 1 else 0
        effect = Say(now_ns, wish.text_id, wish.cue, wish.text, wish.rule, wish.priority, dur_ns, wish.duck_db, rise_ns)
        if unheard:  # it is played all the same: who knows whether somebody listens there
            return floor, chance, (effect, _unheard(wish, now_ns, dur_ns, now_ns)), None
    return floor, chance, (effect,), wish
