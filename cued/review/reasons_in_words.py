"""Why a cue was not said, or a segment left out, as a person reads it: the one place where the core's words become a reader's.

Lines of a run carry the core's own words (docs/events.md) and a rule's id. A pack, where it is known, lends numbers and names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from cued.core.cues import Limits, Rule
from cued.core.phrases import number_words, ordinal
from cued.yamlread.quantities import time_text

Row: TypeAlias = Mapping[str, Any]
"""A line of the events file (docs/events.md) as a value."""


@dataclass(frozen=True, slots=True)
class PackWords:
    """What of a pack reasons are told with."""

    limits: Limits
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """By `Rule.id`."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of the same: `second rule: every 2 min`, `the start of tempo`."""


Wording: TypeAlias = Mapping[tuple[str, str], PackWords]
"""By a pack's name and version, as lines have them: another may be taken in mid-run."""

_Lent: TypeAlias = Callable[[PackWords, Rule | None], str]

PLAIN: Final[Mapping[str, str]] = {
    "after the last segment": "the session was over",
    "at_most": "said often enough in this run",
    "at_most_each": "said often enough in this segment",
    "coach corrections": "words only to correct in this segment",
    "coach silent": "no words in this segment",
    "coach start_only": "words only at this segment's start and end",
    "cooldown": "its rule was resting after the last time",
    "cut": "cut short",
    "end_cues": "the words of this run were over",
    "if bursts_at_least": "needs more bursts of beat before it",
    "if effort": "needs another effort than was said",
    "if session_at_least": "comes in a later session with this pack",
    "if surface": "needs another ground than was said",
    "min_gap": "too soon after another cue",
    "muted": "sound was off",
    "newer answer": "you had pressed again, and a newer answer was due",
    "no room": "no room in what is left of the run",
    "not easy": "you were not running easily, and what this phase teaches waits for that",
    "not pressed": "the segment was still waiting for your key",
    "pack swapped": "another pack had been taken",
    "paused": "the run was paused",
    "per_minute": "enough cues within this minute",
    "per_run": "this run's cues were used up",
    "quiet_end": "too near the end of the run",
    "quiet_start": "too early in the run",
    "resting": "you were not running: standing, walking, or no cadence came in",
    "same_cue_gap": "the same cue was said not long ago",
    "speech not ready": "its words were not ready in time",
    "stalled": "the machine stood still",
    "themes_per_segment": "enough themes in this segment",
    "unheard": "said where nobody heard it: the sound was on no device, or on another",
    "waited for speech": "other words were being spoken",
    "went back": "you went back to the segment before",
    "withhold": "withheld on purpose, to see what happens without it",
}
"""Every reason of the core, without a pack at hand."""


def _again(rule: Rule | None, most: int | None, where: str) -> str:
    return "" if rule is None or most is None else f"already said {_times(most)} {where}"


def _bursts(rule: Rule | None) -> str:
    least = None if rule is None else rule.bursts_at_least
    return "" if least is None else f"needs {_number(least, 'burst')} of beat before it"


def _session(rule: Rule | None) -> str:
    least = None if rule is None else rule.session_at_least
    return "" if least is None else f"only from the {ordinal(least)} session with this pack on"


_LENT: Final[Mapping[str, _Lent]] = {
    "at_most": lambda _, rule: _again(rule, None if rule is None else rule.at_most, "in this run"),
    "at_most_each": lambda _, rule: _again(rule, None if rule is None else rule.at_most_each, "in this segment"),
    "cooldown": lambda _, rule: "" if rule is None else f"its rule rests for {time_text(rule.cooldown_ns)} after each time",
    "if bursts_at_least": lambda _, rule: _bursts(rule),
    "if effort": lambda _, rule: "" if rule is None or rule.effort is None else f"only when you say it is {rule.effort.value}",
    "if session_at_least": lambda _, rule: _session(rule),
    "if surface": lambda _, rule: "" if rule is None or rule.surface is None else f"only on {rule.surface}",
    "min_gap": lambda pack, _: f"less than {time_text(pack.limits.min_gap_ns)} after other words",
    "per_minute": lambda pack, _: f"already {_number(pack.limits.per_minute, 'cue')} this minute",
    "per_run": lambda pack, _: f"already {_number(pack.limits.per_run, 'cue')} in this run",
    "quiet_end": lambda pack, _: f"the last {time_text(pack.limits.quiet_end_ns)} of the run are quiet",
    "quiet_start": lambda pack, _: f"the first {time_text(pack.limits.quiet_start_ns)} of the run are quiet",
    "same_cue_gap": lambda pack, _: f"the same cue was said less than {time_text(pack.limits.same_cue_gap_ns)} before",
    "themes_per_segment": lambda pack, _: (
        f"already {_number(pack.limits.themes_per_segment or 0, 'theme')} of cues in this segment"
    ),
}
"""The same with a pack's own numbers; empty where the rule is not known."""

RULES_OWN: Final = frozenset(
    {"at_most", "at_most_each", "cooldown", "if bursts_at_least", "if effort", "if session_at_least", "if surface"}
)
"""What a rule says of itself: there it is named, too."""

_NO_RULES: Final = {"cued": "cued itself", "key": "cued's answer to your key", "press": "its segment waits for your key"}


def why(reason: str, pack: PackWords | None = None, rule: str = "") -> str:
    """A line's `reason` as people say it; `rule`: the line's own. What a speech engine said stays as it is."""
    lent = _LENT.get(reason)
    told = "" if pack is None or lent is None else lent(pack, pack.rules.get(rule))
    return told or PLAIN.get(reason, reason)


def rule_words(rule: str, pack: PackWords | None = None) -> str:
    """A rule's id as people say it: `second rule: every 2 min` for `rules[1]`, the place alone without its pack."""
    if pack is not None and rule in pack.names:
        return pack.names[rule]
    if found := re.fullmatch(r"rules\[(\d+)\]", rule):
        return f"{ordinal(int(found[1]) + 1)} rule"
    if found := re.fullmatch(r"session\S*\.say\.(start|end)", rule):
        return f"its segment's {found[1]}"
    if found := re.fullmatch(r"drills\.(\S+)", rule):
        return f"drill {found[1]}"
    return {"cued": "cued itself", "key": "cued's answer to your key", "press": "its segment waits for your key"}.get(
        rule, rule
    )


def told(rows: Iterable[Row], wording: Wording) -> Iterator[tuple[Row, PackWords | None]]:
    """Each line with the pack that it stands under, where `wording` has it."""
    pack: PackWords | None = None
    for row in rows:
        if row["kind"] in {"start", "pack"}:
            pack = wording.get((row.get("pack", ""), row.get("pack_version", "")))
        yield row, pack


def _number(count: int, thing: str) -> str:
    return f"{number_words(count)} {thing}{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{number_words(count)} times")
