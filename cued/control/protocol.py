"""The language of the control socket, version 1: a request is a line of JSON, and so is its answer. Pure.

`docs/control.md` is its reference. Reading is strict: what is not exactly a request becomes a `Malformed` with a typed error,
never an exception.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar, cast

from cued.control.commands import (
    COMMANDS,
    WORDS,
    Command,
    Mute,
    Next,
    PackUse,
    Part,
    Rate,
    Rated,
    Start,
    Surface,
    Volume,
)

VERSION: Final = 1
"""Raised when an older side would misread a newer one. New commands, fields and results do not raise it."""
LINE_BYTES: Final = 64 * 1024
"""Of a line, its end included: a hundred times what any needs, little enough for a hundred clients on a small computer."""
NAME_CHARS: Final = 1_000
"""Of a text in a request: a path to a pack is the longest."""
ID_CHARS: Final = 64
ID_LARGEST: Final = 2**53
"""Whole numbers beyond it do not survive every JSON library (RFC 8259, section 6)."""

Id: TypeAlias = str | int | None
"""The client's own mark of a request, given back with its answer."""


@dataclass(frozen=True, slots=True)
class Request:
    id: Id
    command: Command


# --- answers -------------------------------------------------------------------------------------------------------


class Fault(Enum):
    """Why a command was not carried out."""

    TOO_LONG = "too_long"
    """A line over `LINE_BYTES`. The connection ends."""
    NO_TEXT = "no_text"
    """Not UTF-8. The connection ends."""
    NO_JSON = "no_json"
    """The connection ends."""
    NO_REQUEST = "no_request"
    """JSON, but no request: not an object, no `do`, an impossible `id`."""
    VERSION = "version"
    """A request of another version of this protocol."""
    UNKNOWN = "unknown"
    """No such command."""
    WRONG = "wrong"
    """A field that is missing, unknown, or of the wrong type or range."""
    NOT_ALLOWED = "not_allowed"
    """This user may not steer. The connection ends."""
    NOT_HERE = "not_here"
    """Whoever listens cannot do that: a run is no daemon."""
    NOT_NOW = "not_now"
    """It cannot be done in the present state."""
    NO_ANSWER = "no_answer"
    """The program behind the socket did not answer in time."""
    BROKEN = "broken"
    """A fault in cued itself."""


ENDING: Final = frozenset({Fault.TOO_LONG, Fault.NO_TEXT, Fault.NO_JSON, Fault.NOT_ALLOWED})
"""After these nothing that follows on the connection is worth reading."""


@dataclass(frozen=True, slots=True)
class Done:
    """It was done; `result` is of JSON's own types."""

    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    fault: Fault
    sentence: str
    """For a person: what is wrong, and what to do."""


Answer: TypeAlias = Done | Refused


@dataclass(frozen=True, slots=True)
class Malformed:
    """A line that is no request; the answer to it."""

    id: Id
    refused: Refused


class _NoRequestError(Exception):
    """Carries a `Refused` out of a parser."""

    def __init__(self, fault: Fault, sentence: str) -> None:
        super().__init__(sentence)
        self.refused = Refused(fault, sentence)


TOO_LONG: Final = Refused(Fault.TOO_LONG, f"a line may have {LINE_BYTES} bytes and no more")

# --- reading and writing requests ----------------------------------------------------------------------------------


def encode_request(request: Request) -> bytes:
    """The line of a request; the twin of `parse_request`."""
    given = {item.name: _plain(getattr(request.command, item.name)) for item in fields(request.command)}
    if isinstance(request.command, Start) and not request.command.pack:  # older daemons know no pack there
        del given["pack"]
    own = {} if request.id is None else {"id": request.id}
    return _line({"v": VERSION, **own, "do": WORDS[type(request.command)], **given})


def parse_request(line: bytes) -> Request | Malformed:
    """What a line asks for, its line break there or not. Any bytes are fine."""
    known: Id = None
    try:
        data = _object(line)
        known = _id(data)
        return Request(known, _command(data))
    except _NoRequestError as error:
        return Malformed(known, error.refused)


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_BYTES:
        raise _NoRequestError(Fault.TOO_LONG, TOO_LONG.sentence)
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise _NoRequestError(Fault.NO_TEXT, "a request is text in UTF-8") from None
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _NoRequestError(Fault.NO_JSON, 'a request is one line of JSON: {"v":1,"do":"status"}') from None
    if not isinstance(data, dict):
        raise _NoRequestError(Fault.NO_REQUEST, 'a request is an object: {"v":1,"do":"status"}')
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise _NoRequestError(Fault.NO_REQUEST, "a request says each thing once")
    return data


def _no_number(word: str) -> None:
    raise ValueError(word)


def _id(data: Mapping[str, Any]) -> Id:
    value = data.get("id")
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= ID_LARGEST
    if value is None or whole or (isinstance(value, str) and len(value) <= ID_CHARS):
        return cast(Id, value)
    raise _NoRequestError(Fault.NO_REQUEST, f"an id is a whole number or a text of up to {ID_CHARS} characters")


def _command(data: Mapping[str, Any]) -> Command:
    version, do = data.get("v"), data.get("do")
    if type(version) is not int or version != VERSION:
        told = "no version" if version is None else f"version {version!s:.20}"
        raise _NoRequestError(Fault.VERSION, f'this is version {VERSION} of the protocol ("v":{VERSION}), and you speak {told}')
    if not isinstance(do, str):
        raise _NoRequestError(Fault.NO_REQUEST, 'a request says what to do: {"v":1,"do":"status"}')
    cls = COMMANDS.get(do)
    if cls is None:
        near = get_close_matches(do[:NAME_CHARS], COMMANDS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise _NoRequestError(Fault.UNKNOWN, f"there is no command {do[:40]!r}{hint}")
    readers = _FIELDS.get(cls, {})
    for name in data:
        if name not in {"v", "id", "do", *readers}:
            takes = f"takes {', '.join(readers)}" if readers else "takes nothing more"
            raise _NoRequestError(Fault.WRONG, f"{do}: there is no field {name[:40]!r}; it {takes}")
    given = {name: read(data[name], f"{do}: {name}") for name, read in readers.items() if name in data}
    try:
        return cls(**given)
    except TypeError:
        missing = ", ".join(name for name in readers if name not in given)
        raise _NoRequestError(Fault.WRONG, f"{do}: say {missing}") from None


def _flag(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise _NoRequestError(Fault.WRONG, f"{what} is true or false")
    return value


def _percent(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise _NoRequestError(Fault.WRONG, f"{what} is a number from 0 to 100")
    return float(value)


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > NAME_CHARS or not value.isprintable():
        raise _NoRequestError(Fault.WRONG, f"{what} is a text of up to {NAME_CHARS} characters")
    return value


_Choice = TypeVar("_Choice", bound=Enum)


def _one_of(choices: type[_Choice]) -> Callable[[object, str], _Choice]:
    known = {choice.value: choice for choice in choices}

    def read(value: object, what: str) -> _Choice:
        choice = known.get(value) if isinstance(value, str) else None
        if choice is None:
            raise _NoRequestError(Fault.WRONG, f"{what} is one of {', '.join(known)}")
        return choice

    return read


_FIELDS: Final[dict[type, dict[str, Callable[[object, str], Any]]]] = {
    Start: {"pack": _text},
    Next: {"leave_repeat": _flag},
    PackUse: {"name": _text},
    Volume: {"percent": _percent, "of": _one_of(Part)},
    Mute: {"muted": _flag},
    Surface: {"surface": _text},
    Rate: {"what": _one_of(Rated), "answer": _text},
}
"""How each field of a command is read."""

# --- reading and writing answers -----------------------------------------------------------------------------------


def encode_answer(to: Id, answer: Answer) -> bytes:
    """The line of an answer; the twin of `parse_answer`."""
    if isinstance(answer, Done):
        return _line({"id": to, "ok": True, "result": dict(answer.result)})
    return _line({"id": to, "ok": False, "error": {"kind": answer.fault.value, "sentence": answer.sentence}})


def parse_answer(line: bytes) -> tuple[Id, Answer] | None:
    """The answer of a line and the request's id; None: it is no answer of this protocol."""
    try:
        data = _object(line)
        to = _id(data)
    except _NoRequestError:
        return None
    match data:
        case {"ok": True, "result": dict(result)}:
            return to, Done(result)
        case {"ok": False, "error": {"kind": str(kind), "sentence": str(sentence)}}:
            known = {fault.value: fault for fault in Fault}
            return to, Refused(known.get(kind, Fault.NOT_HERE), sentence)  # a newer server's reason still has its sentence
    return None


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def _line(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, separators=(",", ":"), allow_nan=False).encode() + b"\n"
