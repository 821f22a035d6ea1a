"""What a coach probably meant where a word does not fit: said with the coach's own words, as they would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from cued.packs.hints import HINTS
from cued.packs.schema_when import TRIGGERS
from cued.packs.words import MAX_SAY
from cued.yamlread import Document, Path, clip, nearest, quoted
from cued.yamlread.readers import MAX_WORD
from cued.yamlread.scalars import scalar_text

_TAKES: Final = {
    "jitter": {"every"},
    "below": {"drift"},
    "by": {"rise"},
    "for": {"off_band", "drift", "rise", "pace_drop", "heart_rate_above"},
}
"""Words of `when` that are no trigger → the triggers they go with."""
_CHILDREN: Final = {
    "Pack": (("limits", "Limits"), ("metronome", "Metronome"), ("target", "Target"), ("band", "Band")),
    "Segment": (("metronome", "Metronome"), ("target", "Target"), ("band", "Band"), ("say", "SegmentSay")),
    "Rule": (("if", "If"), ("say", "SayTheme"), ("metronome", "Metronome")),
    "Cue": (("expect", "Expect"),),
}
"""Map → the maps inside it whose words are often written one level too high."""
_FIRST: Final = {
    "metronome": "mode",
    "target": "change",
    "band": "low",
    "expect": "cadence",
    "if": "surface",
    "limits": "min_gap",
}
"""Map → the word that a lone value in its place most probably belongs to."""
MAX_COMPARED: Final = 10_000
"""Cues that texts are compared with to find a near one: each takes some 10 µs."""
_SHOWN_ENTRIES: Final = 6
"""Of a map or list that a message repeats."""
_WORD: Final = re.compile(r"[^\W_][\w-]*")
_NO_LETTERS: Final = re.compile(r"[\W_]+")
_NAME_AND_LENGTH: Final = re.compile(r"([^\W\d_][\w-]*)[ :,]+(\d.*)")


class Instead:
    """The messages for one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._compared = 0
        self._by_text: dict[str, str] | None = None

    def __call__(self, kind: str, path: Path, message: str) -> str | None:
        """What to say of pydantic's error of that `kind` at `path`: None leaves `message`, an empty text says nothing."""
        if kind == "missing":
            return self._missing(path)
        if kind == "extra_forbidden":
            return self._misplaced(path)
        value = self._at(path)
        if kind in {"model_type", "dict_type", "list_type"}:
            return _wrong_shape(path, value, self._cue_for)
        return self._unfit(path, value, message) if kind == "cued" else None

    def _at(self, path: Path) -> Any:  # noqa: ANN401 - walks YAML
        value: Any = self.document.value
        try:
            for step in path:
                value = value[step]
        except (LookupError, TypeError):
            return None
        return value

    def _cue_for(self, text: str) -> str | None:
        """The cue that has this text, or nearly this id."""
        cues = self._at(("cues",))
        if not isinstance(cues, dict):
            return None
        if self._by_text is None:
            said = ((cue_id, cue.get("say")) for cue_id, cue in cues.items() if isinstance(cue, dict))
            self._by_text = {_folded(say): cue_id for cue_id, say in said if isinstance(say, str)}
        found = self._by_text.get(_folded(text))
        self._compared += len(cues)
        return nearest(_slug(text), cues) if found is None and self._compared <= MAX_COMPARED else found

    # --- a key that is not there, or where it should not be ---

    def _missing(self, path: Path) -> str | None:
        holder = self._at(path[:-1])
        if path[-1] == "when" and isinstance(holder, dict) and any(_is_trigger(key, holder[key]) for key in holder):
            return ""  # the trigger beside it is told where it belongs
        if len(path) > 2 and path[-2] == "when" and isinstance(holder, dict):
            rule = self._at(path[:-2])
            if path[-1] in rule or (path[-1] == "for" and any(_held(key, holder[key]) for key in holder)):
                return ""
        if path[-1] == "segment" and isinstance(holder, dict):
            meant = _segment_of(holder)
            if meant:
                return f"`segment` is missing: write `{meant}`"
        return None

    def _misplaced(self, path: Path) -> str | None:
        holder, key = self._at(path[:-1]), str(path[-1])
        if not isinstance(holder, dict):
            return None
        value = holder.get(key)
        if path[0] == "rules" and len(path) == 3:
            told = _in_rule(holder, key, value)
            return _in_child("Rule", holder, key, value) if told is None else told
        if path[0] == "rules" and len(path) == 4 and path[2] == "when" and key in HINTS["Rule"]:
            rest = _flow({word: inner for word, inner in holder.items() if word != key})
            return f"`{key}` stands beside `when`, not in it: write `when: {rest}, {key}: {_flow(value)}`"
        if path[0] == "session" and len(path) in {3, 5}:
            if holder.keys().isdisjoint({"segment", "repeat"}) and key == _own_name(holder) and _segment_of(holder):
                return ""  # told as the segment's missing name
            return None if "repeat" in holder or key == "for" else _in_child("Segment", holder, key, value)
        if path[0] == "cues" and len(path) == 3:
            return _in_child("Cue", holder, key, value)
        return _in_child("Pack", holder, key, value) if len(path) == 1 else None

    # --- a value that does not fit ---

    def _unfit(self, path: Path, value: Any, message: str) -> str | None:  # noqa: ANN401 - whatever stood in the file
        if path[0] == "session" and len(path) == 2 and "Did you mean" not in message:
            meant = _segment_of(value)
            if isinstance(value, str) and meant:
                return f"{quoted(value)} needs its words and braces: write `{meant}`"
            return f"{message} Did you mean `{meant}`?" if meant else None
        if not isinstance(value, str):
            return None
        if (path[0], *path[2:]) == ("rules", "say") or (path[0] == "session" and path[-2:-1] == ("say",)):
            return self._text_for_id(str(path[-1]), value)
        if path[0] == "rules" and path[2:3] == ("when",):
            if len(path) == 3:
                trigger, _, rest = value.replace(":", " ").partition(" ")
                return (
                    f"{quoted(value)} needs braces: write `when: {_flow(_split(trigger, rest))}`"
                    if trigger in TRIGGERS
                    else None
                )
            if _held(str(path[3]), value):
                return f"{quoted(value)} says two things: did you mean `{_flow(_split(str(path[3]), value))}`?"
        return None

    def _text_for_id(self, key: str, value: str) -> str | None:
        if _WORD.fullmatch(value.strip()) or not any(char.isalnum() for char in value):
            return None
        cue_id = self._cue_for(value)
        if cue_id is not None:
            return f"{quoted(value)} is a text, and a cue's id belongs here. Did you mean `{key}: {clip(cue_id)}`?"
        return (
            f"{quoted(value)} is a text, and a cue's id belongs here: write `{key}: {_slug(value)}`, "
            f"and under `cues:` {_new_cue(value)}"
        )


# --- misplaced keys ------------------------------------------------------------------------------------------------


def _is_trigger(key: str, value: object) -> bool:
    """Whether the entry is a trigger; `segment: tempo` and `surface: grass` are not."""
    if key in {"run", "segment"}:
        return value in ("start", "end")
    return value == "change" if key == "surface" else key in TRIGGERS


def _in_rule(rule: dict[str, Any], key: str, value: object) -> str | None:
    when = rule.get("when")
    if _is_trigger(key, value):
        return _trigger_in_rule(rule, key, value)
    if key in _TAKES:
        if "when" not in rule:
            return "" if any(_is_trigger(word, rule[word]) for word in rule) else None
        trigger = next((word for word in when if word in TRIGGERS), "") if isinstance(when, dict) else ""
        if trigger in _TAKES[key]:
            return f"`{key}` belongs into `when`: write `when: {_flow({**(when or {}), key: value})}`"
        return None
    if key == "segment":
        return f"a rule names its segments with `in`: write `in: {_flow(value)}`"
    return None


def _trigger_in_rule(rule: dict[str, Any], key: str, value: object) -> str:
    if "when" in rule or key != next(word for word in rule if _is_trigger(word, rule[word])):
        return f"`{key}` is a second trigger: write a rule for each, this one with `when: {_flow({key: value})}`"
    beside = {word: rule[word] for word in rule if key in _TAKES.get(word, ())}
    parts = _split(key, value) if isinstance(value, str) and _held(key, value) else {key: value}
    return f"`{key}` belongs into `when`: write `when: {_flow({**parts, **beside})}`"


def _in_child(name: str, holder: dict[str, Any], key: str, value: object) -> str | None:
    for word, child in _CHILDREN[name]:
        if key in HINTS[child] and key != "for":
            inside = holder.get(word)
            whole = {**inside, key: value} if isinstance(inside, dict) else {key: value}
            return f"`{key}` belongs into `{word}`: write `{word}: {_flow(whole)}`"
    return None


def _held(trigger: str, value: object) -> bool:
    """Whether the value of a trigger holds its `for`, too: `low for 20 s`."""
    return isinstance(value, str) and trigger in _TAKES["for"] and " for " in value


def _split(trigger: str, text: str) -> dict[str, Any]:
    """`low for 20 s` as the two entries it should be."""
    if not _held(trigger, text):
        return {trigger: text.strip()}
    head, _, tail = text.partition(" for ")
    return {trigger: head.strip(), "for": tail.strip()}


# --- wrong shapes --------------------------------------------------------------------------------------------------


def _wrong_shape(path: Path, value: Any, cue_for: Callable[[str], str | None]) -> str | None:  # noqa: ANN401 - whatever stood in the file
    key = str(path[-1])
    if path[0] in {"cues", "drills"} and len(path) == 1:
        each = "cue" if key == "cues" else "drill"
        item = value[0] if isinstance(value, list) and value else value
        return f"each {each} begins with an id of your choice, without a dash: write `{key}:`, and further in {_new_cue(item)}"
    if path[0] in {"cues", "drills"} and len(path) == 2:
        return f"{quoted(value)} needs the word `say` and braces: write {_new_cue(value, key)}"
    if path[0] in {"rules", "session"} and len(path) == 1:
        each, usual = (
            ("rule", "{when: {every: 5 min}, say: ID}") if key == "rules" else ("segment", "{segment: run, for: 9 min}")
        )
        shown = _flow(value) if isinstance(value, dict) and ("when" in value or "segment" in value) else usual
        return f"a list `[…]` is needed here: begin each {each} with a dash, such as `- {shown}`"
    if path[0] == "session" and key == "say" and isinstance(value, str):
        known = value if _WORD.fullmatch(value) else cue_for(value)
        new = "" if known else f", and under `cues:` {_new_cue(value)}"
        return f"{quoted(value)} needs to know when: write `say: {{start: {clip(known or _slug(value))}}}` (or `end`){new}"
    if key in _FIRST and not isinstance(value, dict | list):
        entries = (
            {"basis": "fixed", "spm": value} if key == "target" and isinstance(value, int | float) else {_FIRST[key]: value}
        )
        return f"{quoted(value)} needs its word and braces: write `{key}: {_flow(entries)}`"
    return None


def _segment_of(value: Any) -> str:  # noqa: ANN401 - whatever stood in the file
    """The segment that `warmup: 10 min` or `warmup 10 min` was probably meant to be; empty where nothing says so."""
    if isinstance(value, str):
        found = _NAME_AND_LENGTH.fullmatch(value.strip())
        return _flow({"segment": found[1], "for": found[2]}) if found else ""
    if not isinstance(value, dict):
        return ""
    name = _own_name(value)
    length = value.get(name)
    if not name or not (isinstance(length, dict) or (isinstance(length, str) and length[:1].isdigit())):
        return ""
    inner = length if isinstance(length, dict) else {"for": length}
    return _flow({"segment": name, **inner, **{key: value[key] for key in value if key in HINTS["Segment"]}})


def _own_name(segment: dict[str, Any]) -> str:
    """The first key of a segment that is none of the format's."""
    return next((key for key in segment if key not in HINTS["Segment"] and _WORD.fullmatch(key)), "")


def _new_cue(item: Any, cue_id: str = "") -> str:  # noqa: ANN401 - whatever stood in the file
    """A line of `cues` in backticks, with what the coach wrote."""
    if isinstance(item, dict) and len(item) == 1 and "say" not in item:
        cue_id, item = next(iter(item.items()))
    words = dict(item) if isinstance(item, dict) else {"say": "…" if isinstance(item, list) or item is None else str(item)}
    given = next((words.pop(key) for key in ("id", "name", "cue") if key in words), "")
    cue_id = cue_id or _slug(str(given or words.get("say", "")))
    return f"`{clip(cue_id)}: {_flow(words)}`"


def _folded(text: str) -> str:
    """The words of a text, whatever their case and signs."""
    return " ".join(_NO_LETTERS.sub(" ", text[:MAX_SAY].casefold()).split())


def _slug(text: str) -> str:
    """An id for a text: its first words."""
    return "-".join(_folded(text).split()[:3])[:MAX_WORD] or "my-cue"


def _flow(value: Any, depth: int = 0) -> str:  # noqa: ANN401 - walks YAML
    """A value in one line of YAML, short."""
    if isinstance(value, dict | list) and depth > 1:
        return "…"
    if isinstance(value, dict):
        shown = [f"{clip(key)}: {_flow(inner, depth + 1)}" for key, inner in list(value.items())[:_SHOWN_ENTRIES]]
        return "{" + ", ".join(shown + ["…"] * (len(value) > _SHOWN_ENTRIES)) + "}"
    if isinstance(value, list):
        shown = [_flow(inner, depth + 1) for inner in value[:_SHOWN_ENTRIES]]
        return "[" + ", ".join(shown + ["…"] * (len(value) > _SHOWN_ENTRIES)) + "]"
    return "…" if value is None else scalar_text(clip(value) if isinstance(value, str) else value)
