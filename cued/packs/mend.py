"""A pack file with its wrong words taken out or stood in for, so that the checks between words still see all the rest.

Nothing of it is ever run: it is made only for a file that will be refused, to tell all its problems at once.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from cued.packs import schema
from cued.yamlread import Document, Path
from cued.yamlread.misfits import path_of

_HEAD: Final[dict[str, Any]] = {
    "format": 1,
    "name": "unnamed",
    "version": "0.0.0",
    "title": "untitled",
    "language": "en",
    "license": "none",
}
_SEGMENT: Final[dict[str, Any]] = {"segment": "unnamed", "for": "open"}
_RULE: Final[dict[str, Any]] = {"when": {"asked": "cue"}, "next_segment": True}
_CUE: Final[dict[str, Any]] = {"say": "x"}


def mended(document: Document, error: ValidationError) -> tuple[schema.Pack, frozenset[Path]] | None:
    """What can be read of the pack, and the paths of what was taken out; None where too little is left."""
    if not isinstance(document.value, dict):
        return None
    value = _copy(document.value)
    touched = {path_of(line["loc"]) for line in error.errors(include_url=False, include_context=False, include_input=False)}
    try:
        for path in touched:
            _mend(value, path)
        return schema.Pack.model_validate(value), frozenset(touched)
    except (ValidationError, LookupError, TypeError):
        return None  # too much is wrong to say more


def _copy(value: Any) -> Any:  # noqa: ANN401 - walks YAML
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _mend(value: dict[str, Any], path: Path) -> None:
    head = str(path[0])
    if head in _HEAD:
        value[head] = _HEAD[head]
    elif head == "session" and (len(path) == 1 or not isinstance(value.get(head), list)):
        value[head] = [dict(_SEGMENT)]
    elif len(path) == 1 or not isinstance(value.get(head), dict | list):
        value.pop(head, None)
    elif head == "session":
        _mend_part(value[head], path[1:])
    elif head == "rules":
        _mend_item(value[head], path[1:], _RULE)
    elif head in {"cues", "drills"}:
        _mend_item(value[head], path[1:], _CUE)
    elif isinstance(value[head], dict):
        value[head].pop(path[1], None)
    else:
        value.pop(head)


def _mend_part(parts: Any, path: Path) -> None:  # noqa: ANN401 - walks YAML
    part = parts[path[0]]
    if isinstance(part, dict) and "segments" in part and len(path) > 1:
        if path[1] == "segments" and len(path) > 2:
            _mend_item(part["segments"], path[2:], _SEGMENT)
        else:
            part[str(path[1])] = {"repeat": 1, "segments": [_SEGMENT]}.get(str(path[1]))
            if part[str(path[1])] is None:
                part.pop(str(path[1]))
        return
    _mend_item(parts, path, _SEGMENT)


def _mend_item(items: Any, path: Path, stand_in: dict[str, Any]) -> None:  # noqa: ANN401 - walks YAML
    item = items[path[0]]
    if len(path) == 1 or not isinstance(item, dict):
        items[path[0]] = dict(stand_in)
        return
    key = str(path[1])
    item.pop(key, None)
    if key in stand_in and key != "next_segment":
        item[key] = stand_in[key]
