"""A cadence that is asked of everybody alike: 180 is nobody's own but by chance."""

from __future__ import annotations

import re
from typing import Final

from cued.core.cues import Target
from cued.packs.build import Built
from cued.packs.overlay import Notes
from cued.units import mspm
from cued.yamlread import Path

FOLKLORE_SPM: Final = 180.0
"""Runners differ with height and speed: 155 to 203 among twenty of the best over 100 km (Burns et al. 2019)."""
_NEAR_SPM: Final = 1.0
_IN_WORDS: Final = re.compile(r"\b(?:180|one[ -](?:hundred[ -](?:and[ -])?)?eighty)\b", re.IGNORECASE)
_OWN: Final = 'use `{basis: speed_model, change: "+5%"}`, which starts from the runner\'s own'


def check_absolute(built: Built, notes: Notes) -> None:
    """Warn of 180 as a target, a beat or a word."""
    pack = built.pack
    _check_target(pack.target, ("target",), notes)
    for segment in pack.segments():
        path = built.segment_paths[segment.index]
        if segment.target != pack.target:
            _check_target(segment.target, (*path, "target"), notes)
        beat = segment.metronome.beat_mspm
        if beat is not None and abs(beat - mspm(FOLKLORE_SPM)) <= mspm(_NEAR_SPM):
            own = segment.metronome.beat_mspm != pack.metronome.beat_mspm
            place = (*path, "metronome", "beat") if own else ("metronome", "beat")
            notes.add(place, f"180 is nobody's own but by chance: leave `beat` out, and {_OWN}", warning=True)
    for cue in pack.cues:
        if cue.say is not None and _IN_WORDS.search(cue.say):
            notes.add(("cues", cue.id, "say"), "180 is nobody's own but by chance: `{target}` says the runner's", warning=True)


def _check_target(target: Target, path: Path, notes: Notes) -> None:
    if target.spm is not None and abs(target.spm - FOLKLORE_SPM) <= _NEAR_SPM:
        notes.add((*path, "spm"), f"180 is nobody's own but by chance: {_OWN}", warning=True)
