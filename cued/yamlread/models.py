"""The readers as pydantic wants them, and the map that takes its own words and no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from cued.yamlread import readers
from cued.yamlread.readers import UnfitError


class Strict(BaseModel):
    """A map of the format: its own words and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


def wrong(message: str) -> PydanticCustomError:
    """The error that pydantic passes on to the file's problems, word by word."""
    return PydanticCustomError("cued", "{message}", {"message": message})


@dataclass(frozen=True, slots=True, eq=False)  # hashable, as typing wants its annotations
class Read:
    """Annotation of a field: `read` makes its value (or raises `wrong`, UnfitError), `schema` is its JSON Schema."""

    read: Callable[[object], object]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: `read` is all there is to do."""
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Pydantic's hook."""
        return dict(self.schema)

    def _read(self, value: object) -> object:
        try:
            return self.read(value)
        except UnfitError as error:
            raise wrong(str(error)) from None


class Whole(Read):
    """A whole number within limits."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(self.check, {"type": "integer", "minimum": low, "maximum": high})

    def check(self, value: object) -> int:
        """The number, or an UnfitError that names the limits."""
        return readers.whole(value, self.schema["minimum"], self.schema["maximum"])


class Bare(Read):
    """A number without a unit, within limits."""

    def __init__(self, low: float, high: float) -> None:
        super().__init__(self.check, {"type": "number", "minimum": low, "maximum": high})

    def check(self, value: object) -> float:
        """The number, or an UnfitError that names the limits."""
        return readers.bare(value, self.schema["minimum"], self.schema["maximum"])


class OneOf(Read):
    """One word of a closed choice: an enum's member, or one of the words themselves."""

    def __init__(self, choices: type[Enum] | Sequence[str]) -> None:
        members = readers.members_of(choices)
        super().__init__(lambda value: readers.choose(value, members), {"enum": list(members)})
