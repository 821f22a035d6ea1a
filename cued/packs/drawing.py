"""A pack's timeline, drawn in characters: segments, where the beat sounds, where words are planned."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cued.core import cues
from cued.core.cues import CuePack, Segment
from cued.core.drills import is_set, plan
from cued.core.fading import beat_share, scaled
from cued.core.metronome import Slot, window
from cued.core.motion import DEFAULT_MPS
from cued.core.room import Piece, pieces
from cued.core.triggers import applies
from cued.units import NS_PER_MIN, NS_PER_S

NARROWEST: Final = 40


def draw(pack: CuePack, length_ns: int, width: int, session_number: int = 1) -> list[str]:
    """The timeline of a run of `length_ns` in lines of at most `width` characters, with a legend."""
    line = _to_the_end(pieces(pack, length_ns), length_ns)
    end_ns = max((piece.start_ns + piece.length_ns for piece in line), default=0)
    if end_ns <= 0:
        return []
    columns = max(NARROWEST, width) - 10
    scale = end_ns / columns
    rows = {
        "": _names(line, columns, scale),
        "beat": _beat(pack, line, columns, scale, session_number),
        "words": _words(pack, line, columns, scale, session_number),
        "minutes": _ruler(columns, scale),
    }
    lines = [f"{name:>8}  {row}".rstrip() for name, row in rows.items()]
    ends = "at the start of a drill" if is_set(pack) else "at a start or end"
    return [*lines, "", f"{'':8}  ▄ the beat may sound   ● {ends}   ○ every so often   · only when needed"]


def _to_the_end(line: list[Piece], length_ns: int) -> list[Piece]:
    """A last segment that the runner ends goes on as long as the run."""
    if line and isinstance(line[-1].segment.length, cues.Open) and line[-1].end_ns < length_ns:
        return [*line[:-1], replace(line[-1], length_ns=length_ns - line[-1].start_ns)]
    return line


def _column(at_ns: int, columns: int, scale: float) -> int:
    return min(columns - 1, int(at_ns / scale))


def _names(line: list[Piece], columns: int, scale: float) -> str:
    row = [" "] * columns
    for piece in line:
        start = _column(piece.start_ns, columns, scale)
        stop = max(start + 1, min(columns, int((piece.start_ns + piece.length_ns) / scale + 0.5)))
        room = stop - start - 1
        name = piece.segment.name if len(piece.segment.name) <= room else piece.segment.name[: max(0, room)]
        row[start:stop] = list(f"│{name}".ljust(stop - start, "·" if not piece.known else "─")[: stop - start])
    return "".join(row)


def _beat(pack: CuePack, line: list[Piece], columns: int, scale: float, session_number: int) -> str:
    share = beat_share(pack.fade, session_number)
    row = [" "] * columns
    for piece in line:
        drilled = plan(pack, piece.segment, total_ns=piece.length_ns) if piece.segment.drills else None
        for column in range(_column(piece.start_ns, columns, scale), columns):
            middle_ns = int((column + 0.5) * scale)
            if not piece.start_ns <= middle_ns < piece.start_ns + piece.length_ns:
                if middle_ns >= piece.start_ns + piece.length_ns:
                    break
                continue
            slot = Slot(piece.segment.metronome, 0, middle_ns - piece.start_ns, piece.length_ns if piece.known else None, share)
            clicks = drilled is not None and drilled.clicks_at(middle_ns - piece.start_ns) is not None
            if clicks or window(slot).opens:
                row[column] = "▄"
    return "".join(row)


def _words(pack: CuePack, line: list[Piece], columns: int, scale: float, session_number: int) -> str:
    row = [" "] * columns
    end_ns = line[-1].start_ns + line[-1].length_ns
    for mark, at_ns in sorted(_marks(pack, line, end_ns, session_number), key=lambda found: "·○●".index(found[0])):
        row[_column(at_ns, columns, scale)] = mark
    return "".join(row)


def _marks(pack: CuePack, line: list[Piece], end_ns: int, session_number: int) -> list[tuple[str, int]]:
    """Where drills begin, and where rules may speak, as far as the segment's coach and the quiet times let them."""
    marks: list[tuple[str, int]] = []
    for piece in line:
        if piece.segment.drills:
            told = {drill.say for drill in pack.drills}
            sayings = plan(pack, piece.segment, total_ns=piece.length_ns).sayings
            marks += [("●", piece.start_ns + saying.at_ns) for saying in sayings if saying.text in told]
    quiet_ns = (pack.limits.quiet_start_ns, end_ns - pack.limits.quiet_end_ns)
    for rule in pack.rules:
        at_all = not rule.only_in and rule.segment_index is None
        timed = isinstance(rule.when, cues.Every | cues.At) and at_all
        for piece in [replace(line[0], start_ns=0, length_ns=end_ns, known=True)] if timed else line:
            for mark, at_ns in _marks_in(pack, rule, piece, session_number):
                here = next((other for other in reversed(line) if other.start_ns <= at_ns), line[-1])
                if not timed or _lets(rule, here.segment):
                    exempt = mark == "●"
                    if exempt or quiet_ns[0] <= at_ns < quiet_ns[1]:
                        marks.append((mark, at_ns))
    return marks


def _lets(rule: cues.Rule, segment: Segment) -> bool:
    if not applies(rule, segment.name, segment.index) or segment.coach is cues.Coach.SILENT:
        return False
    if segment.coach is cues.Coach.START_ONLY:
        return isinstance(rule.when, cues.SegmentStart | cues.SegmentEnd)
    return segment.coach is cues.Coach.NORMAL or not isinstance(rule.when, cues.Every | cues.RandomWithin | cues.At)


def _marks_in(pack: CuePack, rule: cues.Rule, piece: Piece, session_number: int) -> list[tuple[str, int]]:
    if not any(isinstance(action, cues.SayCue | cues.SayTheme | cues.PlaySound) for action in rule.then):
        return []
    timed_alone = isinstance(rule.when, cues.Every | cues.At) and not rule.only_in and rule.segment_index is None
    if not timed_alone and not _lets(rule, piece.segment):
        return []
    end_ns = piece.start_ns + piece.length_ns
    match rule.when:
        case cues.SegmentStart() | cues.SegmentEnd():
            return [("●", piece.start_ns if isinstance(rule.when, cues.SegmentStart) else end_ns)]
        case cues.RunStart():
            return [("●", 0)] if piece.start_ns == 0 else []
        case cues.At(point=point):
            at_ns = piece.start_ns + _ns(point)
            return [("○", at_ns)] if at_ns < end_ns else []
        case cues.BeforeEnd(before=before):
            at_ns = end_ns - _ns(before)
            return [("○", at_ns)] if at_ns >= piece.start_ns else []
        case cues.Every(interval=interval):
            step_ns = max(NS_PER_S, _ns(scaled(interval, pack.fade, session_number)))
            return [("○", piece.start_ns + n * step_ns) for n in range(1, -(-piece.length_ns // step_ns))]
        case cues.RandomWithin(low_ns=low_ns, high_ns=high_ns):
            step_ns = max(NS_PER_S, (low_ns + high_ns) // 2)
            return [("○", piece.start_ns + n * step_ns) for n in range(1, -(-piece.length_ns // step_ns))]
        case cues.RunEnd():
            return []
        case _:
            return [("·", piece.start_ns + piece.length_ns // 2)]


def _ns(length: cues.Interval) -> int:
    return length.ns if isinstance(length, cues.ForTime) else int(length.m / DEFAULT_MPS * NS_PER_S)


def _ruler(columns: int, scale: float) -> str:
    minutes = scale * columns / NS_PER_MIN
    step = next((step for step in (1, 2, 5, 10, 20, 30, 60, 120, 240) if minutes / step <= columns / 8), 480)
    row = [" "] * (columns + 4)
    for minute in range(0, int(minutes) + 1, step):
        start = int(minute * NS_PER_MIN / scale)
        row[start : start + len(str(minute))] = list(str(minute))
    return "".join(row)[:columns]
