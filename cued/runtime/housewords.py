"""The daemon's state for a person: first where things stand and what to do, then what goes with it."""

from __future__ import annotations

from cued.core.happening import Phase
from cued.runtime.housestatus import HouseStatus, PodState, TodayState
from cued.runtime.status import Piece, Tone, clock_text, status_line
from cued.units import NS_PER_MIN, NS_PER_MS


def first_line(status: HouseStatus) -> tuple[Piece, ...]:
    """Where things stand."""
    run = status.run
    if status.phase is Phase.RUNNING and run is not None:
        return status_line(run.view, status.sound)
    if status.phase is Phase.PAUSED and run is not None:
        return (Piece("paused", Tone.ALARM), Piece(f"  for {clock_text(status.since_ns)}: run, or `cued resume`"))
    if status.phase is Phase.RUNNING:
        return (Piece("beginning", Tone.STRONG), Piece("  as soon as the pack is ready"))
    if status.phase is Phase.ENDED:
        going_on = "run again and it goes on" if run is not None and not run.view.ended else "`cued start` begins another"
        return (Piece("ended", Tone.STRONG), Piece(f"  {clock_text(status.since_ns)} ago; {going_on}"))
    if status.phase is Phase.READY:
        return (Piece("ready", Tone.GOOD), Piece("  run, or `cued start`"))
    missing = [word for word, there in (("the pod", status.pod.up), ("the headphones", status.headphones)) if not there]
    return (Piece("waiting", Tone.STRONG), Piece(f"  for {' and '.join(missing) or 'the pack'}; `cued start` goes without"))


def more_lines(status: HouseStatus) -> list[str]:
    """What goes with it."""
    lines = []
    run = status.run
    if run is not None and status.phase in {Phase.RUNNING, Phase.PAUSED}:
        view = run.view
        said = f"{view.spoken} said, {view.suppressed} kept back"
        following = f"; next: {view.next_segment}" if view.next_segment else ""
        quiet = f"; silent: {view.silence_reason}" if view.silence_reason else ""
        lines.append(f"{run.pack}, sensor {run.source}; {said}{following}{quiet}")
    else:
        if status.summary:
            lines.append(status.summary)
        lines.append(f"today: {_today(status.today)}")
    if status.today.unwarned:
        lines.append("no beat and no cues yet: press play to hear the safety notice, or `cued safety --accept`")
    if status.today.trouble:
        lines.append(f"not taken: {status.today.trouble}")
    if status.today.checking:
        lines.append(f"checking: {status.today.checking}")
    if status.today.offer:
        lines.append(status.today.offer)
    lines.append(f"pod: {_pod(status.pod)}; headphones: {_headphones(status)}")
    sound = status.sound
    device = sound.device or ("gone" if sound.absent else "none")
    troubles = f" ({sound.troubles})" if sound.troubles else ""
    lines.append(f"sound: {device}{troubles}; volume: beat {status.beat_percent:g} %, voice {status.voice_percent:g} %")
    own = status.statistics
    lines.append(
        f"the daemon: up {clock_text(own.up_ns)}, {own.sessions} run{'' if own.sessions == 1 else 's'}, "
        f"{own.missed_clicks + own.late_clicks} of {own.clicks} clicks missed or late, loop late by up to "
        f"{own.loop_max_ns / NS_PER_MS:.0f} ms (99 %: {own.loop_p99_ns / NS_PER_MS:.1f}), {own.rss_kib // 1024} MiB"
    )
    return lines


def _today(today: TodayState) -> str:
    if not today.pack:
        return "being made ready"
    length = "" if today.length_ns is None else f", {today.length_ns // NS_PER_MIN} min"
    why = f" ({today.barred})" if today.barred else ""
    named = "" if today.pack.casefold() in today.title.casefold() else f" ({today.pack})"
    plain = f": recorded, no cues{why}" if today.plain else named
    return f"{today.title}{plain}{length}"


def _pod(pod: PodState) -> str:
    if not pod.up:
        return f"{pod.name}, not connected" if pod.name else "none"
    battery = "" if pod.battery_percent is None else f", battery {pod.battery_percent} %"
    return f"{pod.name or 'connected'}{battery}"


def _headphones(status: HouseStatus) -> str:
    if status.headphones_told:
        return status.headphones_told
    return "sound is on" if status.headphones else "no sound yet"
