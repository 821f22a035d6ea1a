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


_HEAD: Final = ("version", "title", "phase", "language", "license", "summary")
_PLAN: Final = ("weeks", "per_week", "advance")
_SEGMENT_WORDS: Final = ("theme", "surface", "effort", "record", "optional", "starts", "drills", "say")
_CUE_WORDS: Final = ("kind", "focus", "theme", "priority", "praise", "expect", "loads")
_NOT_SET: Final = "not set"


@dataclass(frozen=True, slots=True)
class Sides:
    """What the two packs are called in a sentence."""

    old: str
    new: str

    def both(self, subject: str, before: object, after: object, verb: str = "is") -> str:
        """`in A the title is …; in B it is …`."""
        return f"in {self.old} {subject} {verb} {before}; in {self.new} it {verb} {after}"

    def only(self, old: bool, what: str) -> str:
        """`only A has …`."""
        return f"only {self.old if old else self.new} has {what}"


def sides_of(old: CuePack, new: CuePack) -> Sides:
    """By their names, by their versions where they have one name, else as the first and the second."""
    if old.name != new.name:
        return Sides(old.name, new.name)
    if old.version != new.version:
        return Sides(f"{old.name} {old.version}", f"{new.name} {new.version}")
    return Sides("the first", "the second")


def differences(old: CuePack, new: CuePack, sides: Sides | None = None) -> list[Difference]:
    """Everything in which `new` is not `old`, in the order of a pack file; empty: the same pack (sounds' content aside)."""
    sides = sides or sides_of(old, new)
    before, after = as_data(old), as_data(new)
    found: list[Difference] = []
    if old.name != new.name:
        found.append(Difference("name", f"the first pack is called {old.name} and the second {new.name}"))
    for word in _HEAD:
        found += _changed(sides, word, f"the {word}", before.get(word), after.get(word))
    found += _changed(sides, "authors", "the list of authors", old.authors or None, new.authors or None)
    if old.sources != new.sources:
        told = [[f"{one.cite} ({one.says})" if one.says else one.cite for one in pack.sources] for pack in (old, new)]
        found += _one_sided(sides, "sources", "the source", *told)
    if old.target != new.target:
        found.append(Difference("target", _aims(sides, "the target", old.target, new.target)))
    found += [Difference("band", says) for says in _band(sides, old.band, new.band)]
    for word in ("fade", "limits", "metronome"):
        found += _fields(sides, word, before[word], after[word])
    found += _session(sides, old, new, _segments_data(before), _segments_data(after))
    found += _cues(sides, old, new, before.get("cues") or {}, after.get("cues") or {})
    found += _rules(sides, old, new)
    found += _drills(sides, old, new)
    for word in _PLAN:
        found += _fields(sides, word, before.get(word) or {}, after.get(word) or {})
    if not found and list(_in_order(before)) != list(_in_order(after)):
        found.append(
            Difference(
                "pack", "both have the same words in another order, which decides between cues and rules of one priority"
            )
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
        return _NOT_SET
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_said(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_said(item) for item in value)
    return f"“{value}”" if isinstance(value, str) and " " in value and not value[0].isdigit() else str(value)


def _changed(sides: Sides, where: str, subject: str, before: object, after: object) -> list[Difference]:
    return [] if before == after else [Difference(where, sides.both(subject, _said(before), _said(after)))]


def _fields(sides: Sides, where: str, before: Data, after: Data, of: str = "") -> list[Difference]:
    """`of`: what the words belong to, where it is not the pack's own `where`."""
    found = []
    for word in dict.fromkeys([*before, *after]):
        subject = f"`{word}` of {of}" if of else f"`{where}.{word}`"
        found += _changed(sides, where, subject, before.get(word), after.get(word))
    return found


def _one_sided(sides: Sides, where: str, kind: str, before: Sequence[str], after: Sequence[str]) -> list[Difference]:
    """Lines that one of the two has and the other has not; order aside."""
    was, now = set(before), set(after)
    gone = [Difference(where, sides.only(True, f"{kind}: {line}")) for line in before if line not in now]
    return [*gone, *(Difference(where, sides.only(False, f"{kind}: {line}")) for line in after if line not in was)]


# --- target, band and beat -----------------------------------------------------------------------------------------


def _aims(sides: Sides, subject: str, before: cues.Target, after: cues.Target) -> str:
    return sides.both(subject, aloud.target_words(before), aloud.target_words(after))


def _band(sides: Sides, old: cues.Band, new: cues.Band, of: str = "") -> Iterable[str]:
    """`of`: ` of steady`."""
    if (old.low, old.high) != (new.low, new.high):
        change = round(new.low + new.high - old.low - old.high, 6)  # a ten-thousandth of a per cent is nothing
        width = "as wide" if not change else f"{share_text(abs(change))} {'wider' if change > 0 else 'narrower'}"
        was, now = (f"{share_text(band.low)} under to {share_text(band.high)} over the target" for band in (old, new))
        yield f"{sides.both(f'the band{of}', was, now, verb='goes from')} ({width})"
    if old.hysteresis != new.hysteresis:
        was, now = (share_text(band.hysteresis) for band in (old, new))
        yield sides.both(f"the way back into the band{of}", was, now, "ends inside its edge by")
    if old.window_ns != new.window_ns:
        was, now = (time_text(band.window_ns) for band in (old, new))
        yield sides.both(f"cadence{of}", was, now, "is the median of")


def _beat(beat: cues.Metronome) -> str:
    if beat.mode is cues.Mode.NONE:
        return "no beat"
    return f"{aloud.beat_words(beat)} ({beat.sound}, {share_text(beat.volume)} loud, {beat.duck_db:g} dB softer under words)"


# --- the session ---------------------------------------------------------------------------------------------------


def _session(sides: Sides, old: CuePack, new: CuePack, old_data: list[Data], new_data: list[Data]) -> list[Difference]:
    was, now = _flat(old), _flat(new)
    found = _repeats(sides, old, new)
    matcher = SequenceMatcher(None, [name for name, _ in was], [name for name, _ in now], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            for (_, before), (_, after) in zip(was[a:b], now[c:d], strict=True):
                found += _segment(sides, old, before, new, after)
                for word in _SEGMENT_WORDS:
                    words = (data[segment.index].get(word) for data, segment in ((old_data, before), (new_data, after)))
                    found += _changed(sides, "session", f"`{word}` of {after.name}", *words)
            continue
        for is_old, pack, segments in ((True, old, was[a:b]), (False, new, now[c:d])):
            for (_, in_rounds), segment in segments:
                told = f"the segment{' in each round' if in_rounds else ''}: {_lower(aloud.segment_line(pack, segment))}"
                found.append(Difference("session", sides.only(is_old, told)))
    return found


def _segments_data(pack: Data) -> list[Data]:
    """By `Segment.index`."""
    return [segment for part in pack["session"] for segment in part.get("segments", [part])]


def _flat(pack: CuePack) -> list[tuple[tuple[str, bool], cues.Segment]]:
    """Segments with what makes them the same one in another pack: the name, and whether they are repeated."""
    flat = []
    for part in pack.session:
        inside = part.segments if isinstance(part, cues.Repeat) else (part,)
        flat += [((segment.name, isinstance(part, cues.Repeat)), segment) for segment in inside]
    return flat


def _repeats(sides: Sides, old: CuePack, new: CuePack) -> list[Difference]:
    was, now = ([part.times for part in pack.session if isinstance(part, cues.Repeat)] for pack in (old, new))
    if was == now:
        return []
    told = [" and ".join("fill" if times is None else str(times) for times in rounds) or _NOT_SET for rounds in (was, now)]
    return [Difference("session", sides.both("`repeat`", *told))]


def _segment(sides: Sides, old: CuePack, before: cues.Segment, new: CuePack, after: cues.Segment) -> list[Difference]:
    name, says = after.name, []
    if before.length != after.length:
        says.append(sides.both(name, length_text(before.length), length_text(after.length), verb="lasts"))
    if before.coach is not after.coach:
        says.append(sides.both(f"`coach` of {name}", before.coach.value, after.coach.value))
    # What is the pack's own for both is told once, for the pack.
    if before.metronome != after.metronome and not (before.metronome == old.metronome and after.metronome == new.metronome):
        says.append(sides.both(name, _beat(before.metronome), _beat(after.metronome), verb="has"))
    if before.target != after.target and not (before.target == old.target and after.target == new.target):
        says.append(_aims(sides, f"the target of {name}", before.target, after.target))
    if before.band != after.band and not (before.band == old.band and after.band == new.band):
        says += _band(sides, before.band, after.band, f" of {name}")
    return [Difference("session", one) for one in says]


# --- cues, rules, drills -------------------------------------------------------------------------------------------


def _cues(sides: Sides, old: CuePack, new: CuePack, old_data: Data, new_data: Data) -> list[Difference]:
    was, now = ({cue.id: cue for cue in pack.cues} for pack in (old, new))
    found = []
    for cue_id in dict.fromkeys([*was, *now]):
        before, after = was.get(cue_id), now.get(cue_id)
        if before is not None and after is not None:
            found += _cue(sides, before, after, old_data[cue_id], new_data[cue_id]) if before != after else []
            continue
        one = before or after
        if one is not None:
            found.append(Difference("cues", sides.only(before is not None, f"the cue `{cue_id}`: {_heard(one)}")))
    return found


def _heard(cue: cues.Cue) -> str:
    voice = f", in the voice of {cue.voice_file}" if cue.voice_file is not None else ""
    return f"“{cue.say}”{voice}" if cue.say is not None else f"the sound {cue.sound}"


def _cue(sides: Sides, before: cues.Cue, after: cues.Cue, old_data: Data, new_data: Data) -> list[Difference]:
    found, name = [], f"the cue `{after.id}`"
    if _heard(before) != _heard(after):
        found.append(Difference("cues", sides.both(name, _heard(before), _heard(after))))
    texts = dict(before.say_in), dict(after.say_in)
    for code in dict.fromkeys([*texts[0], *texts[1]]):
        found += _changed(sides, "cues", f"{name} in the language {code}", texts[0].get(code), texts[1].get(code))
    for word in _CUE_WORDS:
        found += _changed(sides, "cues", f"`{word}` of {name}", old_data.get(word), new_data.get(word))
    return found


def _rules(sides: Sides, old: CuePack, new: CuePack) -> list[Difference]:
    return _one_sided(sides, "rules", "the rule", _rule_lines(old), _rule_lines(new))


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
            line = aloud.rule_line(replace(pack, cues=tuple(named)), rule).removesuffix(".")
            for action in rule.then:
                if isinstance(action, cues.SayTheme):
                    line = line.replace(
                        f"“{action.theme}”", f"a cue of “{action.theme}”, {aloud.CHOSEN[action.choose.value]}", 1
                    )
                elif isinstance(action, cues.SayCue):
                    line = line.replace(f"“{action.cue}”", f"the cue “{action.cue}”", 1)
            lines.append(_lower(line))
    return lines


def _lower(line: str) -> str:
    return f"{line[:1].lower()}{line[1:]}"


def _drills(sides: Sides, old: CuePack, new: CuePack) -> list[Difference]:
    was, now = (as_data(pack).get("drills") or {} for pack in (old, new))
    found = []
    for drill_id in dict.fromkeys([*was, *now]):
        if drill_id in was and drill_id in now:
            found += _fields(sides, "drills", was[drill_id], now[drill_id], f"the drill `{drill_id}`")
        else:
            drill = was.get(drill_id) or now.get(drill_id) or {}
            told = f"the drill `{drill_id}`: “{drill['say']}”"
            found.append(Difference("drills", sides.only(drill_id in was, told)))
    return found
