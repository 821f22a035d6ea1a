"""The shape of a configuration file as pydantic and as a JSON Schema have it, made from `cued.config.settings`."""

from __future__ import annotations

from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, create_model

from cued.config.settings import OPTIONS, Option, Settings, options_of
from cued.yamlread import nearest
from cued.yamlread.draft7 import DRAFT, plain
from cued.yamlread.models import Read, Strict


def _model(part: type[Any]) -> type[BaseModel]:
    """The map of a part of the settings; every word of it may be left out."""
    shapes: dict[str, Any] = {}
    for name, (_, what, _) in options_of(part).items():
        shape = Annotated[Any, Read(what.kind.read, what.kind.schema)] if isinstance(what, Option) else _model(what)
        shapes[name] = (shape | None, None)
    return cast(type[BaseModel], create_model(part.__name__, __base__=Strict, **shapes))


SHAPE: Final = _model(Settings)
"""Of the whole file."""


def settings_of(words: BaseModel) -> Settings:
    """What the file says, over the defaults."""
    return cast(Settings, _part(Settings, words))


def _part(part: type[Any], words: BaseModel) -> object:
    given = {}
    for name, (attribute, what, _) in options_of(part).items():
        value = getattr(words, name)
        if value is not None:
            given[attribute] = value if isinstance(what, Option) else _part(what, value)
    return part(**given)


def belongs(word: str) -> str:
    """` It belongs under …` for the option of that name, or nearly that, in another part of the file; else nothing."""
    paths = {entry.path[-1]: entry.path for entry in reversed(OPTIONS)}
    near = nearest(word.replace("-", "_"), paths)
    if near is None:
        return ""
    path = paths[near]
    return f" `{near}` belongs {f'under `{path[0]}:`' if len(path) > 1 else 'at the left edge'}."


def json_schema() -> dict[str, Any]:
    """What `cued config schema` prints, for editors."""
    made = SHAPE.model_json_schema(by_alias=True)
    definitions = made.pop("$defs")
    whole = _described(made, Settings)
    parts = {what.__name__: what for _, what, _ in options_of(Settings).values() if not isinstance(what, Option)}
    return {
        "$schema": DRAFT,
        "title": "cued configuration",
        **whole,
        "definitions": {name: _described(definitions[name], part) for name, part in sorted(parts.items())},
    }


def _described(model: dict[str, Any], part: type[Any]) -> dict[str, Any]:
    """A map as draft-07 says it, with what there is to know of each option."""
    made = {key: plain(value) for key, value in model.items() if key not in {"title", "properties"}}
    made["properties"] = {}
    for name, (_, what, _) in options_of(part).items():
        shape = plain(model["properties"][name])
        if isinstance(what, Option):
            (shape["description"],) = (entry.described for entry in OPTIONS if entry.option is what)
        made["properties"][name] = shape
    return made
