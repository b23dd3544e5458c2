"""The emulated modem without a pty: every byte of V.253 between it and ModemLine, handed over in memory."""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from callserver.dsp.frames import FloatArray
from callserver.emulator.dce import Dce
from callserver.emulator.loop import NoTerminal, SubscriberLine
from callserver.lines.link import ModemLink

HANGS_UP_WITHOUT_DTR = 2  # &D
GARBAGE = b"\x10\x03\r\nRI\x00\xffNG\r\nOK\x10"


class MemoryModem(Dce):
    """
    A modem, and IPort of whoever has opened its port.

    As behind a serial port, bytes cross when the exchange moves its sound, no more at a time than the modem takes.
    """

    def __init__(self, line: SubscriberLine) -> None:
        super().__init__(line)
        self.deaf = False
        self._link: ModemLink | None = None
        self._waiting = bytearray()  # from the computer
        line.terminal = self

    # The port

    def open(self, device: str, reactor: Any, link: ModemLink) -> None:
        """
        For ModemLine's `connect_port`.

        :raises OSError: unplugged
        """
        if self.line.terminal is not self:
            raise FileNotFoundError(2, "no such modem", device)
        self._link = link
        self._waiting.clear()
        self.read()  # what it said while nobody listened is lost
        link.makeConnection(self)  # type: ignore[no-untyped-call]

    def write(self, data: bytes) -> None:
        self._waiting += data

    def n_unread(self) -> int:
        return 0

    def forget_output(self) -> None:
        self._waiting.clear()

    def raise_dtr(self, up: bool) -> None:
        if not up and self.settings.basic["&D"] >= HANGS_UP_WITHOUT_DTR:
            self.drop()

    def abort(self, reason: Exception) -> None:
        self._close(Failure(reason))  # type: ignore[no-untyped-call]

    # Faults

    def unplug(self) -> None:
        """The cable is pulled."""
        self.drop()
        self.line.terminal = NoTerminal()
        self._close(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]

    def plug_in(self) -> None:
        """Fresh from power-on."""
        fresh = Dce(self.line)
        self.__dict__.update({name: value for name, value in vars(fresh).items() if name != "line"})
        self.deaf = False
        self.line.terminal = self

    def babble(self) -> None:
        """Bytes that no modem should say."""
        if self._link is not None:
            self._link.dataReceived(GARBAGE)

    # Terminal

    def read_sound(self) -> FloatArray | None:
        sent = bytes(self._waiting[: max(self.room, 0)])
        del self._waiting[: len(sent)]
        if not self.deaf:
            self.feed(sent)
        return super().read_sound()

    def feed_sound(self, block: FloatArray | None) -> None:
        super().feed_sound(block)
        said = self.read()
        if said and self._link is not None and not self.deaf:
            self._link.dataReceived(said)

    def _close(self, reason: Failure) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.connectionLost(reason)
