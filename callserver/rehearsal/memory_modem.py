"""The emulated modem without a pty: every byte of V.253 between it and ModemLine, handed over in memory."""

from __future__ import annotations

from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from callserver.dsp.frames import FloatArray
from callserver.emulator.chip import CX93001, Chip
from callserver.emulator.dce import Dce
from callserver.emulator.loop import NoTerminal, SubscriberLine
from callserver.lines.link import ModemLink

HANGS_UP_WITHOUT_DTR = 2  # &D
GARBAGE = b"\x10\x03\r\nRI\x00\xffNG\r\nOK\x10"


class _PortedDce(Dce):
    """The modem moves its bytes when the exchange moves its sound, no more at a time than it takes."""

    def __init__(self, line: SubscriberLine, port: MemoryModem, chip: Chip) -> None:
        super().__init__(line, chip)
        self._port = port

    def read_sound(self) -> FloatArray | None:
        sent = self._port.sent(self.room)
        if not self._port.deaf:
            self.feed(sent)
        return super().read_sound()

    def feed_sound(self, block: FloatArray | None) -> None:
        super().feed_sound(block)
        self._port.say(self.read())


class MemoryModem:
    """
    A modem on a line, and IPort of whoever has opened its port.

    Faults on demand: `deaf`, `unplug`, `plug_in`, `babble`.
    """

    def __init__(self, line: SubscriberLine, chip: Chip = CX93001) -> None:
        self.line, self.deaf, self._chip = line, False, chip
        self._link: ModemLink | None = None
        self._waiting = bytearray()  # from the computer
        self.plug_in()

    @property
    def underruns(self) -> int:
        """Gaps in what the computer should have sent in time."""
        return self._dce.underruns

    # The port

    def open(self, device: str, reactor: object, link: ModemLink) -> None:
        """
        For ModemLine's `connect_port`.

        :raises OSError: unplugged
        """
        if self.line.terminal is not self._dce:
            raise FileNotFoundError(2, "no such modem", device)
        self._link = link
        self._waiting.clear()
        link.makeConnection(self)  # type: ignore[no-untyped-call]

    def write(self, data: bytes) -> None:
        self._waiting += data

    def n_unread(self) -> int:
        return 0

    def forget_output(self) -> None:
        self._waiting.clear()

    def raise_dtr(self, up: bool) -> None:
        if not up and self._dce.settings.basic["&D"] >= HANGS_UP_WITHOUT_DTR:
            self._dce.drop()

    def abort(self, reason: Exception) -> None:
        self._close(Failure(reason))  # type: ignore[no-untyped-call]

    # Faults

    def unplug(self) -> None:
        """The cable is pulled."""
        self._dce.drop()
        self.line.terminal = NoTerminal()
        self._close(Failure(ConnectionDone()))  # type: ignore[no-untyped-call]

    def plug_in(self) -> None:
        """Fresh from power-on."""
        self.deaf = False
        self._dce = _PortedDce(self.line, self, self._chip)
        self.line.terminal = self._dce

    def babble(self) -> None:
        """Bytes that no modem should say."""
        self.say(GARBAGE)

    # The modem's side

    def sent(self, n_bytes: int) -> bytes:
        """What the computer has sent, at most so much."""
        sent = bytes(self._waiting[: max(n_bytes, 0)])
        del self._waiting[: len(sent)]
        return sent

    def say(self, data: bytes) -> None:
        """To the computer; lost while nobody has opened the port, or the modem is deaf."""
        if data and self._link is not None and not self.deaf:
            self._link.dataReceived(data)

    def _close(self, reason: Failure) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.connectionLost(reason)
