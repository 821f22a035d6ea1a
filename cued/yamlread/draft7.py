"""What pydantic makes of a format as a JSON Schema of draft-07: the YAML servers of editors know no newer."""

from __future__ import annotations

from typing import Any, Final

DRAFT: Final = "http://json-schema.org/draft-07/schema#"


def plain(value: Any) -> Any:  # noqa: ANN401 - walks JSON
    """Without what pydantic adds and draft-07, or the loader, does not have: titles, null, `$defs`, open maps of words."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: plain(item) for key, item in value.items() if key not in {"title", "default", "discriminator"}}
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
