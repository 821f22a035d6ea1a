"""Every key of a pack in a few words, with its kind and default: for editors (by the JSON Schema) and for docs/packs.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NEEDED: Final = "needed"
NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class Hint:
    """What a coach needs to know of one key."""

    kind: str
    """What stands there: a unit, an example, or the words to choose from."""
    default: str
    """What holds where the key is absent: a value as a pack would hold it, `needed`, `–`, or words."""
    about: str


_PACK: Final = {
    "format": Hint("`1`", NEEDED, "the format of the file"),
    "name": Hint("a-z, 0-9, `-`", NEEDED, "what the pack is called by"),
    "version": Hint("`1.0.0`", NEEDED, "of the pack's content; raise it when you change something"),
    "title": Hint("text", NEEDED, "what people read in a list, and hear before a run and in the menu of packs"),
    "title_in": Hint("map: language to text", NONE, "the title in other languages"),
    "language": Hint("`en`, `de`, …", NEEDED, "of the texts"),
    "license": Hint("text", NEEDED, "what others may do with the pack, such as `CC-BY-4.0`"),
    "session": Hint("list", NEEDED, "the segments of a run, in order"),
    "phase": Hint("1 to 6", NONE, "1 awareness, 2 drills, 3 variability, 4 fatigue, 5 integration, 6 maintenance"),
    "authors": Hint("list of texts", NONE, "who wrote it"),
    "summary": Hint("text", NONE, "one sentence about it"),
    "summary_in": Hint("map: language to text", NONE, "the sentence in other languages"),
    "sources": Hint("list", NONE, "where its numbers come from"),
    "target": Hint("map", "as below", "the cadence to aim at"),
    "band": Hint("map", "as below", "how far from the target is still on target"),
    "fade": Hint("map", "no fade", "what becomes less from session to session"),
    "limits": Hint("map", "as below", "how much may be said"),
    "metronome": Hint("map", "as below", "the beat, for all segments that say nothing else"),
    "cues": Hint("map", NONE, "what can be said, each with an id of your choice"),
    "rules": Hint("list", NONE, "when to say what"),
    "drills": Hint("map", NONE, "exercises, each with an id of your choice"),
    "weeks": Hint("map", NONE, "how long the phase lasts; read by the plan"),
    "per_week": Hint("map", NONE, "runs in a week; read by the plan"),
    "advance": Hint("map", NONE, "what must be reached before the next phase; read by the plan"),
}
_TARGET: Final = {
    "basis": Hint(
        "`speed_model`, `baseline`, `fixed`", "baseline", "your own cadence at this speed; your own easy cadence; a number"
    ),
    "change": Hint("per cent", "+0%", "over (or under) the basis, at most `+10%`"),
    "spm": Hint("bare number, steps per minute", NONE, "the target of `basis: fixed`, 100 to 230"),
}
_BAND: Final = {
    "low": Hint("per cent", "3%", "so far under the target it begins to be too low"),
    "high": Hint("per cent", "4%", "so far over the target it begins to be too high"),
    "hysteresis": Hint("per cent", "1%", "so much further in it ends to be off, so that it doesn't flicker at the edge"),
    "window": Hint("time", "5 s", "cadence is the median of so long"),
}
_FADE: Final = {
    "metronome": Hint(
        "list of per cent", "[100%]", "the first share of a segment in which the beat sounds, session by session"
    ),
    "every": Hint("list of bare numbers", "[1]", "how many times as long `every` waits, session by session"),
}
_LIMITS: Final = {
    "quiet_start": Hint("time", "0 s", "nothing is said so long after the run's start"),
    "quiet_end": Hint("time", "0 s", "nor so long before its end, where the end is known"),
    "min_gap": Hint("time", "30 s", "from the end of one cue to the next"),
    "same_cue_gap": Hint("time", "2 min", "before the same cue is heard again"),
    "per_minute": Hint("whole number", "1", "cues in any 60 s"),
    "per_run": Hint("whole number", "24", "cues in a run"),
    "themes_per_segment": Hint(
        "whole number or `unlimited`", "unlimited", "different themes that may be spoken in one segment"
    ),
    "expire": Hint("time", "5 s", "a cue that cannot begin within this time is dropped"),
    "withhold": Hint("per cent", "0%", "of the cues with `expect` that are kept back by chance, to learn whether they help"),
}
_METRONOME: Final = {
    "mode": Hint("`none`, `follow`, `nudge`, `lead`, `fixed`, `burst`", "none", "how the beat finds its tempo"),
    "tick": Hint("whole number", "1", "a click on every n-th step"),
    "sound": Hint("`wood`, `tick`, `clave`, `beep`, `soft`, `drum`", "wood", "what a click sounds like"),
    "volume": Hint("per cent", "80%", "how loud"),
    "duck": Hint("dB", "8 dB", "how much softer while a cue is spoken"),
    "accent": Hint("whole number", NONE, "every n-th sounded click is accented"),
    "only": Hint("`off_band`", NONE, "sounds only while you are off target"),
    "play": Hint("time", NONE, "sounds so long …"),
    "pause": Hint("time", NONE, "… and rests so long, by turns"),
    "hint": Hint("`true`, `false`", "false", "another timbre below, in and above the band"),
    "beat": Hint("spm", "the target", "the tempo of `mode: fixed`"),
    "for": Hint("time", "60 s", "how long a `burst` lasts"),
    "again": Hint("time", NONE, "from one burst's start to the next; without it there is one burst"),
}
_SEGMENT: Final = {
    "segment": Hint("word", NEEDED, "its name"),
    "for": Hint(
        "time, distance, `remainder`, `open`",
        "its drills' time",
        "how long; `remainder` fills the run, `open` lasts until you press next",
    ),
    "theme": Hint("text", NONE, "a heading; it filters no cue"),
    "coach": Hint("`normal`, `corrections`, `start_only`, `silent`", "normal", "which rules may speak"),
    "metronome": Hint("map", "the pack's", "the beat in this segment; what is not written is the pack's"),
    "target": Hint("map", "the pack's", "the target in this segment"),
    "band": Hint("map", "the pack's", "the band in this segment"),
    "surface": Hint("word", NONE, "what is underfoot"),
    "effort": Hint("`easy`, `moderate`, `hard`", NONE, "how hard it is"),
    "record": Hint("`baseline`, `reference`", NONE, "measure your own cadence here"),
    "optional": Hint("`true`, `false`", "false", "left out where the run is too short for it"),
    "starts": Hint("`press`", NONE, "waits for your key, and is left out after 5 min without it"),
    "drills": Hint("list of drill ids", NONE, "what you are led through here, one after the other"),
    "say": Hint("map", NONE, "cues at its start and end"),
}
_CUE: Final = {
    "say": Hint("text, up to 200 characters", "this or `sound`", "what is spoken; up to 8 words are taken in well"),
    "sound": Hint("file name", "this or `say`", "a sound in the pack's folder"),
    "kind": Hint("`verbal`, `kinesthetic`, `visual`", "verbal", "the sense it speaks to"),
    "focus": Hint("`external`, `internal`, `feel`", "external", "where it sends attention"),
    "theme": Hint("word", NONE, "its group, for `say: {theme: …}`"),
    "priority": Hint("`praise` … `safety`", "by the rule's trigger", "who speaks first"),
    "praise": Hint("`true`, `false`", "false", "it praises"),
    "expect": Hint("map", NONE, "how its effect may be judged; none for sound or posture"),
    "loads": Hint("`calf`, `achilles`, `shin`, `foot`, `knee`, `hip`", NONE, "what it loads more than plain running"),
    "say_in": Hint("map: language to text", NONE, "the text in other languages"),
}
_RULE: Final = {
    "when": Hint("map", NEEDED, "exactly one trigger"),
    "say": Hint("cue id, or `{theme: …}`", NONE, "say a cue, or one of a theme"),
    "play": Hint("file name", NONE, "play a sound of the pack's folder"),
    "metronome": Hint("map", NONE, "another beat, until its `for` or the segment ends"),
    "end_cues": Hint("`true`", NONE, "no rules but safety from here on"),
    "next_segment": Hint("`true`", NONE, "the segment ends now"),
    "in": Hint("segment name or list", "everywhere", "only there"),
    "not_in": Hint("segment name or list", NONE, "everywhere but there"),
    "if": Hint("map", NONE, "what must be so"),
    "at_most": Hint("whole number", NONE, "times in a run"),
    "at_most_each": Hint("whole number", NONE, "times in each segment"),
    "cooldown": Hint("time", "0 s", "not again within this time"),
    "priority": Hint("`praise` … `safety`", "the cue's, else by trigger", "who speaks first"),
}
_WHEN: Final = {
    "run": Hint("`start`, `end`", "", "at the run's start or end"),
    "segment": Hint("`start`, `end`", "", "at a segment's start or end"),
    "before_end": Hint("time or distance", "", "so long before the segment's end"),
    "at": Hint("time or distance", "", "once, at that point of the run (with `in`: of each such segment)"),
    "every": Hint("time or distance", "", "again and again"),
    "jitter": Hint("time, with `every`", "0 s", "up to so much sooner or later, by chance"),
    "random": Hint("`[90 s, 3 min]`", "", "again and again after a time in that range, by chance"),
    "off_band": Hint("`low`, `high`, `either`", "", "off target for the time in `for`"),
    "in_band": Hint("time", "", "on target for that time, once per stay"),
    "back_in_band": Hint("time", "", "on target again for that time, after 10 s or more off it"),
    "drift": Hint("`cadence`", "", "under your own `record: reference` by `below` for the time in `for`"),
    "below": Hint("per cent, with `drift`", NEEDED, "how far under"),
    "rise": Hint("`ground_contact_time`, `vertical_oscillation`", "", "over your own reference by `by` for the time in `for`"),
    "by": Hint("per cent, with `rise`", NEEDED, "how far over"),
    "pace_drop": Hint("per cent", "", "slower than the segment's first minute for the time in `for`"),
    "heart_rate_above": Hint("per cent", "", "over so much of your highest heart rate for the time in `for`"),
    "for": Hint("time", "0 s with `off_band`, else needed", "how long it must hold"),
    "surface": Hint("`change`", "", "the ground changed"),
    "effort": Hint("`easy`, `moderate`, `hard`", "", "you say that it is so hard"),
    "sensor": Hint("`lost`, `back`, `battery_low`", "", "the sensor's news"),
    "asked": Hint("`cue`", "", "you asked for a cue"),
    "reintroduction": Hint("`due`", "", "the plan wants the pack back"),
}
_SMALL: Final = {
    "Source": {"cite": Hint("text", NEEDED, "who found it"), "says": Hint("text", NONE, "what was found")},
    "Repeat": {
        "repeat": Hint("1 to 100, or `fill`", NEEDED, "how many rounds; `fill`: as many as the run has room for"),
        "segments": Hint("list", NEEDED, "the segments of a round"),
    },
    "SegmentSay": {"start": Hint("cue id", NONE, "said when it starts"), "end": Hint("cue id", NONE, "said when it ends")},
    "Expect": {"cadence": Hint("`up`, `down`", NEEDED, "where cadence should go after it")},
    "SayTheme": {
        "theme": Hint("word", NEEDED, "the cues' `theme`"),
        "choose": Hint("`rotate`, `random`, `least_recent`, `best`", "rotate", "which of them"),
    },
    "If": {
        "surface": Hint("word", NONE, "on this ground"),
        "effort": Hint("`easy`, `moderate`, `hard`", NONE, "at this effort"),
        "session_at_least": Hint("whole number", NONE, "from your n-th session with the pack"),
        "bursts_at_least": Hint("whole number", NONE, "after rules have brought in a beat of their own so often in this run"),
    },
    "Drill": {
        "say": Hint("text", NEEDED, "the instruction"),
        "for": Hint("time", NONE, "one repetition or hold; without it the drill is only said"),
        "reps": Hint("whole number", "1", "repetitions"),
        "rest": Hint("time", "0 s", "between two repetitions"),
        "sides": Hint("`both`", NONE, "once on each side"),
        "beat": Hint("spm, 20 to 300", NONE, "a click to move to"),
        "needs": Hint("text", NONE, "what it takes, such as grass"),
        "loads": Hint("`calf`, `achilles`, `shin`, `foot`, `knee`, `hip`", NONE, "what it loads"),
        "say_in": Hint("map: language to text", NONE, "the instruction in other languages"),
    },
    "Weeks": {
        "min": Hint("whole number", NONE, "at least"),
        "usual": Hint("whole number", NONE, "usually"),
        "max": Hint("whole number", NONE, "at most"),
    },
    "PerWeek": {"cue": Hint("whole number", NONE, "with cues"), "plain": Hint("whole number", NONE, "without")},
    "Advance": {
        "cue_sessions": Hint("whole number", NONE, "so many sessions with cues"),
        "in_band": Hint("per cent", NONE, "so much of the time on target"),
        "retention": Hint("per cent", NONE, "so much of the change kept without cues"),
        "pain_at_most": Hint("0 to 10", NONE, "no more pain than this"),
    },
}

HINTS: Final[dict[str, dict[str, Hint]]] = {
    "Pack": _PACK, "Target": _TARGET, "Band": _BAND, "Fade": _FADE, "Limits": _LIMITS, "Metronome": _METRONOME,
    "Segment": _SEGMENT, "Cue": _CUE, "Rule": _RULE, "When": _WHEN, **_SMALL,
}  # fmt: skip
"""By the map's name in `cued.packs.schema` (all triggers' maps together are `When`), in the order of the docs."""


def table(map_name: str) -> str:
    """The keys of a map as docs/packs.md shows them."""
    rows = [f"| `{key}` | {hint.kind} | {_shown(hint.default)} | {hint.about} |" for key, hint in HINTS[map_name].items()]
    return "\n".join(["| key | what stands there | if absent | |", "|---|---|---|---|", *rows])


def _shown(default: str) -> str:
    if not default:
        return ""
    is_value = default[:1] in "[+" or default[:1].isdigit() or default in {"none", "wood", "normal", "rotate", "baseline"}
    is_value = is_value or default in {"verbal", "external", "false", "unlimited"}
    return f"`{default}`" if is_value and " with " not in default else default


def hint_of(title: str, key: str) -> Hint | None:
    """The hint for a key of the model of that name."""
    return HINTS.get("When" if title.endswith("When") else title, {}).get(key)
