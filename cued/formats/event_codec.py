"""Core values as lines of JSON and back: `{"v":1,"kind":"heart_rate","at_ns":5000000000,"bpm":142}`.

Written from the dataclasses themselves, so a new event needs no new code here. Enums are written by name in lower
case, tuples as lists, a dataclass inside another with its kind under `is`. Reading is strict: a wrong kind, field, type or
number is a `FormatError`. A field that is missing takes its default where it has one, so that old lines stay readable
when a type gains a field; any other change of meaning needs a new VERSION.
"""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from cued.core.effects import Effect
from cued.core.events import Event
from cued.errors import FormatError

VERSION: Final = 1
_KIND: Final = "kind"
_NESTED_KIND: Final = "is"
"""Another word than `kind`, which is a field of cues."""
_INFINITE: Final = (float("inf"), float("-inf"))
"""What JSON makes of `1e999`."""

_Value = TypeVar("_Value")


def encode(value: object) -> str:
    """One line, without its line break, of a frozen dataclass. Raises FormatError for a float that is not finite."""
    packed = {"v": VERSION, **_packed(value, _KIND)}
    try:
        return json.dumps(packed, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        raise FormatError(f"{packed[_KIND]} cannot be written: {error}") from error


def decode_event(line: str) -> Event:
    """The event of a line; raises FormatError for anything that is not exactly one."""
    event: Event = _decoded(line, get_args(Event))
    return event


def decode_effect(line: str) -> Effect:
    """The effect of a line; raises FormatError for anything that is not exactly one."""
    effect: Effect = _decoded(line, get_args(Effect))
    return effect


def decode_as(line: str, cls: type[_Value]) -> _Value:
    """The value of a line that must hold a `cls`, any dataclass of core types; raises FormatError otherwise."""
    value: _Value = _decoded(line, (cls,))
    return value


def kind_of(cls: type) -> str:
    """`HeartRate` as `heart_rate`: how lines name a type."""
    return _snake(cls.__name__)


@cache
def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


# --- writing -------------------------------------------------------------------------------------------------------


def _packed(value: object, tag: str) -> dict[str, object]:
    if not is_dataclass(value) or isinstance(value, type):
        raise TypeError(f"only dataclasses have lines, not {type(value).__name__}")
    return {tag: kind_of(type(value)), **{item.name: _plain(getattr(value, item.name)) for item in fields(value)}}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return _packed(value, _NESTED_KIND)


# --- reading -------------------------------------------------------------------------------------------------------


def _decoded(line: str, classes: tuple[type, ...]) -> Any:  # noqa: ANN401 - the callers name the type they asked for
    try:
        data = json.loads(line, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"the line is not JSON ({error})") from error
    if not isinstance(data, dict):
        raise FormatError("the line is not a JSON object")
    version = data.pop("v", None)
    if type(version) is not int or version != VERSION:
        raise FormatError(f"the line is of version {str(version)[:20]}; this cued reads version {VERSION}")
    return _dataclass(data, classes, _KIND, "the line")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a name stands there twice")
    return data


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _dataclass(data: dict[str, object], classes: tuple[Any, ...], tag: str, where: str) -> object:
    kind = data.pop(tag, None)
    cls = _by_kind(classes).get(kind) if isinstance(kind, str) else None
    if cls is None:
        raise FormatError(f"{where} is of an unknown kind {str(kind)[:40]!r}")
    hints, items = _shape(cls)
    extra = data.keys() - items.keys()
    if extra:
        raise FormatError(f"{kind} has no field {min(extra)[:40]!r}")
    values: dict[str, object] = {}
    for name, item in items.items():
        if name in data:
            values[name] = _value(data[name], hints[name], f"{kind}.{name}")
        elif item.default is MISSING and item.default_factory is MISSING:
            raise FormatError(f"{kind} lacks the field {name!r}")
    try:
        return cls(**values)
    except ValueError as error:
        raise FormatError(f"{kind} cannot be: {error}") from error


@cache
def _by_kind(classes: tuple[type, ...]) -> dict[str, type]:
    return {kind_of(cls): cls for cls in classes}


@cache
def _shape(cls: type) -> tuple[dict[str, Any], dict[str, Field[Any]]]:
    """Types and fields by name."""
    return get_type_hints(cls), {item.name: item for item in fields(cls)}


def _value(value: object, hint: Any, where: str) -> object:  # noqa: ANN401 - a type hint is not a type
    """`value` as the type that `hint` says."""
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return _one_of(value, get_args(hint), where)
    if origin is tuple:
        return _tuple(value, get_args(hint), where)
    if is_dataclass(hint) and isinstance(value, dict):
        return _dataclass(value, (hint,), _NESTED_KIND, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        member = hint.__members__.get(value.upper()) if isinstance(value, str) and value.islower() else None
        if member is not None:
            return member
    elif hint is float and type(value) is int:
        try:
            return float(value)
        except OverflowError as error:
            raise FormatError(f"{where} is too large") from error
    elif type(value) is hint and value not in _INFINITE:
        return value
    raise FormatError(f"{where} cannot be {str(value)[:40]!r}")


def _one_of(value: object, hints: tuple[Any, ...], where: str) -> object:
    if value is None and NoneType in hints:
        return None
    if isinstance(value, dict):
        return _dataclass(value, tuple(hint for hint in hints if is_dataclass(hint)), _NESTED_KIND, where)
    for hint in hints:
        if hint is not NoneType and not is_dataclass(hint):
            return _value(value, hint, where)
    raise FormatError(f"{where} cannot be {str(value)[:40]!r}")


def _tuple(value: object, hints: tuple[Any, ...], where: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise FormatError(f"{where} is not a list")
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_value(item, hints[0], where) for item in value)
    if len(hints) != len(value):
        raise FormatError(f"{where} does not have {len(hints)} parts")
    return tuple(_value(item, hint, where) for item, hint in zip(value, hints, strict=True))
