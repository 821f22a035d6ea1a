"""The plan of a runner, made of the journal: each run's outcome, what was said of it, the runner's words, in the order of time.

Nothing is kept but what happened: the plan is lived through anew each time, so that a rating that comes late, or a date that
becomes known, counts as it should.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cued.coaching.fitting import fitted
from cued.coaching.happening import Dawn, Decision, Felt, Happening, Noticed, Outcome, PainKind, Ran, Say, Word
from cued.coaching.phases import PHASES, PhaseRules, tightened
from cued.coaching.plan import step
from cued.coaching.state import INJURED, PlanSettings, PlanState
from cued.coaching.today import RunKind, Today, today
from cued.core.cues import Tissue
from cued.core.dates import written
from cued.core.sentences import Sentence
from cued.errors import FormatError, JournalError, PackError, UsageError
from cued.formats.event_codec import decode_as, encode
from cued.journal.reader import Kept, State, Worded, reading
from cued.journal.rows import Row
from cued.journal.wall import RELEASED_UTC_NS
from cued.review.outcome import OutcomeCounter
from cued.review.trends import decline_of, flat_of
from cued.units import NS_PER_S

if TYPE_CHECKING:
    from cued.journal.reader import Journal, Said, Session
    from cued.journal.wall import Moment
    from cued.runtime.request import Request

MADE: Final = 2
"""Version of the reckoning in `review.outcome`: what an older one has made is made anew."""
A_WATCH: Final = 1000
"""Added for each recording of a watch that was joined: with another one there is more to tell."""
EPOCH: Final = date(1970, 1, 1)
SORE_MORNING: Final = 3.0
"""What "yes, something is sore" before a run counts as, of 10: more than goes unremarked, less than what stops (design)."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan as of now."""

    state: PlanState
    decided: tuple[Decision, ...]
    """All there ever were, in order."""
    day: int | None
    """Today, if the date is known to be right."""
    believed: int
    """Today, as the machine believes."""

    @property
    def today(self) -> Today:
        """What a run that begins now would be."""
        return today(self.state, self.day)


class _Told(NamedTuple):
    """One happening and its place in time."""

    utc_ns: int
    after: int
    """The session that it cannot come before."""
    rank: int
    happening: Happening


def today_of(path: Path, now: Moment) -> Today:
    """What a run that begins now would be, by the journal in `path`: for a run without a pack of its own.

    Blocks while the journal is read. Raises JournalError.
    """
    return planned(path, now).today


def for_today(request: Request, answer: Today) -> Request:
    """The run as it was asked for, with the pack of that name fitted to today and to the runner.

    The length is the plan's unless one was asked for; a plain run has none, for it is never cut short.
    """
    length_ns = request.feeding.length_ns
    if length_ns is None and answer.cued:
        length_ns = answer.minutes * 60 * NS_PER_S
    return replace(
        request,
        pack=replace(request.pack, value=fitted(request.pack.value, answer)),
        feeding=replace(request.feeding, length_ns=length_ns),
        session_number=answer.session_number,
        runner=answer.runner,
        planned=True,
    )


def spoken(answer: Today) -> tuple[Sentence, ...]:
    """What is said of it besides: why there are no cues; that the own cadence is not known yet; that rest comes first."""
    said: tuple[Sentence, ...] = ()
    if answer.stopped:
        said = (Sentence.PAIN_OVER,)
    else:
        said = (Sentence.REST_TODAY,) if answer.kind is RunKind.REST else ()
        said += (Sentence.NOT_INJURED,) if answer.off == INJURED else ()
        said += (Sentence.LEARNING,) if answer.cued and answer.learning else ()
        said += (Sentence.EASED,) if answer.named else ()
    return (*said, Sentence.REST_FIRST) if answer.rest_first else said


def planned(path: Path, now: Moment) -> Planned:
    """Live the plan through, up to now; raises JournalError."""
    with reading(path) as journal:
        sessions = [session for session in reversed(journal.sessions()) if session.real]
        over = [session for session in sessions if session.state is not State.RUNNING]
        outcomes, fresh = _outcomes(journal, over)
        told = sorted(_told(journal, sessions, outcomes), key=lambda one: one[:3])
    if fresh:
        with contextlib.suppress(JournalError):  # next time they are worked out again
            from cued.journal.edit import keep

            keep(path, fresh)
    day = day_now(now)
    state, decided = PlanState(PlanSettings(rules_of_packs(), _seed(sessions))), list[Decision]()
    for one in [*(item.happening for item in told), Dawn(day)]:
        state, more = step(state, one)
        decided.extend(more)
        if isinstance(one, Ran):
            state, more = _noticing(state, one.day)
            decided.extend(more)
    return Planned(state, tuple(decided), day, day_of(now.utc_ns))


def _noticing(state: PlanState, day: int | None) -> tuple[PlanState, tuple[Decision, ...]]:
    """What the statistics of the runs up to now say, taken in where it says something, or no longer does."""
    noticed = Noticed(day, decline_of(state), flat_of(state))
    return step(state, noticed) if noticed.decline or noticed.flat or state.alarm else (state, ())


def say(path: Path, now: Moment, word: Word) -> tuple[Planned, tuple[Decision, ...]]:
    """Write down what the runner says about the plan: the plan with it, and what was decided. Raises JournalError.

    What is refused is written down, too: that it was asked for is part of the story. A race on a day that is past is not:
    UsageError.
    """
    from cued.journal import edit

    before = planned(path, now)
    day = day_now(now)
    if word.say is Say.RACE and word.on is not None:
        _check_ahead(word.on, before)
    _, decided = step(before.state, replace(word, day=day))
    edit.say(path, now, day, encode(replace(word, day=day)))
    return planned(path, now), decided


def _check_ahead(race: int, plan: Planned) -> None:
    """A race lies ahead of all that is known to be past, whether today's date is known or not."""
    if plan.day is not None:
        latest, why = plan.day, f"today is {written(plan.day)}"
    elif plan.state.day is not None:
        latest, why = plan.state.day, f"the journal goes up to {written(plan.state.day)}"
    else:
        latest = day_of(RELEASED_UTC_NS)
        why = f"this program is younger than {written(latest)}"
    if race < latest:
        raise UsageError(f"{written(race)} is past, for {why}: a race lies ahead")


def sore(path: Path, now: Moment, place: Tissue | None) -> None:
    """Something is sore this morning, in `place` if that is said: how the run before was borne. Raises JournalError."""
    from cued.journal import edit

    with reading(path) as journal:
        last = next((session for session in journal.sessions() if session.real and session.counts), None)
    if last is not None:
        name, value = ("morning", SORE_MORNING) if place is None else ("place", place.value)
        edit.add(path, last.id, [Row("ratings", (None, name, value, now.utc_ns))])


def begun(path: Path) -> bool:
    """Has the runner ever said anything of the plan? Raises JournalError."""
    with reading(path) as journal:
        return bool(journal.words())


def day_now(now: Moment) -> int | None:
    """Today, if the date is known to be right."""
    return day_of(now.utc_ns) if now.verified else None


def mark(path: Path, now: Moment) -> tuple[object, object]:
    """Changes when the plan's answer may: with the day, or whether that is known; and with the journal's bytes."""
    files = tuple((stat.st_mtime_ns, stat.st_size) for stat in _stats(path))
    return (now.verified, day_of(now.utc_ns)), files


def _stats(path: Path) -> Iterator[os.stat_result]:
    """Of the journal and what of it is not yet in its file; one that is empty says nothing."""
    for one in (path, path.with_name(f"{path.name}-wal")):
        try:
            stat = one.stat()
        except OSError:
            continue
        if stat.st_size:
            yield stat


def rules_of_packs() -> tuple[PhaseRules, ...]:
    """The phases' rules, tightened by the packs of the catalogue; a pack that is not right tightens nothing."""
    from cued.packs.catalog import open_pack

    found: list[PhaseRules] = []
    for rules in PHASES:
        try:
            found.append(tightened(rules, open_pack(rules.pack).pack))
        except PackError:
            found.append(rules)
    return tuple(found)


def day_of(utc_ns: int) -> int:
    """Days since 1970-01-01 on the calendar of the machine's time zone."""
    return (datetime.fromtimestamp(utc_ns / NS_PER_S, UTC).astimezone().date() - EPOCH).days


def date_of(day: int) -> date:
    """That day."""
    return date.fromordinal(EPOCH.toordinal() + day)


# --- out of the journal --------------------------------------------------------------------------------------------


def _outcomes(journal: Journal, sessions: list[Session]) -> tuple[dict[int, Outcome], list[tuple[int, Row]]]:
    """By session; and rows for those that were worked out just now."""
    kept = journal.outcomes()
    found: dict[int, Outcome] = {}
    fresh: list[tuple[int, Row]] = []
    for session in sessions:
        made = MADE + A_WATCH * len(journal.watches(session.id))
        outcome = _kept(kept.get(session.id), session, made)
        if outcome is None:
            outcome = outcome_of(journal, session)
            if outcome is None:
                continue
            fresh.append((session.id, Row("outcomes", (session.end_ns, made, encode(outcome)))))
        found[session.id] = outcome
    return found, fresh


def _kept(kept: Kept | None, session: Session, made: int) -> Outcome | None:
    if kept is None or kept.made != made or kept.end_ns != session.end_ns:
        return None
    try:
        return decode_as(kept.outcome, Outcome)
    except FormatError:
        return None


def outcome_of(journal: Journal, session: Session) -> Outcome | None:
    """What a session's recording tells the plan; None for one that cannot be read."""
    from cued.core.effects import CadenceSeen, Effect
    from cued.core.events import GroundContactTime, VerticalOscillation
    from cued.runtime.past import past_of, steps
    from cued.runtime.watch import readings_of

    watch: dict[int, tuple[float | None, float | None]] = {}
    try:
        past = past_of(journal, str(session.id))
        for joined in journal.watches(session.id):
            watch |= readings_of(joined)
    except (JournalError, FormatError):
        return None
    counter = OutcomeCounter(past.how)
    for surface in (said.value for said in journal.conditions(session.id) if said.name == "surface" and said.at_ns is None):
        counter.stand_on(str(surface))
    for one in steps(past):
        if isinstance(one, Effect):
            counter.hear((one,))
            if isinstance(one, CadenceSeen) and one.at_ns // NS_PER_S in watch:
                contact_ms, oscillation_mm = watch.pop(one.at_ns // NS_PER_S)
                if contact_ms is not None:
                    counter.tell(GroundContactTime(one.at_ns, contact_ms))
                if oscillation_mm is not None:
                    counter.tell(VerticalOscillation(one.at_ns, oscillation_mm))
        else:
            counter.tell(one)
    counter.finish(session.end_ns)
    return counter.outcome(session.run_ns)


def _told(journal: Journal, sessions: list[Session], outcomes: dict[int, Outcome]) -> Iterator[_Told]:
    """Everything that happened, each with its place in time."""
    told_ns = 0
    at: dict[int, int] = {0: 0}
    before: Session | None = None
    worn: set[str] = set()
    for session in sessions:
        outcome = outcomes.get(session.id)
        if outcome is None or not (session.counts or outcome.pain):
            # The plan counts no such run: of what is said of it, it takes in that it hurts.
            yield from _felt(journal, session, told_ns)
            continue
        told_ns = max(told_ns, session.began_utc_ns + session.end_ns if session.verified else told_ns)
        at[session.id] = told_ns
        day = day_of(session.began_utc_ns) if session.verified else None
        if before is not None:
            yield from _woke(journal, before, session, told_ns, day)
        yield from _shod(journal, session, worn, told_ns, day)
        yield _Told(told_ns, session.id, 2, Ran(day, session.id, outcome))
        yield from _felt(journal, session, told_ns)
        readiness = _number(journal.conditions(session.id), "readiness")
        if readiness is not None:
            yield _Told(told_ns, session.id, 3, Felt(day, session.id, readiness=readiness))
        before = session
    for word in journal.words():
        yield _worded(word, at)


def _woke(journal: Journal, before: Session, session: Session, told_ns: int, day: int | None) -> Iterator[_Told]:
    """What was sore before a run is how the run before it was borne."""
    conditions = journal.conditions(session.id)
    pain = _number(conditions, "pain_before")
    if pain is None:
        sore = [said.value for said in conditions if said.name == "sore"]
        pain = None if not sore else SORE_MORNING if sore[-1] == "yes" else 0.0
    if pain is not None:
        yield _Told(told_ns, session.id, 0, Felt(day, before.id, morning=pain))


def _felt(journal: Journal, session: Session, told_ns: int) -> Iterator[_Told]:
    """What was said of a run, each time what was said at once; pain told during the run is not taken back after it."""
    worst = 0.0
    for felt_ns, group in groupby(journal.ratings(session.id), lambda said: said.utc_ns):
        ratings = list(group)
        felt = _together(session.id, day_of(felt_ns) if session.verified else None, ratings)
        if felt.pain is not None:
            if any(said.name == "pain" and said.at_ns is not None for said in ratings):
                worst = max(worst, felt.pain)
            felt = replace(felt, pain=max(worst, felt.pain))
        yield _Told(max(told_ns, felt_ns), session.id, 3, felt)


def _together(session: int, day: int | None, ratings: list[Said]) -> Felt:
    """As far as the plan cares."""
    felt = Felt(day, session)
    for said in ratings:
        value = said.value
        match said.name:
            case "pain" if isinstance(value, int | float):
                felt = replace(felt, pain=float(value))
            case "morning" if isinstance(value, int | float):
                felt = replace(felt, morning=float(value))
            case "effort" if isinstance(value, int | float):
                felt = replace(felt, effort=float(value))
            case "place" if value in {tissue.value for tissue in Tissue}:
                felt = replace(felt, place=Tissue(value))
            case "pain_kind" if value in {kind.value for kind in PainKind}:
                felt = replace(felt, kind=PainKind(value))
            case _:
                pass
    return felt


def _shod(journal: Journal, session: Session, worn: set[str], told_ns: int, day: int | None) -> Iterator[_Told]:
    """Shoes that were named and had not been before are new ones, but for the first."""
    for said in journal.conditions(session.id):
        if said.name == "shoes" and isinstance(said.value, str) and said.value not in worn:
            if worn:
                yield _Told(told_ns, session.id, 1, Word(day, Say.SHOES))
            worn.add(said.value)


def _worded(worded: Worded, at: dict[int, int]) -> _Told:
    after = max((number for number in at if number <= worded.after), default=0)
    utc_ns = max(at[after], worded.utc_ns) if worded.verified else at[after]
    return _Told(utc_ns, after, 4, decode_as(worded.word, Word))


def _number(said: list[Said], name: str) -> float | None:
    values = [one.value for one in said if one.name == name and isinstance(one.value, int | float)]
    return float(values[-1]) if values else None


def _seed(sessions: list[Session]) -> int:
    """Of the days between two reintroductions: the runner's own, and always the same."""
    try:
        return int(sessions[0].uid[:8], 16) if sessions else 0
    except ValueError:  # a journal from elsewhere may name its sessions as it likes
        return 0
