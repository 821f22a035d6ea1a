"""A recorded session as a text that holds all its decisions: what went in, whole, and what came out, for review.

    # Why: a run as it happened
    {"v":1,"kind":"start",…}
    <{"v":1,"kind":"cadence_sample",…}
    >{"v":1,"kind":"say",…}
    = 9120 of kind play_click, SHA-256 …

Clicks and judged samples would bury the rest, so those are held by a digest over their lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from cued.errors import FormatError
from cued.formats.event_codec import decode_event, encode
from cued.journal.stream import IN, OUT, REACHED
from cued.runtime.past import Past
from cued.runtime.replay import fed, kind_of, start_of

_MANY: Final = ("play_click", "cadence_seen")
"""Kinds of effects of which a run holds thousands."""
_COMMENT: Final = "#"
_DIGEST: Final = "="


def golden_text(past: Past, why: str) -> str:
    """The session's own recording in that form."""
    session = past.session
    head = [f"{_COMMENT} Why: {' '.join(why.split())}", f"{_COMMENT} {session.pack}, session {session.session_number}"]
    lines = [line for stretch in past.lines for line in stretch]
    inputs = _needed([line for line in lines if not line.startswith(OUT)])
    return _text([*head, past.head.start, *inputs], [line[len(OUT) :] for line in lines if line.startswith(OUT)])


def _needed(inputs: list[str]) -> list[str]:
    """Without the times reached that change nothing: all but those before an event that came late, and the last."""
    kept = []
    for line, coming in zip(inputs, [*inputs[1:], ""], strict=True):
        late = coming.startswith(IN) and line.startswith(REACHED) and decode_event(coming[1:]).at_ns < int(line[1:])
        if not line.startswith(REACHED) or late or not coming:
            kept.append(line)
    return kept


def decided_today(text: str) -> str:
    """The same text with what today's core decides on the same events; raises FormatError for what is no such text."""
    kept = [line for line in text.splitlines() if not line.startswith((OUT, _DIGEST))]
    starts = [number for number, line in enumerate(kept) if line.startswith("{")]
    if len(starts) != 1:
        raise FormatError("this is no session kept as a test")
    how, inputs = start_of(kept[starts[0]]), kept[starts[0] + 1 :]
    return _text(kept, [encode(effect) for _, _, effects in fed(how, [inputs]) for effect in effects])


def _text(kept: Iterable[str], effects: Iterable[str]) -> str:
    digests = {kind: hashlib.sha256() for kind in _MANY}
    counts = dict.fromkeys(_MANY, 0)
    shown = [*kept]
    for effect in effects:
        kind = kind_of(effect)
        if kind in digests:
            digests[kind].update(effect.encode())
            counts[kind] += 1
        else:
            shown.append(OUT + effect)
    shown += [f"{_DIGEST} {counts[kind]} of kind {kind}, SHA-256 {digest.hexdigest()}" for kind, digest in digests.items()]
    return "\n".join([*shown, ""])
