"""A pack read aloud, in the words of a coach."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cued.core import cues
from cued.core.arbiter import is_exempt, priority_of
from cued.core.cues import Basis, Coach, CuePack, Mode
from cued.core.drills import is_set
from cued.core.phrases import ordinal
from cued.packs.full import length_text
from cued.yamlread.quantities import interval_text, share_text, tempo_text, time_text

_COACH = {
    Coach.NORMAL: "",
    Coach.CORRECTIONS: "words only to correct",
    Coach.START_ONLY: "words only at its start and end",
    Coach.SILENT: "no words",
}
_RECORD = {
    cues.Record.BASELINE: "your own easy cadence is measured",
    cues.Record.REFERENCE: "measured, to compare later minutes with",
}
_ONCE = {1: "once", 2: "twice"}


def lines_of(pack: CuePack) -> list[str]:
    """The whole pack in lines, without its head and timeline."""
    return [
        *_titled("What is aimed at", [] if is_set(pack) else target_lines(pack)),
        *_titled("The run", session_lines(pack)),
        *_titled("When it speaks", [rule_line(pack, rule) for rule in pack.rules]),
        *_titled("How much it speaks", limit_lines(pack)),
        *_titled("From session to session", fade_lines(pack)),
        *_titled("Drills", [_drill_line(drill) for drill in pack.drills]),
        *_titled("Sources", [f"{source.cite}: {source.says}" if source.says else source.cite for source in pack.sources]),
    ]


def in_language(pack: CuePack, language: str) -> CuePack:
    """`pack` with its own texts in `language`, where it has them: to be read, not to be run."""
    if language in ("", pack.language):
        return pack
    return replace(
        pack,
        title=pack.title_for(language),
        summary=pack.summary_for(language),
        cues=tuple(_cue_in(cue, cue.text(language, pack.language)) for cue in pack.cues),
        drills=tuple(replace(drill, say=dict(drill.say_in).get(language, drill.say)) for drill in pack.drills),
    )


def read_in(pack: CuePack, language: str) -> str:
    """The language of what `in_language` gives: the wished one where each cue and drill has it, else the pack's own."""
    texts = [dict(cue.say_in) for cue in pack.cues if cue.say is not None] + [dict(drill.say_in) for drill in pack.drills]
    return language if language and texts and all(language in said for said in texts) else pack.language


def _cue_in(cue: cues.Cue, text: str | None) -> cues.Cue:
    """The coach's own voice speaks the pack's own language."""
    return replace(cue, say=text, voice_file=cue.voice_file if text == cue.say else None)


def _titled(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *(f"  {line}" for line in lines)] if lines else []


# --- target and band -----------------------------------------------------------------------------------------------


def target_lines(pack: CuePack) -> list[str]:
    """Target and band."""
    return [f"{_capital(target_words(pack.target))}.", f"{_capital(band_words(pack.band))}."]


def target_words(target: cues.Target) -> str:
    """`5% over your own cadence at the speed you run`."""
    if target.basis is Basis.FIXED:
        return f"{target.spm:g} steps a minute, whoever you are (never more than 10% over your own)"
    own = "your own cadence at the speed you run" if target.basis is Basis.SPEED_MODEL else "your own easy cadence"
    if target.change == 0:
        return own
    side = "over" if target.change > 0 else "under"
    return f"{share_text(abs(target.change))} {side} {own}"


def band_words(band: cues.Band) -> str:
    """`on target from 3% under to 4% over`."""
    return (
        f"on target from {share_text(band.low)} under to {share_text(band.high)} over it "
        f"(once off, back on {share_text(band.hysteresis)} further in); cadence is the median of {time_text(band.window_ns)}"
    )


# --- the run -------------------------------------------------------------------------------------------------------


def session_lines(pack: CuePack) -> list[str]:
    """One line a segment, repeats indented."""
    lines = []
    for part in pack.session:
        if isinstance(part, cues.Segment):
            lines.append(segment_line(pack, part))
            continue
        rounds = "Again and again, as whole rounds fit into the run:" if part.times is None else f"{_times(part.times)}:"
        lines += [_capital(rounds), *(f"  {segment_line(pack, segment)}" for segment in part.segments)]
    return lines


def segment_line(pack: CuePack, segment: cues.Segment) -> str:
    """`10 min warmup: no words; your own easy cadence is measured`."""
    words = [_COACH[segment.coach], beat_words(segment.metronome)]
    if segment.target != pack.target:
        words.append(f"aims at {target_words(segment.target)}")
    if segment.band != pack.band:
        words.append(band_words(segment.band))
    if segment.effort is not None:
        words.append(f"{segment.effort.value} effort")
    if segment.surface is not None:
        words.append(f"on {segment.surface}")
    if segment.record is not None:
        words.append(_RECORD[segment.record])
    if segment.drills:
        words.append(f"drills: {', '.join(segment.drills)}")
    if segment.starts_on_press:
        words.append("waits for your key")
    if segment.optional:
        words.append("left out of a short run")
    told = "; ".join(word for word in words if word)
    length = {"remainder": "The rest:", "open": "Until you press next:"}.get(text := length_text(segment.length), text)
    return f"{length} {segment.name}" + (f": {told}" if told else "")


def beat_words(beat: cues.Metronome) -> str:
    """`a beat on every step, heading for the target`; empty without a beat."""
    if beat.mode is Mode.NONE:
        return ""
    step = "every step" if beat.tick == 1 else f"every {ordinal(beat.tick)} step"
    words = [f"a beat on {step} {_mode_words(beat)}"]
    if beat.play_ns is not None and beat.pause_ns is not None:
        words.append(f"{time_text(beat.play_ns)} on, {time_text(beat.pause_ns)} off")
    if beat.only_off_band:
        words.append("only while you are off target")
    if beat.accent is not None:
        words.append(f"every {ordinal(beat.accent)} click accented")
    if beat.hint:
        words.append("its sound tells whether you are below, in or above the band")
    return ", ".join(words)


def _mode_words(beat: cues.Metronome) -> str:
    if beat.mode is Mode.FIXED:
        return f"at {tempo_text(beat.beat_mspm)}" if beat.beat_mspm is not None else "at the target"
    if beat.mode is Mode.BURST:
        again = f", every {time_text(beat.again_ns)}" if beat.again_ns is not None else ""
        return f"for {time_text(beat.for_ns or cues.BURST_NS)}{again}, leading you to the target"
    return {
        Mode.FOLLOW: "at your own tempo",
        Mode.NUDGE: "that begins at your own tempo and moves slowly to the target",
        Mode.LEAD: "that leads you to the target",
    }[beat.mode]


# --- rules ---------------------------------------------------------------------------------------------------------


def rule_line(pack: CuePack, rule: cues.Rule) -> str:
    """`After 1 min under the band, in steady: one of … by turns; at most twice a segment`."""
    held = [word for word in (_if_words(rule), *_often(rule)) if word]
    told = f"{_capital(when_words(rule.when))}{_where(pack, rule)}: {'; '.join([*_then_words(pack, rule), *held])}"
    return told if told.endswith("”") else f"{told}."


def rule_names(pack: CuePack) -> dict[str, str]:
    """Each rule's id with its place in the pack: `second rule: every 2 min, in steady`, `the start of tempo`."""
    return {rule.id: _name(pack, rule) for rule in pack.rules}


def _name(pack: CuePack, rule: cues.Rule) -> str:
    if rule.segment_index is not None:
        return f"the {'start' if isinstance(rule.when, cues.SegmentStart) else 'end'}{_where(pack, rule)}"
    told = f"{when_words(rule.when)}{_where(pack, rule)}"
    place = re.fullmatch(r"rules\[(\d+)\]", rule.id)  # not where it stands now: a plan may leave some out
    return told if place is None else f"{ordinal(int(place[1]) + 1)} rule: {told}"


def _where(pack: CuePack, rule: cues.Rule) -> str:
    if rule.segment_index is not None:
        return f" of {pack.segments()[rule.segment_index].name}"
    if rule.only_in:
        return f", in {_listed(rule.only_in)}"
    return f", but not in {_listed(rule.not_in)}" if rule.not_in else ""


def when_words(when: cues.Trigger) -> str:
    """What a rule waits for."""
    match when:
        case cues.RunStart() | cues.RunEnd():
            return "when the run begins" if isinstance(when, cues.RunStart) else "when the run ends"
        case cues.SegmentStart() | cues.SegmentEnd():
            return "at the start" if isinstance(when, cues.SegmentStart) else "at the end"
        case cues.BeforeEnd(before=before):
            return f"{interval_text(before)} before the end of a segment"
        case cues.At(point=point):
            return f"once, at {interval_text(point)}"
        case cues.Every(interval=interval, jitter_ns=jitter_ns):
            return f"every {interval_text(interval)}" + (f", give or take up to {time_text(jitter_ns)}" if jitter_ns else "")
        case cues.RandomWithin(low_ns=low_ns, high_ns=high_ns):
            return f"again and again, {time_text(low_ns)} to {time_text(high_ns)} apart by chance"
        case cues.OffBand(side=side, for_ns=for_ns):
            place = {"low": "below the band", "high": "above the band", "either": "off target"}[side.value]
            return f"after {time_text(for_ns)} {place}" if for_ns else f"as soon as you are {place}"
        case cues.InBand(for_ns=for_ns):
            return f"after {time_text(for_ns)} on target"
        case cues.BackInBand(for_ns=for_ns):
            return f"when you have been back on target for {time_text(for_ns)}"
        case cues.Drift(below=below, for_ns=for_ns):
            return f"when cadence has been {share_text(below)} under your own of earlier in this run for {time_text(for_ns)}"
        case cues.Rise(metric=metric, by=by, for_ns=for_ns):
            name = metric.value.replace("_", " ")
            return f"when {name} has been {share_text(by)} over your own of earlier in this run for {time_text(for_ns)}"
        case cues.PaceDrop(by=by, for_ns=for_ns):
            return f"when you have been {share_text(by)} slower than in the segment's first minute for {time_text(for_ns)}"
        case cues.HeartRateAbove(share=share, for_ns=for_ns):
            return f"when your heart has been over {share_text(share)} of its highest rate for {time_text(for_ns)}"
        case cues.SurfaceChange():
            return "when the ground changes"
        case cues.EffortSaid(effort=effort):
            return f"when you say that it is {effort.value}"
        case cues.SensorIs(word=word):
            return {"lost": "when the sensor is lost", "back": "when the sensor is back"}.get(
                word.value, "when the sensor's battery is low"
            )
        case cues.Asked():
            return "when you ask for a cue"
        case cues.ReintroductionDue():
            return "when the plan wants this pack back"


CHOSEN: Final = {
    "rotate": "by turns",
    "random": "by chance",
    "least_recent": "the least recent",
    "best": "what helps you most",
}
"""Which cue of a theme is said, by the word of `choose`."""


def _then_words(pack: CuePack, rule: cues.Rule) -> list[str]:
    words = []
    for action in rule.then:
        match action:
            case cues.SayCue(cue=cue):
                words.append(_cue_words(pack.cue(cue)))
            case cues.SayTheme(theme=theme, choose=choose):
                among = [_cue_words(cue) for cue in pack.cues if cue.theme == theme]
                words.append(among[0] if len(among) == 1 else f"{' or '.join(among)}, {CHOSEN[choose.value]}")
            case cues.PlaySound(sound=sound):
                words.append(f"the sound {sound}")
            case cues.SetMetronome(metronome=beat):
                length = f" for {time_text(beat.for_ns)}" if beat.for_ns is not None and beat.mode is not Mode.BURST else ""
                words.append(f"{beat_words(beat) or 'the beat stops'}{length}")
            case cues.EndCues():
                words.append("no more words from here on")
            case cues.NextSegment():
                words.append("the next segment begins")
    return words


def _cue_words(cue: cues.Cue) -> str:
    own = " (in the coach's own voice)" if cue.voice_file is not None else ""
    return f"“{cue.say}”{own}" if cue.say is not None else f"the sound {cue.sound}"


def _if_words(rule: cues.Rule) -> str:
    words = []
    if rule.surface is not None:
        words.append(f"on {rule.surface}")
    if rule.effort is not None:
        words.append(f"at {rule.effort.value} effort")
    if rule.session_at_least is not None:
        words.append(f"from your {ordinal(rule.session_at_least)} session on")
    if rule.bursts_at_least is not None:
        words.append(f"after {rule.bursts_at_least} burst{'s' * (rule.bursts_at_least > 1)} of beat by rules in this run")
    return f"only {' and '.join(words)}" if words else ""


def _often(rule: cues.Rule) -> list[str]:
    words = []
    if rule.at_most is not None:
        words.append(f"at most {_times(rule.at_most)} in a run")
    if rule.at_most_each is not None:
        words.append(f"at most {_times(rule.at_most_each)} a segment")
    if rule.cooldown_ns:
        words.append(f"not again within {time_text(rule.cooldown_ns)}")
    return words


# --- limits, fade, drills ------------------------------------------------------------------------------------------


def limit_lines(pack: CuePack) -> list[str]:
    """The limits in sentences; none where nothing that is said stands under them."""
    if all(_exempt(pack, rule) for rule in pack.rules):
        return []
    limits = pack.limits
    often = (
        f"At most {_cues(limits.per_minute)} a minute and {_cues(limits.per_run)} a run, {time_text(limits.min_gap_ns)} apart"
    )
    lines = [f"{often}; the same one not within {time_text(limits.same_cue_gap_ns)}."]
    quiet = [f"in the first {time_text(limits.quiet_start_ns)}"] if limits.quiet_start_ns else []
    quiet += (
        [f"in the last {time_text(limits.quiet_end_ns)} (where the length of the run is known)"] if limits.quiet_end_ns else []
    )
    if quiet:
        lines.append(f"Nothing {' and '.join(quiet)}.")
    if limits.themes_per_segment is not None:
        lines.append(f"At most {limits.themes_per_segment} theme{'s' * (limits.themes_per_segment > 1)} in a segment.")
    if limits.withhold:
        lines.append(f"{share_text(limits.withhold)} of the cues whose effect can be measured are kept back by chance.")
    lines.append("Words at a segment's start and end, words you ask for and safety are never held back by these.")
    return lines


def _exempt(pack: CuePack, rule: cues.Rule) -> bool:
    """Does all that the rule says stand outside the limits?"""
    named = {action.cue for action in rule.then if isinstance(action, cues.SayCue)}
    themes = {action.theme for action in rule.then if isinstance(action, cues.SayTheme)}
    said = [cue for cue in pack.cues if cue.id in named or cue.theme in themes]
    plays = any(isinstance(action, cues.PlaySound) for action in rule.then)
    exempt = isinstance(rule.when, cues.Asked) or all(is_exempt(priority_of(rule, cue)) for cue in said)
    return exempt and (not plays or is_exempt(priority_of(rule, None)))


def fade_lines(pack: CuePack) -> list[str]:
    """What becomes less."""
    lines = []
    if pack.fade.metronome:
        shares = ", ".join(share_text(share) for share in pack.fade.metronome)
        lines.append(f"The beat sounds in the first {shares} of a segment.")
    if pack.fade.every:
        factors = ", ".join(f"{factor:g}" for factor in pack.fade.every)
        lines.append(f"What comes every so often comes after {factors} times as long.")
    return lines


def _drill_line(drill: cues.Drill) -> str:
    words = [f"“{drill.say}”"]
    if drill.for_ns is not None:
        words.append(f"{_times(drill.reps)} {time_text(drill.for_ns)}" if drill.reps > 1 else time_text(drill.for_ns))
    elif drill.reps > 1:
        words.append(_times(drill.reps))
    words += [f"{time_text(drill.rest_ns)} of rest between"] if drill.rest_ns and drill.reps > 1 else []
    words += ["on each side"] if drill.both_sides else []
    words += [f"to a click at {tempo_text(drill.beat_mspm)}"] if drill.beat_mspm is not None else []
    words += [f"needs {drill.needs}"] if drill.needs else []
    return f"{drill.id}: {', '.join(words)}"


# --- small words ---------------------------------------------------------------------------------------------------


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _times(count: int) -> str:
    return _ONCE.get(count, f"{count} times")


def _cues(count: int) -> str:
    return "1 cue" if count == 1 else f"{count} cues"
