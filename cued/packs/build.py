"""From the words of a pack to a `CuePack`: defaults laid over, segments numbered, short forms written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cued.core import cues
from cued.core.drills import set_ns
from cued.packs import schema, schema_parts
from cued.packs.overlay import Notes, band_over, fade_of, limits_of, metronome_over, target_over
from cued.packs.triggers import trigger_of
from cued.yamlread import Path


@dataclass(slots=True)
class Built:
    """A pack, and what is needed to say where each of its parts stands in the file."""

    pack: cues.CuePack
    segment_paths: dict[int, Path] = field(default_factory=dict)
    """`Segment.index` → path."""
    rule_paths: dict[str, Path] = field(default_factory=dict)
    """`Rule.id` → path."""


def build(words: schema.Pack, notes: Notes, voices: Mapping[str, str]) -> Built:
    """The pack of `words`, its problems in `notes`; `voices` maps a cue's id to the file that is its voice."""
    return _Builder(words, notes, voices).build()


class _Builder:
    def __init__(self, words: schema.Pack, notes: Notes, voices: Mapping[str, str]) -> None:
        self.words = words
        self.notes = notes
        self.voices = voices
        self.segment_paths: dict[int, Path] = {}
        self.rule_paths: dict[str, Path] = {}
        self.metronome = metronome_over(cues.Metronome(), words.metronome, ("metronome",), self.notes)
        self.target = target_over(cues.Target(), words.target, ("target",), self.notes)
        self.band = band_over(cues.Band(), words.band)
        self.drills = tuple(_drill(drill_id, drill) for drill_id, drill in (words.drills or {}).items())

    def build(self) -> Built:
        words = self.words
        session = self._session()
        pack = cues.CuePack(
            name=words.name,
            version=words.version,
            title=words.title,
            language=words.language,
            license=words.license,
            session=session,
            phase=words.phase,
            authors=tuple(words.authors or ()),
            summary=words.summary or "",
            sources=tuple(cues.Source(source.cite, source.says or "") for source in words.sources or ()),
            target=self.target,
            band=self.band,
            fade=fade_of(words.fade),
            limits=limits_of(words.limits),
            metronome=self.metronome,
            cues=tuple(self._cue(cue_id, cue) for cue_id, cue in (words.cues or {}).items()),
            rules=(*self._segment_rules(), *self._rules()),
            drills=self.drills,
            advance=_advance(words),
            title_in=tuple((words.title_in or {}).items()),
            summary_in=tuple((words.summary_in or {}).items()),
        )
        pack = replace(pack, sounds=_sounds(pack))
        return Built(pack, self.segment_paths, self.rule_paths)

    def _session(self) -> tuple[cues.SessionPart, ...]:
        parts: list[cues.SessionPart] = []
        index = 0
        for number, part in enumerate(self.words.session):
            path: Path = ("session", number)
            if isinstance(part, schema.Segment):
                parts.append(self._segment(part, index, path))
                index += 1
                continue
            segments = []
            for inner, segment in enumerate(part.segments):
                segments.append(self._segment(segment, index, (*path, "segments", inner)))
                index += 1
            parts.append(cues.Repeat(part.repeat, tuple(segments)))
        return tuple(parts)

    def _segment(self, words: schema.Segment, index: int, path: Path) -> cues.Segment:
        self.segment_paths[index] = path
        return cues.Segment(
            index=index,
            name=words.segment,
            length=self._length(words, path),
            theme=words.theme,
            coach=words.coach or cues.Coach.NORMAL,
            metronome=metronome_over(self.metronome, words.metronome, (*path, "metronome"), self.notes),
            target=target_over(self.target, words.target, (*path, "target"), self.notes),
            band=band_over(self.band, words.band),
            surface=words.surface,
            effort=words.effort,
            record=words.record,
            optional=bool(words.optional),
            starts_on_press=words.starts is not None,
            drills=tuple(words.drills or ()),
        )

    def _length(self, words: schema.Segment, path: Path) -> cues.Length:
        if words.for_ is not None:
            return words.for_
        if not words.drills:
            self.notes.add(path, f"segment `{words.segment}` has no length: add `for`, such as `for: 10 min`")
            return cues.Open()
        by_id = {drill.id: drill for drill in self.drills}
        found: list[cues.Drill] = []
        for number, drill_id in enumerate(words.drills):
            drill = by_id.get(drill_id)
            if drill is None:
                return cues.Open()  # an unknown drill is a problem of its own
            if drill.for_ns is None:
                message = f"drill `{drill_id}` has no length, so neither has this segment: add `for` to one of the two"
                self.notes.add((*path, "drills", number), message)
                return cues.Open()
            found.append(drill)
        return cues.ForTime(set_ns(found))

    def _cue(self, cue_id: str, words: schema_parts.Cue) -> cues.Cue:
        path: Path = ("cues", cue_id)
        if words.say is None and words.sound is None:
            self.notes.add(path, f"cue `{cue_id}` has nothing to say or play: add `say` or `sound`")
        if words.say is not None and words.sound is not None:
            self.notes.add((*path, "sound"), f"cue `{cue_id}` has both `say` and `sound`: remove one of the two")
        if words.sound is not None and words.say_in:
            self.notes.add((*path, "say_in"), f"cue `{cue_id}` is a sound, which has no language: remove `say_in`")
        return cues.Cue(
            id=cue_id,
            say=words.say,
            sound=words.sound,
            kind=words.kind or cues.CueKind.VERBAL,
            focus=words.focus or cues.Focus.EXTERNAL,
            theme=words.theme,
            priority=words.priority,
            praise=bool(words.praise),
            expect=words.expect.cadence if words.expect else None,
            loads=words.loads,
            say_in=tuple((words.say_in or {}).items()),
            voice_file=self.voices.get(cue_id) if words.say is not None else None,
        )

    def _segment_rules(self) -> list[cues.Rule]:
        rules = []
        for index, path in self.segment_paths.items():
            part = self.words.session[int(path[1])]
            segment = part.segments[int(path[3])] if isinstance(part, schema.Repeat) else part
            if segment.say is None:
                continue
            moments = (("start", segment.say.start, cues.SegmentStart()), ("end", segment.say.end, cues.SegmentEnd()))
            if all(cue is None for _, cue, _ in moments):
                self.notes.add((*path, "say"), "`say` is empty: write `start: CUE` or `end: CUE`")
            for word, cue, trigger in moments:
                if cue is not None:
                    rule_id = f"{_id_of(path)}.say.{word}"
                    self.rule_paths[rule_id] = (*path, "say", word)
                    rules.append(cues.Rule(rule_id, trigger, (cues.SayCue(cue),), segment_index=index))
        return rules

    def _rules(self) -> list[cues.Rule]:
        rules = []
        for number, words in enumerate(self.words.rules or ()):
            path: Path = ("rules", number)
            rule_id = f"rules[{number}]"
            self.rule_paths[rule_id] = path
            condition = words.if_ or schema.If()
            if words.in_ and words.not_in and not _without(words.in_, words.not_in):
                self.notes.add((*path, "not_in"), "`not_in` takes away every segment that `in` names: remove one of the two")
            actions = self._actions(words, path)
            if not actions:
                self.notes.add(path, "the rule does nothing: add `say`, `play`, `metronome`, `end_cues` or `next_segment`")
            rules.append(
                cues.Rule(
                    id=rule_id,
                    when=trigger_of(words.when, (*path, "when"), self.notes),
                    then=actions,
                    only_in=_without(words.in_, words.not_in) or words.in_ or (),
                    not_in=() if words.in_ else words.not_in or (),
                    surface=condition.surface,
                    effort=condition.effort,
                    session_at_least=condition.session_at_least,
                    bursts_at_least=condition.bursts_at_least,
                    at_most=words.at_most,
                    at_most_each=words.at_most_each,
                    cooldown_ns=words.cooldown or 0,
                    priority=words.priority,
                ),
            )
        return rules

    def _actions(self, words: schema.Rule, path: Path) -> tuple[cues.Action, ...]:
        actions: list[cues.Action] = []
        if words.say is not None and words.play is not None:
            self.notes.add((*path, "play"), "`say` and `play` would be heard at once: write a rule for each")
        if isinstance(words.say, schema.SayTheme):
            actions.append(cues.SayTheme(words.say.theme, words.say.choose or cues.Choose.ROTATE))
        elif words.say is not None:
            actions.append(cues.SayCue(words.say))
        if words.play is not None:
            actions.append(cues.PlaySound(words.play))
        if words.metronome is not None:
            actions.append(cues.SetMetronome(metronome_over(self.metronome, words.metronome, (*path, "metronome"), self.notes)))
        if words.end_cues:
            actions.append(cues.EndCues())
        if words.next_segment:
            actions.append(cues.NextSegment())
        return tuple(actions)


def _without(names: tuple[str, ...] | None, but: tuple[str, ...] | None) -> tuple[str, ...]:
    """What `in` names and `not_in` leaves."""
    return tuple(name for name in names or () if name not in (but or ()))


def _id_of(path: Path) -> str:
    return f"session[{path[1]}]" if len(path) == 2 else f"session[{path[1]}].segments[{path[3]}]"


def _drill(drill_id: str, words: schema_parts.Drill) -> cues.Drill:
    return cues.Drill(
        id=drill_id,
        say=words.say,
        for_ns=words.for_,
        reps=words.reps or 1,
        rest_ns=words.rest or 0,
        both_sides=words.sides is not None,
        beat_mspm=words.beat,
        needs=words.needs,
        loads=words.loads,
        say_in=tuple((words.say_in or {}).items()),
    )


def _advance(words: schema.Pack) -> cues.Advance:
    weeks = words.weeks or schema.Weeks()
    per_week = words.per_week or schema.PerWeek()
    advance = words.advance or schema.Advance()
    return cues.Advance(
        weeks_min=weeks.min,
        weeks_usual=weeks.usual,
        weeks_max=weeks.max,
        per_week_cue=per_week.cue,
        per_week_plain=per_week.plain,
        cue_sessions=advance.cue_sessions,
        in_band=advance.in_band,
        retention=advance.retention,
        pain_at_most=advance.pain_at_most,
    )


def _sounds(pack: cues.CuePack) -> tuple[str, ...]:
    """Every file that the pack plays, each once, in file order."""
    files: dict[str, None] = {}
    for cue in pack.cues:
        for name in (cue.sound, cue.voice_file):
            if name is not None:
                files[name] = None
    for rule in pack.rules:
        for action in rule.then:
            if isinstance(action, cues.PlaySound):
                files[action.sound] = None
    return tuple(files)
