"""From the words of `when` to the core's triggers."""

from __future__ import annotations

from cued.core import cues
from cued.packs import schema_when as words
from cued.packs.overlay import Notes
from cued.yamlread import Path


def trigger_of(when: words.When, path: Path, notes: Notes) -> cues.Trigger:
    """The trigger that `when` stands for; words that do not go together are noted."""
    match when:
        case words.RunWhen(run=moment):
            return cues.RunStart() if moment == "start" else cues.RunEnd()
        case words.SegmentWhen(segment=moment):
            return cues.SegmentStart() if moment == "start" else cues.SegmentEnd()
        case words.BeforeEndWhen(before_end=before):
            return cues.BeforeEnd(before)
        case words.AtWhen(at=point):
            return cues.At(point)
        case words.EveryWhen():
            return _every(when, path, notes)
        case words.RandomWhen(random=(low_ns, high_ns)):
            return cues.RandomWithin(low_ns, high_ns)
        case words.OffBandWhen(off_band=side, for_=for_ns):
            return cues.OffBand(side, for_ns or 0)
        case words.InBandWhen(in_band=for_ns):
            return cues.InBand(for_ns)
        case words.BackInBandWhen(back_in_band=for_ns):
            return cues.BackInBand(for_ns)
        case words.DriftWhen(below=below, for_=for_ns):
            return cues.Drift(below, for_ns)
        case words.RiseWhen(rise=metric, by=by, for_=for_ns):
            return cues.Rise(metric, by, for_ns)
        case words.PaceDropWhen(pace_drop=by, for_=for_ns):
            return cues.PaceDrop(by, for_ns)
        case words.HeartRateWhen(heart_rate_above=share, for_=for_ns):
            return cues.HeartRateAbove(share, for_ns)
        case words.SurfaceWhen():
            return cues.SurfaceChange()
        case words.EffortWhen(effort=effort):
            return cues.EffortSaid(effort)
        case words.SensorWhen(sensor=word):
            return cues.SensorIs(word)
        case words.AskedWhen():
            return cues.Asked()
        case words.ReintroductionWhen():
            return cues.ReintroductionDue()


def _every(when: words.EveryWhen, path: Path, notes: Notes) -> cues.Every:
    jitter_ns = when.jitter or 0
    if jitter_ns and isinstance(when.every, cues.ForDistance):
        notes.add((*path, "jitter"), "`jitter` is a time and goes with `every` by time: remove it, or write a time")
        jitter_ns = 0
    if jitter_ns and isinstance(when.every, cues.ForTime) and jitter_ns >= when.every.ns:
        notes.add((*path, "jitter"), "`jitter` is as long as the interval itself: make it shorter")
        jitter_ns = 0
    return cues.Every(when.every, jitter_ns)
