"""`cued replay`: would today's cued decide a recorded run as it was decided then?"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from cued.cli import options
from cued.runtime.status import clock_text
from cued.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from cued.core.effects import Effect
    from cued.runtime.replay import Difference, Replayed

EXAMPLE = """
cued replay last
cued replay 12 --json
"""
SHOWN: Final = 20
"""Differences on a screen: enough to see what a change does."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which session, and in what form."""
    options.add_recorded(parser)
    options.add_journal(parser)
    parser.add_argument("--json", action="store_true", help="print what differs as JSON")


def run(args: argparse.Namespace) -> int:
    """Replay; 0 if every effect is as it was, 1 if not."""
    from cued.journal.reader import reading
    from cued.runtime.replay import replay, start_of

    with reading(options.journal(args.journal)) as journal:
        session = journal.session(args.session)
        how = start_of(journal.head(session.id).start)
        done = replay(how, list(journal.lines(session.id)))
    if args.json:
        print(json.dumps(_as_json(session.id, done), ensure_ascii=False, indent=2))
    else:
        for line in told(session.id, done):
            print(line, file=sys.stdout)
    return 0 if done.identical else 1


def told(session: int, done: Replayed) -> list[str]:
    """The outcome for a person."""
    what = f"session {session}: {done.effects} effects of {done.events} events, up to {clock_text(done.to_ns)}"
    if done.identical:
        return [f"{what}: identical"]
    lines = [f"{what}: {done.changed} are not as they were"]
    for word, kinds in (("no more", done.fewer), ("new", done.more)):
        if kinds:
            lines.append(f"  {word}: {', '.join(f'{count} {kind}' for kind, count in kinds)}")
    lines.append("the first differences:")
    for one in done.first[:SHOWN]:
        lines += _difference(one)
    if len(done.first) > SHOWN:
        lines.append("  …")
    return lines


def _difference(one: Difference) -> list[str]:
    at = f"  {precise(one.at_ns):>11}  "
    if one.before is not None and one.now is not None and type(one.before) is type(one.now):
        changes = [
            f"{item.name} {_value(getattr(one.before, item.name))} → {_value(getattr(one.now, item.name))}"
            for item in fields(one.before)
            if getattr(one.before, item.name) != getattr(one.now, item.name)
        ]
        return [f"{at}{_name(one.now)}: {', '.join(changes)}"]
    lines = []
    if one.before is not None:
        lines.append(f"{at}- {_whole(one.before)}")
    if one.now is not None:
        lines.append(f"  {precise(one.now.at_ns):>11}  + {_whole(one.now)}")
    return lines


def _whole(effect: Effect) -> str:
    shown = [f"{item.name}={_value(getattr(effect, item.name))}" for item in fields(effect) if item.name != "at_ns"]
    return " ".join([_name(effect), *shown])


def _name(effect: Effect) -> str:
    from cued.formats.event_codec import kind_of

    return kind_of(type(effect))


def _value(value: object) -> str:
    from enum import Enum

    return value.name.lower() if isinstance(value, Enum) else json.dumps(value, ensure_ascii=False)


def precise(at_ns: int) -> str:
    """`12:05.250`."""
    return f"{clock_text(at_ns)}.{max(0, at_ns) % NS_PER_S // NS_PER_MS:03d}"


def _as_json(session: int, done: Replayed) -> dict[str, Any]:
    from cued.formats.event_codec import encode

    def plain(effect: Effect | None) -> Any:  # noqa: ANN401 - JSON is of any kind
        return None if effect is None else json.loads(encode(effect))

    return {
        "session": str(session),
        "identical": done.identical,
        "events": done.events,
        "effects": done.effects,
        "to_s": done.to_ns / NS_PER_S,
        "changed": done.changed,
        "fewer": dict(Counter(dict(done.fewer))),
        "more": dict(Counter(dict(done.more))),
        "first": [{"at_s": one.at_ns / NS_PER_S, "before": plain(one.before), "now": plain(one.now)} for one in done.first],
    }
