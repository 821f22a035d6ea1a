"""A cadence that is asked of everybody alike: 180 is nobody's own but by chance."""

from __future__ import annotations

import re
from typing import Final

from cued.core.cues import Metronome, SetMetronome, Target
from cued.packs.build import Built
from cued.packs.overlay import Notes
from cued.units import mspm
from cued.yamlread import Path

FOLKLORE_SPM: Final = 180.0
"""Runners differ with height and speed: 155 to 203 among twenty of the best over 100 km (Burns et al. 2019)."""
_NEAR_SPM: Final = 1.0
_IN_WORDS: Final = re.compile(
    r"\b(?:180|one[ -](?:hundred[ -](?:and[ -])?)?eighty|(?:ein)?hundert(?:und)?achtzig)\b", re.IGNORECASE
)
_OWN: Final = 'use `{basis: speed_model, change: "+5%"}`, which starts from the runner\'s own'


def check_absolute(built: Built, notes: Notes) -> None:
    """Warn of 180 as a target, a beat or a word, in whatever language."""
    pack = built.pack
    _check_target(pack.target, ("target",), notes)
    _check_beat(pack.metronome, ("metronome",), notes)
    for segment in pack.segments():
        path = built.segment_paths[segment.index]
        if segment.target != pack.target:
            _check_target(segment.target, (*path, "target"), notes)
        if segment.metronome.beat_mspm != pack.metronome.beat_mspm:
            _check_beat(segment.metronome, (*path, "metronome"), notes)
    for rule in pack.rules:
        for action in rule.then:
            if isinstance(action, SetMetronome) and action.metronome.beat_mspm != pack.metronome.beat_mspm:
                _check_beat(action.metronome, (*built.rule_paths[rule.id], "metronome"), notes)
    for cue in pack.cues:
        _check_words(cue.say, cue.say_in, ("cues", cue.id), notes)
    for drill in pack.drills:
        _check_words(drill.say, drill.say_in, ("drills", drill.id), notes)


def _check_beat(metronome: Metronome, path: Path, notes: Notes) -> None:
    beat = metronome.beat_mspm
    if beat is not None and abs(beat - mspm(FOLKLORE_SPM)) <= mspm(_NEAR_SPM):
        notes.add((*path, "beat"), f"180 is nobody's own but by chance: leave `beat` out, and {_OWN}", warning=True)


def _check_words(say: str | None, say_in: tuple[tuple[str, str], ...], path: Path, notes: Notes) -> None:
    texts = (((*path, "say"), say or ""), *(((*path, "say_in", language), text) for language, text in say_in))
    for place, text in texts:
        if _IN_WORDS.search(text):
            notes.add(place, "180 is nobody's own but by chance: `{target}` says the runner's", warning=True)


def _check_target(target: Target, path: Path, notes: Notes) -> None:
    if target.spm is not None and abs(target.spm - FOLKLORE_SPM) <= _NEAR_SPM:
        notes.add((*path, "spm"), f"180 is nobody's own but by chance: {_OWN}", warning=True)
