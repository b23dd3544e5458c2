"""
What a value may be: said as JSON Schema to who writes a program, and checked with the same object when one comes.

So the description that is served cannot say anything else than what is done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from callserver.features.shopping.web.problems import Unfit

Schema = dict[str, Any]
PLAIN = r"[^\x00-\x1f\x7f-\x9f]"  # no control characters
HALF = re.compile("[\ud800-\udfff]")  # of a character: UTF-8 cannot carry it, nor can a JSON text but escaped
MOST = 2**53 - 1  # whole numbers that every JSON reader keeps exactly


class Field(Protocol):
    """One value."""

    def schema(self) -> Schema:
        """As JSON Schema (draft 2020-12)."""

    def read(self, value: object, where: str) -> Any:
        """
        The value, if it fits.

        :raises Unfit: with its place
        """


Fields = Mapping[str, Field]


@dataclass(frozen=True)
class Text:
    """
    Characters that can be printed.

    :param form: a regular expression that both Python and ECMAScript understand, of the whole
    """

    says: str
    most: int
    least: int = 1
    form: str = f"{PLAIN}*"
    example: str = ""

    def schema(self) -> Schema:
        length = {"minLength": self.least, "maxLength": self.most}
        known = {"type": "string", **length, "pattern": f"^{self.form}$", "description": self.says}
        return known | {"examples": [self.example]} if self.example else known

    def read(self, value: object, where: str) -> str:
        if not isinstance(value, str):
            raise Unfit("needs a text", where)
        if not self.least <= len(value) <= self.most:
            raise Unfit("needs {least} to {most} characters", where, least=self.least, most=self.most)
        if not re.fullmatch(self.form, value) or (not value.isascii() and HALF.search(value)):
            raise Unfit("does not fit {form}", where, form=self.form)
        return value


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    says: str
    low: int = 0
    high: int = MOST

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "description": self.says}

    def read(self, value: object, where: str) -> int:
        if isinstance(value, float) and value.is_integer():  # 2.0 is an integer to JSON Schema
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise Unfit("needs a whole number from {low} to {high}", where, low=self.low, high=self.high)
        return value


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    says: str
    words: tuple[str, ...]

    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.words), "description": self.says}

    def read(self, value: object, where: str) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise Unfit("needs one of: {words}", where, words=", ".join(self.words))
        return value


@dataclass(frozen=True)
class YesNo:
    """true or false."""

    says: str

    def schema(self) -> Schema:
        return {"type": "boolean", "description": self.says}

    def read(self, value: object, where: str) -> bool:
        if not isinstance(value, bool):
            raise Unfit("needs true or false", where)
        return value


@dataclass(frozen=True)
class Moment:
    """A moment with its zone (RFC 3339), kept in UTC."""

    says: str
    inner = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"

    def schema(self) -> Schema:
        return {"type": "string", "format": "date-time", "pattern": f"^{self.inner}$", "description": self.says}

    def read(self, value: object, where: str) -> datetime:
        if isinstance(value, str) and re.fullmatch(self.inner, value, re.ASCII):
            try:
                return datetime.fromisoformat(value).astimezone(UTC)
            except (ValueError, OverflowError):
                pass
        raise Unfit("needs a moment with its zone, as 2026-03-02T09:30:00+08:00", where)


@dataclass(frozen=True)
class Maybe:
    """A value, or null."""

    field: Field

    def schema(self) -> Schema:
        inside = self.field.schema()
        if isinstance(inside.get("type"), str) and "enum" not in inside:
            return inside | {"type": [inside["type"], "null"]}
        return {"anyOf": [inside, {"type": "null"}]}

    def read(self, value: object, where: str) -> Any:
        return None if value is None else self.field.read(value, where)


@dataclass(frozen=True)
class Rows:
    """Several alike."""

    says: str
    field: Field
    most: int
    least: int = 1

    def schema(self) -> Schema:
        return {
            "type": "array",
            "items": self.field.schema(),
            "minItems": self.least,
            "maxItems": self.most,
            "description": self.says,
        }

    def read(self, value: object, where: str) -> list[Any]:
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise Unfit("needs a list of {least} to {most}", where, least=self.least, most=self.most)
        return [self.field.read(one, f"{where}[{n}]") for n, one in enumerate(value)]


@dataclass(frozen=True)
class Record:
    """
    An object with these fields and no others.

    :param free: names of those that may be missing; they are None then
    """

    says: str
    fields: Fields
    free: frozenset[str] = frozenset()

    def schema(self) -> Schema:
        return {
            "type": "object",
            "properties": {name: field.schema() for name, field in self.fields.items()},
            "required": [name for name in self.fields if name not in self.free],
            "additionalProperties": False,
            "description": self.says,
        }

    def read(self, value: object, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Unfit("needs an object", where)
        for name in value:
            if name not in self.fields:
                known = ", ".join(self.fields)
                raise Unfit("there is no such field; there are {names}", _inside(where, str(name)[:40]), names=known)
        return {name: self._part(value, name, where) for name in self.fields}

    def _part(self, value: Mapping[str, object], name: str, where: str) -> Any:
        if name in value:
            return self.fields[name].read(value[name], _inside(where, name))
        if name in self.free:
            return None
        raise Unfit("is missing", _inside(where, name))


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
