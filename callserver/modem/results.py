"""A modem's text in command state as events: rings, caller ID, final results (ITU-T V.250 5.7, V.253 9)."""

import re
from dataclasses import dataclass

MAX_LINE_BYTES = 512

FINAL_RESULTS = {
    b"OK",
    b"ERROR",
    b"CONNECT",
    b"VCON",
    b"VOICE",
    b"NO CARRIER",
    b"BUSY",
    b"NO DIALTONE",
    b"NO ANSWER",
    b"DELAYED",
    b"BLACKLISTED",
    b"LINE IN USE",
    b"FAX",
    b"DATA",
    b"+FCERROR",
}
OTHER_SPELLINGS = {b"NO DIAL TONE": b"NO DIALTONE", b"LINE-IN-USE": b"LINE IN USE"}
CALLER_ID_TAGS = {
    b"NMBR": "NMBR",
    b"NBR": "NMBR",
    b"DDN_NMBR": "NMBR",
    b"CALLER NUMBER": "NMBR",
    b"FM": "NMBR",
    b"NAME": "NAME",
    b"DATE": "DATE",
    b"TIME": "TIME",
    b"MESG": "MESG",
}
RING = re.compile(rb"RING(?: [0-9A-Z])?")  # some number or letter the exchange's distinctive rings
CALLER_ID_FIELD = re.compile(rb"\s*([A-Z_ ]+?)\s*[=:]\s*(.*?)\s*", re.DOTALL)


@dataclass(frozen=True)
class Ring:
    """One burst of ringing."""


@dataclass(frozen=True)
class CallerIdField:
    """One field of the calling party's data; `value` as the exchange coded it."""

    tag: str  # NMBR, NAME, DATE, TIME or MESG, whatever the modem calls them
    value: bytes


@dataclass(frozen=True)
class Final:
    """A final result code: the end of a command, in one spelling for all modems."""

    text: str


@dataclass(frozen=True)
class Info:
    """Any other line."""

    text: str


TextEvent = Ring | CallerIdField | Final | Info


def caller_id_field(line: bytes) -> CallerIdField | None:
    """The line as a field of caller ID, or None if it is none."""
    matched = CALLER_ID_FIELD.fullmatch(line)
    tag = CALLER_ID_TAGS.get(matched[1]) if matched else None
    return CallerIdField(tag, matched[2]) if matched and tag else None


class ResultReader:
    """
    Text in, events out. Lines are compared whole: a caller named HARRINGTON is no ring.

    A line over MAX_LINE_BYTES is dropped. `echo` is the command just sent: a line that repeats it is no answer.
    """

    def __init__(self) -> None:
        self.echo = b""
        self._line = bytearray()

    def feed(self, data: bytes) -> list[TextEvent]:
        """
        Events of all lines that are complete now.

        CR is taken off, LF ends a line; empty lines, which come and go with the modem, mean nothing.
        """
        *lines, rest = data.split(b"\n")
        events = [event for line in lines if (event := self._end_line(line)) is not None]
        self._keep(rest)
        return events

    def clear(self) -> None:
        """Forget half a line."""
        self._line.clear()

    def _keep(self, part: bytes) -> None:
        self._line += part[: MAX_LINE_BYTES + 1 - len(self._line)]

    def _end_line(self, part: bytes) -> TextEvent | None:
        self._keep(part)
        line, too_long = bytes(self._line).strip(b"\r \0"), len(self._line) > MAX_LINE_BYTES
        self._line.clear()
        return None if too_long or not line or line == self.echo else self._event(line)

    def _event(self, line: bytes) -> TextEvent:
        result = OTHER_SPELLINGS.get(line, line)
        if result in FINAL_RESULTS:
            return Final(result.decode("ascii"))
        if RING.fullmatch(line):
            return Ring()
        return caller_id_field(line) or Info(line.decode("ascii", "backslashreplace"))
