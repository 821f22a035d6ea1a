"""The format as a JSON Schema, made from the loader's own shapes."""

from __future__ import annotations

from typing import Any

from cued.yamlread.draft7 import DRAFT, plain


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

    mended = {key: plain(value) for key, value in model.items() if key not in {"title", "properties"}}
    mended["properties"] = {}
    for key, value in model.get("properties", {}).items():
        hint = hint_of(title, key)
        shape = plain(value)
        if hint is not None:
            default = f" Default: {hint.default}." if hint.default not in {"", "needed", "–"} else ""
            # Draft-07 looks at nothing beside a `$ref`, so it goes inside.
            shape = {"allOf": [shape]} if "$ref" in shape else shape
            shape["description"] = f"{hint.about[:1].upper()}{hint.about[1:]} ({hint.kind.replace('`', '')}).{default}"
        mended["properties"][key] = shape
    return mended
