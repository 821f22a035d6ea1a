"""A loaded pack as plain data again, every default in its place, and as YAML that loads to the same pack."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from cued.core import cues
from cued.packs.schema import FORMAT
from cued.yamlread.quantities import decibels_text, interval_text, share_text, tempo_text, time_text
from cued.yamlread.scalars import scalar_text

Data = dict[str, Any]

_A_LINE_EACH: Final = frozenset({"sources:", "session:", "segments:", "cues:", "rules:", "drills:"})
_WIDTH: Final = 120


def as_data(pack: cues.CuePack) -> Data:
    """The pack as the values of a pack file; what has neither value nor default is left out."""
    return _given(
        format=FORMAT,
        name=pack.name,
        version=pack.version,
        title=pack.title,
        title_in=dict(pack.title_in) or None,
        phase=pack.phase,
        language=pack.language,
        license=pack.license,
        authors=list(pack.authors) or None,
        summary=pack.summary or None,
        summary_in=dict(pack.summary_in) or None,
        sources=[_given(cite=source.cite, says=source.says or None) for source in pack.sources] or None,
        target=_target(pack.target),
        band=_band(pack.band),
        fade={
            "metronome": [share_text(share) for share in pack.fade.metronome or (1.0,)],
            "every": [_number(factor) for factor in pack.fade.every or (1.0,)],
        },
        limits=_limits(pack.limits),
        metronome=_metronome(pack.metronome),
        session=[_part(pack, part) for part in pack.session],
        cues={cue.id: _cue(cue) for cue in pack.cues} or None,
        rules=[_rule(rule) for rule in pack.rules if rule.segment_index is None] or None,
        drills={drill.id: _drill(drill) for drill in pack.drills} or None,
        weeks=_given(min=pack.advance.weeks_min, usual=pack.advance.weeks_usual, max=pack.advance.weeks_max) or None,
        per_week=_given(cue=pack.advance.per_week_cue, plain=pack.advance.per_week_plain) or None,
        advance=_given(
            cue_sessions=pack.advance.cue_sessions,
            in_band=_share(pack.advance.in_band),
            retention=_share(pack.advance.retention),
            pain_at_most=pack.advance.pain_at_most,
        )
        or None,
    )


def _given(**words: Any) -> Data:  # noqa: ANN401 - as many types as words
    """Only what has a value; `for_`, `in_`, `if_` are the words that Python has taken."""
    made = {}
    for name, value in words.items():
        if value is not None:
            made[name.removesuffix("_")] = _word_of(value) if isinstance(value, Enum) else value
    return made


def _word_of(member: Enum) -> str:
    return member.name.lower() if isinstance(member, cues.Priority) else str(member.value)


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _share(value: float | None) -> str | None:
    return None if value is None else share_text(value)


def _time(ns: int | None) -> str | None:
    return None if ns is None else time_text(ns)


def _tempo(mspm: int | None) -> str | None:
    return None if mspm is None else tempo_text(mspm)


def _target(target: cues.Target) -> Data:
    if target.basis is cues.Basis.FIXED:
        assert target.spm is not None
        return _given(basis=target.basis, spm=_number(target.spm))
    return _given(basis=target.basis, change=share_text(target.change, sign=True))


def _band(band: cues.Band) -> Data:
    return {
        "low": share_text(band.low),
        "high": share_text(band.high),
        "hysteresis": share_text(band.hysteresis),
        "window": time_text(band.window_ns),
    }


def _limits(limits: cues.Limits) -> Data:
    return {
        "quiet_start": time_text(limits.quiet_start_ns),
        "quiet_end": time_text(limits.quiet_end_ns),
        "min_gap": time_text(limits.min_gap_ns),
        "same_cue_gap": time_text(limits.same_cue_gap_ns),
        "per_minute": limits.per_minute,
        "per_run": limits.per_run,
        "themes_per_segment": "unlimited" if limits.themes_per_segment is None else limits.themes_per_segment,
        "expire": time_text(limits.expire_ns),
        "withhold": share_text(limits.withhold),
    }


def _metronome(beat: cues.Metronome) -> Data:
    return _given(
        mode=beat.mode,
        tick=beat.tick,
        sound=beat.sound,
        volume=share_text(beat.volume),
        duck=decibels_text(beat.duck_db),
        accent=beat.accent,
        only="off_band" if beat.only_off_band else None,
        play=_time(beat.play_ns),
        pause=_time(beat.pause_ns),
        hint=beat.hint,
        beat=_tempo(beat.beat_mspm),
        for_=_time(beat.for_ns),
        again=_time(beat.again_ns),
    )


def _part(pack: cues.CuePack, part: cues.SessionPart) -> Data:
    if isinstance(part, cues.Segment):
        return _segment(pack, part)
    rounds = "fill" if part.times is None else part.times
    return {"repeat": rounds, "segments": [_segment(pack, segment) for segment in part.segments]}


def _segment(pack: cues.CuePack, segment: cues.Segment) -> Data:
    own: dict[str, str] = {}
    for rule in pack.rules:
        if rule.segment_index == segment.index and isinstance(rule.then[0], cues.SayCue):
            own["start" if isinstance(rule.when, cues.SegmentStart) else "end"] = rule.then[0].cue
    return _given(
        segment=segment.name,
        for_=length_text(segment.length),
        theme=segment.theme,
        coach=segment.coach,
        metronome=_metronome(segment.metronome),
        target=_target(segment.target),
        band=_band(segment.band),
        surface=segment.surface,
        effort=segment.effort,
        record=segment.record,
        optional=segment.optional,
        starts="press" if segment.starts_on_press else None,
        drills=list(segment.drills) or None,
        say=own or None,
    )


def length_text(length: cues.Length) -> str:
    """A segment's length as a pack holds it."""
    if isinstance(length, cues.ForTime | cues.ForDistance):
        return interval_text(length)
    return "open" if isinstance(length, cues.Open) else "remainder"


def _cue(cue: cues.Cue) -> Data:
    return _given(
        say=cue.say,
        sound=cue.sound,
        kind=cue.kind,
        focus=cue.focus,
        theme=cue.theme,
        priority=cue.priority,
        praise=cue.praise,
        expect={"cadence": cue.expect.value} if cue.expect is not None else None,
        loads=cue.loads,
        say_in=dict(cue.say_in) or None,
    )


def _drill(drill: cues.Drill) -> Data:
    return _given(
        say=drill.say,
        for_=_time(drill.for_ns),
        reps=drill.reps,
        rest=_time(drill.rest_ns or None),
        sides="both" if drill.both_sides else None,
        beat=_tempo(drill.beat_mspm),
        needs=drill.needs,
        loads=drill.loads,
        say_in=dict(drill.say_in) or None,
    )


def _rule(rule: cues.Rule) -> Data:
    made: Data = {"when": _when(rule.when)}
    for action in rule.then:
        match action:
            case cues.SayCue(cue=cue):
                made["say"] = cue
            case cues.SayTheme(theme=theme, choose=choose):
                made["say"] = {"theme": theme, "choose": choose.value}
            case cues.PlaySound(sound=sound):
                made["play"] = sound
            case cues.SetMetronome(metronome=metronome):
                made["metronome"] = _metronome(metronome)
            case cues.EndCues():
                made["end_cues"] = True
            case cues.NextSegment():
                made["next_segment"] = True
    condition = _given(
        surface=rule.surface,
        effort=rule.effort,
        session_at_least=rule.session_at_least,
        bursts_at_least=rule.bursts_at_least,
    )
    return made | _given(
        in_=list(rule.only_in) or None,
        not_in=list(rule.not_in) or None,
        if_=condition or None,
        at_most=rule.at_most,
        at_most_each=rule.at_most_each,
        cooldown=_time(rule.cooldown_ns or None),
        priority=rule.priority,
    )


def _when(when: cues.Trigger) -> Data:
    match when:
        case cues.RunStart() | cues.RunEnd():
            return {"run": "start" if isinstance(when, cues.RunStart) else "end"}
        case cues.SegmentStart() | cues.SegmentEnd():
            return {"segment": "start" if isinstance(when, cues.SegmentStart) else "end"}
        case cues.BeforeEnd(before=before):
            return {"before_end": interval_text(before)}
        case cues.At(point=point):
            return {"at": interval_text(point)}
        case cues.Every(interval=interval, jitter_ns=jitter_ns):
            return _given(every=interval_text(interval), jitter=_time(jitter_ns or None))
        case cues.RandomWithin(low_ns=low_ns, high_ns=high_ns):
            return {"random": [time_text(low_ns), time_text(high_ns)]}
        case cues.OffBand(side=side, for_ns=for_ns):
            return _given(off_band=side, for_=_time(for_ns or None))
        case cues.InBand(for_ns=for_ns):
            return {"in_band": time_text(for_ns)}
        case cues.BackInBand(for_ns=for_ns):
            return {"back_in_band": time_text(for_ns)}
        case cues.Drift(below=below, for_ns=for_ns):
            return {"drift": "cadence", "below": share_text(below), "for": time_text(for_ns)}
        case cues.Rise(metric=metric, by=by, for_ns=for_ns):
            return _given(rise=metric, by=share_text(by), for_=time_text(for_ns))
        case cues.PaceDrop(by=by, for_ns=for_ns):
            return {"pace_drop": share_text(by), "for": time_text(for_ns)}
        case cues.HeartRateAbove(share=share, for_ns=for_ns):
            return {"heart_rate_above": share_text(share), "for": time_text(for_ns)}
        case cues.SurfaceChange():
            return {"surface": "change"}
        case cues.EffortSaid(effort=effort):
            return _given(effort=effort)
        case cues.SensorIs(word=word):
            return _given(sensor=word)
        case cues.Asked():
            return {"asked": "cue"}
        case cues.ReintroductionDue():
            return {"reintroduction": "due"}


# --- as YAML -------------------------------------------------------------------------------------------------------


def to_yaml(data: Data) -> str:
    """`as_data` as a pack file: lists and maps one entry a line, what fits on a line on one line."""
    lines: list[str] = []
    for key, value in data.items():
        _write(f"{scalar_text(key)}:", value, "", lines)
    return "\n".join(lines) + "\n"


def _write(head: str, value: Any, indent: str, lines: list[str]) -> None:  # noqa: ANN401 - whatever a pack holds
    flow = _flow(value)
    is_long = len(indent) + len(head) + len(flow) > _WIDTH
    by_line = head in _A_LINE_EACH and not (head == "drills:" and isinstance(value, list))
    if not isinstance(value, dict | list) or not (is_long or by_line):
        lines.append(f"{indent}{head} {flow}")
        return
    dash = head == "-"
    if not dash:
        lines.append(f"{indent}{head}")
    inner = f"{indent}  "
    first = len(lines)
    if isinstance(value, list):
        for item in value:
            _write("-", item, inner, lines)
    else:
        for key, item in value.items():
            _write(f"{scalar_text(key)}:", item, inner, lines)
    if dash:
        lines[first] = f"{indent}- {lines[first].lstrip()}"


def _flow(value: Any) -> str:  # noqa: ANN401 - whatever a pack holds
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar_text(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return scalar_text(value)
