"""V.250 command lines: bytes in, lines out; a line in, its commands one after the other out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

MAX_LINE = 255


class CommandKind(Enum):
    """What a command wants of its name."""

    DO = ""  # ATH, AT+VTX; a basic command's number, if any, is its value
    READ = "?"
    TEST = "=?"
    SET = "="


@dataclass(frozen=True)
class Command:
    """One command of a line: name in capitals ("E", "&C", "S7", "D", "+VSM"), and what follows it."""

    name: str
    kind: CommandKind = CommandKind.DO
    value: str = ""


class BadCommand(Exception):
    """No command begins here; what was before it has been done."""


class LineReader:
    """Collects a command line; whatever stands before its AT is noise, and a line without one is none."""

    def __init__(self) -> None:
        self._line = bytearray()

    def feed(self, data: bytes, end: int = 13, backspace: int = 8) -> tuple[str | None, int]:
        """
        Read on, to the end of one line at most.

        :return: the line without AT (None: it is not complete, or is none) and how many bytes were read
        """
        at = data.find(end)
        used = at + 1 if at >= 0 else len(data)
        for byte in data[: at if at >= 0 else len(data)]:
            if byte == backspace:
                del self._line[-1:]
            elif len(self._line) <= MAX_LINE:
                self._line.append(byte)
        if at < 0:
            return None, used
        line, self._line = self._line.decode("latin-1"), bytearray()
        command = re.search("AT|at", line)
        return (line[command.end() :] if command else None), used


_BASIC = re.compile(r"([&\\%*]?[A-Z])(\d*)")
_REGISTER = re.compile(r"(S\d*)(=\?|\?|=(\d*))?")
_EXTENDED = re.compile(r"([+\-#!][A-Z0-9!%\-./:_]*)(=\?|\?|=((?:\"[^\"]*\"|[^;\"])*))?(?:;|$)")
_DIAL = re.compile(r"D([^;]*;?)")


def commands(line: str) -> Iterator[Command]:
    """
    The commands of a line without AT, in order, each when it is asked for.

    :raises BadCommand: where something stands that is no command, after those before it

    ITU-T V.250 5.3 and 5.4: basic commands run together, extended ones end with a semicolon, spaces and case count only
    inside quotes; D takes the rest, to its semicolon.
    """
    if len(line) > MAX_LINE:
        raise BadCommand("too long")
    rest = _plain(line)
    while rest:
        command, length = _first(rest)
        yield command
        rest = rest[length:].lstrip(";")


def _plain(line: str) -> str:
    """Without spaces and control characters, in capitals, outside quotes."""
    pieces = re.split(r"(\"[^\"]*\"?)", line)
    return "".join(piece if piece.startswith('"') else re.sub(r"[\x00-\x20]", "", piece).upper() for piece in pieces)


def _first(rest: str) -> tuple[Command, int]:
    if match := _DIAL.match(rest):
        return Command("D", CommandKind.DO, match[1]), match.end()
    if match := _REGISTER.match(rest) or _EXTENDED.match(rest):
        kind = {None: CommandKind.DO, "?": CommandKind.READ, "=?": CommandKind.TEST}.get(match[2], CommandKind.SET)
        return Command(match[1], kind, match[3] or ""), match.end()
    if match := _BASIC.match(rest):
        return Command(match[1], CommandKind.DO, match[2]), match.end()
    raise BadCommand(rest)
