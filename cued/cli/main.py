"""The command `cued`: finds the verb, imports its module alone, and turns every error into one sentence.

Each module of a verb has three names:

- `add_arguments(parser: argparse.ArgumentParser) -> None` declares its options (sub-verbs by `parser.add_subparsers()`),
- `run(args: argparse.Namespace) -> int` does it and returns the exit code: 0 done, 1 the checked thing is not right, 2 wrong
  use or impossible,
- `EXAMPLE: str` is one command line, or a few, that work as they stand; `cued VERB --help` ends with it.

A verb raises `CuedError` for what a user can mend and prints no errors of its own. Heavy libraries are imported inside
functions: `cued --help` imports no verb at all.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn, Protocol, cast

import cued
from cued.errors import CuedError, UsageError, did_you_mean

INTERRUPTED: Final = 130
"""What a shell shows for a program that Ctrl-C ended: 128 + SIGINT."""
PIPE_CLOSED: Final = 141
"""What a shell shows for a program whose reader went away: 128 + SIGPIPE."""
DEBUG_VARIABLE: Final = "CUED_DEBUG"
"""Set to anything, it shows the traceback of an unexpected error."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after `cued`."""

    name: str
    module: str
    """The module that has `add_arguments`, `run` and `EXAMPLE`, or `module:NAME` for an object in it that has them."""
    summary: str
    """One line for the list in `cued --help`."""
    first: bool = False
    """One of the few that a runner needs: listed before the rest."""
    during: bool = False
    """For a run that goes on, from another terminal."""
    listed: bool = True
    """False: for scripts, not for people."""


VERBS: Final = (
    Verb("setup", "cued.cli.setup", "one guided evening at the desk: headphones, pod, volumes, voice, a try", first=True),
    Verb("run", "cued.cli.run", "run with a beat and spoken cues", first=True),
    Verb("try", "cued.cli.try_", "hear it at the desk: 90 seconds with a simulated runner", first=True),
    Verb("daemon", "cued.cli.daemon", "switch on, run, forget about it: begins and ends runs by itself", first=True),
    Verb("rehearse", "cued.cli.rehearse", "what would a pack have said on that run?", first=True),
    Verb("pack", "cued.cli.pack", "list, show, check, make and share cue packs", first=True),
    Verb("drills", "cued.cli.drills", "exercises led by voice: list, show, play"),
    Verb("doctor", "cued.cli.doctor", "what of this machine works, and what to do about the rest", first=True),
    Verb("plan", "cued.cli.plan", "the way through the phases: what is today, and why"),
    Verb("log", "cued.cli.log", "your runs: list, show, rate, export"),
    Verb("report", "cued.cli.reports", "which cues work, how form goes over weeks, block tests compared"),
    Verb("replay", "cued.cli.replay", "would today's cued decide a run as it was decided then?"),
    Verb("sensors", "cued.cli.sensors", "find, pair and check your sensors"),
    Verb("config", "cued.cli.config", "your defaults: what is in force, and is the file right?"),
    Verb("headphones", "cued.cli.headphones", "pair and test headphones, set ear and volumes"),
    Verb("voice", "cued.cli.voice", "the voices there are, and how they sound"),
    Verb("safety", "cued.cli.safety", "the safety notice, and whether you have accepted it"),
    Verb("render", "cued.cli.render", "one sound file per segment, for any phone or watch that plays music"),
    Verb("status", "cued.cli.status", "how is the run?", during=True),
    Verb("start", "cued.cli.steer:START", "begin a run", during=True),
    Verb("stop", "cued.cli.steer:STOP", "end the run", during=True),
    Verb("pause", "cued.cli.steer:PAUSE", "let sound and session time rest", during=True),
    Verb("resume", "cued.cli.steer:RESUME", "go on where it rested", during=True),
    Verb("next", "cued.cli.steer:NEXT", "on to the next segment", during=True),
    Verb("back", "cued.cli.steer:BACK", "to the segment's start, or to the one before", during=True),
    Verb("cue", "cued.cli.steer:CUE", "hear a cue now", during=True),
    Verb("mute", "cued.cli.steer:MUTE", "all sound off, or on again", during=True),
    Verb("volume", "cued.cli.steer:VOLUME", "how loud beat and voice are", during=True),
    Verb("surface", "cued.cli.steer:SURFACE", "say what the ground is", during=True),
    Verb("rate", "cued.cli.steer:RATE", "say how it is: did the cue help, how hard is it", during=True),
    Verb("pain", "cued.cli.steer:PAIN", "it hurts: end beat and cues for this run", during=True),
    Verb("reload", "cued.cli.steer:RELOAD", "have the daemon read the configuration again", during=True),
    Verb(
        "make-run",
        "cued.cli.make_run",
        "what `make run` does: says what is missing for a run, then tries at the desk",
        listed=False,
    ),
)


class VerbModule(Protocol):
    """What a verb's module looks like from here."""

    EXAMPLE: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; the exit code."""


class Parser(argparse.ArgumentParser):
    """argparse, but a mistake becomes a `UsageError` that says what to type instead."""

    def error(self, message: str) -> NoReturn:
        """Raise `message` as a `UsageError`."""
        missing = message.removeprefix("the following arguments are required: ")
        told = self._plainer(message) if missing == message else self._wanting(missing.split(", "))
        raise UsageError(f"{told}{'' if told.endswith(('.', '?')) else '.'} `{self.prog} --help` shows how.")

    def _plainer(self, message: str) -> str:
        """argparse's own words, without its own names; for an option that lacks its value, what may stand there."""
        found = re.fullmatch(r"argument (\S+): (.*)", message, re.DOTALL)
        if found is None:
            return message
        name, told = found.groups()
        if told != "expected one argument":
            return f"{name}: {told}"
        (action,) = (action for action in self._actions if "/".join(action.option_strings) == name)
        if action.choices is None:
            return f"{name} wants its {action.metavar or action.dest}"
        return f"{name}: say what: {_either(str(choice) for choice in action.choices)}"

    def _wanting(self, names: list[str]) -> str:
        """What is missing; of words that can only be some, which."""
        for action in self._actions:
            if action.choices is not None and (action.metavar or action.dest) in names:
                choices = [str(choice) for choice in action.choices]
                return f"say what: {_either(choices)}" if len(choices) > 1 else f"say {choices[0]}"
        return f"{names[0]} is missing" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} are missing"

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """As argparse's own, but with the nearest choice; a subparser's word is a verb of ours."""
        if action.choices is None or value in action.choices:
            return
        choices, word = [str(choice) for choice in action.choices], str(value)
        meant = did_you_mean(word, choices)
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
            raise UsageError(f"there is no `{self.prog} {word}`{meant or '.'} `{self.prog} --help` lists what there is.")
        name = f"{'/'.join(action.option_strings)} " if action.option_strings else ""
        raise UsageError(f"{name}{word}: give {_either(choices)}{meant}")


def _either(words: Iterable[str]) -> str:
    """`keep, raise or hold`."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def load(verb: Verb) -> VerbModule:
    """The verb's module, imported."""
    name, _, inside = verb.module.partition(":")
    module = importlib.import_module(name)
    return cast(VerbModule, getattr(module, inside) if inside else module)


def parser_of(verb: Verb, module: VerbModule) -> Parser:
    """The parser of one verb, its example at the end of its help."""
    example = "\n".join(f"  {line.strip()}" for line in module.EXAMPLE.strip().splitlines())
    parser = Parser(
        prog=f"cued {verb.name}",
        description=verb.summary[:1].upper() + verb.summary[1:],
        epilog=f"example:\n{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # a script's shortened option would break when a longer one arrives
    )
    module.add_arguments(parser)
    return parser


def overview(verbs: Sequence[Verb]) -> str:
    """The text of `cued --help`: first what a runner needs, then the rest, then what steers a run."""
    shown = [verb for verb in verbs if verb.listed]
    width = max(len(verb.name) for verb in shown)
    lines = ["usage: cued VERB [options]", "", f"cued {cued.__version__}: audio cues and a metronome for runners.", ""]
    for title, first, during in (("to begin with:", True, False), ("and:", False, False), ("while it runs:", False, True)):
        listed = [verb for verb in shown if (verb.first, verb.during) == (first, during)]
        if listed:
            lines += [title, *(f"  {verb.name:<{width}}  {verb.summary}" for verb in listed), ""]
    lines += ["`cued VERB --help` shows a verb's options and an example. `cued --version` shows the version."]
    return "\n".join(lines)


def parse(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """`words` parsed; raises `UsageError` with the nearest known option for an unknown one."""
    args, unknown = parser.parse_known_args(words)
    if not unknown:
        return args
    parser = _deepest(parser, words)
    word = unknown[0]
    if not word.startswith("-"):
        meant = _meant_as_option(word, set(_options(parser)))
        raise UsageError(f"{word!r} is one word too many{meant or '.'} `{parser.prog} --help` shows how.")
    option = word.partition("=")[0]
    hint = did_you_mean(option, _options(parser))
    raise UsageError(f"there is no option {option}{hint or '.'} `{parser.prog} --help` lists them.")


def main(argv: Sequence[str] | None = None, verbs: Sequence[Verb] = VERBS) -> int:
    """Run `cued` with `argv` (default: the words after the program's name); returns the exit code, never raises."""
    words = list(sys.argv[1:] if argv is None else argv)
    _mend_streams()
    try:
        code = _dispatch(words, verbs)
        sys.stdout.flush()
    except CuedError as error:
        return _fail(str(error), error.exit_code)
    except SystemExit as stop:  # argparse, after it has printed a help
        code = stop.code if isinstance(stop.code, int) else 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _discard_stdout()
        return PIPE_CLOSED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}", 2)
    except Exception as error:  # noqa: BLE001 - the one place where a fault of cued's own ends in a sentence, not a traceback
        return _fail(f"a fault in cued itself: {type(error).__name__}: {error}. {DEBUG_VARIABLE}=1 shows where.", 2)
    return code


def _mend_streams() -> None:
    """A stream that the caller has closed goes nowhere; one that knows no umlaut shows another letter instead of failing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _dispatch(words: list[str], verbs: Sequence[Verb]) -> int:
    """The verb's own exit code, or 0 after a help or the version."""
    if not words or words[0] in {"-h", "--help", "help"}:
        print(overview(verbs))
        return 0
    if words[0] in {"-V", "--version"}:
        print(f"cued {cued.__version__}")
        return 0
    name, *rest = words
    for verb in verbs:
        if verb.name == name:
            module = load(verb)
            return module.run(parse(parser_of(verb, module), rest))
    kind = "option" if name.startswith("-") else "verb"
    known = ("--help", "--version") if kind == "option" else tuple(verb.name for verb in verbs if verb.listed)
    raise UsageError(f"there is no {kind} {name}{did_you_mean(name, known) or '.'} `cued --help` lists them.")


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every option that `parser` knows."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no public list of its options
        yield from action.option_strings


def _deepest(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the sub-verb that `words` name, if they name one."""
    for action in parser._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for number, word in enumerate(words):
                if word in action.choices:
                    child: argparse.ArgumentParser = action.choices[word]
                    return _deepest(child, words[number + 1 :])
    return parser


def _meant_as_option(word: str, options: set[str]) -> str:
    """The option that a bare word was probably meant for: a pack, a length."""
    if "--length" in options:
        from cued.cli.options import duration

        with contextlib.suppress(argparse.ArgumentTypeError):
            duration(word)
            return f"; did you mean --length {word}?"
    if "--pack" in options:
        from difflib import get_close_matches

        from cued.packs.catalog import catalogue

        if word.endswith((".yaml", ".yml")):
            return f"; did you mean --pack {word}?"
        near = get_close_matches(word, [found.name for found in catalogue()], n=1)
        return f"; did you mean --pack {near[0]}?" if near else ""
    return ""


def _fail(sentence: str, code: int) -> int:
    """Say `sentence` on stderr (with the traceback if asked for); returns `code`."""
    if os.environ.get(DEBUG_VARIABLE):
        import traceback

        traceback.print_exc()
    with contextlib.suppress(OSError):  # nobody may be left to read it
        print(f"cued: {sentence}", file=sys.stderr, flush=True)
    _discard_stdout()
    return code


def _discard_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush cannot fail aloud."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
