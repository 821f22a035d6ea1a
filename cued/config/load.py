"""Where the configuration is, and reading it. What a file needs to be read is imported only where there is one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cued.config.whole import Configuration
from cued.errors import ConfigError, Problem
from cued.yamlread import clip, clip_path, read_bytes

VARIABLE: Final = "CUED_CONFIG"
"""Names another configuration file than the user's own."""
FILE: Final = "config.yaml"


def config_path(word: str | None = None) -> Path:
    """The file: `word`, else the one that the environment names, else the user's own, which need not be there.

    Raises ConfigError for a name that can be none.
    """
    named = _named(word)
    if not named:
        return own_path()
    try:
        return Path(named).expanduser()
    except RuntimeError:
        message = "there is no user of that name: write the whole path"
        raise ConfigError(clip(named), (Problem(1, 1, message),)) from None


def own_path() -> Path:
    """The user's own: `$XDG_CONFIG_HOME/cued/config.yaml`."""
    from platformdirs import user_config_path

    return user_config_path("cued") / FILE


def load_config(word: str | None = None) -> Configuration:
    """The configuration in force; the defaults where nobody named a file and the user has none.

    `word` as in `config_path`. Raises ConfigError with every problem.
    """
    path = config_path(word)
    if not _named(word) and not _is_there(path):
        return Configuration()
    data = read_bytes(path, ConfigError)
    from cued.config.parse import parse_config

    return parse_config(data, clip_path(str(path)))


def _named(word: str | None) -> str:
    return os.environ.get(VARIABLE, "") if word is None else word or "."  # an empty word is a mistake that reading will tell


def _is_there(path: Path) -> bool:
    """Whether anything is there, be it a broken link; what cannot be looked at is, and reading will say why."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
