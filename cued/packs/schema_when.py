"""What a rule waits for: one map for each trigger of the format."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from cued.core import cues
from cued.packs.words import (
    TIME_SCHEMA,
    LongInterval,
    ShareOver0,
    Time,
    TimeOrDistance,
    long_time,
)
from cued.yamlread import did_you_mean, quoted
from cued.yamlread.misfits import TAG
from cued.yamlread.models import OneOf, Read, Strict, wrong
from cued.yamlread.readers import kind_of

# --- when ----------------------------------------------------------------------------------------------------------


class RunWhen(Strict):
    """At the run's start or end."""

    run: Annotated[str, OneOf(("start", "end"))]


class SegmentWhen(Strict):
    """At a segment's start or end."""

    segment: Annotated[str, OneOf(("start", "end"))]


class BeforeEndWhen(Strict):
    """So long before a segment's end."""

    before_end: TimeOrDistance


class AtWhen(Strict):
    """Once, at that point."""

    at: TimeOrDistance


class EveryWhen(Strict):
    """Again and again."""

    every: LongInterval
    jitter: Time | None = None


def _two_times(value: object) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise wrong(f"{quoted(value)} is {kind_of(value)}, but two times are needed, such as [90 s, 3 min]")
    low, high = (long_time(item) for item in value)
    if low > high:
        raise wrong(f"the range falls from {quoted(value[0])} to {quoted(value[1])}: write the shorter time first")
    return low, high


class RandomWhen(Strict):
    """After a time somewhere in a range, again and again."""

    random: Annotated[
        tuple[int, int],
        Read(_two_times, {"type": "array", "minItems": 2, "maxItems": 2, "items": TIME_SCHEMA}),
    ]


class OffBandWhen(Strict):
    """Off the target, held."""

    off_band: Annotated[cues.Side, OneOf(cues.Side)]
    for_: Annotated[Time | None, Field(alias="for")] = None


class InBandWhen(Strict):
    """On the target, held."""

    in_band: Time


class BackInBandWhen(Strict):
    """On the target again."""

    back_in_band: Time


class DriftWhen(Strict):
    """Cadence under this run's own reference."""

    drift: Annotated[str, OneOf(("cadence",))]
    below: ShareOver0
    for_: Annotated[Time, Field(alias="for")]


class RiseWhen(Strict):
    """A sensor's value over this run's own reference."""

    rise: Annotated[cues.Metric, OneOf(cues.Metric)]
    by: ShareOver0
    for_: Annotated[Time, Field(alias="for")]


class PaceDropWhen(Strict):
    """Slower than the segment began."""

    pace_drop: ShareOver0
    for_: Annotated[Time, Field(alias="for")]


class HeartRateWhen(Strict):
    """Over a share of the runner's maximum."""

    heart_rate_above: ShareOver0
    for_: Annotated[Time, Field(alias="for")]


class SurfaceWhen(Strict):
    """The ground changed."""

    surface: Annotated[str, OneOf(("change",))]


class EffortWhen(Strict):
    """The runner says how hard it is."""

    effort: Annotated[cues.Effort, OneOf(cues.Effort)]


class SensorWhen(Strict):
    """The sensor's news."""

    sensor: Annotated[cues.SensorWord, OneOf(cues.SensorWord)]


class AskedWhen(Strict):
    """The runner asked."""

    asked: Annotated[str, OneOf(("cue",))]


class ReintroductionWhen(Strict):
    """The plan wants it back."""

    reintroduction: Annotated[str, OneOf(("due",))]


TRIGGERS: Final = (
    "run", "segment", "before_end", "at", "every", "random", "off_band", "in_band", "back_in_band", "drift", "rise",
    "pace_drop", "heart_rate_above", "surface", "effort", "sensor", "asked", "reintroduction",
)  # fmt: skip
"""The word that makes each of the `…When` maps what it is."""


def _one_trigger(value: object) -> object:
    if not isinstance(value, dict):
        raise wrong(f"{quoted(value)} is {kind_of(value)}, but a map with one trigger is needed, such as {{every: 90 s}}")
    found = [key for key in value if key in TRIGGERS]
    if len(found) > 1:
        raise wrong(f"{' and '.join(f'`{key}`' for key in found)} are two triggers: write a rule for each")
    if not found:
        hint = next((hint for key in value if (hint := did_you_mean(key, TRIGGERS))), "")
        given = f"{', '.join(quoted(key) for key in value)} is no trigger" if value else "there is no trigger here"
        raise wrong(f"{given}: write exactly one of {', '.join(TRIGGERS)}.{hint}")
    return value


def _trigger_tag(value: Any) -> str | None:  # noqa: ANN401 - whatever stood in the file
    if isinstance(value, dict):
        return next((TAG + key for key in value if key in TRIGGERS), None)
    return None


When: TypeAlias = Annotated[
    Annotated[RunWhen, Tag("?run")]
    | Annotated[SegmentWhen, Tag("?segment")]
    | Annotated[BeforeEndWhen, Tag("?before_end")]
    | Annotated[AtWhen, Tag("?at")]
    | Annotated[EveryWhen, Tag("?every")]
    | Annotated[RandomWhen, Tag("?random")]
    | Annotated[OffBandWhen, Tag("?off_band")]
    | Annotated[InBandWhen, Tag("?in_band")]
    | Annotated[BackInBandWhen, Tag("?back_in_band")]
    | Annotated[DriftWhen, Tag("?drift")]
    | Annotated[RiseWhen, Tag("?rise")]
    | Annotated[PaceDropWhen, Tag("?pace_drop")]
    | Annotated[HeartRateWhen, Tag("?heart_rate_above")]
    | Annotated[SurfaceWhen, Tag("?surface")]
    | Annotated[EffortWhen, Tag("?effort")]
    | Annotated[SensorWhen, Tag("?sensor")]
    | Annotated[AskedWhen, Tag("?asked")]
    | Annotated[ReintroductionWhen, Tag("?reintroduction")],
    Discriminator(_trigger_tag),
    BeforeValidator(_one_trigger),
]
