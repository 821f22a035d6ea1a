"""The format as a JSON Schema (draft-07: the YAML servers of editors know no newer), made from the loader's own shapes."""

from __future__ import annotations

from typing import Any, Final

DRAFT: Final = "http://json-schema.org/draft-07/schema#"


def json_schema() -> dict[str, Any]:
    """What `cued pack schema` prints. It knows shapes and words; names, lengths and sounds only `pack check` can judge."""
    from cued.packs.schema import Pack

    made = Pack.model_json_schema(by_alias=True)
    definitions = made.pop("$defs")
    whole = {"$schema": DRAFT, "title": "cued cue pack, format 1", **_mended(made, "Pack")}
    whole["title"] = "cued cue pack, format 1"
    whole["definitions"] = {name: _mended(part, name) for name, part in sorted(definitions.items())}
    return whole


def _mended(model: dict[str, Any], title: str) -> dict[str, Any]:
    """A map of the format as draft-07 says it, with its keys' hints."""
    from cued.packs.hints import hint_of

    mended = {key: _plain(value) for key, value in model.items() if key not in {"title", "properties"}}
    mended["properties"] = {}
    for key, value in model.get("properties", {}).items():
        hint = hint_of(title, key)
        shape = _plain(value)
        if hint is not None:
            default = f" Default: {hint.default}." if hint.default not in {"", "needed", "–"} else ""
            # Draft-07 looks at nothing beside a `$ref`, so it goes inside.
            shape = {"allOf": [shape]} if "$ref" in shape else shape
            shape["description"] = f"{hint.about[:1].upper()}{hint.about[1:]} ({hint.kind.replace('`', '')}).{default}"
        mended["properties"][key] = shape
    return mended


def _plain(value: Any) -> Any:  # noqa: ANN401 - walks JSON
    """Without what pydantic adds and draft-07, or the loader, does not have: titles, null, `$defs`, open maps of words."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: _plain(item) for key, item in value.items() if key not in {"title", "default", "discriminator"}}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = made["$ref"].replace("#/$defs/", "#/definitions/")
    if "anyOf" in made:
        branches = [branch for branch in made["anyOf"] if branch != {"type": "null"}]
        if len(branches) == 1:
            made.pop("anyOf")
            made |= branches[0]
        else:
            made["anyOf"] = branches
    if "patternProperties" in made:
        made["additionalProperties"] = False
    return made
