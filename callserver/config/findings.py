"""What is wrong with a shop's settings, and where it stands: sentences with data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any


class Sentence:
    """
    English with its details; `callserver.wire.catalogue.told` says it in other languages.

    A `callserver.wire.catalogue.Sentence`, though that name is not here to be inherited from: config imports no wire.
    """

    def __init__(self, msgid: str, /, **details: object) -> None:
        self.msgid, self.details = msgid, details

    def __str__(self) -> str:
        return self.msgid.format(**self.details) if self.details else self.msgid


class Unfit(Sentence, ValueError):
    """What is wrong with a value; where it stands is added by who knows it."""


class Grade(Enum):
    """What a finding means for the shop."""

    STOPS = "stops"  # the server does not start
    MISTAKE = "mistake"  # it starts, and something is not as it was meant
    NOTE = "note"  # may be all right: a modem that is plugged in later


@dataclass(frozen=True)
class Finding:
    """
    One of them, as a sentence that begins with its place.

    :param complaint: what is wrong and what to do: a sentence, or an exception
    :param file: or what else it stands in, such as an environment variable
    :param line: 0 when it stands in none: a default, for instance
    """

    complaint: object
    file: object
    line: int = 0
    section: str = ""
    key: str = ""
    grade: Grade = Grade.STOPS

    @property
    def msgid(self) -> str:
        """What is known of the place, and the complaint."""
        return self._sentence().msgid

    @property
    def details(self) -> dict[str, Any]:
        """For `msgid`."""
        return self._sentence().details

    def __str__(self) -> str:
        return str(self._sentence())

    def _sentence(self) -> Sentence:
        if self.grade is Grade.NOTE:
            return Sentence("Note: {finding}", finding=replace(self, grade=Grade.MISTAKE))
        where = {"file": self.file, "line": self.line, "section": f"[{self.section}]", "key": self.key}
        said = where | {"complaint": self.complaint}
        if self.section and self.key:
            if self.line:
                return Sentence("{file}, line {line}: {section} {key}: {complaint}", **said)
            return Sentence("{file}: {section} {key}: {complaint}", **said)
        if self.section:
            if self.line:
                return Sentence("{file}, line {line}: {section}: {complaint}", **said)
            return Sentence("{file}: {section}: {complaint}", **said)
        if self.line:
            return Sentence("{file}, line {line}: {complaint}", **said)
        return Sentence("{file}: {complaint}", **said)


class ConfigError(Sentence, Exception):
    """Settings that cannot be used; `findings`, told a line each, if the places are known."""

    findings: Sequence[Finding] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> "ConfigError":
        """All of them in one error."""
        found = tuple(findings)
        details = {f"finding{n}": finding for n, finding in enumerate(found)}
        error = cls("\n".join(f"{{{name}}}" for name in details), **details)
        error.findings = found
        return error
