"""A recorded run once more, through today's core: the same events in, and every effect held against the one that came out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from cued.core import engine
from cued.core.effects import Effect
from cued.core.events import Event, Wake
from cued.core.start import Start
from cued.errors import FormatError, JournalError
from cued.formats.event_codec import decode_as, decode_effect, decode_event, encode
from cued.journal.stream import IN, OUT, REACHED

WINDOW: Final = 400
"""Effects that are lined up with each other after the first difference: a minute or two of a run with a beat."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One effect that is not what it was; exactly one of both may be None."""

    at_ns: int
    before: Effect | None
    """As recorded; None: it was not there."""
    now: Effect | None
    """As decided today; None: it is not there any more."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay came to."""

    events: int
    effects: int
    """Recorded ones."""
    to_ns: int
    """Session time up to which it was compared."""
    first: tuple[Difference, ...] = ()
    """The first differences, in order."""
    fewer: tuple[tuple[str, int], ...] = ()
    """(kind, how many) that are gone, over the whole run."""
    more: tuple[tuple[str, int], ...] = ()
    """(kind, how many) that are new."""
    changed: int = 0
    """Effects of the recording that no longer come as they were."""

    @property
    def identical(self) -> bool:
        """Every effect as it was, in the same order?"""
        return not self.first


def start_of(line: str) -> Start:
    """A session's first row as the core's value; raises JournalError where this cued cannot read it."""
    try:
        return decode_as(line, Start)
    except FormatError as error:
        raise JournalError(f"the session's first row cannot be read by this cued: {error}") from error


def fed(how: Start, lines: Iterable[list[str]]) -> Iterator[tuple[Event, engine.Session, tuple[Effect, ...]]]:
    """Each recorded event and what today's core makes of it; raises JournalError for a line that cannot be read."""
    session = engine.start(how)
    for stretch in lines:
        for line in stretch:
            if line.startswith(OUT):
                continue
            event = _event(line)
            session, effects = engine.step(session, event)
            yield event, session, effects


def recorded(lines: Iterable[list[str]]) -> Iterator[str]:
    """The recorded effects, each as its line."""
    for stretch in lines:
        for line in stretch:
            if line.startswith(OUT):
                yield line[len(OUT) :]


def _event(line: str) -> Event:
    try:
        if line.startswith(IN):
            return decode_event(line[len(IN) :])
        if line.startswith(REACHED):
            return Wake(int(line[len(REACHED) :]))
    except (FormatError, ValueError) as error:
        raise JournalError(f"a recorded event cannot be read by this cued: {error}") from error
    raise JournalError(f"the recording holds a line that this cued does not know: {line[:40]!r}")


def replay(how: Start, lines: list[list[str]]) -> Replayed:
    """Compare a whole session's recording with what today's core decides on its events."""
    now: list[Effect] = []
    events, to_ns = 0, 0
    for event, _, effects in fed(how, lines):
        events += not isinstance(event, Wake)
        to_ns = max(to_ns, event.at_ns)
        now += effects
    before = list(recorded(lines))
    for index, (old, new) in enumerate(zip_longest(before, now)):
        if old is None or new is None or (old != encode(new) and _effect(old) != _as_in(old, new)):
            return _differing(before, now, index, events, to_ns)
    return Replayed(events, len(before), to_ns)


def _as_in(line: str, effect: Effect) -> Effect:
    """The effect as whoever wrote `line`, of the same kind, would have told it: an older cued knew fewer fields."""
    told, known = _effect(line), json.loads(line)
    later = {item.name: getattr(told, item.name) for item in fields(told) if item.name not in known}
    return replace(effect, **later) if later and type(effect) is type(told) else effect


def _differing(before: list[str], now: list[Effect], first: int, events: int, to_ns: int) -> Replayed:
    """The same, where they part at number `first`."""
    firsts: dict[str, str] = {}
    for line in before:
        firsts.setdefault(kind_of(line), line)
    new = [encode(effect) for effect in now]
    new = [encode(_as_in(firsts.get(kind_of(line), line), effect)) for line, effect in zip(new, now, strict=True)]
    before = [encode(_effect(line)) for line in before]
    gone, come = Counter(before), Counter(new)
    fewer, more = gone - come, come - gone
    return Replayed(
        events,
        len(before),
        to_ns,
        tuple(_lined_up(before[first : first + WINDOW], new[first : first + WINDOW])),
        _by_kind(fewer),
        _by_kind(more),
        sum(fewer.values()),
    )


def _lined_up(before: list[str], now: list[str]) -> Iterator[Difference]:
    """Which effect became which, in a stretch of both."""
    for what, i1, i2, j1, j2 in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        for old, new in zip_longest(before[i1:i2], now[j1:j2]):
            one, other = None if old is None else _effect(old), None if new is None else _effect(new)
            known = one or other
            if known is not None and one != other:
                yield Difference(known.at_ns, one, other)


def _by_kind(lines: Counter[str]) -> tuple[tuple[str, int], ...]:
    kinds: Counter[str] = Counter()
    for line, count in lines.items():
        kinds[kind_of(line)] += count
    return tuple(sorted(kinds.items()))


def kind_of(line: str) -> str:
    """`say` of an effect's line."""
    return line.partition('"kind":"')[2].partition('"')[0]


def _effect(line: str) -> Effect:
    try:
        return decode_effect(line)
    except FormatError as error:
        raise JournalError(f"a recorded effect cannot be read by this cued: {error}") from error
