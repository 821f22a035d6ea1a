"""The daemon as others see it: a value for the control socket, a line for the service manager."""

from __future__ import annotations

from cued.audio.commands import Bus
from cued.coaching.today import Today, binding
from cued.core.happening import Phase
from cued.core.sentences import sentence
from cued.core.values import Values
from cued.runtime.daemon.choice import PLAIN
from cued.runtime.daemon.loop import Daemon
from cued.runtime.housestatus import HouseStatus, PodState, Statistics, TodayState
from cued.runtime.status import clock_text, segment_text
from cued.runtime.statuswire import RunStatus


def house_status(daemon: Daemon, now_ns: int) -> HouseStatus:
    """All of it, as of now."""
    sessions, today, mouth = daemon.sessions, daemon.today, daemon.world.mouth
    run = sessions.run
    sound = mouth.state()
    beat, voice = daemon.percent[Bus.BEAT], daemon.percent[Bus.VOICE]
    pod = daemon.pod
    prepared = today.prepared
    return HouseStatus(
        phase=daemon.life.phase,
        since_ns=max(0, now_ns - daemon.life.since_ns),
        pod=PodState(pod.up, pod.name, pod.battery_percent),
        headphones=daemon.life.headphones_up,
        headphones_told=daemon.world.ears.told(),
        today=TodayState(
            pack="" if prepared is None else prepared.request.pack.value.name,
            title="" if prepared is None else prepared.request.title,
            plain=prepared is not None and prepared.request.pack.value.name == PLAIN,
            length_ns=today.choice.length_ns,
            trouble=today.trouble,
            checking=daemon.swapping.name,
            offer=today.offer,
            unwarned=daemon.caution.owed,
            barred=why_barred(daemon),
        ),
        summary=last_in_words(daemon),
        sound=sound,
        beat_percent=beat,
        voice_percent=voice,
        statistics=statistics(daemon, now_ns),
        run=None if run is None else RunStatus(run.pack.name, run.request.feeding.source, run.look(now_ns), sound, beat, voice),
    )


def bound(daemon: Daemon) -> Today | None:
    """What a run of today is held to for which a pack is named, as far as is known; None: nothing."""
    prepared, kitchen = daemon.today.prepared, daemon.today.kitchen
    return binding(None if prepared is None else prepared.answer, hurts=kitchen.hurts, sore=kitchen.sore)


def why_barred(daemon: Daemon) -> str:
    """Why nobody is cued today, whatever pack is named; empty: nothing bars it, as far as is known."""
    held = bound(daemon)
    return held.why_held if held is not None and held.bars else ""


def last_in_words(daemon: Daemon) -> str:
    """What was said at the last run's end; empty: there was none."""
    over = daemon.sessions.last
    if over is None:
        return ""
    return sentence(daemon.saving.last, Values(
        time_ns=over.run_ns, mean_spm=over.mean_spm, in_band_percent=over.in_band_percent, cues=over.cues
    ))  # fmt: skip


def statistics(daemon: Daemon, now_ns: int) -> Statistics:
    """The daemon's own, since its start."""
    sessions, watch = daemon.sessions, daemon.watch
    sound = daemon.world.mouth.state()
    totals = sessions.totals()
    price = daemon.costs.look(now_ns)
    return Statistics(
        up_ns=now_ns,
        sessions=sessions.number,
        clicks=totals.clicks,
        underruns=sound.underruns,
        sound_restarts=sound.restarts,
        late_clicks=sound.late_clicks,
        missed_clicks=totals.counted.get("missed_click", 0),
        late_events=totals.counted.get("late_event", 0),
        late_cues=daemon.speaker.dropped,
        dropped_cues=totals.dropped,
        unheard_cues=sound.unheard_cues,
        onset_error_ns=sound.error_ns,
        onset_error_max_ns=sound.worst_error_ns,
        pod_losses=daemon.pods_lost,
        loop_p50_ns=watch.share_ns(0.5),
        loop_p99_ns=watch.share_ns(0.99),
        loop_max_ns=watch.max_ns,
        stalls=daemon.stalls,
        faults=len(daemon.faults),
        queue=watch.queue,
        queue_max=watch.queue_max,
        work_waiting=daemon.world.work.waiting,
        rss_kib=price.rss_kib,
        pss_kib=price.pss_kib,
        descriptors=price.descriptors,
        threads=price.threads,
        children=price.children,
    )


def in_words(daemon: Daemon) -> str:
    """One line for the service manager."""
    run = daemon.sessions.on
    phase = daemon.life.phase
    if run is not None:
        view = run.view()
        what = "paused" if phase is Phase.PAUSED else segment_text(view)
        return f"{phase.value}: {run.pack.name}, {clock_text(view.run_ns)}, {what}"
    pod = daemon.pod.name or "pod" if daemon.pod.up else "no pod"
    heard = "sound" if daemon.life.headphones_up else "no headphones"
    prepared = daemon.today.prepared
    pack = "making a pack ready" if prepared is None else prepared.request.pack.value.name
    return f"{phase.value}: {pod}, {heard}, {pack}"
