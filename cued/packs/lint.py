"""What holds between the words of a pack: names that exist, lengths that fit, cues that can be said in time."""

from __future__ import annotations

from itertools import islice
from typing import Final

from cued.core.cues import CuePack, ForDistance, Open, PlaySound, Remainder, Repeat, SayCue, SayTheme, Segment
from cued.errors import Problem
from cued.packs.absolute import check_absolute
from cued.packs.build import Built
from cued.packs.never import check_nudges, check_rules, total_ns_of
from cued.packs.overlay import Notes
from cued.packs.sounds import SoundFiles
from cued.packs.unsure import Unsure, unsure
from cued.yamlread import Path, clip, did_you_mean, nearest, quoted
from cued.yamlread.misfits import MAX_HINTS
from cued.yamlread.quantities import distance_text, time_text

MAX_WORDS: Final = 8
"""Of a cue: more is not taken in between two breaths (the format's limit for lint)."""
MAX_SEGMENTS: Final = 500
"""Of a session, repeats unrolled (the format's limit)."""
SHORTEST_M: Final = 50.0
"""Of a segment by distance that nobody doubts: it takes a runner some 15 s, and less was probably to be minutes."""

_DEEP: Final = frozenset({("session",), ("cues",), ("target",), ("band",), ("metronome",), ("fade",), ("limits",)})
"""Where a wrong word leaves open what limits and beats come to."""
_SPEAKING: Final = frozenset({("session",), ("cues",), ("rules",)})
"""Where a wrong word leaves open which cues and sounds are heard."""
_TITLED: Final = frozenset({("title",), ("title_in",), ("language",)})
"""Where a wrong word leaves open in which languages the title is."""


def check_names(built: Built, notes: Notes, open_: Unsure) -> None:
    """Every cue, theme, segment and drill that the pack names must be in it."""
    pack = built.pack
    cue_ids = dict.fromkeys(cue.id for cue in pack.cues)
    themes = dict.fromkeys(cue.theme for cue in pack.cues if cue.theme is not None)
    segments = dict.fromkeys(sorted(open_.names or ()) if open_.segments else (segment.name for segment in pack.segments()))
    drills = dict.fromkeys(drill.id for drill in pack.drills)
    for rule in pack.rules:
        path = built.rule_paths[rule.id]
        for action in rule.then:
            if isinstance(action, SayCue) and not open_.cues:
                place = path if rule.segment_index is not None else (*path, "say")
                _known("cue", action.cue, cue_ids, place, notes)
            elif isinstance(action, SayTheme) and not open_.themes:
                _known("theme", action.theme, themes, (*path, "say", "theme"), notes)
        if open_.session or open_.names is None:
            continue
        for word, names in (("in", rule.only_in), ("not_in", rule.not_in)):
            for number, name in enumerate(names):
                place = (*path, word, number)
                _known("segment", name, segments, place if place in notes.document.values else place[:-1], notes)
    for segment in pack.segments() if not open_.drills else ():
        for number, drill in enumerate(segment.drills):
            _known("drill", drill, drills, (*built.segment_paths[segment.index], "drills", number), notes)


def _known(kind: str, name: str, known: dict[str, None], path: Path, notes: Notes) -> None:
    if name not in known:
        if len(notes.problems) > MAX_HINTS:
            notes.add(path, f"there is no {kind} {quoted(name)}")
            return
        there_are = f"there are {', '.join(islice(known, 12))}" if known else f"the pack has no {kind}s"
        where = {"cue": "`cues`", "theme": "a cue's `theme`", "segment": "`session`", "drill": "`drills`"}[kind]
        hint = did_you_mean(name, known)
        notes.add(path, f"there is no {kind} {quoted(name)}: {there_are}; or add it to {where}.{hint}")


def check_session(pack: CuePack, notes: Notes, open_: Unsure) -> None:
    """One elastic part at most, and not too many segments."""
    elastic: list[tuple[Path, str]] = []
    total = 0
    for number, part in enumerate(pack.session):
        path: Path = ("session", number)
        if isinstance(part, Segment):
            total += 1
            if isinstance(part.length, Remainder):
                elastic.append(((*path, "for"), "remainder"))
            continue
        total += (part.times or 1) * len(part.segments)
        if part.times is None:
            elastic.append(((*path, "repeat"), "fill"))
        if open_.segments.isdisjoint(segment.index for segment in part.segments):
            _check_round(part, path, notes)
    for path, word in elastic[1:]:
        first, first_word = elastic[0]
        line = notes.document.place(first).line
        notes.add(path, f"`{word}` is the second part that fills the run (`{first_word}` in line {line}): only one can")
    if total > MAX_SEGMENTS:
        notes.add(("session",), f"the session has {total} segments with its repeats written out: at most {MAX_SEGMENTS}")


def _check_round(part: Repeat, path: Path, notes: Notes) -> None:
    for inner, segment in enumerate(part.segments):
        place = (*path, "segments", inner, "for")
        if isinstance(segment.length, Remainder):
            notes.add(place, "a repeat cannot hold `remainder`, since its first round would take all: write a time")
    if part.times is None and all(isinstance(s.length, Open) or s.optional for s in part.segments):
        notes.add(
            (*path, "repeat"), "`fill` needs a segment with a length (not open, not optional): nothing says how many rounds fit"
        )


def check_lengths(built: Built, notes: Notes) -> None:
    """Metres where minutes were probably meant."""
    for segment in built.pack.segments():
        length = segment.length
        if isinstance(length, ForDistance) and length.m < SHORTEST_M:
            shown = distance_text(length.m)
            number = shown.split()[0]
            message = f"`{shown}` is run in some seconds: `m` is metres; minutes are `min`, such as `for: {number} min`"
            notes.add((*built.segment_paths[segment.index], "for"), message, warning=True)


def check_cues(pack: CuePack, notes: Notes) -> None:
    """Cues short enough to be taken in while running."""
    for cue in pack.cues:
        for path, text in (
            (("cues", cue.id, "say"), cue.say),
            *((("cues", cue.id, "say_in", code), said) for code, said in cue.say_in),
        ):
            count = len(text.split()) if text else 0
            if count > MAX_WORDS:
                notes.add(path, f"{count} words are hard to take in while running: say it in {MAX_WORDS}", warning=True)
        for code, _ in cue.say_in:
            _check_other(code, pack, "say", ("cues", cue.id, "say_in", code), notes)


def check_titles(pack: CuePack, notes: Notes) -> None:
    """A title in every language that is spoken: it is heard before the run, and in the menu of packs."""
    for word, texts in (("title", pack.title_in), ("summary", pack.summary_in)):
        for code, _ in texts:
            _check_other(code, pack, word, (f"{word}_in", code), notes)
    if any(path[:1] in _TITLED for path in notes.touched):
        return
    said_in = [*(cue.say_in for cue in pack.cues), *(drill.say_in for drill in pack.drills)]
    for code in dict.fromkeys(code for others in said_in for code, _ in others):
        if code != pack.language and code not in dict(pack.title_in):
            message = f"its texts are also in `{code}`, and its title, which is heard, is not: add `title_in: {{{code}: …}}`"
            notes.add(("title",), message, warning=True)


def _check_other(code: str, pack: CuePack, word: str, path: Path, notes: Notes) -> None:
    if code == pack.language:
        notes.add(path, f"`{code}` is the pack's own language: its text is `{word}`, so remove this one", warning=True)


def check_heard(pack: CuePack, notes: Notes) -> None:
    """Cues that no rule says."""
    if any(path[:1] in _SPEAKING for path in notes.touched):
        return
    actions = [action for rule in pack.rules for action in rule.then]
    said = {action.cue for action in actions if isinstance(action, SayCue)}
    themes = {action.theme for action in actions if isinstance(action, SayTheme)}
    if not (said <= {cue.id for cue in pack.cues} and themes <= {cue.theme for cue in pack.cues}):
        return  # the name that does not exist was probably to be one of these
    for cue in pack.cues:
        if cue.id not in said and (cue.theme is None or cue.theme not in themes):
            message = (
                f"no rule says this cue: add one, such as `- {{when: {{every: 5 min}}, say: {cue.id}}}`, or remove the cue"
            )
            notes.add(("cues", cue.id), message, warning=True, key=True)


def check_strays(pack: CuePack, files: SoundFiles, notes: Notes) -> None:
    """Sounds in the folder that nothing plays."""
    if any(path[:1] in _SPEAKING for path in notes.touched):
        return
    ids = dict.fromkeys(cue.id for cue in pack.cues)
    voices = {cue.id: cue.voice_file for cue in pack.cues if cue.voice_file is not None}
    for name in [name for name in files.names() if name not in pack.sounds][:MAX_HINTS]:
        stem, _, suffix = name.rpartition(".")
        near = stem if stem in voices else nearest(stem, ids)
        if near is not None and stem in voices:
            message = f"{quoted(name)} is never heard, since {quoted(voices[stem])} is this cue's voice: remove one of the two"
        elif near is not None and near not in voices:
            message = f"{quoted(name)} is no cue's voice: did you mean `{clip(near)}.{suffix}`, for this cue?"
        else:
            message = f"nothing plays {quoted(name)}: name it as a cue to be its voice, or remove it"
            notes.problems.append(Problem(1, 1, message, warning=True))
            continue
        notes.add(("cues", near), message, warning=True, key=True)


def check_sounds(pack: CuePack, built: Built, files: SoundFiles | None, notes: Notes) -> None:
    """Every sound file must be there, inside the folder, and short."""
    places: dict[str, Path] = {}
    for cue in pack.cues:
        if cue.sound is not None:
            places.setdefault(cue.sound, ("cues", cue.id, "sound"))
        if cue.voice_file is not None:
            places.setdefault(cue.voice_file, ("cues", cue.id))
    for rule in pack.rules:
        for action in rule.then:
            if isinstance(action, PlaySound):
                places.setdefault(action.sound, (*built.rule_paths[rule.id], "play"))
    all_right = True
    for name, path in places.items():
        if files is None:
            message = f"a pack of a single file has no sounds: put it into a folder as pack.yaml, beside {quoted(name)}"
            notes.add(path, message)
            continue
        wrong = files.problem(name)
        if wrong is not None:
            all_right = False
            notes.add(path, wrong)
    if files is not None and all_right:  # else one of the others was probably meant
        check_strays(pack, files, notes)


def check_plan(pack: CuePack, notes: Notes) -> None:
    """Weeks in rising order."""
    advance = pack.advance
    given = [("min", advance.weeks_min), ("usual", advance.weeks_usual), ("max", advance.weeks_max)]
    last: tuple[str, int] | None = None
    for word, weeks in given:
        if weeks is None:
            continue
        if last is not None and weeks < last[1]:
            notes.add(("weeks", word), f"`{word}` is less than `{last[0]}`: the weeks must rise from min to max")
        last = (word, weeks)


def check_bands(built: Built, notes: Notes) -> None:
    """A band that can be entered again once it has been left."""
    pack = built.pack
    seen: set[Path] = set()
    for path, band in ((("band",), pack.band), *(((*built.segment_paths[s.index], "band"), s.band) for s in pack.segments())):
        if band.hysteresis >= band.low + band.high and (path == ("band",) or band != pack.band) and path not in seen:
            seen.add(path)
            message = "`hysteresis` is as wide as the band itself, so nobody could come back into it: make it smaller"
            notes.add((*path, "hysteresis"), message)


def check_limits(pack: CuePack, notes: Notes) -> None:
    """Limits that leave no cue but safety's and the segments' own."""
    limits, total_ns = pack.limits, total_ns_of(pack)
    if not pack.rules:
        return
    for word, value in (("per_run", limits.per_run), ("per_minute", limits.per_minute)):
        if value == 0:
            notes.add(("limits", word), f"`{word}: 0` keeps every cue silent but those of segments and safety", warning=True)
    if total_ns is not None and limits.quiet_start_ns + limits.quiet_end_ns >= total_ns:
        word = "quiet_start" if limits.quiet_start_ns else "quiet_end"
        message = f"the session lasts {time_text(total_ns)}, and all of it is quiet: only cues of segments and safety are heard"
        notes.add(("limits", word), message, warning=True)


def lint(built: Built, files: SoundFiles | None, notes: Notes) -> None:
    """Every check of a whole pack; problems and warnings go to `notes`."""
    pack = built.pack
    open_ = unsure(built, notes)
    check_names(built, notes, open_)
    check_session(pack, notes, open_)
    check_lengths(built, notes)
    check_absolute(built, notes)
    check_cues(pack, notes)
    check_titles(pack, notes)
    check_sounds(pack, built, files, notes)
    check_heard(pack, notes)
    check_plan(pack, notes)
    check_bands(built, notes)
    if len(built.segment_paths) <= MAX_SEGMENTS:  # more are a problem already, and take long
        check_rules(built, notes, open_)
    if not any(path[:1] in _DEEP for path in notes.touched):  # else they would judge what is not there
        check_limits(built.pack, notes)
        check_nudges(built, notes)
