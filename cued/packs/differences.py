"""What is different between two packs, in the words of a coach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from cued.core import cues
from cued.core.cues import CuePack
from cued.packs import aloud
from cued.packs.full import Data, as_data, length_text
from cued.yamlread.quantities import share_text, time_text


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is different."""

    where: str
    """The word of the pack that it stands under: `cues`, `session`."""
    says: str
    """A sentence without a full stop."""


_HEAD: Final = ("name", "version", "title", "title_in", "phase", "language", "license", "summary", "summary_in")
_PLAN: Final = ("weeks", "per_week", "advance")
_SEGMENT_WORDS: Final = ("theme", "surface", "effort", "record", "optional", "starts", "drills", "say")
_CUE_WORDS: Final = ("kind", "focus", "theme", "priority", "praise", "expect", "loads")
_NOTHING: Final = "nothing"


def differences(old: CuePack, new: CuePack) -> list[Difference]:
    """Everything in which `new` is not `old`, in the order of a pack file; empty: the same pack (sounds' content aside)."""
    before, after = as_data(old), as_data(new)
    found: list[Difference] = []
    for word in _HEAD:
        if word.endswith("_in"):
            found += _translated(word, word.removesuffix("_in"), before.get(word) or {}, after.get(word) or {})
        else:
            found += _changed(word, word, before.get(word), after.get(word))
    found += _changed("authors", "authors", old.authors or None, new.authors or None)
    if old.sources != new.sources:
        told = [[f"{one.cite} ({one.says})" if one.says else one.cite for one in pack.sources] for pack in (old, new)]
        found += _gone_and_new("sources", "source", *told)
    if old.target != new.target:
        says = f"aims at {aloud.target_words(new.target)} instead of {aloud.target_words(old.target)}"
        found.append(Difference("target", says))
    found += [Difference("band", says) for says in _band(old.band, new.band)]
    for word in ("fade", "limits"):
        found += _fields(word, before[word], after[word])
    found += _fields("metronome", before["metronome"], after["metronome"])
    found += _session(old, new, _segments_data(before), _segments_data(after))
    found += _cues(old, new, before.get("cues") or {}, after.get("cues") or {})
    found += _rules(old, new)
    found += _drills(old, new)
    for word in _PLAN:
        found += _fields(word, before.get(word) or {}, after.get(word) or {})
    if not found and list(_in_order(before)) != list(_in_order(after)):
        found.append(
            Difference("pack", "the same words in another order, which decides between cues and rules of one priority")
        )
    return found


def _in_order(value: object) -> Iterable[object]:
    """Everything in `value`, in file order."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _in_order(item)
    elif isinstance(value, list):
        for item in value:
            yield from _in_order(item)
    else:
        yield value


def _said(value: object) -> str:
    if value is None or value == []:
        return _NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_said(item) for item in value)
    return f"“{value}”" if isinstance(value, str) and " " in value and not value[0].isdigit() else str(value)


def _changed(where: str, name: str, before: object, after: object) -> list[Difference]:
    if before == after:
        return []
    return [Difference(where, f"{name} {_said(after)} instead of {_said(before)}")]


def _translated(where: str, name: str, before: Data, after: Data) -> list[Difference]:
    """A text in other languages."""
    codes = dict.fromkeys([*before, *after])
    return [one for code in codes for one in _changed(where, f"{name} in {code}:", before.get(code), after.get(code))]


def _fields(where: str, before: Data, after: Data) -> list[Difference]:
    words = list(dict.fromkeys([*before, *after]))
    return [one for word in words for one in _changed(where, f"{where}: {word}", before.get(word), after.get(word))]


def _gone_and_new(where: str, kind: str, before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    """Lines that one of the two has and the other has not; order aside."""
    was, now = set(before), set(after)
    gone = [Difference(where, f"no longer the {kind}: {line}") for line in before if line not in now]
    return [*gone, *(Difference(where, f"a new {kind}: {line}") for line in after if line not in was)]


# --- band and beat -------------------------------------------------------------------------------------------------


def _band(old: cues.Band, new: cues.Band, of: str = "") -> Iterable[str]:
    if (old.low, old.high) != (new.low, new.high):
        change = round(new.low + new.high - old.low - old.high, 6)  # a ten-thousandth of a per cent is nothing
        width = "as wide" if not change else f"{share_text(abs(change))} {'wider' if change > 0 else 'narrower'}"
        now, was = (f"{share_text(band.low)} under to {share_text(band.high)} over" for band in (new, old))
        yield f"{of}the band is {width}: {now} the target instead of {was}"
    if old.hysteresis != new.hysteresis:
        yield f"{of}back in the band {share_text(new.hysteresis)} inside its edge instead of {share_text(old.hysteresis)}"
    if old.window_ns != new.window_ns:
        windows = (time_text(band.window_ns) for band in (new, old))
        yield f"{of}cadence is the median of {' instead of '.join(windows)}"


def _beat(beat: cues.Metronome) -> str:
    if beat.mode is cues.Mode.NONE:
        return "no beat"
    return f"{aloud.beat_words(beat)} ({beat.sound}, {share_text(beat.volume)} loud, {beat.duck_db:g} dB softer under words)"


# --- the session ---------------------------------------------------------------------------------------------------


def _session(old: CuePack, new: CuePack, old_data: list[Data], new_data: list[Data]) -> list[Difference]:
    was, now = _flat(old), _flat(new)
    found = _repeats(old, new)
    matcher = SequenceMatcher(None, [name for name, _ in was], [name for name, _ in now], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            for (_, before), (_, after) in zip(was[a:b], now[c:d], strict=True):
                found += _segment(old, before, new, after)
                for word in _SEGMENT_WORDS:
                    words = (data[segment.index].get(word) for data, segment in ((old_data, before), (new_data, after)))
                    found += _changed("session", f"{after.name}: {word}", *words)
            continue
        for (_, in_rounds), segment in was[a:b]:
            found.append(Difference("session", f"no segment any more{_round(in_rounds)}: {aloud.segment_line(old, segment)}"))
        for (_, in_rounds), segment in now[c:d]:
            found.append(Difference("session", f"a new segment{_round(in_rounds)}: {aloud.segment_line(new, segment)}"))
    return found


def _segments_data(pack: Data) -> list[Data]:
    """By `Segment.index`."""
    return [segment for part in pack["session"] for segment in part.get("segments", [part])]


def _round(in_rounds: bool) -> str:
    return " of each round" if in_rounds else ""


def _flat(pack: CuePack) -> list[tuple[tuple[str, bool], cues.Segment]]:
    """Segments with what makes them the same one in another pack: the name, and whether they are repeated."""
    flat = []
    for part in pack.session:
        inside = part.segments if isinstance(part, cues.Repeat) else (part,)
        flat += [((segment.name, isinstance(part, cues.Repeat)), segment) for segment in inside]
    return flat


def _repeats(old: CuePack, new: CuePack) -> list[Difference]:
    was, now = ([part.times for part in pack.session if isinstance(part, cues.Repeat)] for pack in (old, new))
    if was == now:
        return []
    told = [" and ".join("fill" if times is None else str(times) for times in rounds) or _NOTHING for rounds in (now, was)]
    return [Difference("session", f"repeat: {' instead of '.join(told)}")]


def _segment(old: CuePack, before: cues.Segment, new: CuePack, after: cues.Segment) -> list[Difference]:
    name, says = after.name, []
    if before.length != after.length:
        says.append(f"{name}: {length_text(after.length)} instead of {length_text(before.length)}")
    if before.coach is not after.coach:
        says.append(f"{name}: coach {after.coach.value} instead of {before.coach.value}")
    # What is the pack's own for both is told once, for the pack.
    if before.metronome != after.metronome and not (before.metronome == old.metronome and after.metronome == new.metronome):
        says.append(f"{name}: {_beat(after.metronome)} instead of {_beat(before.metronome)}")
    if before.target != after.target and not (before.target == old.target and after.target == new.target):
        says.append(f"{name} aims at {aloud.target_words(after.target)} instead of {aloud.target_words(before.target)}")
    if before.band != after.band and not (before.band == old.band and after.band == new.band):
        says += _band(before.band, after.band, f"{name}: ")
    return [Difference("session", one) for one in says]


# --- cues, rules, drills -------------------------------------------------------------------------------------------


def _cues(old: CuePack, new: CuePack, old_data: Data, new_data: Data) -> list[Difference]:
    was, now = ({cue.id: cue for cue in pack.cues} for pack in (old, new))
    found = []
    for cue_id in dict.fromkeys([*was, *now]):
        before, after = was.get(cue_id), now.get(cue_id)
        if before is None and after is not None:
            found.append(Difference("cues", f"a new cue `{cue_id}`: {_heard(after)}"))
        elif after is None and before is not None:
            found.append(Difference("cues", f"no cue `{cue_id}` any more: {_heard(before)}"))
        elif before is not None and after is not None and before != after:
            found += _cue(before, after, old_data[cue_id], new_data[cue_id])
    return found


def _heard(cue: cues.Cue) -> str:
    voice = f", in the voice of {cue.voice_file}" if cue.voice_file is not None else ""
    return f"“{cue.say}”{voice}" if cue.say is not None else f"the sound {cue.sound}"


def _cue(before: cues.Cue, after: cues.Cue, old_data: Data, new_data: Data) -> list[Difference]:
    found = []
    if _heard(before) != _heard(after):
        verb = "says" if after.say is not None else "plays"
        found.append(Difference("cues", f"cue `{after.id}` now {verb} {_heard(after)} instead of {_heard(before)}"))
    found += _translated("cues", f"cue `{after.id}`", dict(before.say_in), dict(after.say_in))
    for word in _CUE_WORDS:
        found += _changed("cues", f"cue `{after.id}`: {word}", old_data.get(word), new_data.get(word))
    return found


def _rules(old: CuePack, new: CuePack) -> list[Difference]:
    return _gone_and_new("rules", "rule", _rule_lines(old), _rule_lines(new))


def _rule_lines(pack: CuePack) -> list[str]:
    """With the names of cues and themes for their texts: a cue that says something else is told once, with the cues."""
    lines = []
    for rule in pack.rules:
        if rule.segment_index is None:
            named = [
                cues.Cue(action.cue, action.cue)
                if isinstance(action, cues.SayCue)
                else cues.Cue("", action.theme, theme=action.theme)
                for action in rule.then
                if isinstance(action, cues.SayCue | cues.SayTheme)
            ]
            how = [f", {aloud.CHOSEN[action.choose.value]}" for action in rule.then if isinstance(action, cues.SayTheme)]
            line = aloud.rule_line(replace(pack, cues=tuple(named)), rule)
            lines.append(line.removesuffix(".") + "".join(how) if how else line)
    return lines


def _drills(old: CuePack, new: CuePack) -> list[Difference]:
    was, now = (as_data(pack).get("drills") or {} for pack in (old, new))
    found = []
    for drill_id in dict.fromkeys([*was, *now]):
        if drill_id not in was:
            found.append(Difference("drills", f"a new drill `{drill_id}`: “{now[drill_id]['say']}”"))
        elif drill_id not in now:
            found.append(Difference("drills", f"no drill `{drill_id}` any more"))
        else:
            fields = _fields("drills", was[drill_id], now[drill_id])
            found += [replace(one, says=one.says.replace("drills:", f"drill `{drill_id}`:", 1)) for one in fields]
    return found
