"""A first pack of a coach's own: from a few answers to a commented file that `cued pack check --strict` lets pass."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from cued.errors import PackError, UsageError
from cued.packs.lint import MAX_WORDS
from cued.packs.load import parse_pack
from cued.packs.words import NAME
from cued.yamlread import clip
from cued.yamlread.quantities import share_text, time_text
from cued.yamlread.readers import MAX_WORD
from cued.yamlread.scalars import scalar_text

MINUTE_NS: Final = 60_000_000_000
MAX_CUES: Final = 12
"""As many as a phase pack has: each is heard often enough to be learnt."""


SAME_GAP_NS: Final = 5 * MINUTE_NS
"""As in the phase packs: what is heard sooner again is no longer listened to."""
JITTER_NS: Final = 15_000_000_000
"""So that nobody waits for the next one."""


class Way(Enum):
    """How the pack speaks."""

    THROUGHOUT = "throughout"
    """Cues now and then, all through the run."""
    FEEDER = "feeder"
    """A short feeder with cues and beat, then steady running without them, again and again."""


class Beat(Enum):
    """What its beat is."""

    NONE = "none"
    OWN = "own"
    """At the runner's own tempo."""
    TARGET = "target"
    """Leads to the target."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a coach said."""

    name: str
    title: str
    cues: tuple[str, ...] = ()
    way: Way = Way.THROUGHOUT
    beat: Beat = Beat.NONE
    change: float = 0.0
    """Of the target, over the runner's own cadence: 0.05 is 5 % more."""
    phase: int | None = None
    language: str = "en"
    license: str = "CC-BY-4.0"
    author: str = ""
    warmup_ns: int = 10 * MINUTE_NS
    feeder_ns: int = 90_000_000_000
    steady_ns: int = 6 * MINUTE_NS + 30_000_000_000
    every_ns: int = 3 * MINUTE_NS
    """From cue to cue, of `Way.THROUGHOUT`."""
    cooldown_ns: int = 5 * MINUTE_NS


def usual_every_ns(cues: int) -> int:
    """From cue to cue where nobody names it: each cue may be said again when its turn comes."""
    return max(3 * MINUTE_NS, -(-(SAME_GAP_NS + MINUTE_NS) // max(1, cues)))


def pack_text(answers: Answers, word: str = "") -> str:
    """The YAML file. Raises UsageError for answers that make no pack, with the first thing that is wrong.

    `word`: what `cued pack check` finds it by, if that is not its name.
    """
    check_name(answers.name)
    if not answers.cues and answers.beat is Beat.NONE:
        raise UsageError("a pack without a cue and without a beat would be silent: give a --cue or a --beat")
    if len(answers.cues) > MAX_CUES:
        raise UsageError(f"{len(answers.cues)} cues: begin with at most {MAX_CUES}, and add the others in the file")
    if len(set(answers.cues)) < len(answers.cues):
        raise UsageError("a cue is there twice: give each text once")
    text = "\n".join(_lines(answers, word if word.isprintable() and word else answers.name)) + "\n"
    try:
        loaded = parse_pack(text.encode(), answers.name)
    except PackError as error:
        raise UsageError(_said(error.problems[0].message)) from error
    if loaded.warnings:
        raise UsageError(_said(loaded.warnings[0].message))
    return text


def check_name(name: str) -> None:
    """Raises UsageError for what cannot be a pack's name."""
    if not NAME.fullmatch(name) or len(name) > MAX_WORD:
        raise UsageError(f"{clip(name)!r} is no pack's name: a-z, 0-9 and -, such as my-pack")


def _said(message: str) -> str:
    """A problem of the file, for somebody who has not seen the file."""
    return f"the answers make no good pack: {message}"


def _lines(answers: Answers, word: str) -> list[str]:
    return [
        "# A cue pack for cued. docs/packs.md explains every word.",
        f"# `cued pack check {word}` finds mistakes, with their line; `cued pack show {word}` reads it aloud.",
        "format: 1",
        f"name: {scalar_text(answers.name)}  # what it is called by: a-z, 0-9 and -",
        "version: 1.0.0  # raise it when you change something: the middle number for new cues, the last for small mends",
        f"title: {_quoted(answers.title)}  # what people read in a list and hear before a run; others: title_in: {{de: …}}",
        *([f"phase: {answers.phase}  # {_PHASES[answers.phase]}"] if answers.phase in _PHASES else []),
        f'language: {scalar_text(answers.language)}  # of the texts; others go into each cue: say_in: {{de: "…"}}',
        f"license: {scalar_text(answers.license)}  # what others may do: CC0-1.0 anything, CC-BY-4.0 if they name you",
        f"authors: [{_quoted(answers.author)}]" if answers.author else "# authors: [your name]",
        "",
        *_aim(answers),
        *_limits(answers),
        "",
        *_session(answers),
        *_cues(answers),
    ]


_PHASES: Final = {1: "awareness", 2: "drills", 3: "variability", 4: "fatigue", 5: "integration", 6: "maintenance"}


def _quoted(text: str) -> str:
    """In quotes even where they are not needed: who edits the text may write a colon into it."""
    plain = scalar_text(text)
    return plain if plain.startswith('"') else f'"{plain}"'


def _aim(answers: Answers) -> list[str]:
    change = share_text(answers.change, sign=True)
    return [
        "# The cadence to aim at: the runner's own at the present speed, so much more or less. Never more than +10%.",
        f'target: {{basis: speed_model, change: "{change}"}}',
        "# So far under and over it is still on target.",
        "band: {low: 3%, high: 4%}",
        "",
    ]


def _limits(answers: Answers) -> list[str]:
    quiet = f"quiet_start: {time_text(answers.warmup_ns)}, " if answers.warmup_ns and answers.cues else ""
    gap_ns = SAME_GAP_NS
    if answers.way is Way.THROUGHOUT and answers.cues:
        gap_ns = max(MINUTE_NS, min(gap_ns, len(answers.cues) * answers.every_ns - 2 * JITTER_NS))
    gap = time_text(gap_ns)
    return [
        f"# How much is said: nothing at the start, then one cue a minute at most, and the same one not before {gap}.",
        f"limits: {{{quiet}min_gap: 45 s, same_cue_gap: {gap}, per_minute: 1, per_run: 16}}",
    ]


def _session(answers: Answers) -> list[str]:
    mode = {Beat.NONE: "none", Beat.OWN: "follow", Beat.TARGET: "lead"}[answers.beat]
    beat = "" if answers.beat is Beat.NONE else f", metronome: {{mode: {mode}}}"
    warmup = f"  - {{segment: warmup, for: {time_text(answers.warmup_ns)}, coach: silent, record: baseline}}"
    cooldown = f"  - {{segment: cooldown, for: {time_text(answers.cooldown_ns)}, coach: silent}}"
    if answers.way is Way.FEEDER:
        middle = [
            "  - repeat: fill  # as many whole rounds as the run has room for",
            "    segments:",
            f"      - {{segment: feeder, for: {time_text(answers.feeder_ns)}{beat}}}",
            f"      - {{segment: steady, for: {time_text(answers.steady_ns)}, coach: silent}}  # no words",
        ]
    else:
        middle = [f"  - {{segment: steady, for: remainder{beat}}}  # whatever the run has left"]
    return [
        "# The run, segment by segment. `coach: silent`: no words; `record: baseline`: the runner's own cadence is measured.",
        "session:",
        *([warmup] if answers.warmup_ns else []),
        *middle,
        *([cooldown] if answers.cooldown_ns else []),
    ]


def _cues(answers: Answers) -> list[str]:
    if not answers.cues:
        return []
    ids = _ids(answers.cues)
    if answers.way is Way.FEEDER:
        when = "{when: {segment: start}, in: feeder, say: {theme: mine}}"
        why = "# When to say them: one at the start of each feeder, by turns."
    else:
        every = f"every: {time_text(answers.every_ns)}, jitter: {time_text(JITTER_NS)}"
        when = f"{{when: {{{every}}}, in: steady, say: {{theme: mine}}}}"
        why = f"# When to say them: one about every {time_text(answers.every_ns)}, by turns."
    return [
        "",
        f"# What is said: at most {MAX_WORDS} words each. `kind`: verbal, kinesthetic (felt) or visual (pictured).",
        "cues:",
        *(
            f"  {name}: {{say: {_quoted(text)}, kind: verbal, theme: mine}}"
            for name, text in zip(ids, answers.cues, strict=True)
        ),
        "",
        why,
        "rules:",
        f"  - {when}",
    ]


def _ids(texts: tuple[str, ...]) -> list[str]:
    """A short word for each: the longest plain one of its text, else a number."""
    ids: list[str] = []
    for number, text in enumerate(texts, 1):
        words = sorted(re.findall(r"\b[a-z]{4,20}\b", re.sub(r"\{.*?\}", "", text.lower())), key=len, reverse=True)
        free = [word for word in words if word not in ids and scalar_text(word) == word]
        ids.append(free[0] if free else f"cue-{number}")
    return ids
