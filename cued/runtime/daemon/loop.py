"""The daemon's loop: what arrives on the one inbox goes to the life of sessions, to the keys and to the session that is on."""

from __future__ import annotations

from dataclasses import replace
from queue import Empty
from typing import Final

from cued.audio.commands import Bus
from cued.control.keys import Playback, Shown
from cued.core import happening, life
from cued.core.events import CadenceSample, Event, SpeechFailed, SpeechReady
from cued.core.happening import Begin, End, HeadphonesAre, Moved, Phase, PodIs, Say, Told, Word
from cued.core.menus import Ask, Prompt
from cued.core.phrases import segment_words
from cued.core.sentences import Sentence, sentence
from cued.core.values import Values
from cued.runtime.board import light_of
from cued.runtime.daemon.caution import Caution
from cued.runtime.daemon.hands import Hands
from cued.runtime.daemon.manners import Manners
from cued.runtime.daemon.planner import Following
from cued.runtime.daemon.ports import Asked, Carried, Message, Pressed, Quit, Reread
from cued.runtime.daemon.saving import Saving
from cued.runtime.daemon.sessions import Sessions
from cued.runtime.daemon.speaker import Speaker
from cued.runtime.daemon.swapping import Swapping
from cued.runtime.daemon.today import Today
from cued.runtime.daemon.world import World
from cued.runtime.ownstats import CostWatch, LoopWatch
from cued.units import NS_PER_MIN, NS_PER_MS, NS_PER_S

IDLE_NS: Final = NS_PER_S
"""The loop looks around at least so often: sound, headphones, watchdog."""
SPEECH_NS: Final = 50 * NS_PER_MS
"""While a text is being rendered, as in `live`."""
MOST_FAULTS: Final = 10
FAULTS_NS: Final = 10 * NS_PER_S
"""So many turns that fail within so long will not stop failing."""
ANSWERS_NS: Final = 3 * NS_PER_MIN
"""So long an ended run's journal is kept open for the answers to the questions after it."""

_WHY: Final = frozenset({Sentence.PAIN_OVER, Sentence.NOT_INJURED, Sentence.REST_TODAY, Sentence.EASED})
"""Why a pack that was named is not run, or not whole: said before a run, else at its begin."""


class Daemon:
    """The loop and its state. Everything belongs to the thread that calls `run`."""

    def __init__(self, world: World, sessions: Sessions, speaker: Speaker, today: Today, manners: Manners) -> None:
        self.world = world
        self.sessions = sessions
        self.speaker = speaker
        self.today = today
        self.manners = manners
        self.watch = LoopWatch()
        self.costs = CostWatch()
        self.life = life.Life(manners.life, now_ns=world.time.now_ns())
        sessions.how = manners.life
        self.following = Following(today, world.work, world.notice, lambda: self.manners.life.continue_ns, world.time.day)
        self.hands = Hands(self)
        self.swapping = Swapping(self)
        self.caution = Caution(self, world.safety)
        self.saving = Saving(self)
        self.pod = PodIs(0, up=False)
        self.pods_lost = 0
        self.over = False
        self.faults: list[int] = []
        """When a turn failed."""
        self.stalls = 0
        """How often the loop came too late for clicks."""
        self.keeps = True
        """Runs are to be kept."""
        self.percent = {Bus.BEAT: 100.0, Bus.VOICE: 100.0}
        """Volumes."""
        self._asking: Prompt | None = None
        self._asked_day = ""
        """When the questions before a run were last asked, or a run last began: later that day it is no morning."""
        self._answers_until_ns: int | None = None
        self._why_said = False
        """Since the last run."""
        self._looked_ns = -IDLE_NS
        today.changed = self._today_changed

    # --- the loop --------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Until it is told that it is enough; then everything is written down."""
        ready = False
        while not self.over:
            try:
                self.turn()
                if not ready:
                    ready = True
                    self.world.notifier.ready()
            except Exception as error:  # noqa: BLE001 - whatever a turn meets, the run of somebody out there goes on
                self._survive(error)
        self.shut()

    def _survive(self, error: Exception) -> None:
        """A fault in one turn is told and counted; only one that comes again and again ends the daemon, to be begun anew."""
        now_ns = self.world.time.now_ns()
        self.faults.append(now_ns)
        self.world.notice(f"a fault in cued itself: {type(error).__name__}: {error}")
        if len(self.faults) >= MOST_FAULTS and now_ns - self.faults[-MOST_FAULTS] < FAULTS_NS:
            raise error

    def shut(self) -> None:
        """Everything is written down; nothing is lost."""
        self.world.notifier.stopping()
        self.sessions.shut()
        self.world.mouth.finish()

    def turn(self) -> None:
        """Wait for what comes next, and carry it out."""
        time = self.world.time
        due_ns = self._next_ns()
        message = time.wait(self.world.inbox, due_ns)
        now_ns = time.now_ns()
        slept_ns = time.catch_up()
        if slept_ns:
            now_ns = time.now_ns()
            self.world.mouth.slept()
            self.world.notice(f"the machine slept for {slept_ns // NS_PER_S} s: what fell due meanwhile is left out")
        messages = self._arrived(message)
        self.watch.turned(0 if messages else max(0, now_ns - due_ns - slept_ns), len(messages))
        if self.sessions.run is not None and self.sessions.run.stall(now_ns):
            self.stalls += 1
        for felt in self.world.feet.collect(now_ns):
            self._feel(felt)
        for event in self.world.mouth.collect(now_ns):
            self._sounded(event)
        for one in messages:
            self._take(one)
        self._live(happening.Tick(now_ns))
        self.sessions.turn(now_ns)
        over = self.sessions.ended_by_itself(now_ns)
        if over is not None:
            self._live(over)
        self.hands.press(happening.Tick(now_ns))
        if now_ns - self._looked_ns >= IDLE_NS:
            self._looked_ns = now_ns
            self._look_around(now_ns)
        self.saving.turn(now_ns)
        self._prompt(now_ns)
        self.speaker.attend(now_ns, self.sessions.busy_ns)
        self._show(now_ns)
        self.world.mouth.pass_time(now_ns)

    def _next_ns(self) -> int:
        """When there is something to do, unless something arrives first."""
        now_ns = self.world.time.now_ns()
        next_ns = min(now_ns + (SPEECH_NS if self.world.mouth.pending else IDLE_NS), self._looked_ns + IDLE_NS)
        dues = (
            life.due_ns(self.life),
            self.hands.due_ns,
            self.sessions.due_ns,
            self.world.feet.next_ns(),
            self.speaker.due_ns(self.sessions.busy_ns),
            self.caution.due_ns,
            self.saving.due_ns,
        )
        return min(next_ns, *(due for due in dues if due is not None)) if any(due is not None for due in dues) else next_ns

    def _arrived(self, first: Message | None) -> list[Message]:
        messages = [] if first is None else [first]
        while True:
            try:
                messages.append(self.world.inbox.get_nowait())
            except Empty:
                return messages

    def _take(self, message: Message) -> None:
        match message:
            case Pressed():
                self.hands.pressed(message)
            case Asked():
                self.world.answer(message)
            case Carried():
                message.then()
            case Reread():
                self.world.reread()
            case Quit():  # without a word: whoever stops it may stop the sound server next
                self.over = True
            case _:
                pass

    # --- what the feet and the sound tell --------------------------------------------------------------------------

    def _feel(self, felt: Event | PodIs) -> None:
        if isinstance(felt, PodIs):
            self.pods_lost += self.pod.up and not felt.up
            self.pod = felt if felt.up else replace(self.pod, at_ns=felt.at_ns, up=False)
            self._live(felt)
            return
        self.sessions.feel(felt)
        if isinstance(felt, CadenceSample):
            self._live(Moved(felt.at_ns, felt.spm, felt.running, felt.speed_mps, felt.raw))

    def _sounded(self, event: Event) -> None:
        if isinstance(event, SpeechReady | SpeechFailed):
            self.speaker.ready(event)
            self.sessions.spoken(event)
        else:
            self.sessions.sound(event)

    def _today_changed(self) -> None:
        now_ns = self.world.time.now_ns()
        prepared = self.today.prepared
        if prepared is not None:
            self.speaker.lengths.update(prepared.own)
        self._live(self.today.is_now(now_ns))
        waited = self.sessions.waits
        self.sessions.prepared(now_ns)
        if waited and self.sessions.on is not None:
            if self.life.phase is Phase.PAUSED:
                self.sessions.pause(now_ns, self.life.mark_ns)
            self.say(Say(now_ns, Sentence.BEGUN), asked=False)

    # --- the life of sessions --------------------------------------------------------------------------------------

    def tell(self, word: Word, now_ns: int | None = None) -> None:
        """What the runner says of the run, by key or by command."""
        now_ns = self.world.time.now_ns() if now_ns is None else now_ns
        if word is Word.PAIN:  # the session's own cues have ended, and said so
            self.following.hurt(now_ns, aloud=False)
        self._live(Told(now_ns, word))

    def hurt(self, now_ns: int, *, asked: bool = False) -> None:
        """After a run: pain that ends cueing for the day, for the run that may be gone on with, too; said at once.

        `asked`: it answers a question, and another follows: it is said with what today has become by that.
        """
        self.sessions.hurt(now_ns)
        self.following.hurt(now_ns, aloud=asked)
        if not asked:
            self.say(Say(now_ns, Sentence.PAIN_OVER), asked=True)

    def _live(self, what: happening.Happening) -> None:
        before = self.life.phase
        self.life, decisions = life.step(self.life, what)
        for decision in decisions:
            self._decide(decision)
        if self.life.phase is not before:
            self._entered(self.life.phase, before)

    def _decide(self, decision: happening.Decision) -> None:
        now_ns = self.world.time.now_ns()
        match decision:
            case Begin():
                self._asking = self._answers_until_ns = None
                self.caution.stop(now_ns)
                self.saving.stop()
                self.hands.switches_off = False  # who runs on needs the machine
                if not self.speaker.is_silent(now_ns):  # cut off now: perhaps nobody has heard it
                    self._why_said = False
                self.sessions.begin(decision, now_ns)
            case happening.Pause():
                self.sessions.pause(decision.at_ns, decision.since_ns)
            case happening.Resume():
                self.sessions.resume(decision.at_ns, decision.since_ns)
            case End():
                over = self.sessions.end(decision.at_ns, decision.since_ns)
                self._live(replace(over, at_ns=max(over.at_ns, decision.at_ns)))
            case Say():
                self.say(decision, asked=False)

    def _entered(self, phase: Phase, before: Phase) -> None:
        now_ns = self.world.time.now_ns()
        if phase is Phase.ENDED:
            self._why_said = False
            if self.life.over:
                self.sessions.stop()
                self._answers_until_ns = now_ns + ANSWERS_NS
            self._asking = Prompt.AFTER if self.manners.asks else None
        elif phase is Phase.RUNNING:
            self._asked_day = self.world.time.day()
        elif phase in {Phase.READY, Phase.IDLE}:
            self.sessions.close()
            if phase is Phase.READY:
                self.caution.ready(now_ns)
            else:
                self.caution.stop(now_ns)
            # Nobody runs right after a run: midnight may have passed in it, or a clock been set.
            fresh = phase is Phase.READY and before is not Phase.ENDED
            if fresh and self.manners.asks and self._asked_day != self.world.time.day():
                self._asked_day = self.world.time.day()
                self._asking = Prompt.BEFORE

    def say(self, said: Say, *, asked: bool) -> None:
        """A sentence, in the language that is spoken."""
        what = said.sentence
        if what is Sentence.BEGUN and self.caution.owed:
            what = Sentence.UNWARNED
        if what is Sentence.SUMMARY:
            self.saving.over(said)
            return
        if not asked and not self.manners.says(what):
            return
        if what in {Sentence.BEGUN, Sentence.CONTINUED} and self.sessions.waits:  # said when it is true
            return
        self.speak(self.saving.truth(what), said.values, said.at_ns, asked=asked)
        self._why_said = self._why_said or what in _WHY
        run = self.sessions.run
        if said.sentence is Sentence.BEGUN and run is not None and not self._why_said:
            for why in run.why:
                self.say(replace(said, sentence=why), asked=False)

    def speak(self, what: Sentence, values: Values, decided_ns: int, *, asked: bool) -> None:
        """As `say`, whatever is wanted and true."""
        self.speaker.language = self.language
        text = sentence(what, values, self.speaker.language)
        self.speaker.say(text, decided_ns, self.world.time.now_ns(), asked=asked, run=self.sessions.on)

    @property
    def language(self) -> str:
        """A run's own, until it is written down; else that of the next."""
        run, prepared = self.sessions.run, self.today.prepared
        request = run.request if run is not None else None if prepared is None else prepared.request
        return self.speaker.language if request is None else request.spoken_language

    def ask_nothing(self) -> None:
        """The questions after this run are not put."""
        self._asking = None

    @property
    def in_trouble(self) -> bool:
        """Something is wrong that cued cannot mend by itself."""
        run = self.sessions.run
        return bool(self.today.trouble) or self.saving.fails or (run is not None and run.seat is None and self.keeps)

    def behave(self, manners: Manners) -> None:
        """From now on."""
        self.manners = manners
        self.life = replace(self.life, how=manners.life)
        self.sessions.how = manners.life

    def set_volume(self, bus: Bus, percent: float) -> None:
        """From now on; 0 to 100."""
        self.percent[bus] = percent
        self.world.mouth.set_volume(bus, percent / 100)

    # --- questions -------------------------------------------------------------------------------------------------

    def _prompt(self, now_ns: int) -> None:
        """Ask when all else is said; an ended run is written down once its questions are over."""
        quiet = self.speaker.is_silent(now_ns, self.sessions.busy_ns) and not self.saving.is_due
        if self.hands.switches_off and quiet:
            self.hands.switch_off()
        if self._asking is Prompt.BEFORE and self.life.phase is not Phase.READY:
            self._asking = None
        self.caution.turn(now_ns, quiet=quiet)
        if self._asking is not None and quiet and not self.caution.is_open(now_ns):
            prompt, self._asking = self._asking, None
            self.hands.press(Ask(now_ns, prompt))
        until_ns = self._answers_until_ns
        idle = self.hands.idle and self._asking is None
        done = ((idle and quiet) or (until_ns is not None and now_ns >= until_ns)) and not self.saving.fails
        if until_ns is not None and self.life.phase is Phase.ENDED and done:
            self._answers_until_ns = None
            self.sessions.close()

    # --- what others see -------------------------------------------------------------------------------------------

    def _look_around(self, now_ns: int) -> None:
        up = self.world.ears.is_up() and self.world.mouth.is_heard() and self.today.prepared is not None  # or it is not ready
        self.caution.look()
        self._live(HeadphonesAre(now_ns, up))
        self.world.board.led.show(light_of(self.life.phase, fault=self.in_trouble))
        self.world.look_around(now_ns)

    def _show(self, now_ns: int) -> None:
        run = self.sessions.on
        view = None if run is None else run.view()
        muted = view is None or view.muted or view.paused
        speaks = not self.speaker.is_silent(now_ns, self.sessions.busy_ns)
        prepared = self.today.prepared
        pack = run.request.title if run is not None else "" if prepared is None else prepared.request.title
        segment = "" if view is None else segment_words(view.segment, self.language)
        title = self.speaker.title if speaks else segment or pack
        playback = Playback.STOPPED if view is None else Playback.PAUSED if muted else Playback.PLAYING
        self.world.keyboard.show(Shown(playback, title, segment, pack))
