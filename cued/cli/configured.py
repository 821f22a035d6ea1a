"""What the command line leaves open comes from the configuration."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from cued.config.settings import USUAL_PACK, Settings
from cued.config.whole import Configuration
from cued.errors import ConfigError, UsageError


def add_config(parser: argparse.ArgumentParser) -> None:
    """`--config FILE`."""
    parser.add_argument(
        "--config", metavar="FILE", help="the configuration that holds for what is not said here; default: `cued config path`"
    )


def configuration(word: str | None = None) -> Configuration:
    """The configuration in force, for a verb that needs it to be right. Raises UsageError for one that is not."""
    from cued.config.load import load_config

    with explained(word):
        return load_config(word)


@contextmanager
def explained(word: str | None = None) -> Iterator[None]:
    """Within: a configuration that is not right is one sentence with its first mistake. Raises UsageError."""
    from cued.config.load import config_path, own_path

    try:
        yield
    except ConfigError as error:
        wrong = [problem for problem in error.problems if not problem.warning]
        others = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        path = config_path(word)
        named = "" if path == own_path() else f" {path}"
        first = f"{wrong[0].at(error.file)}{others}"
        end = "" if first.endswith((".", "?")) else "."
        raise UsageError(f"the configuration is not right: {first}{end} `cued config check{named}` tells all of it") from error


def fill(args: argparse.Namespace) -> Settings:
    """Give each argument that is None the value that the configuration has for it, and return the whole of it.

    Raises UsageError for a configuration that is not right, or where a pack is needed and nobody names one.
    """
    from cued.runtime.journalling import VARIABLE

    found = configuration(args.config)
    settings = found.settings
    if args.pack is None and args.pack_needed and not found.says("pack"):
        raise UsageError(
            "PACK is missing: `cued pack list` shows what there is; `pack` in the configuration names one for good"
        )
    sound = settings.sound
    values = {
        "pack": settings.pack or USUAL_PACK,
        "language": settings.runner.language,
        "max_hr": settings.runner.max_hr_bpm,
        "volume": sound.beat_volume,
        "voice_volume": sound.voice_volume,
        "ear": sound.ear,
        "speaker": sound.speaker,
        "keep_awake": sound.keep_awake,
        "journal": None if os.environ.get(VARIABLE) else settings.files.journal,
    }
    for name, value in values.items():
        if getattr(args, name, value) is None:
            setattr(args, name, value)
    return settings


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, and so goes before the configuration, whatever that comes to say later."""

    pack: str | None
    language: str | None
    speaker: str | None
    volume: float | None
    voice_volume: float | None

    @classmethod
    def of(cls, args: argparse.Namespace) -> Self:
        """To be called before `fill`."""
        return cls(args.pack, args.language, args.speaker, args.volume, args.voice_volume)

    def over(self, settings: Settings) -> Settings:
        """The configuration with it in its place."""
        sound, runner = settings.sound, settings.runner
        return replace(
            settings,
            pack=self.pack or settings.pack,
            runner=replace(runner, language=self.language or runner.language),
            sound=replace(
                sound,
                speaker=self.speaker or sound.speaker,
                beat_volume=sound.beat_volume if self.volume is None else self.volume,
                voice_volume=sound.voice_volume if self.voice_volume is None else self.voice_volume,
            ),
        )


def add_read_in(parser: argparse.ArgumentParser) -> None:
    """`--language` and `--config` of a verb that only shows packs."""
    parser.add_argument("--language", metavar="L", help="in this language where the pack has it; default: the configuration's")
    add_config(parser)


def read_in(args: argparse.Namespace) -> str:
    """The language of `add_read_in`; empty: each pack's own. Raises UsageError for a named configuration that is not right."""
    if args.language is not None:
        return str(args.language)
    try:
        return configuration(args.config).settings.runner.language
    except UsageError:  # who looks at packs need not mend their own first
        if args.config is not None:
            raise
        return ""


def add_socket(parser: argparse.ArgumentParser, *, none: bool = False) -> None:
    """`--socket PATH`, or `none` where a run may be steered by nobody else."""
    what = "where `cued status`, `cued pause` and their like reach this run, or none" if none else "where the run listens"
    kind = "PATH|none" if none else "PATH"
    parser.add_argument("--socket", metavar=kind, help=f"{what}; default $CUED_SOCKET, else your own")


def socket_word() -> str | None:
    """The socket that the configuration names, unless the environment names another; None: neither, or it is not right."""
    from cued.control.address import VARIABLE

    if os.environ.get(VARIABLE):
        return None
    try:
        return configuration().settings.files.socket
    except UsageError:  # who steers a run need not mend the configuration first
        return None


def journal_word() -> str | None:
    """The journal that the configuration names, for a verb that takes nothing else from it; None: it names none.

    The environment goes before the configuration, and so does it in `fill`: the nearer word goes before the farther.
    """
    from cued.runtime.journalling import VARIABLE

    return None if os.environ.get(VARIABLE) else configuration().settings.files.journal
