"""Build hook: a built wheel carries the shipped packs and configurations inside the package, a checkout beside it."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = {"cue_packs": "cued/_cue_packs", "configs": "cued/_configs"}
"""Folder of the repository → its place in the wheel."""


class ShippedData(BuildHookInterface[Any]):
    """Adds `DATA` to real wheels only: an editable install would carry a copy that goes stale."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the build; `version` is "standard" or "editable"."""
        if version == "standard":
            build_data["force_include"].update(DATA)
