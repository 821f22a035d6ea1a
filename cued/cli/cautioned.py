"""The safety notice before the first run or drill at a terminal: read, and accepted by Enter; nobody is cued before that."""

from __future__ import annotations

from enum import Enum

from cued.cli.asking import LeftError, Person, SkippedError
from cued.cli.keyboard import is_attended
from cued.cli.safety import agreed, keep, shown
from cued.runtime.request import OutputChoice, ToDevice
from cued.runtime.safety import Safety


class Consent(Enum):
    """What became of it."""

    GIVEN = "given"
    """Now, or some day before; or nobody is there whom cues could mislead."""
    WITHHELD = "withheld"
    NOT_ASKED = "not asked"
    """There is nobody at a terminal."""
    LEFT = "left"
    """The runner has gone: nothing is to begin."""


def consent(output: OutputChoice, language: str, *, simulated: bool = False) -> Consent:
    """Ask for it where it is due: somebody runs, and hears cues."""
    safety = Safety()
    if simulated or not isinstance(output, ToDevice) or safety.accepted() is not None:
        return Consent.GIVEN
    if not is_attended():
        return Consent.NOT_ASKED
    person = Person()
    person.say("Before your first run:", *shown(language))
    try:
        agrees = agreed(person)
    except SkippedError:
        agrees = False
    except LeftError:
        return Consent.LEFT
    if not agrees:
        return Consent.WITHHELD
    keep(person, safety, language)
    return Consent.GIVEN
