"""A modem on the emulated exchange with a cable in memory: a whole line on virtual time."""

from pathlib import Path
from typing import Any

from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from callserver.dsp.frames import FloatArray
from callserver.emulator.chip import CX93001, Chip
from callserver.emulator.dce import Dce
from callserver.emulator.loop import SubscriberLine
from callserver.lines.link import ModemLink


class CabledModem(Dce):
    """The modem, and an IPort for the link that is connected to it. Bytes go when the exchange moves its sound."""

    def __init__(self, line: SubscriberLine, device: Path, chip: Chip = CX93001) -> None:
        super().__init__(line, chip)
        line.terminal = self
        device.touch()
        self.said = bytearray()  # by the computer, all of it
        self.deaf = False  # takes all, answers nothing
        self._waiting = bytearray()
        self._link: ModemLink | None = None

    def connect(self, device: str, reactor: Any, link: ModemLink) -> None:
        """As `open_port`."""
        self._link = link
        link.makeConnection(self)  # type: ignore[arg-type]

    def unplug(self) -> None:
        """The cable comes off, and the call with it."""
        self.drop()
        link, self._link = self._link, None
        if link is not None:
            link.connectionLost(Failure(ConnectionDone()))

    # Terminal

    def read_sound(self) -> FloatArray | None:
        sent = bytes(self._waiting[: self.room])
        del self._waiting[: len(sent)]
        if not self.deaf:
            self.feed(sent)
        return super().read_sound()

    def feed_sound(self, block: FloatArray | None) -> None:
        super().feed_sound(block)
        said = self.read()
        if said and not self.deaf and self._link is not None:
            self._link.dataReceived(said)

    # IPort

    def write(self, data: bytes) -> None:
        self.said += data
        self._waiting += data

    def n_unread(self) -> int:
        return 0

    def forget_output(self) -> None:
        self._waiting.clear()

    def raise_dtr(self, up: bool) -> None:
        if not up:
            self.drop()

    def abort(self, reason: Exception) -> None:
        self.unplug()
