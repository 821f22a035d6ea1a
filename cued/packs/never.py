"""Rules that can never fire, and a beat that cannot get where it is to go."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypeAlias

from cued.core import cues
from cued.core.cues import Basis, CuePack, ForDistance, ForTime, Mode, Priority, Repeat, Rule, Segment
from cued.core.fading import beat_share, scaled
from cued.core.firing import coach_refuses
from cued.core.metronome import NUDGE_SLEW_PER_S
from cued.core.segments import Progress
from cued.core.triggers import applies
from cued.packs.build import Built
from cued.packs.overlay import Notes
from cued.packs.unsure import Unsure
from cued.units import NS_PER_MIN, NS_PER_S
from cued.yamlread import Path
from cued.yamlread.quantities import interval_text, share_text, time_text

ON_BAND: Final = (cues.OffBand, cues.InBand, cues.BackInBand, cues.Drift)
"""Triggers that sleep in `hills`."""
FIRST_MINUTE_NS: Final = NS_PER_MIN
"""`pace_drop` is judged against it, so it cannot fire in it."""

_Said: TypeAlias = dict[tuple[str, str], set[Priority]]
"""(cue id, "") or ("", theme) → the priorities its cues may have."""


def check_rules(built: Built, notes: Notes, open_: Unsure) -> None:
    """Notes every rule that nothing can make fire, with the reason; none of which a problem leaves open whether it can."""
    pack = built.pack
    if open_.cues or open_.themes or open_.session or open_.fade:
        return
    segments, said, total_ns = pack.segments(), _said(pack), total_ns_of(pack)
    names = {segment.name for segment in segments}
    for rule in pack.rules:
        if not names.issuperset(rule.only_in):
            continue  # a segment that does not exist is a problem of its own
        if open_.segments and _depends(rule, segments, open_.segments):
            continue
        path = built.rule_paths[rule.id]
        message = _never(pack, rule, segments, said, total_ns)
        if message is not None:
            notes.add(path, f"this can never happen: {message}")
        elif _always_quiet(pack, rule, said):
            quiet = time_text(pack.limits.quiet_start_ns)
            message = f"this falls into the first {quiet}, in which nothing is said (`quiet_start`): choose a later moment"
            notes.add(path, message, warning=True)


def _depends(rule: Rule, segments: tuple[Segment, ...], unsure: frozenset[int]) -> bool:
    """Does it depend on one of these segments whether the rule can fire?"""
    if isinstance(rule.when, cues.RunStart | cues.Drift | cues.Rise):
        return True  # which segment opens the run, which has the reference
    return any(segment.index in unsure for segment in segments if applies(rule, segment.name, segment.index))


def _never(pack: CuePack, rule: Rule, segments: tuple[Segment, ...], said: _Said, total_ns: int | None) -> str | None:
    when = rule.when
    places = [segment for segment in segments if applies(rule, segment.name, segment.index)]
    if isinstance(when, cues.RunStart):
        opening = _may_open(pack)
        places = [segment for segment in places if segment in opening]
        if not places:
            return f"the run begins in {opening[0].name}, where this rule has no say: change `in` or `not_in`"
    if not places and not (isinstance(when, cues.RunEnd) and not rule.only_in):
        return "there is no segment left for this rule: change `in` or `not_in`"
    if isinstance(when, cues.RunEnd):
        return None
    silent = {coach for coach in cues.Coach if _refused(rule, replace(places[0], coach=coach), said)}
    spoken = [segment for segment in places if segment.coach not in silent] if silent else places
    if not spoken:
        coaches = sorted({segment.coach.value for segment in places})
        names = ", ".join(sorted({segment.name for segment in places}))
        return f"`coach: {' and '.join(coaches)}` keeps it silent in {names}: change the segment's coach, or `in`"
    if isinstance(when, ON_BAND) and all(segment.name == "hills" for segment in spoken):
        return "cadence is not judged in hills: choose another segment"
    if isinstance(when, cues.Drift | cues.Rise):
        message = _without_reference(pack, spoken)
        if message is not None:
            return message
    return _too_long(pack, rule, spoken, said, total_ns)


def _may_open(pack: CuePack) -> list[Segment]:
    """The segments a run may begin with."""
    found = []
    for segment in pack.segments():
        found.append(segment)
        if not segment.optional:
            break
    return found


def _refused(rule: Rule, segment: Segment, said: _Said) -> bool:
    """Does the coach of such a segment refuse the rule, whatever it says?"""
    return all(coach_refuses(rule, Progress(segment=segment), priority) for priority in _priorities(rule, said))


def _priorities(rule: Rule, said: _Said) -> list[Priority]:
    """What the rule may speak with, as far as safety and the rest go."""
    if rule.priority is not None:
        return [rule.priority]
    found: set[Priority] = set()
    for action in rule.then:
        if isinstance(action, cues.SayCue):
            found |= said.get((action.cue, ""), set())
        elif isinstance(action, cues.SayTheme):
            found |= said.get(("", action.theme), set())
    return sorted(found) or [Priority.PERIODIC]


def _said(pack: CuePack) -> _Said:
    said: _Said = {}
    for cue in pack.cues:
        priority = Priority.PERIODIC if cue.priority is None else cue.priority
        said.setdefault((cue.id, ""), set()).add(priority)
        if cue.theme is not None:
            said.setdefault(("", cue.theme), set()).add(priority)
    return said


def _without_reference(pack: CuePack, spoken: list[Segment]) -> str | None:
    """Why no reference is there when the rule is judged."""
    references = [segment.index for segment in pack.segments() if segment.record is cues.Record.REFERENCE]
    if not references:
        return "it compares with `record: reference`, which no segment has: add it to an early segment"
    if any(segment.index > references[0] or _comes_again(pack, segment, references[0]) for segment in spoken):
        return None
    return "its segments come before the reference has been recorded: record it earlier"


def _comes_again(pack: CuePack, segment: Segment, reference: int) -> bool:
    """Does a later round bring the segment back after the reference?"""
    for part in pack.session:
        if isinstance(part, Repeat) and part.times != 1:
            indices = [inner.index for inner in part.segments]
            if segment.index in indices and reference in indices:
                return True
    return False


# --- lengths -------------------------------------------------------------------------------------------------------


def _too_long(pack: CuePack, rule: Rule, spoken: list[Segment], said: _Said, total_ns: int | None) -> str | None:
    """Why the time or distance the rule waits for does not fit into any of its segments."""
    when = rule.when
    if isinstance(when, cues.BeforeEnd):
        if all(isinstance(segment.length, cues.Open) for segment in spoken):
            return "an open segment ends when the runner says so, and nobody knows of it before: use another trigger"
        if all(_over(when.before, segment) for segment in spoken):
            return f"no segment of this rule is longer than {interval_text(when.before)}: shorten `before_end`"
        return None
    waits, word = _waits(when, pack.fade)
    if (
        not rule.only_in
        and isinstance(when, cues.At | cues.Every | cues.RandomWithin)
        and Priority.SAFETY in _priorities(rule, said)
    ):
        return None  # safety speaks after the last segment, too
    if not rule.only_in and not isinstance(when, cues.PaceDrop):  # which is measured in each segment anew
        return _after_all(total_ns, when, waits, word)
    if waits is None or not all(_reaches(waits, segment) for segment in spoken):
        return None
    longest = ", ".join(sorted({f"{segment.name} lasts {_length(segment)}" for segment in spoken}))
    return f"{longest}, and `{word}` takes {interval_text(waits)}: shorten it"


def _waits(when: cues.Trigger, fade: cues.Fade) -> tuple[cues.Interval | None, str]:
    """The least that must pass in a segment before the rule can fire there, and the key that says so."""
    match when:
        case cues.At(point=point):
            return point, "at"
        case cues.Every(interval=interval, jitter_ns=jitter_ns):
            if fade.every and min(fade.every) < 1.0:
                interval = scaled(interval, fade, fade.every.index(min(fade.every)) + 1)
            return (ForTime(interval.ns - jitter_ns) if isinstance(interval, ForTime) else interval), "every"
        case cues.RandomWithin(low_ns=low_ns):
            return ForTime(low_ns), "random"
        case cues.InBand(for_ns=for_ns):
            return ForTime(for_ns), "in_band"
        case cues.BackInBand(for_ns=for_ns):
            return ForTime(for_ns), "back_in_band"
        case cues.PaceDrop(for_ns=for_ns):
            return ForTime(for_ns + FIRST_MINUTE_NS), "pace_drop"
        case (
            cues.OffBand(for_ns=for_ns)
            | cues.Drift(for_ns=for_ns)
            | cues.Rise(for_ns=for_ns)
            | cues.HeartRateAbove(for_ns=for_ns)
        ):
            return ForTime(for_ns), "for"
        case _:
            return None, ""


def _reaches(waits: cues.Interval, segment: Segment) -> bool:
    """Does the wait end at the segment's end or later? What falls on the end belongs to the next segment."""
    length = segment.length
    if isinstance(length, ForTime) and isinstance(waits, ForTime):
        return waits.ns >= length.ns
    return isinstance(length, ForDistance) and isinstance(waits, ForDistance) and waits.m >= length.m


def _over(before: cues.Interval, segment: Segment) -> bool:
    length = segment.length
    if isinstance(length, ForTime) and isinstance(before, ForTime):
        return before.ns > length.ns
    return isinstance(length, ForDistance) and isinstance(before, ForDistance) and before.m > length.m


def _length(segment: Segment) -> str:
    assert isinstance(segment.length, ForTime | ForDistance)
    return interval_text(segment.length)


def _after_all(total_ns: int | None, when: cues.Trigger, waits: cues.Interval | None, word: str) -> str | None:
    """Does the wait last longer than the whole session, where that has a length of its own?"""
    if total_ns is None or not isinstance(waits, ForTime) or waits.ns < total_ns:
        return None
    if isinstance(when, cues.At):
        return f"the session is over after {time_text(total_ns)}: choose an earlier moment"
    return f"the session lasts {time_text(total_ns)}, and `{word}` takes {time_text(waits.ns)}: shorten it"


def total_ns_of(pack: CuePack) -> int | None:
    """How long the whole session lasts, where it has a length of its own."""
    total_ns = 0
    for part in pack.session:
        rounds = part.times if isinstance(part, Repeat) else 1
        if rounds is None:
            return None
        for segment in part.segments if isinstance(part, Repeat) else (part,):
            if not isinstance(segment.length, ForTime) or segment.starts_on_press:
                return None
            total_ns += rounds * segment.length.ns
    return total_ns


def _always_quiet(pack: CuePack, rule: Rule, said: _Said) -> bool:
    when = rule.when
    if rule.only_in or not isinstance(when, cues.At) or not isinstance(when.point, ForTime):
        return False
    if not all(isinstance(action, cues.SayCue | cues.SayTheme | cues.PlaySound) for action in rule.then):
        return False
    exempt = any(priority >= Priority.SEGMENT for priority in _priorities(rule, said))
    return not exempt and when.point.ns < pack.limits.quiet_start_ns


# --- the nudge -----------------------------------------------------------------------------------------------------


def check_nudges(built: Built, notes: Notes) -> None:
    """A warning for each nudge that ends before it has brought the runner into the band."""
    for segment in built.pack.segments():
        needed_ns = _nudge_ns(segment)
        sounding_ns = _sounding_ns(segment, beat_share(built.pack.fade, 1))
        if needed_ns is not None and sounding_ns is not None and sounding_ns < needed_ns:
            path: Path = (*built.segment_paths[segment.index], "metronome")
            change, needed = share_text(segment.target.change, sign=True), time_text(-(-needed_ns // NS_PER_S) * NS_PER_S)
            notes.add(
                path,
                f"the nudge sounds for {time_text(sounding_ns)} here, and needs {needed} to come into the band of {change}: "
                "make the segment longer, or the change smaller",
                warning=True,
            )


def _nudge_ns(segment: Segment) -> int | None:
    """How long a nudge takes from the runner's own cadence to the band's near edge."""
    target, band = segment.target, segment.band
    if segment.metronome.mode is not Mode.NUDGE or target.basis is Basis.FIXED:
        return None
    far = (
        (1.0 + target.change) * (1.0 - band.low) - 1.0 if target.change > 0 else 1.0 - (1.0 + target.change) * (1.0 + band.high)
    )
    return int(far / NUDGE_SLEW_PER_S * NS_PER_S) if far > 0 else None


def _sounding_ns(segment: Segment, share: float) -> int | None:
    if not isinstance(segment.length, ForTime) or share <= 0:
        return None
    beat, length_ns = segment.metronome, segment.length.ns
    if beat.play_ns is not None and beat.pause_ns is not None:
        cycle_ns = beat.play_ns + beat.pause_ns
        rounds, rest_ns = divmod(length_ns, cycle_ns)
        return int((rounds * beat.play_ns + min(rest_ns, beat.play_ns)) * share)
    return int(length_ns * share)
