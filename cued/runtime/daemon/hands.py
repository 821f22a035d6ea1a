"""The keys at work: what a press means now, and what the keys' decisions do to the session, to today and to the journal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cued.coaching import happening as planned
from cued.coaching.state import SORE_FROM, STOP_FROM
from cued.control.keys import Key as Button
from cued.core import events, happening, keys, menus
from cued.core.cues import Tissue
from cued.core.happening import Say, Word
from cued.core.menus import Answer, Choice, Chosen, Deed, Do, Glance, Hush, Key, KeyDecision, Press, Question
from cued.core.sentences import Sentence, sentence
from cued.runtime.daemon.choice import Choice as RunChoice
from cued.runtime.daemon.ports import Pressed

if TYPE_CHECKING:
    from cued.runtime.daemon.loop import Daemon

_PRESSED: Final = {
    Button.PLAY_PAUSE: Key.PLAY,
    Button.PLAY: Key.PLAY,
    Button.PAUSE: Key.PLAY,
    Button.NEXT: Key.NEXT,
    Button.PREVIOUS: Key.PREVIOUS,
}


class Hands:
    """Belongs to the loop's thread."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self.keys = keys.Keys(menus.KeySettings(), now_ns=daemon.world.time.now_ns())
        self._seen: Glance | None = None
        self._day: int | None = None
        """Today, as of the last press, if the date is known to be right."""
        self.switches_off = False
        """As soon as all is said, the machine is to be switched off."""

    @property
    def due_ns(self) -> int | None:
        """When something is due."""
        return keys.due_ns(self.keys)

    @property
    def idle(self) -> bool:
        """Nothing is open, announced or to be asked."""
        return self.keys.doing is None and not self.keys.asked

    def glance(self) -> Glance:
        """What the keys see."""
        run = self._daemon.sessions.on
        following, offered = self._daemon.following, self._daemon.today.offered(self._daemon.language)
        return replace(
            menus.glance(None if run is None else run.view(), self._daemon.life.phase, offered),
            has_cue=run is not None and run.tally.last_cue is not None,
            plans=following.planner is not None,
            day=self._day,
            race=following.race,
        )

    def pressed(self, pressed: Pressed) -> None:
        """A key, just now."""
        if pressed.key is Button.HELD:
            self._held(pressed.at_ns)
        elif pressed.key is Button.STOP:
            # Sent by no thumb, but by headsets that are taken off the ears: it hushes, and neither picks nor brings back.
            self._daemon.sessions.step(pressed.at_ns, lambda at_ns: events.Mute(at_ns, muted=True))
        elif pressed.key is Button.PAUSE and self.keys.doing is None and self.glance().muted:
            pass  # taken off, too; who presses the key of a headset that knows of the silence sends "play"
        elif not self.idle or not self._daemon.caution.pressed(pressed.at_ns, pressed.key):
            self.press(Press(pressed.at_ns, _PRESSED[pressed.key]))

    def _held(self, at_ns: int) -> None:
        """The button was held: the run is over and on the disk, and the power may go."""
        daemon = self._daemon
        daemon.tell(Word.STOP, at_ns)
        daemon.ask_nothing()
        daemon.caution.stop(at_ns)
        daemon.speaker.hush(at_ns)
        daemon.sessions.close()
        daemon.saving.held(at_ns)

    def settle(self, *, written: bool) -> None:
        """The journal has it all, or has given up; who stops the machine waits until that is said."""
        daemon = self._daemon

        def job() -> Callable[[], None]:
            daemon.world.board.power.settle()
            return done

        def done() -> None:
            if daemon.sessions.begun:
                return
            if written:
                daemon.say(Say(daemon.world.time.now_ns(), Sentence.SAVED), asked=True)
            self.switches_off = True

        daemon.world.work.do(job)

    def switch_off(self) -> None:
        """Ask for it, now that all is said."""
        self.switches_off = False

        def ask() -> Callable[[], None]:
            why = self._daemon.world.board.power.ask()
            return lambda: self._daemon.world.notice(why) if why else None

        self._daemon.world.work.do(ask)

    def press(self, event: menus.KeyEvent) -> None:
        """What the core says to it; a tick where nothing is due and nothing has changed is spared."""
        following = self._daemon.following
        if isinstance(event, Press) and following.planner is not None:
            self._day = following.planner.day()
            if event.key is Key.PREVIOUS and self.keys.doing is None and self._daemon.sessions.on is None:
                following.look_for_race()
        seen = self.glance()
        if isinstance(event, happening.Tick) and not self._is_due(event.at_ns, seen):
            return
        self._seen = replace(seen, left_ns=None, left_m=None)
        self.keys, decisions = keys.step(self.keys, event, seen)
        for decision in decisions:
            self._decide_key(decision)
        if any(isinstance(one, Say) and one.sentence is Sentence.WEEKDAY for one in decisions):
            self._foresee()

    def _foresee(self) -> None:
        """Days are being offered: what is said of each, should it be picked, is rendered meanwhile."""
        doing, speaker = self.keys.doing, self._daemon.speaker
        for item in doing.items if isinstance(doing, keys.Open) else ():
            speaker.foresee(sentence(Sentence.RACE_ON, item.values, speaker.language), self._daemon.world.time.now_ns())

    def _is_due(self, at_ns: int, seen: Glance) -> bool:
        due_ns = keys.due_ns(self.keys)
        return (due_ns is not None and due_ns <= at_ns) or replace(seen, left_ns=None, left_m=None) != self._seen

    def _decide_key(self, decision: KeyDecision) -> None:
        now_ns = self._daemon.world.time.now_ns()
        match decision:
            case Say():
                self._daemon.say(decision, asked=True)
            case Hush():
                self._daemon.sessions.step(now_ns, lambda at_ns: events.Mute(at_ns, decision.hushed))
            case Do():
                self._do(decision.deed, now_ns)
            case Chosen():
                self._chosen(decision, now_ns)
            case Answer():
                self._answered(decision, now_ns)

    def _do(self, deed: Deed, now_ns: int) -> None:
        if deed is Deed.NEXT:
            self._daemon.sessions.step(now_ns, events.Next)
        else:
            self._daemon.tell({Deed.START: Word.START, Deed.RESUME: Word.RESUME, Deed.END: Word.STOP}[deed], now_ns)

    def _chosen(self, chosen: Chosen, now_ns: int) -> None:
        pick, sessions = chosen.pick, self._daemon.sessions
        match chosen.choice:
            case Choice.PAIN:
                sessions.step(now_ns, lambda at_ns: events.Pain(at_ns, told=True))
                self._daemon.tell(Word.PAIN, now_ns)
            case Choice.REPEAT:
                self._repeat(now_ns)
            case Choice.HELPED:
                sessions.rate(now_ns, "helped", "yes")
            case Choice.SURFACE:
                sessions.step(now_ns, lambda at_ns: events.SurfaceIs(at_ns, str(pick)))
            case Choice.BACK:
                if sessions.on is not None:
                    sessions.on.back(now_ns)
            case Choice.PACK:
                self._daemon.today.choose(RunChoice(str(pick), length_ns=self._daemon.today.choice.length_ns), aloud=True)
            case Choice.INJURED | Choice.ILL | Choice.AWAY | Choice.WELL:
                place = Tissue(str(pick)) if chosen.choice is Choice.INJURED else None
                self._daemon.following.say(planned.Word(None, planned.Say(chosen.choice.value), place=place))
            case Choice.RACE | Choice.NO_RACE:
                self._daemon.following.say_race(pick if isinstance(pick, int) else None)
            case Choice.PLAIN_TODAY if self._daemon.today.choice.planned:
                self._daemon.following.say(planned.Word(None, planned.Say.PLAIN))
            case Choice.PLAIN_TODAY:
                self._daemon.today.choose(replace(self._daemon.today.choice, plain=True))
            case Choice.LENGTH:
                self._daemon.today.choose(replace(self._daemon.today.choice, length_ns=int(pick or 0) or None))
            case Choice.END | Choice.RACE_WEEK:  # announced, and done as a deed; leads on to its days
                pass

    def _repeat(self, now_ns: int) -> None:
        run = self._daemon.sessions.on
        cue = None if run is None else run.tally.last_cue
        if run is None or cue is None:
            return
        if cue.text:
            run.announce(now_ns, cue.text, asked=True)
        else:
            self._daemon.speaker.play(cue, now_ns)

    def _answered(self, answer: Answer, now_ns: int) -> None:
        value, following = answer.value, self._daemon.following
        if value is None:
            return
        if answer.question is Question.SORE:
            self._daemon.sessions.condition("sore", "yes" if value else "no")
            if value:
                following.sore(None)
        elif answer.question is Question.PLACE:
            following.sore(Tissue(str(value)))
        else:
            self._daemon.sessions.rate(now_ns, answer.question.value, float(value))
            if answer.question is Question.PAIN and float(value) >= STOP_FROM:
                self._daemon.hurt(now_ns, asked=True)
            elif answer.question is Question.PAIN and float(value) > SORE_FROM:
                following.eased()
