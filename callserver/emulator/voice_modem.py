"""What commands and dialling see of the modem they work on."""

from collections.abc import Generator
from typing import Protocol

from callserver.emulator.caller_report import CallerReport
from callserver.emulator.chip import Chip
from callserver.emulator.handset import Transmitter
from callserver.emulator.loop import SubscriberLine
from callserver.emulator.settings import Settings
from callserver.emulator.stream import Stream

Procedure = Generator[None, None, str]  # one step each 20 ms; returns the result code, "" if it has begun a stream


class IVoiceModem(Protocol):
    """
    A modem between its computer and its line.

    `now_ms`: its own time, by blocks; `quiet_ms`: since a procedure last heard a sound; `silent_ms`: since anybody
    was last on the line; `tones`: when each was last heard
    """

    line: SubscriberLine
    chip: Chip
    settings: Settings
    transmitter: Transmitter
    caller_report: CallerReport
    now_ms: int
    quiet_ms: int
    silent_ms: int
    tones: dict[str, int]

    def lift(self) -> None:
        """Off hook."""

    def hang_up(self) -> None:
        """On hook."""

    def tell(self, data: bytes) -> None:
        """Bytes that nobody asked for."""

    def result(self, code: str) -> None:
        """A final or unsolicited result code."""

    def begin(self, stream: Stream) -> None:
        """Bytes and sound are its own until it ends."""

    def open_stream(self, plays: bool, records: bool) -> None:
        """CONNECT, and sound flows from the next block on."""

    def run(self, procedure: Procedure, abortable: bool) -> None:
        """Something that takes time and ends with a result; a character from the computer may end it."""
