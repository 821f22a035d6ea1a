"""A configuration as it is in force: the settings, and where each of them comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cued.config.settings import Settings
from cued.errors import Problem
from cued.yamlread import Path, Place


@dataclass(frozen=True, slots=True)
class Configuration:
    settings: Settings = field(default_factory=Settings)
    file: str = ""
    """The file it was read from; empty: there is none, and the defaults hold."""
    places: Mapping[Path, Place] = field(default_factory=dict)
    """Where the options that the file sets have their values."""
    warnings: tuple[Problem, ...] = ()

    def says(self, *path: str) -> bool:
        """Whether the file sets that option."""
        return path in self.places
