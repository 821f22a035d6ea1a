"""Questions to a person at a terminal: each has an answer for Enter, can be skipped, and can be left for another evening."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from cued.cli.keyboard import forget_typed, typed
from cued.errors import CuedError

YES: Final = frozenset({"y", "yes", "j", "ja"})
NO: Final = frozenset({"n", "no", "nein"})
SKIP: Final = frozenset({"s", "skip"})
QUIT: Final = frozenset({"q", "quit", "exit"})

T = TypeVar("T")


class SkippedError(Exception):
    """The person wants nothing of this step; the text says why, for the list of steps."""


class LeftError(Exception):
    """The person has gone."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    key: str
    """What to type."""
    text: str


class Person:
    """Who sits at the terminal. `s` and `q` are understood at every question."""

    def say(self, *lines: str) -> None:
        """Lines to read."""
        for line in lines:
            print(line)
        sys.stdout.flush()

    def line(self, question: str, usual: str = "") -> str:
        """What was typed; Enter alone: `usual`. Raises SkippedError, LeftError."""
        shown = f" [{usual}]" if usual else ""
        forget_typed()  # an Enter out of impatience is no answer to a question that was not there yet
        line = typed(f"{question}{shown} ")
        if line is None:
            raise LeftError
        word = line.strip()
        if word.casefold() in QUIT:
            raise LeftError
        if word.casefold() in SKIP:
            raise SkippedError("as you wished")
        return word or usual

    def enter(self, what: str) -> None:
        """Wait for Enter."""
        self.line(what)

    def yes(self, question: str, *, usual: bool = True) -> bool:
        """A yes or a no; Enter alone: `usual`."""
        while True:
            word = self.line(question, "Y/n" if usual else "y/N").casefold()
            if word in YES:
                return True
            if word in NO:
                return False
            if word == "y/n":
                return usual
            self.say("  y or n, please; s skips this step")

    def choose(self, question: str, choices: Sequence[Choice], usual: str) -> str:
        """The key of one of `choices`; Enter alone: `usual`."""
        for choice in choices:
            self.say(f"  {choice.key}  {choice.text}")
        keys = {choice.key.casefold(): choice.key for choice in choices}
        while True:
            word = self.line(question, usual).casefold()
            if word in keys:
                return keys[word]
            self.say(f"  one of {', '.join(keys.values())}, please; s skips this step")

    def until_it_works(self, act: Callable[[], T]) -> T:
        """What `act` gives; after an error that a person can mend it is tried again, until the step is skipped."""
        while True:
            try:
                return act()
            except CuedError as error:
                self.say(f"  {error}")
                try:
                    again = self.yes("Try again?")
                except SkippedError:
                    again = False
                if not again:
                    raise SkippedError(_first_line(str(error))) from error


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else "it did not work"
