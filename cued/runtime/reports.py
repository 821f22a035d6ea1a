"""What `cued report` is made of: answers to cues, runs over weeks, block tests, gathered from the journal.

Only what somebody really ran counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cued.coaching.phases import BLOCK_TEST
from cued.errors import FormatError, JournalError
from cued.formats.event_codec import kind_of
from cued.journal.answers import TESTED
from cued.journal.reader import State, reading
from cued.review import blocktest, load, responses
from cued.review.blocktest import BlockTest, stages_of
from cued.review.load import Felt, LoadCounter, RunLoad
from cued.review.responses import Heard, responses_of
from cued.runtime.past import past_of, steps
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from pathlib import Path

    from cued.coaching.model import Model
    from cued.journal.reader import Journal, Session
    from cued.runtime.past import Past

ABOUT_NS = 120 * NS_PER_S
"""A word that a cue helped is about the last one heard, if it is no older than this."""


_CUES = frozenset(map(kind_of, responses.READ))
_STAGES = frozenset(map(kind_of, blocktest.READ))
_LOADS = frozenset(map(kind_of, load.READ))


@dataclass(frozen=True, slots=True)
class Answered:
    """All runs' answers to their cues."""

    runs: tuple[Heard, ...]
    helped: tuple[tuple[tuple[str, str], tuple[int, int]], ...]
    """((pack, cue), (said to have helped, and not)), where anybody said."""
    unread: int
    """Sessions whose recording cannot be read."""


def answers(path: Path) -> Answered:
    """Read every real run that is over, which takes a while. Raises JournalError."""
    runs: list[Heard] = []
    helped: dict[tuple[str, str], tuple[int, int]] = {}
    unread = 0
    with reading(path) as journal:
        for session in _real(journal):
            past = _past(journal, session)
            if past is None:
                unread += 1
                continue
            try:
                heard = responses_of(past.how, steps(past, _CUES), session.id)
            except FormatError:
                unread += 1
                continue
            runs.append(heard)
            for cue, yes in _helped(journal, session, heard):
                good, bad = helped.get(cue, (0, 0))
                helped[cue] = (good + yes, bad + (not yes))
    return Answered(tuple(runs), tuple(sorted(helped.items())), unread)


def tests_of(path: Path, model: Model, day_of: Callable[[int], int]) -> tuple[BlockTest, ...]:
    """The block tests that were run, the oldest first; raises JournalError."""
    found: list[BlockTest] = []
    with reading(path) as journal:
        for session in _real(journal):
            past = _past(journal, session) if session.pack == BLOCK_TEST else None
            if past is None:
                continue
            stages = stages_of(steps(past, _STAGES), model)
            names = {question.name for question in TESTED}
            asked = {
                said.name: float(said.value)
                for said in journal.ratings(session.id)
                if said.name in names and isinstance(said.value, int | float)
            }
            day = day_of(session.began_utc_ns) if session.verified else None
            if stages:
                found.append(BlockTest(session.id, day, stages, tuple(sorted(asked.items()))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Loads:
    """What all real runs asked of the runner."""

    runs: tuple[RunLoad, ...]
    unread: int
    """Sessions whose recording cannot be read."""


def loads_of(path: Path, day_of: Callable[[int], int], since: int) -> Loads:
    """The load of every real run from day `since` on, and of those without a date, the oldest first; raises JournalError."""
    found: list[RunLoad] = []
    unread = 0
    with reading(path) as journal:
        for session in _real(journal):
            day = day_of(session.began_utc_ns) if session.verified else None
            if day is not None and day < since:
                continue
            past = _past(journal, session)
            if past is None:
                unread += 1
                continue
            said = [one for one in journal.conditions(session.id) if one.name == "surface" and isinstance(one.value, str)]
            grounds = sorted((one.at_ns or 0, str(one.value)) for one in said)
            counter = LoadCounter(past.how, grounds)
            try:
                for one in steps(past, _LOADS):
                    counter.feed(one)
            except FormatError:
                unread += 1
                continue
            found.append(counter.load(day, session.run_ns, session.end_ns, _felt(journal, session)))
    return Loads(tuple(found), unread)


def _felt(journal: Journal, session: Session) -> Felt:
    """What was said last of the run as a whole."""
    told = {
        said.name: float(said.value)
        for said in journal.ratings(session.id)
        if said.at_ns is None and isinstance(said.value, int | float)
    }
    return Felt(told.get("effort"), told.get("smooth"), told.get("control"))


def _real(journal: Journal) -> list[Session]:
    return [session for session in reversed(journal.sessions()) if session.real and session.state is not State.RUNNING]


def _past(journal: Journal, session: Session) -> Past | None:
    try:
        return past_of(journal, str(session.id))
    except (JournalError, FormatError):
        return None


def _helped(journal: Journal, session: Session, heard: Heard) -> Iterator[tuple[tuple[str, str], bool]]:
    for rating in journal.ratings(session.id):
        if rating.name != "helped" or rating.at_ns is None:
            continue
        before = [(end_ns, pack, cue) for end_ns, pack, cue in heard.said if 0 <= rating.at_ns - end_ns <= ABOUT_NS]
        if before:
            _, pack, cue = before[-1]
            yield (pack, cue), rating.value == "yes"
