"""What does not fit a format's shape, as problems with place and mend: what pydantic found wrong, and what has no value."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from cued.errors import Problem
from cued.yamlread.document import Document, Path, Value
from cued.yamlread.quoting import clip, did_you_mean, quoted
from cued.yamlread.reader import MAX_PROBLEMS

TAG: Final = "?"
"""Begins the names of a union's branches in pydantic's paths: no word of a format begins so."""
MAX_HINTS: Final = 50
"""Unknown words of a file for which the nearest known one is searched: each search takes some 0.1 ms."""
_KEY: Final = "[key]"
"""Ends pydantic's path where a map's key is wrong, not its value."""
_NEEDED: Final = {
    "model_type": "a map `{…}`",
    "model_attributes_type": "a map `{…}`",
    "dict_type": "a map `{…}`",
    "list_type": "a list `[…]`",
    "too_short": "at least one entry",
}


def no_hint(_word: str) -> str:
    """Nothing is known of where a word might belong."""
    return ""


def nothing_else(_kind: str, _path: Path, _message: str) -> None:
    """No better message is known."""


def explain(
    error: ValidationError,
    document: Document,
    root: type[BaseModel],
    belongs: Callable[[str], str] = no_hint,
    instead: Callable[[str, Path, str], str | None] = nothing_else,
) -> list[tuple[Path, Problem]]:
    """The errors (the first `MAX_PROBLEMS`) as problems, with their paths; without those YAML has already complained of.

    `root` is the shape of the whole file; `belongs` says in a sentence where an unknown word fits that is near no known one.
    `instead` gives another message for pydantic's kind of error, its path and our message; an empty one: nothing is to be said.
    """
    found = []
    hints = 0
    for line in error.errors(include_url=False, include_context=False)[:MAX_PROBLEMS]:
        location = tuple(line["loc"])
        is_key = bool(location) and location[-1] == _KEY
        path = path_of(location)
        kind = line["type"]
        if kind == "missing":
            message = f"`{path[-1]}` is missing: add it"
            place: Path = path[:-1]
        else:
            place = path
            message = line["msg"]
        if kind == "extra_forbidden":
            is_key = True
            hints += 1
            message = _unknown(str(path[-1]), known_words(location[:-1], root), belongs if hints <= MAX_HINTS else None)
        elif kind in _NEEDED:
            message = f"{quoted(line['input'])} does not fit here: {_NEEDED[kind]} is needed"
            if kind == "too_short":
                message = "this is empty: write at least one entry, or remove the line"
        if document.is_broken(path) or line["input"] is None:
            continue  # YAML, or the search for empty values, has said it
        better = instead(kind, path, message) if path else None
        if better is not None:
            message = better
        if not message:
            continue
        # What the whole file lacks has no place.
        problem = document.problem(place, message, key=is_key) if place else Problem(1, 1, message)
        found.append((path, problem))
    return found


def empty_values(document: Document) -> list[Problem]:
    """Keys and list entries with nothing after them: YAML calls that null, and no word of the format may be null."""
    found = []
    waiting: list[tuple[Value, Path]] = [(document.value, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, dict):
            waiting += [(inner, (*path, key)) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(inner, (*path, number)) for number, inner in enumerate(value)]
        elif value is None and not document.is_broken(path):
            what = f"`{clip(str(path[-1]))}` has no value" if path and isinstance(path[-1], str) else "there is no value here"
            found.append(document.problem(path, f"{what}: write one, or remove it", key=True))
    return found


def path_of(location: Iterable[int | str]) -> Path:
    """Pydantic's location as a path of the document."""
    return tuple(step for step in location if step != _KEY and not (isinstance(step, str) and step.startswith(TAG)))


def _unknown(word: str, known: list[str], belongs: Callable[[str], str] | None) -> str:
    nearest = "" if belongs is None else did_you_mean(word, known) or belongs(word)
    return f"{quoted(word)} is not a word that fits here: there are {', '.join(known)}.{nearest}"


def known_words(location: tuple[int | str, ...], root: type[BaseModel]) -> list[str]:
    """The words of the map that stands at pydantic's `location` (branches of unions included as steps)."""
    here: Any = root
    for step in location:
        if isinstance(step, int):
            here = _inside(here)
        elif step.startswith(TAG):
            here = _branch(here, step)
        elif isinstance(here, type) and issubclass(here, BaseModel):
            fields = {(info.alias or name): info for name, info in here.model_fields.items()}
            here = fields[step].annotation
        else:
            here = _inside(here)
        here = _model(here)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return [info.alias or name for name, info in here.model_fields.items()]
    return []


def _bare(kind: Any) -> Any:  # noqa: ANN401 - walks type annotations
    """Without `Annotated` and `| None` around it."""
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            kind = typing.get_args(kind)[0]
            continue
        arguments = [argument for argument in typing.get_args(kind) if argument is not type(None)]
        if type(None) in typing.get_args(kind) and len(arguments) == 1:
            kind = arguments[0]
            continue
        return kind


def _model(kind: Any) -> Any:  # noqa: ANN401 - walks type annotations
    bare = _bare(kind)
    return bare if isinstance(bare, type) and issubclass(bare, BaseModel) else kind


def _inside(kind: Any) -> Any:  # noqa: ANN401 - walks type annotations
    """What a list or map holds."""
    arguments = typing.get_args(_bare(kind))
    return arguments[-1] if arguments else kind


def _branch(kind: Any, tag: str) -> Any:  # noqa: ANN401 - walks type annotations
    """The branch of a union that carries `tag`."""
    waiting = [kind]
    while waiting:
        candidate = waiting.pop()
        metadata = getattr(candidate, "__metadata__", ())
        if any(getattr(note, "tag", None) == tag for note in metadata):
            return candidate
        waiting.extend(typing.get_args(candidate))
    return kind
