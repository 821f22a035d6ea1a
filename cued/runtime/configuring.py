"""The one place where the user's configuration is written: an option at a time, whole or not at all, comments kept."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from cued.config.edit import NEW, Edited, edited, entry_of, value_of
from cued.config.load import config_path
from cued.errors import ConfigError, OutputError
from cued.runtime.files import make_folder, write_finished
from cued.yamlread import clip_path, read_bytes


def set_options(words: Mapping[str, str | None], named: str | None = None) -> Edited:
    """Set options to words, as a person types them (None: back to the default), all of them or none.

    `named` as in `config_path`; a file that is not there yet is made, with its folder. Raises UsageError for an option or a
    word that is none, ConfigError for a file that is not right and would not be then, OutputError where it cannot be written.
    """
    asked = [(entry := entry_of(name), None if word is None else value_of(entry, word)) for name, word in words.items()]
    path = config_path(named)
    make_folder(path.parent)
    with _alone(path.parent):
        data = _bytes(path)
        file, text = clip_path(str(path)), None
        done = None
        for entry, value in asked:
            done = edited(data if text is None else text.encode(), file, entry, value)
            text = done.text
        assert done is not None, "somebody asked for something"
        if done.text.encode() != data:
            write_finished(path, done.text)
        return done


def _bytes(path: Path) -> bytes:
    """What stands in the file, or how a new one begins. Raises ConfigError."""
    try:
        path.lstat()
    except FileNotFoundError:
        return NEW.encode()
    return read_bytes(path, ConfigError)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Within: no other cued changes a file of that folder; two at once would lose what the first has set."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror or error}") from error
    try:
        with contextlib.suppress(OSError):  # a file system without locks: then there is none
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
