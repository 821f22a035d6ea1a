"""What a run that begins now would be: its pack, its length, plain or not; loaded, checked and rendered before it is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cued.coaching.fitting import left_out
from cued.coaching.today import RunKind, binding
from cued.coaching.today import Today as Answer
from cued.config.settings import Settings
from cued.core.cues import Coach, CuePack, Metronome, Open, Segment
from cued.core.happening import TodayIs
from cued.core.sentences import Sentence, known_texts, sentence
from cued.core.values import Values
from cued.errors import CuedError, JournalError, PackError
from cued.runtime.conductor import NoFeed
from cued.runtime.daemon.choice import BETWEEN, FALLBACK, PLAIN, Choice, Personal, Prepared
from cued.runtime.daemon.files import text_of
from cued.runtime.daemon.ports import Book, Feet, Files, Mouth, Planner, Work
from cued.runtime.feeding import Feeding
from cued.runtime.heldback import eased
from cued.runtime.planning import for_today
from cued.runtime.planning import spoken as said_of
from cued.runtime.request import Pack, Request
from cued.runtime.safety import spoken, thanks

if TYPE_CHECKING:
    from cued.packs.listing import Listed

MOST_READ: Final = 5
"""So often a pack is read again that somebody is writing; then it is taken as it is, and the next look finds the change."""


PLAIN_TITLES: Final = {"en": "Plain run", "de": "Einfacher Lauf"}
"""As the pack `plain` has them."""


def plain(pack: CuePack) -> CuePack:
    """`pack` without cues and beat: the run is recorded, and its cadence held against the same band."""
    segment = Segment(0, "run", Open(), coach=Coach.SILENT, target=pack.target, band=pack.band)
    return replace(
        pack,
        name=PLAIN,
        title=PLAIN_TITLES.get(pack.language, PLAIN_TITLES["en"]),
        title_in=tuple((code, title) for code, title in PLAIN_TITLES.items() if code != pack.language),
        session=(segment,),
        metronome=Metronome(),
        cues=(),
        rules=(),
        drills=(),
        sounds=(),
    )


def read_whole(files: Files, word: str) -> tuple[Pack, tuple[str, ...], object]:
    """The pack, its warnings, and its files' mark, none of which changed while it was read. Raises PackError."""
    pack, warnings = files.load(word)
    mark = files.mark(pack)
    for _ in range(MOST_READ):
        pack, warnings = files.load(word)
        before, mark = mark, files.mark(pack)
        if mark == before:
            break
    return pack, warnings, mark


class Kitchen:
    """Prepares packs, off the loop's thread."""

    def __init__(
        self,
        files: Files,
        mouth: Mouth,
        feet: Feet,
        book: Book,
        personal: Personal,
        seed: Callable[[], int],
        now_ns: Callable[[], int],
        planner: Planner | None = None,
    ) -> None:
        self.personal = personal
        self.planner = planner
        """None: there is no plan."""
        self.only_plain = False
        """Nobody is cued before the safety notice is accepted."""
        self.hurts = False
        """Pain has been told that ends cueing for the day; the plan may not have it yet."""
        self.sore = False
        """The same of pain that eases what is run with a named pack."""
        self._files = files
        self._mouth = mouth
        self._feet = feet
        self.book = book
        self._seed = seed
        self._now_ns = now_ns

    def prepare(self, choice: Choice, *, as_run: CuePack | None = None) -> Prepared:
        """Load, check and render; blocks. Raises PackError, AudioError, or JournalError where the plan cannot be read.

        `as_run`: look for a run that broke off, whose pack, as it was run, this is.
        """
        unread: tuple[str, ...] = ()
        try:
            answer = self.held(choice)
        except JournalError as error:
            if choice.planned:
                raise
            answer, unread = binding(None, hurts=self.hurts), (f"the plan cannot be read: {error}",)
        word = choice.word or ("" if answer is None else answer.pack)
        pack, warnings, mark = read_whole(self._files, word)
        warnings = (*warnings, *unread)
        if as_run is not None and choice.planned:
            pack = replace(pack, value=as_run)
        only_plain = self.only_plain
        if only_plain and not choice.plain:  # rendered now, so that it is there right after the press
            wanted = self.request(pack, choice.length_ns)
            language = wanted.spoken_language
            self._mouth.prepare(wanted, [(text, language) for text in (*spoken(language), thanks(language))])
        bars = answer is not None and answer.bars and bool(choice.word)
        if choice.plain or only_plain or bars:
            pack = Pack(plain(pack.value), None, pack.file)
        request = self.request(pack, choice.length_ns)
        spares = False
        if answer is not None and answer.named:
            request = eased(request, answer)
        elif answer is not None and not only_plain and not bars:
            spares = bool(left_out(pack.value, answer))
            request = for_today(request, answer)
        language = request.spoken_language
        titled = (sentence(what, Values(title=request.title), language) for what in (Sentence.PICKED, Sentence.TODAY))
        own = [(text, language) for text in (*known_texts(language), *titled)]
        lengths = dict(self._mouth.prepare(request, own))
        broken = self.book.broken(request) if as_run is not None else None
        if broken is not None:
            lengths |= dict(self._mouth.prepare(request, [(render.text, render.language) for render in broken.asked]))
        found = None if broken is None else (self._now_ns(), broken)
        ids = {text.text_id for text in request.texts}
        speech = tuple((name, length) for name, length in lengths.items() if name in ids)
        text = text_of(pack.file)
        return Prepared(word, request, speech, tuple(lengths.items()), mark, text, found, warnings, answer, spares)

    def held(self, choice: Choice) -> Answer | None:
        """What the plan holds the run to: all of it where nobody has named a pack, else what protects; None: nothing.

        Blocks; raises JournalError where the plan cannot be read.
        """
        if choice.planned and choice.word:  # plain until the plan is asked, or a run that goes on as it was
            return None
        answer = None if self.planner is None else self.planner.today()
        bound = binding(answer, hurts=self.hurts, sore=self.sore)
        if choice.planned and (bound is None or bound.named):
            return answer
        return None if choice.plain and bound is not None and bound.named else bound

    def left(self, usual: Choice) -> tuple[Choice, Prepared] | None:
        """A run that broke off and may go on, with the pack and the length that it began with; None: there is none.

        Whom cues would harm by now begins another, without any.
        """
        left = self.book.left()
        if left is None:
            return None
        pack, length_ns = left
        name = pack.name
        if usual.planned:  # as it was fitted then: by now the plan counts that run
            choice = Choice(name, length_ns=length_ns, planned=True)
        else:
            choice = Choice(usual.word if name in {usual.word, PLAIN} else name, plain=name == PLAIN, length_ns=length_ns)
        try:
            bound = self.held(replace(usual, planned=False))
            if bound is not None and bound.bars:
                return None
            prepared = self.prepare(choice, as_run=pack)
        except CuedError:  # the pack has gone, or is broken since
            return None
        return None if prepared.broken is None else (choice, prepared)

    def request(self, pack: Pack, length_ns: int | None) -> Request:
        """A run with that pack, as of now."""
        feet, own = self._feet, self.personal
        feeding = Feeding(
            NoFeed(), feet.source, length_ns, None, feet.sensor, feet.simulated, on_air=feet.on_air and own.tells_sensor
        )
        return Request(
            pack=pack,
            feeding=feeding,
            seed=self._seed(),
            session_number=self.book.number(pack.value.name),
            language=own.language,
            max_hr_bpm=own.max_hr_bpm,
            beat_spm=own.easy_spm or own.beat_spm,
            baseline_spm=None if feet.simulated else own.easy_spm,
            speaker=own.speaker,
            volumes=own.volumes,
        )

    def find(self, word: str) -> None:
        """Raises PackError where there is no such pack."""
        self._files.find(word)

    def check(self, word: str) -> None:
        """Read it whole, and no more; blocks. Raises PackError for one that is not right."""
        read_whole(self._files, word)

    def mark(self, pack: Pack) -> object:
        """Changes when a file of the pack does."""
        return self._files.mark(pack)

    def listed(self) -> tuple[Listed, ...]:
        """The packs to choose from."""
        return self._files.listed()


class Today:
    """The choice, and what has come of it. Belongs to the loop's thread."""

    def __init__(self, kitchen: Kitchen, work: Work, word: str, notice: Callable[[str], None]) -> None:
        self.kitchen = kitchen
        self._work = work
        self._notice = notice
        self._usual = word
        self.choice = self.usual_choice
        self.prepared: Prepared | None = None
        self.trouble = ""
        """Why the pack that was asked for cannot be taken."""
        self.offer = ""
        """What has been edited on the disk and waits to be taken."""
        self.packs: tuple[Listed, ...] = ()
        """All that are right."""
        self._asked = 0
        self._looks = False
        self._moving: object = None
        """The files' state when they were seen to have changed."""
        self._refused: object = None
        """The files' state that was tried last."""
        self._aloud = False
        """The runner waits to hear what it has come to."""
        self.changed: Callable[[], None] = lambda: None
        """Called when something has become ready, or failed."""

    def offered(self, language: str) -> tuple[tuple[str, str], ...]:
        """(name, title in that language) of those to run with: sets are for `cued drills play`, and plain has an item."""
        return tuple((one.name, one.title_for(language)) for one in self.packs if not one.is_set and one.name != PLAIN)

    @property
    def usually_planned(self) -> bool:
        """Does the configuration, as the command line, leave it to the plan?"""
        return not self._usual

    @property
    def usual_choice(self) -> Choice:
        """What is run where nothing else is said."""
        return Choice(self._usual, planned=self.usually_planned)

    def is_now(self, at_ns: int) -> TodayIs:
        """For life."""
        if self.kitchen.only_plain:
            return TodayIs(at_ns, None)
        prepared, aloud = self.prepared, self._aloud
        self._aloud = False
        title = None if prepared is None else prepared.request.title
        answer = None if prepared is None else prepared.answer
        if prepared is None or answer is None:
            return TodayIs(at_ns, title, self.choice.plain)
        more = (*said_of(answer), *((Sentence.SPARED,) if prepared.spares else ()))
        if answer.kind is RunKind.REST:
            return TodayIs(at_ns, None, more=more, planned=True, aloud=aloud)
        return TodayIs(at_ns, title, answer.kind is RunKind.PLAIN, more, planned=True, aloud=aloud)

    def choose(self, choice: Choice, *, to_continue: bool = False, edited: bool = False, aloud: bool = False) -> None:
        """Have it prepared; what was prepared before holds until then.

        `edited`: it is offered once it is known to be right. `aloud`: what it has come to is said, if by the plan.
        """
        self.choice = choice
        self._aloud = aloud
        self._asked += 1
        asked = self._asked

        def job() -> Callable[[], None]:
            left = self.kitchen.left(choice) if to_continue else None
            if left is not None:
                return lambda: self._ready(asked, *left)
            try:
                prepared = self.kitchen.prepare(choice)
            except CuedError as error:
                reason = told(error)
                return lambda: self._failed(asked, choice, reason)
            return lambda: self._ready(asked, choice, prepared, edited=edited)

        self._work.do(job)

    def take(self, choice: Choice, prepared: Prepared) -> None:
        """What has been prepared elsewhere."""
        self._asked += 1
        self._ready(self._asked, choice, prepared)

    def again(self) -> None:
        """A run has begun: the next is another one, with the usual pack."""
        self.offer = ""
        self.choose(BETWEEN if self.usually_planned else self.usual_choice)

    def usual(self, word: str) -> None:
        """The configuration names another pack, or none."""
        self._usual = word

    def look_around(self) -> None:
        """What packs are there?"""

        def job() -> Callable[[], None]:
            found = self.kitchen.listed()

            def take() -> None:
                self.packs = found

            return take

        self._work.do(job)

    def personally(self, settings: Settings) -> None:
        """The configuration says something else of the runner."""
        old = self.kitchen.personal
        self.kitchen.personal = Personal.of(settings, old.volumes, old.beat_spm)
        self.choose(self.choice)

    def notice_edits(self) -> None:
        """Have a look, off the loop, whether a file of the pack has changed since it was read."""
        prepared, asked = self.prepared, self._asked
        if prepared is None or self._looks:
            return
        self._looks = True

        def job() -> Callable[[], None]:
            mark = self.kitchen.mark(prepared.request.pack)
            return lambda: self._edited(asked, mark)

        self._work.do(job)

    def _edited(self, asked: int, mark: object) -> None:
        """A pack whose files stand still since the last look is read whole, and checked whole."""
        self._looks = False
        prepared = self.prepared
        if asked != self._asked or prepared is None or mark in {prepared.mark, self._refused}:
            self._moving = None
            return
        if mark != self._moving:  # somebody is writing just now
            self._moving = mark
            return
        self._moving, self._refused = None, mark
        self._notice(f"the pack {prepared.word} has been edited: it is checked, and taken for the next run if it is right")
        self.choose(self.choice, edited=True)

    def _ready(self, asked: int, choice: Choice, prepared: Prepared, *, edited: bool = False) -> None:
        if asked != self._asked:
            return
        self.choice = choice
        if edited:
            word = prepared.word
            self.offer = f"{word} has been edited: the next run goes by it; `cued pack use {word}` takes it now"
        if self.prepared is None or prepared.warnings != self.prepared.warnings:  # told once, not with every run
            for warning in prepared.warnings:
                self._notice(warning)
        self.prepared = prepared
        if choice != FALLBACK:
            self.trouble = ""
        self.changed()

    def _failed(self, asked: int, choice: Choice, reason: str) -> None:
        if asked != self._asked:
            return
        self.trouble = with_name(choice.told, reason)
        self.offer = ""
        old = self.prepared
        going = (
            f"{old.request.pack.value.name} it is" if old is not None else "runs are recorded without cues until that is mended"
        )
        self._notice(f"the pack {self.trouble}; {going}")
        if old is not None:
            planned = choice.planned and old.answer is not None
            self.choice = Choice(old.word, plain=old.request.pack.value.name == PLAIN and old.answer is None, planned=planned)
            self.changed()
        elif not choice.plain:
            self.choose(FALLBACK)


def with_name(word: str, reason: str) -> str:
    """What is wrong with a pack; one that was named by its file is not named twice."""
    return reason if reason.startswith(word) else f"{word}: {reason}"


def told(error: CuedError) -> str:
    """An error in one sentence: of a pack its first problem."""
    if isinstance(error, PackError):
        wrong = [problem for problem in error.problems if not problem.warning]
        if wrong:
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            return f"{wrong[0].at(error.file)}{more}"
    return str(error)
